using Escala.Numerics.CostEffectiveness;
using Escala.Numerics.Data;
using Escala.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;

namespace Escala.Numerics.SteppedWedge;

/// <summary>
/// Draws yes-or-no outcomes with normal cluster effects on the log-odds scale and, in a closed cohort, normal effects of persons, of whom person
/// k of a cluster is the same in every period. Their variances are those at which proportions have the stated correlations.
/// </summary>
internal sealed class BinaryTrialSimulator : CellTrialSimulator
{
    private static readonly uint s_stream = CounterStream.StreamOf("binary trial");

    private readonly double _intercept, _person;
    private readonly Matrix<double>[] _factors;

    internal BinaryTrialSimulator(TrialLayout layout, CorrelationStructure correlation, double baseline, double intervention)
        : base(layout)
    {
        double icc = correlation.Icc, ofPerson = icc + ((1 - icc) * correlation.IndividualAutocorrelation);
        double deviation = LogitDeviation(baseline, ofPerson), ofCluster = ofPerson == icc ? deviation : ClusterDeviation(baseline, icc, deviation);
        _person = Math.Sqrt((deviation * deviation) - (ofCluster * ofCluster));
        _intercept = LogitIntercept(baseline, deviation);
        Effect = LogitIntercept(intervention, deviation) - _intercept;
        // A variance of the effect is carried to the log-odds scale by the slope at the baseline.
        double treatment = correlation.RandomTreatment / (baseline * (1 - baseline));
        _factors = Factors(ofCluster * ofCluster, treatment, correlation);
    }

    internal override DataFrame Draw(ulong seed, uint replicate, double effect) =>
        _person == 0 ? base.Draw(seed, replicate, effect) : RowsOfPersons(Persons(seed, replicate, effect));

    internal override double[] DrawSums(ulong seed, uint replicate, double effect)
    {
        double[] outcomes = new double[Cells.Length];
        if (_person > 0)
        {
            int cell = -1;
            foreach (var (_, _, person, y) in Persons(seed, replicate, effect)) outcomes[person == 0 ? ++cell : cell] += y;
            return outcomes;
        }
        var stream = new CounterStream(seed, s_stream, replicate);
        double[,] level = Levels(_factors, ref stream);
        foreach (var (k, (i, t)) in Cells.Index())
        {
            double proportion = Proportion(_intercept + level[i, t] + (effect * Layout.Exposure(i, t)));
            outcomes[k] = CountQuantile.Binomial((int)Layout.Size(i, t), proportion, stream.NextUniform());
        }
        return outcomes;
    }

    private IEnumerable<(int Cluster, int Period, int Person, double Outcome)> Persons(ulong seed, uint replicate, double effect)
    {
        var stream = new CounterStream(seed, s_stream, replicate);
        double[,] level = Levels(_factors, ref stream);
        foreach (var cluster in Cells.GroupBy(c => c.Cluster))
        {
            double[] persons = new double[(int)cluster.Max(c => Layout.Size(c.Cluster, c.Period))];
            for (int k = 0; k < persons.Length; k++) persons[k] = _person * stream.NextNormal();
            foreach (var (i, t) in cluster)
            {
                double shared = _intercept + level[i, t] + (effect * Layout.Exposure(i, t));
                for (int k = 0; k < Layout.Size(i, t); k++) yield return (i, t, k, stream.NextUniform() < Proportion(shared + persons[k]) ? 1 : 0);
            }
        }
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

    /// <summary>The part of a deviation that belongs to clusters, so that their proportions, means over persons, have variance icc · p(1 − p).</summary>
    private static double ClusterDeviation(double proportion, double icc, double deviation)
    {
        double intercept = LogitIntercept(proportion, deviation), wanted = icc * proportion * (1 - proportion);
        double Variance(double ofCluster)
        {
            double ofPerson = Math.Sqrt(Math.Max(0, (deviation * deviation) - (ofCluster * ofCluster)));
            return Mean(u => Math.Pow(Mean(w => Proportion(intercept + u + w), ofPerson) - proportion, 2), ofCluster);
        }
        return icc == 0 ? 0 : Bisect(s => Variance(s) - wanted, 0, deviation);
    }

    /// <summary>The standard deviation at which proportions that share an effect have variance icc · p(1 − p).</summary>
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
            : Variance(Largest) < wanted ? throw new UnfitInputException("numerics.design.binary-icc", "A correlation of {icc} leaves hardly any cluster or person between never and always: it cannot be simulated.", ("icc", new Figure(icc, "0.###")))
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
