using System.Globalization;
using System.Text;
using Escala.Numerics.Data;
using Escala.Numerics.Distributions;
using Escala.Numerics.Formulas;
using Escala.Numerics.Models;

namespace Escala.Numerics.Tests.Models;

/// <summary>Data on which other programs say nothing, or the wrong thing.</summary>
public sealed class DifficultDataTests
{
    private static DataFrame Table(string header, IEnumerable<FormattableString> rows)
    {
        var text = new StringBuilder(header).Append('\n');
        foreach (var row in rows) text.Append(row.ToString(CultureInfo.InvariantCulture)).Append('\n');
        return DataFrame.ReadCsv(new StringReader(text.ToString()));
    }

    private static bool Says(ModelFit fit, string code) => fit.Warnings.Any(w => w.Code == code);

    private static DataFrame Wedge(Func<int, int, int> successes, int clusters = 12, int trials = 40) => Table("cluster,period,treat,y,n",
        from c in Enumerable.Range(0, clusters) from p in Enumerable.Range(0, 4) select (FormattableString)$"c{c:00},{p},{(p > c % 3 ? 1 : 0)},{successes(c, p)},{trials}");

    private static int Varied(int c, int p) => 12 + (c * 7 + p * 5) % 11;

    [Fact]
    public void Complete_separation_gives_no_odds_ratio_and_names_the_column()
    {
        var data = Table("y,arm,age", Enumerable.Range(0, 40).Select(i => (FormattableString)$"{i / 20},{i / 20},{i % 5}"));
        var fit = Regression.Fit(data, new ModelSpecification("y ~ arm"));
        Assert.True(Says(fit, "separation"));
        Assert.Equal(double.PositiveInfinity, fit["arm"].Estimate);
        Assert.True(double.IsNaN(fit["arm"].StandardError));
        Assert.Contains("arm", fit.Warnings[0].Message, StringComparison.Ordinal);
        Assert.False(fit.Converged);
    }

    [Theory]
    [InlineData("y ~ arm + age", "y ~ age")]
    [InlineData("y ~ arm + age + (1 | site)", "y ~ age + (1 | site)")]
    public void Under_quasi_separation_the_other_coefficients_are_those_of_the_cells_that_vary(string formula, string reduced)
    {
        FormattableString Row(int i) => $"{(i >= 60 ? 1 : (i * 7 % 11 + i / 12 % 5) % 3 == 0 ? 1 : 0)},{(i >= 60 ? 1 : 0)},{i % 5},{i / 12 % 5}";
        var all = Table("y,arm,age,site", Enumerable.Range(0, 90).Select(Row));
        var varying = Table("y,arm,age,site", Enumerable.Range(0, 60).Select(Row));
        var (fit, alone) = (Regression.Fit(all, new ModelSpecification(formula)), Regression.Fit(varying, new ModelSpecification(reduced)));
        Assert.True(Says(fit, "quasi-separation"));
        Assert.Equal(double.PositiveInfinity, fit["arm"].Estimate);
        Assert.Equal(alone["age"].Estimate, fit["age"].Estimate, 1e-8);
        Assert.Equal(alone["age"].StandardError, fit["age"].StandardError, 1e-8);
        Assert.Equal(alone.LogLikelihood, fit.LogLikelihood, 1e-8);
        Assert.Equal(90, fit.Observations);
    }

    [Fact]
    public void Counts_that_are_all_zero_in_one_arm_are_separated_too()
    {
        var data = Table("y,arm", Enumerable.Range(0, 20).Select(i => (FormattableString)$"{(i < 10 ? i % 3 : 0)},{i / 10}"));
        var fit = Regression.Fit(data, new ModelSpecification("y ~ arm") { Family = Family.Poisson });
        Assert.Equal(double.NegativeInfinity, fit["arm"].Estimate);
        Assert.Equal(Math.Log(0.9), fit["(Intercept)"].Estimate, 1e-10);
    }

    [Fact]
    public void A_variance_of_zero_is_reported_as_zero()
    {
        var fit = Regression.Fit(Wedge((_, p) => 10 + p), new ModelSpecification("cbind(y, n - y) ~ factor(period) + treat + (1 | cluster)"));
        Assert.True(fit.Converged);
        Assert.Equal(0, fit.Random[0].StandardDeviation);
        Assert.True(Says(fit, "zero-variance"));
        var glm = Regression.Fit(Wedge((_, p) => 10 + p), new ModelSpecification("cbind(y, n - y) ~ factor(period) + treat"));
        Assert.Equal(glm.LogLikelihood, fit.LogLikelihood, 1e-9);
        Assert.Equal(glm["treat"].StandardError, fit["treat"].StandardError, 1e-9);
    }

    [Fact]
    public void Clusters_of_only_successes_or_failures_are_fine()
    {
        var fit = Regression.Fit(Wedge((c, p) => c == 0 ? 0 : c == 1 ? 40 : Varied(c, p)), new ModelSpecification("cbind(y, n - y) ~ factor(period) + treat + (1 | cluster)") { Method = EstimationMethod.Laplace });
        Assert.True(fit.Converged);
        Assert.All(fit.Fixed, f => Assert.True(double.IsFinite(f.Estimate) && f.StandardError > 0));
    }

    [Fact]
    public void An_empty_cell_of_an_interaction_is_dropped_and_named()
    {
        var data = Table("y,n,arm,site", from a in new[] { "a", "b" } from s in new[] { "s", "t" } where !(a == "b" && s == "t") select (FormattableString)$"{a[0] % 7 + 2},20,{a},{s}");
        var fit = Regression.Fit(data, new ModelSpecification("cbind(y, n - y) ~ arm*site"));
        Assert.Equal(["armb:sitet"], fit.Dropped);
        Assert.Contains("armb:sitet", Assert.Single(fit.Warnings, w => w.Code == "empty-cell").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_collinear_column_is_dropped_and_named()
    {
        var data = Table("y,n,x,twice", Enumerable.Range(1, 8).Select(i => (FormattableString)$"{i},20,{i * i},{2 * i * i + 3}"));
        var fit = Regression.Fit(data, new ModelSpecification("cbind(y, n - y) ~ x + twice"));
        Assert.Equal(["twice"], fit.Dropped);
        Assert.True(Says(fit, "collinear"));
    }

    [Theory]
    [InlineData("cbind(y, n - y) ~ factor(period) + treat + x + (1 | cluster)")]
    [InlineData("cbind(y, n - y) ~ treat*x")]
    public void A_covariate_in_tens_of_millions_is_never_seen(string formula)
    {
        DataFrame With(double shift, double scale) => Table("cluster,period,treat,y,n,x", from c in Enumerable.Range(0, 12)
                                                                                          from p in Enumerable.Range(0, 4)
                                                                                          select (FormattableString)$"c{c},{p},{(p > c % 3 ? 1 : 0)},{Varied(c, p)},40,{shift + scale * ((c * 5 + p * 3) % 7):R}");
        var (small, large) = (Regression.Fit(With(0, 1), new ModelSpecification(formula)), Regression.Fit(With(3e7, 1e6), new ModelSpecification(formula)));
        Assert.True(large.Converged);
        Assert.Equal(small["x"].Estimate, large["x"].Estimate * 1e6, 1e-8);
        Assert.Equal(small["x"].StandardError, large["x"].StandardError * 1e6, 1e-7);
        Assert.Equal(small.LogLikelihood, large.LogLikelihood, 1e-8);
    }

    [Fact]
    public void Missing_values_are_counted_by_variable()
    {
        var data = Table("y,a,b", Enumerable.Range(0, 30).Select(i => i % 10 == 0 ? (FormattableString)$"{i % 2},,{i}" : i % 15 == 7 ? (FormattableString)$"{i % 2},{i % 4},NA" : $"{i / 3 % 2},{i % 4},{i % 7}"));
        var fit = Regression.Fit(data, new ModelSpecification("y ~ a + b"));
        Assert.Equal(25, fit.Observations);
        Assert.Contains("a 3, b 2", Assert.Single(fit.Warnings, w => w.Code == "missing-values").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_observation_a_cluster_has_no_variance_to_estimate()
    {
        var data = Table("y,x,g", Enumerable.Range(0, 30).Select(i => (FormattableString)$"{i * 7 % 3 % 2},{i % 5},{i}"));
        var fit = Regression.Fit(data, new ModelSpecification("y ~ x + (1 | g)"));
        Assert.True(Says(fit, "one-observation-per-group"));
        Assert.True(double.IsNaN(fit.Random[0].Variance));
        Assert.Equal(Regression.Fit(data, new ModelSpecification("y ~ x"))["x"].Estimate, fit["x"].Estimate, 1e-12);
    }

    [Fact]
    public void Two_clusters_and_one_treated_cluster_are_said()
    {
        Assert.True(Says(Regression.Fit(Wedge(Varied, clusters: 2), new ModelSpecification("cbind(y, n - y) ~ treat + (1 | cluster)")), "two-clusters"));
        var data = Table("g,arm,y,n", Enumerable.Range(0, 20).Select(i => (FormattableString)$"{i / 4},{(i / 4 == 3 ? 1 : 0)},{5 + i * 3 % 7},20"));
        var fit = Regression.Fit(data, new ModelSpecification("cbind(y, n - y) ~ arm + (1 | g)"));
        Assert.Contains("one group of g, 3,", Assert.Single(fit.Warnings, w => w.Code == "one-treated-cluster").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_outcome_that_never_happens_has_an_exact_limit_instead_of_estimates()
    {
        var fit = Regression.Fit(Wedge((_, _) => 0, trials: 10), new ModelSpecification("cbind(y, n - y) ~ treat + (1 | cluster)"));
        // Clopper-Pearson, 0 of 480: 1 − .025^(1/480) = .0077.
        Assert.Contains("0.0077", Assert.Single(fit.Warnings, w => w.Code == "constant-outcome").Message, StringComparison.Ordinal);
        Assert.All(fit.Fixed, f => Assert.True(double.IsNaN(f.Estimate)));
    }

    [Fact]
    public void One_cluster_is_refused_with_the_reason() => Assert.Contains("one group",
        Assert.Throws<FormulaException>(() => Regression.Fit(Wedge(Varied, clusters: 1), new ModelSpecification("cbind(y, n - y) ~ treat + (1 | cluster)"))).Message, StringComparison.Ordinal);

    [Fact]
    public void Huge_variance_is_integrated_by_quadrature_unasked()
    {
        var data = Table("g,x,y", from g in Enumerable.Range(0, 40) from v in Enumerable.Range(0, 6) select (FormattableString)$"{g},{v},{((g * 13 % 40 + v) % 8 == 3 ? 1 - g / 20 : g / 20)}");
        var fit = Regression.Fit(data, new ModelSpecification("y ~ x + (1 | g)"));
        Assert.Equal(EstimationMethod.Quadrature, fit.Method);
        Assert.True(Says(fit, "laplace-replaced") && fit.Converged && fit.Random[0].StandardDeviation > 2);
    }

    [Fact]
    public void The_likelihood_of_a_huge_variance_is_that_of_plain_integration()
    {
        var rows = (from g in Enumerable.Range(0, 40) from v in Enumerable.Range(0, 6) select (Group: g, X: v, Y: g < 20 != ((g * 6 + v) % 37 == 5) ? 1 : 0)).ToList();
        var fit = Regression.Fit(Table("g,x,y", rows.Select(r => (FormattableString)$"{r.Group},{r.X},{r.Y}")), new ModelSpecification("y ~ x + (1 | g)"));
        Assert.DoesNotContain(fit.Warnings, w => w.Code == "quadrature-unstable");
        var (intercept, slope, deviation) = (fit["(Intercept)"].Estimate, fit["x"].Estimate, fit.Random[0].StandardDeviation);
        Assert.InRange(deviation, 5, 30);
        // The trapezium rule on a fine grid: exact to rounding for so smooth a function that vanishes at both ends.
        const double step = 0.002;
        double Conditional(IEnumerable<(int Group, int X, int Y)> group, double u) => group.Aggregate(1.0, (l, r) => l / (1 + Math.Exp((1 - 2 * r.Y) * (intercept + slope * r.X + deviation * u))));
        double Marginal(IEnumerable<(int Group, int X, int Y)> group) => step * Enumerable.Range(-6000, 12001).Sum(k => Conditional(group, k * step) * Math.Exp(-0.5 * Math.Pow(k * step, 2)) / Math.Sqrt(2 * Math.PI));
        Assert.Equal(rows.GroupBy(r => r.Group).Sum(g => Math.Log(Marginal([.. g]))), fit.LogLikelihood, 1e-6);
    }
}
