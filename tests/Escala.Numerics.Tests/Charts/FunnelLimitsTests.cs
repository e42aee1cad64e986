using Escala.Numerics.Charts;
using FsCheck;
using FsCheck.Fluent;

namespace Escala.Numerics.Tests.Charts;

public sealed class FunnelLimitsTests
{
    [Fact]
    public void Exact_limits_are_the_binomial_quantiles()
    {
        // R: qbinom(c(.001, .025, .975, .999), 140, .234) / 140
        var limits = FunnelLimits.ExactBinomial(0.234, 140);
        Assert.Equal([18 / 140.0, 23 / 140.0, 43 / 140.0, 49 / 140.0],
            [limits.Within998.Lower, limits.Within95.Lower, limits.Within95.Upper, limits.Within998.Upper]);
    }

    [Fact]
    public void Interpolated_limits_lie_within_one_person_of_the_exact_ones() =>
        Prop.ForAll(Gen.Choose(1, 500).SelectMany(n => Gen.Choose(0, 100).Select(p => (N: n, P: p / 100.0))).ToArbitrary(), c =>
        {
            FunnelLimits smooth = FunnelLimits.InterpolatedBinomial(c.P, c.N), exact = FunnelLimits.ExactBinomial(c.P, c.N);
            return exact.Within95.Upper - smooth.Within95.Upper is >= -1e-12 && exact.Within95.Upper - smooth.Within95.Upper <= (1.0 / c.N) + 1e-12
                && smooth.Within998.Lower <= smooth.Within95.Lower + 1e-12 && smooth.Within95.Upper <= smooth.Within998.Upper + 1e-12;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_target_that_nearly_everybody_reaches_has_limits() =>
        Assert.Equal(65.95 / 66, FunnelLimits.InterpolatedBinomial(0.99, 66).Within95.Upper, 3);

    [Fact]
    public void Wilson_limits_close_in_on_the_target_as_the_unit_grows()
    {
        FunnelLimits small = FunnelLimits.WilsonScore(0.3, 20), large = FunnelLimits.WilsonScore(0.3, 20000);
        Assert.True(small.Within95.Upper - small.Within95.Lower > 20 * (large.Within95.Upper - large.Within95.Lower));
        Assert.InRange(0.3, large.Within95.Lower, large.Within95.Upper);
    }

    [Theory]
    [InlineData(0.10, FunnelPosition.FarBelow)]
    [InlineData(0.15, FunnelPosition.Below)]
    [InlineData(0.234, FunnelPosition.Within)]
    [InlineData(0.33, FunnelPosition.Above)]
    [InlineData(0.40, FunnelPosition.FarAbove)]
    [InlineData(double.NaN, FunnelPosition.Unknown)]
    public void A_unit_is_placed_in_its_band(double observed, FunnelPosition expected) =>
        Assert.Equal(expected, FunnelLimits.ExactBinomial(0.234, 140).Position(observed));

    [Fact]
    public void A_unit_that_saw_nobody_has_no_limits() =>
        Assert.Equal(FunnelPosition.Unknown, FunnelLimits.InterpolatedBinomial(0.2, 0).Position(0.2));
}
