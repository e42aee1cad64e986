using System.Globalization;
using Escala.Programmes.Packages;

namespace Escala.Capture.Forms.Expressions;

/// <summary>Where an expression stands.</summary>
/// <param name="Item">The item it belongs to; -1 for the form.</param>
/// <param name="List">It is asked of each choice of this list.</param>
/// <param name="Repeat">It is asked of each instance of this repeat, whose answers are choices.</param>
internal sealed record ExpressionPlace(int Item, string? List = null, int? Repeat = null);

/// <summary>What compiling gave: the expression, the items it reads, and what is allowed but cannot be meant.</summary>
internal sealed record CompiledExpression(Expr Code, IReadOnlySet<int> Reads, IReadOnlyList<ExpressionFault> Advice);

/// <summary>
/// Gives names and paths of an expression their meaning in a form, and checks functions, arguments and types as far as the text shows them.
/// A fault tells the character it lies at.
/// </summary>
internal sealed class ExpressionCompiler
{
    private static readonly Expr s_self = Operation.Of(".");

    private readonly FormTree _tree;
    private readonly ExpressionPlace _place;
    private readonly HashSet<int> _reads = [];
    private readonly List<ExpressionFault> _advice = [];

    private ExpressionCompiler(FormTree tree, ExpressionPlace place) => (_tree, _place) = (tree, place);

    /// <summary>Where a step starts from: an item (-1 is the root), or a level of a list (document, root, item, column).</summary>
    private readonly record struct Location(int Item, string? List = null, int Level = 0);

    private readonly record struct Typed(Expr Code, Gives Gives, Location At = default);

    private Location Own => _place switch
    {
        { List: { } list } => new Location(0, list, 2),
        { Repeat: { } repeat } => new Location(repeat),
        _ => new Location(_place.Item),
    };

    /// <exception cref="ExpressionFault">It is no expression, or none of this form.</exception>
    public static CompiledExpression Compile(string text, FormTree tree, ExpressionPlace place)
    {
        var compiler = new ExpressionCompiler(tree, place);
        var code = compiler.Any(ExpressionParser.Parse(text), compiler.Own).Code;
        return new CompiledExpression(code, compiler._reads, compiler._advice);
    }

    private Typed Any(Syntax syntax, Location context) => syntax switch
    {
        NumberSyntax number => new Typed(new NumberLiteral(number.Value), Gives.Number),
        TextSyntax text => Text(text),
        ReferenceSyntax reference => Reference(reference),
        OperatorSyntax signed => Operator(signed, context),
        CallSyntax call => Call(call, context),
        FilterSyntax filter => Filter(filter, context),
        PathSyntax path => Path(path, context),
        _ => throw new InvalidOperationException("a syntax without a meaning"),
    };

    private Typed Text(TextSyntax text)
    {
        if (text.Value.Contains("${", StringComparison.Ordinal)) _advice.Add(new ExpressionFault("reference-quoted", text.At, ("text", text.Value)));
        return new Typed(new TextLiteral(text.Value), Gives.Text);
    }

    private Typed Reference(ReferenceSyntax reference)
    {
        var item = Named(reference);
        if (_place.Repeat is { } repeat && _tree.IsWithin(item, repeat)) return Within(item, repeat);
        _reads.Add(item);
        return new Typed(Operation.Of("q", new NumberLiteral(item)), Gives.Nodes, new Location(item));
    }

    // Asked of an instance of the repeat, a name within it is this instance's.
    private Typed Within(int item, int repeat)
    {
        _reads.Add(item);
        var steps = new List<Expr>();
        for (var at = item; at != repeat; at = _tree.Parent(at)) steps.Insert(0, new TextLiteral(_tree.Name(at)));
        return new Typed(Operation.Of("path", [s_self, .. steps]), Gives.Nodes, new Location(item));
    }

    private int Named(ReferenceSyntax reference)
    {
        if (reference.Name.StartsWith("last-saved#", StringComparison.Ordinal)) throw new ExpressionFault("last-saved", reference.At, ("name", reference.Name));
        var found = _tree.Named(reference.Name);
        return found.Count switch
        {
            1 => found[0],
            0 => throw new ExpressionFault("name-unknown", reference.At, ("name", reference.Name), ("nearest", Nearest.To(reference.Name, _tree.Names))),
            _ => throw new ExpressionFault("name-ambiguous", reference.At, ("name", reference.Name)),
        };
    }

    private Typed Operator(OperatorSyntax signed, Location context)
    {
        var operands = signed.Operands.Select(o => Any(o, context)).ToList();
        var arithmetic = signed.Operator is "+" or "-" or "*" or "div" or "mod" or "neg";
        var ordered = signed.Operator is "<" or "<=" or ">" or ">=";
        foreach (var (syntax, operand) in signed.Operands.Zip(operands))
        {
            if (operand.Code is not TextLiteral { Value: { Length: > 0 } text } || !double.IsNaN(Numbers.Of(text, 0))) continue;
            var fault = new ExpressionFault("text-in-arithmetic", syntax.At, ("text", text), ("operator", signed.Operator));
            if (arithmetic) throw fault;
            if (ordered) _advice.Add(fault);
        }

        if (signed.Operator is "=" or "!=") AdviseOnChoices(signed, operands);
        return new Typed(new Operation(signed.Operator, [.. operands.Select(o => o.Code)]), arithmetic ? Gives.Number : Gives.Truth);
    }

    // A choice that the list does not have is never given: most likely it was renamed.
    private void AdviseOnChoices(OperatorSyntax signed, List<Typed> operands)
    {
        if (signed.Operands.Any(o => o is ReferenceSyntax))
        {
            for (var i = 0; i < 2; i++)
            {
                if (signed.Operands[i] is ReferenceSyntax) AdviseOnChoice(operands[i], signed.Operands[1 - i]);
            }
        }
    }

    private void AdviseOnChoice(Typed question, Syntax value)
    {
        var literal = value switch { TextSyntax text => text.Value, NumberSyntax number => Numbers.Text(number.Value), _ => "" };
        if (literal.Length == 0 || question.At.List is not null || question.At.Item < 0) return;
        if (_tree.List(question.At.Item) is not { } list || !_tree.Lists.TryGetValue(list, out var known) || known.Names.Contains(literal)) return;
        _advice.Add(new ExpressionFault("choice-unknown", value.At, ("value", literal), ("list", list), ("nearest", Nearest.To(literal, known.Names))));
    }

    private Typed Filter(FilterSyntax filter, Location context)
    {
        var start = Nodes(filter.Start, context);
        return new Typed(Operation.Of("filter", [start.Code, .. filter.Predicates.Select(p => Any(p, start.At).Code)]), Gives.Nodes, start.At);
    }

    private Typed Nodes(Syntax syntax, Location context)
    {
        var typed = Any(syntax, context);
        return typed.Gives == Gives.Nodes ? typed : throw new ExpressionFault("nodes-expected", syntax.At);
    }

    private Typed Path(PathSyntax path, Location context)
    {
        if (path.Absolute) return Absolute(path);
        if (path.Start is null && path.Steps.Count == 0)
        {
            if (context is { List: null, Item: >= 0 }) _reads.Add(context.Item);
            return new Typed(s_self, Gives.Nodes, context);
        }

        var start = path.Start is null ? new Typed(s_self, Gives.Nodes, context) : Nodes(path.Start, context);
        if (path.Start is null && context.List is null) AdviseOnBareName(path, context);
        return Steps(start, path.Steps);
    }

    // age > 18 instead of ${age} > 18 asks for a child of the question, which has none.
    private void AdviseOnBareName(PathSyntax path, Location context)
    {
        var name = path.Steps[0].Name;
        if (name is "." or ".." || _tree.Child(context.Item, name) is not null) return;
        throw new ExpressionFault("name-without-braces", path.At, ("name", name), ("nearest", Nearest.To(name, _tree.Names)));
    }

    // The root has the form's name, or "data": whichever, it is the first step.
    private Typed Absolute(PathSyntax path)
    {
        var item = -1;
        var rest = 1;
        for (; rest < path.Steps.Count && path.Steps[rest] is { Predicates.Count: 0, Name: not (".." or ".") }; rest++)
            item = Down(new Location(item), path.Steps[rest]).Item;
        if (item >= 0) _reads.Add(item);
        var start = new Typed(item < 0 ? Operation.Of("root") : Operation.Of("q", new NumberLiteral(item)), Gives.Nodes, new Location(item));
        return rest >= path.Steps.Count ? start : Steps(start, [.. path.Steps.Skip(rest)]);
    }

    private Typed Steps(Typed start, IReadOnlyList<StepSyntax> steps)
    {
        var codes = new List<Expr> { start.Code };
        var at = start.At;
        foreach (var step in steps)
        {
            at = Down(at, step);
            var name = new TextLiteral(step.Name);
            var inside = at;
            codes.Add(step.Predicates.Count == 0 ? name : Operation.Of("step", [name, .. step.Predicates.Select(p => Any(p, inside).Code)]));
        }

        if (at.List is null && at.Item >= 0) _reads.Add(at.Item);
        return new Typed(new Operation("path", codes), Gives.Nodes, at);
    }

    private Location Down(Location above, StepSyntax step)
    {
        if (step.Name == ".") return above;
        if (above.List is { } list) return DownList(above, list, step);
        if (step.Name == "..")
            return above.Item < 0 ? throw new ExpressionFault("path-nowhere", step.At, ("step", step.Name)) : new Location(_tree.Parent(above.Item));
        return _tree.Child(above.Item, step.Name) is { } child
            ? new Location(child)
            : throw new ExpressionFault("path-nowhere", step.At, ("step", step.Name));
    }

    private Location DownList(Location above, string list, StepSyntax step)
    {
        var next = (above.Level, step.Name) switch
        {
            ( > 0, "..") => above.Level - 1,
            (0, "root") => 1,
            (1, "item") => 2,
            (2, _) when step.Name != ".." => 3,
            _ => throw new ExpressionFault("path-nowhere", step.At, ("step", step.Name)),
        };
        if (above.Level == 2 && next == 3 && _tree.Lists.TryGetValue(list, out var known) && !known.Columns.Contains(step.Name))
            throw new ExpressionFault("column-unknown", step.At, ("name", step.Name), ("list", list), ("nearest", Nearest.To(step.Name, known.Columns)));
        return above with { Level = next };
    }

    private Typed Call(CallSyntax call, Location context)
    {
        if (!Functions.Known.TryGetValue(call.Name, out var signature))
        {
            throw Functions.Unsupported.Contains(call.Name)
                ? new ExpressionFault("function-unsupported", call.At, ("name", call.Name))
                : new ExpressionFault("function-unknown", call.At, ("name", call.Name), ("nearest", Nearest.To(call.Name, Functions.Known.Keys)));
        }

        var count = call.Arguments.Count;
        if (count < signature.Least || count > signature.Most)
            throw new ExpressionFault("argument-count", call.At, ("name", call.Name), ("count", count), ("least", signature.Least), ("most", signature.Most?.ToString(CultureInfo.InvariantCulture) ?? "…"));
        return call.Name switch
        {
            "true" or "false" => new Typed(new TruthLiteral(call.Name == "true"), Gives.Truth),
            "current" => new Typed(Operation.Of("current"), Gives.Nodes, _place.Item < 0 ? new Location(-1) : new Location(_place.Item)),
            "instance" => Instance(call),
            "pulldata" => PullData(call, context),
            "regex" => Regex(call, context),
            Functions.ChoiceName => ChoiceName(call, context),
            "indexed-repeat" => IndexedRepeat(call, context),
            _ => Plain(call, signature, context),
        };
    }

    private Typed Plain(CallSyntax call, FunctionSignature signature, Location context)
    {
        var arguments = call.Arguments.Select((a, i) => signature.NeedsNodes.Contains(i) ? Nodes(a, context) : Any(a, context)).ToList();
        if (call.Name is "format-date" or "format-date-time" && arguments[1].Code is TextLiteral format) CheckFormat(call, format.Value);
        if (call.Name == "selected" && call.Arguments[0] is ReferenceSyntax or PathSyntax { Start: null, Steps.Count: 0 }) AdviseOnChoice(arguments[0], call.Arguments[1]);
        return new Typed(new Operation(call.Name, [.. arguments.Select(a => a.Code)]), signature.Gives);
    }

    private static void CheckFormat(CallSyntax call, string format)
    {
        for (var i = format.IndexOf('%'); i >= 0 && i + 1 < format.Length; i = format.IndexOf('%', i + 2 > format.Length ? format.Length : i + 2))
        {
            if (!Functions.DateMarks.Contains(format[i + 1]) && !Functions.TimeMarks.Contains(format[i + 1]))
                throw new ExpressionFault("date-format", call.Arguments[1].At, ("mark", "%" + format[i + 1]));
        }
    }

    private Typed Instance(CallSyntax call)
    {
        var list = Literal(call, 0);
        if (!_tree.Lists.ContainsKey(list)) throw new ExpressionFault("list-unknown", call.Arguments[0].At, ("list", list), ("nearest", Nearest.To(list, _tree.Lists.Keys)));
        return new Typed(Operation.Of("list", new TextLiteral(list)), Gives.Nodes, new Location(0, list));
    }

    private Typed PullData(CallSyntax call, Location context)
    {
        var list = Instance(call).At.List!;
        foreach (var i in (int[])[1, 2]) DownList(new Location(0, list, 2), list, new StepSyntax(call.Arguments[i].At, Literal(call, i), []));
        return new Typed(Operation.Of("pulldata", new TextLiteral(list), new TextLiteral(Literal(call, 1)), new TextLiteral(Literal(call, 2)), Any(call.Arguments[3], context).Code), Gives.Text);
    }

    private static string Literal(CallSyntax call, int argument) => call.Arguments[argument] is TextSyntax text
        ? text.Value
        : throw new ExpressionFault("literal-expected", call.Arguments[argument].At, ("name", call.Name), ("argument", argument + 1));

    private Typed Regex(CallSyntax call, Location context)
    {
        var pattern = PatternParser.Parse(Literal(call, 1), call.Arguments[1].At);
        return new Typed(Operation.Of("regex", Any(call.Arguments[0], context).Code, new PatternLiteral(pattern)), Gives.Truth);
    }

    // The question stands in quotation marks, or without.
    private Typed ChoiceName(CallSyntax call, Location context)
    {
        var question = call.Arguments[1] is TextSyntax quoted ? Quoted(quoted) : Nodes(call.Arguments[1], context).At;
        if (question.List is not null || question.Item < 0 || !_tree.IsSelect(question.Item)) throw new ExpressionFault("select-expected", call.Arguments[1].At);
        return new Typed(Operation.Of(Functions.ChoiceName, Any(call.Arguments[0], context).Code, new NumberLiteral(question.Item)), Gives.Text);
    }

    private Location Quoted(TextSyntax quoted)
    {
        try
        {
            return Nodes(ExpressionParser.Parse(quoted.Value), Own).At;
        }
        catch (ExpressionFault fault)
        {
            throw new ExpressionFault(fault.Reason, quoted.At + fault.At, [.. fault.Details]);
        }
    }

    private Typed IndexedRepeat(CallSyntax call, Location context)
    {
        if (call.Arguments.Count % 2 == 0)
            throw new ExpressionFault("argument-count", call.At, ("name", call.Name), ("count", call.Arguments.Count), ("least", 3), ("most", 7));
        var question = Nodes(call.Arguments[0], context).At;
        var codes = new List<Expr> { new NumberLiteral(question.Item) };
        for (var i = 1; i < call.Arguments.Count; i += 2)
        {
            var repeat = Nodes(call.Arguments[i], context).At;
            if (question.List is not null || repeat.List is not null || repeat.Item < 0 || !_tree.IsRepeat(repeat.Item) || !_tree.IsWithin(question.Item, repeat.Item))
                throw new ExpressionFault("repeat-expected", call.Arguments[i].At);
            codes.Add(new NumberLiteral(repeat.Item));
            codes.Add(Any(call.Arguments[i + 1], context).Code);
        }

        return new Typed(new Operation(call.Name, codes), Gives.Nodes, question);
    }
}
