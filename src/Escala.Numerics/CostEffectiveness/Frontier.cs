namespace Escala.Numerics.CostEffectiveness;

/// <summary>Expected cost and effect of one strategy. More effect is better: diseases averted, not suffered.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="Cost">Cost per person, in the analysis's currency.</param>
/// <param name="Effect">Effect per person.</param>
public sealed record StrategyOutcome(string Id, double Cost, double Effect);

/// <summary>Place of a strategy among the others.</summary>
public enum FrontierStatus
{
    /// <summary>On the frontier: worth its price at some threshold.</summary>
    NotDominated,

    /// <summary>Costs more per unit of effect than a mix of two others.</summary>
    ExtendedlyDominated,

    /// <summary>Another one costs no more and achieves no less (of two equals, the later is dominated by the earlier).</summary>
    Dominated,
}

/// <summary>One row of a cost-effectiveness table. Increments are against the row before on the frontier; NaN where there is none.</summary>
/// <param name="Id">Identifier of the strategy.</param>
/// <param name="Cost">Cost per person.</param>
/// <param name="Effect">Effect per person.</param>
/// <param name="IncrementalCost">Cost beyond the next cheaper strategy of the frontier.</param>
/// <param name="IncrementalEffect">Effect beyond it.</param>
/// <param name="Icer">Incremental cost-effectiveness ratio.</param>
/// <param name="Status">Place among the others.</param>
public sealed record Comparison(string Id, double Cost, double Effect, double IncrementalCost, double IncrementalEffect, double Icer, FrontierStatus Status);

/// <summary>Incremental analysis of mutually exclusive strategies (Drummond 2015, chapter 4; Cantor 1994 on extended dominance).</summary>
public static class Frontier
{
    // Points on one line are weakly efficient and stay; the line is judged with the rounding of its two products.
    private const double Rounding = 1e-12;

    /// <summary>
    /// The table of increments: the frontier by rising cost, then the extendedly dominated and the dominated, both by rising cost.
    /// </summary>
    /// <param name="strategies">At least one strategy, with different identifiers and finite numbers.</param>
    /// <exception cref="ArgumentException">There is no strategy, an identifier occurs twice, or a number is not finite.</exception>
    public static IReadOnlyList<Comparison> Compare(IReadOnlyList<StrategyOutcome> strategies)
    {
        ArgumentNullException.ThrowIfNull(strategies);
        if (strategies.Count == 0) throw new ArgumentException("There is no strategy to compare.", nameof(strategies));
        if (strategies.FirstOrDefault(s => !double.IsFinite(s.Cost) || !double.IsFinite(s.Effect)) is { } broken)
            throw new ArgumentException($"Cost or effect of {broken.Id} is not a finite number.", nameof(strategies));
        if (strategies.GroupBy(s => s.Id).FirstOrDefault(g => g.Count() > 1) is { } twice) throw new ArgumentException($"{twice.Key} is given twice.", nameof(strategies));

        var ordered = strategies.OrderBy(s => s.Cost).ThenByDescending(s => s.Effect).ToList();
        List<StrategyOutcome> frontier = [], dominated = [], extended = [];
        foreach (var strategy in ordered)
        {
            // In this order only a cheaper or equally dear one can dominate, and the last kept has the highest effect so far.
            if (frontier.Count > 0 && strategy.Effect <= frontier[^1].Effect)
            {
                dominated.Add(strategy);
                continue;
            }
            frontier.Add(strategy);
        }
        for (var i = 1; i + 1 < frontier.Count;)
        {
            if (!IsAboveLine(frontier[i - 1], frontier[i], frontier[i + 1]))
            {
                i++;
                continue;
            }
            extended.Add(frontier[i]);
            frontier.RemoveAt(i);
            if (i > 1) i--;
        }
        return
        [
            .. frontier.Select((s, i) => i == 0 ? Row(s, FrontierStatus.NotDominated) : Increment(frontier[i - 1], s)),
            .. extended.OrderBy(s => s.Cost).Select(s => Row(s, FrontierStatus.ExtendedlyDominated)),
            .. dominated.Select(s => Row(s, FrontierStatus.Dominated)),
        ];
    }

    /// <summary>Increments of every strategy against one, as a probabilistic or one-way analysis compares them.</summary>
    /// <param name="strategies">The strategies.</param>
    /// <param name="reference">Identifier of the strategy compared against.</param>
    /// <param name="threshold">Willingness to pay for a unit of effect.</param>
    /// <returns>Incremental net monetary benefit per strategy.</returns>
    /// <exception cref="ArgumentException">The reference is not among the strategies.</exception>
    public static IReadOnlyDictionary<string, double> NetBenefit(IReadOnlyList<StrategyOutcome> strategies, string reference, double threshold)
    {
        ArgumentNullException.ThrowIfNull(strategies);
        var against = strategies.FirstOrDefault(s => s.Id == reference) ?? throw new ArgumentException($"{reference} is not among the strategies.", nameof(reference));
        return strategies.ToDictionary(s => s.Id, s => threshold * (s.Effect - against.Effect) - (s.Cost - against.Cost));
    }

    private static bool IsAboveLine(StrategyOutcome before, StrategyOutcome point, StrategyOutcome after)
    {
        var there = (point.Cost - before.Cost) * (after.Effect - point.Effect);
        var onward = (after.Cost - point.Cost) * (point.Effect - before.Effect);
        return there - onward > Rounding * (Math.Abs(there) + Math.Abs(onward));
    }

    private static Comparison Increment(StrategyOutcome before, StrategyOutcome after)
    {
        double cost = after.Cost - before.Cost, effect = after.Effect - before.Effect;
        return new Comparison(after.Id, after.Cost, after.Effect, cost, effect, cost / effect, FrontierStatus.NotDominated);
    }

    private static Comparison Row(StrategyOutcome s, FrontierStatus status) => new(s.Id, s.Cost, s.Effect, double.NaN, double.NaN, double.NaN, status);
}
