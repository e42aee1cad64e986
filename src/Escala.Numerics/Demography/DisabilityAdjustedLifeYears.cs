using Escala.Numerics.StateTransition;

namespace Escala.Numerics.Demography;

/// <summary>
/// Disability-adjusted life years: years of life lost (YLL) and years lived with disability (YLD), discounted continuously at rate r to the
/// time of death or onset. Without age weights, as in the Global Burden of Disease since 2010. For a yearly compound rate pass ln(1 + rate).
/// </summary>
public static class DisabilityAdjustedLifeYears
{
    // Murray CJL, Lopez AD (eds). The Global Burden of Disease. 1996: C x e^(-beta x).
    private const double AgeWeightConstant = 0.1658, AgeWeightBeta = 0.04;

    /// <summary>Years of life lost by a death: (1 - e^(-r L)) / r.</summary>
    /// <param name="lifeExpectancy">Standard remaining life expectancy L at the age of death, years, at least 0.</param>
    /// <param name="rate">Continuous yearly discount rate r, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    public static double LifeYearsLost(double lifeExpectancy, double rate) => Discounting.PresentYears(lifeExpectancy, rate);

    /// <summary>Years lived with disability by one case: weight · (1 - e^(-r D)) / r.</summary>
    /// <param name="weight">Disability weight, 0 to 1.</param>
    /// <param name="duration">Duration D in years, at least 0.</param>
    /// <param name="rate">Continuous yearly discount rate r, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The weight lies outside 0 to 1 or another number is negative.</exception>
    public static double YearsWithDisability(double weight, double duration, double rate) => CheckedWeight(weight) * Discounting.PresentYears(duration, rate);

    /// <summary>Weight of several conditions at once: 1 - product of (1 - weight).</summary>
    /// <param name="weights">Disability weights, each 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A weight lies outside 0 to 1.</exception>
    public static double CombinedWeight(params ReadOnlySpan<double> weights)
    {
        var healthy = 1.0;
        foreach (var weight in weights) healthy *= 1 - CheckedWeight(weight);
        return 1 - healthy;
    }

    /// <summary>
    /// Years lost with the age weights C x e^(-beta x) of the 1990 to 2004 burden studies (C 0.1658, beta 0.04, full modulation).
    /// For reproducing old papers only.
    /// </summary>
    /// <param name="weight">Disability weight; 1 for death.</param>
    /// <param name="age">Age at death or onset, years, at least 0.</param>
    /// <param name="duration">Years lost or lived with disability, at least 0.</param>
    /// <param name="rate">Continuous yearly discount rate, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The weight lies outside 0 to 1 or another number is negative.</exception>
    public static double AgeWeighted(double weight, double age, double duration, double rate)
    {
        if (!(age >= 0)) throw new ArgumentOutOfRangeException(nameof(age), age, "An age must not be negative.");
        if (!(rate >= 0)) throw new ArgumentOutOfRangeException(nameof(rate), rate, "A discount rate must not be negative.");
        if (!(duration >= 0)) throw new ArgumentOutOfRangeException(nameof(duration), duration, "A duration must not be negative.");
        var k = AgeWeightBeta + rate;
        // Integral from 0 to D of C (a + t) e^(-beta (a + t)) e^(-r t) dt.
        var integral = (age + 1 / k) / k - Math.Exp(-k * duration) * (age + duration + 1 / k) / k;
        return CheckedWeight(weight) * AgeWeightConstant * Math.Exp(-AgeWeightBeta * age) * integral;
    }

    private static double CheckedWeight(double weight) =>
        weight >= 0 && weight <= 1 ? weight : throw new ArgumentOutOfRangeException(nameof(weight), weight, "A disability weight lies between 0 and 1.");
}
