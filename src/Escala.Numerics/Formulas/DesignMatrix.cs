namespace Escala.Numerics.Formulas;

/// <summary>One column of a design matrix: its name as R spells it and the term it belongs to (−1 is the intercept).</summary>
internal sealed record DesignColumn(string Name, int Term, double[] Values)
{
    public bool IsZero => Array.TrueForAll(Values, v => v == 0);
}

/// <summary>The grouping of one random term: a code a cell, the labels of its groups, and one column of effects each.</summary>
internal sealed record RandomDesign(RandomTerm Term, int[] Codes, string[] Labels, DesignColumn[] Effects)
{
    public string Group => Term.Group;
}

/// <summary>
/// Codes terms as R does: a factor of a term is coded by treatment contrasts when the term without it is in the model too, else by an
/// indicator of every level (Chambers and Hastie 1992, section 2.3.2); the first variable of an interaction varies fastest.
/// </summary>
internal sealed class DesignMatrix(ModelFrame frame)
{
    private readonly Variables _variables = new(frame.Formula.Text, frame.Data, frame.Representatives);

    public DesignColumn[] FixedColumns() => Columns(frame.Formula.Fixed);

    public double[] Offset()
    {
        var sum = new double[frame.Cells];
        foreach (var offset in frame.Formula.Offsets)
        {
            var values = _variables.Evaluate(offset).Numbers ?? throw new FormulaException(frame.Formula.Text, offset.Position, "numerics.formula.offset-number", "an offset is a number");
            for (var i = 0; i < sum.Length; i++) sum[i] += values[i];
        }
        return sum;
    }

    public RandomDesign[] RandomDesigns() => [.. frame.Formula.Random.Select(term =>
    {
        var (codes, labels) = _variables.Grouping(term.Grouping);
        return new RandomDesign(term, codes, labels, Columns(term.Effects));
    })];

    public (int[] Codes, string[] Labels) Grouping(string column) => _variables.Grouping([new NameSyntax(0, column)]);

    private DesignColumn[] Columns(TermSet set)
    {
        var columns = new List<DesignColumn>();
        if (set.Intercept) columns.Add(new DesignColumn("(Intercept)", -1, Ones()));
        for (var t = 0; t < set.Terms.Count; t++)
        {
            List<DesignColumn> product = [new DesignColumn("", t, Ones())];
            foreach (var syntax in set.Terms[t].Variables)
            {
                var coding = Coding(_variables.Evaluate(syntax), HasMargin(set, set.Terms[t], syntax.ToString()!));
                product = [.. from c in coding from p in product select Multiply(p, c)];
            }
            columns.AddRange(product);
        }
        return [.. columns];
    }

    private static bool HasMargin(TermSet set, Term term, string without) => term.Keys.Count == 1
        ? set.Intercept
        : set.Terms.Any(t => t.Keys.Count == term.Keys.Count - 1 && t.Keys.All(k => k != without && term.Keys.Contains(k)));

    private static IEnumerable<DesignColumn> Coding(Variable v, bool contrasts)
    {
        if (!v.IsFactor) return [new DesignColumn(v.Name, 0, v.Numbers!)];
        return Enumerable.Range(0, v.Levels.Length).Skip(contrasts ? 1 : 0)
            .Select(level => new DesignColumn(v.Name + v.Levels[level], 0, [.. v.Codes!.Select(c => c == level ? 1.0 : 0.0)]));
    }

    private static DesignColumn Multiply(DesignColumn left, DesignColumn right)
    {
        var values = new double[left.Values.Length];
        for (var i = 0; i < values.Length; i++) values[i] = left.Values[i] * right.Values[i];
        return new DesignColumn(left.Name.Length == 0 ? right.Name : $"{left.Name}:{right.Name}", left.Term, values);
    }

    private double[] Ones()
    {
        var ones = new double[frame.Cells];
        Array.Fill(ones, 1);
        return ones;
    }
}
