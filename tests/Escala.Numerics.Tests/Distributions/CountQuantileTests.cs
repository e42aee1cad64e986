using Escala.Numerics.Distributions;

namespace Escala.Numerics.Tests.Distributions;

public sealed class CountQuantileTests
{
    // R 4.2.2: qbinom(u, n, p), qpois(u, mean), qnbinom(u, size = theta, mu = mean).
    [Theory]
    [InlineData(40, 0.3, 0.5, 12)]
    [InlineData(40, 0.3, 0.999, 21)]
    [InlineData(140, 0.99, 0.01, 135)]
    [InlineData(5000, 0.2, 0.975, 1056)]
    [InlineData(10, 1, 0.4, 10)]
    public void Binomial_quantiles_are_those_of_R(long trials, double probability, double u, long count) => Assert.Equal(count, CountQuantile.Binomial(trials, probability, u));

    [Theory]
    [InlineData(3.5, 0.5, 3)]
    [InlineData(480, 0.975, 523)]
    [InlineData(900, 0.025, 842)]
    public void Poisson_quantiles_are_those_of_R(double mean, double u, long count) => Assert.Equal(count, CountQuantile.Poisson(mean, u));

    [Theory]
    [InlineData(6, 1.5, 0.5, 5)]
    [InlineData(6, 1.5, 0.9999, 47)]
    public void Negative_binomial_quantiles_are_those_of_R(double mean, double theta, double u, long count) => Assert.Equal(count, CountQuantile.NegativeBinomial(mean, theta, u));

    [Fact]
    public void The_last_number_before_one_still_has_a_quantile_near_the_others() => Assert.InRange(CountQuantile.Poisson(200, 1 - 1.2e-16), 300, 345);
}
