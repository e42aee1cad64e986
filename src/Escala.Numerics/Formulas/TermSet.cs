namespace Escala.Numerics.Formulas;

/// <summary>A product of variables, as <c>treat:factor(period)</c>; the order of its variables is that of first appearance.</summary>
internal sealed class Term(IReadOnlyList<Syntax> variables)
{
    public IReadOnlyList<Syntax> Variables { get; } = variables;

    public IReadOnlySet<string> Keys { get; } = variables.Select(v => v.ToString()!).ToHashSet(StringComparer.Ordinal);

    public Term Times(Term other) => new([.. Variables, .. other.Variables.Where(v => !Keys.Contains(v.ToString()!))]);

    public bool Same(Term other) => Keys.SetEquals(other.Keys);

    public override string ToString() => string.Join(":", Variables);
}

/// <summary>The intercept and the distinct terms of one side of a formula, in R's order: by number of variables, then by appearance.</summary>
internal sealed record TermSet(bool Intercept, IReadOnlyList<Term> Terms);

/// <summary>Expands the algebra of terms (Wilkinson and Rogers 1973) and takes random effects and offsets aside.</summary>
internal sealed class TermExpansion(string text, List<Syntax>? offsets, List<BinarySyntax>? bars)
{
    private bool _intercept = true;

    public TermSet Expand(Syntax syntax)
    {
        _intercept = true;
        var terms = TermsOf(syntax);
        return new TermSet(_intercept, [.. terms.OrderBy(t => t.Variables.Count)]);
    }

    private List<Term> TermsOf(Syntax syntax) => syntax switch
    {
        NumberSyntax { Value: 1 } => SetIntercept(true),
        NumberSyntax { Value: 0 } => SetIntercept(false),
        NumberSyntax => throw new FormulaException(text, syntax.Position, "numerics.formula.number-term", "a number other than 0 or 1 is not a term; use I() for arithmetic"),
        NegativeSyntax { Operand: NumberSyntax { Value: 1 } } => SetIntercept(false),
        NegativeSyntax { Operand: NumberSyntax { Value: 0 } } => SetIntercept(true),
        NegativeSyntax => throw new FormulaException(text, syntax.Position, "numerics.formula.nothing-to-take", "there is nothing yet to take this term away from"),
        ParenthesisSyntax { Inner: BinarySyntax { Operator: "|" or "||" } bar } => TakeBar(bar),
        ParenthesisSyntax p => TermsOf(p.Inner),
        BinarySyntax { Operator: "|" or "||" } => throw new FormulaException(text, syntax.Position, "numerics.formula.bar-parentheses", "a random effect needs parentheses: (1 | cluster)"),
        CallSyntax { Function: "offset" } call => TakeOffset(call),
        BinarySyntax b => Combine(b),
        TextSyntax => throw new FormulaException(text, syntax.Position, "numerics.formula.quoted", "a quoted text is not a variable; names with spaces go between backticks"),
        _ => [new Term([syntax])],
    };

    private List<Term> SetIntercept(bool value)
    {
        _intercept = value;
        return [];
    }

    private List<Term> TakeOffset(CallSyntax call)
    {
        if (offsets is null) throw new FormulaException(text, call.Position, "numerics.formula.offset-place", "offset() belongs among the fixed effects");
        if (call.Arguments.Count != 1) throw new FormulaException(text, call.Position, "numerics.formula.offset-argument", "offset() takes one argument");
        offsets.Add(call);
        return [];
    }

    private List<Term> TakeBar(BinarySyntax bar)
    {
        if (bars is null) throw new FormulaException(text, bar.Position, "numerics.formula.bar-inside", "a random effect cannot stand inside another");
        bars.Add(bar);
        return [];
    }

    private List<Term> Combine(BinarySyntax b)
    {
        switch (b.Operator)
        {
            case "+": return Union(TermsOf(b.Left), TermsOf(b.Right));
            case "-": return Remove(b);
            case "^": return Power(b);
        }
        if (HoldsBar(b.Left) || HoldsBar(b.Right))
            throw new FormulaException(text, b.Position, "numerics.formula.bar-added", "a random effect is added with '+', nothing else");
        var (left, right) = (TermsOf(b.Left), TermsOf(b.Right));
        var product = left.SelectMany(l => right.Select(l.Times)).ToList();
        return b.Operator switch
        {
            ":" => Union([], product),
            "*" => Union(Union(left, right), product),
            // a/b: b within a, that is a + a:b; (a + b)/c takes the product of all of the left.
            "/" => Union(left, [.. right.Select(r => left.Aggregate((x, y) => x.Times(y)).Times(r))]),
            _ => throw new FormulaException(text, b.Position, "numerics.formula.operator", "the operator '{operator}' is not known between terms", ("operator", b.Operator)),
        };
    }

    private List<Term> Remove(BinarySyntax b)
    {
        var left = TermsOf(b.Left);
        if (b.Right is NumberSyntax { Value: 1 }) { _intercept = false; return left; }
        if (b.Right is NumberSyntax { Value: 0 }) { _intercept = true; return left; }
        var intercept = _intercept;
        var right = TermsOf(b.Right);
        _intercept = intercept;
        return [.. left.Where(l => !right.Any(l.Same))];
    }

    private List<Term> Power(BinarySyntax b)
    {
        if (b.Right is not NumberSyntax { Value: >= 1 and <= 8 } power || power.Value != Math.Floor(power.Value))
            throw new FormulaException(text, b.Right.Position, "numerics.formula.exponent", "the exponent of terms is a whole number from 1 to 8; use I(x^2) for a square");
        var left = TermsOf(b.Left);
        var all = left;
        for (var k = 1; k < (int)power.Value; k++) all = Union(all, [.. all.SelectMany(x => left.Select(x.Times))]);
        return all;
    }

    private static List<Term> Union(List<Term> first, List<Term> second)
    {
        var union = new List<Term>(first);
        foreach (var term in second) if (!union.Any(term.Same)) union.Add(term);
        return union;
    }

    private static bool HoldsBar(Syntax s) => s switch
    {
        BinarySyntax b => b.Operator[0] == '|' || HoldsBar(b.Left) || HoldsBar(b.Right),
        ParenthesisSyntax p => HoldsBar(p.Inner),
        _ => false,
    };
}

/// <summary>One random term (effects | grouping): its effects share a covariance matrix.</summary>
internal sealed record RandomTerm(TermSet Effects, IReadOnlyList<Syntax> Grouping, int Position)
{
    /// <summary>Name of the grouping as lme4 writes it: <c>(1 | a/b)</c> groups by <c>a</c> and by <c>b:a</c>.</summary>
    public required string Group { get; init; }

    public static IEnumerable<RandomTerm> Expand(string text, BinarySyntax bar)
    {
        var effects = new TermExpansion(text, null, null).Expand(bar.Left);
        if (!effects.Intercept && effects.Terms.Count == 0) throw new FormulaException(text, bar.Position, "numerics.formula.bar-left", "there is no effect to the left of '|'; write (1 | cluster)");
        foreach (var (grouping, name) in Groupings(text, bar.Right))
        {
            if (bar.Operator == "|") { yield return new RandomTerm(effects, grouping, bar.Position) { Group = name }; continue; }
            if (effects.Intercept) yield return new RandomTerm(new TermSet(true, []), grouping, bar.Position) { Group = name };
            foreach (var term in effects.Terms) yield return new RandomTerm(new TermSet(false, [term]), grouping, bar.Position) { Group = name };
        }
    }

    private static IEnumerable<(IReadOnlyList<Syntax> Grouping, string Name)> Groupings(string text, Syntax s)
    {
        switch (s)
        {
            case ParenthesisSyntax p: return Groupings(text, p.Inner);
            case NameSyntax: return [([s], s.ToString()!)];
            case CallSyntax { Function: "factor" or "relevel" }: return [([s], s.ToString()!)];
            case BinarySyntax { Operator: ":" } b when Groupings(text, b.Left).ToList() is [var l] && Groupings(text, b.Right).ToList() is [var r]:
                return [([.. l.Grouping, .. r.Grouping], $"{l.Name}:{r.Name}")];
            case BinarySyntax { Operator: "/" } b when Groupings(text, b.Left).ToList() is { Count: >= 1 } l && Groupings(text, b.Right).ToList() is [var r]:
                return [.. l, ([.. l[^1].Grouping, .. r.Grouping], $"{r.Name}:{l[^1].Name}")];
            default: throw new FormulaException(text, s.Position, "numerics.formula.grouping", "a grouping is a variable, a:b or a/b");
        }
    }

    /// <summary>The term in R's spelling, with its grouping from the outermost factor inwards.</summary>
    public override string ToString()
    {
        IEnumerable<string> effects = [Effects.Intercept ? "1" : "0", .. Effects.Terms.Select(t => t.ToString())];
        return $"({string.Join(" + ", effects)} | {string.Join(":", Grouping)})";
    }
}
