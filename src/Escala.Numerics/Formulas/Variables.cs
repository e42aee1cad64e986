using System.Globalization;
using Escala.Numerics.Data;

namespace Escala.Numerics.Formulas;

/// <summary>A variable of a formula evaluated at some rows: numbers, or codes into levels of which the first is the reference.</summary>
internal sealed record Variable(string Name, double[]? Numbers, int[]? Codes, string[] Levels)
{
    public bool IsFactor => Codes is not null;
}

/// <summary>Evaluates the variables of a formula on chosen rows of a data frame.</summary>
internal sealed class Variables(string formula, DataFrame data, int[] rows)
{
    private static readonly Dictionary<string, Func<double, double>> s_functions = new(StringComparer.Ordinal)
    {
        ["I"] = x => x,
        ["log"] = Math.Log,
        ["log10"] = Math.Log10,
        ["log2"] = Math.Log2,
        ["exp"] = Math.Exp,
        ["sqrt"] = Math.Sqrt,
        ["abs"] = Math.Abs,
        ["offset"] = x => x,
    };

    /// <summary>The names of columns that <paramref name="syntax"/> reads, in order of appearance, checked to exist.</summary>
    public static IEnumerable<string> NamesIn(string formula, DataFrame data, Syntax syntax)
    {
        switch (syntax)
        {
            case NameSyntax n:
                if (!data.Contains(n.Name))
                    throw new FormulaException(formula, n.Position, "numerics.formula.column", "there is no column '{column}'; the data have {columns}", ("column", n.Name), ("columns", string.Join(", ", data.Columns.Select(c => c.Name))));
                return [n.Name];
            case CallSyntax { Function: "factor" or "relevel", Arguments: [var first, ..] }: return NamesIn(formula, data, first.Value);
            case CallSyntax c: return c.Arguments.SelectMany(a => NamesIn(formula, data, a.Value));
            case BinarySyntax b: return NamesIn(formula, data, b.Left).Concat(NamesIn(formula, data, b.Right));
            case NegativeSyntax n: return NamesIn(formula, data, n.Operand);
            case ParenthesisSyntax p: return NamesIn(formula, data, p.Inner);
            default: return [];
        }
    }

    public Variable Evaluate(Syntax syntax)
    {
        var name = syntax.ToString()!;
        switch (syntax)
        {
            case NameSyntax n when StrayText.In(data, n.Name, StrayText.MostSlips) is { } stray:
                throw new FormulaException(formula, n.Position, "numerics.formula.stray", "{stray} Where it is a category all the same, write factor({column}).", ("stray", stray), ("column", n.Name));
            case NameSyntax n when data[n.Name] is FactorColumn f: return Used(name, [.. rows.Select(i => f.Codes[i])], f.LevelArray);
            case CallSyntax { Function: "factor" or "relevel" } c: return Factor(name, c);
            case NameSyntax or CallSyntax:
                var numbers = Numbers(syntax);
                for (var k = 0; k < numbers.Length; k++)
                    if (!double.IsFinite(numbers[k]))
                        throw new FormulaException(formula, syntax.Position, "numerics.formula.finite", "{name} is not a finite number in data row {row}; correct or leave out that row", ("name", name), ("row", rows[k] + 1));
                return new Variable(name, numbers, null, []);
            default: throw new FormulaException(formula, syntax.Position, "numerics.formula.not-variable", "'{name}' is not a variable; put arithmetic inside I()", ("name", name));
        }
    }

    /// <summary>Codes of a grouping of one or more factors, numbered by the sorted combinations that occur.</summary>
    public (int[] Codes, string[] Labels) Grouping(IReadOnlyList<Syntax> factors)
    {
        int[]? codes = null;
        string[] labels = [];
        foreach (var factor in factors)
        {
            var next = factor is NameSyntax n ? AsFactor(n) : Evaluate(factor);
            if (codes is null) { (codes, labels) = (next.Codes!, next.Levels); continue; }
            var keys = codes.Select((c, i) => (long)c * next.Levels.Length + next.Codes![i]).ToArray();
            var distinct = keys.Distinct().Order().ToArray();
            labels = [.. distinct.Select(k => $"{labels[k / next.Levels.Length]}:{next.Levels[k % next.Levels.Length]}")];
            codes = [.. keys.Select(k => Array.BinarySearch(distinct, k))];
        }
        return (codes!, labels);
    }

    private Variable AsFactor(NameSyntax n)
    {
        var (codes, labels) = data[n.Name].AsFactor();
        return Used(n.Name, [.. rows.Select(i => codes[i])], labels);
    }

    private static Variable Used(string name, int[] codes, string[] levels)
    {
        var used = new bool[levels.Length];
        foreach (var code in codes) used[code] = true;
        if (used.All(u => u)) return new Variable(name, null, codes, levels);
        var rank = new int[levels.Length];
        for (var (k, next) = (0, 0); k < levels.Length; k++) if (used[k]) rank[k] = next++;
        return new Variable(name, null, [.. codes.Select(c => rank[c])], [.. levels.Where((_, k) => used[k])]);
    }

    private Variable Factor(string name, CallSyntax call)
    {
        if (call.Arguments is not [{ Name: null, Value: NameSyntax column }, ..])
            throw new FormulaException(formula, call.Position, "numerics.formula.factor-column", "{function}() takes a column first: factor(period), factor(arm, ref = \"control\")", ("function", call.Function));
        var (codes, labels) = data[column.Name].AsFactor();
        var order = labels.ToList();
        foreach (var argument in call.Arguments.Skip(1))
        {
            if (argument is { Name: "ref", Value: var reference })
            {
                if (!order.Remove(Label(reference))) throw Unknown(reference, labels);
                order.Insert(0, Label(reference));
            }
            else if (argument is { Name: "levels", Value: CallSyntax { Function: "c" } list }) order = [.. list.Arguments.Select(a => Array.IndexOf(labels, Label(a.Value)) < 0 ? throw Unknown(a.Value, labels) : Label(a.Value))];
            else throw new FormulaException(formula, argument.Value.Position, "numerics.formula.factor-options", "{function}() knows ref = \"a\" and levels = c(\"a\", \"b\")", ("function", call.Function));
        }
        var place = labels.Select(l => order.IndexOf(l)).ToArray();
        if (Array.IndexOf(place, -1) is >= 0 and var absent && rows.Any(i => codes[i] == absent))
            throw new FormulaException(formula, call.Position, "numerics.formula.factor-level-left", "the data have '{level}', which levels = c(…) leaves out", ("level", labels[absent]));
        return Used(name, [.. rows.Select(i => place[codes[i]])], [.. order]);
    }

    private FormulaException Unknown(Syntax level, string[] labels) =>
        new(formula, level.Position, "numerics.formula.factor-level", "there is no level '{level}'; there are {levels}", ("level", Label(level)), ("levels", string.Join(", ", labels)));

    private static string Label(Syntax s) => s is TextSyntax t ? t.Value : s.ToString()!;

    /// <summary>Arithmetic, row by row.</summary>
    public double[] Numbers(Syntax syntax)
    {
        switch (syntax)
        {
            case NumberSyntax n: return Fill(n.Value);
            case ParenthesisSyntax p: return Numbers(p.Inner);
            case NegativeSyntax n: return Map(Numbers(n.Operand), x => -x);
            case NameSyntax n:
                if (data[n.Name] is not NumericColumn column)
                    throw StrayText.In(data, n.Name, 1) is { } slip ? new FormulaException(formula, n.Position, slip)
                        : new FormulaException(formula, n.Position, "numerics.formula.text-arithmetic", "'{column}' holds texts ({levels}); arithmetic needs numbers", ("column", n.Name), ("levels", string.Join(", ", ((FactorColumn)data[n.Name]).Levels.Take(3))));
                var values = new double[rows.Length];
                for (var k = 0; k < values.Length; k++) values[k] = column.Values[rows[k]];
                return values;
            case BinarySyntax b: return Zip(Numbers(b.Left), Numbers(b.Right), Operation(b));
            case CallSyntax c when s_functions.TryGetValue(c.Function, out var f):
                return c.Arguments is [{ Name: null } only] ? Map(Numbers(only.Value), f) : throw new FormulaException(formula, c.Position, "numerics.formula.one-argument", "{function}() takes one argument", ("function", c.Function));
            case CallSyntax c: throw new FormulaException(formula, c.Position, "numerics.formula.function", "the function {function}() is not known; known are factor, relevel, {functions} and cbind", ("function", c.Function), ("functions", string.Join(", ", s_functions.Keys)));
            default: throw new FormulaException(formula, syntax.Position, "numerics.formula.not-arithmetic", "this is not arithmetic");
        }
    }

    private Func<double, double, double> Operation(BinarySyntax b) => b.Operator switch
    {
        "+" => (x, y) => x + y,
        "-" => (x, y) => x - y,
        "*" => (x, y) => x * y,
        "/" => (x, y) => x / y,
        "^" => Math.Pow,
        _ => throw new FormulaException(formula, b.Position, "numerics.formula.operator-arithmetic", "'{operator}' is not arithmetic", ("operator", b.Operator)),
    };

    private double[] Fill(double value)
    {
        var result = new double[rows.Length];
        Array.Fill(result, value);
        return result;
    }

    private static double[] Map(double[] x, Func<double, double> f)
    {
        for (var i = 0; i < x.Length; i++) x[i] = f(x[i]);
        return x;
    }

    private static double[] Zip(double[] x, double[] y, Func<double, double, double> f)
    {
        for (var i = 0; i < x.Length; i++) x[i] = f(x[i], y[i]);
        return x;
    }

    internal static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
