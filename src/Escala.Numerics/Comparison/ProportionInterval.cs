using MathNet.Numerics;

namespace Escala.Numerics.Comparison;

/// <summary>
/// A two-sided confidence interval for a proportion, or for the difference of two proportions.
/// Both limits are NaN when a denominator is zero: nobody was observed, so nothing is known.
/// </summary>
/// <param name="Lower">Lower limit: 0 to 1 for a proportion, −1 to 1 for a difference.</param>
/// <param name="Upper">Upper limit, not below <paramref name="Lower"/>.</param>
public readonly record struct ProportionInterval(double Lower, double Upper)
{
    private static readonly ProportionInterval s_unknown = new(double.NaN, double.NaN);

    /// <summary>The score interval without continuity correction (Wilson 1927).</summary>
    /// <param name="numerator">Persons with the outcome, 0 to <paramref name="denominator"/>.</param>
    /// <param name="denominator">Persons observed, at least 0.</param>
    /// <param name="confidence">Coverage, above 0 and below 1.</param>
    /// <returns>Limits within 0 and 1; exactly 0 below a zero count and exactly 1 above a full one.</returns>
    /// <exception cref="UnfitInputException">A count is negative, the numerator exceeds the denominator, or the confidence is not inside 0 and 1.</exception>
    public static ProportionInterval Wilson(long numerator, long denominator, double confidence = 0.95)
    {
        Check(numerator, denominator, confidence);
        if (denominator == 0)
        {
            return s_unknown;
        }
        double n = denominator, p = numerator / n, z = Tail.NormalQuantile(0.5 + (confidence / 2)), z2 = z * z;
        double centre = (p + (z2 / (2 * n))) / (1 + (z2 / n));
        double half = z / (1 + (z2 / n)) * Math.Sqrt((p * (1 - p) / n) + (z2 / (4 * n * n)));
        return new(numerator == 0 ? 0 : centre - half, numerator == denominator ? 1 : centre + half);
    }

    /// <summary>The exact interval from the binomial tails (Clopper and Pearson 1934); covers at least as often as stated.</summary>
    /// <param name="numerator">Persons with the outcome, 0 to <paramref name="denominator"/>.</param>
    /// <param name="denominator">Persons observed, at least 0.</param>
    /// <param name="confidence">Coverage, above 0 and below 1.</param>
    /// <returns>Limits within 0 and 1.</returns>
    /// <exception cref="UnfitInputException">A count is negative, the numerator exceeds the denominator, or the confidence is not inside 0 and 1.</exception>
    public static ProportionInterval ClopperPearson(long numerator, long denominator, double confidence = 0.95)
    {
        Check(numerator, denominator, confidence);
        if (denominator == 0)
        {
            return s_unknown;
        }
        double tail = (1 - confidence) / 2, x = numerator, n = denominator;
        double lower = numerator == 0 ? 0 : Tail.BetaQuantile(x, n - x + 1, tail);
        double upper = numerator == denominator ? 1 : 1 - Tail.BetaQuantile(n - x, x + 1, tail);
        return new(lower, upper);
    }

    /// <summary>
    /// The interval for the difference of two independent proportions, first minus second, built from their Wilson intervals
    /// (Newcombe 1998, method 10).
    /// </summary>
    /// <param name="numerator1">Persons with the outcome in the first group.</param>
    /// <param name="denominator1">Persons observed in the first group, at least 0.</param>
    /// <param name="numerator2">Persons with the outcome in the second group.</param>
    /// <param name="denominator2">Persons observed in the second group, at least 0.</param>
    /// <param name="confidence">Coverage, above 0 and below 1.</param>
    /// <returns>Limits within −1 and 1.</returns>
    /// <exception cref="UnfitInputException">A count is negative, a numerator exceeds its denominator, or the confidence is not inside 0 and 1.</exception>
    public static ProportionInterval NewcombeDifference(
        long numerator1, long denominator1, long numerator2, long denominator2, double confidence = 0.95)
    {
        ProportionInterval first = Wilson(numerator1, denominator1, confidence), second = Wilson(numerator2, denominator2, confidence);
        double p1 = (double)numerator1 / denominator1, p2 = (double)numerator2 / denominator2, difference = p1 - p2;
        return new(
            difference - SpecialFunctions.Hypotenuse(p1 - first.Lower, second.Upper - p2),
            difference + SpecialFunctions.Hypotenuse(first.Upper - p1, p2 - second.Lower));
    }

    private static void Check(long numerator, long denominator, double confidence)
    {
        UnfitInputException.ThrowIfNegative(denominator);
        UnfitInputException.ThrowIfNegative(numerator);
        UnfitInputException.ThrowIfGreaterThan(numerator, denominator);
        Tail.CheckConfidence(confidence);
    }
}
