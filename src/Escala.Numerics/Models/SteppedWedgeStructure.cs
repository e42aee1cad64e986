using Escala.Numerics.Formulas;

namespace Escala.Numerics.Models;

/// <summary>
/// The stepped wedge in a fitted model: clusters that cross over, periods that are fixed effects, a 0/1 exposure that is one value in each
/// cluster-period and, once begun, lasts.
/// </summary>
internal sealed record SteppedWedgeStructure(string Treatment, string ClusterName, Syntax Cluster, Syntax Period, int[] ClusterOf, int[] PeriodOf, int Clusters, int Periods)
{
    /// <summary>Exposure of each cluster in each period; −1 where there are no data.</summary>
    public required int[,] Exposure { get; init; }

    /// <summary>Finds the structure, or null when the model is of another kind.</summary>
    public static SteppedWedgeStructure? Find(ModelFit fit)
    {
        if (fit.State is not { Problem: not null } state) return null;
        var (frame, data) = (state.Model.Frame, state.Model.Data);
        var cluster = data.Random.Where(r => r.Term.Grouping.Count == 1).MinBy(r => r.Labels.Length);
        if (cluster is null) return null;
        var variables = new Variables(frame.Formula.Text, frame.Data, [.. state.Model.CellsKept.Select(c => frame.Representatives[c])]);
        foreach (var period in frame.Formula.Fixed.Terms.Where(t => t.Variables.Count == 1).Select(t => t.Variables[0]))
        {
            if (variables.Evaluate(period) is not { Codes: { } periods, Levels: { Length: > 1 } levels }) continue;
            foreach (var column in state.Model.Design.Kept.Where(c => c.Term >= 0 && Array.TrueForAll(c.Values, v => v is 0 or 1)))
            {
                if (!frame.Formula.FixedTerms.Contains(column.Name)) continue;
                if (Read(column.Values, cluster.Codes, periods, cluster.Labels.Length, levels.Length) is { } exposure)
                    return new SteppedWedgeStructure(column.Name, cluster.Group, cluster.Term.Grouping[0], period, cluster.Codes, periods, cluster.Labels.Length, levels.Length) { Exposure = exposure };
            }
        }
        return null;
    }

    private static int[,]? Read(double[] values, int[] cluster, int[] period, int clusters, int periods)
    {
        var exposure = new int[clusters, periods];
        for (var c = 0; c < clusters; c++) for (var t = 0; t < periods; t++) exposure[c, t] = -1;
        for (var i = 0; i < values.Length; i++)
        {
            ref var known = ref exposure[cluster[i], period[i]];
            if (known >= 0 && known != (int)values[i]) return null;
            known = (int)values[i];
        }
        var crosses = false;
        for (var c = 0; c < clusters; c++)
        {
            var seen = 0;
            for (var t = 0; t < periods; t++)
            {
                if (exposure[c, t] < 0) continue;
                if (exposure[c, t] < seen) return null;
                crosses |= exposure[c, t] > seen && t > 0;
                seen = exposure[c, t];
            }
        }
        return crosses ? exposure : null;
    }

    /// <summary>Cluster-periods with exposure in which some other cluster of the same period is unexposed, of all with exposure.</summary>
    public (int WithConcurrent, int Exposed) ConcurrentComparators()
    {
        var (with, all) = (0, 0);
        for (var t = 0; t < Periods; t++)
        {
            var exposed = Enumerable.Range(0, Clusters).Count(c => Exposure[c, t] == 1);
            all += exposed;
            if (Enumerable.Range(0, Clusters).Any(c => Exposure[c, t] == 0)) with += exposed;
        }
        return (with, all);
    }
}
