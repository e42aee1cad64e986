using Escala.Numerics.CostEffectiveness;
using Escala.Numerics.Data;
using Escala.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;

namespace Escala.Numerics.SteppedWedge;

/// <summary>Draws cells of counts with normal cluster effects on the log-odds scale.</summary>
internal sealed class BinaryTrialSimulator : TrialSimulator
{
    private static readonly uint s_stream = CounterStream.StreamOf("binary trial");

    private readonly double _intercept;
    private readonly Matrix<double>[] _factors;

    internal BinaryTrialSimulator(TrialLayout layout, CorrelationStructure correlation, double baseline, double intervention)
        : base(layout)
    {
        double deviation = LogitDeviation(baseline, correlation.Icc);
        _intercept = LogitIntercept(baseline, deviation);
        Effect = LogitIntercept(intervention, deviation) - _intercept;
        // A variance of the effect is carried to the log-odds scale by the slope at the baseline.
        double treatment = correlation.RandomTreatment / (baseline * (1 - baseline));
        _factors = Factors(deviation * deviation, treatment, correlation);
    }

    internal override DataFrame Draw(ulong seed, uint replicate, double effect)
    {
        var stream = new CounterStream(seed, s_stream, replicate);
        double[,] level = Levels(_factors, ref stream);
        double[] outcomes = new double[Cells.Length];
        foreach (var (k, (i, t)) in Cells.Index())
        {
            double proportion = Proportion(_intercept + level[i, t] + (effect * Layout.Exposure(i, t)));
            outcomes[k] = CountQuantile.Binomial((int)Layout.Size(i, t), proportion, stream.NextUniform());
        }
        return CellsOfCounts(outcomes);
    }

    private static double Proportion(double logit) => 1 / (1 + Math.Exp(-logit));

    /// <summary>Mean over N(0, deviation²) by the trapezium rule, exact to rounding for such smooth functions.</summary>
    private static double Mean(Func<double, double> function, double deviation)
    {
        const int Steps = 160;
        const double Reach = 8.5;
        double sum = 0, weight = 0;
        for (int k = -Steps; k <= Steps; k++)
        {
            double z = Reach * k / Steps, density = Math.Exp(-z * z / 2);
            sum += density * function(deviation * z);
            weight += density;
        }
        return sum / weight;
    }

    /// <summary>The intercept at which the mean proportion over clusters is <paramref name="proportion"/>.</summary>
    private static double LogitIntercept(double proportion, double deviation) =>
        Bisect(a => Mean(u => Proportion(a + u), deviation) - proportion, -60, 60);

    /// <summary>The standard deviation at which the proportions of clusters have variance icc · p(1 − p).</summary>
    private static double LogitDeviation(double proportion, double icc)
    {
        double Variance(double deviation)
        {
            double a = LogitIntercept(proportion, deviation);
            return Mean(u => Math.Pow(Proportion(a + u) - proportion, 2), deviation);
        }
        double wanted = icc * proportion * (1 - proportion);
        const double Largest = 15;
        return icc == 0 ? 0
            : Variance(Largest) < wanted ? throw new ArgumentException($"An intracluster correlation of {icc} leaves hardly any cluster between none and all: it cannot be simulated.", nameof(icc))
            : Bisect(s => Variance(s) - wanted, 0, Largest);
    }

    private static double Bisect(Func<double, double> increasing, double low, double high)
    {
        while (high - low > 1e-12 * Math.Max(1, Math.Abs(high)))
        {
            double middle = (low + high) / 2;
            (low, high) = increasing(middle) < 0 ? (middle, high) : (low, middle);
        }
        return (low + high) / 2;
    }
}
