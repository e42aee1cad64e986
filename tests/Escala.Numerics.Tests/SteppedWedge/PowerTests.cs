using System.Text.Json;
using Escala.Numerics.SteppedWedge;
using FsCheck;
using FsCheck.Fluent;

namespace Escala.Numerics.Tests.SteppedWedge;

/// <summary>Figures of swCRTdesign 4.0, SteppedPower 0.3.4 and swdpwr 1.11 for the protocol's design, and of its authors.</summary>
public sealed class PowerTests
{
    private static readonly TrialLayout s_protocol = TrialLayout.SteppedWedge(3, 2, 4, 140);
    private static readonly TrialOutcome s_atBaseline = TrialOutcome.Binary(0.234, 0.303);
    private static readonly CorrelationStructure s_icc = new() { Icc = 0.2 };

    private static double StandardError(TrialLayout layout, CorrelationStructure correlation, TrialOutcome outcome, EffectModel effect = EffectModel.Constant) =>
        Math.Sqrt(TreatmentVariance.Of(layout, correlation, effect).Value * outcome.TotalVariance);

    [Fact]
    public void The_protocols_statement_is_reproduced_with_the_baseline_variance_and_four_periods()
    {
        double se = StandardError(s_protocol, s_icc, s_atBaseline);
        Assert.Equal(0.02473756, se, 5e-9);
        Assert.Equal(6.11946828e-4, se * se, 5e-13);
        Assert.Equal(0.796538, Power.Of(s_atBaseline.Difference, se), 5e-7);
        Assert.Equal(0.0693044, Power.DetectableDifference(0.8, se), 5e-8);
    }

    [Fact]
    public void The_protocols_statement_is_reproduced_with_the_mean_variance_and_five_periods()
    {
        var outcome = TrialOutcome.Binary(0.234, 0.303, VarianceReading.Mean);
        double se = StandardError(TrialLayout.SteppedWedge(3, 2, 5, 140), s_icc, outcome);
        Assert.Equal(0.02449, se, 5e-6);
        Assert.Equal(0.804, Power.Of(outcome.Difference, se), 5e-4);
        Assert.Equal(0.0686, Power.DetectableDifference(0.8, se), 5e-5);
    }

    [Fact]
    public void With_the_mean_variance_four_periods_have_less()
    {
        var outcome = TrialOutcome.Binary(0.234, 0.303, VarianceReading.Mean);
        double se = StandardError(s_protocol, s_icc, outcome);
        Assert.Equal(0.7595, Power.Of(outcome.Difference, se), 5e-5);
        Assert.Equal(0.0725, Power.DetectableDifference(0.8, se), 5e-5);
    }

    [Theory]
    [InlineData(4, 0.507, 0.0920)]
    [InlineData(5, 0.584, 0.0863)]
    public void Few_clusters_cost_power_by_Students_t(double df, double power, double difference)
    {
        double se = StandardError(s_protocol, s_icc, s_atBaseline);
        Assert.Equal(power, Power.Of(0.069, se, df: df), 5e-4);
        Assert.Equal(difference, Power.DetectableDifference(0.8, se, df: df), 5e-5);
    }

    [Theory]
    [InlineData(1, 0.797, 0.069)]
    [InlineData(0.95, 0.393, 0.114)]
    [InlineData(0.90, 0.263, 0.146)]
    [InlineData(0.80, 0.171, 0.193)]
    [InlineData(0.50, 0.105, 0.282)]
    public void Power_falls_as_the_cluster_autocorrelation_does(double cac, double power, double difference)
    {
        double se = StandardError(s_protocol, s_icc with { ClusterAutocorrelation = cac }, s_atBaseline);
        Assert.Equal(power, Power.Of(0.069, se), 5.1e-4);
        Assert.Equal(difference, Power.DetectableDifference(0.8, se), 5.1e-4);
    }

    [Theory]
    [InlineData(0.99, 0.677)]
    [InlineData(0.95, 0.413)]
    [InlineData(0.90, 0.278)]
    public void Power_falls_as_correlation_decays(double decay, double power) =>
        Assert.Equal(power, Power.Of(0.069, StandardError(s_protocol, s_icc with { Decay = decay }, s_atBaseline)), 5.1e-4);

    [Fact]
    public void An_effect_that_differs_between_districts_costs_power() =>
        Assert.Equal(0.509, Power.Of(0.069, StandardError(s_protocol, s_icc with { RandomTreatment = 0.02 }, s_atBaseline)), 5e-4);

    [Fact]
    public void The_average_over_exposure_time_costs_power() =>
        Assert.Equal(0.428, Power.Of(0.069, StandardError(s_protocol, s_icc, s_atBaseline, EffectModel.ExposureTimeAverage)), 5e-4);

    [Theory]
    [InlineData(0, .009447619, .870022)]
    [InlineData(0.4, .006806882, .953154)]
    public void Nested_and_block_exchangeable_correlation_agree_with_the_peers(double iac, double variance, double power)
    {
        var layout = TrialLayout.SteppedWedge(4, 3, 5, 25);
        var correlation = new CorrelationStructure { Icc = 0.05, ClusterAutocorrelation = 0.8, IndividualAutocorrelation = iac };
        double value = TreatmentVariance.ClosedForm(layout, correlation).Value;
        Assert.Equal(variance, value, 5e-10);
        Assert.Equal(value, TreatmentVariance.GeneralisedLeastSquares(layout, correlation).Value, 1e-13);
        Assert.Equal(power, Power.Of(0.3, Math.Sqrt(value)), 5e-7);
    }

    [Fact]
    public void Any_layout_size_and_correlation_agrees_with_matrix_algebra_in_R()
    {
        using var reference = JsonDocument.Parse(File.ReadAllText(Reference.Path("stepped-wedge", "power.json")));
        double[] sizes = [.. reference.RootElement.GetProperty("sizes").EnumerateArray().Select(n => n.GetDouble())];
        var five = TrialLayout.SteppedWedge(3, 2, 5, 140);
        var designs = new Dictionary<string, (TrialLayout Layout, CorrelationStructure Correlation, EffectModel Effect)>
        {
            ["protocol"] = (s_protocol, s_icc, EffectModel.Constant),
            ["five periods, mean"] = (five, s_icc, EffectModel.Constant),
            ["five periods, mean, t4"] = (five, s_icc, EffectModel.Constant),
            ["t4"] = (s_protocol, s_icc, EffectModel.Constant),
            ["decay .95"] = (s_protocol, s_icc with { Decay = 0.95 }, EffectModel.Constant),
            ["decay .80"] = (s_protocol, s_icc with { Decay = 0.8 }, EffectModel.Constant),
            ["random treatment .02"] = (s_protocol, s_icc with { RandomTreatment = 0.02 }, EffectModel.Constant),
            ["unequal"] = (s_protocol.WithClusterSizes(sizes), s_icc, EffectModel.Constant),
            ["unequal cac .8 iac .3"] = (s_protocol.WithClusterSizes(sizes), s_icc with { ClusterAutocorrelation = 0.8, IndividualAutocorrelation = 0.3 }, EffectModel.Constant),
            ["transition 1, five periods, cac .9"] = (TrialLayout.SteppedWedge(3, 2, 5, 140, transitionPeriods: 1), s_icc with { ClusterAutocorrelation = 0.9 }, EffectModel.Constant),
            ["exposure-time average"] = (s_protocol, s_icc, EffectModel.ExposureTimeAverage),
            ["exposure-time average, five periods, decay .9"] = (five, s_icc with { Decay = 0.9 }, EffectModel.ExposureTimeAverage),
        };
        foreach (var expected in reference.RootElement.GetProperty("cases").EnumerateArray())
        {
            string name = expected.GetProperty("name").GetString()!;
            var (layout, correlation, effect) = designs[name];
            var outcome = TrialOutcome.Binary(0.234, 0.303, name.Contains("mean", StringComparison.Ordinal) ? VarianceReading.Mean : VarianceReading.Baseline);
            double df = expected.GetProperty("df") is { ValueKind: JsonValueKind.Number } given ? given.GetDouble() : double.PositiveInfinity;
            double se = StandardError(layout, correlation, outcome, effect);
            Assert.Equal(1, se * se / expected.GetProperty("variance").GetDouble(), 1e-10);
            Assert.Equal(expected.GetProperty("power").GetDouble(), Power.Of(outcome.Difference, se, df: df), 1e-10);
        }
    }

    [Fact]
    public void Closed_form_and_least_squares_are_one_number() =>
        Prop.ForAll(Gen.Choose(1, 5).SelectMany(s => Gen.Choose(1, 4).SelectMany(k => Gen.Choose(s + 1, s + 3).SelectMany(t => Gen.Choose(0, 99).Select(i => (s, k, t, i))))).ToArbitrary(), c =>
        {
            var layout = TrialLayout.SteppedWedge(c.s, c.k, c.t, 17);
            var correlation = new CorrelationStructure { Icc = c.i / 100.0, ClusterAutocorrelation = (100 - c.i) / 100.0, IndividualAutocorrelation = 0.3 };
            double closed = TreatmentVariance.ClosedForm(layout, correlation).Value, general = TreatmentVariance.GeneralisedLeastSquares(layout, correlation).Value;
            return (double.IsNaN(closed) && double.IsNaN(general)) || Math.Abs(closed - general) <= 1e-9 * closed;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_parallel_trial_has_the_textbook_design_effect()
    {
        // 2 · (1 + (m − 1)·icc) / (k·m)
        var layout = TrialLayout.Parallel(10, 1, 30);
        Assert.Equal(2 * (1 + (29 * 0.05)) / (10 * 30), TreatmentVariance.Of(layout, new CorrelationStructure { Icc = 0.05 }).Value, 1e-15);
    }

    [Fact]
    public void A_trial_in_which_all_cross_over_at_once_says_that_it_estimates_nothing()
    {
        var result = TreatmentVariance.Of(TrialLayout.SteppedWedge(1, 6, 2, 100), s_icc);
        Assert.True(double.IsNaN(result.Value));
        Assert.Contains("period effects", result.Reason);
        Assert.True(double.IsNaN(Power.Of(0.1, Math.Sqrt(result.Value))));
    }

    [Fact]
    public void A_transition_period_costs_precision()
    {
        var with = TrialLayout.SteppedWedge(3, 2, 5, 140, transitionPeriods: 1);
        Assert.Equal("0.111,00.11,000.1", with.ToString());
        Assert.True(TreatmentVariance.Of(with, s_icc).Value > TreatmentVariance.Of(TrialLayout.SteppedWedge(3, 2, 5, 140), s_icc).Value);
        Assert.Equal(2, with.ExposureTime(0, 2));
    }

    [Theory]
    [InlineData(0.95, 0.23)] // of 8,000 simulated trials
    [InlineData(0.80, 0.50)]
    [InlineData(1, 0.05)]
    public void An_analysis_that_assumes_lasting_correlation_finds_effects_that_are_not_there(double cac, double rate)
    {
        var wrong = TreatmentVariance.Misspecified(s_protocol, s_icc, s_icc with { ClusterAutocorrelation = cac });
        Assert.Equal(rate, Power.FalsePositiveRate(wrong.ReportedOverTrue!.Value), 0.015);
    }

    [Theory]
    [InlineData("0111,0021", "Sequence 2, character 3")]
    [InlineData("0111,001", "Sequence 2 has 3 periods")]
    public void A_wrong_layout_names_the_place(string pattern, string place) =>
        Assert.Contains(place, Assert.Throws<UnfitInputException>(() => TrialLayout.Parse(pattern, 2, 10)).Message);

    [Fact]
    public void Too_few_periods_are_refused() =>
        Assert.Contains("at least 4", Assert.Throws<UnfitInputException>(() => TrialLayout.SteppedWedge(3, 2, 3, 10)).Message);
}
