namespace Escala.Numerics.Distributions;

/// <summary>Quantiles of counts; at a uniform number they are draws. Each is the smallest count whose distribution function reaches <c>u</c>.</summary>
internal static class CountQuantile
{
    /// <summary>Up to here terms are added one by one, which is faster than a few incomplete integrals.</summary>
    private const long MostSteps = 1000;

    /// <summary>A first term below this would lose digits, or be 0.</summary>
    private const double Smallest = 1e-290;

    /// <summary>Successes of trials; 0 where the probability is 0 or unknown.</summary>
    internal static long Binomial(long trials, double probability, double u)
    {
        if (trials == 0 || double.IsNaN(probability) || probability <= 0) return 0;
        var none = Math.Exp(trials * Math.Log(1 - Math.Min(1, probability)));
        if (trials <= MostSteps && none > Smallest) return Search(u, none, trials, k => (trials - k) / (k + 1.0) * probability / (1 - probability));
        return Bisect(u, trials, k => MathNet.Numerics.Distributions.Binomial.CDF(Math.Min(1, probability), checked((int)trials), k));
    }

    /// <summary>Poisson count of mean above 0.</summary>
    internal static long Poisson(double mean, double u) => mean <= MostSteps / 2 ? Search(u, Math.Exp(-mean), MostSteps, k => mean / (k + 1.0)) : Bisect(u, Beyond(mean, mean), k => MathNet.Numerics.Distributions.Poisson.CDF(mean, k));

    /// <summary>Negative-binomial count of mean above 0 and variance mean + mean²/theta.</summary>
    internal static long NegativeBinomial(double mean, double theta, double u) =>
        Bisect(u, Beyond(mean, mean + mean * mean / theta), k => MathNet.Numerics.Distributions.NegativeBinomial.CDF(theta, theta / (theta + mean), k));

    /// <summary>A count that is first tried as too large.</summary>
    private static long Beyond(double mean, double variance) => (long)(mean + 12 * Math.Sqrt(variance) + 40);

    /// <summary>Adds terms, each the one before times a ratio, until they reach <paramref name="u"/>.</summary>
    private static long Search(double u, double first, long most, Func<long, double> ratio)
    {
        var (count, term, sum) = (0L, first, first);
        while (sum < u && count < most)
        {
            var factor = ratio(count);
            // Past the mode the terms that are left are below the rounding of the sum.
            if (factor < 1 && sum + term * factor == sum) break;
            term *= factor;
            sum += term;
            count++;
        }
        return count;
    }

    private static long Bisect(double u, long high, Func<long, double> cumulative)
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
