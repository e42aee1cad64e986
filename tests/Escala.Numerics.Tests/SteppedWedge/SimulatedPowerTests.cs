using Escala.Numerics.Distributions;
using Escala.Numerics.Models;
using Escala.Numerics.SteppedWedge;

namespace Escala.Numerics.Tests.SteppedWedge;

public sealed class SimulatedPowerTests
{
    private static readonly TrialLayout s_layout = TrialLayout.SteppedWedge(4, 5, 5, 60);
    private static readonly ModelSpecification s_model = new("cbind(y, n - y) ~ factor(period) + treat + (1 | cluster)");

    [Fact]
    public void A_model_that_is_true_keeps_its_level_and_reports_honest_errors()
    {
        var result = SimulatedPower.Run(s_layout, new CorrelationStructure { Icc = 0.03 }, 0.3, 0.36, s_model, replicates: 300);
        Assert.InRange(result.FalsePositive, 0.02, 0.10);
        Assert.Equal(result.TrueEffect, result.MeanEstimate, 0.04);
        Assert.Equal(1, result.MeanStandardError / result.EstimateDeviation, 0.15);
        Assert.Equal((0, 0), result.WithoutEstimate);
        var normal = Math.Sqrt(TreatmentVariance.Of(s_layout, new CorrelationStructure { Icc = 0.03 }).Value * TrialOutcome.Binary(0.3, 0.36, VarianceReading.Mean).TotalVariance);
        Assert.Equal(Power.Of(0.06, normal), result.Power, 0.09);
    }

    [Fact]
    public void A_model_without_the_period_term_finds_effects_that_are_not_there()
    {
        var result = SimulatedPower.Run(TrialLayout.SteppedWedge(3, 2, 4, 140), new CorrelationStructure { Icc = 0.2, ClusterAutocorrelation = 0.8 }, 0.234, 0.303, s_model, replicates: 200);
        Assert.True(result.FalsePositive > 0.3);
    }

    [Fact]
    public void Simulated_proportions_have_the_stated_mean_and_spread()
    {
        // Twenty thousand clusters of one period: the mean is the baseline, the variance of true proportions icc · p(1 − p).
        var simulator = new BinaryTrialSimulator(TrialLayout.Parallel(10_000, 1, 100_000), new CorrelationStructure { Icc = 0.2 }, 0.234, 0.234);
        var frame = simulator.Draw(1, 0, 0);
        var outcomes = (Escala.Numerics.Data.NumericColumn)frame["y"];
        double[] p = [.. Enumerable.Range(0, frame.Rows).Select(row => outcomes[row] / 100_000)];
        Assert.Equal(0.234, p.Average(), 0.005);
        Assert.Equal(0.2 * 0.234 * 0.766, p.Average(v => (v - 0.234) * (v - 0.234)), 0.0015);
    }

    [Fact]
    public void A_cohort_of_counts_is_refused() => Assert.Contains("cohort", Assert.Throws<UnfitInputException>(() =>
        SimulatedPower.Run(s_layout, new CorrelationStructure { Icc = 0.03, IndividualAutocorrelation = 0.5 }, 0.3, 0.4,
            new ModelSpecification("y ~ treat + (1 | cluster)") { Family = Family.Poisson })).Message);

    [Fact]
    public void A_cohort_of_proportions_has_the_stated_mean_and_correlations()
    {
        const int Clusters = 4_000, Persons = 5;
        const double P = 0.3, Icc = 0.1, Iac = 0.4;
        var simulator = new BinaryTrialSimulator(TrialLayout.Parallel(Clusters / 2, 2, Persons), new CorrelationStructure { Icc = Icc, IndividualAutocorrelation = Iac }, P, 0.4);
        var y = (Escala.Numerics.Data.NumericColumn)simulator.Draw(3, 0, 0)["y"];
        // Rows run cluster by cluster, period by period, person by person.
        double At(int cluster, int period, int person) => y[(cluster * 2 + period) * Persons + person] - P;
        double Mean(Func<int, double> of) => Enumerable.Range(0, Clusters).Average(of);
        Assert.Equal(0, Mean(c => Enumerable.Range(0, Persons).Average(k => At(c, 0, k))), 0.01);
        double variance = P * (1 - P);
        Assert.Equal(Icc, Mean(c => At(c, 0, 0) * At(c, 0, 1) / variance), 0.06);
        Assert.Equal(Icc + (1 - Icc) * Iac, Mean(c => Enumerable.Range(0, Persons).Average(k => At(c, 0, k) * At(c, 1, k))) / variance, 0.03);
        Assert.Equal(Icc, Mean(c => Enumerable.Range(0, Persons).Average(k => At(c, 0, k) * At(c, 1, (k + 1) % Persons))) / variance, 0.03);
        var sums = simulator.DrawSums(3, 0, 0);
        Assert.Equal(Enumerable.Range(0, Persons).Sum(k => y[k]), sums[0]);
        Assert.Equal(2 * Clusters, sums.Length);
    }

    [Fact]
    public void A_cohort_of_measurements_is_simulated_with_its_own_correlation()
    {
        var layout = TrialLayout.SteppedWedge(3, 2, 4, 20);
        var correlation = new CorrelationStructure { Icc = 0.05, IndividualAutocorrelation = 0.5 };
        var model = new ModelSpecification("y ~ factor(period) + treat + (1 | cluster/person)") { Family = Family.Gaussian };
        var result = SimulatedPower.Run(layout, correlation, 10, 12, model, replicates: 200, standardDeviation: 4);
        // Known variances give this standard error; the fits estimate it.
        var exact = Math.Sqrt(TreatmentVariance.Of(layout, correlation, EffectModel.Constant).Value * 16);
        Assert.Equal(exact, result.EstimateDeviation, 0.15 * exact);
        Assert.Equal(exact, result.MeanStandardError, 0.15 * exact);
        Assert.Equal(2, result.MeanEstimate, 4 * exact / Math.Sqrt(200));
    }

    [Fact]
    public void Counts_are_simulated_at_their_stated_rates()
    {
        var simulator = new CountTrialSimulator(TrialLayout.Parallel(5_000, 1, 10), new CorrelationStructure { Icc = 0.1 }, 2, 3);
        var trial = simulator.Draw(1, 0, simulator.Effect);
        double Rate(double arm) => Enumerable.Range(0, trial.Rows).Where(i => ((Escala.Numerics.Data.NumericColumn)trial["treat"])[i] == arm).Average(i => ((Escala.Numerics.Data.NumericColumn)trial["y"])[i] / 10);
        Assert.Equal(2, Rate(0), 0.05);
        Assert.Equal(3, Rate(1), 0.07);
    }
}
