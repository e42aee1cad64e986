namespace Escala.Numerics.Comparison;

/// <summary>The association of two-by-two tables over strata (Mantel and Haenszel 1959).</summary>
public static class MantelHaenszel
{
    /// <summary>Tests and estimates a common odds ratio. Strata in which a margin is empty carry no information and weigh nothing.</summary>
    /// <param name="strata">One table a stratum.</param>
    /// <param name="correction">Continuity correction of one half in the test (R's default).</param>
    /// <param name="confidence">Coverage of the interval of Robins, Breslow and Greenland (1986), above 0 and below 1.</param>
    /// <returns>The test on 1 degree of freedom and the odds ratio; both without a result when no stratum is informative.</returns>
    public static MantelHaenszelResult Test(IReadOnlyList<TwoByTwoTable> strata, YatesCorrection correction = YatesCorrection.None, double confidence = 0.95)
    {
        ArgumentNullException.ThrowIfNull(strata);
        Tail.CheckConfidence(confidence);
        double deviation = 0, variance = 0, r = 0, s = 0, pr = 0, mixed = 0, qs = 0;
        foreach (var t in strata)
        {
            double n = t.A + t.B + t.C + t.D, exposed = t.A + t.B, with = t.A + t.C;
            if (n < 2)
            {
                continue;
            }
            deviation += t.A - (exposed * with / n);
            variance += exposed * (n - exposed) * with * (n - with) / (n * n * (n - 1));
            double rk = (double)t.A * t.D / n, sk = (double)t.B * t.C / n, p = (t.A + t.D) / n, q = (t.B + t.C) / n;
            r += rk;
            s += sk;
            pr += p * rk;
            mixed += (p * sk) + (q * rk);
            qs += q * sk;
        }
        string method = correction == YatesCorrection.Applied ? "Mantel–Haenszel with continuity correction" : "Mantel–Haenszel";
        double reduced = Math.Max(0, Math.Abs(deviation) - (correction == YatesCorrection.Applied ? Math.Min(0.5, Math.Abs(deviation)) : 0));
        var test = variance > 0
            ? HypothesisTest.ChiSquare(method, reduced * reduced / variance, 1)
            : HypothesisTest.None(method, new Sentence("numerics.comparison.no-stratum", "No stratum has both outcomes and both groups: there is nothing to compare."));
        double error = Math.Sqrt((pr / (2 * r * r)) + (mixed / (2 * r * s)) + (qs / (2 * s * s)));
        return new(test, r > 0 && s > 0 ? IntervalEstimate.FromLog(Math.Log(r / s), error, confidence) : IntervalEstimate.None);
    }
}

/// <summary>Result of <see cref="MantelHaenszel.Test"/>.</summary>
/// <param name="Test">Test that the common odds ratio is 1.</param>
/// <param name="OddsRatio">Common odds ratio; NaN when an outcome never occurs in one of the groups.</param>
public sealed record MantelHaenszelResult(HypothesisTest Test, IntervalEstimate OddsRatio);
