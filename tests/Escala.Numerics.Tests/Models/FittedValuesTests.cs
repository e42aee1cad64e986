using Escala.Numerics.Data;
using Escala.Numerics.Models;

namespace Escala.Numerics.Tests.Models;

/// <summary>Predictions, residuals, modes and raw differences of a fit.</summary>
public sealed class FittedValuesTests
{
    private static readonly DataFrame s_wedge = DataFrame.ReadCsv(Reference.Path("models", "stepped-wedge.csv"));

    private static readonly ModelFit s_fit = Regression.Fit(s_wedge, new ModelSpecification("cbind(y, n - y) ~ factor(period) + treat + (1 | district/facility)"));

    private static double Value(string column, int row) => ((NumericColumn)s_wedge[column])[row - 1];

    [Fact]
    public void The_modes_are_those_of_lme4()
    {
        var fit = Regression.Fit(DataFrame.ReadCsv(Reference.Path("models", "cbpp.csv")), new ModelSpecification("cbind(incidence, size - incidence) ~ factor(period) + (1 | herd)"));
        // lme4 1.1.31, ranef() of the same model; its own optimum is a little beside the maximum.
        double[] lme4 = [0.590020, -0.298897, 0.406256, 0.039277, -0.190015, -0.400269, 0.889394, 0.599372, -0.237655, -0.540935, -0.084637, -0.064817, -0.689925, 0.970716, -0.530476];
        var modes = FittedValues.Modes(fit);
        Assert.All(modes.Zip(lme4), pair => Assert.Equal(pair.Second, pair.First.Mode, 2e-4));
        Assert.Equal("herd", modes[0].Group);
        Assert.Equal(15, modes.Count);
    }

    [Fact]
    public void Residuals_of_a_logistic_regression_add_up_to_nothing()
    {
        var rows = FittedValues.Of(Regression.Fit(s_wedge, new ModelSpecification("cbind(y, n - y) ~ factor(period) + treat")));
        Assert.Equal(72, rows.Count);
        Assert.Equal(0, rows.Sum(r => r.Residual * Value("n", r.Row)), 1e-8);
        Assert.All(rows, r => Assert.Equal(r.AtZero, r.Fitted));
        Assert.All(rows, r => Assert.Equal(r.Residual / Math.Sqrt(r.Fitted * (1 - r.Fitted) / Value("n", r.Row)), r.Pearson, 1e-10));
    }

    [Fact]
    public void A_cluster_s_own_prediction_lies_between_a_typical_cluster_and_what_was_observed()
    {
        var rows = FittedValues.Of(s_fit);
        Assert.True(rows.Sum(r => Math.Abs(r.Residual)) < rows.Sum(r => Math.Abs(r.Observed - r.AtZero)));
        var gaussian = FittedValues.Of(Regression.Fit(s_wedge, new ModelSpecification("days ~ treat + (1 | district)") { Family = Escala.Numerics.Distributions.Family.Gaussian }));
        Assert.All(gaussian, r => Assert.Equal(Value("days", r.Row), r.Fitted + r.Residual, 1e-9));
    }

    [Fact]
    public void The_raw_difference_is_labelled_and_is_what_a_hand_would_compute()
    {
        var raw = RawDifference.OfExposure(s_fit)!;
        Assert.Contains("descriptive", raw.Label, StringComparison.Ordinal);
        var rows = Enumerable.Range(1, 72).ToList();
        double Mean(double arm) => rows.Where(r => Value("treat", r) == arm).Average(r => Value("y", r) / Value("n", r));
        double Pooled(double arm) => rows.Where(r => Value("treat", r) == arm).Sum(r => Value("y", r)) / rows.Where(r => Value("treat", r) == arm).Sum(r => Value("n", r));
        Assert.Equal(Mean(1) - Mean(0), raw.Difference, 1e-12);
        Assert.Equal(Pooled(1) - Pooled(0), raw.PooledDifference, 1e-12);
    }

    [Fact]
    public void Strata_shrink_the_allocations_of_the_randomisation_test()
    {
        var strata = s_wedge.With(new NumericColumn("region", Enumerable.Range(1, 72).Select(r => Value("district", r) % 2)));
        var test = RandomisationTest.Of(Regression.Fit(strata, s_fit.Specification), strata: "region");
        // Districts 1, 3, 5 and 2, 4, 6, one of each stratum in every wave: (3!)² allocations.
        Assert.Equal(36, test.Allocations);
        Assert.Equal(90, RandomisationTest.Of(s_fit).Allocations);
        var impossible = s_wedge.With(new NumericColumn("region", Enumerable.Range(1, 72).Select(r => Value("wave", r))));
        Assert.Contains("spread", Assert.Throws<UnfitInputException>(() => RandomisationTest.Of(Regression.Fit(impossible, s_fit.Specification), strata: "region")).Message, StringComparison.Ordinal);
        Assert.Contains("both", Assert.Throws<UnfitInputException>(() => RandomisationTest.Of(s_fit, strata: "facility")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Counts_that_vary_no_more_than_Poisson_counts_are_reported_as_such()
    {
        var even = new DataFrame(new NumericColumn("y", [3, 4, 3, 4, 5, 4, 5, 6, 5, 4, 5, 4]), new NumericColumn("x", [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]));
        var fit = Regression.Fit(even, new ModelSpecification("y ~ x") { Family = Escala.Numerics.Distributions.Family.NegativeBinomial });
        var poisson = Regression.Fit(even, new ModelSpecification("y ~ x") { Family = Escala.Numerics.Distributions.Family.Poisson });
        Assert.Contains(fit.Warnings, w => w.Code == "no-overdispersion");
        Assert.True(fit.Converged);
        Assert.Equal(poisson["x"].StandardError, fit["x"].StandardError, 1e-12);
        Assert.Equal(poisson.Aic + 2, fit.Aic, 1e-9);
    }
}
