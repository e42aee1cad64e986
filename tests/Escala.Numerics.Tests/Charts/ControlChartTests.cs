using Escala.Numerics.Charts;

namespace Escala.Numerics.Tests.Charts;

public sealed class ControlChartTests
{
    [Fact]
    public void P_limits_widen_for_a_small_month()
    {
        var chart = ControlChart.P([30, 33, 29, 4], [100, 110, 95, 10]);
        Assert.Equal(96.0 / 315, chart.Centre, 1e-15);
        double expected = chart.Centre + (3 * Math.Sqrt(chart.Centre * (1 - chart.Centre) / 100));
        Assert.Equal(expected, chart.Points[0].Upper, 1e-15);
        Assert.True(chart.Points[3].Upper > chart.Points[0].Upper);
        Assert.Empty(chart.Outside);
    }

    [Fact]
    public void Laney_keeps_large_months_that_a_p_chart_calls_special()
    {
        long[] seen = [40000, 42000, 41000, 39500, 40500, 43000], controlled = [12000, 13400, 12100, 12300, 12700, 12500];
        Assert.NotEmpty(ControlChart.P(controlled, seen).Outside);
        var laney = ControlChart.LaneyP(controlled, seen);
        Assert.Empty(laney.Outside);
        Assert.True(laney.SigmaZ > 3);
    }

    [Fact]
    public void XmR_limits_are_266_hundredths_of_the_mean_range()
    {
        var chart = ControlChart.XmR([10, 12, 11, 13, 12, 30]);
        double range = (2 + 1 + 2 + 1 + 18) / 5.0;
        Assert.Equal(88 / 6.0, chart.Centre, 1e-12);
        Assert.Equal((88 / 6.0) + (2.66 * range), chart.Points[0].Upper, 1e-2);
        Assert.Equal(3.267 * range, chart.MovingRangeUpper!.Value, 1e-2);
        Assert.Equal([5], chart.Outside);
    }

    [Fact]
    public void A_month_without_patients_is_missing_not_zero()
    {
        var chart = ControlChart.P([3, 0, 4], [10, 0, 12]);
        Assert.True(double.IsNaN(chart.Points[1].Value));
        Assert.False(chart.Points[1].IsOutside);
        Assert.Equal(7.0 / 22, chart.Centre, 1e-15);
    }

    [Fact]
    public void A_count_above_its_denominator_is_named() =>
        Assert.Contains("Subgroup 2", Assert.Throws<UnfitInputException>(() => ControlChart.P([1, 5], [4, 4])).Message);
}
