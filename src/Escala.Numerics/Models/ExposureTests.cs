namespace Escala.Numerics.Models;

/// <summary>One way to test the exposure and how it behaves in this very design.</summary>
/// <param name="Method">Name, with the degrees of freedom.</param>
/// <param name="DegreesOfFreedom">Degrees of freedom of a t distribution; null for others.</param>
/// <param name="P">Two-sided p of the exposure.</param>
/// <param name="Lower">Lower limit on the scale of the link; NaN where the method gives none.</param>
/// <param name="Upper">Upper limit.</param>
/// <param name="Size">Share of simulated trials without an effect that it rejects at 5 %.</param>
/// <param name="Power">Share of simulated trials with the fitted effect that it rejects at 5 %.</param>
public sealed record ExposureTest(string Method, double? DegreesOfFreedom, double P, double Lower, double Upper, double Size, double Power);

/// <summary>
/// Tests of the overall effect of a stepped wedge side by side, each with its size and power in trials simulated from the fitted models with
/// and without the effect, on the same clusters, periods and numbers, and analysed by the same model.
/// </summary>
/// <param name="Treatment">The exposure.</param>
/// <param name="Rows">The methods.</param>
/// <param name="Randomisation">The randomisation test in full.</param>
/// <param name="Replicates">Simulated trials of each kind.</param>
/// <param name="Failed">Simulated trials of both kinds that have no fit (no maximum, or a mean outside the range of the link); they count as not rejected.</param>
/// <param name="Seed">Seed of the simulation; replicate r is stream r, whatever thread runs it.</param>
/// <param name="Simulated">What was simulated, in words.</param>
public sealed record ExposureTests(string Treatment, IReadOnlyList<ExposureTest> Rows, RandomisationTest Randomisation, int Replicates, int Failed, ulong Seed, Sentence Simulated)
{
    private const double Level = 0.05;

    /// <summary>Makes the table of a stepped-wedge fit without interactions of the exposure.</summary>
    /// <param name="fit">The fit, of any family.</param>
    /// <param name="replicates">Simulated trials with and without the effect, at least 1 each.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="strata">Column of the data with the stratum of each cluster in the allocation; null for none.</param>
    /// <param name="progress">Told how many of the simulated trials are done; null for nobody.</param>
    /// <exception cref="ArgumentException">The fit is of another kind: for interactions and trends there is no such table, because no allocation has their null hypothesis.</exception>
    public static ExposureTests Of(ModelFit fit, int replicates = 500, ulong seed = 1, string? strata = null, IProgress<(long Done, long Of)>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(fit);
        UnfitInputException.ThrowIfLessThan(replicates, 1);
        var randomisation = RandomisationTest.Of(fit, seed, strata);
        var wedge = SteppedWedgeStructure.Find(fit)!;
        var simulation = new ExposureSimulation(fit, wedge, seed, RandomisationTest.StrataOf(fit, wedge, strata));
        var trials = simulation.Run(replicates, progress);
        var (actual, profile) = (simulation.Actual, ProfileLikelihood.Interval(fit, wedge.Treatment));
        double Share(bool effect, Func<SimulatedExposure, double> p) => trials.Count(t => t.HasEffect == effect && t.Found is { } found && p(found) <= Level) / (double)replicates;
        ExposureTest Row(string method, double? df, double p, double lower, double upper, Func<SimulatedExposure, double> of) => new(method, df, p, lower, upper, Share(false, of), Share(true, of));
        ExposureTest Wald(string method, double? df)
        {
            var limit = FitReport.Quantile(fit.Specification.Confidence, df) * actual.StandardError;
            return Row(method, df, FitReport.TwoSided(actual.Statistic, df), actual.Estimate - limit, actual.Estimate + limit, o => FitReport.TwoSided(o.Statistic, df));
        }
        var rows = new List<ExposureTest> { Wald("Wald, normal", null) };
        var observed = Enumerable.Range(0, wedge.Clusters).Sum(c => Enumerable.Range(0, wedge.Periods).Count(t => wedge.Exposure[c, t] >= 0));
        foreach (var df in new[] { observed - wedge.Clusters - wedge.Periods, wedge.Clusters - 2 }.Where(d => d > 0).Distinct())
            rows.Add(Wald(df == wedge.Clusters - 2 ? "Wald, t (clusters less 2)" : "Wald, t (cluster-periods less clusters and periods)", df));
        rows.Add(Row("likelihood ratio, profile interval", null, profile.P, profile.Lower, profile.Upper, o => FitReport.TwoSided(Math.Sqrt(Math.Max(0, o.ChiSquare)), null)));
        rows.Add(Row("randomisation", null, randomisation.P, double.NaN, double.NaN, o => o.Randomisation));
        return new ExposureTests(wedge.Treatment, rows, randomisation, replicates, trials.Count(t => t.Found is null), seed, simulation.InWords());
    }
}
