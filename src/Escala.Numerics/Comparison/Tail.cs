using System.Runtime.CompilerServices;
using MathNet.Numerics;
using MathNet.Numerics.Distributions;

namespace Escala.Numerics.Comparison;

/// <summary>
/// Tail probabilities and quantiles that keep their relative accuracy far out. The distribution classes of MathNet form upper tails as
/// 1 − CDF, which is 0 beyond 1e-16; the incomplete gamma and beta functions underneath are exact there and are called directly.
/// </summary>
internal static class Tail
{
    internal static void CheckConfidence(double confidence, [CallerArgumentExpression(nameof(confidence))] string? name = null)
    {
        if (!(confidence > 0 && confidence < 1))
        {
            throw new UnfitInputException("numerics.comparison.confidence", "A confidence level or probability lies between 0 and 1, both excluded.");
        }
    }

    /// <summary>P(Z &gt; z).</summary>
    internal static double NormalUpper(double z) => 0.5 * SpecialFunctions.Erfc(z / Constants.Sqrt2);

    /// <summary>P(|Z| &gt; |z|).</summary>
    internal static double NormalTwoSided(double z) => SpecialFunctions.Erfc(Math.Abs(z) / Constants.Sqrt2);

    internal static double NormalQuantile(double p) => Normal.InvCDF(0, 1, p);

    /// <summary>P(T &gt; t) on <paramref name="df"/> degrees of freedom; infinite degrees of freedom are the normal.</summary>
    internal static double StudentUpper(double t, double df)
    {
        double half = StudentTwoSided(t, df) / 2;
        return t >= 0 ? half : 1 - half;
    }

    /// <summary>P(|T| &gt; |t|) on <paramref name="df"/> degrees of freedom.</summary>
    internal static double StudentTwoSided(double t, double df)
    {
        if (double.IsNaN(t) || double.IsNaN(df))
        {
            return double.NaN;
        }
        if (double.IsInfinity(t))
        {
            return 0;
        }
        return double.IsPositiveInfinity(df) ? NormalTwoSided(t) : SpecialFunctions.BetaRegularized(df / 2, 0.5, df / (df + (t * t)));
    }

    /// <summary>The t with P(T ≤ t) = <paramref name="p"/>; by the beta quantile, which also has the long tails of fractional degrees of freedom.</summary>
    internal static double StudentQuantile(double p, double df)
    {
        if (double.IsNaN(df) || double.IsPositiveInfinity(df))
        {
            return double.IsNaN(df) ? double.NaN : NormalQuantile(p);
        }
        bool negative = p < 0.5;
        double upper = negative ? p : 1 - p;
        double t = Math.Sqrt(df) * Math.Exp(-0.5 * BetaQuantileLogit(df / 2, 0.5, 2 * upper));
        for (int step = 0; step < 2; step++)
        {
            double correction = (StudentUpper(t, df) - upper) / StudentT.PDF(0, 1, df, t);
            if (Math.Abs(correction) < 1e-6 * t) t += correction;
        }
        return negative ? -t : t;
    }

    /// <summary>P(χ² &gt; x).</summary>
    internal static double ChiSquareUpper(double x, double df)
    {
        if (double.IsNaN(x) || double.IsNaN(df))
        {
            return double.NaN;
        }
        return x <= 0 ? 1 : SpecialFunctions.GammaUpperRegularized(df / 2, x / 2);
    }

    /// <summary>P(F &gt; f) on (<paramref name="df1"/>, <paramref name="df2"/>) degrees of freedom.</summary>
    internal static double FisherUpper(double f, double df1, double df2)
    {
        if (double.IsNaN(f))
        {
            return double.NaN;
        }
        if (double.IsPositiveInfinity(f))
        {
            return 0;
        }
        return f <= 0 ? 1 : SpecialFunctions.BetaRegularized(df2 / 2, df1 / 2, df2 / (df2 + (df1 * f)));
    }

    /// <summary>The f with P(F ≤ f) = <paramref name="p"/>.</summary>
    internal static double FisherQuantile(double p, double df1, double df2)
    {
        double x = BetaQuantile(df1 / 2, df2 / 2, p);
        return df2 * x / (df1 * (1 - x));
    }

    /// <summary>The x with I_x(a, b) = <paramref name="p"/>; bisection in the logit, so small quantiles keep their relative accuracy.</summary>
    internal static double BetaQuantile(double a, double b, double p) => SpecialFunctions.Logistic(BetaQuantileLogit(a, b, p));

    private static double BetaQuantileLogit(double a, double b, double p)
    {
        double low = -700, high = 40;
        for (int step = 0; step < 200 && high - low > 1e-15 * Math.Max(1, Math.Abs(low)); step++)
        {
            double middle = (low + high) / 2;
            if (SpecialFunctions.BetaRegularized(a, b, SpecialFunctions.Logistic(middle)) < p)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }
        return (low + high) / 2;
    }
}
