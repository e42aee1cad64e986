using Escala.Numerics.Comparison;
using Escala.Numerics.Distributions;
using Escala.Numerics.Models;
using Escala.Numerics.Simulation;

namespace Escala.Numerics.SteppedWedge;

/// <summary>
/// Power and size of the very model that will be fitted, each simulated trial fitted without and with the effect. The family of the model says
/// what is simulated: proportions and counts with normal cluster effects on the scale of the link, so scaled that means and between-cluster
/// variance are the stated ones; measurements with normal effects of clusters and periods. A closed cohort of proportions or measurements has
/// normal effects of persons too. Same seed, same bits,
/// whatever the number of threads.
/// </summary>
public sealed record SimulatedPower
{
    /// <summary>Columns of the simulated data that a formula may name.</summary>
    public const string Columns = "cluster, sequence, period, treat, y, n (gaussian outcome or cohort: person instead of n)";

    /// <summary>The model that was fitted.</summary>
    public required string Formula { get; init; }

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

    /// <summary>The effect that was simulated, on the scale of the link: log odds ratio given the cluster, log rate ratio, or difference.</summary>
    public required double TrueEffect { get; init; }

    /// <summary>Mean of the estimates under the effect.</summary>
    public required double MeanEstimate { get; init; }

    /// <summary>Standard deviation of those estimates: what a standard error should be.</summary>
    public required double EstimateDeviation { get; init; }

    /// <summary>Mean of the standard errors that the fits report.</summary>
    public required double MeanStandardError { get; init; }

    /// <summary>Simulates and fits.</summary>
    /// <param name="layout">The design; sizes are whole numbers.</param>
    /// <param name="correlation">Correlation of the outcomes; individual autocorrelation for Gaussian and binary outcomes.</param>
    /// <param name="baseline">Proportion (0 to 1), mean, or events a person without the intervention.</param>
    /// <param name="intervention">The same with it.</param>
    /// <param name="specification">Model to fit; its formula names <see cref="Columns"/>, its family decides the outcome.</param>
    /// <param name="term">The coefficient that is tested.</param>
    /// <param name="alpha">Two-sided level, above 0 and below 1.</param>
    /// <param name="replicates">Simulated trials, at least 1.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="standardDeviation">Total standard deviation of one person's outcome, above 0; for the Gaussian family.</param>
    /// <param name="progress">Told how many trials are done; null for nobody.</param>
    /// <returns>What the fits found.</returns>
    /// <exception cref="ArgumentException">The correlation is of a cohort of counts, a size is no whole number, or the variance is larger than proportions allow.</exception>
    public static SimulatedPower Run(
        TrialLayout layout, CorrelationStructure correlation, double baseline, double intervention, ModelSpecification specification,
        string term = "treat", double alpha = 0.05, int replicates = 500, ulong seed = 1, double standardDeviation = double.NaN, IProgress<(long Done, long Of)>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(correlation);
        ArgumentNullException.ThrowIfNull(specification);
        Tail.CheckConfidence(alpha);
        UnfitInputException.ThrowIfLessThan(replicates, 1);
        TrialSimulator trial = specification.Family switch
        {
            Family.Gaussian => new GaussianTrialSimulator(layout, correlation, baseline, intervention, standardDeviation),
            Family.Poisson or Family.NegativeBinomial => new CountTrialSimulator(layout, correlation, baseline, intervention),
            _ => new BinaryTrialSimulator(layout, correlation, baseline, intervention),
        };
        var results = new (FixedEffect Null, FixedEffect Effect)[replicates];
        SideBySide.Run(replicates, r => results[r] = (
            Regression.Fit(trial.Draw(seed, (uint)r, 0), specification)[term],
            Regression.Fit(trial.Draw(seed, (uint)r, trial.Effect), specification)[term]), progress);
        FixedEffect[] found = [.. results.Select(r => r.Effect).Where(HasEstimate)];
        var estimates = Moments.Of(found.Select(f => f.Estimate));
        return new SimulatedPower
        {
            Formula = specification.Formula,
            Replicates = replicates,
            Seed = seed,
            WithoutEstimate = (results.Count(r => !HasEstimate(r.Null)), replicates - found.Length),
            FalsePositive = (double)results.Count(r => HasEstimate(r.Null) && r.Null.P <= alpha) / replicates,
            Power = (double)found.Count(f => f.P <= alpha) / replicates,
            TrueEffect = trial.Effect,
            MeanEstimate = estimates.Mean,
            EstimateDeviation = Math.Sqrt(estimates.Variance),
            MeanStandardError = found.Length == 0 ? double.NaN : found.Average(f => f.StandardError),
        };
    }

    private static bool HasEstimate(FixedEffect effect) => double.IsFinite(effect.Estimate) && double.IsFinite(effect.StandardError);
}
