using Escala.Numerics.Data;
using Escala.Numerics.Distributions;
using Escala.Numerics.Models;
using FsCheck;
using FsCheck.Fluent;

namespace Escala.Numerics.Tests.Models;

/// <summary>What may not change a fit: the order of the rows, how they are split, what a cluster is called, the unit of a covariate.</summary>
public sealed class InvarianceTests
{
    private const string Nested = "cbind(y, n - y) ~ factor(period) + treat + (1 | district/facility)";

    private static readonly DataFrame s_wedge = Read("stepped-wedge.csv");

    private static DataFrame Read(string file) => DataFrame.ReadCsv(Reference.Path("models", file));

    private static double[] Figures(ModelFit fit) => [fit.LogLikelihood, .. fit.Fixed.Select(f => f.Estimate), .. fit.Fixed.Select(f => f.StandardError), .. fit.Random.Select(r => r.Variance)];

    [Fact]
    public void The_order_of_the_rows_changes_no_bit()
    {
        var expected = Figures(Regression.Fit(s_wedge, new ModelSpecification(Nested)));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(20), Prop.ForAll(Gen.Shuffle(Enumerable.Range(0, s_wedge.Rows).ToArray()).ToArbitrary(),
            order => Figures(Regression.Fit(s_wedge.SelectRows(order), new ModelSpecification(Nested))).SequenceEqual(expected)));
    }

    [Fact]
    public void Splitting_counts_into_rows_changes_the_coefficients_in_nothing_and_the_likelihood_by_the_binomial_coefficients()
    {
        var counts = Regression.Fit(s_wedge, new ModelSpecification(Nested));
        var (y, n) = ((NumericColumn)s_wedge["y"], (NumericColumn)s_wedge["n"]);
        int[] rows = [.. Enumerable.Range(0, s_wedge.Rows).SelectMany(i => Enumerable.Repeat(i, (int)n[i]))];
        var within = rows.Select((row, k) => k == 0 || rows[k - 1] != row ? k : -1).ToArray();
        for (var k = 1; k < within.Length; k++) if (within[k] < 0) within[k] = within[k - 1];
        var trials = s_wedge.SelectRows(rows).With(new NumericColumn("success", rows.Select((row, k) => k - within[k] < y[row] ? 1.0 : 0.0)));
        var split = Regression.Fit(trials, new ModelSpecification(Nested.Replace("cbind(y, n - y)", "success", StringComparison.Ordinal)));
        Assert.Equal(72, split.Cells);
        foreach (var (c, s) in Figures(counts).Skip(1).Zip(Figures(split).Skip(1))) Assert.Equal(c, s, 1e-9);
        Assert.Equal(counts.LogLikelihoodKernel, split.LogLikelihood, 1e-8);
    }

    [Fact]
    public void Names_of_clusters_and_the_unit_of_a_covariate_do_not_matter()
    {
        var expected = Regression.Fit(s_wedge, new ModelSpecification("cbind(y, n - y) ~ days + treat + (1 | district/facility)"));
        var days = (NumericColumn)s_wedge["days"];
        var facility = (NumericColumn)s_wedge["facility"];
        var renamed = s_wedge.With(new FactorColumn("facility", Enumerable.Range(0, s_wedge.Rows).Select(i => $"f{100 - facility[i]}")))
            .With(new NumericColumn("days", Enumerable.Range(0, s_wedge.Rows).Select(i => 24 * days[i])));
        var actual = Regression.Fit(renamed, new ModelSpecification(expected.Formula));
        Assert.Equal(expected["days"].Estimate, 24 * actual["days"].Estimate, 1e-9);
        Assert.Equal(expected["treat"].Estimate, actual["treat"].Estimate, 1e-9);
        Assert.Equal(expected["treat"].StandardError, actual["treat"].StandardError, 1e-9);
        Assert.Equal(expected.LogLikelihood, actual.LogLikelihood, 1e-9);
    }

    [Fact]
    public void Swapping_successes_and_failures_changes_signs_alone()
    {
        var (forward, back) = (Regression.Fit(s_wedge, new ModelSpecification(Nested)), Regression.Fit(s_wedge, new ModelSpecification(Nested.Replace("cbind(y, n - y)", "cbind(n - y, y)", StringComparison.Ordinal))));
        Assert.Equal(forward.LogLikelihood, back.LogLikelihood, 1e-9);
        foreach (var (f, b) in forward.Fixed.Zip(back.Fixed)) Assert.Equal(f.Estimate, -b.Estimate, 1e-8);
    }

    [Fact]
    public void Implicit_nesting_is_the_same_as_written_nesting()
    {
        var (written, found) = (Regression.Fit(s_wedge, new ModelSpecification(Nested)), Regression.Fit(s_wedge, new ModelSpecification("cbind(y, n - y) ~ factor(period) + treat + (1 | district) + (1 | facility)")));
        Assert.Equal(written.LogLikelihood, found.LogLikelihood, 1e-10);
    }

    [Fact]
    public void Beta_binomial_and_negative_binomial_collapse_only_rows_that_are_equal()
    {
        var twice = s_wedge.SelectRows([.. Enumerable.Range(0, 72), .. Enumerable.Range(0, 72)]);
        var specification = new ModelSpecification("cbind(y, n - y) ~ treat") { Family = Family.BetaBinomial };
        var (one, two) = (Regression.Fit(s_wedge, specification), Regression.Fit(twice, specification));
        Assert.Equal(2 * one.LogLikelihood, two.LogLikelihood, 1e-8);
        Assert.Equal(one["treat"].Estimate, two["treat"].Estimate, 1e-8);
        Assert.Equal(one["treat"].StandardError / Math.Sqrt(2), two["treat"].StandardError, 1e-8);
        Assert.Equal(one.Cells, two.Cells);
    }
}
