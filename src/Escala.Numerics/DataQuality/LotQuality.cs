using Escala.Numerics.Comparison;
using MathNet.Numerics.Distributions;

namespace Escala.Numerics.DataQuality;

/// <summary>Lot quality assurance sampling: accept a lot when at least d of n sampled records are correct (Valadez 1991).</summary>
/// <param name="Sample">Records sampled, n, at least 1.</param>
/// <param name="Required">Correct ones that are needed, d, 0 to n.</param>
public readonly record struct LotQuality(int Sample, int Required)
{
    /// <summary>The rule that accepts a lot with at most so many errors.</summary>
    /// <param name="sample">Records sampled, at least 1.</param>
    /// <param name="errors">Errors that are allowed, 0 to the sample.</param>
    /// <returns>The rule.</returns>
    /// <exception cref="UnfitInputException">A number is outside its range.</exception>
    public static LotQuality WithErrors(int sample, int errors)
    {
        UnfitInputException.ThrowIfNegative(errors);
        return Checked(sample, sample - errors);
    }

    /// <summary>The smallest sample, and its rule, that keeps both risks.</summary>
    /// <param name="good">Share correct at which a lot should be accepted, above <paramref name="bad"/>, at most 1.</param>
    /// <param name="bad">Share correct at which a lot should be rejected, at least 0.</param>
    /// <param name="rejectGood">Largest risk of rejecting a good lot, above 0 and below 1.</param>
    /// <param name="acceptBad">Largest risk of accepting a bad lot, above 0 and below 1.</param>
    /// <returns>The rule; null when no sample of up to 10,000 keeps both risks.</returns>
    /// <exception cref="UnfitInputException">A share or risk is outside its range.</exception>
    public static LotQuality? Smallest(double good, double bad, double rejectGood, double acceptBad)
    {
        Tail.CheckConfidence(rejectGood);
        Tail.CheckConfidence(acceptBad);
        if (!(bad >= 0 && bad < good && good <= 1))
        {
            throw new UnfitInputException("numerics.quality.lot-shares", "The bad share is at least 0 and below the good one, which is at most 1.");
        }
        const int Most = 10_000;
        for (int n = 1; n <= Most; n++)
        {
            int d = SmallestRequired(n, bad, acceptBad);
            if (d <= n && Checked(n, d).RejectProbability(good) <= rejectGood)
            {
                return new(n, d);
            }
        }
        return null;
    }

    /// <summary>Probability that a lot with a share of correct records is accepted.</summary>
    /// <param name="correct">True share of correct records, 0 to 1.</param>
    /// <returns>The probability.</returns>
    /// <exception cref="UnfitInputException">The share is outside 0 and 1.</exception>
    public double AcceptProbability(double correct) => Reached(Sample, Required, correct);

    /// <summary>Probability that such a lot is rejected.</summary>
    /// <param name="correct">True share of correct records, 0 to 1.</param>
    /// <returns>The probability.</returns>
    /// <exception cref="UnfitInputException">The share is outside 0 and 1.</exception>
    public double RejectProbability(double correct) => 1 - AcceptProbability(correct);

    private static int SmallestRequired(int sample, double bad, double acceptBad)
    {
        int low = 0, high = sample + 1;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = Reached(sample, middle, bad) <= acceptBad ? (low, middle) : (middle + 1, high);
        }
        return low;
    }

    private static double Reached(int sample, int required, double correct)
    {
        if (!(correct is >= 0 and <= 1))
        {
            throw new UnfitInputException("numerics.quality.share", "A share lies between 0 and 1.");
        }
        // P(X ≥ d) as the other tail of the errors, which keeps small probabilities exact.
        return required <= 0 ? 1 : Binomial.CDF(1 - correct, sample, sample - required);
    }

    private static LotQuality Checked(int sample, int required)
    {
        UnfitInputException.ThrowIfLessThan(sample, 1);
        UnfitInputException.ThrowIfNegative(required);
        UnfitInputException.ThrowIfGreaterThan(required, sample);
        return new(sample, required);
    }
}
