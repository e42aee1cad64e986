namespace Escala.Numerics.Comparison;

/// <summary>A published mean change with its standard error, checked against what is possible on the scale.</summary>
/// <param name="Test">The t test that the summary implies.</param>
/// <param name="StandardDeviation">Standard deviation of the changes that the standard error implies, SE·√n.</param>
/// <param name="LargestStandardDeviation">
/// Largest standard deviation n changes of this mean can have on the scale: √((R − m)(R + m)·n/(n − 1)), R the range of the scale.
/// </param>
/// <param name="Warnings">What is wrong with the summary; empty when it is possible.</param>
public sealed record ChangeSummary(MeanDifference Test, double StandardDeviation, double LargestStandardDeviation, IReadOnlyList<Sentence> Warnings)
{
    /// <summary>Checks a summary.</summary>
    /// <param name="mean">Mean change.</param>
    /// <param name="standardError">Its standard error, above 0.</param>
    /// <param name="count">Persons measured twice, at least 2.</param>
    /// <param name="minimum">Lowest value of the scale.</param>
    /// <param name="maximum">Highest value of the scale, above the lowest.</param>
    /// <param name="confidence">Coverage of the interval, above 0 and below 1.</param>
    /// <returns>The implied test and what cannot be true.</returns>
    /// <exception cref="UnfitInputException">A number is outside its range.</exception>
    public static ChangeSummary Of(double mean, double standardError, int count, double minimum, double maximum, double confidence = 0.95)
    {
        UnfitInputException.ThrowIfNegativeOrZero(standardError);
        UnfitInputException.ThrowIfLessThan(count, 2);
        UnfitInputException.ThrowIfLessThanOrEqual(maximum, minimum);
        double range = maximum - minimum, sd = standardError * Math.Sqrt(count);
        double largest = Math.Abs(mean) > range ? double.NaN : Math.Sqrt((range - mean) * (range + mean) * count / (count - 1));
        List<Sentence> warnings = [];
        if (double.IsNaN(largest))
        {
            warnings.Add(new Sentence("numerics.comparison.change-range", "The mean change exceeds the range of the scale."));
        }
        if (sd > largest)
        {
            warnings.Add(new Sentence("numerics.comparison.change-spread", "The standard error implies a spread that the scale does not allow."));
        }
        if (standardError == Math.Abs(mean))
        {
            warnings.Add(new Sentence("numerics.comparison.change-copy", "The standard error equals the mean: it looks like a copy of it."));
        }
        var test = MeanDifference.Create("paired t from a summary", mean, standardError, count - 1, confidence) with
        {
            Count1 = count,
            Count2 = count,
            Mean1 = double.NaN,
            Mean2 = double.NaN,
            StandardDeviation = sd,
            EffectSize = mean / sd,
        };
        return new(test, sd, largest, warnings);
    }
}
