using System.Globalization;

namespace Escala.Numerics.SteppedWedge;

/// <summary>
/// Which cluster is observed and exposed in which period, and how many persons are seen there. Clusters of one sequence share their
/// exposure. A cell that is not observed (transition, or missing) has exposure NaN.
/// </summary>
public sealed class TrialLayout
{
    private readonly double[][] _exposure;
    private readonly double[][] _sizes;

    private TrialLayout(double[][] exposure, double[][] sizes, int[] sequenceOf)
    {
        _exposure = exposure;
        _sizes = sizes;
        SequenceOf = sequenceOf;
        Sequences = sequenceOf.Max() + 1;
    }

    /// <summary>Number of clusters, I.</summary>
    public int Clusters => _exposure.Length;

    /// <summary>Number of periods, T.</summary>
    public int Periods => _exposure[0].Length;

    /// <summary>Number of sequences (waves, or arms).</summary>
    public int Sequences { get; }

    /// <summary>The sequence of each cluster, from 0; one entry a cluster.</summary>
    public IReadOnlyList<int> SequenceOf { get; }

    /// <summary>Cells that are observed.</summary>
    public int ObservedCells => Enumerable.Range(0, Clusters).Sum(i => Enumerable.Range(0, Periods).Count(t => IsObserved(i, t)));

    /// <summary>Every cell is observed and every observed cell has the same number of persons, so closed forms hold.</summary>
    public bool IsBalanced => ObservedCells == Clusters * Periods && _sizes.All(row => row.All(n => n == _sizes[0][0]));

    /// <summary>The standard stepped wedge: sequence s crosses over after <paramref name="baselinePeriods"/> + s periods.</summary>
    /// <param name="sequences">Number of sequences, at least 1.</param>
    /// <param name="clustersPerSequence">Clusters in each sequence, at least 1.</param>
    /// <param name="periods">Periods, at least <paramref name="baselinePeriods"/> + <paramref name="sequences"/>, so that every sequence crosses over.</param>
    /// <param name="size">Persons in each cell, above 0.</param>
    /// <param name="baselinePeriods">Periods in which no cluster is exposed, at least 0.</param>
    /// <param name="transitionPeriods">Periods after each cross-over that are left out of the analysis, at least 0.</param>
    /// <returns>The layout, sequences in order of their cross-over.</returns>
    /// <exception cref="ArgumentException">There are too few periods for every sequence to cross over.</exception>
    public static TrialLayout SteppedWedge(
        int sequences, int clustersPerSequence, int periods, double size, int baselinePeriods = 1, int transitionPeriods = 0)
    {
        UnfitInputException.ThrowIfLessThan(sequences, 1);
        UnfitInputException.ThrowIfLessThan(clustersPerSequence, 1);
        UnfitInputException.ThrowIfNegative(baselinePeriods);
        UnfitInputException.ThrowIfNegative(transitionPeriods);
        if (periods < baselinePeriods + sequences)
        {
            throw new UnfitInputException("numerics.design.periods", "{periods} periods are too few for {sequences} sequences after {baseline} baseline period(s): the last sequence would never cross over. Give at least {least} periods.",
                ("periods", periods), ("sequences", sequences), ("baseline", baselinePeriods), ("least", baselinePeriods + sequences));
        }
        double Exposure(int sequence, int period)
        {
            int since = period - baselinePeriods - sequence;
            return since < 0 ? 0 : since < transitionPeriods ? double.NaN : 1;
        }
        double[][] pattern = [.. Enumerable.Range(0, sequences).Select(s => Enumerable.Range(0, periods).Select(t => Exposure(s, t)).ToArray())];
        return Create(pattern, clustersPerSequence, size);
    }

    /// <summary>A parallel trial: half of the clusters exposed from the end of the baseline, half never.</summary>
    /// <param name="clustersPerArm">Clusters in each arm, at least 1.</param>
    /// <param name="periods">Periods in all, at least 1 more than the baseline.</param>
    /// <param name="size">Persons in each cell, above 0.</param>
    /// <param name="baselinePeriods">Periods in which neither arm is exposed, at least 0.</param>
    /// <returns>The layout, the exposed arm first.</returns>
    /// <exception cref="UnfitInputException">A number is outside its range.</exception>
    public static TrialLayout Parallel(int clustersPerArm, int periods, double size, int baselinePeriods = 0)
    {
        UnfitInputException.ThrowIfLessThan(clustersPerArm, 1);
        UnfitInputException.ThrowIfNegative(baselinePeriods);
        UnfitInputException.ThrowIfLessThanOrEqual(periods, baselinePeriods);
        double[] exposed = [.. Enumerable.Range(0, periods).Select(t => t < baselinePeriods ? 0.0 : 1)];
        return Create([exposed, new double[periods]], clustersPerArm, size);
    }

    /// <summary>Reads a layout of any shape: one word a sequence, one character a period.</summary>
    /// <param name="pattern">Words of 0 (not exposed), 1 (exposed) and . (not observed), separated by commas, such as "0111,0011,0001".</param>
    /// <param name="clustersPerSequence">Clusters in each sequence, at least 1.</param>
    /// <param name="size">Persons in each observed cell, above 0.</param>
    /// <returns>The layout, sequences in the order of the words.</returns>
    /// <exception cref="UnfitInputException">A word has another length than the first or another character than 0, 1 and full stop; the message names the place.</exception>
    public static TrialLayout Parse(string pattern, int clustersPerSequence, double size)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        UnfitInputException.ThrowIfLessThan(clustersPerSequence, 1);
        string[] words = pattern.Split(',', StringSplitOptions.TrimEntries);
        for (int s = 0; s < words.Length; s++)
        {
            int bad = words[s].AsSpan().IndexOfAnyExcept("01.");
            if (bad >= 0)
            {
                throw new UnfitInputException("numerics.design.layout-character", "Sequence {sequence}, character {character}: '{found}' is not 0 (unexposed), 1 (exposed) or . (not observed).", ("sequence", s + 1), ("character", bad + 1), ("found", words[s][bad]));
            }
            if (words[s].Length != words[0].Length || words[s].Length == 0)
            {
                throw new UnfitInputException("numerics.design.layout-length", "Sequence {sequence} has {periods} periods and sequence 1 has {first}: every sequence needs the same number, at least one.", ("sequence", s + 1), ("periods", words[s].Length), ("first", words[0].Length));
            }
        }
        return Create([.. words.Select(w => w.Select(c => c == '.' ? double.NaN : c - '0').ToArray())], clustersPerSequence, size);
    }

    /// <summary>The same layout with one size for each cluster, the same in every period.</summary>
    /// <param name="sizes">Persons in a cell of each cluster, in the order of clusters, all above 0.</param>
    /// <returns>The layout with those sizes.</returns>
    /// <exception cref="ArgumentException">There is not one positive size for each cluster.</exception>
    public TrialLayout WithClusterSizes(IReadOnlyList<double> sizes)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        if (sizes.Count != Clusters)
        {
            throw new UnfitInputException("numerics.design.sizes", "{sizes} sizes were given for {clusters} clusters: give one for each.", ("sizes", sizes.Count), ("clusters", Clusters));
        }
        foreach (double size in sizes)
        {
            CheckSize(size);
        }
        return new(_exposure, [.. sizes.Select(n => Enumerable.Repeat(n, Periods).ToArray())], [.. SequenceOf]);
    }

    /// <summary>The same exposure with every cell of one size.</summary>
    /// <param name="size">Persons in each observed cell, above 0.</param>
    /// <returns>The layout with that size.</returns>
    public TrialLayout WithCellSize(double size)
    {
        CheckSize(size);
        return new(_exposure, [.. _exposure.Select(row => Enumerable.Repeat(size, row.Length).ToArray())], [.. SequenceOf]);
    }

    /// <summary>Exposure of a cluster in a period: 0 or 1; NaN when not observed.</summary>
    /// <param name="cluster">Cluster, from 0.</param>
    /// <param name="period">Period, from 0.</param>
    /// <returns>The exposure.</returns>
    public double Exposure(int cluster, int period) => _exposure[cluster][period];

    /// <summary>Persons in a cell.</summary>
    /// <param name="cluster">Cluster, from 0.</param>
    /// <param name="period">Period, from 0.</param>
    /// <returns>The number of persons; of no meaning where the cell is not observed.</returns>
    public double Size(int cluster, int period) => _sizes[cluster][period];

    /// <summary>Whether a cell enters the analysis.</summary>
    /// <param name="cluster">Cluster, from 0.</param>
    /// <param name="period">Period, from 0.</param>
    /// <returns>False for transition and missing cells.</returns>
    public bool IsObserved(int cluster, int period) => !double.IsNaN(_exposure[cluster][period]);

    /// <summary>Periods since cross-over, 1 in the first period after it (a transition period counts); 0 while not exposed.</summary>
    /// <param name="cluster">Cluster, from 0.</param>
    /// <param name="period">Period, from 0.</param>
    /// <returns>The exposure time in periods.</returns>
    public int ExposureTime(int cluster, int period)
    {
        if (_exposure[cluster][period] != 1)
        {
            return 0;
        }
        int first = Array.FindIndex(_exposure[cluster], x => x == 1);
        while (first > 0 && double.IsNaN(_exposure[cluster][first - 1]))
        {
            first--;
        }
        return period - first + 1;
    }

    /// <summary>
    /// The exposure of the clusters after another allocation of them to sequences; sizes stay with their cluster, and a cell that was not
    /// observed stays so.
    /// </summary>
    internal TrialLayout Reallocated(IReadOnlyList<int> sequenceOf)
    {
        double[][] bySequence = [.. Enumerable.Range(0, Sequences).Select(s => _exposure[SequenceOf.TakeWhile(own => own != s).Count()])];
        double[][] exposure = [.. sequenceOf.Select((s, i) => bySequence[s].Select((x, t) => IsObserved(i, t) ? x : double.NaN).ToArray())];
        return new(exposure, _sizes, [.. sequenceOf]);
    }

    /// <summary>The words that <see cref="Parse"/> reads, one a sequence.</summary>
    /// <returns>Such as "0111,0011,0001".</returns>
    public override string ToString() => string.Join(',', Enumerable.Range(0, Sequences).Select(s =>
        string.Concat(_exposure[SequenceOf.TakeWhile(own => own != s).Count()]
            .Select(x => double.IsNaN(x) ? "." : x.ToString(CultureInfo.InvariantCulture)))));

    private static TrialLayout Create(double[][] pattern, int clustersPerSequence, double size)
    {
        CheckSize(size);
        int[] sequenceOf = [.. Enumerable.Range(0, pattern.Length * clustersPerSequence).Select(i => i / clustersPerSequence)];
        return new([.. sequenceOf.Select(s => pattern[s])], [.. sequenceOf.Select(_ => Enumerable.Repeat(size, pattern[0].Length).ToArray())], sequenceOf);
    }

    private static void CheckSize(double size)
    {
        if (!(size > 0 && double.IsFinite(size)))
        {
            throw new UnfitInputException("numerics.design.cell-size", "The number of persons in a cell is above 0; a cell without persons is not observed ('.').");
        }
    }
}
