namespace Escala.Numerics.Comparison;

/// <summary>Ranks from 1 with ties at their mean, and the exact distributions of their sums.</summary>
internal sealed class MidRanks
{
    private MidRanks(double[] values, double tieTerm)
    {
        Values = values;
        TieTerm = tieTerm;
    }

    internal double[] Values { get; }

    /// <summary>Σ (t³ − t) over the groups of ties.</summary>
    internal double TieTerm { get; }

    internal bool HasTies => TieTerm > 0;

    internal static MidRanks Of(double[] values)
    {
        int[] order = [.. Enumerable.Range(0, values.Length).OrderBy(i => values[i])];
        double[] ranks = new double[values.Length];
        double tieTerm = 0;
        for (int start = 0, end; start < order.Length; start = end)
        {
            for (end = start + 1; end < order.Length && values[order[end]] == values[order[start]]; end++)
            {
            }
            double ties = end - start;
            tieTerm += (ties * ties * ties) - ties;
            for (int k = start; k < end; k++)
            {
                ranks[order[k]] = (start + 1 + end) / 2.0;
            }
        }
        return new(ranks, tieTerm);
    }

    /// <summary>The sum of the ranks whose sign comes up positive, each sign a fair coin.</summary>
    internal RankSumDistribution SignedSumDistribution()
    {
        int[] doubled = Doubled();
        double[] shares = new double[doubled.Sum() + 1];
        shares[0] = 1;
        int reached = 0;
        foreach (int rank in doubled)
        {
            reached += rank;
            for (int sum = reached; sum >= 0; sum--)
            {
                shares[sum] = (shares[sum] + (sum >= rank ? shares[sum - rank] : 0)) / 2;
            }
        }
        return new(shares);
    }

    /// <summary>The sum of <paramref name="size"/> ranks drawn without replacement.</summary>
    internal RankSumDistribution SubsetSumDistribution(int size)
    {
        int[] doubled = Doubled();
        int largest = doubled.OrderDescending().Take(size).Sum();
        double[][] shares = [.. Enumerable.Range(0, size + 1).Select(_ => new double[largest + 1])];
        shares[0][0] = 1;
        for (int i = 0; i < doubled.Length; i++)
        {
            // Shares are of all subsets of the ranks so far, by size: each rank is taken with the chance that keeps them uniform.
            for (int k = Math.Min(size, i + 1); k >= 0; k--)
            {
                double taken = (double)k / (i + 1), left = (double)(i + 1 - k) / (i + 1);
                for (int sum = 0; sum <= largest; sum++)
                {
                    shares[k][sum] = (left * shares[k][sum]) + (k > 0 && sum >= doubled[i] ? taken * shares[k - 1][sum - doubled[i]] : 0);
                }
            }
        }
        return new(shares[size]);
    }

    /// <summary>Ranks times two are whole numbers.</summary>
    private int[] Doubled() => [.. Values.Select(r => (int)(2 * r))];
}

/// <summary>Probabilities of sums of ranks, indexed by twice the sum.</summary>
internal sealed class RankSumDistribution(double[] shares)
{
    /// <summary>Probability of a sum at least as far from its mean, on either side.</summary>
    internal double TwoSided(double sum)
    {
        double mean = shares.Index().Sum(s => s.Index * s.Item), distance = Math.Abs((2 * sum) - mean);
        return Math.Min(1, shares.Index().Where(s => Math.Abs(s.Index - mean) >= distance - 1e-6).Sum(s => s.Item));
    }
}
