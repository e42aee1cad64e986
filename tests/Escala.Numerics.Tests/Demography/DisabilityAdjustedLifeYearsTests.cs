using Escala.Numerics.Demography;

namespace Escala.Numerics.Tests.Demography;

public sealed class DisabilityAdjustedLifeYearsTests
{
    [Fact]
    public void Worked_values()
    {
        Assert.Equal(30.25343822, DisabilityAdjustedLifeYears.LifeYearsLost(30.25343822, 0), 1e-12);
        Assert.Equal((1 - Math.Exp(-0.03 * 30)) / 0.03, DisabilityAdjustedLifeYears.LifeYearsLost(30, 0.03), 1e-12);
        Assert.Equal(0.07 * 10, DisabilityAdjustedLifeYears.YearsWithDisability(0.07, 10, 0), 1e-15);
        Assert.Equal(1 - 0.93 * 0.92, DisabilityAdjustedLifeYears.CombinedWeight(0.07, 0.08), 1e-15);
    }

    [Fact]
    public void Age_weights_agree_with_quadrature()
    {
        double Integrand(double t) => 0.1658 * (40 + t) * Math.Exp(-0.04 * (40 + t)) * Math.Exp(-0.03 * t);
        var quadrature = MathNet.Numerics.Integration.GaussLegendreRule.Integrate(Integrand, 0, 35, 64);
        Assert.Equal(quadrature, DisabilityAdjustedLifeYears.AgeWeighted(1, 40, 35, 0.03), 1e-10);
    }

    [Fact]
    public void Weights_outside_nought_to_one_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => DisabilityAdjustedLifeYears.YearsWithDisability(1.2, 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => DisabilityAdjustedLifeYears.LifeYearsLost(-1, 0));
    }

    [Fact]
    public void A_life_table_with_one_rate_gives_its_inverse_as_life_expectancy()
    {
        var table = new LifeTable([0, 40, 80], [0.02, 0.02, 0.02]);
        Assert.Equal(50, table.LifeExpectancy(17.5), 1e-9);
        Assert.Equal(0.02, table.Rate(40));
        Assert.Throws<ArgumentOutOfRangeException>(() => table.Rate(-1));
    }

    [Fact]
    public void Other_causes_are_what_the_modelled_ones_leave_times_the_hazard_ratio()
    {
        Assert.Equal(0.016, LifeTable.OtherCauseRate(0.01, 0.002, 2), 1e-15);
        Assert.True(double.IsNaN(LifeTable.OtherCauseRate(0.001, 0.002, 1)));
    }
}
