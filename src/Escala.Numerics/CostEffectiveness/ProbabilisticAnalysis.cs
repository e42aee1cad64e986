using Escala.Numerics.Simulation;

namespace Escala.Numerics.CostEffectiveness;

/// <summary>What a sample of costs and effects says at one threshold.</summary>
/// <param name="Threshold">Willingness to pay for a unit of effect.</param>
/// <param name="Probability">Per strategy, the share of draws in which it has the highest net benefit (CEAC).</param>
/// <param name="Optimal">Index of the strategy with the highest expected net benefit; the first where they tie.</param>
/// <param name="ExpectedLoss">Per strategy, the expected net benefit forgone against the best of each draw.</param>
/// <param name="Evpi">Expected value of perfect information per person: the loss of the optimal strategy.</param>
public sealed record ThresholdResult(double Threshold, IReadOnlyList<double> Probability, int Optimal, IReadOnlyList<double> ExpectedLoss, double Evpi)
{
    /// <summary>Probability that the optimal strategy is the best (acceptability frontier, CEAF).</summary>
    public double FrontierProbability => Probability[Optimal];
}

/// <summary>A sample of the costs and effects of all strategies from their joint uncertainty.</summary>
public sealed class ProbabilisticAnalysis
{
    private readonly double[][] _cost, _effect;

    /// <summary>Keeps the sample.</summary>
    /// <param name="cost">Per strategy, one cost per draw.</param>
    /// <param name="effect">Per strategy, one effect per draw; more is better.</param>
    /// <exception cref="ArgumentException">There is no strategy or draw, lengths differ, or a number is not finite.</exception>
    public ProbabilisticAnalysis(double[][] cost, double[][] effect)
    {
        ArgumentNullException.ThrowIfNull(cost);
        ArgumentNullException.ThrowIfNull(effect);
        if (cost.Length == 0 || cost.Length != effect.Length) throw new ArgumentException("Costs and effects must be given for the same strategies, at least one.", nameof(effect));
        Draws = cost[0].Length;
        if (Draws == 0 || cost.Any(c => c.Length != Draws) || effect.Any(e => e.Length != Draws)) throw new ArgumentException("Every strategy needs the same number of draws, at least one.", nameof(cost));
        if (cost.Concat(effect).Any(row => row.Any(x => !double.IsFinite(x)))) throw new ArgumentException("The sample holds a number that is not finite.", nameof(cost));
        _cost = cost;
        _effect = effect;
    }

    /// <summary>Number of draws.</summary>
    public int Draws { get; }

    /// <summary>Number of strategies.</summary>
    public int StrategyCount => _cost.Length;

    /// <summary>Costs of a strategy, one per draw.</summary>
    /// <param name="strategy">Index of the strategy.</param>
    public ReadOnlySpan<double> Costs(int strategy) => _cost[strategy];

    /// <summary>Effects of a strategy, one per draw.</summary>
    /// <param name="strategy">Index of the strategy.</param>
    public ReadOnlySpan<double> Effects(int strategy) => _effect[strategy];

    /// <summary>
    /// Acceptability, loss and value of information at each threshold. The best strategy of a draw is the exact maximum, the first where
    /// several tie; net benefits are increments to the first strategy, so that small differences are not lost in large totals.
    /// </summary>
    /// <param name="thresholds">Thresholds of at least 0.</param>
    /// <exception cref="ArgumentException">A threshold is negative or not finite.</exception>
    public IReadOnlyList<ThresholdResult> At(IReadOnlyList<double> thresholds)
    {
        ArgumentNullException.ThrowIfNull(thresholds);
        if (thresholds.Any(t => !(t >= 0) || double.IsInfinity(t))) throw new ArgumentException("Thresholds must be finite and not negative.", nameof(thresholds));
        var results = new ThresholdResult[thresholds.Count];
        SideBySide.Run(results.Length, i => results[i] = At(thresholds[i]));
        return results;
    }

    private ThresholdResult At(double threshold)
    {
        var strategies = StrategyCount;
        var wins = new long[strategies];
        var sum = new double[strategies];
        var sumOfBest = 0.0;
        Span<double> benefit = strategies <= 64 ? stackalloc double[strategies] : new double[strategies];
        for (var draw = 0; draw < Draws; draw++)
        {
            var best = 0;
            benefit[0] = 0;
            double cost = _cost[0][draw], effect = _effect[0][draw];
            for (var s = 1; s < strategies; s++)
            {
                benefit[s] = threshold * (_effect[s][draw] - effect) - (_cost[s][draw] - cost);
                sum[s] += benefit[s];
                if (benefit[s] > benefit[best]) best = s;
            }
            wins[best]++;
            sumOfBest += benefit[best];
        }
        var optimal = 0;
        for (var s = 1; s < strategies; s++)
        {
            if (sum[s] > sum[optimal]) optimal = s;
        }
        return new ThresholdResult(
            threshold, [.. wins.Select(w => (double)w / Draws)], optimal, [.. sum.Select(b => (sumOfBest - b) / Draws)], (sumOfBest - sum[optimal]) / Draws);
    }
}
