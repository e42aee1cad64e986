namespace Escala.Numerics.Comparison;

/// <summary>Trend of proportions over ordered groups.</summary>
public static class TrendTest
{
    /// <summary>The Cochran–Armitage test, 1 degree of freedom (Armitage 1955; the form of R's prop.trend.test).</summary>
    /// <param name="numerators">Persons with the outcome, one count a group.</param>
    /// <param name="denominators">Persons observed, one count a group, at least the numerator.</param>
    /// <param name="scores">Score of each group; null for 1, 2, 3, ….</param>
    /// <returns>The test; without a result when all groups have the same score or no outcome varies.</returns>
    /// <exception cref="ArgumentException">The lists differ in length, or a numerator is not within 0 and its denominator.</exception>
    public static HypothesisTest CochranArmitage(IReadOnlyList<long> numerators, IReadOnlyList<long> denominators, IReadOnlyList<double>? scores = null)
    {
        ArgumentNullException.ThrowIfNull(numerators);
        ArgumentNullException.ThrowIfNull(denominators);
        const string Method = "Cochran–Armitage trend";
        double[] score = [.. scores ?? [.. Enumerable.Range(1, numerators.Count).Select(k => (double)k)]];
        if (numerators.Count != denominators.Count || numerators.Count != score.Length)
        {
            throw new UnfitInputException("numerics.comparison.trend-lengths", "{numerators} numerators, {denominators} denominators and {scores} scores do not go together.", ("numerators", numerators.Count), ("denominators", denominators.Count), ("scores", score.Length));
        }
        for (int k = 0; k < score.Length; k++)
        {
            if (numerators[k] < 0 || numerators[k] > denominators[k])
            {
                throw new UnfitInputException("numerics.comparison.trend-group", "Group {group} has {numerator} of {denominator}; a count lies between 0 and its denominator.", ("group", k + 1), ("numerator", numerators[k]), ("denominator", denominators[k]));
            }
        }
        double total = denominators.Sum(), pooled = numerators.Sum() / total;
        double mean = score.Zip(denominators, (s, n) => s * n).Sum() / total;
        double slope = score.Zip(numerators, (s, x) => (s - mean) * x).Sum();
        double spread = score.Zip(denominators, (s, n) => (s - mean) * (s - mean) * n).Sum();
        double variance = pooled * (1 - pooled) * spread;
        return variance > 0
            ? HypothesisTest.ChiSquare(Method, slope * slope / variance, 1)
            : HypothesisTest.None(Method, new Sentence("numerics.comparison.no-trend", "The outcome or the score is the same in all groups: there is no trend to test."));
    }
}
