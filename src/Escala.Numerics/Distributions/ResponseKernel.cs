namespace Escala.Numerics.Distributions;

/// <summary>Responses of n cells: sums of outcomes and trials, the number of rows of each cell, and the scatter within it.</summary>
internal sealed record CellResponses(double[] Outcome, double[] Trials, double[] Rows, double[] WithinSquares);

/// <summary>
/// Log-likelihood of each cell and its derivatives with respect to the linear predictor η and to the log of the dispersion parameter. Filled by
/// <see cref="ResponseKernel"/>; all arrays have one entry a cell.
/// </summary>
internal sealed class CellDerivatives(int cells, bool hasDispersion)
{
    /// <summary>∂ℓ/∂η.</summary>
    public double[] First { get; } = new double[cells];

    /// <summary>−∂²ℓ/∂η².</summary>
    public double[] Weight { get; } = new double[cells];

    /// <summary>−∂³ℓ/∂η³.</summary>
    public double[] WeightSlope { get; } = new double[cells];

    /// <summary>∂ℓ/∂log φ, ∂²ℓ/∂η∂log φ, ∂³ℓ/∂η²∂log φ.</summary>
    public double[] Dispersion { get; } = new double[hasDispersion ? cells : 0];

    public double[] FirstDispersion { get; } = new double[hasDispersion ? cells : 0];

    public double[] SecondDispersion { get; } = new double[hasDispersion ? cells : 0];
}

/// <summary>A family with its link, on cells.</summary>
internal abstract class ResponseKernel
{
    public virtual bool HasDispersion => false;

    /// <summary>
    /// Σ ℓ without the terms that depend on the data alone (binomial coefficients, log y!); fills the derivatives. −∞ where η leaves the range of the link.
    /// </summary>
    public abstract double Evaluate(CellResponses cells, ReadOnlySpan<double> eta, double logDispersion, CellDerivatives into);

    /// <summary>Mean of one trial (or row) at η.</summary>
    public abstract double Mean(double eta);

    /// <summary>∂μ/∂η.</summary>
    public abstract double MeanSlope(double eta);

    /// <summary>Variance of one row with <paramref name="trials"/> trials at mean <paramref name="mu"/> a trial.</summary>
    public abstract double Variance(double mu, double trials, double logDispersion);

    public static ResponseKernel Of(Family family, Link link) => (family, link) switch
    {
        (Family.Binomial or Family.QuasiBinomial, Link.Logit) => new BinomialLogit(),
        (Family.Poisson, Link.Log) => new PoissonLog(),
        (Family.Gaussian, Link.Identity) => new GaussianIdentity(),
        _ => new LinkedKernel(MeanKernel.Of(family), link),
    };

    internal static double Logistic(double eta)
    {
        if (eta >= 0) return 1 / (1 + Math.Exp(-eta));
        var e = Math.Exp(eta);
        return e / (1 + e);
    }
}

internal sealed class BinomialLogit : ResponseKernel
{
    public override double Evaluate(CellResponses cells, ReadOnlySpan<double> eta, double logDispersion, CellDerivatives into)
    {
        var (y, m) = (cells.Outcome, cells.Trials);
        var (first, weight, slope) = (into.First, into.Weight, into.WeightSlope);
        double sum = 0;
        for (var i = 0; i < eta.Length; i++)
        {
            var e = Math.Exp(-Math.Abs(eta[i]));
            var small = e / (1 + e);
            var p = eta[i] >= 0 ? 1 - small : small;
            sum += y[i] * eta[i] - m[i] * (Math.Max(eta[i], 0) + Math.Log(1 + e));
            first[i] = y[i] - m[i] * p;
            var w = m[i] * small * (1 - small);
            weight[i] = w;
            slope[i] = w * (1 - 2 * p);
        }
        return sum;
    }

    public override double Mean(double eta) => Logistic(eta);

    public override double MeanSlope(double eta) => Logistic(eta) * Logistic(-eta);

    public override double Variance(double mu, double trials, double logDispersion) => trials * mu * (1 - mu);
}

internal sealed class PoissonLog : ResponseKernel
{
    public override double Evaluate(CellResponses cells, ReadOnlySpan<double> eta, double logDispersion, CellDerivatives into)
    {
        var (y, m) = (cells.Outcome, cells.Trials);
        double sum = 0;
        for (var i = 0; i < eta.Length; i++)
        {
            var mu = m[i] * Math.Exp(eta[i]);
            sum += y[i] * eta[i] - mu;
            into.First[i] = y[i] - mu;
            into.Weight[i] = mu;
            into.WeightSlope[i] = mu;
        }
        return sum;
    }

    public override double Mean(double eta) => Math.Exp(eta);

    public override double MeanSlope(double eta) => Math.Exp(eta);

    public override double Variance(double mu, double trials, double logDispersion) => mu;
}

/// <summary>Gaussian with log σ² as its dispersion; a cell's outcome is the sum of its rows.</summary>
internal sealed class GaussianIdentity : ResponseKernel
{
    private static readonly double s_log2Pi = Math.Log(2 * Math.PI);

    public override bool HasDispersion => true;

    public override double Evaluate(CellResponses cells, ReadOnlySpan<double> eta, double logDispersion, CellDerivatives into)
    {
        var precision = Math.Exp(-logDispersion);
        double sum = 0;
        for (var i = 0; i < eta.Length; i++)
        {
            var rows = cells.Rows[i];
            var error = cells.Outcome[i] / rows - eta[i];
            var squares = (cells.WithinSquares[i] + rows * error * error) * precision;
            sum -= 0.5 * (squares + rows * (logDispersion + s_log2Pi));
            into.First[i] = rows * error * precision;
            into.Weight[i] = rows * precision;
            into.WeightSlope[i] = 0;
            into.Dispersion[i] = 0.5 * (squares - rows);
            into.FirstDispersion[i] = -into.First[i];
            into.SecondDispersion[i] = into.Weight[i];
        }
        return sum;
    }

    public override double Mean(double eta) => eta;

    public override double MeanSlope(double eta) => 1;

    public override double Variance(double mu, double trials, double logDispersion) => Math.Exp(logDispersion);
}
