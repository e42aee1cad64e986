namespace Escala.Numerics.Comparison;

/// <summary>Whether a chi-square is corrected for continuity.</summary>
public enum YatesCorrection
{
    /// <summary>Not corrected.</summary>
    None,

    /// <summary>Corrected; only for two by two.</summary>
    Applied,
}

/// <summary>Tables of counts of any shape.</summary>
public static class ContingencyTable
{
    /// <summary>Pearson's chi-square test of independence. Rows and columns without any count say nothing and are left out of the degrees of freedom.</summary>
    /// <param name="counts">Counts, rows × columns, each at least 0.</param>
    /// <param name="correction">Yates' correction, for two by two.</param>
    /// <returns>The test; without a result when fewer than two rows or columns have counts.</returns>
    /// <exception cref="ArgumentException">A count is negative or not finite, or a correction is asked for another shape than two by two.</exception>
    public static HypothesisTest ChiSquare(double[,] counts, YatesCorrection correction = YatesCorrection.None)
    {
        ArgumentNullException.ThrowIfNull(counts);
        int rows = counts.GetLength(0), columns = counts.GetLength(1);
        if (counts.Cast<double>().Any(n => !(n >= 0 && double.IsFinite(n))))
        {
            throw new UnfitInputException("numerics.comparison.counts", "Counts are at least 0.");
        }
        if (correction == YatesCorrection.Applied && (rows != 2 || columns != 2))
        {
            throw new UnfitInputException("numerics.comparison.yates", "Yates' correction is for two-by-two tables.");
        }
        string method = correction == YatesCorrection.Applied ? "chi-square with Yates' correction" : "chi-square";
        double[] rowSums = [.. Enumerable.Range(0, rows).Select(r => Enumerable.Range(0, columns).Sum(c => counts[r, c]))];
        double[] columnSums = [.. Enumerable.Range(0, columns).Select(c => Enumerable.Range(0, rows).Sum(r => counts[r, c]))];
        int df = (rowSums.Count(n => n > 0) - 1) * (columnSums.Count(n => n > 0) - 1);
        if (df < 1)
        {
            return HypothesisTest.None(method, new Sentence("numerics.comparison.one-row", "Only one row or one column has any count: there is nothing to compare."));
        }
        return HypothesisTest.ChiSquare(method, Statistic(counts, rowSums, columnSums, correction), df);
    }

    private static double Statistic(double[,] counts, double[] rowSums, double[] columnSums, YatesCorrection correction)
    {
        double total = rowSums.Sum(), sum = 0, yates = correction == YatesCorrection.Applied ? 0.5 : 0;
        for (int r = 0; r < rowSums.Length; r++)
        {
            for (int c = 0; c < columnSums.Length; c++)
            {
                double expected = rowSums[r] * columnSums[c] / total, deviation = Math.Abs(counts[r, c] - expected);
                deviation -= Math.Min(yates, deviation);
                sum += expected > 0 ? deviation * deviation / expected : 0;
            }
        }
        return sum;
    }
}
