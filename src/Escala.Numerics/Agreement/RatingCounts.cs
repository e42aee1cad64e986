namespace Escala.Numerics.Agreement;

/// <summary>Counts of raters by unit and category, with a table of weights.</summary>
internal sealed class RatingCounts
{
    private readonly double[][] _counts;
    private readonly double[,] _weights;

    internal RatingCounts(RatingTable table, double[,] weights) : this(table.Distribution(), weights)
    {
    }

    internal RatingCounts(double[][] counts, double[,] weights)
    {
        _counts = counts;
        _weights = weights;
    }

    internal int Units => _counts.Length;

    internal double Total => _counts.Sum(row => row.Sum());

    internal double TotalWeight => _weights.Cast<double>().Sum();

    internal double Raters(int unit) => _counts[unit].Sum();

    internal double[] CategoryTotals() => [.. Enumerable.Range(0, _weights.GetLength(0)).Select(k => _counts.Sum(row => row[k]))];

    /// <summary>Mean over the rated units of the share of their raters in each category.</summary>
    internal double[] CategoryShares()
    {
        int[] rated = [.. Enumerable.Range(0, Units).Where(u => Raters(u) > 0)];
        return [.. Enumerable.Range(0, _weights.GetLength(0)).Select(k => rated.Sum(u => _counts[u][k] / Raters(u)) / rated.Length)];
    }

    internal double[] UnitShares(int unit) => [.. _counts[unit].Select(n => n / Raters(unit))];

    /// <summary>Weighted ordered pairs of raters of a unit that agree.</summary>
    internal double AgreeingPairs(int unit)
    {
        double sum = 0;
        for (int k = 0; k < _counts[unit].Length; k++)
        {
            double weighted = 0;
            for (int l = 0; l < _counts[unit].Length; l++)
            {
                weighted += _weights[k, l] * _counts[unit][l];
            }
            sum += _counts[unit][k] * (weighted - 1);
        }
        return sum;
    }

    /// <summary>Agreement of two independent draws from two distributions over the categories.</summary>
    internal double Weighted(double[] first, double[] second)
    {
        double sum = 0;
        for (int k = 0; k < first.Length; k++)
        {
            for (int l = 0; l < second.Length; l++)
            {
                sum += _weights[k, l] * first[k] * second[l];
            }
        }
        return sum;
    }
}
