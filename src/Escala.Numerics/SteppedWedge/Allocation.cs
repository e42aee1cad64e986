using System.Numerics;
using Escala.Numerics.CostEffectiveness;

namespace Escala.Numerics.SteppedWedge;

/// <summary>A cluster that is to be allocated.</summary>
/// <param name="Name">Its name, unique in the trial.</param>
/// <param name="Stratum">Its stratum; one and the same text for all when there are none.</param>
/// <param name="Covariates">Its values of the covariates to balance, in one order for all clusters; empty when there are none.</param>
public sealed record AllocationCluster(string Name, string Stratum, IReadOnlyList<double> Covariates);

/// <summary>
/// How clusters are allocated to sequences. Simple: every split of the stated sizes is equally likely. Stratified: each stratum is spread over
/// the sequences as evenly as its size allows. Covariate-constrained: of those, only the best-balanced share is admissible, each equally likely
/// (Moulton 2004; Lew et al. 2019 for stepped wedges).
/// </summary>
public sealed record AllocationPlan
{
    /// <summary>Up to so many allocations are all listed; from more, as many are drawn to judge balance by.</summary>
    public const int MostListed = 100_000;

    /// <summary>The clusters, at least as many as sequences.</summary>
    public required IReadOnlyList<AllocationCluster> Clusters { get; init; }

    /// <summary>Clusters that each sequence takes, each at least 1; together all clusters.</summary>
    public required IReadOnlyList<int> SequenceSizes { get; init; }

    /// <summary>Share of the allocations, best balanced first, that is admissible: above 0 to 1; below 1 needs covariates.</summary>
    public double AdmissibleShare { get; init; } = 1;

    /// <summary>Draws the allocation.</summary>
    /// <param name="seed">Seed of the draw; the same plan and seed give the same allocation.</param>
    /// <returns>The allocation with what is needed to audit it.</returns>
    /// <exception cref="ArgumentException">
    /// Names repeat, sizes do not add up, covariates are missing, not finite or without variation, or the share is outside its range.
    /// </exception>
    public Allocation Draw(ulong seed)
    {
        Check();
        string[] strata = [.. Clusters.Select(c => c.Stratum).Distinct(StringComparer.Ordinal)];
        var space = new AllocationSpace([.. Clusters.Select(c => Array.IndexOf(strata, c.Stratum))], SequenceSizes);
        var stream = new CounterStream(seed, CounterStream.StreamOf("allocation"), 0);
        if (AdmissibleShare < 1)
        {
            return DrawBalanced(space, ref stream, seed);
        }
        int[] drawn = space.Draw(ref stream);
        return new Allocation
        {
            SequenceOf = drawn,
            Seed = seed,
            Possible = space.Count,
            Admissible = space.Count,
            IsComplete = true,
            Imbalance = HasCovariates ? Imbalance(drawn, Standardised()) : null,
        };
    }

    private bool HasCovariates => Clusters[0].Covariates.Count > 0;

    private Allocation DrawBalanced(AllocationSpace space, ref CounterStream stream, ulong seed)
    {
        bool complete = space.Count <= MostListed;
        int[][] candidates = complete ? [.. space.Enumerate()] : Sample(space, ref stream);
        double[][] covariates = Standardised();
        double[] imbalance = [.. candidates.Select(c => Imbalance(c, covariates))];
        double[] sorted = [.. imbalance.Order()];
        double limit = sorted[Math.Max(0, (int)Math.Ceiling(AdmissibleShare * sorted.Length) - 1)];
        // Mirror images differ in the last bits only; they are admissible together.
        int[] admissible = [.. Enumerable.Range(0, candidates.Length).Where(k => imbalance[k] <= limit + (1e-9 * (1 + limit)))];
        int drawn = admissible[stream.NextInteger(admissible.Length)];
        return new Allocation
        {
            SequenceOf = candidates[drawn],
            Seed = seed,
            Possible = space.Count,
            Admissible = admissible.Length,
            IsComplete = complete,
            Imbalance = imbalance[drawn],
            ImbalanceLimit = limit,
            Pairs = PairsOf([.. admissible.Select(k => candidates[k])]),
        };
    }

    private static int[][] Sample(AllocationSpace space, ref CounterStream stream)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var sample = new List<int[]>();
        for (int k = 0; k < MostListed; k++)
        {
            int[] allocation = space.Draw(ref stream);
            if (seen.Add(string.Join(',', allocation)))
            {
                sample.Add(allocation);
            }
        }
        return [.. sample];
    }

    /// <summary>Sum over covariates of the between-sequence sum of squares, each covariate standardised to variance 1.</summary>
    private double Imbalance(int[] sequenceOf, double[][] covariates)
    {
        double total = 0;
        Span<double> sums = stackalloc double[SequenceSizes.Count];
        foreach (double[] covariate in covariates)
        {
            sums.Clear();
            for (int i = 0; i < covariate.Length; i++)
            {
                sums[sequenceOf[i]] += covariate[i];
            }
            for (int s = 0; s < sums.Length; s++)
            {
                total += sums[s] * sums[s] / SequenceSizes[s];
            }
        }
        return total;
    }

    private double[][] Standardised() =>
    [
        .. Enumerable.Range(0, Clusters[0].Covariates.Count).Select(k =>
        {
            double[] values = [.. Clusters.Select(c => c.Covariates[k])];
            double mean = values.Average(), sd = Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
            return sd > 0
                ? values.Select(v => (v - mean) / sd).ToArray()
                : throw new UnfitInputException("numerics.allocation.constant-covariate", "Covariate {covariate} is the same in all clusters: there is nothing to balance. Leave it out.", ("covariate", k + 1));
        }),
    ];

    private static (int Always, int Never) PairsOf(int[][] admissible)
    {
        int clusters = admissible[0].Length, always = 0, never = 0;
        for (int i = 0; i < clusters; i++)
        {
            for (int j = i + 1; j < clusters; j++)
            {
                int together = admissible.Count(a => a[i] == a[j]);
                always += together == admissible.Length ? 1 : 0;
                never += together == 0 ? 1 : 0;
            }
        }
        return (always, never);
    }

    private void Check()
    {
        if (SequenceSizes.Any(n => n < 1) || SequenceSizes.Sum() != Clusters.Count)
        {
            throw new UnfitInputException("numerics.allocation.sizes", "The sequences take {sizes} clusters, but there are {clusters}.", ("sizes", string.Join(" + ", SequenceSizes)), ("clusters", Clusters.Count));
        }
        if (Clusters.GroupBy(c => c.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new UnfitInputException("numerics.allocation.twice", "The cluster '{cluster}' is given {times} times.", ("cluster", twice.Key), ("times", twice.Count()));
        }
        if (Clusters.FirstOrDefault(c => c.Covariates.Count != Clusters[0].Covariates.Count || c.Covariates.Any(v => !double.IsFinite(v))) is { } gap)
        {
            throw new UnfitInputException("numerics.allocation.missing-covariate", "The cluster '{cluster}' lacks a covariate: balance needs a number for each cluster.", ("cluster", gap.Name));
        }
        if (!(AdmissibleShare is > 0 and <= 1) || (AdmissibleShare < 1 && !HasCovariates))
        {
            throw new UnfitInputException("numerics.allocation.share", "The admissible share is above 0 and at most 1, and below 1 only with covariates to balance.");
        }
    }
}

/// <summary>A drawn allocation with the figures that its auditor checks.</summary>
public sealed record Allocation
{
    /// <summary>Sequence of each cluster, from 0, in the order of the plan.</summary>
    public required IReadOnlyList<int> SequenceOf { get; init; }

    /// <summary>Seed it was drawn with.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Allocations of these sizes and strata, exact.</summary>
    public required BigInteger Possible { get; init; }

    /// <summary>Allocations that could have been drawn; a randomisation test runs over these. Of a sample when <see cref="IsComplete"/> is false.</summary>
    public required BigInteger Admissible { get; init; }

    /// <summary>Whether every possible allocation was considered; false when balance was judged on a sample of them.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>Imbalance of the drawn allocation: between-sequence sum of squares of the standardised covariates; null without covariates.</summary>
    public double? Imbalance { get; init; }

    /// <summary>Largest imbalance that is admissible; null when all are.</summary>
    public double? ImbalanceLimit { get; init; }

    /// <summary>
    /// Pairs of clusters that all admissible allocations put together, and pairs that none does; null when nothing is constrained. Many of
    /// either mean that the constraint leaves too little to chance (Moulton 2004).
    /// </summary>
    public (int Always, int Never)? Pairs { get; init; }
}
