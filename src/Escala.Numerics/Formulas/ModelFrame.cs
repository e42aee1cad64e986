using Escala.Numerics.Data;

namespace Escala.Numerics.Formulas;

/// <summary>How rows of equal predictors may be put together without changing the likelihood.</summary>
internal enum Collapse
{
    /// <summary>Successes and trials, counts, or means add up.</summary>
    Sum,

    /// <summary>Only rows with the same response too are put together, with their number.</summary>
    Identical,
}

/// <summary>
/// The complete rows of the data that a formula uses, collapsed to cells: rows with the same value of every predictor and grouping. Cells are
/// numbered by the sorted codes of their variables, so that the order of the rows does not matter.
/// </summary>
internal sealed class ModelFrame
{
    private ModelFrame(ModelFormula formula, DataFrame data) => (Formula, Data) = (formula, data);

    public ModelFormula Formula { get; }

    public DataFrame Data { get; }

    /// <summary>Data row of each row used.</summary>
    public int[] UsedRows { get; private set; } = [];

    /// <summary>Cell of each row used.</summary>
    public int[] CellOf { get; private set; } = [];

    /// <summary>One data row of each cell.</summary>
    public int[] Representatives { get; private set; } = [];

    /// <summary>Response a used row: successes of <see cref="Trials"/>, a count, or a measurement.</summary>
    public double[] Outcome { get; private set; } = [];

    /// <summary>Trials a used row; 1 unless the response is cbind(successes, failures).</summary>
    public double[] Trials { get; private set; } = [];

    public bool IsCbind { get; private set; }

    /// <summary>Rows that lack a value, by the variable that lacks it.</summary>
    public IReadOnlyDictionary<string, int> MissingByVariable { get; private set; } = new Dictionary<string, int>();

    public int Cells => Representatives.Length;

    public static ModelFrame Build(ModelFormula formula, DataFrame data, Collapse collapse, IReadOnlyList<string> extra)
    {
        var frame = new ModelFrame(formula, data);
        var text = formula.Text;
        var predictors = formula.Fixed.Terms.SelectMany(t => t.Variables).Concat(formula.Offsets)
            .Concat(formula.Random.SelectMany(r => r.Effects.Terms.SelectMany(t => t.Variables).Concat(r.Grouping)))
            .SelectMany(v => Variables.NamesIn(text, data, v)).Concat(extra).Distinct(StringComparer.Ordinal).ToList();
        var response = Variables.NamesIn(text, data, formula.Response).Distinct(StringComparer.Ordinal).ToList();
        frame.KeepCompleteRows([.. response.Union(predictors)]);
        frame.ReadResponse();
        frame.CollapseRows(predictors, collapse);
        return frame;
    }

    private void KeepCompleteRows(List<string> names)
    {
        var complete = new bool[Data.Rows];
        Array.Fill(complete, true);
        var missing = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            var column = Data[name];
            var count = 0;
            for (var i = 0; i < complete.Length; i++)
            {
                if (!column.IsMissing(i)) continue;
                complete[i] = false;
                count++;
            }
            if (count > 0) missing[name] = count;
        }
        MissingByVariable = missing;
        UsedRows = missing.Count == 0 ? [.. Enumerable.Range(0, Data.Rows)] : [.. Enumerable.Range(0, Data.Rows).Where(i => complete[i])];
    }

    private void ReadResponse()
    {
        var variables = new Variables(Formula.Text, Data, UsedRows);
        if (Formula.Response is CallSyntax { Function: "cbind" } pair)
        {
            if (pair.Arguments.Count != 2) throw new FormulaException(Formula.Text, pair.Position, "numerics.formula.cbind", "cbind() takes two counts: cbind(successes, failures)");
            IsCbind = true;
            Outcome = variables.Numbers(pair.Arguments[0].Value);
            Trials = variables.Numbers(pair.Arguments[1].Value);
            for (var k = 0; k < Outcome.Length; k++)
            {
                if (!(Outcome[k] >= 0 && Trials[k] >= 0) || Outcome[k] != Math.Floor(Outcome[k]) || Trials[k] != Math.Floor(Trials[k]))
                    throw new FormulaException(Formula.Text, pair.Position, "numerics.formula.cbind-counts", "successes and failures are whole numbers of 0 or more; data row {row} has {successes} and {trials}", ("row", UsedRows[k] + 1), ("successes", Variables.Text(Outcome[k])), ("trials", Variables.Text(Trials[k])));
                Trials[k] += Outcome[k];
            }
            return;
        }
        if (Formula.Response is NameSyntax name && Data[name.Name] is FactorColumn factor)
        {
            if (factor.Levels.Count != 2 && StrayText.In(Data, name.Name, 1) is { } stray) throw new FormulaException(Formula.Text, name.Position, stray);
            if (factor.Levels.Count != 2) throw new FormulaException(Formula.Text, name.Position, "numerics.formula.two-levels", "an outcome of texts needs two levels; '{column}' has {levels}", ("column", name.Name), ("levels", factor.Levels.Count));
            Outcome = [.. UsedRows.Select(i => (double)factor.Codes[i])];
        }
        else
        {
            Outcome = variables.Numbers(Formula.Response);
        }
        for (var k = 0; k < Outcome.Length; k++)
            if (!double.IsFinite(Outcome[k])) throw new FormulaException(Formula.Text, Formula.Response.Position, "numerics.formula.outcome-finite", "the outcome is not a finite number in data row {row}", ("row", UsedRows[k] + 1));
        Trials = new double[Outcome.Length];
        Array.Fill(Trials, 1);
    }

    private void CollapseRows(List<string> predictors, Collapse collapse)
    {
        var cell = new int[UsedRows.Length];
        var cells = UsedRows.Length > 0 ? 1 : 0;
        foreach (var name in predictors)
        {
            if (cells == UsedRows.Length) break;
            var (codes, labels) = Data[name].AsFactor();
            cells = Refine(cell, cells, labels.Length, k => codes[UsedRows[k]]);
        }
        if (collapse == Collapse.Identical)
        {
            foreach (var values in new[] { Outcome, Trials })
            {
                var (codes, labels) = new NumericColumn("outcome", values, default).AsFactor();
                cells = Refine(cell, cells, labels.Length, k => codes[k]);
            }
        }
        CellOf = cell;
        Representatives = new int[cells];
        for (var k = UsedRows.Length - 1; k >= 0; k--) Representatives[cell[k]] = UsedRows[k];
    }

    /// <summary>Splits cells by one more code and numbers the new cells by (old cell, code).</summary>
    private static int Refine(int[] cell, int cells, int levels, Func<int, int> code)
    {
        var size = (long)cells * levels;
        if (size <= 1 << 22)
        {
            var rank = new int[size];
            for (var k = 0; k < cell.Length; k++) rank[cell[k] = cell[k] * levels + code(k)] = 1;
            var next = 0;
            for (var r = 0; r < rank.Length; r++) if (rank[r] == 1) rank[r] = next++;
            for (var k = 0; k < cell.Length; k++) cell[k] = rank[cell[k]];
            return next;
        }
        var keys = new long[cell.Length];
        var order = new int[cell.Length];
        for (var k = 0; k < keys.Length; k++) (keys[k], order[k]) = ((long)cell[k] * levels + code(k), k);
        Array.Sort(keys, order);
        var count = 0;
        for (var k = 0; k < keys.Length; k++)
        {
            if (k > 0 && keys[k] != keys[k - 1]) count++;
            cell[order[k]] = count;
        }
        return count + 1;
    }
}
