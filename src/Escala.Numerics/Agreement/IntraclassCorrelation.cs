using Escala.Numerics.Comparison;

namespace Escala.Numerics.Agreement;

/// <summary>One intraclass correlation with its test against 0 and its interval.</summary>
/// <param name="Name">Name after Shrout and Fleiss, such as "ICC(2,1)".</param>
/// <param name="Description">What is generalised to, and whether of one rater or of the mean of all.</param>
/// <param name="Value">The estimate; may be negative.</param>
/// <param name="F">F statistic of the test that it is 0.</param>
/// <param name="Df1">Numerator degrees of freedom.</param>
/// <param name="Df2">Denominator degrees of freedom.</param>
/// <param name="PValue">One-sided p of F.</param>
/// <param name="Lower">Lower confidence limit.</param>
/// <param name="Upper">Upper confidence limit.</param>
public sealed record IntraclassEstimate(string Name, string Description, double Value, double F, double Df1, double Df2, double PValue, double Lower, double Upper);

/// <summary>
/// Reliability of raters on a continuous scale: the six forms of Shrout and Fleiss (1979) with the intervals of McGraw and Wong (1996). Units
/// with a missing rating are left out and counted.
/// </summary>
public sealed record IntraclassCorrelation
{
    /// <summary>ICC(1,1), ICC(2,1), ICC(3,1), ICC(1,k), ICC(2,k), ICC(3,k); empty when <see cref="Reason"/> is set.</summary>
    public required IReadOnlyList<IntraclassEstimate> Estimates { get; init; }

    /// <summary>Units with all ratings.</summary>
    public required int Units { get; init; }

    /// <summary>Units left out for a missing rating.</summary>
    public required int Incomplete { get; init; }

    /// <summary>Raters, k.</summary>
    public required int Raters { get; init; }

    /// <summary>Why there are no estimates; null when there are.</summary>
    public Sentence? Reason { get; init; }

    /// <summary>Estimates all six forms.</summary>
    /// <param name="ratings">Units × raters; NaN where missing.</param>
    /// <param name="confidence">Coverage of the intervals, above 0 and below 1.</param>
    /// <returns>The estimates.</returns>
    /// <exception cref="ArgumentException">There are fewer than two raters.</exception>
    public static IntraclassCorrelation Of(double[,] ratings, double confidence = 0.95)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        Tail.CheckConfidence(confidence);
        int raters = ratings.GetLength(1);
        if (raters < 2)
        {
            throw new UnfitInputException("numerics.agreement.reliability-raters", "Reliability needs at least two raters.");
        }
        double[][] rows = [.. Enumerable.Range(0, ratings.GetLength(0)).Select(u => Enumerable.Range(0, raters).Select(r => ratings[u, r]).ToArray())];
        double[][] complete = [.. rows.Where(row => !row.Any(double.IsNaN))];
        Sentence? reason = complete.Length < 2 ? new Sentence("numerics.agreement.complete-units", "Fewer than two units have all ratings.")
            : complete.All(row => row.All(v => v == complete[0][0])) ? new Sentence("numerics.agreement.same-ratings", "All ratings are the same: there is nothing to tell units apart by.")
            : null;
        return new IntraclassCorrelation
        {
            Units = complete.Length,
            Incomplete = rows.Length - complete.Length,
            Raters = raters,
            Reason = reason,
            Estimates = reason is null ? new MeanSquares(complete).Estimates(1 - ((1 - confidence) / 2)) : [],
        };
    }

    /// <summary>Two-way analysis of variance, units by raters.</summary>
    private sealed class MeanSquares
    {
        private readonly double _n, _k, _between, _raters, _within, _residual;

        internal MeanSquares(double[][] rows)
        {
            (_n, _k) = (rows.Length, rows[0].Length);
            double grand = rows.Average(row => row.Average());
            double units = _k * rows.Sum(row => Math.Pow(row.Average() - grand, 2));
            double raters = _n * Enumerable.Range(0, rows[0].Length).Sum(r => Math.Pow(rows.Average(row => row[r]) - grand, 2));
            double within = rows.Sum(row => row.Sum(v => Math.Pow(v - row.Average(), 2)));
            _between = units / (_n - 1);
            _raters = raters / (_k - 1);
            _within = within / (_n * (_k - 1));
            _residual = (within - raters) / ((_n - 1) * (_k - 1));
        }

        internal IReadOnlyList<IntraclassEstimate> Estimates(double quantile)
        {
            double df1 = _n - 1, oneWay = _n * (_k - 1), twoWay = (_n - 1) * (_k - 1);
            double f1 = _between / _within, f3 = _between / _residual;
            var (low1, high1) = FLimits(f1, df1, oneWay, quantile);
            var (low3, high3) = FLimits(f3, df1, twoWay, quantile);
            var (low2, high2) = AgreementLimits(quantile);
            IntraclassEstimate Make(string name, string text, double value, double f, double df2, double low, double high) =>
                new(name, text, value, f, df1, df2, Tail.FisherUpper(f, df1, df2), low, high);
            double one = Single(f1), three = Single(f3), two = (_between - _residual) / (_between + ((_k - 1) * _residual) + (_k * (_raters - _residual) / _n));
            double twoMean = (_between - _residual) / (_between + ((_raters - _residual) / _n));
            return
            [
                Make("ICC(1,1)", "one random rater a unit, single", one, f1, oneWay, Single(low1), Single(high1)),
                Make("ICC(2,1)", "random raters, agreement, single", two, f3, twoWay, low2, high2),
                Make("ICC(3,1)", "fixed raters, consistency, single", three, f3, twoWay, Single(low3), Single(high3)),
                Make("ICC(1,k)", "one random rater a unit, mean", 1 - (1 / f1), f1, oneWay, 1 - (1 / low1), 1 - (1 / high1)),
                Make("ICC(2,k)", "random raters, agreement, mean", twoMean, f3, twoWay, Stepped(low2), Stepped(high2)),
                Make("ICC(3,k)", "fixed raters, consistency, mean", 1 - (1 / f3), f3, twoWay, 1 - (1 / low3), 1 - (1 / high3)),
            ];
        }

        private double Single(double f) => double.IsPositiveInfinity(f) ? 1 : (f - 1) / (f + _k - 1);

        /// <summary>Spearman and Brown: reliability of the mean of k raters.</summary>
        private double Stepped(double single) => single * _k / (1 + (single * (_k - 1)));

        private static (double Low, double High) FLimits(double f, double df1, double df2, double quantile) =>
            (f / Tail.FisherQuantile(quantile, df1, df2), f * Tail.FisherQuantile(quantile, df2, df1));

        /// <summary>Limits of ICC(2,1) with Satterthwaite's degrees of freedom (McGraw and Wong 1996, table 7).</summary>
        private (double Low, double High) AgreementLimits(double quantile)
        {
            double icc = (_between - _residual) / (_between + ((_k - 1) * _residual) + (_k * (_raters - _residual) / _n));
            double fj = _raters / _residual, weight = _n * (1 + ((_k - 1) * icc)) - (_k * icc);
            double numerator = (_k - 1) * (_n - 1) * Math.Pow((_k * icc * fj) + weight, 2);
            double v = numerator / (((_n - 1) * _k * _k * icc * icc * fj * fj) + (weight * weight));
            double upper = Tail.FisherQuantile(quantile, _n - 1, v), lower = Tail.FisherQuantile(quantile, v, _n - 1);
            double spread = (_k * _raters) + (((_k * _n) - _k - _n) * _residual);
            return (_n * (_between - (upper * _residual)) / ((upper * spread) + (_n * _between)),
                _n * ((lower * _between) - _residual) / (spread + (_n * lower * _between)));
        }
    }
}
