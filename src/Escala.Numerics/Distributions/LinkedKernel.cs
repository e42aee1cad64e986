using System.Runtime.InteropServices;

namespace Escala.Numerics.Distributions;

/// <summary>
/// ℓ of one cell as a function of its mean μ a trial: value, three derivatives in μ, and those of ℓ, ℓ′, ℓ″ in the log dispersion.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MeanDerivatives(double Value, double First, double Second, double Third, double Dispersion, double FirstDispersion, double SecondDispersion);

/// <summary>A family in terms of its mean, for links that are not canonical.</summary>
internal abstract class MeanKernel
{
    public virtual bool HasDispersion => false;

    public abstract bool Allows(double mu);

    public abstract MeanDerivatives Evaluate(double y, double m, double rows, double within, double mu, double logDispersion);

    public abstract double Variance(double mu, double trials, double logDispersion);

    public static MeanKernel Of(Family family) => family switch
    {
        Family.Binomial or Family.QuasiBinomial => new BinomialMean(),
        Family.BetaBinomial => new BetaBinomialMean(),
        Family.Poisson => new PoissonMean(),
        Family.NegativeBinomial => new NegativeBinomialMean(),
        Family.Gaussian => new GaussianMean(),
        _ => throw new ArgumentOutOfRangeException(nameof(family)),
    };
}

/// <summary>Any family with any link, by the chain rule.</summary>
internal sealed class LinkedKernel(MeanKernel family, Link link) : ResponseKernel
{
    public override bool HasDispersion => family.HasDispersion;

    public override double Evaluate(CellResponses cells, ReadOnlySpan<double> eta, double logDispersion, CellDerivatives into)
    {
        double sum = 0;
        for (var i = 0; i < eta.Length; i++)
        {
            var (mu, s1, s2, s3) = Inverse(eta[i]);
            if (!family.Allows(mu)) return double.NegativeInfinity;
            var d = family.Evaluate(cells.Outcome[i], cells.Trials[i], cells.Rows[i], cells.WithinSquares[i], mu, logDispersion);
            sum += d.Value;
            into.First[i] = d.First * s1;
            into.Weight[i] = -(d.Second * s1 * s1 + d.First * s2);
            into.WeightSlope[i] = -(d.Third * s1 * s1 * s1 + 3 * d.Second * s1 * s2 + d.First * s3);
            if (!HasDispersion) continue;
            into.Dispersion[i] = d.Dispersion;
            into.FirstDispersion[i] = d.FirstDispersion * s1;
            into.SecondDispersion[i] = d.SecondDispersion * s1 * s1 + d.FirstDispersion * s2;
        }
        return sum;
    }

    private (double Mu, double First, double Second, double Third) Inverse(double eta)
    {
        switch (link)
        {
            case Link.Identity: return (eta, 1, 0, 0);
            case Link.Log:
                var e = Math.Exp(eta);
                return (e, e, e, e);
            default:
                var p = Logistic(eta);
                var v = p * Logistic(-eta);
                return (p, v, v * (1 - 2 * p), v * (1 - 6 * v));
        }
    }

    public override double Mean(double eta) => Inverse(eta).Mu;

    public override double MeanSlope(double eta) => Inverse(eta).First;

    public override double Variance(double mu, double trials, double logDispersion) => family.Variance(mu, trials, logDispersion);
}

internal sealed class BinomialMean : MeanKernel
{
    public override bool Allows(double mu) => mu is > 0 and < 1;

    public override MeanDerivatives Evaluate(double y, double m, double rows, double within, double mu, double logDispersion)
    {
        var q = 1 - mu;
        var f = m - y;
        return new MeanDerivatives(y * Math.Log(mu) + f * Math.Log(q), y / mu - f / q, -y / (mu * mu) - f / (q * q),
            2 * y / (mu * mu * mu) - 2 * f / (q * q * q), 0, 0, 0);
    }

    public override double Variance(double mu, double trials, double logDispersion) => trials * mu * (1 - mu);
}

internal sealed class PoissonMean : MeanKernel
{
    public override bool Allows(double mu) => mu is > 0 and < double.PositiveInfinity;

    public override MeanDerivatives Evaluate(double y, double m, double rows, double within, double mu, double logDispersion) =>
        new(y * Math.Log(mu) - m * mu, y / mu - m, -y / (mu * mu), 2 * y / (mu * mu * mu), 0, 0, 0);

    public override double Variance(double mu, double trials, double logDispersion) => mu;
}

internal sealed class GaussianMean : MeanKernel
{
    private static readonly double s_log2Pi = Math.Log(2 * Math.PI);

    public override bool HasDispersion => true;

    public override bool Allows(double mu) => double.IsFinite(mu);

    public override MeanDerivatives Evaluate(double y, double m, double rows, double within, double mu, double logDispersion)
    {
        var precision = Math.Exp(-logDispersion);
        var error = y / rows - mu;
        var squares = (within + rows * error * error) * precision;
        var first = rows * error * precision;
        return new MeanDerivatives(-0.5 * (squares + rows * (logDispersion + s_log2Pi)), first, -rows * precision, 0, 0.5 * (squares - rows), -first, rows * precision);
    }

    public override double Variance(double mu, double trials, double logDispersion) => Math.Exp(logDispersion);
}

/// <summary>Counts with variance μ + μ²/θ; log θ is the dispersion. A cell holds <c>rows</c> rows of the same count.</summary>
internal sealed class NegativeBinomialMean : MeanKernel
{
    public override bool HasDispersion => true;

    public override bool Allows(double mu) => mu is > 0 and < double.PositiveInfinity;

    public override MeanDerivatives Evaluate(double y, double m, double rows, double within, double mu, double logDispersion)
    {
        var theta = Math.Exp(logDispersion);
        var count = y / rows;
        var t = theta + mu;
        var (yt, a) = (count + theta, 1 / t);
        // log Γ(y + θ) − log Γ(θ) and its slope, as a sum while y is small: no cancellation when θ is large.
        var (gamma, slope) = RisingLog(theta, count);
        var logRatio = -Log1P(mu / theta);
        return new MeanDerivatives(
            rows * (gamma + theta * logRatio + count * Math.Log(mu / t)),
            rows * (count - mu) * theta / (mu * t),
            rows * (-count / (mu * mu) + yt * a * a),
            rows * (2 * count / (mu * mu * mu) - 2 * yt * a * a * a),
            rows * theta * (slope + logRatio + (mu - count) * a),
            rows * theta * (count - mu) * a * a,
            rows * theta * (a * a - 2 * yt * a * a * a));
    }

    public override double Variance(double mu, double trials, double logDispersion) => mu + mu * mu * Math.Exp(-logDispersion);

    internal static (double Log, double Slope) RisingLog(double x, double n)
    {
        if (n > 64) return (PolyGamma.LogGamma(x + n) - PolyGamma.LogGamma(x), PolyGamma.Derivatives(x + n).Digamma - PolyGamma.Derivatives(x).Digamma);
        double log = 0, slope = 0;
        for (var k = 0; k < n; k++)
        {
            log += Math.Log(x + k);
            slope += 1 / (x + k);
        }
        return (log, slope);
    }

    private static double Log1P(double x) => Math.Abs(x) > 1e-4 ? Math.Log(1 + x) : x * (1 - x * (0.5 - x * (1.0 / 3 - x * 0.25)));
}

/// <summary>Beta-binomial with beta parameters μφ and (1 − μ)φ; log φ is the dispersion. A cell holds <c>rows</c> rows of the same counts.</summary>
internal sealed class BetaBinomialMean : MeanKernel
{
    public override bool HasDispersion => true;

    public override bool Allows(double mu) => mu is > 0 and < 1;

    public override MeanDerivatives Evaluate(double y, double m, double rows, double within, double mu, double logDispersion)
    {
        var phi = Math.Exp(logDispersion);
        var s = Rising(mu * phi, y / rows);
        var f = Rising((1 - mu) * phi, (m - y) / rows);
        var t = Rising(phi, m / rows);
        return new MeanDerivatives(
            rows * (s.Log - t.Log + f.Log),
            rows * phi * (s.D1 - f.D1),
            rows * phi * phi * (s.D2 + f.D2),
            rows * phi * phi * phi * (s.D3 - f.D3),
            rows * phi * (mu * s.D1 + (1 - mu) * f.D1 - t.D1),
            rows * phi * (s.D1 - f.D1 + phi * (mu * s.D2 - (1 - mu) * f.D2)),
            rows * phi * (2 * phi * (s.D2 + f.D2) + phi * phi * (mu * s.D3 + (1 - mu) * f.D3)));
    }

    public override double Variance(double mu, double trials, double logDispersion)
    {
        var phi = Math.Exp(logDispersion);
        return trials * mu * (1 - mu) * (phi + trials) / (phi + 1);
    }

    /// <summary>log Γ(x + n) − log Γ(x) and three derivatives in x.</summary>
    private static (double Log, double D1, double D2, double D3) Rising(double x, double n)
    {
        if (n <= 64)
        {
            double log = 0, d1 = 0, d2 = 0, d3 = 0;
            for (var k = 0; k < n; k++)
            {
                var r = 1 / (x + k);
                log += Math.Log(x + k);
                d1 += r;
                d2 -= r * r;
                d3 += 2 * r * r * r;
            }
            return (log, d1, d2, d3);
        }
        if (x >= 12) return PolyGamma.Rise(x, n);
        var (hi, lo) = (PolyGamma.Derivatives(x + n), PolyGamma.Derivatives(x));
        return (PolyGamma.LogGamma(x + n) - PolyGamma.LogGamma(x), hi.Digamma - lo.Digamma, hi.Trigamma - lo.Trigamma, hi.Tetragamma - lo.Tetragamma);
    }
}
