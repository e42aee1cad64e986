namespace Escala.Numerics.Agreement;

/// <summary>
/// Agreement of any number of raters with missing ratings: Fleiss' kappa, Gwet's AC1 and AC2, Krippendorff's alpha, in the common form of
/// Gwet (2014, Handbook of Inter-Rater Reliability, 4th edition), with standard errors linearised over units and t intervals on units − 1
/// degrees of freedom.
/// </summary>
public static class MultiRaterAgreement
{
    /// <summary>Fleiss' (1971) generalised kappa; with two raters Scott's pi.</summary>
    /// <param name="table">Ratings; missing ones are left out of their unit.</param>
    /// <param name="weights">How much different categories agree.</param>
    /// <param name="confidence">Coverage of the interval, above 0 and below 1.</param>
    /// <returns>The coefficient.</returns>
    public static AgreementCoefficient Fleiss(RatingTable table, AgreementWeights weights = AgreementWeights.Identity, double confidence = 0.95)
    {
        ArgumentNullException.ThrowIfNull(table);
        var counts = new RatingCounts(table, WeightTable.Of(weights, table.Categories));
        double[] shares = counts.CategoryShares();
        double expected = counts.Weighted(shares, shares);
        return Coefficient("Fleiss' kappa", counts, expected, unit => counts.Weighted(counts.UnitShares(unit), shares), confidence);
    }

    /// <summary>Gwet's AC1 (2008), or AC2 with weights: chance agreement only where raters are unsure, so that rare categories do not sink it.</summary>
    /// <param name="table">Ratings; missing ones are left out of their unit. Chance agreement depends on the categories on offer.</param>
    /// <param name="weights">How much different categories agree; identity gives AC1.</param>
    /// <param name="confidence">Coverage of the interval, above 0 and below 1.</param>
    /// <returns>The coefficient; 1 when all ratings are in the only category that was used of several on offer.</returns>
    public static AgreementCoefficient Gwet(RatingTable table, AgreementWeights weights = AgreementWeights.Identity, double confidence = 0.95)
    {
        ArgumentNullException.ThrowIfNull(table);
        var counts = new RatingCounts(table, WeightTable.Of(weights, table.Categories));
        double[] shares = counts.CategoryShares();
        double q = shares.Length, factor = q > 1 ? counts.TotalWeight / (q * (q - 1)) : 0;
        double expected = factor * shares.Sum(p => p * (1 - p));
        return Coefficient(weights == AgreementWeights.Identity ? "Gwet's AC1" : "Gwet's AC2", counts, expected,
            unit => factor * counts.UnitShares(unit).Zip(shares, (own, p) => own * (1 - p)).Sum(), confidence);
    }

    /// <summary>Krippendorff's alpha (2011): units that fewer than two rated are left out, and chance is drawn without replacement.</summary>
    /// <param name="table">Ratings; missing ones are left out of their unit.</param>
    /// <param name="level">Level of measurement, which sets the distance between categories.</param>
    /// <param name="confidence">Coverage of the interval, above 0 and below 1.</param>
    /// <returns>The coefficient.</returns>
    /// <exception cref="ArgumentException">A ratio level is asked for with negative categories.</exception>
    public static AgreementCoefficient Krippendorff(RatingTable table, MeasurementLevel level = MeasurementLevel.Nominal, double confidence = 0.95)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (level == MeasurementLevel.Ratio && table.Categories.Any(c => c < 0))
        {
            throw new UnfitInputException("numerics.agreement.negative-ratio", "A ratio level has no negative values.");
        }
        double[][] paired = [.. table.Distribution().Where(row => row.Sum() >= 2)];
        double[] uses = [.. Enumerable.Range(0, table.Categories.Count).Select(k => paired.Sum(row => row[k]))];
        var counts = new RatingCounts(paired, WeightTable.Of(level, table.Categories, uses));
        return KrippendorffFrom(counts, table.Units - paired.Length, $"Krippendorff's alpha, {level.ToString().ToLowerInvariant()}", confidence);
    }

    private static AgreementCoefficient KrippendorffFrom(RatingCounts counts, int single, string name, double confidence)
    {
        double ratings = counts.Total, units = counts.Units, meanRaters = ratings / units;
        double[] shares = [.. counts.CategoryTotals().Select(n => n / ratings)];
        double epsilon = 1 / ratings, expected = counts.Weighted(shares, shares);
        double[] agreement = [.. Enumerable.Range(0, counts.Units).Select(u => counts.AgreeingPairs(u) / (meanRaters * (counts.Raters(u) - 1)))];
        double paired = agreement.Sum() / units, observed = ((1 - epsilon) * paired) + epsilon;
        double alpha = (observed - expected) / (1 - expected), sum = 0;
        for (int u = 0; u < counts.Units; u++)
        {
            double surplus = (counts.Raters(u) - meanRaters) / meanRaters;
            double unitExpected = (counts.Weighted(counts.UnitShares(u), shares) * counts.Raters(u) / meanRaters) - (expected * surplus);
            double unit = (agreement[u] - (paired * surplus) - expected) / (1 - expected);
            double influence = unit - (2 * (1 - alpha) * (unitExpected - expected) / (1 - expected));
            sum += (influence - alpha) * (influence - alpha);
        }
        double error = units > 1 ? Math.Sqrt(sum / (units * (units - 1))) : double.NaN;
        return AgreementCoefficient.Create(name, observed, expected, error, (counts.Units, single), confidence, units - 1);
    }

    private static AgreementCoefficient Coefficient(string name, RatingCounts counts, double expected, Func<int, double> unitExpected, double confidence)
    {
        int[] paired = [.. Enumerable.Range(0, counts.Units).Where(u => counts.Raters(u) >= 2)];
        double UnitAgreement(int u) => counts.Raters(u) < 2 ? 0 : counts.AgreeingPairs(u) / (counts.Raters(u) * (counts.Raters(u) - 1));
        double observed = paired.Sum(UnitAgreement) / paired.Length, coefficient = (observed - expected) / (1 - expected);
        double rated = Enumerable.Range(0, counts.Units).Count(u => counts.Raters(u) > 0), sum = 0;
        for (int u = 0; u < counts.Units; u++)
        {
            if (counts.Raters(u) == 0)
            {
                continue;
            }
            double own = rated / paired.Length * (UnitAgreement(u) - (counts.Raters(u) >= 2 ? expected : 0)) / (1 - expected);
            double influence = own - (2 * (1 - coefficient) * (unitExpected(u) - expected) / (1 - expected));
            sum += (influence - coefficient) * (influence - coefficient);
        }
        double error = rated > 1 ? Math.Sqrt(sum / (rated * (rated - 1))) : double.NaN;
        return AgreementCoefficient.Create(name, observed, expected, error, (paired.Length, counts.Units - paired.Length), confidence, rated - 1);
    }
}
