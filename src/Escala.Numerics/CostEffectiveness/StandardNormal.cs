using MathNet.Numerics;

namespace Escala.Numerics.CostEffectiveness;

/// <summary>The normal distribution with mean 0 and standard deviation 1.</summary>
internal static class StandardNormal
{
    public const double TwoSided95 = 1.9599639845400542;

    public static double Quantile(double p) => -Constants.Sqrt2 * SpecialFunctions.ErfcInv(2 * p);

    public static double Cumulative(double z) => 0.5 * SpecialFunctions.Erfc(-z / Constants.Sqrt2);

    public static double Density(double z) => Math.Exp(-0.5 * z * z) / Constants.Sqrt2Pi;
}
