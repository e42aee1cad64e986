using MathNet.Numerics;

namespace Escala.Numerics.CostEffectiveness;

/// <summary>The uncertainty of one parameter. The factories refuse what has no such distribution; nothing is moved into range silently.</summary>
public abstract record ParameterDistribution
{
    private protected ParameterDistribution()
    {
    }

    /// <summary>Expected value.</summary>
    public abstract double Mean { get; }

    /// <summary>The value below which the share <paramref name="p"/> lies.</summary>
    /// <param name="p">Share, in the open interval (0, 1).</param>
    public abstract double Quantile(double p);

    /// <summary>One draw. By inversion unless the distribution has a faster exact way.</summary>
    /// <param name="stream">The stream of this parameter in this draw.</param>
    public virtual double Sample(ref CounterStream stream) => Quantile(stream.NextUniform());

    /// <summary>Mean and standard deviation of a number whose estimate and interval are symmetric.</summary>
    private protected static double DeviationFromInterval(double estimate, double lower, double upper, double confidence)
    {
        if (!(confidence > 0 && confidence < 1)) throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "Confidence lies between 0 and 1.");
        if (!(lower < estimate && estimate < upper))
            throw new ArgumentException(FormattableString.Invariant($"The estimate {estimate} does not lie inside the interval {lower} to {upper}."), nameof(estimate));
        return (upper - lower) / (2 * StandardNormal.Quantile(0.5 + confidence / 2));
    }

    private protected static void Require(bool holds, string message)
    {
        if (!holds) throw new ArgumentException(message);
    }
}

/// <summary>Normal.</summary>
public sealed record NormalDistribution : ParameterDistribution
{
    /// <summary>From mean and standard deviation.</summary>
    /// <param name="mean">Mean.</param>
    /// <param name="deviation">Standard deviation, above 0.</param>
    /// <exception cref="ArgumentException">The standard deviation is not positive or a number is not finite.</exception>
    public NormalDistribution(double mean, double deviation)
    {
        Require(double.IsFinite(mean) && deviation > 0 && double.IsFinite(deviation), FormattableString.Invariant($"A normal distribution needs a finite mean and a standard deviation above 0, not {mean} and {deviation}."));
        Mean = mean;
        Deviation = deviation;
    }

    /// <inheritdoc/>
    public override double Mean { get; }

    /// <summary>Standard deviation.</summary>
    public double Deviation { get; }

    /// <summary>From an estimate and its confidence interval.</summary>
    /// <param name="estimate">Estimate, inside the interval.</param>
    /// <param name="lower">Lower limit.</param>
    /// <param name="upper">Upper limit.</param>
    /// <param name="confidence">Level of the interval, 0.95 for 95 %.</param>
    /// <exception cref="ArgumentException">The estimate does not lie inside the interval.</exception>
    public static NormalDistribution FromInterval(double estimate, double lower, double upper, double confidence = 0.95) =>
        new(estimate, DeviationFromInterval(estimate, lower, upper, confidence));

    /// <inheritdoc/>
    public override double Quantile(double p) => Mean + Deviation * StandardNormal.Quantile(p);
}

/// <summary>Normal, cut off outside an interval and scaled up within it.</summary>
public sealed record TruncatedNormalDistribution : ParameterDistribution
{
    private readonly double _location, _scale, _below, _within;

    /// <summary>From the mean and standard deviation before truncation.</summary>
    /// <param name="mean">Mean before truncation.</param>
    /// <param name="deviation">Standard deviation before truncation, above 0.</param>
    /// <param name="lower">Lower bound; may be minus infinity.</param>
    /// <param name="upper">Upper bound; may be infinity.</param>
    /// <exception cref="ArgumentException">The bounds are not in order, hold no probability, or the standard deviation is not positive.</exception>
    public TruncatedNormalDistribution(double mean, double deviation, double lower, double upper)
    {
        Require(double.IsFinite(mean) && deviation > 0 && double.IsFinite(deviation) && lower < upper, "A truncated normal distribution needs a standard deviation above 0 and bounds in order.");
        double a = (lower - mean) / deviation, b = (upper - mean) / deviation;
        (_location, _scale, _below) = (mean, deviation, StandardNormal.Cumulative(a));
        _within = StandardNormal.Cumulative(b) - _below;
        Require(_within > 1e-12, "The bounds of the truncated normal distribution hold next to none of it.");
        Mean = mean + deviation * (StandardNormal.Density(a) - StandardNormal.Density(b)) / _within;
    }

    /// <inheritdoc/>
    public override double Mean { get; }

    /// <inheritdoc/>
    public override double Quantile(double p) => _location + _scale * StandardNormal.Quantile(_below + p * _within);
}

/// <summary>Log-normal.</summary>
public sealed record LogNormalDistribution : ParameterDistribution
{
    /// <summary>From mean and standard deviation of the logarithm.</summary>
    /// <param name="meanLog">Mean of the logarithm.</param>
    /// <param name="deviationLog">Standard deviation of the logarithm, above 0.</param>
    /// <exception cref="ArgumentException">The standard deviation is not positive or a number is not finite.</exception>
    public LogNormalDistribution(double meanLog, double deviationLog)
    {
        Require(double.IsFinite(meanLog) && deviationLog > 0 && double.IsFinite(deviationLog), "A log-normal distribution needs a finite mean and a standard deviation above 0 of the logarithm.");
        MeanLog = meanLog;
        DeviationLog = deviationLog;
    }

    /// <summary>Mean of the logarithm.</summary>
    public double MeanLog { get; }

    /// <summary>Standard deviation of the logarithm.</summary>
    public double DeviationLog { get; }

    /// <inheritdoc/>
    public override double Mean => Math.Exp(MeanLog + DeviationLog * DeviationLog / 2);

    /// <summary>From mean and standard deviation of the quantity itself.</summary>
    /// <param name="mean">Mean, above 0.</param>
    /// <param name="deviation">Standard deviation, above 0.</param>
    /// <exception cref="ArgumentException">A number is not positive.</exception>
    public static LogNormalDistribution FromMoments(double mean, double deviation)
    {
        Require(mean > 0 && deviation > 0 && double.IsFinite(mean) && double.IsFinite(deviation), FormattableString.Invariant($"A log-normal distribution needs a mean and a standard deviation above 0, not {mean} and {deviation}."));
        var variance = double.LogP1(deviation / mean * (deviation / mean));
        return new LogNormalDistribution(Math.Log(mean) - variance / 2, Math.Sqrt(variance));
    }

    /// <summary>From a ratio and its interval; the estimate is the median, as for hazard and odds ratios.</summary>
    /// <param name="estimate">Ratio, above 0 and inside the interval.</param>
    /// <param name="lower">Lower limit, above 0.</param>
    /// <param name="upper">Upper limit.</param>
    /// <param name="confidence">Level of the interval, 0.95 for 95 %.</param>
    /// <exception cref="ArgumentException">The estimate does not lie inside the interval, or a limit is not positive.</exception>
    public static LogNormalDistribution FromInterval(double estimate, double lower, double upper, double confidence = 0.95)
    {
        Require(lower > 0, FormattableString.Invariant($"A ratio's interval must lie above 0, not start at {lower}."));
        DeviationFromInterval(estimate, lower, upper, confidence);
        return new LogNormalDistribution(Math.Log(estimate), DeviationFromInterval(Math.Log(estimate), Math.Log(lower), Math.Log(upper), confidence));
    }

    /// <inheritdoc/>
    public override double Quantile(double p) => Math.Exp(MeanLog + DeviationLog * StandardNormal.Quantile(p));
}

/// <summary>Gamma with shape and scale.</summary>
public sealed record GammaDistribution : ParameterDistribution
{
    /// <summary>From shape and scale.</summary>
    /// <param name="shape">Shape, above 0.</param>
    /// <param name="scale">Scale (mean / shape), above 0.</param>
    /// <exception cref="ArgumentException">A number is not positive and finite.</exception>
    public GammaDistribution(double shape, double scale)
    {
        Require(shape > 0 && scale > 0 && double.IsFinite(shape) && double.IsFinite(scale), FormattableString.Invariant($"A gamma distribution needs a shape and a scale above 0, not {shape} and {scale}."));
        Shape = shape;
        Scale = scale;
    }

    /// <summary>Shape.</summary>
    public double Shape { get; }

    /// <summary>Scale.</summary>
    public double Scale { get; }

    /// <inheritdoc/>
    public override double Mean => Shape * Scale;

    /// <summary>From mean and standard deviation.</summary>
    /// <param name="mean">Mean, above 0.</param>
    /// <param name="deviation">Standard deviation, above 0.</param>
    /// <exception cref="ArgumentException">A number is not positive.</exception>
    public static GammaDistribution FromMoments(double mean, double deviation)
    {
        Require(mean > 0 && deviation > 0, FormattableString.Invariant($"A gamma distribution needs a mean and a standard deviation above 0, not {mean} and {deviation}."));
        return new GammaDistribution(mean / deviation * (mean / deviation), deviation / mean * deviation);
    }

    /// <summary>From an estimate, taken as the mean, and its interval, taken as symmetric.</summary>
    /// <param name="estimate">Mean, above 0 and inside the interval.</param>
    /// <param name="lower">Lower limit.</param>
    /// <param name="upper">Upper limit.</param>
    /// <param name="confidence">Level of the interval, 0.95 for 95 %.</param>
    /// <exception cref="ArgumentException">The estimate does not lie inside the interval or is not positive.</exception>
    public static GammaDistribution FromInterval(double estimate, double lower, double upper, double confidence = 0.95) =>
        FromMoments(estimate, DeviationFromInterval(estimate, lower, upper, confidence));

    /// <inheritdoc/>
    public override double Quantile(double p) => Scale * QuantileSearch.Positive(
        x => SpecialFunctions.GammaLowerRegularized(Shape, x), x => Math.Exp((Shape - 1) * Math.Log(x) - x - SpecialFunctions.GammaLn(Shape)),
        p, Shape < 1 ? Math.Exp((Math.Log(p) + SpecialFunctions.GammaLn(Shape + 1)) / Shape) : Shape);

    /// <inheritdoc/>
    public override double Sample(ref CounterStream stream) => Scale * Standard(Shape, ref stream);

    /// <summary>Marsaglia G, Tsang WW. A simple method for generating gamma variables. ACM Trans Math Softw 2000;26:363-372.</summary>
    internal static double Standard(double shape, ref CounterStream stream)
    {
        var boost = shape < 1 ? Math.Pow(stream.NextUniform(), 1 / shape) : 1;
        var d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3;
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var z = stream.NextNormal();
            var v = 1 + c * z;
            if (v <= 0) continue;
            v = v * v * v;
            if (Math.Log(stream.NextUniform()) < 0.5 * z * z + d - d * v + d * Math.Log(v)) return boost * d * v;
        }
    }
}

/// <summary>Beta, between 0 and 1.</summary>
public sealed record BetaDistribution : ParameterDistribution
{
    /// <summary>From its two shapes.</summary>
    /// <param name="alpha">First shape (events + prior), above 0.</param>
    /// <param name="beta">Second shape (non-events + prior), above 0.</param>
    /// <exception cref="ArgumentException">A number is not positive and finite.</exception>
    public BetaDistribution(double alpha, double beta)
    {
        Require(alpha > 0 && beta > 0 && double.IsFinite(alpha) && double.IsFinite(beta), FormattableString.Invariant($"A beta distribution needs shapes above 0, not {alpha} and {beta}."));
        Alpha = alpha;
        Beta = beta;
    }

    /// <summary>First shape.</summary>
    public double Alpha { get; }

    /// <summary>Second shape.</summary>
    public double Beta { get; }

    /// <inheritdoc/>
    public override double Mean => Alpha / (Alpha + Beta);

    /// <summary>From mean and standard deviation.</summary>
    /// <param name="mean">Mean, in the open interval (0, 1).</param>
    /// <param name="deviation">Standard deviation, above 0 and with a square below mean (1 - mean).</param>
    /// <exception cref="ArgumentException">No beta distribution has these moments.</exception>
    public static BetaDistribution FromMoments(double mean, double deviation)
    {
        Require(mean > 0 && mean < 1, FormattableString.Invariant($"A beta distribution has a mean between 0 and 1, not {mean}."));
        Require(deviation > 0 && deviation * deviation < mean * (1 - mean),
            FormattableString.Invariant($"No beta distribution with mean {mean} has a standard deviation of {deviation}: it must lie above 0 and below {Math.Sqrt(mean * (1 - mean))}."));
        var total = mean * (1 - mean) / (deviation * deviation) - 1;
        return new BetaDistribution(mean * total, (1 - mean) * total);
    }

    /// <summary>From an estimate, taken as the mean, and its interval, taken as symmetric.</summary>
    /// <param name="estimate">Mean, inside the interval.</param>
    /// <param name="lower">Lower limit.</param>
    /// <param name="upper">Upper limit.</param>
    /// <param name="confidence">Level of the interval, 0.95 for 95 %.</param>
    /// <exception cref="ArgumentException">The estimate does not lie inside the interval, or no beta distribution has these moments.</exception>
    public static BetaDistribution FromInterval(double estimate, double lower, double upper, double confidence = 0.95) =>
        FromMoments(estimate, DeviationFromInterval(estimate, lower, upper, confidence));

    /// <inheritdoc/>
    public override double Quantile(double p)
    {
        var constant = SpecialFunctions.GammaLn(Alpha + Beta) - SpecialFunctions.GammaLn(Alpha) - SpecialFunctions.GammaLn(Beta);
        return QuantileSearch.Unit(
            x => SpecialFunctions.BetaRegularized(Alpha, Beta, x), x => Math.Exp(constant + (Alpha - 1) * Math.Log(x) + (Beta - 1) * double.LogP1(-x)), p, Mean);
    }

    /// <inheritdoc/>
    public override double Sample(ref CounterStream stream)
    {
        var a = GammaDistribution.Standard(Alpha, ref stream);
        var b = GammaDistribution.Standard(Beta, ref stream);
        return a / (a + b);
    }
}

/// <summary>Uniform between two bounds.</summary>
public sealed record UniformDistribution : ParameterDistribution
{
    /// <summary>From its bounds.</summary>
    /// <param name="minimum">Lower bound.</param>
    /// <param name="maximum">Upper bound, above the lower.</param>
    /// <exception cref="ArgumentException">The bounds are not in order or not finite.</exception>
    public UniformDistribution(double minimum, double maximum)
    {
        Require(minimum < maximum && double.IsFinite(maximum - minimum), FormattableString.Invariant($"A uniform distribution needs bounds in order, not {minimum} and {maximum}."));
        Minimum = minimum;
        Maximum = maximum;
    }

    /// <summary>Lower bound.</summary>
    public double Minimum { get; }

    /// <summary>Upper bound.</summary>
    public double Maximum { get; }

    /// <inheritdoc/>
    public override double Mean => (Minimum + Maximum) / 2;

    /// <inheritdoc/>
    public override double Quantile(double p) => Minimum + p * (Maximum - Minimum);
}

/// <summary>Triangular between two bounds with a mode.</summary>
public sealed record TriangularDistribution : ParameterDistribution
{
    /// <summary>From its bounds and mode.</summary>
    /// <param name="minimum">Lower bound.</param>
    /// <param name="mode">Mode, not outside the bounds.</param>
    /// <param name="maximum">Upper bound, above the lower.</param>
    /// <exception cref="ArgumentException">The three are not in order or not finite.</exception>
    public TriangularDistribution(double minimum, double mode, double maximum)
    {
        Require(minimum <= mode && mode <= maximum && minimum < maximum && double.IsFinite(maximum - minimum), FormattableString.Invariant($"A triangular distribution needs minimum, mode and maximum in order, not {minimum}, {mode}, {maximum}."));
        (Minimum, Mode, Maximum) = (minimum, mode, maximum);
    }

    /// <summary>Lower bound.</summary>
    public double Minimum { get; }

    /// <summary>Mode.</summary>
    public double Mode { get; }

    /// <summary>Upper bound.</summary>
    public double Maximum { get; }

    /// <inheritdoc/>
    public override double Mean => (Minimum + Mode + Maximum) / 3;

    /// <inheritdoc/>
    public override double Quantile(double p)
    {
        var width = Maximum - Minimum;
        return p * width < Mode - Minimum
            ? Minimum + Math.Sqrt(p * width * (Mode - Minimum))
            : Maximum - Math.Sqrt((1 - p) * width * (Maximum - Mode));
    }
}

/// <summary>PERT: a beta distribution stretched over bounds, with weight 4 on the mode unless said otherwise.</summary>
public sealed record PertDistribution : ParameterDistribution
{
    private readonly BetaDistribution _beta;
    private readonly double _minimum, _width;

    /// <summary>From its bounds and mode.</summary>
    /// <param name="minimum">Lower bound.</param>
    /// <param name="mode">Mode, not outside the bounds.</param>
    /// <param name="maximum">Upper bound, above the lower.</param>
    /// <param name="weight">Weight of the mode, above 0; 4 in the usual form.</param>
    /// <exception cref="ArgumentException">The three are not in order or not finite, or the weight is not positive.</exception>
    public PertDistribution(double minimum, double mode, double maximum, double weight = 4)
    {
        Require(minimum <= mode && mode <= maximum && minimum < maximum && double.IsFinite(maximum - minimum) && weight > 0, FormattableString.Invariant($"A PERT distribution needs minimum, mode and maximum in order, not {minimum}, {mode}, {maximum}."));
        (_minimum, _width) = (minimum, maximum - minimum);
        _beta = new BetaDistribution(1 + weight * (mode - minimum) / _width, 1 + weight * (maximum - mode) / _width);
    }

    /// <inheritdoc/>
    public override double Mean => _minimum + _width * _beta.Mean;

    /// <inheritdoc/>
    public override double Quantile(double p) => _minimum + _width * _beta.Quantile(p);

    /// <inheritdoc/>
    public override double Sample(ref CounterStream stream) => _minimum + _width * _beta.Sample(ref stream);
}

/// <summary>A sample made elsewhere (a posterior, a bootstrap), drawn from with equal chances.</summary>
public sealed record SampleDistribution : ParameterDistribution
{
    private readonly double[] _values, _sorted;

    /// <summary>Keeps the sample.</summary>
    /// <param name="values">At least one finite number.</param>
    /// <exception cref="ArgumentException">The sample is empty or holds a number that is not finite.</exception>
    public SampleDistribution(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        Require(values.Count > 0 && values.All(double.IsFinite), "A sample needs at least one number, all finite.");
        _values = [.. values];
        _sorted = [.. values.Order()];
        Mean = _values.Average();
    }

    /// <inheritdoc/>
    public override double Mean { get; }

    /// <inheritdoc/>
    public override double Quantile(double p) => _sorted[Math.Min((int)(p * _sorted.Length), _sorted.Length - 1)];

    /// <summary>One draw, in the order given: parameters that share a stream and a length are drawn jointly, row by row.</summary>
    /// <param name="stream">The stream of this parameter in this draw.</param>
    public override double Sample(ref CounterStream stream) => _values[(int)(stream.NextUniform() * _values.Length)];
}
