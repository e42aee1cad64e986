namespace Escala.Numerics.Comparison;

/// <summary>A hypothesis test. Where the data admit no test, the figures are NaN and <see cref="Reason"/> says why.</summary>
/// <param name="Method">The test, with its variant.</param>
/// <param name="Statistic">Test statistic; NaN for exact tests that have none.</param>
/// <param name="Df">Degrees of freedom of the reference distribution; null where it has none.</param>
/// <param name="PValue">Two-sided p, 0 to 1.</param>
public sealed record HypothesisTest(string Method, double Statistic, double? Df, double PValue)
{
    /// <summary>Why there is no result; null when there is one.</summary>
    public Sentence? Reason { get; init; }

    internal static HypothesisTest None(string method, Sentence reason) => new(method, double.NaN, null, double.NaN) { Reason = reason };

    internal static HypothesisTest ChiSquare(string method, double statistic, double df) => new(method, statistic, df, Tail.ChiSquareUpper(statistic, df));
}

/// <summary>An estimate with its two-sided confidence interval; limits are NaN when it has none, and may be infinite.</summary>
/// <param name="Value">Point estimate.</param>
/// <param name="Lower">Lower limit.</param>
/// <param name="Upper">Upper limit.</param>
public readonly record struct IntervalEstimate(double Value, double Lower, double Upper)
{
    internal static IntervalEstimate None { get; } = new(double.NaN, double.NaN, double.NaN);

    /// <summary>exp of a normal interval on the log scale.</summary>
    internal static IntervalEstimate FromLog(double log, double standardError, double confidence)
    {
        double half = Tail.NormalQuantile(0.5 + (confidence / 2)) * standardError;
        return new(Math.Exp(log), Math.Exp(log - half), Math.Exp(log + half));
    }

    internal static IntervalEstimate Normal(double value, double standardError, double confidence)
    {
        double half = Tail.NormalQuantile(0.5 + (confidence / 2)) * standardError;
        return new(value, value - half, value + half);
    }
}
