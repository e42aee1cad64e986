namespace Escala.Numerics.Agreement;

/// <summary>
/// Ratings of units by raters as category values; a rating that is missing is NaN. Categories are ordered by value; nominal categories are
/// numbered in any order.
/// </summary>
public sealed class RatingTable
{
    private readonly int[,] _codes;

    /// <summary>Takes ratings.</summary>
    /// <param name="ratings">Units × raters; NaN where a rater did not rate a unit.</param>
    /// <param name="categories">
    /// Every category that raters could use, in any order; null for those they did use. It matters to AC1 and AC2, whose chance agreement
    /// depends on the number of categories on offer.
    /// </param>
    /// <exception cref="ArgumentException">There are fewer than two raters, or a rating is not among the categories; the message names the place.</exception>
    public RatingTable(double[,] ratings, IReadOnlyList<double>? categories = null)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        if (ratings.GetLength(1) < 2)
        {
            throw new UnfitInputException("numerics.agreement.raters", "Agreement needs at least two raters.");
        }
        Categories = [.. (categories ?? ratings.Cast<double>().Where(v => !double.IsNaN(v))).Distinct().Order()];
        _codes = new int[ratings.GetLength(0), ratings.GetLength(1)];
        double[] sorted = [.. Categories];
        for (int u = 0; u < Units; u++)
        {
            for (int r = 0; r < Raters; r++)
            {
                _codes[u, r] = double.IsNaN(ratings[u, r]) ? -1 : Array.BinarySearch(sorted, ratings[u, r]);
                if (_codes[u, r] < 0 && !double.IsNaN(ratings[u, r]))
                {
                    throw new UnfitInputException("numerics.agreement.category", "Unit {unit}, rater {rater}: {value} is not among the stated categories.", ("unit", u + 1), ("rater", r + 1), ("value", ratings[u, r]));
                }
            }
        }
    }

    /// <summary>Units, rows.</summary>
    public int Units => _codes.GetLength(0);

    /// <summary>Raters, columns.</summary>
    public int Raters => _codes.GetLength(1);

    /// <summary>Category values in ascending order.</summary>
    public IReadOnlyList<double> Categories { get; }

    /// <summary>The ratings of two raters from their cross-table of counts, first rater in rows; categories are 1, 2, 3, ….</summary>
    /// <param name="counts">Square table of counts, each at least 0.</param>
    /// <returns>One unit for each count.</returns>
    /// <exception cref="ArgumentException">The table is not square, or a count is negative.</exception>
    public static RatingTable FromCrossTable(long[,] counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        int q = counts.GetLength(0);
        if (q != counts.GetLength(1) || counts.Cast<long>().Any(n => n < 0))
        {
            throw new UnfitInputException("numerics.agreement.cross-table", "A cross-table of two raters is square, with counts of at least 0.");
        }
        var pairs = new List<(int First, int Second)>();
        for (int a = 0; a < q; a++)
        {
            for (int b = 0; b < q; b++)
            {
                for (long n = 0; n < counts[a, b]; n++)
                {
                    pairs.Add((a + 1, b + 1));
                }
            }
        }
        double[,] ratings = new double[pairs.Count, 2];
        foreach (var (u, (first, second)) in pairs.Index())
        {
            (ratings[u, 0], ratings[u, 1]) = (first, second);
        }
        return new(ratings, [.. Enumerable.Range(1, q).Select(c => (double)c)]);
    }

    /// <summary>Code of a rating, from 0; −1 when missing.</summary>
    internal int Code(int unit, int rater) => _codes[unit, rater];

    /// <summary>Raters who put each unit in each category: units × categories.</summary>
    internal double[][] Distribution()
    {
        double[][] counts = [.. Enumerable.Range(0, Units).Select(_ => new double[Categories.Count])];
        for (int u = 0; u < Units; u++)
        {
            for (int r = 0; r < Raters; r++)
            {
                if (_codes[u, r] >= 0)
                {
                    counts[u][_codes[u, r]]++;
                }
            }
        }
        return counts;
    }
}
