using Escala.Numerics.Simulation;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;

namespace Escala.Numerics.CostEffectiveness;

/// <summary>Expected value of learning some parameters perfectly, at one threshold.</summary>
/// <param name="Threshold">Willingness to pay for a unit of effect.</param>
/// <param name="Evppi">Value per person, at least 0.</param>
/// <param name="StandardError">Its standard error, from the regression and from the number of draws; 0 where the draws show no relation at all.</param>
public sealed record PartialInformationValue(double Threshold, double Evppi, double StandardError);

/// <summary>
/// Expected value of partial perfect information by regression of incremental costs and effects on the parameters (Strong M, Oakley JE,
/// Brennan A. Med Decis Making 2014;34:311-326). Net benefit is linear in cost and effect, so that one fit serves all thresholds. Each cost and
/// effect is fitted by a constant, by straight lines or by the full basis, whichever has the least Bayesian information criterion: without that a
/// parameter that matters nothing would be given the value of its own noise.
/// </summary>
public static class PartialInformation
{
    private const int InnerKnots = 4;

    /// <summary>The value of learning the parameters together, at each threshold.</summary>
    /// <param name="sample">Costs and effects.</param>
    /// <param name="parameters">
    /// Per parameter, one value per draw. One parameter is fitted by a natural cubic spline with six degrees of freedom, several by all
    /// linear, squared and product terms.
    /// </param>
    /// <param name="thresholds">Thresholds of at least 0.</param>
    /// <returns>One value per threshold; NaN where there are too few draws for the number of terms.</returns>
    /// <exception cref="ArgumentException">There is no parameter, a length is wrong, or a number is not finite.</exception>
    public static IReadOnlyList<PartialInformationValue> Evaluate(ProbabilisticAnalysis sample, IReadOnlyList<double[]> parameters, IReadOnlyList<double> thresholds)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(thresholds);
        if (parameters.Count == 0) throw new ArgumentException("There is no parameter to learn.", nameof(parameters));
        if (parameters.Any(p => p.Length != sample.Draws || p.Any(x => !double.IsFinite(x)))) throw new ArgumentException("Every parameter needs one finite value per draw.", nameof(parameters));
        double[][] varying = [.. parameters.Where(p => p.Any(x => x != p[0])).Select(Standardise)];
        var basis = Basis(varying, sample.Draws);
        if (basis.Length >= sample.Draws) return [.. thresholds.Select(t => new PartialInformationValue(t, double.NaN, double.NaN))];
        var fit = Fit.Create(sample, basis, 1 + varying.Length);
        var values = new PartialInformationValue[thresholds.Count];
        SideBySide.Run(values.Length, i => values[i] = fit.At(thresholds[i]));
        return values;
    }

    private static double[] Standardise(double[] x)
    {
        var mean = x.Average();
        var deviation = Math.Sqrt(x.Sum(v => (v - mean) * (v - mean)) / x.Length);
        return [.. x.Select(v => (v - mean) / deviation)];
    }

    /// <summary>Columns of the regression, the constant first.</summary>
    private static double[][] Basis(double[][] x, int draws)
    {
        List<double[]> columns = [[.. Enumerable.Repeat(1.0, draws)]];
        columns.AddRange(x);
        if (x.Length == 1) columns.AddRange(SplineColumns(x[0]));
        for (var i = 0; x.Length > 1 && i < x.Length; i++)
        {
            for (var j = i; j < x.Length; j++) columns.Add([.. x[i].Zip(x[j], (a, b) => a * b)]);
        }
        return [.. columns];
    }

    /// <summary>Truncated-power form of the natural cubic spline (Hastie, Tibshirani, Friedman 2009, equation 5.4), knots at quantiles.</summary>
    private static IEnumerable<double[]> SplineColumns(double[] x)
    {
        var sorted = x.Order().ToArray();
        var knots = Enumerable.Range(0, InnerKnots + 3).Select(k => sorted[(int)((sorted.Length - 1) * (0.02 + 0.96 * k / (InnerKnots + 2)))]).Distinct().ToArray();
        if (knots.Length < 3) return [];
        double last = knots[^1], beforeLast = knots[^2];
        static double Cube(double v) => v > 0 ? v * v * v : 0;
        double Curve(double v, double knot) => (Cube(v - knot) - Cube(v - last)) / (last - knot);
        return knots[..^2].Select(knot => x.Select(v => Curve(v, knot) - Curve(v, beforeLast)).ToArray());
    }

    /// <summary>Fitted increments to the first strategy: costs, then effects of the other strategies, each on the first few of the columns.</summary>
    private sealed class Fit
    {
        private readonly double[][] _columns, _fitted;
        private readonly int[] _terms;
        private readonly Matrix<double> _residualCovariance;
        private readonly int _draws, _others;

        private Fit(double[][] columns, double[][] fitted, int[] terms, Matrix<double> residualCovariance, int draws)
        {
            (_columns, _fitted, _terms, _residualCovariance, _draws, _others) = (columns, fitted, terms, residualCovariance, draws, fitted.Length / 2);
        }

        /// <param name="sample">Costs and effects.</param>
        /// <param name="basis">Columns, the constant first, then the straight lines.</param>
        /// <param name="lines">Number of columns up to the last straight line.</param>
        public static Fit Create(ProbabilisticAnalysis sample, double[][] basis, int lines)
        {
            var draws = sample.Draws;
            var others = sample.StrategyCount - 1;
            var columns = Orthonormal(basis, draws, lines, out var linear);
            var increments = new double[2 * others][];
            for (var s = 0; s < others; s++)
            {
                increments[s] = Difference(sample.Costs(s + 1), sample.Costs(0));
                increments[others + s] = Difference(sample.Effects(s + 1), sample.Effects(0));
            }
            var fits = increments.Select(y => Project(columns, linear, y)).ToArray();
            var residuals = increments.Zip(fits, (y, f) => Difference(y, f.Fitted)).ToArray();
            var covariance = DenseMatrix.Create(2 * others, 2 * others, (i, j) => Dot(residuals[i], residuals[j]) / (draws - Math.Max(fits[i].Terms, fits[j].Terms)));
            return new Fit(columns, [.. fits.Select(f => f.Fitted)], [.. fits.Select(f => f.Terms)], covariance, draws);
        }

        public PartialInformationValue At(double threshold)
        {
            var benefit = new double[_others + 1][];
            benefit[0] = new double[_draws];
            for (var s = 0; s < _others; s++)
            {
                double[] cost = _fitted[s], effect = _fitted[_others + s];
                var b = benefit[s + 1] = new double[_draws];
                for (var i = 0; i < b.Length; i++) b[i] = threshold * effect[i] - cost[i];
            }
            var means = benefit.Select(b => b.Sum() / _draws).ToArray();
            var optimal = Array.IndexOf(means, means.Max());
            // How the value moves with each strategy's coefficients: the decisions themselves stay put to first order (envelope theorem).
            var gradient = new DenseMatrix(_columns.Length, _others + 1);
            double sum = 0, sumOfSquares = 0;
            for (var i = 0; i < _draws; i++)
            {
                var best = 0;
                for (var s = 1; s <= _others; s++)
                {
                    if (benefit[s][i] > benefit[best][i]) best = s;
                }
                if (best == optimal) continue;
                var gain = benefit[best][i] - benefit[optimal][i];
                sum += gain;
                sumOfSquares += gain * gain;
                for (var c = 0; c < _columns.Length; c++)
                {
                    gradient[c, best] += _columns[c][i] / _draws;
                    gradient[c, optimal] -= _columns[c][i] / _draws;
                }
            }
            var value = sum / _draws;
            var sampling = (sumOfSquares / _draws - value * value) / _draws;
            return new PartialInformationValue(threshold, Math.Max(0, value), Math.Sqrt(Math.Max(0, sampling) + RegressionVariance(gradient, threshold)));
        }

        private double RegressionVariance(DenseMatrix gradient, double threshold)
        {
            // The columns are orthonormal, so that the coefficients have the residual covariance itself.
            var variance = 0.0;
            for (var s = 0; s < _others; s++)
            {
                for (var t = 0; t < _others; t++)
                {
                    variance += Joint(s, t) - threshold * (Joint(s, _others + t) + Joint(_others + s, t)) + threshold * threshold * Joint(_others + s, _others + t);
                }
            }
            return Math.Max(0, variance);

            double Joint(int i, int j)
            {
                var along = 0.0;
                for (var c = 0; c < Math.Min(_terms[i], _terms[j]); c++) along += gradient[c, i % _others + 1] * gradient[c, j % _others + 1];
                return along * _residualCovariance[i, j];
            }
        }

        /// <summary>Modified Gram-Schmidt, twice; columns that add nothing are left out.</summary>
        private static double[][] Orthonormal(double[][] basis, int draws, int lines, out int linear)
        {
            List<double[]> columns = [];
            linear = 0;
            for (var b = 0; b < basis.Length; b++)
            {
                var x = (double[])basis[b].Clone();
                var before = Math.Sqrt(Dot(x, x));
                for (var pass = 0; pass < 2; pass++)
                {
                    foreach (var q in columns)
                    {
                        var along = Dot(q, x);
                        for (var i = 0; i < draws; i++) x[i] -= along * q[i];
                    }
                }
                var length = Math.Sqrt(Dot(x, x));
                if (length > 1e-9 * before) columns.Add([.. x.Select(v => v / length)]);
                if (b < lines) linear = columns.Count;
            }
            return [.. columns];
        }

        /// <summary>The fit with the least n ln(residual sum of squares) + k ln n among constant, straight lines and everything.</summary>
        private static (double[] Fitted, int Terms) Project(double[][] columns, int linear, double[] y)
        {
            var along = columns.Select(q => Dot(q, y)).ToArray();
            var total = Dot(y, y);
            double Criterion(int terms) => y.Length * Math.Log(Math.Max(total - along[..terms].Sum(a => a * a), 1e-14 * total)) + terms * Math.Log(y.Length);
            var terms = total > 0 ? new[] { 1, linear, columns.Length }.MinBy(Criterion) : 1;
            var fitted = new double[y.Length];
            for (var c = 0; c < terms; c++)
            {
                for (var i = 0; i < y.Length; i++) fitted[i] += along[c] * columns[c][i];
            }
            return (fitted, terms);
        }

        private static double[] Difference(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
        {
            var difference = new double[x.Length];
            for (var i = 0; i < x.Length; i++) difference[i] = x[i] - y[i];
            return difference;
        }

        private static double Dot(double[] x, double[] y)
        {
            var sum = 0.0;
            for (var i = 0; i < x.Length; i++) sum += x[i] * y[i];
            return sum;
        }
    }
}
