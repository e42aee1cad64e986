using MathNet.Numerics.LinearAlgebra;

namespace Escala.Numerics.SteppedWedge;

/// <summary>Design matrix of the cell means: one column for each observed period, then the effect column or columns.</summary>
internal sealed class EffectDesign
{
    private readonly TrialLayout _layout;
    private readonly int _periodColumns;

    private EffectDesign(TrialLayout layout, IReadOnlyList<(Matrix<double> Rows, int Cluster)> clusters, Vector<double> contrast, int periodColumns)
    {
        _layout = layout;
        _periodColumns = periodColumns;
        Clusters = clusters;
        Contrast = contrast;
    }

    /// <summary>Rows of each cluster, observed periods only.</summary>
    internal IReadOnlyList<(Matrix<double> Rows, int Cluster)> Clusters { get; }

    /// <summary>The combination of coefficients that is the reported effect.</summary>
    internal Vector<double> Contrast { get; }

    internal static EffectDesign Create(TrialLayout layout, EffectModel effect)
    {
        int[] periods = [.. Enumerable.Range(0, layout.Periods).Where(t => Enumerable.Range(0, layout.Clusters).Any(i => layout.IsObserved(i, t)))];
        int[] levels = effect == EffectModel.Constant ? [1] : [.. Cells(layout).Select(c => layout.ExposureTime(c.Cluster, c.Period)).Where(e => e > 0).Distinct().Order()];
        int width = periods.Length + levels.Length;
        var clusters = new List<(Matrix<double>, int)>();
        foreach (var cells in Cells(layout).GroupBy(c => c.Cluster))
        {
            var rows = Matrix<double>.Build.Dense(cells.Count(), width);
            foreach (var (row, cell) in cells.Index())
            {
                rows[row, Array.IndexOf(periods, cell.Period)] = 1;
                int column = Array.IndexOf(levels, effect == EffectModel.Constant ? 1 : layout.ExposureTime(cell.Cluster, cell.Period));
                if (column >= 0)
                {
                    rows[row, periods.Length + column] = layout.Exposure(cell.Cluster, cell.Period);
                }
            }
            clusters.Add((rows, cells.Key));
        }
        var contrast = Vector<double>.Build.Dense(width, c => c < periods.Length ? 0 : 1.0 / levels.Length);
        return new(layout, clusters, contrast, periods.Length);
    }

    /// <summary>Covariance of the observed cell means of one cluster, total variance 1.</summary>
    internal Matrix<double> Covariance(CorrelationStructure correlation, int cluster)
    {
        int[] observed = [.. Enumerable.Range(0, _layout.Periods).Where(t => _layout.IsObserved(cluster, t))];
        return Matrix<double>.Build.Dense(observed.Length, observed.Length, (r, c) => correlation.Covariance(_layout, cluster, observed[r], observed[c]));
    }

    /// <summary>Inverse of Σ Z′V⁻¹Z; null when the effect is aliased with the periods.</summary>
    internal Matrix<double>? InformationInverse(CorrelationStructure correlation)
    {
        int width = Contrast.Count;
        var information = Matrix<double>.Build.Dense(width, width);
        foreach (var (rows, cluster) in Clusters)
        {
            information += rows.TransposeThisAndMultiply(Covariance(correlation, cluster).Cholesky().Solve(rows));
        }
        return Estimable(information) ? information.Cholesky().Solve(Matrix<double>.Build.DenseIdentity(width)) : null;
    }

    /// <summary>What the periods leave of each effect column must not vanish.</summary>
    private bool Estimable(Matrix<double> information)
    {
        int effects = information.RowCount - _periodColumns;
        if (effects == 0 || Enumerable.Range(0, information.RowCount).Any(k => information[k, k] <= 0))
        {
            return false;
        }
        var scale = Vector<double>.Build.Dense(information.RowCount, k => 1 / Math.Sqrt(information[k, k]));
        var correlation = Matrix<double>.Build.Dense(information.RowCount, information.RowCount, (r, c) => information[r, c] * scale[r] * scale[c]);
        return correlation.Evd(Symmetricity.Symmetric).EigenValues.Real().Minimum() > 1e-11;
    }

    private static IEnumerable<(int Cluster, int Period)> Cells(TrialLayout layout) =>
        from cluster in Enumerable.Range(0, layout.Clusters)
        from period in Enumerable.Range(0, layout.Periods)
        where layout.IsObserved(cluster, period)
        select (cluster, period);
}
