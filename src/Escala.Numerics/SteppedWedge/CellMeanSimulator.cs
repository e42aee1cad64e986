using Escala.Numerics.CostEffectiveness;
using MathNet.Numerics.LinearAlgebra;

namespace Escala.Numerics.SteppedWedge;

/// <summary>
/// Draws the observed cell means of whole trials, cluster by cluster and period by period: of proportions and counts as sums over persons,
/// otherwise as normal means with the planned covariance, which for measurements are the same thing.
/// </summary>
internal sealed class CellMeanSimulator
{
    private static readonly uint s_stream = CounterStream.StreamOf("trial");

    private readonly CellTrialSimulator? _trial;
    private readonly Matrix<double>[] _factors = [];
    private readonly double[] _shift, _sizes;

    internal CellMeanSimulator(TrialLayout layout, EffectDesign design, CorrelationStructure truth, TrialOutcome outcome)
    {
        (int Cluster, int Period)[] cells = [.. from i in Enumerable.Range(0, layout.Clusters) from t in Enumerable.Range(0, layout.Periods) where layout.IsObserved(i, t) select (i, t)];
        _sizes = [.. cells.Select(c => layout.Size(c.Cluster, c.Period))];
        _shift = [.. cells.Select(c => outcome.Difference * layout.Exposure(c.Cluster, c.Period))];
        if (outcome.Kind == OutcomeKind.Measurement)
        {
            _factors = [.. design.Clusters.Select(c => (design.Covariance(truth, c.Cluster) * outcome.TotalVariance).Cholesky().Factor)];
            InWords = new Sentence("numerics.design.simulated-normal", "normal cell means with the stated correlation");
            return;
        }
        double intervention = outcome.Baseline + outcome.Difference;
        (_trial, InWords) = outcome.Kind == OutcomeKind.Proportion
            ? ((CellTrialSimulator)new BinaryTrialSimulator(layout, truth, outcome.Baseline, intervention), truth.IndividualAutocorrelation > 0
                ? new Sentence("numerics.design.simulated-cohort", "yes-or-no outcomes with normal effects of clusters and persons on the log-odds scale, of the stated means and correlation")
                : new Sentence("numerics.design.simulated-proportions", "yes-or-no outcomes with normal effects of clusters on the log-odds scale, of the stated means and correlation"))
            : (new CountTrialSimulator(layout, truth, outcome.Baseline, intervention), new Sentence("numerics.design.simulated-counts", "Poisson counts with normal effects of clusters on the log scale, of the stated means and between-cluster variance"));
    }

    /// <summary>What is drawn, for the reader of the figures.</summary>
    internal Sentence InWords { get; }

    internal double[] Draw(ulong seed, uint replicate, bool effect)
    {
        if (_trial is not null) return [.. _trial.DrawSums(seed, replicate, effect ? _trial.Effect : 0).Zip(_sizes, (sum, n) => sum / n)];
        var stream = new CounterStream(seed, s_stream, replicate);
        var means = new List<double>();
        foreach (var factor in _factors)
        {
            var normal = Vector<double>.Build.Dense(factor.RowCount);
            for (int k = 0; k < normal.Count; k++)
            {
                normal[k] = stream.NextNormal();
            }
            means.AddRange(factor * normal);
        }
        return effect ? [.. means.Zip(_shift, (mean, shift) => mean + shift)] : [.. means];
    }
}
