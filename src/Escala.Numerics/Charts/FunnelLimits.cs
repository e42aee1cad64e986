using Escala.Numerics.Comparison;
using Escala.Numerics.Distributions;
using MathNet.Numerics.Distributions;

namespace Escala.Numerics.Charts;

/// <summary>Where an observed proportion lies against the limits of a funnel plot.</summary>
public enum FunnelPosition
{
    /// <summary>There is no observed proportion (no denominator).</summary>
    Unknown,

    /// <summary>Below the 99.8 % limits.</summary>
    FarBelow,

    /// <summary>Between the lower 99.8 % and 95 % limits.</summary>
    Below,

    /// <summary>Inside the 95 % limits: consistent with the target.</summary>
    Within,

    /// <summary>Between the upper 95 % and 99.8 % limits.</summary>
    Above,

    /// <summary>Above the 99.8 % limits.</summary>
    FarAbove,
}

/// <summary>
/// Control limits of a funnel plot for a proportion: what chance alone does to a unit of this size whose true proportion is the target
/// (Spiegelhalter 2005, Statistics in Medicine 24:1185). Limits lie within 0 and 1, and are NaN for a unit that observed nobody.
/// </summary>
/// <param name="Within95">Limits that a unit on target leaves about once in 20.</param>
/// <param name="Within998">Limits that a unit on target leaves about once in 500.</param>
public readonly record struct FunnelLimits(ProportionInterval Within95, ProportionInterval Within998)
{
    /// <summary>Binomial limits interpolated between counts, so that the funnel is smooth (Spiegelhalter 2005, appendix A.1.1).</summary>
    /// <param name="target">The proportion all units are compared with, 0 to 1; usually the pooled one.</param>
    /// <param name="denominator">Persons observed in the unit, at least 0.</param>
    /// <returns>95 % and 99.8 % limits as proportions.</returns>
    /// <exception cref="UnfitInputException">The target is not within 0 and 1, or the denominator is negative.</exception>
    public static FunnelLimits InterpolatedBinomial(double target, long denominator) => Create(target, denominator, InterpolatedLimit);

    /// <summary>Binomial limits at counts: the smallest counts that reach each tail probability, divided by the denominator.</summary>
    /// <param name="target">The proportion all units are compared with, 0 to 1.</param>
    /// <param name="denominator">Persons observed in the unit, at least 0.</param>
    /// <returns>95 % and 99.8 % limits as proportions.</returns>
    /// <exception cref="UnfitInputException">The target is not within 0 and 1, or the denominator is negative.</exception>
    public static FunnelLimits ExactBinomial(double target, long denominator) =>
        Create(target, denominator, (p, n, tail) => (double)CountQuantile.Binomial(n, p, tail) / n);

    /// <summary>Limits of the Wilson score form about the target, as English public-health profiles draw them.</summary>
    /// <param name="target">The proportion all units are compared with, 0 to 1.</param>
    /// <param name="denominator">Persons observed in the unit, at least 0.</param>
    /// <returns>95 % and 99.8 % limits as proportions.</returns>
    /// <exception cref="UnfitInputException">The target is not within 0 and 1, or the denominator is negative.</exception>
    public static FunnelLimits WilsonScore(double target, long denominator) => Create(target, denominator, ScoreLimit);

    /// <summary>Where an observed proportion lies; a value on a limit is inside it.</summary>
    /// <param name="proportion">Observed proportion; NaN when nobody was observed.</param>
    /// <returns>The band the proportion falls in.</returns>
    public FunnelPosition Position(double proportion)
    {
        if (double.IsNaN(proportion) || double.IsNaN(Within95.Lower))
        {
            return FunnelPosition.Unknown;
        }
        if (proportion < Within95.Lower)
        {
            return proportion < Within998.Lower ? FunnelPosition.FarBelow : FunnelPosition.Below;
        }
        if (proportion > Within95.Upper)
        {
            return proportion > Within998.Upper ? FunnelPosition.FarAbove : FunnelPosition.Above;
        }
        return FunnelPosition.Within;
    }

    private static FunnelLimits Create(double target, long denominator, Func<double, long, double, double> limit)
    {
        if (!(target >= 0 && target <= 1))
        {
            throw new UnfitInputException("numerics.charts.target", "A target proportion lies between 0 and 1.");
        }
        UnfitInputException.ThrowIfNegative(denominator);
        if (denominator > 0 && (target is 0 or 1))
        {
            // Nothing varies about a target of none or all: any other proportion is off target.
            return new(new(target, target), new(target, target));
        }
        ProportionInterval Band(double tail) => denominator == 0
            ? new(double.NaN, double.NaN)
            : new(limit(target, denominator, tail), limit(target, denominator, 1 - tail));
        return new(Band(0.025), Band(0.001));
    }

    private static double InterpolatedLimit(double target, long denominator, double tail)
    {
        long count = CountQuantile.Binomial(denominator, target, tail);
        double mass = Binomial.PMF(target, (int)denominator, (int)count);
        // The library has no value at the count of everybody, which is certain.
        double excess = (count == denominator ? 1 : Binomial.CDF(target, (int)denominator, count)) - tail;
        double fraction = mass > 0 ? excess / mass : 0;
        return Math.Clamp((count - fraction) / denominator, 0, 1);
    }

    private static double ScoreLimit(double target, long denominator, double tail)
    {
        double z = Tail.NormalQuantile(tail), n = denominator;
        double root = Math.Sqrt((z * z) + (4 * n * target * (1 - target)));
        return Math.Clamp(((2 * n * target) + (z * z) + (z * root)) / (2 * (n + (z * z))), 0, 1);
    }
}
