namespace Escala.Numerics.StateTransition;

/// <summary>Between yearly rates and probabilities of a cycle.</summary>
public static class RateConversion
{
    /// <summary>1 - e^(-rate t).</summary>
    /// <param name="rate">Rate a year, at least 0.</param>
    /// <param name="years">Time t in years (not a frequency), at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative or not a number.</exception>
    public static double Probability(double rate, double years)
    {
        if (!(rate >= 0)) throw new ArgumentOutOfRangeException(nameof(rate), rate, "A rate must not be negative.");
        if (!(years >= 0)) throw new ArgumentOutOfRangeException(nameof(years), years, "A time must not be negative.");
        return -double.ExpM1(-rate * years);
    }

    /// <summary>-ln(1 - probability) / t.</summary>
    /// <param name="probability">Probability over t, 0 to below 1.</param>
    /// <param name="years">Time t in years, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability lies outside [0, 1) or the time is not positive.</exception>
    public static double Rate(double probability, double years)
    {
        if (!(probability >= 0 && probability < 1)) throw new ArgumentOutOfRangeException(nameof(probability), probability, "A probability that has a rate lies in [0, 1).");
        if (!(years > 0)) throw new ArgumentOutOfRangeException(nameof(years), years, "A time must be positive.");
        return -double.LogP1(-probability) / years;
    }

    /// <summary>
    /// Competing exits from one state: the total rate is converted and the probability of any exit is split in proportion to the rates,
    /// so that the stay cannot become negative (Jones, Epstein, García-Mochón. Med Decis Making 2017;37:735-742).
    /// </summary>
    /// <param name="rates">Yearly rate per exit, each at least 0. Replaced by the probabilities of a cycle.</param>
    /// <param name="years">Length of the cycle in years, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A rate or the length is negative or not a number.</exception>
    public static void Joint(Span<double> rates, double years)
    {
        var total = 0.0;
        foreach (var rate in rates)
        {
            if (!(rate >= 0)) throw new ArgumentOutOfRangeException(nameof(rates), rate, "A rate must not be negative.");
            total += rate;
        }
        if (total == 0) return;
        var share = Probability(total, years) / total;
        foreach (ref var rate in rates) rate *= share;
    }
}
