namespace Escala.Numerics.Distributions;

/// <summary>Quantiles of counts; at a uniform number they are draws. Each is the smallest count whose distribution function reaches <c>u</c>.</summary>
internal static class CountQuantile
{
    /// <summary>Successes of trials; 0 where the probability is 0 or unknown.</summary>
    internal static long Binomial(long trials, double probability, double u)
    {
        if (trials == 0 || double.IsNaN(probability) || probability <= 0) return 0;
        return Smallest(u, trials, k => MathNet.Numerics.Distributions.Binomial.CDF(Math.Min(1, probability), checked((int)trials), k));
    }

    /// <summary>Poisson count of mean above 0.</summary>
    internal static long Poisson(double mean, double u) => Smallest(u, Beyond(mean, mean), k => MathNet.Numerics.Distributions.Poisson.CDF(mean, k));

    /// <summary>Negative-binomial count of mean above 0 and variance mean + mean²/theta.</summary>
    internal static long NegativeBinomial(double mean, double theta, double u) =>
        Smallest(u, Beyond(mean, mean + mean * mean / theta), k => MathNet.Numerics.Distributions.NegativeBinomial.CDF(theta, theta / (theta + mean), k));

    /// <summary>A count that is first tried as too large.</summary>
    private static long Beyond(double mean, double variance) => (long)(mean + 12 * Math.Sqrt(variance) + 40);

    private static long Smallest(double u, long high, Func<long, double> cumulative)
    {
        long low = 0;
        while (cumulative(high) < u) (low, high) = (high + 1, checked(2 * high));
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = cumulative(middle) >= u ? (low, middle) : (middle + 1, high);
        }
        return low;
    }
}
