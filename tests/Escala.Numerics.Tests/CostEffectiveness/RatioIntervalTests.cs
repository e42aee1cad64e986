using Escala.Numerics.CostEffectiveness;

namespace Escala.Numerics.Tests.CostEffectiveness;

public sealed class RatioIntervalTests
{
    [Fact]
    public void A_clear_effect_gives_limits_at_which_the_difference_is_just_significant()
    {
        var estimate = new JointEstimate(120, 30, 6, 1, 0.3);
        var interval = estimate.Fieller(1.96);
        Assert.Equal(RatioSetKind.Bounded, interval.Kind);
        foreach (var ratio in new[] { interval.Lower, interval.Upper })
        {
            var error = Math.Sqrt(30 * 30 - 2 * ratio * 0.3 * 30 + ratio * ratio);
            Assert.Equal(1.96, Math.Abs(120 - ratio * 6) / error, 1e-9);
        }
        Assert.True(interval.Lower < 20 && interval.Upper > 20);
    }

    [Fact]
    public void An_effect_that_may_be_zero_gives_two_rays_and_not_an_interval_with_its_ends_swapped()
    {
        var interval = new JointEstimate(120, 30, 1, 1, 0).Fieller(1.96);
        Assert.Equal(RatioSetKind.TwoRays, interval.Kind);
        Assert.True(interval.Lower < 0 && interval.Upper > 0 && interval.Upper < interval.Ratio);
    }

    [Fact]
    public void Nothing_clear_excludes_no_ratio() => Assert.Equal(RatioSetKind.Everything, new JointEstimate(10, 30, 0.1, 1, 0).Fieller(1.96).Kind);

    [Fact]
    public void Delta_and_Fieller_agree_where_the_effect_is_very_clear()
    {
        var estimate = new JointEstimate(120, 3, 600, 1, 0.2);
        Assert.Equal(estimate.Fieller(1.96).Lower, estimate.Delta(1.96).Lower, 1e-5);
        Assert.Equal(estimate.Fieller(1.96).Upper, estimate.Delta(1.96).Upper, 1e-5);
    }

    [Fact]
    public void Joint_draws_have_the_moments_asked_for()
    {
        var sample = new JointEstimate(120, 30, 6, 2, -0.4).Draw(50_000, 1);
        double[] cost = sample.Costs(1).ToArray(), effect = sample.Effects(1).ToArray();
        Assert.Equal(120, cost.Average(), 0.6);
        Assert.Equal(-0.4 * 30 * 2, cost.Zip(effect, (c, e) => (c - 120) * (e - 6)).Average(), 1.5);
    }
}
