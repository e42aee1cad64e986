namespace Escala.Numerics.Comparison;

/// <summary>
/// Student's t tests of a difference of means, with the interval that goes with them. Missing values (NaN) are left out and counted. With
/// fewer than two values the standard error is NaN, and without any variation the statistic is; <see cref="MeanDifference.Reason"/> says so.
/// </summary>
public static class StudentTest
{
    /// <summary>Paired t test of the change, second minus first (Student 1908).</summary>
    /// <param name="before">First measurement of each person; NaN where missing.</param>
    /// <param name="after">Second measurement of the same persons in the same order; NaN where missing.</param>
    /// <param name="confidence">Coverage of the interval, above 0 and below 1.</param>
    /// <returns>The mean change, in the unit of the measurements.</returns>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public static MeanDifference Paired(IReadOnlyList<double> before, IReadOnlyList<double> after, double confidence = 0.95)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        if (before.Count != after.Count)
        {
            throw new UnfitInputException("numerics.comparison.pairs", "{first} first and {second} second measurements are no pairs: match them by person.", ("first", before.Count), ("second", after.Count));
        }
        var pairs = before.Zip(after).Where(p => !double.IsNaN(p.First) && !double.IsNaN(p.Second)).ToArray();
        var change = Moments.Of(pairs.Select(p => p.Second - p.First));
        double error = Math.Sqrt(change.Variance / change.Count);
        return MeanDifference.Create("paired t", change.Mean, error, change.Count - 1, confidence) with
        {
            Mean1 = Moments.Of(pairs.Select(p => p.First)).Mean,
            Mean2 = Moments.Of(pairs.Select(p => p.Second)).Mean,
            Count1 = change.Count,
            Count2 = change.Count,
            StandardDeviation = Math.Sqrt(change.Variance),
            EffectSize = change.Mean / Math.Sqrt(change.Variance),
            Missing = before.Count - change.Count,
        };
    }

    /// <summary>Welch's t test of two independent groups, second minus first, without assuming equal variances (Welch 1947).</summary>
    /// <param name="first">Measurements of the first group; NaN where missing.</param>
    /// <param name="second">Measurements of the second group; NaN where missing.</param>
    /// <param name="confidence">Coverage of the interval, above 0 and below 1.</param>
    /// <returns>The difference of means, with Satterthwaite's degrees of freedom.</returns>
    public static MeanDifference Welch(IReadOnlyList<double> first, IReadOnlyList<double> second, double confidence = 0.95)
    {
        var (a, b) = Groups(first, second);
        double va = a.Variance / a.Count, vb = b.Variance / b.Count, variance = va + vb;
        double df = variance * variance / ((va * va / (a.Count - 1)) + (vb * vb / (b.Count - 1)));
        return Independent("Welch t", a, b, Math.Sqrt(variance), df, first.Count + second.Count, confidence);
    }

    /// <summary>Student's t test of two independent groups, second minus first, with a pooled variance.</summary>
    /// <param name="first">Measurements of the first group; NaN where missing.</param>
    /// <param name="second">Measurements of the second group; NaN where missing.</param>
    /// <param name="confidence">Coverage of the interval, above 0 and below 1.</param>
    /// <returns>The difference of means, with n₁ + n₂ − 2 degrees of freedom.</returns>
    public static MeanDifference Pooled(IReadOnlyList<double> first, IReadOnlyList<double> second, double confidence = 0.95)
    {
        var (a, b) = Groups(first, second);
        double pooled = PooledVariance(a, b);
        return Independent("pooled t", a, b, Math.Sqrt(pooled * ((1.0 / a.Count) + (1.0 / b.Count))), a.Count + b.Count - 2, first.Count + second.Count, confidence);
    }

    private static MeanDifference Independent(string method, Moments a, Moments b, double error, double df, int given, double confidence) =>
        MeanDifference.Create(method, b.Mean - a.Mean, error, a.Count < 1 || b.Count < 1 ? 0 : df, confidence) with
        {
            Mean1 = a.Mean,
            Mean2 = b.Mean,
            Count1 = a.Count,
            Count2 = b.Count,
            StandardDeviation = Math.Sqrt(PooledVariance(a, b)),
            EffectSize = (b.Mean - a.Mean) / Math.Sqrt(PooledVariance(a, b)),
            Missing = given - a.Count - b.Count,
        };

    private static double PooledVariance(Moments a, Moments b) => (a.SumOfSquares + b.SumOfSquares) / (a.Count + b.Count - 2);

    private static (Moments First, Moments Second) Groups(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return (Moments.Of(first), Moments.Of(second));
    }
}

/// <summary>A difference of two means with its test and interval, in the unit of the measurements.</summary>
public sealed record MeanDifference
{
    /// <summary>The test.</summary>
    public required string Method { get; init; }

    /// <summary>Second mean minus first.</summary>
    public required double Estimate { get; init; }

    /// <summary>Standard error of the estimate; NaN when it cannot be estimated.</summary>
    public required double StandardError { get; init; }

    /// <summary>t; NaN without variation.</summary>
    public required double Statistic { get; init; }

    /// <summary>Degrees of freedom of t.</summary>
    public required double Df { get; init; }

    /// <summary>Two-sided p.</summary>
    public required double PValue { get; init; }

    /// <summary>Lower confidence limit.</summary>
    public required double Lower { get; init; }

    /// <summary>Upper confidence limit.</summary>
    public required double Upper { get; init; }

    /// <summary>Mean of the first group or measurement.</summary>
    public double Mean1 { get; init; }

    /// <summary>Mean of the second group or measurement.</summary>
    public double Mean2 { get; init; }

    /// <summary>Values, or complete pairs, behind the first mean.</summary>
    public int Count1 { get; init; }

    /// <summary>Values, or complete pairs, behind the second mean.</summary>
    public int Count2 { get; init; }

    /// <summary>Standard deviation of the changes, or pooled within groups (n − 1).</summary>
    public double StandardDeviation { get; init; }

    /// <summary>Estimate over standard deviation: Cohen's d_z for pairs, d for groups.</summary>
    public double EffectSize { get; init; }

    /// <summary>Values that were missing, or pairs of which a side was.</summary>
    public int Missing { get; init; }

    /// <summary>Why there is no test; null when there is one.</summary>
    public Sentence? Reason { get; init; }

    internal static MeanDifference Create(string method, double estimate, double error, double df, double confidence)
    {
        Tail.CheckConfidence(confidence);
        Sentence? reason = double.IsNaN(error) || !(df > 0) ? new Sentence("numerics.comparison.two-values", "Fewer than two values: the spread, and so the uncertainty, is unknown.")
            : error == 0 ? new Sentence("numerics.comparison.no-variation", "All values agree: without any variation there is no test.")
            : null;
        double half = reason is null ? Tail.StudentQuantile(0.5 + (confidence / 2), df) * error : double.NaN;
        double statistic = reason is null ? estimate / error : double.NaN;
        return new MeanDifference
        {
            Method = method,
            Estimate = estimate,
            StandardError = error,
            Statistic = statistic,
            Df = df,
            PValue = Tail.StudentTwoSided(statistic, df),
            Lower = estimate - half,
            Upper = estimate + half,
            Reason = reason,
        };
    }
}

/// <summary>Number, mean and sum of squared deviations of the values that are present.</summary>
internal readonly record struct Moments(int Count, double Mean, double SumOfSquares)
{
    /// <summary>Variance with n − 1; NaN below two values.</summary>
    internal double Variance => Count > 1 ? SumOfSquares / (Count - 1) : double.NaN;

    internal static Moments Of(IEnumerable<double> values)
    {
        double[] present = [.. values.Where(v => !double.IsNaN(v))];
        double mean = present.Length == 0 ? double.NaN : present.Average();
        return new(present.Length, mean, present.Sum(v => (v - mean) * (v - mean)));
    }
}
