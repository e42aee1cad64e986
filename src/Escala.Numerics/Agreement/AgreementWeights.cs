namespace Escala.Numerics.Agreement;

/// <summary>How much two different categories still agree.</summary>
public enum AgreementWeights
{
    /// <summary>Not at all: nominal categories.</summary>
    Identity,

    /// <summary>1 − |a − b| / range.</summary>
    Linear,

    /// <summary>1 − (a − b)² / range².</summary>
    Quadratic,
}

/// <summary>The level of measurement that Krippendorff's alpha takes distances by.</summary>
public enum MeasurementLevel
{
    /// <summary>Unordered categories.</summary>
    Nominal,

    /// <summary>Ordered categories; the distance counts the ratings between two.</summary>
    Ordinal,

    /// <summary>Differences are comparable.</summary>
    Interval,

    /// <summary>Ratios are comparable; values are not negative.</summary>
    Ratio,
}

/// <summary>Square tables of weights, 1 on the diagonal.</summary>
internal static class WeightTable
{
    internal static double[,] Of(AgreementWeights weights, IReadOnlyList<double> categories)
    {
        double range = categories.Count == 0 ? 0 : categories[^1] - categories[0];
        return Fill(categories.Count, (a, b) => weights switch
        {
            AgreementWeights.Linear => 1 - (Math.Abs(categories[a] - categories[b]) / range),
            AgreementWeights.Quadratic => 1 - Math.Pow((categories[a] - categories[b]) / range, 2),
            _ => 0,
        });
    }

    /// <summary>Krippendorff's (2011) squared differences as weights: 1 − δ² / largest δ².</summary>
    /// <param name="level">Level of measurement.</param>
    /// <param name="categories">Category values, ascending.</param>
    /// <param name="uses">How often each category was used in units that two raters rated.</param>
    internal static double[,] Of(MeasurementLevel level, IReadOnlyList<double> categories, IReadOnlyList<double> uses)
    {
        int q = categories.Count;
        double Distance(int a, int b) => level switch
        {
            MeasurementLevel.Ordinal => uses.Skip(Math.Min(a, b)).Take(Math.Abs(a - b) + 1).Sum() - ((uses[a] + uses[b]) / 2),
            MeasurementLevel.Interval => categories[a] - categories[b],
            MeasurementLevel.Ratio => (categories[a] - categories[b]) / (categories[a] + categories[b]),
            _ => 1,
        };
        double largest = (from a in Enumerable.Range(0, q) from b in Enumerable.Range(0, q) where a != b select Math.Pow(Distance(a, b), 2)).DefaultIfEmpty(1).Max();
        return Fill(q, (a, b) => 1 - (Math.Pow(Distance(a, b), 2) / largest));
    }

    private static double[,] Fill(int size, Func<int, int, double> offDiagonal)
    {
        double[,] table = new double[size, size];
        for (int a = 0; a < size; a++)
        {
            for (int b = 0; b < size; b++)
            {
                table[a, b] = a == b ? 1 : offDiagonal(a, b);
            }
        }
        return table;
    }
}
