using Escala.Numerics.Comparison;

namespace Escala.Numerics.SteppedWedge;

/// <summary>The smallest number of clusters or persons that reaches a wanted power.</summary>
public static class SampleSize
{
    /// <summary>Most clusters a sequence, and most persons a cell, that are looked at.</summary>
    public const int Most = 1_000_000;

    /// <summary>Searches a power that does not fall as its argument grows, by doubling and then halving.</summary>
    /// <param name="power">Power at a number of clusters or persons, at least 1; NaN counts as none.</param>
    /// <param name="target">Wanted power, above 0 and below 1.</param>
    /// <returns>The smallest number that reaches the target, or null when <see cref="Most"/> does not: more of these alone cannot.</returns>
    /// <exception cref="UnfitInputException">The target is not inside 0 and 1.</exception>
    public static int? Smallest(Func<int, double> power, double target)
    {
        ArgumentNullException.ThrowIfNull(power);
        Tail.CheckConfidence(target);
        int enough = 1;
        while (!(power(enough) >= target))
        {
            if (enough >= Most)
            {
                return null;
            }
            enough = Math.Min(2 * enough, Most);
        }
        int tooFew = enough / 2;
        while (enough - tooFew > 1)
        {
            int middle = tooFew + ((enough - tooFew) / 2);
            (tooFew, enough) = power(middle) >= target ? (tooFew, middle) : (middle, enough);
        }
        return enough;
    }
}
