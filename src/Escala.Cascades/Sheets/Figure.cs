using Escala.Numerics.Comparison;

namespace Escala.Cascades.Sheets;

public enum FigureStatus
{
    Ok,

    /// <summary>Nobody was asked: there is no proportion, neither 0 % nor 100 %.</summary>
    NoDenominator,

    /// <summary>More passed than were asked: shown as it is, in no pooled figure, until somebody settles it.</summary>
    Inconsistent,

    /// <summary>Not shown, because it would speak of single people.</summary>
    Suppressed,
}

/// <summary>
/// How many of how many. Counts are null where suppressed; the proportion where there is none; the 95 % Wilson interval besides for sums of
/// facilities, whose people resemble their neighbours more than an interval for independent people allows.
/// </summary>
public sealed record Figure(int? Numerator, int? Denominator, FigureStatus Status, double? Proportion, ProportionInterval? Interval)
{
    public static Figure Hidden { get; } = new(null, null, FigureStatus.Suppressed, null, null);

    /// <summary>Denominator minus numerator; null where there is no proportion.</summary>
    public int? DropOff => Status == FigureStatus.Ok ? Denominator - Numerator : null;

    public static Figure Of(int numerator, int denominator, bool isSum)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(numerator);
        ArgumentOutOfRangeException.ThrowIfNegative(denominator);
        if (numerator > denominator) return new(numerator, denominator, FigureStatus.Inconsistent, null, null);
        return denominator == 0
            ? new(numerator, denominator, FigureStatus.NoDenominator, null, null)
            : new(numerator, denominator, FigureStatus.Ok, (double)numerator / denominator,
                isSum ? null : ProportionInterval.Wilson(numerator, denominator));
    }
}
