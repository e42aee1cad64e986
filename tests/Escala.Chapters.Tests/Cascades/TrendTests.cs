using Escala.Cascades.Sheets;
using Escala.Numerics.Charts;
using Escala.Platform.Texts;

namespace Escala.Chapters.Tests.Cascades;

public sealed class TrendTests
{
    private static SheetFixture Year(int last, params int[] screenedOf100)
    {
        var fixture = new SheetFixture().Complete("F101", DateOnly.FromDayNumber(SheetFixture.March.LastDay));
        for (var i = 0; i < screenedOf100.Length; i++)
        {
            fixture.Steps("F101", SheetFixture.March with { Number = last - screenedOf100.Length + 1 + i }, (100, screenedOf100[i]));
        }

        return fixture;
    }

    private static Trend Read(SheetFixture fixture, string place = "F101")
    {
        var reader = fixture.Reader;
        return Trend.Read(reader, reader.Place(place, SheetFixture.March).Value, SheetFixture.March, [reader.Programme.Cascade.Steps[0].Measure])[0];
    }

    [Fact]
    public void Twelve_months_make_a_run_chart_that_sees_a_shift()
    {
        var trend = Read(Year(SheetFixture.March.Number, 60, 62, 61, 59, 63, 60, 80, 82, 81, 79, 83, 80));
        Assert.Equal(12, trend.Points.Count);
        Assert.Equal(2, trend.Chart.Shifts.Count);
        Assert.Contains("6", new SheetWords(Language.En).Signals(trend, 5).First(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_incomplete_month_is_neither_in_the_median_nor_compared()
    {
        var fixture = Year(SheetFixture.March.Number, 60, 60, 60, 60, 10).Complete("F101", new DateOnly(2025, 3, 30));
        var trend = Read(fixture);
        Assert.Equal(0.6, trend.Chart.Median);
        Assert.Equal(ChangeVerdict.Incomplete, trend.Change.Verdict);
        Assert.False(trend.Points[^1].Speaks);
        Assert.Equal(0.1, trend.Points[^1].Figure.Proportion);
    }

    [Fact]
    public void A_small_difference_could_be_chance_and_a_large_one_could_not()
    {
        Assert.Equal(ChangeVerdict.CouldBeChance, Read(Year(SheetFixture.March.Number, 60, 62, 58, 66)).Change.Verdict);
        Assert.Equal(ChangeVerdict.Higher, Read(Year(SheetFixture.March.Number, 60, 62, 58, 90)).Change.Verdict);
        var fall = Read(Year(SheetFixture.March.Number, 60, 62, 58, 30)).Change;
        Assert.Equal((ChangeVerdict.Lower, 180, 300), (fall.Verdict, fall.Before!.Numerator!.Value, fall.Before.Denominator!.Value));
    }

    [Fact]
    public void With_two_months_before_nothing_is_compared() => Assert.Equal(ChangeVerdict.FewWindows, Read(Year(SheetFixture.March.Number, 60, 62, 90)).Change.Verdict);

    [Fact]
    public void What_is_not_compared_says_why()
    {
        string Said(Trend trend) => new SheetWords(Language.En).Change(trend.Change, trend.Points[^1], 5);
        Assert.Equal("Not compared: 2 complete months before, fewer than 3.", Said(Read(Year(SheetFixture.March.Number, 60, 62, 90))));
        Assert.Equal("Not compared: 3 people now, fewer than 5.", Said(Read(Year(SheetFixture.March.Number, 60, 62, 61, 60).Steps("F101", SheetFixture.March, (3, 2)))));
        Assert.Equal("Not compared: no people.", Said(Read(Year(SheetFixture.March.Number, 60, 62, 61, 60).Steps("F101", SheetFixture.March, (0, 0)))));
    }

    [Fact]
    public void Sums_of_facilities_are_not_compared_as_if_people_were_independent() =>
        Assert.Equal(ChangeVerdict.NotForSums, Read(Year(SheetFixture.March.Number, 60, 62, 58, 90), "D1").Change.Verdict);

    [Fact]
    public void The_funnel_speaks_only_outside_its_limits()
    {
        var march = SheetFixture.March;
        var fixture = new SheetFixture().Steps("F101", march, (200, 150)).Steps("F102", march, (200, 140)).Steps("F103", march, (20, 10)).Steps("F501", march, (200, 60));
        var reader = fixture.Reader;
        var funnel = Funnel.Read(reader, reader.Place("D1", march).Value, march, reader.Programme.Cascade.Steps[0].Measure);
        Assert.Equal(360.0 / 620, funnel.Centre);
        Assert.Equal([FunnelPosition.FarAbove, FunnelPosition.FarAbove, FunnelPosition.Within, FunnelPosition.FarBelow], funnel.Points.Select(p => p.Position));
        Assert.Equal([true, true, true, false], funnel.Points.Select(p => p.IsOwn));
    }
}
