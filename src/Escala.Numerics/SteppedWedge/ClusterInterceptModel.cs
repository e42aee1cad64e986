using MathNet.Numerics.LinearAlgebra;

namespace Escala.Numerics.SteppedWedge;

/// <summary>
/// The model that trials of this kind are usually analysed by, on cell means: fixed periods, one effect, one random intercept a cluster,
/// fitted by restricted maximum likelihood. The fixed part is swept out once a design (Kang et al. 2008), so that a replicate costs little.
/// The residual variance is either estimated, or known cell by cell as when visits are counted and nothing else varies between periods.
/// </summary>
internal sealed class ClusterInterceptModel
{
    private readonly Vector<double> _contrast;
    private readonly double[] _scale;
    private readonly int[] _clusterOf;
    private readonly Matrix<double> _design, _crossProduct;

    /// <summary>Of each cluster: the sum of its squared scales, and of its scaled rows times their scales.</summary>
    private readonly double[] _squares;
    private readonly Vector<double>[] _sums;

    /// <summary>Orthonormal basis of the fixed effects; contrasts free of them between clusters, whose variances grow with the eigenvalues.</summary>
    private readonly Matrix<double> _fixedBasis, _between;
    private readonly double[] _eigenvalues;
    private readonly int _free;
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
        _clusterOf = new int[cells];
        _squares = new double[design.Clusters.Count];
        _sums = [.. design.Clusters.Select(_ => Vector<double>.Build.Dense(design.Contrast.Count))];
        int row = 0;
        foreach (var (k, (rows, _)) in design.Clusters.Index())
        {
            for (int r = 0; r < rows.RowCount; r++, row++)
            {
                var scaled = rows.Row(r) * _scale[row];
                _design.SetRow(row, scaled);
                _clusterOf[row] = k;
                _squares[k] += _scale[row] * _scale[row];
                _sums[k] += scaled * _scale[row];
            }
        }
        _crossProduct = _design.TransposeThisAndMultiply(_design);
        _free = cells - _design.ColumnCount;
        (_fixedBasis, _between, _eigenvalues) = Contrasts();
        ResidualDf = cells - design.Clusters.Count - _contrast.Count + 1;
    }

    /// <summary>Cells minus clusters minus free fixed effects: the degrees of freedom of the within-cluster comparison.</summary>
    internal int ResidualDf { get; }

    /// <summary>The effect and its standard error, from the cell means in cluster-then-period order.</summary>
    internal (double Estimate, double StandardError) Fit(double[] means)
    {
        var y = Vector<double>.Build.Dense(means.Length, r => means[r] * _scale[r]);
        double[] squares = [.. (_between * y).Select(z => z * z)];
        var explained = _fixedBasis.TransposeThisAndMultiply(y);
        double within = Math.Max(0, y.DotProduct(y) - explained.DotProduct(explained) - squares.Sum());
        double ratio = MinimiseOverRatio(squares, within);
        double residual = _residualKnown ? 1 : (within + squares.Select((z, k) => z / (1 + (ratio * _eigenvalues[k]))).Sum()) / _free;
        var (information, score) = Information(y, ratio);
        var direction = information.Cholesky().Solve(_contrast);
        return (direction.DotProduct(score), Math.Sqrt(residual * _contrast.DotProduct(direction)));
    }

    /// <summary>X′(I + ratio·ZZ′)⁻¹X and X′(I + ratio·ZZ′)⁻¹y by the clusters' own rank-one inverses.</summary>
    private (Matrix<double> Information, Vector<double> Score) Information(Vector<double> y, double ratio)
    {
        double[] sums = new double[_squares.Length];
        for (int r = 0; r < _clusterOf.Length; r++)
        {
            sums[_clusterOf[r]] += _scale[r] * y[r];
        }
        var (information, score) = (_crossProduct.Clone(), _design.TransposeThisAndMultiply(y));
        for (int k = 0; k < sums.Length; k++)
        {
            double share = ratio / (1 + (ratio * _squares[k]));
            for (int i = 0; i < score.Count; i++)
            {
                double weighted = share * _sums[k][i];
                score[i] -= weighted * sums[k];
                for (int j = 0; j < score.Count; j++) information[i, j] -= weighted * _sums[k][j];
            }
        }
        return (information, score);
    }

    /// <summary>
    /// Contrasts free of the fixed effects that make the between-cluster covariance diagonal: (I − QQ′)Z, whose rank is below the number of
    /// clusters. All other contrasts vary within clusters alone.
    /// </summary>
    private (Matrix<double> FixedBasis, Matrix<double> Between, double[] Eigenvalues) Contrasts()
    {
        var basis = _design.QR(MathNet.Numerics.LinearAlgebra.Factorization.QRMethod.Thin).Q;
        var incidence = Matrix<double>.Build.Dense(_clusterOf.Length, _squares.Length, (r, k) => _clusterOf[r] == k ? _scale[r] : 0);
        var projected = incidence - (basis * basis.TransposeThisAndMultiply(incidence));
        var evd = projected.TransposeThisAndMultiply(projected).Evd(Symmetricity.Symmetric);
        int[] kept = [.. Enumerable.Range(0, _squares.Length).Where(k => evd.EigenValues[k].Real > 1e-9 * _squares.Max())];
        var rows = kept.Select(k => projected * evd.EigenVectors.Column(k) / Math.Sqrt(evd.EigenValues[k].Real));
        return (basis, Matrix<double>.Build.DenseOfRowVectors(rows), [.. kept.Select(k => evd.EigenValues[k].Real)]);
    }

    private double MinimiseOverRatio(double[] squares, double within)
    {
        const int Steps = 24;
        // The share r = ratio / (1 + ratio) runs over a bounded interval; zero is a candidate like any other.
        double scale = 1 / _eigenvalues.Max(), best = 0, bestShare = 0;
        for (int step = 0; step < Steps; step++)
        {
            double share = (double)step / Steps, value = Deviance(squares, within, scale * share / (1 - share));
            if (step == 0 || value < best)
            {
                (best, bestShare) = (value, share);
            }
        }
        double low = Math.Max(0, bestShare - (1.0 / Steps)), high = Math.Min(1 - 1e-9, bestShare + (1.0 / Steps));
        const double Golden = 0.6180339887498949;
        double a = high - (Golden * (high - low)), b = low + (Golden * (high - low));
        double fa = Deviance(squares, within, scale * a / (1 - a)), fb = Deviance(squares, within, scale * b / (1 - b));
        while (high - low > 1e-7)
        {
            if (fa < fb)
            {
                (high, b, fb) = (b, a, fa);
                a = high - (Golden * (high - low));
                fa = Deviance(squares, within, scale * a / (1 - a));
            }
            else
            {
                (low, a, fa) = (a, b, fb);
                b = low + (Golden * (high - low));
                fb = Deviance(squares, within, scale * b / (1 - b));
            }
        }
        double refined = (low + high) / 2, ratio = scale * refined / (1 - refined);
        return Deviance(squares, within, 0) <= Deviance(squares, within, ratio) ? 0 : ratio;
    }

    /// <summary>−2 × restricted log-likelihood, up to a constant.</summary>
    private double Deviance(double[] squares, double within, double ratio)
    {
        // Logarithms are the cost: one of the product, carried out before it could overflow.
        double log = 0, product = 1, quadratic = within;
        for (int k = 0; k < squares.Length; k++)
        {
            double variance = 1 + (ratio * _eigenvalues[k]);
            product *= variance;
            quadratic += squares[k] / variance;
            if (product < 1e200) continue;
            log += Math.Log(product);
            product = 1;
        }
        return log + Math.Log(product) + (_residualKnown ? quadratic : _free * Math.Log(quadratic));
    }
}
