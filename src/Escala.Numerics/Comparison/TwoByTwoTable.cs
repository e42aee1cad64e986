namespace Escala.Numerics.Comparison;

/// <summary>Counts of an outcome in two independent groups; every count at least 0.</summary>
public sealed record TwoByTwoTable
{
    /// <summary>Makes the table.</summary>
    /// <param name="exposedWith">Exposed persons with the outcome, a.</param>
    /// <param name="exposedWithout">Exposed persons without it, b.</param>
    /// <param name="unexposedWith">Unexposed persons with the outcome, c.</param>
    /// <param name="unexposedWithout">Unexposed persons without it, d.</param>
    /// <exception cref="UnfitInputException">A count is negative.</exception>
    public TwoByTwoTable(long exposedWith, long exposedWithout, long unexposedWith, long unexposedWithout)
    {
        UnfitInputException.ThrowIfNegative(exposedWith);
        UnfitInputException.ThrowIfNegative(exposedWithout);
        UnfitInputException.ThrowIfNegative(unexposedWith);
        UnfitInputException.ThrowIfNegative(unexposedWithout);
        (A, B, C, D) = (exposedWith, exposedWithout, unexposedWith, unexposedWithout);
    }

    /// <summary>Exposed with the outcome.</summary>
    public long A { get; }

    /// <summary>Exposed without the outcome.</summary>
    public long B { get; }

    /// <summary>Unexposed with the outcome.</summary>
    public long C { get; }

    /// <summary>Unexposed without the outcome.</summary>
    public long D { get; }

    /// <summary>Proportion with the outcome among the exposed; NaN without any.</summary>
    public double ExposedProportion => A / (double)(A + B);

    /// <summary>Proportion with the outcome among the unexposed; NaN without any.</summary>
    public double UnexposedProportion => C / (double)(C + D);

    /// <summary>Pearson's chi-square test, 1 degree of freedom.</summary>
    /// <param name="correction">Yates' continuity correction, as R applies it (never beyond the deviation itself).</param>
    /// <returns>The test; without a result when a margin is empty.</returns>
    public HypothesisTest ChiSquare(YatesCorrection correction = YatesCorrection.None) =>
        ContingencyTable.ChiSquare(new double[,] { { A, B }, { C, D } }, correction);

    /// <summary>The smallest count expected without an association; below 5 take Fisher's test (Cochran 1954). NaN for an empty table.</summary>
    public double SmallestExpected => (double)Math.Min(A + B, C + D) * Math.Min(A + C, B + D) / (A + B + C + D);

    /// <summary>Fisher's exact test, with the conditional estimate and exact interval of the odds ratio (Fisher 1935).</summary>
    /// <param name="confidence">Coverage of the interval, above 0 and below 1.</param>
    /// <returns>Two-sided p (sum of the tables no likelier than this one), conditional odds ratio and its interval.</returns>
    public FisherExactResult Fisher(double confidence = 0.95)
    {
        Tail.CheckConfidence(confidence);
        return FisherExact.Test(this, confidence);
    }

    /// <summary>Risk difference, exposed minus unexposed, with Newcombe's interval (1998, method 10).</summary>
    /// <param name="confidence">Coverage, above 0 and below 1.</param>
    /// <returns>The difference, −1 to 1; NaN when a group is empty.</returns>
    public IntervalEstimate RiskDifference(double confidence = 0.95)
    {
        var interval = ProportionInterval.NewcombeDifference(A, A + B, C, C + D, confidence);
        return new(ExposedProportion - UnexposedProportion, interval.Lower, interval.Upper);
    }

    /// <summary>Risk difference with Wald's interval, which may leave −1 to 1 and covers too rarely in small groups.</summary>
    /// <param name="confidence">Coverage, above 0 and below 1.</param>
    /// <returns>The difference; NaN when a group is empty.</returns>
    public IntervalEstimate RiskDifferenceWald(double confidence = 0.95)
    {
        Tail.CheckConfidence(confidence);
        double p = ExposedProportion, q = UnexposedProportion;
        return IntervalEstimate.Normal(p - q, Math.Sqrt((p * (1 - p) / (A + B)) + (q * (1 - q) / (C + D))), confidence);
    }

    /// <summary>Risk ratio with the log-normal interval of Katz (1978).</summary>
    /// <param name="confidence">Coverage, above 0 and below 1.</param>
    /// <returns>The ratio; without an interval when either group has no outcome, NaN when the unexposed have none.</returns>
    public IntervalEstimate RiskRatio(double confidence = 0.95)
    {
        Tail.CheckConfidence(confidence);
        double ratio = ExposedProportion / UnexposedProportion;
        if (A == 0 || C == 0)
        {
            return new(C == 0 ? double.NaN : ratio, double.NaN, double.NaN);
        }
        double variance = (1.0 / A) - (1.0 / (A + B)) + (1.0 / C) - (1.0 / (C + D));
        return IntervalEstimate.FromLog(Math.Log(ratio), Math.Sqrt(variance), confidence);
    }

    /// <summary>Odds ratio with the log-normal interval of Woolf (1955).</summary>
    /// <param name="confidence">Coverage, above 0 and below 1.</param>
    /// <returns>The ratio; NaN when a cell is empty (see <see cref="HaldaneOddsRatio"/> and <see cref="Fisher"/>).</returns>
    public IntervalEstimate OddsRatio(double confidence = 0.95)
    {
        Tail.CheckConfidence(confidence);
        return A == 0 || B == 0 || C == 0 || D == 0 ? IntervalEstimate.None : LogOddsRatio(0, confidence);
    }

    /// <summary>Odds ratio after adding one half to every cell (Haldane 1956; Anscombe 1956): defined with empty cells.</summary>
    /// <param name="confidence">Coverage, above 0 and below 1.</param>
    /// <returns>The ratio and interval.</returns>
    public IntervalEstimate HaldaneOddsRatio(double confidence = 0.95)
    {
        Tail.CheckConfidence(confidence);
        return LogOddsRatio(0.5, confidence);
    }

    private IntervalEstimate LogOddsRatio(double added, double confidence)
    {
        double a = A + added, b = B + added, c = C + added, d = D + added;
        return IntervalEstimate.FromLog(Math.Log(a) - Math.Log(b) - Math.Log(c) + Math.Log(d), Math.Sqrt((1 / a) + (1 / b) + (1 / c) + (1 / d)), confidence);
    }
}
