using System.Text.Json;
using Escala.Numerics.CostEffectiveness;

namespace Escala.Numerics.Tests.CostEffectiveness;

public sealed class ParameterDistributionTests
{
    public static TheoryData<int> Univariate => [.. Enumerable.Range(0, 17)];

    [Theory, MemberData(nameof(Univariate))]
    public void Quantiles_and_means_agree_with_R(int index)
    {
        using var file = Open();
        var row = file.RootElement[index];
        var distribution = Create(row);
        foreach (var (p, quantile) in Numbers(row, "q").Zip(Numbers(row, "quantiles"))) Assert.Equal(1, distribution.Quantile(p) / quantile, 1e-9);
        if (row.TryGetProperty("mean", out var mean) && row.GetProperty("dist").GetString() != "truncated normal") Assert.Equal(1, distribution.Mean / mean.GetDouble(), 1e-12);
    }

    [Fact]
    public void Marginal_quantiles_of_the_Dirichlet_agree_with_R()
    {
        using var file = Open();
        var row = file.RootElement[17];
        var dirichlet = new DirichletDistribution([.. Numbers(row, "alpha")]);
        var quantiles = row.GetProperty("quantiles").EnumerateArray().ToList();
        for (var component = 0; component < quantiles.Count; component++)
        {
            foreach (var (p, quantile) in Numbers(row, "q").Zip(quantiles[component].EnumerateArray().Select(q => q.GetDouble())))
                Assert.Equal(1, dirichlet.Quantile(component, p) / quantile, 1e-9);
        }
        var fitted = DirichletDistribution.FromMoments([.. Numbers(file.RootElement[18], "mean")], [.. Numbers(file.RootElement[18], "sd")]);
        foreach (var (expected, alpha) in Numbers(file.RootElement[18], "alpha").Zip(fitted.Alpha)) Assert.Equal(1, alpha / expected, 1e-9);
    }

    [Theory, MemberData(nameof(Univariate))]
    public void Draws_fall_below_each_quantile_as_often_as_they_should(int index)
    {
        using var file = Open();
        var distribution = Create(file.RootElement[index]);
        const int Draws = 20_000;
        foreach (var p in new[] { 0.1, 0.5, 0.9 })
        {
            var quantile = distribution.Quantile(p);
            var below = 0;
            for (var i = 0u; i < Draws; i++)
            {
                var stream = new CounterStream(7, 11, i);
                if (distribution.Sample(ref stream) < quantile) below++;
            }
            Assert.Equal(p, (double)below / Draws, 5 * Math.Sqrt(p * (1 - p) / Draws));
        }
    }

    [Fact]
    public void What_has_no_such_distribution_is_refused_with_the_reason()
    {
        Assert.Throws<ArgumentException>(() => BetaDistribution.FromMoments(0.5, 0.5));
        Assert.Throws<ArgumentException>(() => BetaDistribution.FromMoments(0, 0.1));
        Assert.Throws<ArgumentException>(() => GammaDistribution.FromMoments(-1, 1));
        Assert.Throws<ArgumentException>(() => GammaDistribution.FromMoments(10, 0));
        Assert.Throws<ArgumentException>(() => LogNormalDistribution.FromInterval(1, 1.2, 1.5));
        Assert.Throws<ArgumentException>(() => new TruncatedNormalDistribution(0, 1, 50, 60));
        Assert.Throws<ArgumentException>(() => new NormalDistribution(double.NaN, 1));
        Assert.Throws<ArgumentException>(() => DirichletDistribution.FromMoments([0.5, 0.4], [0.1, 0.1]));
    }

    [Fact]
    public void A_Dirichlet_weight_of_zero_stays_zero_and_the_shares_add_up()
    {
        var dirichlet = new DirichletDistribution([0, 5, 5]);
        Span<double> shares = stackalloc double[3];
        for (var i = 0u; i < 100; i++)
        {
            var stream = new CounterStream(1, 2, i);
            dirichlet.Sample(ref stream, shares);
            Assert.Equal(0, shares[0]);
            Assert.Equal(1, shares[1] + shares[2], 1e-15);
        }
    }

    private static ParameterDistribution Create(JsonElement row)
    {
        double Of(string name) => row.GetProperty(name).GetDouble();
        return row.GetProperty("dist").GetString() switch
        {
            "beta" => BetaDistribution.FromMoments(Of("mean"), Of("sd")),
            "gamma" => GammaDistribution.FromMoments(Of("mean"), Of("sd")),
            "lognormal" when row.TryGetProperty("estimate", out _) => LogNormalDistribution.FromInterval(Of("estimate"), Of("lower"), Of("upper")),
            "lognormal" => LogNormalDistribution.FromMoments(Of("mean"), Of("sd")),
            "normal" => new NormalDistribution(Of("mean"), Of("sd")),
            "truncated normal" => new TruncatedNormalDistribution(Of("mean"), Of("sd"), Of("lower"), Of("upper")),
            "triangular" => new TriangularDistribution(Of("min"), Of("mode"), Of("max")),
            "PERT (lambda 4)" => new PertDistribution(Of("min"), Of("mode"), Of("max")),
            "uniform" => new UniformDistribution(Of("min"), Of("max")),
            var other => throw new InvalidOperationException(other),
        };
    }

    private static JsonDocument Open() => JsonDocument.Parse(File.ReadAllText(Reference.Path("distributions", "quantiles.json")));

    private static IEnumerable<double> Numbers(JsonElement row, string name) => row.GetProperty(name).EnumerateArray().Select(x => x.GetDouble());
}
