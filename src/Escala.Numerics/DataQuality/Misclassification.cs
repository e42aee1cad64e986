using Escala.Numerics.Comparison;

namespace Escala.Numerics.DataQuality;

/// <summary>Sensitivity and specificity of a recorded yes-or-no outcome against the truth.</summary>
/// <param name="Sensitivity">Share of the true outcomes that are recorded as such, 0 to 1.</param>
/// <param name="Specificity">Share of the others that are recorded as such, 0 to 1.</param>
public readonly record struct Misclassification(double Sensitivity, double Specificity)
{
    /// <summary>Makes the pair.</summary>
    /// <param name="sensitivity">Share of the true outcomes that are recorded as such, 0 to 1.</param>
    /// <param name="specificity">Share of the others that are recorded as such, 0 to 1.</param>
    /// <returns>The pair.</returns>
    /// <exception cref="UnfitInputException">A share is outside 0 and 1, or their sum is not above 1: then records say nothing about the truth.</exception>
    public static Misclassification Of(double sensitivity, double specificity)
    {
        if (!(sensitivity is >= 0 and <= 1) || !(specificity is >= 0 and <= 1))
        {
            throw new UnfitInputException("numerics.quality.sensitivity", "Sensitivity and specificity lie between 0 and 1.");
        }
        return sensitivity + specificity > 1
            ? new(sensitivity, specificity)
            : throw new UnfitInputException("numerics.quality.uninformative", "Sensitivity and specificity sum to 1 or less: such records say no more about the truth than chance, and nothing can be corrected.");
    }

    /// <summary>The proportion behind a recorded one, (p + Sp − 1) / (Se + Sp − 1) (Rogan and Gladen 1978).</summary>
    /// <param name="recorded">Recorded proportion, 0 to 1.</param>
    /// <returns>The corrected proportion; <c>Clipped</c> says that it fell outside 0 and 1 and was set to the nearer, so that the assumed errors do not fit the data.</returns>
    /// <exception cref="UnfitInputException">The proportion is outside 0 and 1.</exception>
    public (double Proportion, bool Clipped) Correct(double recorded)
    {
        if (!(recorded is >= 0 and <= 1))
        {
            throw new UnfitInputException("numerics.quality.proportion", "A proportion lies between 0 and 1.");
        }
        double corrected = (recorded + Specificity - 1) / (Sensitivity + Specificity - 1);
        return (Math.Clamp(corrected, 0, 1), corrected is < 0 or > 1);
    }

    /// <summary>Share of the recorded outcomes that are true when the true proportion is <paramref name="proportion"/>; NaN when none is recorded.</summary>
    /// <param name="proportion">True proportion, 0 to 1.</param>
    /// <returns>The positive predictive value.</returns>
    public double PositivePredictiveValue(double proportion) =>
        Sensitivity * proportion / ((Sensitivity * proportion) + ((1 - Specificity) * (1 - proportion)));

    /// <summary>Share of the recorded non-outcomes that are true ones when the true proportion is <paramref name="proportion"/>.</summary>
    /// <param name="proportion">True proportion, 0 to 1.</param>
    /// <returns>The negative predictive value; NaN when none is recorded.</returns>
    public double NegativePredictiveValue(double proportion) =>
        Specificity * (1 - proportion) / ((Specificity * (1 - proportion)) + ((1 - Sensitivity) * proportion));

    /// <summary>Closed-form correction of a comparison of two proportions.</summary>
    /// <param name="unexposed">Recorded proportion among the unexposed, 0 to 1.</param>
    /// <param name="exposed">Recorded proportion among the exposed, 0 to 1.</param>
    /// <param name="ofUnexposed">Errors of the records of the unexposed.</param>
    /// <param name="ofExposed">Errors of the records of the exposed; the same as the others when audits found no difference.</param>
    /// <returns>Recorded and corrected proportions, difference and odds ratio.</returns>
    public static CorrectedComparison Compare(double unexposed, double exposed, Misclassification ofUnexposed, Misclassification ofExposed)
    {
        var (before, clippedBefore) = ofUnexposed.Correct(unexposed);
        var (after, clippedAfter) = ofExposed.Correct(exposed);
        return new(unexposed, exposed, before, after, clippedBefore || clippedAfter);
    }
}

/// <summary>A comparison of two proportions before and after correction.</summary>
/// <param name="RecordedUnexposed">Recorded proportion of the unexposed.</param>
/// <param name="RecordedExposed">Recorded proportion of the exposed.</param>
/// <param name="Unexposed">Corrected proportion of the unexposed.</param>
/// <param name="Exposed">Corrected proportion of the exposed.</param>
/// <param name="Clipped">A corrected proportion fell outside 0 and 1: the assumed errors do not fit the data.</param>
public sealed record CorrectedComparison(double RecordedUnexposed, double RecordedExposed, double Unexposed, double Exposed, bool Clipped)
{
    /// <summary>Recorded difference, exposed minus unexposed.</summary>
    public double RecordedDifference => RecordedExposed - RecordedUnexposed;

    /// <summary>Corrected difference.</summary>
    public double Difference => Exposed - Unexposed;

    /// <summary>Recorded odds ratio; NaN or infinite when a proportion is 0 or 1.</summary>
    public double RecordedOddsRatio => Odds(RecordedExposed) / Odds(RecordedUnexposed);

    /// <summary>Corrected odds ratio; NaN or infinite when a proportion is 0 or 1.</summary>
    public double OddsRatio => Odds(Exposed) / Odds(Unexposed);

    private static double Odds(double p) => p / (1 - p);
}

/// <summary>How many records would have to be wrong for an effect to vanish.</summary>
/// <param name="Records">
/// Smallest number of exposed records whose change makes the interval of the odds ratio include 1; 0 when it already does. Null when even
/// changing all of them does not.
/// </param>
/// <param name="Rate">Those records as a share of the exposed records that could be changed; NaN when null or when there are none.</param>
/// <param name="Direction">"recorded outcomes that were none" when the odds ratio is above 1, "missed outcomes" below.</param>
public sealed record TippingPoint(long? Records, double Rate, string Direction)
{
    /// <summary>Finds the tipping point of a two-by-two table.</summary>
    /// <param name="table">The counts.</param>
    /// <param name="confidence">Coverage of the interval (Woolf, with one half added when a cell is empty), above 0 and below 1.</param>
    /// <returns>The tipping point.</returns>
    public static TippingPoint Of(TwoByTwoTable table, double confidence = 0.95)
    {
        ArgumentNullException.ThrowIfNull(table);
        bool harmful = Interval(table, confidence).Value < 1;
        long most = harmful ? table.B : table.A;
        TwoByTwoTable Changed(long k) => harmful ? new(table.A + k, table.B - k, table.C, table.D) : new(table.A - k, table.B + k, table.C, table.D);
        // Changing records moves the interval one way only: the first k that includes 1 is found by halving.
        bool Includes(long k) => harmful ? Interval(Changed(k), confidence).Upper >= 1 : Interval(Changed(k), confidence).Lower <= 1;
        string direction = harmful ? "missed outcomes" : "recorded outcomes that were none";
        if (!Includes(most))
        {
            return new(null, double.NaN, direction);
        }
        long low = 0, high = most;
        while (low < high)
        {
            long middle = (low + high) / 2;
            (low, high) = Includes(middle) ? (low, middle) : (middle + 1, high);
        }
        return new(low, most == 0 ? double.NaN : (double)low / most, direction);
    }

    private static IntervalEstimate Interval(TwoByTwoTable table, double confidence) =>
        table.A == 0 || table.B == 0 || table.C == 0 || table.D == 0 ? table.HaldaneOddsRatio(confidence) : table.OddsRatio(confidence);
}
