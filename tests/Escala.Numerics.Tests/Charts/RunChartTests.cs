using Escala.Numerics.Charts;

namespace Escala.Numerics.Tests.Charts;

public sealed class RunChartTests
{
    [Fact]
    public void Six_points_on_one_side_are_a_shift_and_five_are_not()
    {
        Assert.Equal([new ChartSegment(6, 11, true)], RunChart.Create([1, 2, 1, 2, 1, 2, 9, 8, 9, 8, 9, 8]).Shifts.Where(s => s.Upwards));
        Assert.Empty(RunChart.Create([1, 9, 1, 2, 1, 2, 1, 9, 8, 9, 8, 9]).Shifts);
    }

    [Fact]
    public void A_point_on_the_median_neither_makes_nor_breaks_a_shift()
    {
        var chart = RunChart.Create([5, 1, 2, 1, 5, 2, 1, 2, 8, 9, 8, 9, 8, 9, 5]);
        Assert.Equal(5, chart.Median);
        Assert.Equal([new ChartSegment(1, 7, false), new ChartSegment(8, 13, true)], chart.Shifts);
        Assert.Equal(12, chart.UsefulPoints);
        Assert.Equal(2, chart.Runs);
    }

    [Fact]
    public void Five_rising_points_are_a_trend_and_a_repeated_value_does_not_break_it()
    {
        Assert.Equal([new ChartSegment(2, 7, true)], RunChart.Create([5, 4, 3, 4, 5, 5, 6, 7, 5]).Trends);
        Assert.Empty(RunChart.Create([4, 3, 4, 5, 6, 5]).Trends);
    }

    [Fact]
    public void Two_runs_in_twelve_points_are_too_few_and_twelve_too_many()
    {
        Assert.True(RunChart.Create([1, 2, 1, 2, 1, 2, 9, 8, 9, 8, 9, 8]).TooFewRuns);
        Assert.True(RunChart.Create([1, 9, 1, 9, 1, 9, 1, 9, 1, 9, 1, 9]).TooManyRuns);
    }

    [Theory] // Swed and Eisenhart 1943, tables II: smallest and largest numbers of runs not significant at 2.5 % in a tail
    [InlineData(5, 3, 9)]
    [InlineData(8, 5, 13)]
    [InlineData(10, 7, 15)]
    [InlineData(15, 11, 21)]
    public void Limits_of_runs_are_those_of_the_published_table(int half, int fewest, int most)
    {
        double[] values = [.. Enumerable.Range(0, 2 * half).Select(i => i % 2 == 0 ? 1.0 : 9.0)];
        Assert.Equal((fewest, most), RunChart.Create(values).ExpectedRuns);
    }

    [Fact]
    public void Too_few_points_are_not_judged_by_runs() => Assert.Null(RunChart.Create([1, 9, 1, 9]).ExpectedRuns);

    [Fact]
    public void A_missing_month_is_passed_over() =>
        Assert.Single(RunChart.Create([1, 2, 1, double.NaN, 2, 1, 2, 9, 8, 9, 8, 9, 8]).Shifts, s => !s.Upwards);

    [Fact]
    public void A_baseline_fixes_the_median() => Assert.Equal(2, RunChart.Create([1, 2, 3, 9, 9, 9], baseline: 3).Median);
}
