namespace Escala.Numerics.Distributions;

/// <summary>
/// Derivatives of log Γ for x &gt; 0: upward recurrence to x ≥ 12, then the asymptotic series (Abramowitz and Stegun 1964, 6.3.18, 6.4.11-14).
/// Absolute error below 1e-14 relative to the leading term.
/// </summary>
internal static class PolyGamma
{
    public static double LogGamma(double x)
    {
        var product = 1.0;
        while (x < 12)
        {
            product *= x;
            x += 1;
        }
        var y = 1 / (x * x);
        var series = (1.0 / 12 - y * (1.0 / 360 - y * (1.0 / 1260 - y * (1.0 / 1680 - y * (1.0 / 1188 - y * 691.0 / 360360))))) / x;
        return (x - 0.5) * Math.Log(x) - x + 0.91893853320467274178 + series - Math.Log(product);
    }

    /// <summary>ψ(x), ψ′(x) and ψ″(x).</summary>
    public static (double Digamma, double Trigamma, double Tetragamma) Derivatives(double x)
    {
        double d = 0, t = 0, u = 0;
        while (x < 12)
        {
            var r = 1 / x;
            d -= r;
            t += r * r;
            u -= 2 * r * r * r;
            x += 1;
        }
        var z = 1 / x;
        var y = z * z;
        d += Math.Log(x) - 0.5 * z - y * (1.0 / 12 - y * (1.0 / 120 - y * (1.0 / 252 - y * (1.0 / 240 - y * (1.0 / 132 - y * 691.0 / 32760)))));
        t += z + 0.5 * y + y * z * (1.0 / 6 - y * (1.0 / 30 - y * (1.0 / 42 - y * (1.0 / 30 - y * (5.0 / 66 - y * 691.0 / 2730)))));
        u -= y + y * z + y * y * (1.0 / 2 - y * (1.0 / 6 - y * (1.0 / 6 - y * (3.0 / 10 - y * (5.0 / 6 - y * 691.0 / 210)))));
        return (d, t, u);
    }

    /// <summary>
    /// log Γ(x + n) − log Γ(x) and its three derivatives in x, for x ≥ 12: the leading terms of the series subtracted by hand, or a large x would
    /// leave nothing but rounding.
    /// </summary>
    public static (double Log, double D1, double D2, double D3) Rise(double x, double n)
    {
        var (z, w) = (1 / x, 1 / (x + n));
        var (log, fall) = (Log1P(n * z), n * z * w);
        var (squares, cubes) = (fall * (z + w), fall * (z * z + z * w + w * w));
        static double Series(double y) => 1.0 / 360 - y * (1.0 / 1260 - y * (1.0 / 1680 - y * (1.0 / 1188 - y * 691.0 / 360360)));
        static double First(double y) => 1.0 / 120 - y * (1.0 / 252 - y * (1.0 / 240 - y * (1.0 / 132 - y * 691.0 / 32760)));
        static double Second(double y) => 1.0 / 30 - y * (1.0 / 42 - y * (1.0 / 30 - y * (5.0 / 66 - y * 691.0 / 2730)));
        static double Third(double y) => 1.0 / 6 - y * (1.0 / 6 - y * (3.0 / 10 - y * (5.0 / 6 - y * 691.0 / 210)));
        double Difference(Func<double, double> of, int power) => Math.Pow(w, power) * of(w * w) - Math.Pow(z, power) * of(z * z);
        return (
            n * Math.Log(x) + (x + n - 0.5) * log - n - fall / 12 - Difference(Series, 3),
            log + 0.5 * fall + squares / 12 + Difference(First, 4),
            -fall - 0.5 * squares - cubes / 6 - Difference(Second, 5),
            squares + cubes + 0.5 * fall * (z + w) * (z * z + w * w) + Difference(Third, 6));
    }

    /// <summary>log(1 + r), accurate for small r (Kahan).</summary>
    private static double Log1P(double r)
    {
        var u = 1 + r;
        return u == 1 ? r : Math.Log(u) * r / (u - 1);
    }

    /// <summary>log C(n, k) for whole 0 ≤ k ≤ n.</summary>
    public static double LogChoose(double n, double k) => k <= 0 || k >= n ? 0 : LogGamma(n + 1) - LogGamma(k + 1) - LogGamma(n - k + 1);
}
