using Escala.Numerics.Algebra;
using Escala.Numerics.Distributions;
using Escala.Numerics.Formulas;

namespace Escala.Numerics.Models;

/// <summary>The effects of one random term: <see cref="Effects"/> columns for each of <see cref="Groups"/> groups, with a lower triangular Λ.</summary>
/// <param name="Term">Number of the term in the formula.</param>
/// <param name="Effects">Effects a group.</param>
/// <param name="Groups">Number of groups.</param>
/// <param name="Slot">First of the term's places among the effects of a path.</param>
/// <param name="Theta">First of its parameters; −1 when the block has a flat prior and Λ = I.</param>
/// <param name="Base">Number of its first effect.</param>
internal sealed record EffectBlock(int Term, int Effects, int Groups, int Slot, int Theta, int Base)
{
    public int ThetaCount => Theta < 0 ? 0 : Effects * (Effects + 1) / 2;

    public bool IsFlat => Theta < 0;

    /// <summary>Place of Λ[row, column] among the term's parameters: the lower triangle by columns, as lme4 orders it.</summary>
    public int ThetaAt(int row, int column) => Theta + column * Effects - column * (column - 1) / 2 + row - column;
}

/// <summary>
/// What does not change while a mixed model is fitted. Cells that share all groups and all values of the random-effect columns form a path;
/// everything about random effects is done once a path, and a cell costs only its own likelihood.
/// </summary>
internal sealed record MixedModelProblem
{
    public required ResponseKernel Kernel { get; init; }

    public required CellResponses Responses { get; init; }

    public required double[] Offset { get; init; }

    /// <summary>Cell of the model frame at each place; cells are ordered by path.</summary>
    public required int[] CellOrder { get; init; }

    /// <summary>Working columns by rows: entries from RowStart[i] to RowStart[i + 1] belong to cell i.</summary>
    public required int[] RowStart { get; init; }

    public required int[] ColumnAt { get; init; }

    public required double[] ValueAt { get; init; }

    /// <summary>Number of fixed coefficients among the parameters.</summary>
    public required int Columns { get; init; }

    public required EffectBlock[] Blocks { get; init; }

    public required int Slots { get; init; }

    public required int[] PathStart { get; init; }

    /// <summary>Effect of each slot of each path, and the random-effect column's value there.</summary>
    public required int[] PathEffect { get; init; }

    public required double[] PathValue { get; init; }

    public required SparseCholesky Pattern { get; init; }

    /// <summary>Where each pair of slots (a &lt; b) of each path lies in the factor.</summary>
    public required int[] PairAt { get; init; }

    public int Cells => Offset.Length;

    public int Paths => PathStart.Length - 1;

    public int Pairs => Slots * (Slots - 1) / 2;

    public int ThetaCount => Blocks.Sum(b => b.ThetaCount);

    public int Parameters => Columns + ThetaCount + (Kernel.HasDispersion ? 1 : 0);

    /// <summary>
    /// Lays a problem out. With <paramref name="integrateFixed"/> the fixed effects become effects with a flat prior, integrated out: the
    /// restricted likelihood.
    /// </summary>
    public static MixedModelProblem Build(ResponseKernel kernel, CellResponses responses, double[] offset, double[][] columns, RandomDesign[] random, bool integrateFixed)
    {
        var terms = random.Select((r, t) => (Design: (RandomDesign?)r, Term: t, Effects: r.Effects.Length, Groups: r.Labels.Length))
            .OrderByDescending(t => t.Groups).ThenBy(t => t.Term).ToList();
        if (integrateFixed) terms.Add((null, random.Length, columns.Length, 1));
        var blocks = new List<EffectBlock>();
        var theta = new int[random.Length + 1];
        for (var t = 0; t < random.Length; t++) theta[t + 1] = theta[t] + random[t].Effects.Length * (random[t].Effects.Length + 1) / 2;
        var (slot, effects) = (0, 0);
        foreach (var t in terms)
        {
            blocks.Add(new EffectBlock(t.Term, t.Effects, t.Groups, slot, t.Design is null ? -1 : theta[t.Term], effects));
            slot += t.Effects;
            effects += t.Effects * t.Groups;
        }
        var cells = offset.Length;
        var (paths, count) = NumberPaths(cells, terms.Select(t => t.Design), integrateFixed ? columns : []);
        int[] order = [.. Enumerable.Range(0, cells).OrderBy(i => paths[i])];
        var start = new int[count + 1];
        foreach (var p in paths) start[p + 1]++;
        for (var p = 0; p < count; p++) start[p + 1] += start[p];
        var effect = new int[count * slot];
        var value = new double[count * slot];
        for (var p = 0; p < count; p++)
        {
            var cell = order[start[p]];
            for (var b = 0; b < blocks.Count; b++)
                for (var k = 0; k < blocks[b].Effects; k++)
                {
                    var at = p * slot + blocks[b].Slot + k;
                    var design = terms[b].Design;
                    effect[at] = blocks[b].Base + (design?.Codes[cell] ?? 0) * blocks[b].Effects + k;
                    value[at] = design is null ? columns[k][cell] : design.Effects[k].Values[cell];
                }
        }
        var pattern = new SparseCholesky(effects, Cliques(effect, count, slot));
        var (rowStart, columnAt, valueAt) = Rows(integrateFixed ? [] : columns, order);
        return new MixedModelProblem
        {
            Kernel = kernel,
            Responses = new CellResponses(Permute(responses.Outcome, order), Permute(responses.Trials, order), Permute(responses.Rows, order), Permute(responses.WithinSquares, order)),
            Offset = Permute(offset, order),
            CellOrder = order,
            RowStart = rowStart,
            ColumnAt = columnAt,
            ValueAt = valueAt,
            Columns = integrateFixed ? 0 : columns.Length,
            Blocks = [.. blocks],
            Slots = slot,
            PathStart = start,
            PathEffect = effect,
            PathValue = value,
            Pattern = pattern,
            PairAt = PairLocations(pattern, effect, count, slot),
        };
    }

    private static (int[] PathOf, int Count) NumberPaths(int cells, IEnumerable<RandomDesign?> designs, double[][] flat)
    {
        var number = new int[cells];
        var count = 1;
        foreach (var design in designs)
        {
            if (design is null) continue;
            count = Split(number, i => design.Codes[i]);
            foreach (var effect in design.Effects) if (effect.Term >= 0) count = Split(number, i => effect.Values[i]);
        }
        foreach (var column in flat) count = Split(number, i => column[i]);
        return (number, count);
    }

    private static int Split<T>(int[] number, Func<int, T> by)
    {
        var seen = new Dictionary<(int, T), int>();
        for (var i = 0; i < number.Length; i++)
        {
            var key = (number[i], by(i));
            if (!seen.TryGetValue(key, out var next)) seen.Add(key, next = seen.Count);
            number[i] = next;
        }
        return seen.Count;
    }

    private static IEnumerable<int[]> Cliques(int[] effect, int paths, int slots)
    {
        for (var p = 0; p < paths; p++) yield return effect[(p * slots)..((p + 1) * slots)];
    }

    private static int[] PairLocations(SparseCholesky pattern, int[] effect, int paths, int slots)
    {
        var at = new int[paths * (slots * (slots - 1) / 2)];
        var next = 0;
        for (var p = 0; p < paths; p++)
            for (var b = 1; b < slots; b++) for (var a = 0; a < b; a++) at[next++] = pattern.Locate(effect[p * slots + a], effect[p * slots + b]);
        return at;
    }

    private static (int[] Start, int[] Column, double[] Value) Rows(double[][] columns, int[] order)
    {
        var start = new int[order.Length + 1];
        var column = new List<int>();
        var value = new List<double>();
        for (var i = 0; i < order.Length; i++)
        {
            for (var j = 0; j < columns.Length; j++)
            {
                var v = columns[j][order[i]];
                if (v == 0) continue;
                column.Add(j);
                value.Add(v);
            }
            start[i + 1] = column.Count;
        }
        return (start, [.. column], [.. value]);
    }

    private static double[] Permute(double[] values, int[] order) => [.. order.Select(i => values[i])];
}
