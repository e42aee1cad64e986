namespace Escala.Numerics.Agreement;

/// <summary>Agreement of two raters (Cohen 1960, weighted 1968).</summary>
public static class CohenKappa
{
    /// <summary>Kappa of the first two raters over the units that both rated.</summary>
    /// <param name="table">Ratings of exactly two raters.</param>
    /// <param name="weights">How much different categories agree.</param>
    /// <param name="confidence">Coverage of the interval, above 0 and below 1.</param>
    /// <returns>Kappa with the large-sample standard error of Fleiss, Cohen and Everitt (1969) and a normal interval.</returns>
    /// <exception cref="ArgumentException">There are more than two raters; take Fleiss' kappa.</exception>
    public static AgreementCoefficient Of(RatingTable table, AgreementWeights weights = AgreementWeights.Identity, double confidence = 0.95)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (table.Raters != 2)
        {
            throw new UnfitInputException("numerics.agreement.two-raters", "Cohen's kappa compares two raters, and here are {raters}: take Fleiss' kappa or compare them in pairs.", ("raters", table.Raters));
        }
        int q = table.Categories.Count;
        int[] both = [.. Enumerable.Range(0, table.Units).Where(u => table.Code(u, 0) >= 0 && table.Code(u, 1) >= 0)];
        double[,] shares = new double[q, q];
        foreach (int u in both)
        {
            shares[table.Code(u, 0), table.Code(u, 1)] += 1.0 / both.Length;
        }
        double[] first = [.. Enumerable.Range(0, q).Select(a => Enumerable.Range(0, q).Sum(b => shares[a, b]))];
        double[] second = [.. Enumerable.Range(0, q).Select(b => Enumerable.Range(0, q).Sum(a => shares[a, b]))];
        double[,] w = WeightTable.Of(weights, table.Categories);
        double observed = Sum(q, (a, b) => w[a, b] * shares[a, b]), expected = Sum(q, (a, b) => w[a, b] * first[a] * second[b]);
        double variance = LargeSampleVariance(shares, first, second, w, observed, expected) / both.Length;
        string name = weights == AgreementWeights.Identity ? "Cohen's kappa" : $"Cohen's kappa, {(weights == AgreementWeights.Linear ? "linear" : "quadratic")} weights";
        return AgreementCoefficient.Create(name, observed, expected, Math.Sqrt(variance), (both.Length, table.Units - both.Length), confidence, double.PositiveInfinity);
    }

    /// <summary>n times the variance: the delta method on the table of shares.</summary>
    private static double LargeSampleVariance(double[,] shares, double[] first, double[] second, double[,] w, double observed, double expected)
    {
        int q = first.Length;
        double[] rowMean = [.. Enumerable.Range(0, q).Select(a => Enumerable.Range(0, q).Sum(b => w[a, b] * second[b]))];
        double[] columnMean = [.. Enumerable.Range(0, q).Select(b => Enumerable.Range(0, q).Sum(a => w[a, b] * first[a]))];
        double squares = Sum(q, (a, b) => shares[a, b] * Math.Pow((w[a, b] * (1 - expected)) - ((rowMean[a] + columnMean[b]) * (1 - observed)), 2));
        double mean = (observed * expected) - (2 * expected) + observed;
        return Math.Max(0, squares - (mean * mean)) / Math.Pow(1 - expected, 4);
    }

    private static double Sum(int q, Func<int, int, double> term) =>
        Enumerable.Range(0, q).Sum(a => Enumerable.Range(0, q).Sum(b => term(a, b)));
}
