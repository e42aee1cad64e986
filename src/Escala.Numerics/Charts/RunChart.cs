using MathNet.Numerics;

namespace Escala.Numerics.Charts;

/// <summary>A stretch of consecutive points of a chart.</summary>
/// <param name="First">Index of its first point, from 0.</param>
/// <param name="Last">Index of its last point.</param>
/// <param name="Upwards">Above the median, or rising; otherwise below, or falling.</param>
public readonly record struct ChartSegment(int First, int Last, bool Upwards);

/// <summary>
/// A run chart with the probability-based rules of Perla, Provost and Murray (2011, BMJ Quality and Safety 20:46). Points on the median
/// neither make nor break a shift; a value equal to the one before it neither makes nor breaks a trend. Missing values (NaN) are passed over.
/// </summary>
public sealed record RunChart
{
    /// <summary>Points in a row on one side of the median that make a shift.</summary>
    public const int ShiftLength = 6;

    /// <summary>Points in a row, all rising or all falling, that make a trend.</summary>
    public const int TrendLength = 5;

    /// <summary>Below this number of points off the median the number of runs is not judged.</summary>
    public const int FewestUsefulPoints = 10;

    /// <summary>Median of the values given for the centre line, in their unit.</summary>
    public required double Median { get; init; }

    /// <summary>Points that are not on the median.</summary>
    public required int UsefulPoints { get; init; }

    /// <summary>Runs about the median.</summary>
    public required int Runs { get; init; }

    /// <summary>
    /// Fewest and most runs that chance explains (2.5 % in each tail of the distribution of Swed and Eisenhart 1943 for the numbers above and
    /// below); null with fewer than <see cref="FewestUsefulPoints"/> useful points.
    /// </summary>
    public required (int Fewest, int Most)? ExpectedRuns { get; init; }

    /// <summary>Shifts, in order.</summary>
    public required IReadOnlyList<ChartSegment> Shifts { get; init; }

    /// <summary>Trends, in order.</summary>
    public required IReadOnlyList<ChartSegment> Trends { get; init; }

    /// <summary>Fewer runs than chance explains: the level moved.</summary>
    public bool TooFewRuns => ExpectedRuns is { } expected && Runs < expected.Fewest;

    /// <summary>More runs than chance explains: two processes may be mixed, or one is over-adjusted.</summary>
    public bool TooManyRuns => ExpectedRuns is { } expected && Runs > expected.Most;

    /// <summary>Any rule speaks: the change is not chance alone.</summary>
    public bool HasSignal => Shifts.Count > 0 || Trends.Count > 0 || TooFewRuns || TooManyRuns;

    /// <summary>Applies the rules.</summary>
    /// <param name="values">Measurements in time order; NaN where one is missing.</param>
    /// <param name="baseline">How many of the first points make the median, 1 to the number of values; null for all.</param>
    /// <returns>The median is NaN and no rule speaks when no baseline value is present.</returns>
    /// <exception cref="UnfitInputException">The baseline is not within 1 and the number of values.</exception>
    public static RunChart Create(IReadOnlyList<double> values, int? baseline = null)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (baseline is { } given)
        {
            UnfitInputException.ThrowIfLessThan(given, 1, nameof(baseline));
            UnfitInputException.ThrowIfGreaterThan(given, values.Count, nameof(baseline));
        }
        double median = MedianOf(values.Take(baseline ?? values.Count));
        var sides = SidesOfMedian(values, median);
        int above = sides.Count(s => s.Up), below = sides.Count - above;
        var runs = Segments(sides, 1);
        return new RunChart
        {
            Median = median,
            UsefulPoints = sides.Count,
            Runs = runs.Count,
            ExpectedRuns = sides.Count < FewestUsefulPoints || above == 0 || below == 0 ? null : RunLimits(above, below),
            Shifts = Segments(sides, ShiftLength),
            Trends = TrendsOf(values),
        };
    }

    private static double MedianOf(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Where(v => !double.IsNaN(v)).Order()];
        int middle = sorted.Length / 2;
        return sorted.Length == 0 ? double.NaN : sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static List<(int Index, bool Up)> SidesOfMedian(IReadOnlyList<double> values, double median)
    {
        var sides = new List<(int, bool)>();
        for (int i = 0; i < values.Count; i++)
        {
            if (values[i] > median || values[i] < median)
            {
                sides.Add((i, values[i] > median));
            }
        }
        return sides;
    }

    private static List<ChartSegment> Segments(List<(int Index, bool Up)> sides, int shortest)
    {
        var found = new List<ChartSegment>();
        for (int start = 0, end; start < sides.Count; start = end)
        {
            for (end = start + 1; end < sides.Count && sides[end].Up == sides[start].Up; end++)
            {
            }
            if (end - start >= shortest)
            {
                found.Add(new(sides[start].Index, sides[end - 1].Index, sides[start].Up));
            }
        }
        return found;
    }

    private static List<ChartSegment> TrendsOf(IReadOnlyList<double> values)
    {
        int[] distinct = [.. DistinctNeighbours(values)];
        var steps = new List<(int Index, bool Up)>();
        for (int k = 1; k < distinct.Length; k++)
        {
            steps.Add((k, values[distinct[k]] > values[distinct[k - 1]]));
        }
        return [.. Segments(steps, TrendLength - 1).Select(s => new ChartSegment(distinct[s.First - 1], distinct[s.Last], s.Upwards))];
    }

    private static IEnumerable<int> DistinctNeighbours(IReadOnlyList<double> values)
    {
        double last = double.NaN;
        for (int i = 0; i < values.Count; i++)
        {
            if (!double.IsNaN(values[i]) && values[i] != last)
            {
                last = values[i];
                yield return i;
            }
        }
    }

    private static (int Fewest, int Most) RunLimits(int above, int below)
    {
        const double Tail = 0.025;
        int total = above + below, fewest = 2, most = total;
        for (double sum = RunProbability(fewest, above, below); sum <= Tail; sum += RunProbability(fewest, above, below))
        {
            fewest++;
        }
        for (double sum = RunProbability(most, above, below); sum <= Tail && most > fewest; sum += RunProbability(most, above, below))
        {
            most--;
        }
        return (fewest, most);
    }

    /// <summary>P(R = r) for a random order of the two sides (Swed and Eisenhart 1943).</summary>
    private static double RunProbability(int runs, int above, int below)
    {
        static double LogChoose(int n, int k) => k < 0 || k > n || n < 0 ? double.NegativeInfinity : SpecialFunctions.BinomialLn(n, k);
        double all = SpecialFunctions.BinomialLn(above + below, above);
        int half = runs / 2;
        return runs % 2 == 0
            ? 2 * Math.Exp(LogChoose(above - 1, half - 1) + LogChoose(below - 1, half - 1) - all)
            : Math.Exp(LogChoose(above - 1, half) + LogChoose(below - 1, half - 1) - all)
              + Math.Exp(LogChoose(above - 1, half - 1) + LogChoose(below - 1, half) - all);
    }
}
