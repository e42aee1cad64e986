using MathNet.Numerics.LinearAlgebra;

namespace Escala.Numerics.SteppedWedge;

/// <summary>
/// The model that trials of this kind are usually analysed by, on cell means: fixed periods, one effect, one random intercept a cluster,
/// fitted by restricted maximum likelihood. The fixed part is swept out once a design (Kang et al. 2008), so that a replicate costs little.
/// The residual variance is either estimated, or known cell by cell as when visits are counted and nothing else varies between periods.
/// </summary>
internal sealed class ClusterInterceptModel
{
    private readonly Matrix<double> _design;
    private readonly Vector<double> _contrast;
    private readonly double[] _scale;
    private readonly Matrix<double> _rotation;
    private readonly double[] _eigenvalues;
    private readonly Matrix<double> _incidence;
    private readonly bool _residualKnown;

    /// <param name="design">Layout of the trial with its effect.</param>
    /// <param name="residualVariance">Known variance of each observed cell mean within its cluster, or null to estimate one for all.</param>
    internal ClusterInterceptModel(EffectDesign design, double[]? residualVariance)
    {
        int cells = design.Clusters.Sum(c => c.Rows.RowCount);
        _residualKnown = residualVariance is not null;
        _scale = residualVariance is null ? [.. Enumerable.Repeat(1.0, cells)] : [.. residualVariance.Select(v => 1 / Math.Sqrt(v))];
        _contrast = design.Contrast;
        _design = Matrix<double>.Build.Dense(cells, design.Contrast.Count);
        _incidence = Matrix<double>.Build.Dense(cells, design.Clusters.Count);
        int row = 0;
        foreach (var (k, (rows, _)) in design.Clusters.Index())
        {
            for (int r = 0; r < rows.RowCount; r++, row++)
            {
                _design.SetRow(row, rows.Row(r) * _scale[row]);
                _incidence[row, k] = _scale[row];
            }
        }
        (_rotation, _eigenvalues) = Contrasts();
        ResidualDf = cells - design.Clusters.Count - _contrast.Count + 1;
    }

    /// <summary>Cells minus clusters minus free fixed effects: the degrees of freedom of the within-cluster comparison.</summary>
    internal int ResidualDf { get; }

    /// <summary>The effect and its standard error, from the cell means in cluster-then-period order.</summary>
    internal (double Estimate, double StandardError) Fit(double[] means)
    {
        var y = Vector<double>.Build.Dense(means.Length, r => means[r] * _scale[r]);
        double[] squares = [.. (_rotation * y).Select(z => z * z)];
        double ratio = MinimiseOverRatio(squares);
        double residual = _residualKnown ? 1 : squares.Select((z, k) => z / (1 + (ratio * _eigenvalues[k]))).Sum() / squares.Length;
        var weighted = Weigh(_design, ratio);
        var information = _design.TransposeThisAndMultiply(weighted).Cholesky();
        var direction = information.Solve(_contrast);
        return (direction.DotProduct(weighted.TransposeThisAndMultiply(y)), Math.Sqrt(residual * _contrast.DotProduct(direction)));
    }

    /// <summary>(I + ratio·ZZ′)⁻¹ A by the clusters' own rank-one inverses.</summary>
    private Matrix<double> Weigh(Matrix<double> a, double ratio)
    {
        var sums = _incidence.TransposeThisAndMultiply(a);
        for (int k = 0; k < sums.RowCount; k++)
        {
            var column = _incidence.Column(k);
            sums.SetRow(k, sums.Row(k) * (ratio / (1 + (ratio * column.DotProduct(column)))));
        }
        return a - (_incidence * sums);
    }

    /// <summary>Orthonormal contrasts free of the fixed effects that make the between-cluster covariance diagonal.</summary>
    private (Matrix<double> Rotation, double[] Eigenvalues) Contrasts()
    {
        int cells = _design.RowCount, free = cells - _design.ColumnCount;
        var complement = _design.QR(MathNet.Numerics.LinearAlgebra.Factorization.QRMethod.Full).Q.SubMatrix(0, cells, _design.ColumnCount, free);
        var projected = complement.TransposeThisAndMultiply(_incidence);
        var evd = projected.TransposeAndMultiply(projected).Evd(Symmetricity.Symmetric);
        return ((complement * evd.EigenVectors).Transpose(), [.. evd.EigenValues.Select(v => Math.Max(0, v.Real))]);
    }

    private double MinimiseOverRatio(double[] squares)
    {
        const int Steps = 24;
        // The share r = ratio / (1 + ratio) runs over a bounded interval; zero is a candidate like any other.
        double scale = 1 / _eigenvalues.Max(), best = 0, bestShare = 0;
        for (int step = 0; step < Steps; step++)
        {
            double share = (double)step / Steps, value = Deviance(squares, scale * share / (1 - share));
            if (step == 0 || value < best)
            {
                (best, bestShare) = (value, share);
            }
        }
        double low = Math.Max(0, bestShare - (1.0 / Steps)), high = Math.Min(1 - 1e-9, bestShare + (1.0 / Steps));
        const double Golden = 0.6180339887498949;
        double a = high - (Golden * (high - low)), b = low + (Golden * (high - low));
        double fa = Deviance(squares, scale * a / (1 - a)), fb = Deviance(squares, scale * b / (1 - b));
        while (high - low > 1e-7)
        {
            if (fa < fb)
            {
                (high, b, fb) = (b, a, fa);
                a = high - (Golden * (high - low));
                fa = Deviance(squares, scale * a / (1 - a));
            }
            else
            {
                (low, a, fa) = (a, b, fb);
                b = low + (Golden * (high - low));
                fb = Deviance(squares, scale * b / (1 - b));
            }
        }
        double refined = (low + high) / 2, ratio = scale * refined / (1 - refined);
        return Deviance(squares, 0) <= Deviance(squares, ratio) ? 0 : ratio;
    }

    /// <summary>−2 × restricted log-likelihood, up to a constant.</summary>
    private double Deviance(double[] squares, double ratio)
    {
        double product = 1, quadratic = 0;
        for (int k = 0; k < squares.Length; k++)
        {
            double variance = 1 + (ratio * _eigenvalues[k]);
            product *= variance;
            quadratic += squares[k] / variance;
        }
        return Math.Log(product) + (_residualKnown ? quadratic : squares.Length * Math.Log(quadratic));
    }
}
