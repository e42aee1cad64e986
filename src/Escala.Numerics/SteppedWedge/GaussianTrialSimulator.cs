using Escala.Numerics.CostEffectiveness;
using Escala.Numerics.Data;
using MathNet.Numerics.LinearAlgebra;

namespace Escala.Numerics.SteppedWedge;

/// <summary>
/// Draws the measurements of persons: normal effects of clusters and periods and, in a closed cohort, of persons, of whom person k of a cluster
/// is the same in every period.
/// </summary>
internal sealed class GaussianTrialSimulator : TrialSimulator
{
    private static readonly uint s_stream = CounterStream.StreamOf("gaussian trial");

    private readonly double _baseline, _person, _residual;
    private readonly Matrix<double>[] _factors;

    internal GaussianTrialSimulator(TrialLayout layout, CorrelationStructure correlation, double baseline, double intervention, double standardDeviation)
        : base(layout)
    {
        if (!(standardDeviation > 0)) throw new UnfitInputException("numerics.design.sd", "A Gaussian outcome needs the standard deviation of one person's outcome, above 0.");
        double total = standardDeviation * standardDeviation, within = total * (1 - correlation.Icc);
        _baseline = baseline;
        _person = Math.Sqrt(within * correlation.IndividualAutocorrelation);
        _residual = Math.Sqrt(within * (1 - correlation.IndividualAutocorrelation));
        Effect = intervention - baseline;
        _factors = Factors(total * correlation.Icc, total * correlation.RandomTreatment, correlation);
    }

    internal override DataFrame Draw(ulong seed, uint replicate, double effect) => RowsOfPersons(Persons(seed, replicate, effect));

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
                for (int k = 0; k < Layout.Size(i, t); k++)
                {
                    yield return (i, t, k, _baseline + level[i, t] + (effect * Layout.Exposure(i, t)) + persons[k] + (_residual * stream.NextNormal()));
                }
            }
        }
    }
}
