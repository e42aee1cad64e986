namespace Escala.Numerics.StateTransition;

/// <summary>How a yearly discount rate r becomes a factor at time t (years) since the start, with cycles of length d (years).</summary>
public enum DiscountConvention
{
    /// <summary>(1 + r)^-floor(t): every cycle of a year has the year's factor; the first year is undiscounted.</summary>
    YearlyStep,

    /// <summary>(1 + r)^-t: compound, at the time of each cycle.</summary>
    PerCycle,

    /// <summary>(1 + r d)^-(t/d): the yearly rate divided among the cycles, as published tutorials with monthly cycles do.</summary>
    NominalPerCycle,

    /// <summary>exp(-r t).</summary>
    Continuous,
}

/// <summary>Discount factors and present values.</summary>
public static class Discounting
{
    // A cycle of a twelfth of a year reaches 1 - 1e-16 after twelve steps.
    private const double YearTolerance = 1e-9;

    /// <summary>The factor by which a value at time <paramref name="years"/> is multiplied.</summary>
    /// <param name="convention">How the rate is applied.</param>
    /// <param name="rate">Yearly rate, 0.03 for 3 %; at least 0.</param>
    /// <param name="years">Time since the start, at least 0.</param>
    /// <param name="cycleLength">Length of a cycle in years; matters to <see cref="DiscountConvention.NominalPerCycle"/> alone.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative, or the length of the cycle is not positive.</exception>
    public static double Factor(DiscountConvention convention, double rate, double years, double cycleLength)
    {
        CheckRate(rate);
        if (!(years >= 0)) throw new ArgumentOutOfRangeException(nameof(years), years, "Time must not be negative.");
        if (!(cycleLength > 0)) throw new ArgumentOutOfRangeException(nameof(cycleLength), cycleLength, "A cycle must be longer than nothing.");
        return convention switch
        {
            DiscountConvention.YearlyStep => Math.Pow(1 + rate, -Math.Floor(years + YearTolerance)),
            DiscountConvention.PerCycle => Math.Pow(1 + rate, -years),
            DiscountConvention.NominalPerCycle => Math.Pow(1 + rate * cycleLength, -years / cycleLength),
            DiscountConvention.Continuous => Math.Exp(-rate * years),
            _ => throw new ArgumentOutOfRangeException(nameof(convention), convention, "Unknown convention."),
        };
    }

    /// <summary>The rate r' for which exp(-r' t) is the convention's factor at whole years.</summary>
    /// <param name="convention">How the rate is applied.</param>
    /// <param name="rate">Yearly rate, at least 0.</param>
    /// <param name="cycleLength">Length of a cycle in years.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    public static double ContinuousRate(DiscountConvention convention, double rate, double cycleLength) =>
        -Math.Log(Factor(convention, rate, 1, cycleLength));

    /// <summary>Present value of one unit a year for <paramref name="years"/> years, received evenly: (1 - e^(-r L)) / r, or L where r is 0.</summary>
    /// <param name="years">Duration L in years, at least 0.</param>
    /// <param name="continuousRate">Continuous yearly rate r, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    public static double PresentYears(double years, double continuousRate)
    {
        CheckRate(continuousRate);
        if (!(years >= 0)) throw new ArgumentOutOfRangeException(nameof(years), years, "A duration must not be negative.");
        return continuousRate == 0 ? years : (1 - Math.Exp(-continuousRate * years)) / continuousRate;
    }

    /// <summary>Equivalent annual cost of something bought once: cost · r / (1 - (1 + r)^-n), or cost / n where r is 0 (Drummond 2015, chapter 7).</summary>
    /// <param name="cost">Price paid at the start.</param>
    /// <param name="usefulYears">Years of use n, above 0.</param>
    /// <param name="rate">Yearly rate r, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The years of use are not positive or the rate is negative.</exception>
    public static double EquivalentAnnualCost(double cost, double usefulYears, double rate)
    {
        CheckRate(rate);
        if (!(usefulYears > 0)) throw new ArgumentOutOfRangeException(nameof(usefulYears), usefulYears, "Something bought must be of use for some time.");
        return rate == 0 ? cost / usefulYears : cost * rate / (1 - Math.Pow(1 + rate, -usefulYears));
    }

    private static void CheckRate(double rate)
    {
        if (!(rate >= 0)) throw new ArgumentOutOfRangeException(nameof(rate), rate, "A discount rate must not be negative.");
    }
}
