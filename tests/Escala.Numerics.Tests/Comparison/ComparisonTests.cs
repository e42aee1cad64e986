using Escala.Numerics.Comparison;
using FsCheck;
using FsCheck.Fluent;

namespace Escala.Numerics.Tests.Comparison;

/// <summary>Worked examples of the protocols, and data that admit no test.</summary>
public sealed class ComparisonTests
{
    [Fact]
    public void Six_trainees_before_and_after()
    {
        var change = StudentTest.Paired([3, 2, 4, 3, 3, 2], [5, 3, 5, 4, 4, 4]);
        Assert.Equal(1.3333, change.Estimate, 4);
        Assert.Equal(0.5164, change.StandardDeviation, 4);
        Assert.Equal(0.2108, change.StandardError, 4);
        Assert.Equal(6.325, change.Statistic, 3);
        Assert.Equal(0.0015, change.PValue, 4);
        Assert.Equal(0.791, change.Lower, 3);
        Assert.Equal(1.875, change.Upper, 3);
        Assert.Equal(2.58, change.EffectSize, 2);
    }

    [Fact]
    public void Completers_and_drop_outs_by_sex()
    {
        var table = new TwoByTwoTable(40, 12, 13, 7);
        Assert.Equal(1.057, table.ChiSquare().Statistic, 3);
        Assert.Equal(0.304, table.ChiSquare().PValue, 3);
        Assert.Equal(0.532, table.ChiSquare(YatesCorrection.Applied).Statistic, 3);
        Assert.Equal(0.466, table.ChiSquare(YatesCorrection.Applied).PValue, 3);
        Assert.Equal(0.374, table.Fisher().PValue, 3);
        Assert.Equal(5.28, table.SmallestExpected, 2);
    }

    [Theory] // published table of trainings, n = 19, answers 1 to 5
    [InlineData(1.53, .34, 1.48, 4.50, .0003, .82, 2.24, 0)]
    [InlineData(1.37, .35, 1.53, 3.91, .0010, .63, 2.11, 0)]
    [InlineData(1.10, .31, 1.35, 3.55, .0023, .45, 1.75, 0)]
    [InlineData(1.22, 1.22, 5.32, 1.00, .33, -1.34, 3.78, 2)]
    public void A_published_change_is_checked_against_its_scale(double mean, double se, double sd, double t, double p, double lower, double upper, int warnings)
    {
        var summary = ChangeSummary.Of(mean, se, 19, 1, 5);
        Assert.Equal(sd, summary.StandardDeviation, 2);
        Assert.Equal(t, summary.Test.Statistic, 2);
        Assert.Equal(p, summary.Test.PValue, p > 0.01 ? 2 : 4);
        Assert.Equal(lower, summary.Test.Lower, 2);
        Assert.Equal(upper, summary.Test.Upper, 2);
        Assert.Equal(warnings, summary.Warnings.Count);
        Assert.Equal(3.91, ChangeSummary.Of(1.22, 1.22, 19, 1, 5).LargestStandardDeviation, 2);
    }

    [Fact]
    public void The_published_haemoglobin_p_is_that_of_an_unpaired_test()
    {
        // 7.12 (1.78) and 6.49 (1.30), n = 52 each; only the unpaired test gives .0418.
        double se = Math.Sqrt(((1.78 * 1.78) + (1.30 * 1.30)) / 52);
        Assert.Equal(0.0418, Tail.StudentTwoSided(0.63 / se, 102), 4);
    }

    [Theory]
    [InlineData(9, 21, 4.8, .0284597369163105, .0446097180249397, .0427739452570677)]
    [InlineData(2, 7, 2.77777777777778, .0955807045456288, .182422439451736, .1796875)]
    [InlineData(0, 4, 4, .0455002638963585, .133614402537715, .125)]
    public void McNemar_agrees_with_R(long gained, long lost, double x2, double p, double corrected, double exact)
    {
        Assert.Equal(x2, McNemar.ChiSquare(gained, lost).Statistic, 1e-12);
        Assert.Equal(p, McNemar.ChiSquare(gained, lost).PValue, 1e-12);
        Assert.Equal(corrected, McNemar.ChiSquare(gained, lost, YatesCorrection.Applied).PValue, 1e-12);
        Assert.Equal(exact, McNemar.Exact(gained, lost).PValue, 1e-12);
        Assert.True(McNemar.MidP(gained, lost).PValue < exact);
    }

    [Fact]
    public void Ratios_without_a_count_have_no_interval_rather_than_a_made_up_one()
    {
        var table = new TwoByTwoTable(0, 12, 5, 14);
        Assert.True(double.IsNaN(table.RiskRatio().Lower));
        Assert.True(double.IsNaN(table.OddsRatio().Value));
        Assert.Equal(0.105454545454545, table.HaldaneOddsRatio().Value, 1e-12);
        Assert.Equal(2.10177664802478, table.HaldaneOddsRatio().Upper, 1e-10);
        Assert.Equal(0.0194293408644458, table.RiskDifference().Upper, 1e-12);
        Assert.Equal(-0.0651572020521229, table.RiskDifferenceWald().Upper, 1e-12);
    }

    [Fact]
    public void Ratios_agree_with_R()
    {
        var table = new TwoByTwoTable(33, 107, 58, 84);
        Assert.Equal(0.403439400056455, table.RiskRatio().Lower, 1e-12);
        Assert.Equal(0.825494531683906, table.RiskRatio().Upper, 1e-12);
        Assert.Equal(0.267129315584555, table.OddsRatio().Lower, 1e-12);
        Assert.Equal(0.746863710520007, table.OddsRatio().Upper, 1e-12);
    }

    [Fact]
    public void Data_without_a_test_say_why()
    {
        Assert.Contains("two values", StudentTest.Paired([1], [2]).Reason);
        Assert.Contains("variation", StudentTest.Paired([1, 2, 3], [2, 3, 4]).Reason);
        Assert.Contains("two values", StudentTest.Welch([1, 2], []).Reason);
        Assert.Contains("changed", RankTest.SignedRank([1, 2], [1, 2]).Reason);
        Assert.Contains("same", RankTest.MannWhitney([1, 1], [1, 1], RankReference.Normal).Reason);
        Assert.Contains("compare", new TwoByTwoTable(0, 10, 0, 12).ChiSquare().Reason);
        Assert.Contains("changed", McNemar.Exact(0, 0).Reason);
        Assert.Contains("nothing", MantelHaenszel.Test([new(0, 4, 0, 5)]).Test.Reason);
        Assert.True(double.IsNaN(new TwoByTwoTable(0, 0, 3, 4).Fisher().OddsRatio.Value));
        Assert.True(double.IsNaN(Quantile.Of([], 0.5)));
    }

    [Fact]
    public void Swapping_the_groups_turns_the_sign_and_keeps_the_p() =>
        Prop.ForAll(Gen.Choose(-50, 50).ArrayOf(7).Zip(Gen.Choose(-50, 50).ArrayOf(9)).ToArbitrary(), g =>
        {
            double[] a = [.. g.Item1.Select(v => (double)v)], b = [.. g.Item2.Select(v => (double)v)];
            MeanDifference one = StudentTest.Welch(a, b), two = StudentTest.Welch(b, a);
            HypothesisTest u = RankTest.MannWhitney(a, b, RankReference.Exact), v = RankTest.MannWhitney(b, a, RankReference.Exact);
            return Same(one.Estimate, -two.Estimate) && Same(one.PValue, two.PValue) && Same(u.PValue, v.PValue) && Same(u.Statistic + v.Statistic, a.Length * b.Length);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Turning_a_table_over_turns_the_odds_ratio() =>
        Prop.ForAll(Gen.Choose(1, 40).ArrayOf(4).ToArbitrary(), n =>
        {
            TwoByTwoTable one = new(n[0], n[1], n[2], n[3]), two = new(n[2], n[3], n[0], n[1]);
            FisherExactResult f = one.Fisher(), g = two.Fisher();
            return Same(f.PValue, g.PValue) && Same(f.OddsRatio.Value, 1 / g.OddsRatio.Value) && Same(f.OddsRatio.Lower, 1 / g.OddsRatio.Upper)
                && Same(one.ChiSquare().Statistic, two.ChiSquare().Statistic);
        }).QuickCheckThrowOnFailure();

    private static bool Same(double a, double b) => (double.IsNaN(a) && double.IsNaN(b)) || Math.Abs(a - b) <= 1e-8 * Math.Max(1, Math.Abs(a));
}
