namespace Escala.Numerics.DataQuality;

/// <summary>What a recount says of a report.</summary>
public enum VerificationStatus
{
    /// <summary>Inside the accepted band, or nothing reported and nothing found.</summary>
    Agrees,

    /// <summary>Fewer were found than reported: the factor lies below the band.</summary>
    OverReported,

    /// <summary>More were found than reported: the factor lies above the band.</summary>
    UnderReported,

    /// <summary>Nothing was reported though there was something to report: there is no factor.</summary>
    NotReported,
}

/// <summary>Recounted over reported, for one site, indicator and period (WHO Data Quality Review, module 3).</summary>
/// <param name="Reported">Count in the report, at least 0.</param>
/// <param name="Recounted">Count in the source documents, at least 0.</param>
/// <param name="Value">The factor: 1 when both are 0, NaN when only the report is 0.</param>
/// <param name="Status">What it says.</param>
public readonly record struct VerificationFactor(long Reported, long Recounted, double Value, VerificationStatus Status)
{
    /// <summary>Lowest factor that is usually accepted.</summary>
    public const double LowestAccepted = 0.90;

    /// <summary>Highest factor that is usually accepted.</summary>
    public const double HighestAccepted = 1.10;

    /// <summary>Compares a recount with a report.</summary>
    /// <param name="reported">Count in the report, at least 0.</param>
    /// <param name="recounted">Count in the source documents, at least 0.</param>
    /// <param name="lowest">Lowest accepted factor, above 0 and at most 1.</param>
    /// <param name="highest">Highest accepted factor, at least 1.</param>
    /// <returns>The factor and its status; a factor on a limit agrees.</returns>
    /// <exception cref="UnfitInputException">A count is negative, or the band does not contain 1.</exception>
    public static VerificationFactor Of(long reported, long recounted, double lowest = LowestAccepted, double highest = HighestAccepted)
    {
        UnfitInputException.ThrowIfNegative(reported);
        UnfitInputException.ThrowIfNegative(recounted);
        UnfitInputException.ThrowIfNegativeOrZero(lowest);
        UnfitInputException.ThrowIfGreaterThan(lowest, 1);
        UnfitInputException.ThrowIfLessThan(highest, 1);
        if (reported == 0)
        {
            return recounted == 0 ? new(0, 0, 1, VerificationStatus.Agrees) : new(0, recounted, double.NaN, VerificationStatus.NotReported);
        }
        double value = (double)recounted / reported;
        return new(reported, recounted, value, value < lowest ? VerificationStatus.OverReported : value > highest ? VerificationStatus.UnderReported : VerificationStatus.Agrees);
    }
}

/// <summary>Factors of several sites. The pooled factor lets opposite errors cancel, so the share outside the band stands beside it.</summary>
/// <param name="Pooled">Sum recounted over sum reported; NaN when nothing was reported but something found.</param>
/// <param name="Outside">Sites that do not agree, those that reported nothing included.</param>
/// <param name="Sites">Sites.</param>
/// <param name="Factors">Each site's factor, in the order given.</param>
public sealed record VerificationSummary(double Pooled, int Outside, int Sites, IReadOnlyList<VerificationFactor> Factors)
{
    /// <summary>Share of the sites that do not agree; NaN without sites.</summary>
    public double ShareOutside => (double)Outside / Sites;

    /// <summary>Summarises factors.</summary>
    /// <param name="factors">One factor a site.</param>
    /// <returns>The summary.</returns>
    public static VerificationSummary Of(IReadOnlyList<VerificationFactor> factors)
    {
        ArgumentNullException.ThrowIfNull(factors);
        double pooled = factors.Count == 0 ? double.NaN : VerificationFactor.Of(factors.Sum(f => f.Reported), factors.Sum(f => f.Recounted)).Value;
        return new(pooled, factors.Count(f => f.Status != VerificationStatus.Agrees), factors.Count, factors);
    }
}
