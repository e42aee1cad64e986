using Escala.Numerics.Risk;

namespace Escala.Numerics.Tests.Risk;

public sealed class RisingHazardTests
{
    [Fact]
    public void The_ten_year_risk_of_an_ageing_cohort_is_the_equation_s()
    {
        double Risk(double age) => Framingham2008.Office.Risks([0, age, 26, 150, 0, 1, 0]).Total;
        var hazards = new double[180];
        RisingHazard.Solve([.. Enumerable.Range(0, 16).Select(year => Risk(52 + year))], 1.0 / 12, hazards);
        Assert.Equal(Risk(52), 1 - Math.Exp(-hazards.Take(120).Sum() / 12), 1e-12);
        Assert.True(hazards.Zip(hazards.Skip(1)).All(pair => pair.Second > pair.First));
        var flat = 1 - Math.Exp(-Enumerable.Range(0, 120).Sum(k => -Math.Log(1 - Risk(52 + (k + 0.5) / 12)) / 10) / 12);
        Assert.InRange(flat / Risk(52), 1.15, 1.4);
    }

    [Fact]
    public void A_cycle_that_does_not_fit_into_ten_years_is_refused() =>
        Assert.Throws<ArgumentException>(() => RisingHazard.CyclesInSpan(0.3));
}
