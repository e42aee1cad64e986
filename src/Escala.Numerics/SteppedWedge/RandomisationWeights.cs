using Escala.Numerics.CostEffectiveness;
using MathNet.Numerics.LinearAlgebra;

namespace Escala.Numerics.SteppedWedge;

/// <summary>
/// The effect estimate as a weighted sum of cell means under every allocation that could have been drawn (Fisher's randomisation test with the
/// planned least-squares estimate as its statistic). The actual allocation is the first.
/// </summary>
internal sealed class RandomisationWeights
{
    private readonly int[][] _allocations;
    private readonly double[][] _weights;
    private readonly bool _bySequence;

    /// <param name="allocations">Sequence of each cluster; the actual allocation first.</param>
    /// <param name="weights">Weights of all cells, one array an allocation; by sequence, weights of one cluster's cells, one array a sequence.</param>
    /// <param name="bySequence">Whether a cluster's weights depend on its own sequence alone, as they do when all clusters have one size.</param>
    /// <param name="isComplete">Whether the allocations are all there are.</param>
    private RandomisationWeights(int[][] allocations, double[][] weights, bool bySequence, bool isComplete)
    {
        _allocations = allocations;
        _weights = weights;
        _bySequence = bySequence;
        IsComplete = isComplete;
    }

    internal int Count => _allocations.Length;

    internal bool IsComplete { get; }

    internal static RandomisationWeights Create(TrialLayout layout, CorrelationStructure planned, ulong seed)
    {
        int[] capacity = [.. Enumerable.Range(0, layout.Sequences).Select(s => layout.SequenceOf.Count(own => own == s))];
        var space = new AllocationSpace([.. Enumerable.Repeat(0, layout.Clusters)], capacity);
        bool complete = space.Count <= SmallSampleStudy.MostAllocations;
        int[] actual = [.. layout.SequenceOf];
        IEnumerable<int[]> others = complete ? space.Enumerate().Where(a => !a.SequenceEqual(actual)) : Sample(space, seed);
        int[][] allocations = [.. others.Prepend(actual)];
        if (!layout.IsBalanced) return new(allocations, [.. allocations.Select(a => Weights(layout, layout.Reallocated(a), planned))], bySequence: false, complete);
        double[][] clusters = [.. Weights(layout, layout, planned).Chunk(layout.Periods)];
        return new(allocations, [.. Enumerable.Range(0, layout.Sequences).Select(s => clusters[Array.IndexOf(actual, s)])], bySequence: true, complete);
    }

    /// <summary>Two-sided p of the cell means; ties count against.</summary>
    internal double PValue(double[] means)
    {
        double[] estimates = _bySequence ? BySequence(means) : [.. _weights.Select(w => Dot(w, means))];
        double least = Math.Abs(estimates[0]) * (1 - 1e-10);
        return (double)estimates.Count(e => Math.Abs(e) >= least) / estimates.Length;
    }

    /// <summary>Estimates under every allocation, from what each cluster adds in each sequence.</summary>
    private double[] BySequence(double[] means)
    {
        double[][] part = [.. means.Chunk(_weights[0].Length).Select(own => _weights.Select(w => Dot(w, own)).ToArray())];
        double[] estimates = new double[_allocations.Length];
        foreach (var (k, allocation) in _allocations.Index())
        {
            for (int i = 0; i < allocation.Length; i++)
            {
                estimates[k] += part[i][allocation[i]];
            }
        }
        return estimates;
    }

    private static IEnumerable<int[]> Sample(AllocationSpace space, ulong seed)
    {
        var stream = new CounterStream(seed, CounterStream.StreamOf("allocations of the randomisation test"), 0);
        for (int k = 1; k < SmallSampleStudy.MostAllocations; k++)
        {
            yield return space.Draw(ref stream);
        }
    }

    /// <summary>Weights of the observed cells of the actual trial; a cell the other allocation would not observe weighs nothing.</summary>
    private static double[] Weights(TrialLayout actual, TrialLayout allocation, CorrelationStructure planned)
    {
        var design = EffectDesign.Create(allocation, EffectModel.Constant);
        if (design.InformationInverse(planned) is not { } inverse)
        {
            throw new UnfitInputException("numerics.design.other-allocation", "The effect is not estimable under another allocation of the same design.");
        }
        var direction = inverse * design.Contrast;
        double[,] weights = new double[actual.Clusters, actual.Periods];
        foreach (var (rows, cluster) in design.Clusters)
        {
            Vector<double> own = design.Covariance(planned, cluster).Cholesky().Solve(rows * direction);
            foreach (var (k, period) in Enumerable.Range(0, actual.Periods).Where(t => allocation.IsObserved(cluster, t)).Index())
            {
                weights[cluster, period] = own[k];
            }
        }
        return Cells(actual, (i, t) => weights[i, t]);
    }

    private static double[] Cells(TrialLayout layout, Func<int, int, double> value) =>
    [
        .. from cluster in Enumerable.Range(0, layout.Clusters)
           from period in Enumerable.Range(0, layout.Periods)
           where layout.IsObserved(cluster, period)
           select value(cluster, period),
    ];

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int k = 0; k < a.Length; k++)
        {
            sum += a[k] * b[k];
        }
        return sum;
    }
}
