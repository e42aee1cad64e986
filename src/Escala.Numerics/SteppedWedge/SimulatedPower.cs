using Escala.Numerics.Comparison;
using Escala.Numerics.CostEffectiveness;
using Escala.Numerics.Data;
using Escala.Numerics.Models;
using MathNet.Numerics.LinearAlgebra;

namespace Escala.Numerics.SteppedWedge;

/// <summary>
/// Power and size of the very model that will be fitted, for a yes-or-no outcome: trials are simulated with normal cluster effects on the
/// log-odds scale, so scaled that the proportions' means and between-cluster variance are the stated ones, and each is fitted without and with
/// the effect. Same seed, same bits, whatever the number of threads.
/// </summary>
public sealed record SimulatedPower
{
    /// <summary>Columns of the simulated data that a formula may name.</summary>
    public const string Columns = "cluster, sequence, period, treat, y, n";

    /// <summary>Simulated trials.</summary>
    public required int Replicates { get; init; }

    /// <summary>Seed of the simulation.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Trials, without and with effect, whose fit gave no estimate and standard error; they count as not rejected.</summary>
    public required (int Null, int Effect) WithoutEstimate { get; init; }

    /// <summary>Share of the trials without effect in which the model's own p is at most the level.</summary>
    public required double FalsePositive { get; init; }

    /// <summary>Share of the trials with the effect in which it is.</summary>
    public required double Power { get; init; }

    /// <summary>The effect that was simulated, log odds ratio given the cluster.</summary>
    public required double TrueEffect { get; init; }

    /// <summary>Mean of the estimates under the effect.</summary>
    public required double MeanEstimate { get; init; }

    /// <summary>Standard deviation of those estimates: what a standard error should be.</summary>
    public required double EstimateDeviation { get; init; }

    /// <summary>Mean of the standard errors that the fits report.</summary>
    public required double MeanStandardError { get; init; }

    /// <summary>Simulates and fits.</summary>
    /// <param name="layout">The design; sizes are whole numbers.</param>
    /// <param name="correlation">Correlation of the outcomes, cross-sectional.</param>
    /// <param name="baseline">Proportion without the intervention, above 0 and below 1.</param>
    /// <param name="intervention">Proportion with it, above 0 and below 1.</param>
    /// <param name="specification">Model to fit to the cells; its formula names <see cref="Columns"/>.</param>
    /// <param name="term">The coefficient that is tested.</param>
    /// <param name="alpha">Two-sided level, above 0 and below 1.</param>
    /// <param name="replicates">Simulated trials, at least 1.</param>
    /// <param name="seed">Seed.</param>
    /// <returns>What the fits found.</returns>
    /// <exception cref="ArgumentException">The correlation is of a cohort, a size is no whole number, or the variance is larger than proportions allow.</exception>
    public static SimulatedPower Run(
        TrialLayout layout, CorrelationStructure correlation, double baseline, double intervention, ModelSpecification specification,
        string term = "treat", double alpha = 0.05, int replicates = 500, ulong seed = 1)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(correlation);
        ArgumentNullException.ThrowIfNull(specification);
        Tail.CheckConfidence(alpha);
        ArgumentOutOfRangeException.ThrowIfLessThan(replicates, 1);
        if (correlation.IndividualAutocorrelation > 0)
        {
            throw new ArgumentException("A closed cohort cannot be simulated as cells of counts: leave the individual autocorrelation at 0.", nameof(correlation));
        }
        var trial = new BinaryTrialSimulator(layout, correlation, baseline, intervention);
        var results = new (FixedEffect Null, FixedEffect Effect)[replicates];
        Parallel.For(0, replicates, r => results[r] = (
            Regression.Fit(trial.Draw(seed, (uint)r, 0), specification)[term],
            Regression.Fit(trial.Draw(seed, (uint)r, trial.LogOddsRatio), specification)[term]));
        FixedEffect[] found = [.. results.Select(r => r.Effect).Where(HasEstimate)];
        var estimates = Moments.Of(found.Select(f => f.Estimate));
        return new SimulatedPower
        {
            Replicates = replicates,
            Seed = seed,
            WithoutEstimate = (results.Count(r => !HasEstimate(r.Null)), replicates - found.Length),
            FalsePositive = (double)results.Count(r => HasEstimate(r.Null) && r.Null.P <= alpha) / replicates,
            Power = (double)found.Count(f => f.P <= alpha) / replicates,
            TrueEffect = trial.LogOddsRatio,
            MeanEstimate = estimates.Mean,
            EstimateDeviation = Math.Sqrt(estimates.Variance),
            MeanStandardError = found.Length == 0 ? double.NaN : found.Average(f => f.StandardError),
        };
    }

    private static bool HasEstimate(FixedEffect effect) => double.IsFinite(effect.Estimate) && double.IsFinite(effect.StandardError);
}

/// <summary>Draws cells of counts with normal cluster effects on the log-odds scale.</summary>
internal sealed class BinaryTrialSimulator
{
    private static readonly uint s_stream = CounterStream.StreamOf("binary trial");

    private readonly TrialLayout _layout;
    private readonly double _intercept;
    private readonly Matrix<double>[] _factors;
    private readonly (int Cluster, int Period)[] _cells;

    internal BinaryTrialSimulator(TrialLayout layout, CorrelationStructure correlation, double baseline, double intervention)
    {
        _layout = layout;
        double deviation = LogitDeviation(baseline, correlation.Icc);
        _intercept = LogitIntercept(baseline, deviation);
        LogOddsRatio = LogitIntercept(intervention, deviation) - _intercept;
        _cells = [.. from i in Enumerable.Range(0, layout.Clusters) from t in Enumerable.Range(0, layout.Periods) where layout.IsObserved(i, t) select (i, t)];
        if (_cells.Any(c => layout.Size(c.Cluster, c.Period) != Math.Floor(layout.Size(c.Cluster, c.Period))))
        {
            throw new ArgumentException("Counts are simulated: the sizes must be whole numbers.", nameof(layout));
        }
        // A variance of the effect is carried to the log-odds scale by the slope at the baseline.
        double treatment = correlation.RandomTreatment / (baseline * (1 - baseline));
        _factors = [.. Enumerable.Range(0, layout.Clusters).Select(i => Factor(i, deviation * deviation, treatment, correlation))];
    }

    /// <summary>The effect given the cluster.</summary>
    internal double LogOddsRatio { get; }

    internal DataFrame Draw(ulong seed, uint replicate, double effect)
    {
        var stream = new CounterStream(seed, s_stream, replicate);
        double[,] level = new double[_layout.Clusters, _layout.Periods];
        for (int i = 0; i < _layout.Clusters; i++)
        {
            var normal = Vector<double>.Build.Dense(_layout.Periods);
            for (int t = 0; t < normal.Count; t++)
            {
                normal[t] = stream.NextNormal();
            }
            var own = _factors[i] * normal;
            for (int t = 0; t < normal.Count; t++)
            {
                level[i, t] = _intercept + own[t];
            }
        }
        double[] outcomes = new double[_cells.Length];
        foreach (var (k, (i, t)) in _cells.Index())
        {
            double proportion = Proportion(level[i, t] + (effect * _layout.Exposure(i, t)));
            outcomes[k] = BinomialDraw.Quantile((int)_layout.Size(i, t), proportion, stream.NextUniform());
        }
        NumericColumn Column(string name, Func<int, int, double> value) => new(name, _cells.Select(c => value(c.Cluster, c.Period)));
        return new DataFrame(
            Column("cluster", (i, _) => i + 1), Column("sequence", (i, _) => _layout.SequenceOf[i] + 1), Column("period", (_, t) => t + 1),
            Column("treat", _layout.Exposure), new NumericColumn("y", outcomes), Column("n", _layout.Size));
    }

    private Matrix<double> Factor(int cluster, double variance, double treatment, CorrelationStructure correlation)
    {
        double Exposure(int t) => _layout.IsObserved(cluster, t) ? _layout.Exposure(cluster, t) : 0;
        var covariance = Matrix<double>.Build.Dense(_layout.Periods, _layout.Periods, (s, t) =>
            (variance * correlation.Autocorrelation(Math.Abs(s - t))) + (treatment * Exposure(s) * Exposure(t)));
        // A level that never changes makes the matrix singular; its eigenvectors give a root all the same.
        var evd = covariance.Evd(Symmetricity.Symmetric);
        return evd.EigenVectors * Matrix<double>.Build.DenseOfDiagonalVector(evd.EigenValues.Map(v => Math.Sqrt(Math.Max(0, v.Real))));
    }

    private static double Proportion(double logit) => 1 / (1 + Math.Exp(-logit));

    /// <summary>Mean over N(0, deviation²) by the trapezium rule, exact to rounding for such smooth functions.</summary>
    private static double Mean(Func<double, double> function, double deviation)
    {
        const int Steps = 160;
        const double Reach = 8.5;
        double sum = 0, weight = 0;
        for (int k = -Steps; k <= Steps; k++)
        {
            double z = Reach * k / Steps, density = Math.Exp(-z * z / 2);
            sum += density * function(deviation * z);
            weight += density;
        }
        return sum / weight;
    }

    /// <summary>The intercept at which the mean proportion over clusters is <paramref name="proportion"/>.</summary>
    private static double LogitIntercept(double proportion, double deviation) =>
        Bisect(a => Mean(u => Proportion(a + u), deviation) - proportion, -60, 60);

    /// <summary>The standard deviation at which the proportions of clusters have variance icc · p(1 − p).</summary>
    private static double LogitDeviation(double proportion, double icc)
    {
        double Variance(double deviation)
        {
            double a = LogitIntercept(proportion, deviation);
            return Mean(u => Math.Pow(Proportion(a + u) - proportion, 2), deviation);
        }
        double wanted = icc * proportion * (1 - proportion);
        const double Largest = 15;
        return icc == 0 ? 0
            : Variance(Largest) < wanted ? throw new ArgumentException($"An intracluster correlation of {icc} leaves hardly any cluster between none and all: it cannot be simulated.", nameof(icc))
            : Bisect(s => Variance(s) - wanted, 0, Largest);
    }

    private static double Bisect(Func<double, double> increasing, double low, double high)
    {
        while (high - low > 1e-12 * Math.Max(1, Math.Abs(high)))
        {
            double middle = (low + high) / 2;
            (low, high) = increasing(middle) < 0 ? (middle, high) : (low, middle);
        }
        return (low + high) / 2;
    }
}
