using Escala.Numerics.Comparison;

namespace Escala.Numerics.Agreement;

/// <summary>
/// Agreement inside one group on the items of a scale (James, Demaree and Wolf 1984; Burke and Dunlap 2002). A missing answer (NaN) leaves
/// its person out of that item only. With one person every figure is NaN.
/// </summary>
public sealed record WithinGroupAgreement
{
    /// <summary>Persons with any answer.</summary>
    public required int Persons { get; init; }

    /// <summary>Items with at least two answers.</summary>
    public required int Items { get; init; }

    /// <summary>Mean variance of the items (n − 1); NaN when no item has two answers.</summary>
    public required double MeanVariance { get; init; }

    /// <summary>Average deviation from the item mean, averaged over items, in scale points.</summary>
    public required double DeviationFromMean { get; init; }

    /// <summary>Average deviation from the item median, averaged over items.</summary>
    public required double DeviationFromMedian { get; init; }

    /// <summary>Why the figures are NaN, or what weakens them; null when there is nothing to say.</summary>
    public Sentence? Reason { get; init; }

    /// <summary>Measures one group.</summary>
    /// <param name="answers">Persons × items; NaN where missing.</param>
    /// <returns>The measures.</returns>
    public static WithinGroupAgreement Of(double[,] answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        const int FewPersons = 4;
        int persons = Enumerable.Range(0, answers.GetLength(0)).Count(p => Enumerable.Range(0, answers.GetLength(1)).Any(j => !double.IsNaN(answers[p, j])));
        double[][] items =
        [
            .. Enumerable.Range(0, answers.GetLength(1))
                .Select(j => Enumerable.Range(0, answers.GetLength(0)).Select(p => answers[p, j]).Where(v => !double.IsNaN(v)).ToArray())
                .Where(item => item.Length > 1),
        ];
        double Mean(Func<double[], double> measure) => items.Length == 0 ? double.NaN : items.Average(measure);
        return new WithinGroupAgreement
        {
            Persons = persons,
            Items = items.Length,
            MeanVariance = Mean(item => Moments.Of(item).Variance),
            DeviationFromMean = Mean(item => item.Average(v => Math.Abs(v - item.Average()))),
            DeviationFromMedian = Mean(item => item.Average(v => Math.Abs(v - Quantile.Of(item, 0.5)))),
            Reason = items.Length == 0 ? new Sentence("numerics.agreement.two-persons", "Fewer than two persons answered: agreement is not defined.")
                : persons < FewPersons ? new Sentence("numerics.agreement.few-persons", "Only {persons} persons answered: agreement of so few is unstable.", ("persons", persons))
                : null,
        };
    }

    /// <summary>r_wg(J), or r_wg of a single item; 0 when answers vary as much as without agreement, or more.</summary>
    /// <param name="without">Answers without agreement.</param>
    /// <returns>0 to 1; NaN with fewer than two persons.</returns>
    public double Rwg(NullDistribution without)
    {
        ArgumentNullException.ThrowIfNull(without);
        double ratio = MeanVariance / without.Variance;
        return ratio >= 1 ? 0 : Items * (1 - ratio) / ((Items * (1 - ratio)) + ratio);
    }

    /// <summary>Largest average deviation that is called agreement: A/6 (Burke and Dunlap 2002).</summary>
    /// <param name="options">Answer options, A, at least 2.</param>
    /// <returns>The limit, in scale points.</returns>
    /// <exception cref="UnfitInputException">There are fewer than two options.</exception>
    public static double DeviationLimit(int options)
    {
        UnfitInputException.ThrowIfLessThan(options, 2);
        return options / 6.0;
    }
}
