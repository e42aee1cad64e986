using Escala.Numerics.Comparison;

namespace Escala.Numerics.Agreement;

/// <summary>Which group size stands for groups of unequal size.</summary>
public enum GroupSize
{
    /// <summary>The mean size.</summary>
    Mean,

    /// <summary>(N − Σn²/N) / (G − 1), which makes the variance estimate unbiased.</summary>
    Adjusted,
}

/// <summary>
/// How far persons of a group answer alike: ICC(1), reliability of one person as a measure of the group, and ICC(2), of the group mean, from a
/// one-way analysis of variance (Bliese 2000). Both may be negative and are reported as they are.
/// </summary>
public sealed record GroupReliability
{
    /// <summary>Groups with any value.</summary>
    public required int Groups { get; init; }

    /// <summary>Values.</summary>
    public required int Persons { get; init; }

    /// <summary>The group size in the formulas, k.</summary>
    public required double Size { get; init; }

    /// <summary>Mean square between groups.</summary>
    public required double MeanSquareBetween { get; init; }

    /// <summary>Mean square within groups.</summary>
    public required double MeanSquareWithin { get; init; }

    /// <summary>ICC(1) = (MSB − MSW) / (MSB + (k − 1)·MSW); NaN with a <see cref="Reason"/> when not defined.</summary>
    public required double Icc1 { get; init; }

    /// <summary>ICC(2) = (MSB − MSW) / MSB; NaN with a <see cref="Reason"/> when not defined.</summary>
    public required double Icc2 { get; init; }

    /// <summary>F test that groups do not differ; numerator degrees of freedom are groups − 1.</summary>
    public required HypothesisTest Test { get; init; }

    /// <summary>Why there are no coefficients; null when there are.</summary>
    public Sentence? Reason { get; init; }

    /// <summary>Analyses the groups.</summary>
    /// <param name="groups">Values of each group, such as persons' scale means; NaN where missing.</param>
    /// <param name="size">Which size stands for unequal groups.</param>
    /// <returns>The coefficients.</returns>
    public static GroupReliability Of(IEnumerable<IReadOnlyList<double>> groups, GroupSize size = GroupSize.Mean)
    {
        ArgumentNullException.ThrowIfNull(groups);
        Moments[] each = [.. groups.Select(g => Moments.Of(g)).Where(m => m.Count > 0)];
        double persons = each.Sum(m => m.Count), grand = each.Sum(m => m.Count * m.Mean) / persons;
        double between = each.Sum(m => m.Count * Math.Pow(m.Mean - grand, 2)) / (each.Length - 1), df2 = persons - each.Length;
        double within = each.Sum(m => m.SumOfSquares) / df2;
        double k = size == GroupSize.Mean ? persons / each.Length : (persons - (each.Sum(m => (double)m.Count * m.Count) / persons)) / (each.Length - 1);
        Sentence? reason = each.Length < 2 ? new Sentence("numerics.agreement.one-group", "There is one group: nothing shows how far groups differ.")
            : df2 < 1 ? new Sentence("numerics.agreement.one-person", "Each group has one person: nothing shows how far persons of a group differ.")
            : between == 0 && within == 0 ? new Sentence("numerics.agreement.same-values", "All values are the same.")
            : null;
        return new GroupReliability
        {
            Groups = each.Length,
            Persons = (int)persons,
            Size = k,
            MeanSquareBetween = between,
            MeanSquareWithin = within,
            Icc1 = reason is null ? (between - within) / (between + ((k - 1) * within)) : double.NaN,
            Icc2 = reason is null ? (between - within) / between : double.NaN,
            Test = reason is null
                ? new("one-way analysis of variance", between / within, df2, Tail.FisherUpper(between / within, each.Length - 1, df2))
                : HypothesisTest.None("one-way analysis of variance", reason),
            Reason = reason,
        };
    }
}
