using Escala.Numerics.Data;
using Escala.Numerics.Distributions;
using Escala.Numerics.Models;

namespace Escala.Numerics.Tests.Models;

/// <summary>What an analyst asks once a model is fitted.</summary>
public sealed class AfterTheFitTests
{
    private const string Nested = "cbind(y, n - y) ~ factor(period) + treat + (1 | district/facility)";

    private static readonly DataFrame s_wedge = DataFrame.ReadCsv(Reference.Path("models", "stepped-wedge.csv"));

    private static readonly ModelFit s_fit = Regression.Fit(s_wedge, new ModelSpecification(Nested));

    [Fact]
    public void A_profile_interval_ends_where_the_likelihood_ratio_test_turns()
    {
        var profile = ProfileLikelihood.Interval(s_fit, "treat");
        var without = Regression.Fit(s_wedge, new ModelSpecification(Nested.Replace(" + treat", "", StringComparison.Ordinal)));
        var test = LikelihoodRatioTest.Compare(without, s_fit);
        Assert.Equal(test.ChiSquare, profile.ChiSquare, 1e-7);
        Assert.Equal(test.P, profile.P, 1e-7);
        // At the limit, a model with that coefficient in the offset has lost half of χ²(.95, 1) = 3.841459.
        var limit = s_wedge.With(new NumericColumn("at", Enumerable.Range(0, s_wedge.Rows).Select(i => profile.Upper * ((NumericColumn)s_wedge["treat"])[i])));
        var there = Regression.Fit(limit, new ModelSpecification(Nested.Replace("treat", "offset(at)", StringComparison.Ordinal)));
        Assert.Equal(s_fit.LogLikelihood - 3.841458820694124 / 2, there.LogLikelihood, 1e-7);
        Assert.InRange(s_fit["treat"].Estimate, profile.Lower, profile.Upper);
    }

    [Fact]
    public void The_test_of_a_variance_halves_the_p_value()
    {
        var one = Regression.Fit(s_wedge, new ModelSpecification("cbind(y, n - y) ~ factor(period) + treat + (1 | district)"));
        var test = LikelihoodRatioTest.Compare(one, s_fit);
        Assert.True(test.OnBoundary);
        Assert.Equal(0.5 * FitReport.TwoSided(Math.Sqrt(test.ChiSquare), null), test.P, 1e-12);
    }

    [Fact]
    public void Fits_of_different_rows_do_not_compare()
    {
        var fewer = Regression.Fit(s_wedge.SelectRows([.. Enumerable.Range(0, 60)]), new ModelSpecification("cbind(y, n - y) ~ treat + (1 | district/facility)"));
        Assert.Throws<UnfitInputException>(() => LikelihoodRatioTest.Compare(fewer, s_fit));
    }

    [Fact]
    public void Selection_uses_the_rows_complete_for_every_candidate_and_keeps_the_primary_model()
    {
        var holed = s_wedge.With(new NumericColumn("days", Enumerable.Range(0, s_wedge.Rows).Select(i => i < 5 ? double.NaN : ((NumericColumn)s_wedge["days"])[i])));
        var selection = ModelSelection.ByAic(holed, new ModelSpecification(Nested), ["days", "highVolume"]);
        Assert.Equal(4, selection.Steps.Count);
        Assert.All(selection.Steps, s => Assert.Equal(67, s.Fit.Observations));
        Assert.Equal(selection.Steps.Min(s => s.Fit.Aic), selection.Steps[0].Fit.Aic);
        Assert.DoesNotContain(selection.Primary.Fixed, f => f.Term is "days" or "highVolume");
        Assert.All(selection.Steps, s => Assert.Contains(s.Fit.Fixed, f => f.Term == "factor(period)4"));
    }

    [Fact]
    public void The_companion_adds_the_cluster_period_effect_and_counts_concurrent_comparators()
    {
        var companion = DecayCompanion.Of(s_fit)!;
        Assert.Contains(companion.Fit.Random, r => r.Group == "district:factor(period)");
        // Waves of 2 districts over 4 periods: 2 + 4 + 6 exposed district-periods, of which those of the last period have no comparator.
        Assert.Equal((6, 12), (companion.Concurrent, companion.Exposed));
        Assert.True(companion.Fit.LogLikelihood >= s_fit.LogLikelihood - 1e-9);
        Assert.Null(DecayCompanion.Of(Regression.Fit(s_wedge, new ModelSpecification("cbind(y, n - y) ~ treat + (1 | district)"))));
    }

    [Fact]
    public void The_randomisation_test_enumerates_the_90_allocations_of_the_protocol()
    {
        var test = RandomisationTest.Of(s_fit);
        Assert.Equal(90, test.Allocations);
        Assert.True(test.IsExact);
        Assert.Equal(Math.Round(test.P * 90), test.P * 90, 1e-9);
        Assert.InRange(test.P, 1.0 / 90, 1);
        Assert.InRange(test.AttainableLevel, 1.0 / 90, 0.05);
    }

    [Fact]
    public void Interactions_have_no_randomisation_test()
    {
        var fit = Regression.Fit(s_wedge, new ModelSpecification("cbind(y, n - y) ~ factor(period) + treat*highVolume + (1 | district/facility)"));
        Assert.Contains("interaction", Assert.Throws<UnfitInputException>(() => RandomisationTest.Of(fit)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_table_of_tests_has_the_same_bits_on_one_thread_or_many()
    {
        var table = ExposureTests.Of(s_fit, replicates: 12, seed: 5);
        Assert.Equal(table.Rows, ExposureTests.Of(s_fit, replicates: 12, seed: 5).Rows);
        Assert.Equal([null, 14.0, 4.0, null, null], table.Rows.Select(r => r.DegreesOfFreedom));
        // A wider reference distribution rejects less.
        Assert.True(table.Rows[2].Size <= table.Rows[1].Size && table.Rows[1].Size <= table.Rows[0].Size);
    }

    [Theory]
    [InlineData(Family.Gaussian, "days ~ factor(period) + treat + (1 | district)", "normal measurements")]
    [InlineData(Family.Poisson, "y ~ factor(period) + treat + offset(log(n)) + (1 | district)", "Poisson counts")]
    [InlineData(Family.NegativeBinomial, "y ~ factor(period) + treat + offset(log(n)) + (1 | district)", "Poisson counts")] // not overdispersed, and said to be
    [InlineData(Family.NegativeBinomial, "scattered ~ factor(period) + treat + offset(log(n)) + (1 | district)", "negative-binomial counts")]
    [InlineData(Family.BetaBinomial, "cbind(y, n - y) ~ factor(period) + treat + (1 | district)", "beta-binomial counts")]
    public void Every_family_has_the_table_and_says_what_was_simulated(Family family, string formula, string outcome)
    {
        var y = (NumericColumn)s_wedge["y"];
        var data = s_wedge.With(new NumericColumn("scattered", Enumerable.Range(0, s_wedge.Rows).Select(i => y[i] * (1 + i * 5 % 3))));
        var fit = Regression.Fit(data, new ModelSpecification(formula) { Family = family });
        var table = ExposureTests.Of(fit, replicates: 20);
        Assert.StartsWith(outcome, table.Simulated, StringComparison.Ordinal);
        Assert.Equal(0, table.Failed);
        // The first row is the fit's own Wald test, whatever its likelihood.
        Assert.Equal(fit["treat"].P, table.Rows[0].P, 1e-9);
        Assert.All(table.Rows, r => Assert.InRange(r.Size, 0, 0.4));
    }

    [Fact]
    public void Phases_and_periods_since_exposure_agree_where_they_are_the_same_model()
    {
        var exposure = ExposureAnalysis.Of(s_fit, intensivePeriods: 1);
        Assert.Equal(3, exposure.ByPeriod.Count);
        Assert.Equal((4, 6), (exposure.Phases[0].Concurrent, exposure.Phases[0].Exposed));
        Assert.Equal((2, 6), (exposure.Phases[1].Concurrent, exposure.Phases[1].Exposed));
        Assert.Equal(exposure.Phases[1].Effect.Estimate - exposure.Phases[0].Effect.Estimate, exposure.Difference!.Estimate, 1e-12);
        Assert.Equal(exposure.ByPeriod.Average(e => e.Estimate), exposure.Average!.Estimate, 1e-12);
        var wide = ExposureAnalysis.Of(s_fit, intensivePeriods: 3);
        Assert.Null(wide.Difference);
        Assert.Equal(s_fit["treat"].Estimate, Assert.Single(wide.Phases).Effect.Estimate, 1e-8);
    }

    [Fact]
    public void Standardised_risks_of_a_saturated_model_are_the_raw_proportions()
    {
        var fit = Regression.Fit(s_wedge, new ModelSpecification("cbind(y, n - y) ~ treat"));
        var risk = StandardisedRisk.Of(fit, "treat", RandomEffectsAt.Zero);
        double Share(double arm)
        {
            var rows = Enumerable.Range(0, s_wedge.Rows).Where(i => ((NumericColumn)s_wedge["treat"])[i] == arm).ToList();
            return rows.Sum(i => ((NumericColumn)s_wedge["y"])[i]) / rows.Sum(i => ((NumericColumn)s_wedge["n"])[i]);
        }
        Assert.Equal(Share(1), risk.Exposed, 1e-10);
        Assert.Equal(Share(1) - Share(0), risk.Difference, 1e-10);
        // Integrating random effects pulls risks towards one half.
        var (zero, integrated) = (StandardisedRisk.Of(s_fit, "treat", RandomEffectsAt.Zero), StandardisedRisk.Of(s_fit, "treat", RandomEffectsAt.Integrated));
        Assert.True(Math.Abs(integrated.Unexposed - 0.5) < Math.Abs(zero.Unexposed - 0.5));
    }

    [Fact]
    public void The_icc_on_the_latent_scale_adds_the_outer_groupings()
    {
        var icc = IntraclassCorrelation.Of(s_fit);
        var (district, facility) = (s_fit.Random[0].Variance, s_fit.Random[1].Variance);
        var total = district + facility + Math.PI * Math.PI / 3;
        Assert.Equal(["district", "facility:district"], icc.Select(i => i.Group));
        Assert.Equal(district / total, icc[0].Value, 1e-12);
        Assert.Equal((district + facility) / total, icc[1].Value, 1e-12);
    }

    [Fact]
    public void Influence_leaves_each_cluster_out()
    {
        var influence = ClusterInfluence.Of(s_wedge, s_fit, "district");
        Assert.Equal(["1", "2", "3", "4", "5", "6"], influence.Select(i => i.Cluster));
        Assert.All(influence, i => Assert.Equal(60, i.Fit.Observations));
        Assert.Contains(influence, i => i.Change.Any(c => Math.Abs(c) > 0.1));
    }

    [Fact]
    public void Nested_quadrature_says_how_many_points_it_needed()
    {
        var two = Regression.Fit(s_wedge, new ModelSpecification(Nested) { Method = EstimationMethod.Quadrature });
        var laplace = Math.Abs(two.LogLikelihood - s_fit.LogLikelihood);
        Assert.InRange(laplace, 1e-6, 0.1);
        Assert.True(two.Converged && two.Points is >= 5 and <= 30);
    }
}
