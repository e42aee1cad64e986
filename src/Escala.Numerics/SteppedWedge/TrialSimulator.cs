using Escala.Numerics.CostEffectiveness;
using Escala.Numerics.Data;
using MathNet.Numerics.LinearAlgebra;

namespace Escala.Numerics.SteppedWedge;

/// <summary>Draws whole trials with normal effects of clusters and periods.</summary>
internal abstract class TrialSimulator
{
    private protected TrialSimulator(TrialLayout layout)
    {
        Layout = layout;
        Cells = [.. from i in Enumerable.Range(0, layout.Clusters) from t in Enumerable.Range(0, layout.Periods) where layout.IsObserved(i, t) select (i, t)];
        if (Cells.Any(c => layout.Size(c.Cluster, c.Period) != Math.Floor(layout.Size(c.Cluster, c.Period))))
        {
            throw new UnfitInputException("numerics.design.whole-sizes", "Persons are simulated: the sizes must be whole numbers.");
        }
    }

    private protected TrialLayout Layout { get; }

    private protected (int Cluster, int Period)[] Cells { get; }

    /// <summary>The effect on the scale of the link, given the cluster.</summary>
    internal double Effect { get; private protected init; }

    /// <summary>One trial with the given effect; a function of the seed and the replicate alone.</summary>
    internal abstract DataFrame Draw(ulong seed, uint replicate, double effect);

    /// <summary>A root of the covariance of each cluster's level over the periods.</summary>
    private protected Matrix<double>[] Factors(double variance, double treatment, CorrelationStructure correlation) =>
        [.. Enumerable.Range(0, Layout.Clusters).Select(i => Factor(i, variance, treatment, correlation))];

    private Matrix<double> Factor(int cluster, double variance, double treatment, CorrelationStructure correlation)
    {
        double Exposure(int t) => Layout.IsObserved(cluster, t) ? Layout.Exposure(cluster, t) : 0;
        var covariance = Matrix<double>.Build.Dense(Layout.Periods, Layout.Periods, (s, t) =>
            (variance * correlation.Autocorrelation(Math.Abs(s - t))) + (treatment * Exposure(s) * Exposure(t)));
        // A level that never changes makes the matrix singular; its eigenvectors give a root all the same.
        var evd = covariance.Evd(Symmetricity.Symmetric);
        return evd.EigenVectors * Matrix<double>.Build.DenseOfDiagonalVector(evd.EigenValues.Map(v => Math.Sqrt(Math.Max(0, v.Real))));
    }

    /// <summary>Levels of the clusters in the periods, around 0.</summary>
    private protected double[,] Levels(Matrix<double>[] factors, ref CounterStream stream)
    {
        double[,] level = new double[Layout.Clusters, Layout.Periods];
        for (int i = 0; i < Layout.Clusters; i++)
        {
            var normal = Vector<double>.Build.Dense(Layout.Periods);
            for (int t = 0; t < normal.Count; t++)
            {
                normal[t] = stream.NextNormal();
            }
            var own = factors[i] * normal;
            for (int t = 0; t < normal.Count; t++)
            {
                level[i, t] = own[t];
            }
        }
        return level;
    }

    /// <summary>A table with one row a person and period.</summary>
    private protected DataFrame RowsOfPersons(IEnumerable<(int Cluster, int Period, int Person, double Outcome)> rows)
    {
        List<double>[] columns = [.. Enumerable.Range(0, 6).Select(_ => new List<double>())];
        foreach (var (i, t, person, y) in rows)
        {
            foreach (var (column, value) in new[] { i + 1, Layout.SequenceOf[i] + 1, t + 1, Layout.Exposure(i, t), person + 1, y }.Index()) columns[column].Add(value);
        }
        string[] names = ["cluster", "sequence", "period", "treat", "person", "y"];
        return new DataFrame(names.Select((name, k) => (Column)new NumericColumn(name, columns[k])));
    }
}

/// <summary>Draws what cells add up to: successes or events.</summary>
internal abstract class CellTrialSimulator : TrialSimulator
{
    private protected CellTrialSimulator(TrialLayout layout)
        : base(layout)
    {
    }

    /// <summary>Sum of the outcomes of each observed cell, cluster by cluster and period by period.</summary>
    internal abstract double[] DrawSums(ulong seed, uint replicate, double effect);

    internal override DataFrame Draw(ulong seed, uint replicate, double effect)
    {
        NumericColumn Of(string name, Func<int, int, double> value) => new(name, Cells.Select(c => value(c.Cluster, c.Period)));
        return new DataFrame(
            Of("cluster", (i, _) => i + 1), Of("sequence", (i, _) => Layout.SequenceOf[i] + 1), Of("period", (_, t) => t + 1),
            Of("treat", Layout.Exposure), new NumericColumn("y", DrawSums(seed, replicate, effect)), Of("n", Layout.Size));
    }
}
