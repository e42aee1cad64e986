namespace Escala.Numerics.Comparison;

/// <summary>Sample quantiles of the nine types of Hyndman and Fan (1996, American Statistician 50:361).</summary>
public static class Quantile
{
    /// <summary>A quantile of the values that are present.</summary>
    /// <param name="values">Values in any order; NaN where missing, which is left out.</param>
    /// <param name="probability">Probability, 0 to 1.</param>
    /// <param name="type">1 to 9; 7 is the default of R and of spreadsheets, 6 of SPSS, 2 of SAS, 8 the authors' recommendation.</param>
    /// <returns>The quantile; NaN without values.</returns>
    /// <exception cref="UnfitInputException">The probability is not within 0 and 1, or the type not within 1 and 9.</exception>
    public static double Of(IEnumerable<double> values, double probability, int type = 7)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (!(probability is >= 0 and <= 1))
        {
            throw new UnfitInputException("numerics.comparison.probability", "A probability lies between 0 and 1.");
        }
        UnfitInputException.ThrowIfLessThan(type, 1);
        UnfitInputException.ThrowIfGreaterThan(type, 9);
        double[] sorted = [.. values.Where(v => !double.IsNaN(v)).Order()];
        return sorted.Length == 0 ? double.NaN : type <= 3 ? Step(sorted, probability, type) : Interpolated(sorted, probability, type);
    }

    /// <summary>Types 1 to 3 take a value that was observed, or the mean of two.</summary>
    private static double Step(double[] sorted, double probability, int type)
    {
        double position = (sorted.Length * probability) - (type == 3 ? 0.5 : 0);
        // Rounding can put n·p just below a whole number.
        double fuzz = 4 * 2.2e-16 * Math.Max(1, position), whole = Math.Floor(position + fuzz);
        bool exact = Math.Abs(position - whole) <= fuzz;
        int j = (int)whole;
        double low = At(sorted, j), high = At(sorted, j + 1);
        return type switch
        {
            1 => exact ? low : high,
            2 => exact ? (low + high) / 2 : high,
            _ => exact && j % 2 == 0 ? low : high,
        };
    }

    private static double Interpolated(double[] sorted, double probability, int type)
    {
        // Plotting positions p_k = (k − a) / (n + 1 − a − b), paper table 1.
        var (a, b) = type switch
        {
            4 => (0.0, 1.0),
            5 => (0.5, 0.5),
            6 => (0.0, 0.0),
            7 => (1.0, 1.0),
            8 => (1.0 / 3, 1.0 / 3),
            _ => (3.0 / 8, 3.0 / 8),
        };
        double position = a + (probability * (sorted.Length + 1 - a - b));
        double whole = Math.Floor(position + (4 * 2.2e-16 * Math.Max(1, Math.Abs(position)))), fraction = Math.Max(0, position - whole);
        double low = At(sorted, (int)whole);
        return fraction < 1e-15 ? low : low + (fraction * (At(sorted, (int)whole + 1) - low));
    }

    /// <summary>The k-th smallest value, the extremes beyond the ends.</summary>
    private static double At(double[] sorted, int k) => sorted[Math.Clamp(k, 1, sorted.Length) - 1];
}
