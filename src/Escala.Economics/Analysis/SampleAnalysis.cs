using Escala.Numerics.CostEffectiveness;

namespace Escala.Economics.Analysis;

/// <summary>The answers that follow from a sample of costs and effects, made here or elsewhere.</summary>
public static class SampleAnalysis
{
    /// <exception cref="ArgumentException">There are as many identifiers as strategies, or a threshold is negative.</exception>
    public static PsaAnswer Answer(IReadOnlyList<string> ids, ProbabilisticAnalysis sample, IReadOnlyList<double> thresholds)
    {
        var spreads = ids.Select((id, s) => Spread(id, sample.Costs(s), sample.Effects(s))).ToList();
        var results = sample.At(thresholds);
        Dictionary<string, double> PerId(IReadOnlyList<double> values) => ids.Zip(values).ToDictionary(p => p.First, p => p.Second);
        return new PsaAnswer(
            sample.Draws, spreads, Answer(Frontier.Compare([.. spreads.Select(s => new StrategyOutcome(s.Id, s.Cost, s.Effect))])),
            [.. results.Select(r => new AcceptabilityAnswer(r.Threshold, PerId(r.Probability)))],
            [.. results.Select(r => new AcceptabilityFrontierAnswer(r.Threshold, ids[r.Optimal], r.FrontierProbability))],
            [.. results.Select(r => new LossAnswer(r.Threshold, PerId(r.ExpectedLoss)))],
            [.. results.Select(r => new InformationAnswer(r.Threshold, r.Evpi))]);
    }

    public static IReadOnlyList<ComparisonAnswer> Answer(IReadOnlyList<Comparison> table) =>
    [
        .. table.Select(r => new ComparisonAnswer(r.Id, r.Cost, r.Effect, Known(r.IncrementalCost), Known(r.IncrementalEffect), Known(r.Icer), r.Status switch
        {
            FrontierStatus.NotDominated => "ND",
            FrontierStatus.ExtendedlyDominated => "ED",
            _ => "D",
        })),
    ];

    private static double? Known(double value) => double.IsNaN(value) ? null : value;

    private static SpreadAnswer Spread(string id, ReadOnlySpan<double> costs, ReadOnlySpan<double> effects)
    {
        double[] cost = costs.ToArray(), effect = effects.ToArray();
        double meanCost = cost.Average(), meanEffect = effect.Average();
        Array.Sort(cost);
        Array.Sort(effect);
        return new SpreadAnswer(id, meanCost, Percentile(cost, 0.025), Percentile(cost, 0.975), meanEffect, Percentile(effect, 0.025), Percentile(effect, 0.975));
    }

    /// <summary>Linear between order statistics, type 7 of Hyndman and Fan.</summary>
    internal static double Percentile(double[] sorted, double p)
    {
        var h = (sorted.Length - 1) * p;
        var below = (int)h;
        return below + 1 < sorted.Length ? sorted[below] + (h - below) * (sorted[below + 1] - sorted[below]) : sorted[below];
    }
}
