using MathNet.Numerics.Distributions;

namespace Escala.Numerics.Comparison;

/// <summary>Binomial draws by inversion.</summary>
internal static class BinomialDraw
{
    /// <summary>The smallest count whose distribution function reaches <paramref name="u"/>; 0 where the probability is 0 or unknown.</summary>
    internal static long Quantile(long trials, double probability, double u)
    {
        if (trials == 0 || double.IsNaN(probability) || probability <= 0)
        {
            return 0;
        }
        long low = 0, high = trials;
        while (low < high)
        {
            long middle = (low + high) / 2;
            (low, high) = Binomial.CDF(Math.Min(1, probability), checked((int)trials), middle) >= u ? (low, middle) : (middle + 1, high);
        }
        return low;
    }
}
