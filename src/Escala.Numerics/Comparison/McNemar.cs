using MathNet.Numerics.Distributions;

namespace Escala.Numerics.Comparison;

/// <summary>McNemar's test of paired yes-or-no answers (McNemar 1947); only the pairs that changed speak.</summary>
public static class McNemar
{
    private static readonly Sentence s_nobodyChanged = new("numerics.comparison.no-pair-changed", "No pair changed: there is nothing to test.");

    /// <summary>Chi-square form, 1 degree of freedom.</summary>
    /// <param name="gained">Pairs that went from no to yes, at least 0.</param>
    /// <param name="lost">Pairs that went from yes to no, at least 0.</param>
    /// <param name="correction">Edwards' continuity correction of 1.</param>
    /// <returns>The test; without a result when no pair changed.</returns>
    public static HypothesisTest ChiSquare(long gained, long lost, YatesCorrection correction = YatesCorrection.None)
    {
        string method = correction == YatesCorrection.Applied ? "McNemar with continuity correction" : "McNemar";
        double changed = Changed(gained, lost);
        if (changed == 0)
        {
            return HypothesisTest.None(method, s_nobodyChanged);
        }
        double deviation = Math.Max(0, Math.Abs((double)gained - lost) - (correction == YatesCorrection.Applied ? 1 : 0));
        return HypothesisTest.ChiSquare(method, deviation * deviation / changed, 1);
    }

    /// <summary>Exact binomial form.</summary>
    /// <param name="gained">Pairs that went from no to yes, at least 0.</param>
    /// <param name="lost">Pairs that went from yes to no, at least 0.</param>
    /// <returns>Two-sided p; without a result when no pair changed.</returns>
    public static HypothesisTest Exact(long gained, long lost)
    {
        int changed = Changed(gained, lost);
        return changed == 0
            ? HypothesisTest.None("McNemar, exact", s_nobodyChanged)
            : new("McNemar, exact", double.NaN, null, Math.Min(1, 2 * Binomial.CDF(0.5, changed, Math.Min(gained, lost))));
    }

    /// <summary>Mid-p form: the exact p less half the probability of the observed split; closer to its level than the exact one (Fagerland 2013).</summary>
    /// <param name="gained">Pairs that went from no to yes, at least 0.</param>
    /// <param name="lost">Pairs that went from yes to no, at least 0.</param>
    /// <returns>Two-sided mid-p; without a result when no pair changed.</returns>
    public static HypothesisTest MidP(long gained, long lost)
    {
        int changed = Changed(gained, lost), fewer = (int)Math.Min(gained, lost);
        if (changed == 0)
        {
            return HypothesisTest.None("McNemar, mid-p", s_nobodyChanged);
        }
        double p = gained == lost
            ? 1 - Binomial.PMF(0.5, changed, fewer)
            : (2 * Binomial.CDF(0.5, changed, fewer)) - Binomial.PMF(0.5, changed, fewer);
        return new("McNemar, mid-p", double.NaN, null, p);
    }

    private static int Changed(long gained, long lost)
    {
        UnfitInputException.ThrowIfNegative(gained);
        UnfitInputException.ThrowIfNegative(lost);
        return checked((int)(gained + lost));
    }
}
