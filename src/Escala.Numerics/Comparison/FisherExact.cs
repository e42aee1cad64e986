using MathNet.Numerics;

namespace Escala.Numerics.Comparison;

/// <summary>Fisher's exact test of a two-by-two table.</summary>
/// <param name="PValue">Two-sided p: total probability of the tables no likelier than the observed one.</param>
/// <param name="OddsRatio">Conditional maximum-likelihood odds ratio with its exact interval; 0 or infinite when a cell is empty, NaN when a margin is.</param>
public sealed record FisherExactResult(double PValue, IntervalEstimate OddsRatio);

/// <summary>The noncentral hypergeometric distribution of the first cell given the margins.</summary>
internal sealed class FisherExact
{
    private readonly int _low;
    private readonly double[] _logCentral;

    private FisherExact(TwoByTwoTable table)
    {
        long exposed = table.A + table.B, unexposed = table.C + table.D, with = table.A + table.C;
        _low = (int)Math.Max(0, with - unexposed);
        int high = (int)Math.Min(exposed, with);
        _logCentral = [.. Enumerable.Range(_low, high - _low + 1)
            .Select(x => SpecialFunctions.BinomialLn((int)exposed, x) + SpecialFunctions.BinomialLn((int)unexposed, (int)with - x))];
    }

    internal static FisherExactResult Test(TwoByTwoTable table, double confidence)
    {
        if (table.A + table.B + table.C + table.D > int.MaxValue)
        {
            throw new UnfitInputException("numerics.comparison.fisher-size", "Fisher's exact test takes at most 2,147,483,647 persons; take the chi-square test.");
        }
        var distribution = new FisherExact(table);
        int observed = (int)table.A;
        return new(distribution.PValue(observed), distribution.OddsRatio(observed, (1 - confidence) / 2));
    }

    private double PValue(int observed)
    {
        double[] shares = Shares(0);
        double limit = shares[observed - _low] * (1 + 1e-7);
        return Math.Min(1, shares.Where(p => p <= limit).Sum());
    }

    private IntervalEstimate OddsRatio(int observed, double tail)
    {
        int high = _low + _logCentral.Length - 1;
        if (_low == high)
        {
            return IntervalEstimate.None;
        }
        double estimate = observed == _low ? double.NegativeInfinity
            : observed == high ? double.PositiveInfinity
            : Solve(psi => Shares(psi).Select((p, k) => p * (_low + k)).Sum() - observed);
        double lower = observed == _low ? double.NegativeInfinity : Solve(psi => Shares(psi).Skip(observed - _low).Sum() - tail);
        double upper = observed == high ? double.PositiveInfinity : Solve(psi => tail - Shares(psi).Take(observed - _low + 1).Sum());
        return new(Math.Exp(estimate), Math.Exp(lower), Math.Exp(upper));
    }

    /// <summary>Probabilities of the support at a log odds ratio.</summary>
    private double[] Shares(double logOddsRatio)
    {
        double[] logs = [.. _logCentral.Select((v, k) => v + (k * logOddsRatio))];
        double largest = logs.Max();
        double[] shares = [.. logs.Select(v => Math.Exp(v - largest))];
        double total = shares.Sum();
        return [.. shares.Select(p => p / total)];
    }

    /// <summary>The zero of an increasing function of the log odds ratio, by bisection.</summary>
    private static double Solve(Func<double, double> function)
    {
        double low = -1, high = 1;
        while (function(low) > 0)
        {
            low *= 2;
        }
        while (function(high) < 0)
        {
            high *= 2;
        }
        while (high - low > 1e-14 * Math.Max(1, Math.Abs(low)))
        {
            double middle = (low + high) / 2;
            (low, high) = function(middle) < 0 ? (middle, high) : (low, middle);
        }
        return (low + high) / 2;
    }
}
