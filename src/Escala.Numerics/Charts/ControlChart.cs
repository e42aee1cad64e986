namespace Escala.Numerics.Charts;

/// <summary>One point of a control chart.</summary>
/// <param name="Value">Observed value; NaN when missing or without a denominator.</param>
/// <param name="Lower">Lower control limit, in the unit of the value.</param>
/// <param name="Upper">Upper control limit.</param>
public readonly record struct ControlPoint(double Value, double Lower, double Upper)
{
    /// <summary>The value lies outside its limits: a special cause. A missing value never does.</summary>
    public bool IsOutside => Value < Lower || Value > Upper;
}

/// <summary>
/// A Shewhart chart: centre line and three-sigma limits. Limits of a proportion are cut at 0 and 1, where they mean nothing more.
/// Limits are NaN when the data give no spread (fewer than two neighbouring values).
/// </summary>
public sealed record ControlChart
{
    /// <summary>Expected range of two normal draws of unit variance, d₂ = 2/√π (tables print 1.128).</summary>
    private static readonly double s_d2 = 2 / Math.Sqrt(Math.PI);

    /// <summary>Centre line, in the unit of the values; NaN without data.</summary>
    public required double Centre { get; init; }

    /// <summary>The points, in the order given.</summary>
    public required IReadOnlyList<ControlPoint> Points { get; init; }

    /// <summary>
    /// For P′ the ratio of the observed short-term spread to the binomial one (σ_z): 1 is binomial, above 1 over-dispersed. Null for other charts.
    /// </summary>
    public double? SigmaZ { get; init; }

    /// <summary>Upper limit of the moving range of an XmR chart; null for other charts.</summary>
    public double? MovingRangeUpper { get; init; }

    /// <summary>Indices of the points outside their limits.</summary>
    public IEnumerable<int> Outside => Enumerable.Range(0, Points.Count).Where(i => Points[i].IsOutside);

    /// <summary>p chart: binomial limits about the pooled proportion, wider for smaller subgroups (Montgomery 2013, 7.2).</summary>
    /// <param name="numerators">Persons with the outcome, one count a subgroup.</param>
    /// <param name="denominators">Persons observed, one count a subgroup; 0 makes a missing point.</param>
    /// <returns>Proportions with their limits.</returns>
    /// <exception cref="ArgumentException">The lists differ in length, a count is negative, or a numerator exceeds its denominator.</exception>
    public static ControlChart P(IReadOnlyList<long> numerators, IReadOnlyList<long> denominators)
    {
        double centre = Pooled(numerators, denominators);
        return new ControlChart { Centre = centre, Points = ProportionPoints(numerators, denominators, centre, 1) };
    }

    /// <summary>
    /// P′ chart: p chart whose limits are scaled by the short-term spread between subgroups, for large or over-dispersed denominators
    /// (Laney 2002, Quality Engineering 14:531).
    /// </summary>
    /// <param name="numerators">Persons with the outcome, one count a subgroup, in time order.</param>
    /// <param name="denominators">Persons observed, one count a subgroup; 0 makes a missing point, across which no range is taken.</param>
    /// <returns>Proportions with their limits and <see cref="SigmaZ"/>.</returns>
    /// <exception cref="ArgumentException">The lists differ in length, a count is negative, or a numerator exceeds its denominator.</exception>
    public static ControlChart LaneyP(IReadOnlyList<long> numerators, IReadOnlyList<long> denominators)
    {
        double centre = Pooled(numerators, denominators);
        double[] z = [.. numerators.Select((x, i) => ((double)x / denominators[i] - centre) / Math.Sqrt(centre * (1 - centre) / denominators[i]))];
        double sigmaZ = MeanMovingRange(z) / s_d2;
        return new ControlChart { Centre = centre, SigmaZ = sigmaZ, Points = ProportionPoints(numerators, denominators, centre, sigmaZ) };
    }

    /// <summary>XmR (individuals and moving range) chart: natural process limits at mean ± 3·mR̄/d₂ (Wheeler 2000).</summary>
    /// <param name="values">Measurements in time order; NaN where missing, across which no range is taken.</param>
    /// <returns>Values with common limits, and the upper limit of the moving range.</returns>
    public static ControlChart XmR(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        double centre = values.Where(v => !double.IsNaN(v)).DefaultIfEmpty(double.NaN).Average();
        double range = MeanMovingRange(values), half = 3 * range / s_d2;
        // D₄ = 1 + 3·d₃/d₂ with d₃ = √(2 − 4/π), the standard deviation of the range of two.
        double upperRange = range * (1 + (3 * Math.Sqrt(2 - (4 / Math.PI)) / s_d2));
        return new ControlChart
        {
            Centre = centre,
            MovingRangeUpper = upperRange,
            Points = [.. values.Select(v => new ControlPoint(v, centre - half, centre + half))],
        };
    }

    private static double Pooled(IReadOnlyList<long> numerators, IReadOnlyList<long> denominators)
    {
        ArgumentNullException.ThrowIfNull(numerators);
        ArgumentNullException.ThrowIfNull(denominators);
        if (numerators.Count != denominators.Count)
        {
            throw new UnfitInputException("numerics.charts.lengths", "{numerators} numerators do not go with {denominators} denominators.", ("numerators", numerators.Count), ("denominators", denominators.Count));
        }
        for (int i = 0; i < numerators.Count; i++)
        {
            if (numerators[i] < 0 || numerators[i] > denominators[i])
            {
                throw new UnfitInputException("numerics.charts.subgroup", "Subgroup {subgroup} has {numerator} of {denominator}: a count lies between 0 and its denominator.", ("subgroup", i + 1), ("numerator", numerators[i]), ("denominator", denominators[i]));
            }
        }
        return (double)numerators.Sum() / denominators.Sum();
    }

    private static ControlPoint[] ProportionPoints(IReadOnlyList<long> numerators, IReadOnlyList<long> denominators, double centre, double scale)
    {
        var points = new ControlPoint[numerators.Count];
        for (int i = 0; i < points.Length; i++)
        {
            double half = 3 * scale * Math.Sqrt(centre * (1 - centre) / denominators[i]);
            points[i] = denominators[i] == 0
                ? new(double.NaN, double.NaN, double.NaN)
                : new((double)numerators[i] / denominators[i], Math.Max(0, centre - half), Math.Min(1, centre + half));
        }
        return points;
    }

    private static double MeanMovingRange(IReadOnlyList<double> values) =>
        values.Zip(values.Skip(1), (a, b) => Math.Abs(b - a)).Where(range => !double.IsNaN(range)).DefaultIfEmpty(double.NaN).Average();
}
