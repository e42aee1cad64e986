using Escala.Numerics.Data;
using Escala.Numerics.Formulas;
using Escala.Numerics.Simulation;

namespace Escala.Numerics.Models;

/// <summary>A fit without one cluster.</summary>
/// <param name="Cluster">The cluster left out.</param>
/// <param name="Fit">Fit of the rest.</param>
/// <param name="Change">Change of each coefficient of the whole fit, in its standard errors; NaN where either has none.</param>
public sealed record ClusterInfluence(string Cluster, ModelFit Fit, IReadOnlyList<double> Change)
{
    /// <summary>Leaves each level of column <paramref name="cluster"/> out in turn, in the order of the levels.</summary>
    /// <param name="data">The data of the fit.</param>
    /// <param name="fit">The fit of all.</param>
    /// <param name="cluster">Column whose levels are left out.</param>
    /// <param name="progress">Told how many fits are done; null for nobody.</param>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    public static IReadOnlyList<ClusterInfluence> Of(DataFrame data, ModelFit fit, string cluster, IProgress<(long Done, long Of)>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(fit);
        var (codes, labels) = data[cluster].AsFactor();
        var result = new ClusterInfluence[labels.Length];
        // Levels must stay those of the whole fit, or a coefficient could change its meaning.
        SideBySide.Run(labels.Length, c =>
        {
            var rest = data.SelectRows([.. Enumerable.Range(0, data.Rows).Where(i => codes[i] != c)]);
            var without = Regression.Fit(rest, fit.Specification, ModelFormula.Parse(fit.Formula));
            result[c] = new ClusterInfluence(labels[c], without, [.. fit.Fixed.Select(f =>
                without.Fixed.FirstOrDefault(w => w.Term == f.Term) is { } w ? (w.Estimate - f.Estimate) / f.StandardError : double.NaN)]);
        }, progress);
        return result;
    }
}
