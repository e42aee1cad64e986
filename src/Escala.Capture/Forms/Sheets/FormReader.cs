using System.Text.RegularExpressions;
using Escala.Capture.Forms.Definitions;
using Escala.Capture.Forms.Expressions;
using Escala.Programmes.Packages;

namespace Escala.Capture.Forms.Sheets;

/// <summary>The second pass over a workbook: expressions and texts get their meaning, rules their order.</summary>
internal sealed partial class FormReader(string file, IReadOnlyList<FormSheet> sheets, Func<string, byte[]?> beside)
{
    private static readonly string[] s_sheets = ["survey", "choices", "settings", "external_choices", "entities", "osm"];

    private static readonly string[] s_answered = ["required", "constraint", "calculation", "default", "read_only", "choice_filter", "trigger"];

    private readonly Findings _findings = new(file);
    private List<SurveyRow> _rows = [];
    private SheetColumns _survey = null!;
    private FormTree _tree = null!;
    private ChoiceLists _lists = null!;
    private SurveyReader _reader = null!;
    private FormTexts _texts = null!;
    private RuleOrder _order = null!;

    [GeneratedRegex("""(pulldata|instance)\s*\(\s*('(?<name>[^']+)'|"(?<name>[^"]+)")""", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ListName { get; }

    /// <summary>What expressions of the form may name; once it is read.</summary>
    public FormTree Tree => _tree;

    public FormReport Read()
    {
        foreach (var sheet in sheets.Where(s => !s_sheets.Contains(s.Name.ToLowerInvariant()) && s.Rows.Count > 0 && !s.Name.StartsWith('_')))
            _findings.Advise(new Cell(sheet.Name, 1, ""), "sheet-unread", ("name", sheet.Name), ("nearest", Nearest.To(sheet.Name, s_sheets)));
        if (Sheet("survey") is not { } survey)
        {
            _findings.Refuse(new Cell("survey", 1, "type"), "survey-missing", ("sheets", string.Join(", ", sheets.Select(s => s.Name))));
            return new FormReport(null, _findings.All);
        }

        _survey = survey;
        var settings = new FormSettings(_findings, Sheet("settings"));
        foreach (var kind in (string[])["entities", "osm"])
        {
            if (Sheet(kind) is { Sheet.Rows.Count: > 1 } left) _findings.Leave(new Cell(left.Sheet.Name, 1, ""), "sheet-unsupported", ("name", left.Sheet.Name));
        }

        _lists = new ChoiceLists(_findings, beside);
        if (Sheet("choices") is { } choices) _lists.Read(choices, "", settings.AllowsDuplicates);
        if (Sheet("external_choices") is { } external) _lists.Read(external, ChoiceLists.External, settings.AllowsDuplicates);
        FindListFiles();
        _texts = new FormTexts(_findings, [survey, .. Sheet("choices") is { } c ? [c] : Array.Empty<SheetColumns>()], settings["default_language"]);
        if (settings["default_language"] is { Length: > 0 } language && !_texts.Languages.Contains(language))
            _findings.Advise(settings.Cell("default_language"), "language-unknown", ("language", language), ("nearest", Nearest.To(language, _texts.Languages)));
        _reader = new SurveyReader(_findings, survey, _lists);
        _rows = _reader.Read();
        _tree = _reader.Tree;
        foreach (var list in _lists.Names) _tree.Lists[list] = _lists.Known(list);
        _order = new RuleOrder([.. _rows.Select(r => r.Parent)]);
        var items = _rows.Select((row, item) => Item(row, item)).ToList();
        var name = Compile(settings["instance_name"], settings.Cell("instance_name"), new ExpressionPlace(-1))?.Code;
        var used = items.Select(i => i.List).OfType<string>().Concat(items.SelectMany(Expressions).Append(name).OfType<Expr>().SelectMany(ListsIn)).ToHashSet(StringComparer.Ordinal);
        var lists = _lists.Compile(used, _texts, _tree);
        _lists.AdviseOnUnused(used);
        _texts.AdviseOnMissing();
        var order = Order();
        if (_findings.IsRefused) return new FormReport(null, _findings.All);
        return new FormReport(
            new FormDefinition
            {
                Id = settings["form_id"] is { Length: > 0 } id ? id : Path.GetFileNameWithoutExtension(file),
                Version = settings["version"] is { Length: > 0 } version ? version : null,
                Title = _texts.Title(settings.Titles, settings["form_id"] is { Length: > 0 } known ? known : Path.GetFileNameWithoutExtension(file)),
                Languages = _texts.Languages,
                DefaultLanguage = _texts.DefaultLanguage,
                Items = items,
                Lists = lists,
                Order = order,
                InstanceName = name,
                Style = settings["style"] is { Length: > 0 } style ? style : null,
            },
            _findings.All);
    }

    internal static IEnumerable<Expr?> Expressions(FormItem item) =>
    [
        item.Required, item.Relevant, item.Constraint, item.Calculation, item.Default, item.ReadOnly, item.ChoiceFilter, item.Count,
        .. ((FormText?[])[item.Label, item.Hint, item.Guidance, item.RequiredMessage, item.ConstraintMessage]).OfType<FormText>().SelectMany(t => t.Languages).SelectMany(l => l ?? []),
    ];

    private SheetColumns? Sheet(string name) => sheets.FirstOrDefault(s => s.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } found ? new SheetColumns(found) : null;

    private static IEnumerable<string> ListsIn(Expr expression) =>
        expression.All.OfType<Operation>().Where(o => o.Operator is "list" or "pulldata").Select(o => ((TextLiteral)o.Arguments[0]).Value);

    // pulldata('fruits', …) reads fruits.csv.
    private void FindListFiles()
    {
        for (var row = 1; row < _survey.Sheet.Rows.Count; row++)
        {
            for (var column = 0; column < _survey.Sheet.Rows[row].Count; column++)
            {
                foreach (Match match in ListName.Matches(_survey.Sheet.Rows[row][column]))
                {
                    var name = match.Groups["name"].Value;
                    _lists.Find(name + ".csv", name, new Cell(_survey.Sheet.Name, row + 1, _survey.Sheet.Cell(0, column)));
                }
            }
        }
    }

    private FormItem Item(SurveyRow row, int item)
    {
        if (row.OtherOf is { } select) return OtherItem(row, item, select);
        if (FormTypes.IsContainer(row.Type)) return Container(row, item);
        var place = new ExpressionPlace(item);
        var source = row.ChoicesFrom is { } from ? ChoicesFrom(row, from) : null;
        var relevant = Rule("relevant", row, item, isRelevance: true);
        var trigger = Trigger(row);
        var calculation = trigger.Count > 0 ? Expression(row, "calculation", place) : Rule("calculation", row, item, isRelevance: false);
        var given = Default(row, place);
        if (row.Type == FormTypes.Calculate && calculation is null && given is null && trigger.Count == 0) _findings.Refuse(At(row, "calculation"), "calculation-missing", ("name", row.Name));
        var made = new FormItem
        {
            Type = row.Type,
            Name = row.Name,
            Parent = row.Parent,
            Label = Text(row, "label", place),
            Hint = Text(row, "hint", place),
            Guidance = Text(row, "guidance_hint", place),
            Required = Flag(row, "required", place),
            RequiredMessage = Text(row, "required_message", place),
            Relevant = relevant,
            Constraint = Constraint(row, place),
            ConstraintMessage = Text(row, "constraint_message", place),
            Calculation = calculation,
            Trigger = trigger,
            Default = given,
            ReadOnly = Flag(row, "read_only", place),
            Appearance = _reader.Honoured(row.Row),
            Parameters = row.Parameters,
            List = row.List,
            ChoicesFrom = source?.Question,
            ChoiceFilter = Filter(row, item, source?.Repeat),
            Count = Count(row, item),
        };
        if (made is { IsAsked: true, Label: null, Hint: null }) _findings.Advise(At(row, "label"), "label-missing", ("name", row.Name));
        return made;
    }

    // A group has no answer: nothing can be computed, asked or checked of it.
    private FormItem Container(SurveyRow row, int item)
    {
        var place = new ExpressionPlace(item);
        foreach (var column in s_answered.Where(c => _survey.Text(row.Row, c).Length > 0)) _findings.Advise(At(row, column), "column-without-effect", ("name", column), ("type", row.Type));
        return new FormItem
        {
            Type = row.Type,
            Name = row.Name,
            Parent = row.Parent,
            Label = Text(row, "label", place),
            Hint = Text(row, "hint", place),
            Relevant = Rule("relevant", row, item, isRelevance: true),
            Appearance = _reader.Honoured(row.Row),
            Count = Count(row, item),
        };
    }

    private FormItem OtherItem(SurveyRow row, int item, int select)
    {
        var question = Operation.Of("q", new NumberLiteral(select));
        var chosen = _rows[select].Type == FormTypes.SelectOne
            ? Operation.Of("=", question, new TextLiteral(ChoiceLists.OtherName))
            : Operation.Of("selected", question, new TextLiteral(ChoiceLists.OtherName));
        _order.Add(new FormRule(true, item), new HashSet<int> { select });
        return new FormItem { Type = row.Type, Name = row.Name, Parent = row.Parent, Label = OrOther.Question(_texts.Languages), Relevant = chosen };
    }

    private Cell At(SurveyRow row, string column) => _survey.Cell(row.Row, column);

    private FormText? Text(SurveyRow row, string column, ExpressionPlace place) => _texts.Read(_survey, row.Row, column, _tree, place);

    private CompiledExpression? Compile(string text, Cell at, ExpressionPlace place)
    {
        if (text.Length == 0) return null;
        try
        {
            var compiled = ExpressionCompiler.Compile(text, _tree, place);
            foreach (var advice in compiled.Advice) _findings.Advise(at, advice.Reason, [("place", advice.At), .. advice.Details]);
            return compiled;
        }
        catch (ExpressionFault fault)
        {
            // A place within a pattern is told beside the place of the pattern.
            _findings.Refuse(at, fault.Reason, fault.Details.Any(d => d.Key == "place") ? [("at", fault.At), .. fault.Details] : [("place", fault.At), .. fault.Details]);
            return null;
        }
    }

    private Expr? Expression(SurveyRow row, string column, ExpressionPlace place) => Compile(_survey.Text(row.Row, column), At(row, column), place)?.Code;

    private Expr? Rule(string column, SurveyRow row, int item, bool isRelevance)
    {
        if (Compile(_survey.Text(row.Row, column), At(row, column), new ExpressionPlace(item)) is not { } compiled) return null;
        _order.Add(new FormRule(isRelevance, item), compiled.Reads);
        return compiled.Code;
    }

    private Expr? Flag(SurveyRow row, string column, ExpressionPlace place)
    {
        var text = _survey.Text(row.Row, column);
        return YesOrNo.Of(text) is { } said ? (said ? new TruthLiteral(true) : null) : Compile(text, At(row, column), place)?.Code;
    }

    private Expr? Constraint(SurveyRow row, ExpressionPlace place)
    {
        var told = Expression(row, "constraint", place);
        return told ?? (row.ImpliedConstraint is { } implied ? Compile(implied, At(row, "type"), place)?.Code : null);
    }

    private List<int> Trigger(SurveyRow row)
    {
        var items = new List<int>();
        foreach (var part in _survey.Text(row.Row, "trigger").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (Compile(part, At(row, "trigger"), new ExpressionPlace(-1)) is { } compiled)
            {
                if (compiled.Code is Operation { Operator: "q", Arguments: [NumberLiteral { Value: var item }] }) items.Add((int)item);
                else _findings.Refuse(At(row, "trigger"), "trigger-expected", ("text", part));
            }
        }

        return items;
    }

    // A default is a text as it stands, unless it computes: it calls a function, reads an answer or adds.
    private Expr? Default(SurveyRow row, ExpressionPlace place)
    {
        var text = _survey.Text(row.Row, "default");
        if (text.Length == 0) return null;
        if (text.Contains("${", StringComparison.Ordinal)) return Compile(text, At(row, "default"), place)?.Code;
        try
        {
            return IsComputed(ExpressionParser.Parse(text)) ? Compile(text, At(row, "default"), place)?.Code : new TextLiteral(text);
        }
        catch (ExpressionFault)
        {
            return new TextLiteral(text);
        }
    }

    private static bool IsComputed(Syntax syntax) => syntax switch
    {
        CallSyntax => true,
        OperatorSyntax { Operator: "neg" } => false,
        OperatorSyntax { Operands: var operands } => operands.All(o => o is NumberSyntax || IsComputed(o)) && syntax is not OperatorSyntax { Operator: "-", Operands: [NumberSyntax, ..] },
        PathSyntax path => path.Absolute || (path.Start is { } start && IsComputed(start)),
        FilterSyntax filter => IsComputed(filter.Start),
        _ => false,
    };

    private (int Question, int Repeat)? ChoicesFrom(SurveyRow row, string name)
    {
        var found = _tree.Named(name);
        if (found.Count != 1)
        {
            _findings.Refuse(At(row, "type"), found.Count == 0 ? "name-unknown" : "name-ambiguous", ("name", name), ("place", 1), ("nearest", Nearest.To(name, _tree.Names)));
            return null;
        }

        for (var at = _tree.Parent(found[0]); at >= 0; at = _tree.Parent(at))
        {
            if (_tree.IsRepeat(at)) return (found[0], at);
        }

        _findings.Refuse(At(row, "type"), "choices-outside-repeat", ("name", name));
        return null;
    }

    private Expr? Filter(SurveyRow row, int item, int? repeat)
    {
        if (!FormTypes.IsSelect(row.Type)) return null;
        var place = repeat is { } from ? new ExpressionPlace(item, Repeat: from) : new ExpressionPlace(item, List: row.List ?? "");
        return Compile(_survey.Text(row.Row, "choice_filter"), At(row, "choice_filter"), place)?.Code;
    }

    private Expr? Count(SurveyRow row, int item)
    {
        var text = _survey.Text(row.Row, "repeat_count");
        if (text.Length == 0) return null;
        if (row.Type == FormTypes.Repeat) return Compile(text, At(row, "repeat_count"), new ExpressionPlace(item))?.Code;
        _findings.Advise(At(row, "repeat_count"), "count-outside-repeat");
        return null;
    }

    private IReadOnlyList<FormRule> Order()
    {
        var (order, circle) = _order.Sort();
        if (circle is null) return order;
        var first = _rows[circle[0]];
        _findings.Refuse(At(first, _survey.Text(first.Row, "calculation").Length > 0 ? "calculation" : "relevant"), "circle", ("names", string.Join(" → ", circle.Append(circle[0]).Select(i => _rows[i].Name))));
        return order;
    }
}
