namespace Escala.Numerics.CostEffectiveness;

/// <summary>Inverts a distribution function by Newton steps within a shrinking bracket, on a scale on which tails are straight.</summary>
internal static class QuantileSearch
{
    private const int MaximumSteps = 300;

    /// <summary>Over (0, ∞), searching the logarithm.</summary>
    public static double Positive(Func<double, double> cumulative, Func<double, double> density, double p, double start) =>
        Solve(t => Math.Exp(t), x => x, cumulative, density, p, Math.Log(start), -700, 700);

    /// <summary>Over (0, 1), searching the log odds.</summary>
    public static double Unit(Func<double, double> cumulative, Func<double, double> density, double p, double start) =>
        Solve(t => 1 / (1 + Math.Exp(-t)), x => x * (1 - x), cumulative, density, p, Math.Log(start / (1 - start)), -700, 36);

    private static double Solve(
        Func<double, double> value, Func<double, double> slope, Func<double, double> cumulative, Func<double, double> density,
        double p, double t, double lower, double upper)
    {
        if (!(p > 0 && p < 1)) throw new ArgumentOutOfRangeException(nameof(p), p, "A share lies between 0 and 1.");
        for (var step = 0; step < MaximumSteps; step++)
        {
            var x = value(t);
            var error = cumulative(x) - p;
            if (error > 0) upper = t;
            else lower = t;
            var next = t - error / (density(x) * slope(x));
            if (!(next > lower && next < upper)) next = (lower + upper) / 2;
            if (Math.Abs(next - t) <= 1e-15 * Math.Max(1, Math.Abs(t))) return value(next);
            t = next;
        }
        return value(t);
    }
}
