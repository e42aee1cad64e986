using MathNet.Numerics.LinearAlgebra;
using Dense = MathNet.Numerics.LinearAlgebra.Matrix<double>;

namespace Escala.Numerics.Models;

/// <summary>
/// CR2, the bias-reduced linearization of Bell and McCaffrey 2002 (Surv Methodol 28:169) in the symmetric form of Pustejovsky and Tipton 2018
/// (J Bus Econ Stat 36:672), with the model's own variance as target, and the Satterthwaite degrees of freedom that belong to it. As in every
/// program its unit is the data row, so a row of counts split in two changes it a little; rows of 0 and 1 may be collapsed as one likes.
/// </summary>
internal sealed class BellMcCaffrey
{
    /// <summary>Distinct rows of one cluster beyond which its eigenvalues would be unreasonable.</summary>
    private const int LargestCluster = 2000;

    private readonly Dense _bread;
    private readonly List<(Dense Variance, Dense Shift)> _clusters = [];

    private BellMcCaffrey(Dense bread) => (_bread, Covariance) = (bread, new double[bread.RowCount, bread.ColumnCount]);

    /// <summary>Covariance of the working coefficients.</summary>
    public double[,] Covariance { get; }

    /// <summary>Whether one cluster determines a coefficient alone.</summary>
    public bool IsSaturated { get; private set; }

    /// <summary>Computes it from a fit without random effects; <paramref name="codes"/> has the cluster of each cell of the problem.</summary>
    /// <exception cref="ArgumentException">A cluster has too many distinct rows.</exception>
    public static BellMcCaffrey Of(PreparedModel model, MixedModelProblem problem, LinearFit fit, int[] codes)
    {
        var result = new BellMcCaffrey(Dense.Build.DenseOfArray(fit.Covariance!));
        var rows = RowsOf(model, problem, fit).GroupBy(r => codes[r.Cell]).OrderBy(g => g.Key);
        foreach (var cluster in rows)
        {
            Row[] own = [.. cluster.OrderBy(r => r.Cell).ThenBy(r => r.Trials)];
            if (own.Length > LargestCluster) throw new UnfitInputException("numerics.model.bell-mccaffrey-size", "A cluster of '{cluster}' has {rows} different rows, too many for CR2; use the correction kc, which costs no more for large clusters.", ("cluster", model.Specification.Cluster), ("rows", own.Length));
            result.Add(problem, fit, own);
        }
        return result;
    }

    /// <summary>Rows of one cell with the same number of trials: their number and the sum of their residuals.</summary>
    private readonly record struct Row(int Cell, double Trials, int Count, double Residuals);

    private static IEnumerable<Row> RowsOf(PreparedModel model, MixedModelProblem problem, LinearFit fit)
    {
        var place = new int[model.Frame.Cells];
        Array.Fill(place, -1);
        for (var i = 0; i < problem.Cells; i++) place[model.CellsKept[problem.CellOrder[i]]] = i;
        var rows = new Dictionary<(int Cell, double Trials), (int Count, double Sum)>();
        for (var k = 0; k < model.Frame.CellOf.Length; k++)
        {
            var (cell, trials) = (place[model.Frame.CellOf[k]], model.Frame.Trials[k]);
            if (cell < 0 || trials == 0) continue;
            var (count, sum) = rows.GetValueOrDefault((cell, trials));
            rows[(cell, trials)] = (count + 1, sum + model.Frame.Outcome[k]);
        }
        foreach (var (key, (count, sum)) in rows)
            yield return new Row(key.Cell, key.Trials, count, sum / model.ResponseScale / key.Trials - count * problem.Kernel.Mean(fit.Eta[key.Cell]));
    }

    private void Add(MixedModelProblem problem, LinearFit fit, Row[] rows)
    {
        var p = problem.Columns;
        var u = Dense.Build.Dense(rows.Length, p);
        var theta = Vector<double>.Build.Dense(rows.Length);
        var residual = Vector<double>.Build.Dense(rows.Length);
        for (var k = 0; k < rows.Length; k++)
        {
            var (i, m, count, sum) = rows[k];
            // Equal rows differ in directions that no coefficient sees; what is left of them is their normalised sum.
            var root = Math.Sqrt(count);
            theta[k] = problem.Kernel.Variance(problem.Kernel.Mean(fit.Eta[i]), 1, 0) / m;
            residual[k] = sum / root;
            var slope = root * problem.Kernel.MeanSlope(fit.Eta[i]);
            for (var e = problem.RowStart[i]; e < problem.RowStart[i + 1]; e++) u[k, problem.ColumnAt[e]] = slope * problem.ValueAt[e];
        }
        var half = Dense.Build.DiagonalOfDiagonalVector(theta.PointwiseSqrt());
        var expected = Dense.Build.DiagonalOfDiagonalVector(theta) - u * _bread * u.Transpose();
        var adjust = half * InverseRoot(half * expected * half) * half;
        var influence = _bread * u.Transpose() * Dense.Build.DiagonalOfDiagonalVector(theta.Map(t => 1 / t)) * adjust;
        var effect = influence * residual;
        for (var i = 0; i < p; i++) for (var j = 0; j < p; j++) Covariance[i, j] += effect[i] * effect[j];
        _clusters.Add((influence * Dense.Build.DiagonalOfDiagonalVector(theta) * influence.Transpose(), u.TransposeThisAndMultiply(influence.Transpose())));
    }

    private Dense InverseRoot(Dense symmetric)
    {
        var spectrum = (0.5 * (symmetric + symmetric.Transpose())).Evd(Symmetricity.Symmetric);
        var values = spectrum.EigenValues.Map(v => v.Real);
        var least = 1e-10 * values.AbsoluteMaximum();
        IsSaturated |= values.Any(v => v <= least);
        return spectrum.EigenVectors * Dense.Build.DiagonalOfDiagonalVector(values.Map(v => v > least ? 1 / Math.Sqrt(v) : 0)) * spectrum.EigenVectors.Transpose();
    }

    /// <summary>Degrees of freedom of a linear form on the working coefficients: (tr P)² / tr P², P the covariance of the clusters' shares of it.</summary>
    public double Degrees(double[] form)
    {
        var l = Vector<double>.Build.DenseOfArray(form);
        var outer = Dense.Build.Dense(_bread.RowCount, _bread.RowCount);
        double trace = 0, correction = 0;
        foreach (var (variance, shift) in _clusters)
        {
            var h = shift * l;
            var (own, shared) = (l * (variance * l), h * (_bread * h));
            trace += own - shared;
            correction += (own - shared) * (own - shared) - shared * shared;
            outer += h.OuterProduct(h);
        }
        var product = outer * _bread;
        return trace * trace / ((product * product).Trace() + correction);
    }
}
