using Escala.Numerics.Comparison;
using FsCheck;
using FsCheck.Fluent;

namespace Escala.Numerics.Tests.Comparison;

public sealed class ProportionIntervalTests
{
    [Fact]
    public void Fifty_two_of_seventy_two_participants_completed()
    {
        var wilson = ProportionInterval.Wilson(52, 72);
        Assert.Equal(0.6095, wilson.Lower, 4);
        Assert.Equal(0.8124, wilson.Upper, 4);
        var exact = ProportionInterval.ClopperPearson(52, 72);
        Assert.Equal(0.604, exact.Lower, 3);
        Assert.Equal(0.821, exact.Upper, 3);
    }

    [Theory] // R: binom::binom.confint, 1.1
    [InlineData(33, 140, 0.173051337016998, 0.312493368892549, 0.168147683018019, 0.314799853894986)]
    [InlineData(1, 7, 0.0256796243447436, 0.513127829274319, 0.00361029686190062, 0.578723197043195)]
    [InlineData(0, 20, 0, 0.161125158052819, 0, 0.168433470983085)]
    [InlineData(20, 20, 0.838874841947181, 1, 0.831566529016915, 1)]
    [InlineData(1204, 5095, 0.22484671794068, 0.248170825024566, 0.224700886277944, 0.248222161286846)]
    public void Limits_agree_with_R(long x, long n, double wilsonLower, double wilsonUpper, double exactLower, double exactUpper)
    {
        var wilson = ProportionInterval.Wilson(x, n);
        Assert.Equal(wilsonLower, wilson.Lower, 1e-12);
        Assert.Equal(wilsonUpper, wilson.Upper, 1e-12);
        var exact = ProportionInterval.ClopperPearson(x, n);
        Assert.Equal(exactLower, exact.Lower, 1e-12);
        Assert.Equal(exactUpper, exact.Upper, 1e-12);
    }

    [Fact]
    public void Newcombe_agrees_with_R()
    {
        var difference = ProportionInterval.NewcombeDifference(33, 140, 58, 142);
        Assert.Equal(-0.276116418152942, difference.Lower, 1e-12);
        Assert.Equal(-0.063713644785793, difference.Upper, 1e-12);
    }

    [Fact]
    public void Nobody_observed_means_nothing_known()
    {
        Assert.True(double.IsNaN(ProportionInterval.Wilson(0, 0).Lower));
        Assert.True(double.IsNaN(ProportionInterval.ClopperPearson(0, 0).Upper));
        Assert.True(double.IsNaN(ProportionInterval.NewcombeDifference(0, 0, 3, 4).Lower));
    }

    [Fact]
    public void More_persons_with_the_outcome_than_persons_is_refused() =>
        Assert.Throws<UnfitInputException>(() => ProportionInterval.Wilson(5, 4));

    [Fact]
    public void Counting_the_others_mirrors_the_interval() =>
        Prop.ForAll(Gen.Choose(1, 400).SelectMany(n => Gen.Choose(0, n).Select(x => (x, n))).ToArbitrary(), c =>
        {
            ProportionInterval w = ProportionInterval.Wilson(c.x, c.n), v = ProportionInterval.Wilson(c.n - c.x, c.n);
            ProportionInterval e = ProportionInterval.ClopperPearson(c.x, c.n), f = ProportionInterval.ClopperPearson(c.n - c.x, c.n);
            double p = (double)c.x / c.n;
            return Math.Abs(w.Lower - (1 - v.Upper)) < 1e-12 && Math.Abs(e.Lower - (1 - f.Upper)) < 1e-12
                && e.Lower <= p && p <= e.Upper && w.Lower <= p && p <= w.Upper && e.Upper <= 1 && w.Lower >= 0;
        }).QuickCheckThrowOnFailure();
}
