using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;
using Escala.Capture.Forms.Definitions;
using Escala.Capture.Forms.Expressions;
using Escala.Programmes.Packages;

namespace Escala.Capture.Forms.Sheets;

/// <summary>The first pass over the survey sheet: types, names and nesting. What expressions mean waits until all names are known.</summary>
internal sealed partial class SurveyReader(Findings findings, SheetColumns sheet, ChoiceLists lists)
{
    public const int MostItems = 5000;
    public const int MostNesting = 16;

    private static readonly FrozenSet<string> s_appearances = FrozenSet.ToFrozenSet(
    [
        "minimal", "quick", "autoadvance", "likert", "field-list", "table-list", "multiline", "numbers", "thousands-sep", "month-year", "year", "no-calendar", "search",
        "image-map", "columns", "columns-pack", "label", "list-nolabel", "list", "horizontal", "horizontal-compact", "compact", "vertical", "picker", "no-buttons", "autocomplete",
        "quickcompact", "no-ticks",
    ]);

    private static readonly FrozenSet<string> s_known = FrozenSet.ToFrozenSet(
    [
        "type", "name", "label", "hint", "guidance_hint", "required", "required_message", "relevant", "constraint", "constraint_message", "calculation", "default", "read_only",
        "appearance", "parameters", "choice_filter", "repeat_count", "trigger", "disabled",
    ]);

    private readonly List<SurveyRow> _rows = [];
    private readonly Stack<(string Type, int Item, int Row)> _open = [];

    public FormTree Tree { get; } = new();

    private int Parent => _open.TryPeek(out var top) ? top.Item : -1;

    [GeneratedRegex(@"\A\$\{(?<name>[^}]+)\}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Reference { get; }

    [GeneratedRegex(@"\A(columns-[0-9]+|compact-[0-9]+|quickcompact-[0-9]+|w[0-9]+)\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Counted { get; }

    public List<SurveyRow> Read()
    {
        ReadHeadings();
        for (var row = 1; row < sheet.Sheet.Rows.Count; row++)
        {
            if (sheet.Sheet.IsBlank(row)) continue;
            if (sheet.Text(row, "disabled") is { } disabled && YesOrNo.Of(disabled) == true)
            {
                findings.Advise(sheet.Cell(row, "disabled"), "row-disabled");
                continue;
            }

            if (_rows.Count >= MostItems)
            {
                findings.Refuse(sheet.Cell(row, "type"), "too-many-rows", ("most", MostItems));
                break;
            }

            ReadRow(row);
        }

        foreach (var (type, _, row) in _open) findings.Refuse(sheet.Cell(row, "type"), "begin-without-end", ("name", type));
        if (_rows.Count == 0 && !findings.IsRefused) findings.Refuse(sheet.Cell(0, "type"), "survey-empty");
        return _rows;
    }

    private void ReadHeadings()
    {
        foreach (var column in sheet.All)
        {
            var at = new Cell(sheet.Sheet.Name, 1, column.Written);
            if (s_known.Contains(column.Name)) continue;
            var used = sheet.Sheet.Rows.Skip(1).Any(r => column.Index < r.Count && r[column.Index].Length > 0);
            if (!used) continue;
            if (column.Name.Contains("::", StringComparison.Ordinal) || column.Name is "save_to" or "autoplay" or "rows" or "noapperrorstring" or "no_app_error_string" or "intent" or "compact_tag"
                || column.Name.StartsWith("sms_", StringComparison.Ordinal)) findings.Leave(at, "column-unsupported", ("name", column.Written));
            else findings.Advise(at, "column-unread", ("name", column.Written), ("nearest", Nearest.To(column.Written, s_known)));
        }

        foreach (var column in sheet.Twice) findings.Refuse(new Cell(sheet.Sheet.Name, 1, column.Written), "heading-twice", ("name", column.Written));
        if (!sheet.Has("type")) findings.Refuse(new Cell(sheet.Sheet.Name, 1, "type"), "heading-missing", ("name", "type"));
    }

    private void ReadRow(int row)
    {
        var at = sheet.Cell(row, "type");
        var written = sheet.Text(row, "type");
        if (written.Length == 0)
        {
            findings.Refuse(at, "type-missing");
            return;
        }

        var type = TypeCell.Read(written);
        switch (type.Kind)
        {
            case RowKind.Begin:
                Begin(row, type);
                break;
            case RowKind.End:
                End(row, type);
                break;
            case RowKind.Question:
                Question(row, type);
                break;
            case RowKind.Unsupported:
                findings.Refuse(at, "type-unsupported", ("type", written));
                // Its name may stand in expressions, and that is not a second mistake.
                if (sheet.Text(row, "name") is { Length: > 0 } name) Add(new SurveyRow(FormTypes.Hidden, name, Parent, row));
                break;
            default:
                findings.Refuse(at, "type-unknown", ("type", written), ("nearest", Nearest.To(written, FormTypes.Questions.Concat([FormTypes.SelectOne, FormTypes.SelectMultiple, "begin group", "begin repeat"]))));
                if (sheet.Text(row, "name") is { Length: > 0 } unknown) Add(new SurveyRow(FormTypes.Hidden, unknown, Parent, row));
                break;
        }
    }

    private void Begin(int row, TypeCell type)
    {
        if (type.Type == "loop") findings.Refuse(sheet.Cell(row, "type"), "type-unsupported", ("type", sheet.Text(row, "type")));
        if (_open.Count == MostNesting) findings.Refuse(sheet.Cell(row, "type"), "nesting-too-deep", ("most", MostNesting));
        var item = _rows.Count;
        var name = type.Type == "loop" ? sheet.Text(row, "name") : Name(row, type.Type);
        var parent = Parent;
        _open.Push((type.Type, item, row));
        Add(new SurveyRow(type.Type == "loop" ? FormTypes.Group : type.Type, name, parent, row));
        ReadAppearance(row);
        ReadParameters(row, type.Type);
    }

    private void End(int row, TypeCell type)
    {
        if (!_open.TryPop(out var open)) findings.Refuse(sheet.Cell(row, "type"), "end-without-begin", ("name", type.Type));
        else if (open.Type != type.Type) findings.Refuse(sheet.Cell(row, "type"), "end-of-another", ("name", type.Type), ("other", open.Type), ("begin", open.Row + 1));
    }

    private void Question(int row, TypeCell type)
    {
        var name = Name(row, type.Type);
        var parameters = ReadParameters(row, type.Type);
        var question = new SurveyRow(type.Type, name, Parent, row) { ImpliedConstraint = type.Constraint, Parameters = parameters };
        ReadAppearance(row);
        if (type.List is { } list) question = WithChoices(row, question, type, list);
        // Expressions may ask for the answer: the question stays, and the app says that it takes none.
        if (type.Type is "image" or "audio" or "file") findings.Leave(sheet.Cell(row, "type"), "media-not-taken");
        if (type.Type is "audit") findings.Leave(sheet.Cell(row, "type"), "audit");
        Add(question);
        if (!type.HasOther || question.List is null) return;
        if (sheet.Text(row, "choice_filter").Length > 0) findings.Refuse(sheet.Cell(row, "type"), "other-with-filter");
        Add(new SurveyRow(FormTypes.Text, name + OrOther.NameEnding, Parent, row) { OtherOf = _rows.Count - 1 });
    }

    private SurveyRow WithChoices(int row, SurveyRow question, TypeCell type, string list)
    {
        var at = sheet.Cell(row, "type");
        if (Reference.Match(list) is { Success: true } from) return question with { ChoicesFrom = from.Groups["name"].Value.Trim() };
        var key = type.IsExternal ? ChoiceLists.External + list : list;
        if (list.Contains('.', StringComparison.Ordinal) && !lists.Has(key))
        {
            key = Path.GetFileNameWithoutExtension(list);
            if (!list.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)) findings.Refuse(at, "list-file-kind", ("name", list));
            else if (!lists.Find(list, key, at, question.Parameters.GetValueOrDefault("value", "name"), question.Parameters.GetValueOrDefault("label", "label"))) findings.Refuse(at, "list-file-missing", ("name", list));
        }
        else if (!lists.Has(key))
        {
            if (list.Length == 0) findings.Refuse(at, "list-not-named", ("type", question.Type));
            else findings.Refuse(at, "list-missing", ("list", list), ("nearest", Nearest.To(list, lists.Names)));
        }

        if (!lists.Has(key)) return question;
        if (question.Type != FormTypes.SelectOne && lists.HasSpaces(key)) findings.Refuse(at, "choice-with-space", ("list", list));
        return question with { List = type.HasOther ? lists.WithOther(key) : key };
    }

    private string Name(int row, string type)
    {
        var name = sheet.Text(row, "name");
        // A note needs no name: nobody refers to it.
        if (name.Length == 0 && type == FormTypes.Note) return "note_" + (row + 1).ToString(CultureInfo.InvariantCulture);
        if (name.Length == 0 && FormTypes.Metadata.Contains(type)) return type;
        if (name.Length == 0) findings.Refuse(sheet.Cell(row, "name"), "name-missing", ("type", type));
        else if (!ExpressionLexer.IsNameStart(name[0]) || !name.All(ExpressionLexer.IsNamePart) || name == "__proto__") findings.Refuse(sheet.Cell(row, "name"), "name-invalid", ("name", name));
        return name;
    }

    private void Add(SurveyRow row)
    {
        _rows.Add(row);
        if (!Tree.Add(row.Name, row.Type, row.Parent, row.List) && row.Name.Length > 0) findings.Refuse(sheet.Cell(row.Row, "name"), "name-twice", ("name", row.Name));
    }

    private void ReadAppearance(int row)
    {
        foreach (var word in Appearances(row).Where(w => !s_appearances.Contains(w) && !Counted.IsMatch(w)))
            findings.Leave(sheet.Cell(row, "appearance"), "appearance-unsupported", ("name", word));
    }

    public IReadOnlyList<string> Honoured(int row) => [.. Appearances(row).Where(w => s_appearances.Contains(w) || Counted.IsMatch(w))];

    private string[] Appearances(int row) => sheet.Text(row, "appearance").Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private Dictionary<string, string> ReadParameters(int row, string type)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        var written = sheet.Text(row, "parameters");
        if (written.Length == 0) return parameters;
        var at = sheet.Cell(row, "parameters");
        foreach (var part in ParameterSpaces.Replace(written, "=").Split([' ', ',', ';'], StringSplitOptions.RemoveEmptyEntries))
        {
            var sides = part.Split('=');
            if (sides.Length != 2 || sides[0].Length == 0)
            {
                findings.Refuse(at, "parameter-invalid", ("name", part));
                continue;
            }

            var name = sides[0].ToLowerInvariant();
            if (!Takes(type, name))
            {
                findings.Leave(at, "parameter-unsupported", ("name", sides[0]));
                continue;
            }

            if (type == FormTypes.Range && !IsFinite(sides[1])) findings.Refuse(at, "parameter-number", ("name", part));
            else parameters[name] = sides[1];
        }

        if (type == FormTypes.Range && parameters.TryGetValue("step", out var step) && Numbers.Of(step, 0) == 0) findings.Refuse(at, "parameter-number", ("name", "step=" + step));
        return parameters;
    }

    [GeneratedRegex(@"\s*=\s*", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ParameterSpaces { get; }

    private static bool Takes(string type, string name) => (type, name) switch
    {
        (FormTypes.Range, "start" or "end" or "step") => true,
        (FormTypes.SelectOne or FormTypes.SelectMultiple, "value" or "label") => true,
        (FormTypes.Text, "rows") => true,
        _ => false,
    };

    private static bool IsFinite(string text) => double.IsFinite(Numbers.Of(text, 0)) && !Dates.IsDate(text);
}
