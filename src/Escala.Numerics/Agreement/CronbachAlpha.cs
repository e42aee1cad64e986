using Escala.Numerics.Comparison;

namespace Escala.Numerics.Agreement;

/// <summary>
/// Internal consistency of a scale (Cronbach 1951). Variances use everybody who answered the item, covariances everybody who answered both
/// (pairwise, as R's psych package does).
/// </summary>
public sealed record CronbachAlpha
{
    /// <summary>Alpha from the covariances; NaN with a <see cref="Reason"/> when not defined, negative when items oppose each other.</summary>
    public required double Raw { get; init; }

    /// <summary>Alpha from the correlations, all items weighing the same.</summary>
    public required double Standardised { get; init; }

    /// <summary>Mean correlation of two items.</summary>
    public required double MeanCorrelation { get; init; }

    /// <summary>Lower limit of <see cref="Raw"/> (Feldt 1965), from the persons who answered every item.</summary>
    public required double Lower { get; init; }

    /// <summary>Upper limit of <see cref="Raw"/>.</summary>
    public required double Upper { get; init; }

    /// <summary>Alpha of the other items, one entry an item; NaN with fewer than three items.</summary>
    public required IReadOnlyList<double> WithoutItem { get; init; }

    /// <summary>Persons who answered every item.</summary>
    public required int CompletePersons { get; init; }

    /// <summary>Persons given.</summary>
    public required int Persons { get; init; }

    /// <summary>Why there is no alpha; null when there is one.</summary>
    public Sentence? Reason { get; init; }

    /// <summary>Computes alpha.</summary>
    /// <param name="answers">Persons × items, all scored in one direction; NaN where missing.</param>
    /// <param name="confidence">Coverage of the interval, above 0 and below 1.</param>
    /// <returns>Alpha.</returns>
    /// <exception cref="ArgumentException">There are fewer than two items.</exception>
    public static CronbachAlpha Of(double[,] answers, double confidence = 0.95)
    {
        ArgumentNullException.ThrowIfNull(answers);
        Tail.CheckConfidence(confidence);
        int persons = answers.GetLength(0), items = answers.GetLength(1);
        if (items < 2)
        {
            throw new UnfitInputException("numerics.agreement.items", "A scale has at least two items.");
        }
        int[] all = [.. Enumerable.Range(0, items)];
        double[,] covariance = Covariances(answers);
        int constant = Array.FindIndex(all, j => !(covariance[j, j] > 0));
        int complete = Enumerable.Range(0, persons).Count(p => all.All(j => !double.IsNaN(answers[p, j])));
        double raw = constant >= 0 ? double.NaN : Alpha(covariance, all);
        double correlation = all.SelectMany(a => all.Where(b => b > a).Select(b => covariance[a, b] / Math.Sqrt(covariance[a, a] * covariance[b, b]))).Average();
        double df1 = complete - 1, df2 = df1 * (items - 1), tail = (1 - confidence) / 2;
        bool hasLimits = constant < 0 && df1 > 0;
        return new CronbachAlpha
        {
            Raw = raw,
            Standardised = constant >= 0 ? double.NaN : items * correlation / (1 + ((items - 1) * correlation)),
            MeanCorrelation = constant >= 0 ? double.NaN : correlation,
            Lower = hasLimits ? 1 - ((1 - raw) * Tail.FisherQuantile(1 - tail, df1, df2)) : double.NaN,
            Upper = hasLimits ? 1 - ((1 - raw) * Tail.FisherQuantile(tail, df1, df2)) : double.NaN,
            WithoutItem = [.. all.Select(j => items > 2 && constant < 0 ? Alpha(covariance, [.. all.Where(other => other != j)]) : double.NaN)],
            CompletePersons = complete,
            Persons = persons,
            Reason = constant >= 0 ? new Sentence("numerics.agreement.constant-item", "Item {item} has the same answer from everybody, or too few answers: leave it out.", ("item", constant + 1)) : null,
        };
    }

    private static double Alpha(double[,] covariance, int[] items)
    {
        double total = items.Sum(a => items.Sum(b => covariance[a, b])), own = items.Sum(j => covariance[j, j]);
        return items.Length / (items.Length - 1.0) * (1 - (own / total));
    }

    private static double[,] Covariances(double[,] answers)
    {
        int items = answers.GetLength(1);
        double[,] covariance = new double[items, items];
        for (int a = 0; a < items; a++)
        {
            for (int b = 0; b < items; b++)
            {
                (double First, double Second)[] pairs =
                [
                    .. Enumerable.Range(0, answers.GetLength(0)).Select(p => (answers[p, a], answers[p, b])).Where(x => !double.IsNaN(x.Item1 + x.Item2)),
                ];
                double first = pairs.Select(x => x.First).DefaultIfEmpty(double.NaN).Average(), second = pairs.Select(x => x.Second).DefaultIfEmpty(double.NaN).Average();
                covariance[a, b] = pairs.Length < 2 ? double.NaN : pairs.Sum(x => (x.First - first) * (x.Second - second)) / (pairs.Length - 1);
            }
        }
        return covariance;
    }
}
