namespace Escala.Numerics.Comparison;

/// <summary>How the p of a rank test is found.</summary>
public enum RankReference
{
    /// <summary>Exact with fewer than 50 values a side and no ties (and no zero changes), otherwise normal: what R does.</summary>
    Automatic,

    /// <summary>The permutation distribution of the observed ranks, ties included.</summary>
    Exact,

    /// <summary>Normal with the variance corrected for ties and a continuity correction of one half.</summary>
    Normal,
}

/// <summary>Wilcoxon's rank tests. Missing values (NaN) are left out; ties get the mean of their ranks.</summary>
public static class RankTest
{
    private const int FewestForNormal = 50;

    /// <summary>Signed-rank test of paired measurements, second minus first; zero changes are left out (Wilcoxon 1945).</summary>
    /// <param name="before">First measurement of each person; NaN where missing.</param>
    /// <param name="after">Second measurement of the same persons in the same order; NaN where missing.</param>
    /// <param name="reference">How p is found.</param>
    /// <returns>The sum of the ranks of the positive changes, V, and its two-sided p.</returns>
    /// <exception cref="ArgumentException">The lists differ in length, or an exact test of more than 200 changes is asked for.</exception>
    public static HypothesisTest SignedRank(IReadOnlyList<double> before, IReadOnlyList<double> after, RankReference reference = RankReference.Automatic)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        if (before.Count != after.Count)
        {
            throw new UnfitInputException("numerics.comparison.pairs", "{first} first and {second} second measurements are no pairs: match them by person.", ("first", before.Count), ("second", after.Count));
        }
        double[] all = [.. before.Zip(after, (a, b) => b - a).Where(d => !double.IsNaN(d))], changes = [.. all.Where(d => d != 0)];
        if (changes.Length == 0)
        {
            return HypothesisTest.None("Wilcoxon signed rank", new Sentence("numerics.comparison.no-change", "No person changed: there is nothing to rank."));
        }
        var ranks = MidRanks.Of([.. changes.Select(Math.Abs)]);
        double sum = changes.Zip(ranks.Values, (d, r) => d > 0 ? r : 0).Sum();
        bool plain = !ranks.HasTies && changes.Length == all.Length;
        if (IsExact(reference, plain && changes.Length < FewestForNormal, changes.Length))
        {
            return new("Wilcoxon signed rank, exact", sum, null, ranks.SignedSumDistribution().TwoSided(sum));
        }
        double n = changes.Length, mean = n * (n + 1) / 4, variance = (n * (n + 1) * ((2 * n) + 1) / 24) - (ranks.TieTerm / 48);
        return new("Wilcoxon signed rank, normal with continuity correction", sum, null, NormalP(sum - mean, variance));
    }

    /// <summary>Mann–Whitney test (Wilcoxon rank sum) of two independent groups (Mann and Whitney 1947).</summary>
    /// <param name="first">Measurements of the first group; NaN where missing.</param>
    /// <param name="second">Measurements of the second group; NaN where missing.</param>
    /// <param name="reference">How p is found.</param>
    /// <returns>U of the first group (R's W), the number of pairs in which it is higher, and its two-sided p.</returns>
    /// <exception cref="ArgumentException">An exact test of more than 200 values is asked for.</exception>
    public static HypothesisTest MannWhitney(IReadOnlyList<double> first, IReadOnlyList<double> second, RankReference reference = RankReference.Automatic)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        double[] a = [.. first.Where(v => !double.IsNaN(v))], b = [.. second.Where(v => !double.IsNaN(v))];
        if (a.Length == 0 || b.Length == 0)
        {
            return HypothesisTest.None("Mann–Whitney", new Sentence("numerics.comparison.empty-group", "A group has no values."));
        }
        var ranks = MidRanks.Of([.. a, .. b]);
        double offset = a.Length * (a.Length + 1) / 2.0, u = ranks.Values.Take(a.Length).Sum() - offset;
        if (IsExact(reference, !ranks.HasTies && a.Length < FewestForNormal && b.Length < FewestForNormal, a.Length + b.Length))
        {
            return new("Mann–Whitney, exact", u, null, ranks.SubsetSumDistribution(a.Length).TwoSided(u + offset));
        }
        double m = a.Length, n = b.Length, total = m + n;
        double variance = m * n / 12 * (total + 1 - (ranks.TieTerm / (total * (total - 1))));
        return variance > 0
            ? new("Mann–Whitney, normal with continuity correction", u, null, NormalP(u - (m * n / 2), variance))
            : HypothesisTest.None("Mann–Whitney", new Sentence("numerics.comparison.no-ranks", "All values are the same: there is nothing to rank."));
    }

    private static bool IsExact(RankReference reference, bool automatic, int count)
    {
        const int MostExact = 200;
        if (reference == RankReference.Exact && count > MostExact)
        {
            throw new UnfitInputException("numerics.comparison.rank-size", "The exact test takes at most {most} values; {count} were given. Take the normal reference.", ("most", MostExact), ("count", count));
        }
        return reference == RankReference.Exact || (reference == RankReference.Automatic && automatic);
    }

    private static double NormalP(double deviation, double variance) =>
        Math.Min(1, Tail.NormalTwoSided(Math.Max(0, Math.Abs(deviation) - 0.5) / Math.Sqrt(variance)));
}
