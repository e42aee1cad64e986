using Escala.Economics.Models;
using Escala.Numerics.CostEffectiveness;

namespace Escala.Economics.Analysis;

/// <summary>Turns outcomes into costs and effects by perspective and compares strategies.</summary>
internal sealed class EconomicEvaluation(ModelDefinition model)
{
    private readonly int _reference = model.Strategies.ToList().IndexOf(model.Reference);

    /// <summary>Perspectives in the file's order; everybody's costs, without a label, where it names none.</summary>
    public IReadOnlyList<PerspectiveDefinition> Perspectives { get; } =
        model.Settings.Perspectives.Count > 0 ? model.Settings.Perspectives : [new PerspectiveDefinition("all", "", [], default)];

    public bool HasEffect => model.Settings.Effect.Length > 0;

    public static double Cost(RunResult result, int strategy, int run, PerspectiveDefinition perspective) =>
        result.Sum(strategy, run, c => c.IsCost && (perspective.Payers.Count == 0 || perspective.Payers.Contains(c.Payer)));

    /// <summary>More is better: harm is counted as what is averted against the reference.</summary>
    public double Effect(RunResult result, int strategy, int run)
    {
        var own = result.Outcome(strategy, model.Settings.Effect, run);
        return model.Settings.EffectIsHarm ? result.Outcome(_reference, model.Settings.Effect, run) - own : own;
    }

    public IReadOnlyList<StrategyOutcome> Outcomes(RunResult result, int run, PerspectiveDefinition perspective) =>
        [.. model.Strategies.Select((s, i) => new StrategyOutcome(s.Name, Cost(result, i, run, perspective), Effect(result, i, run)))];

    public ProbabilisticAnalysis Sample(RunResult result, PerspectiveDefinition perspective)
    {
        var draws = result.Values[0][0].Length;
        double[][] Rows(Func<int, int, double> value) => [.. model.Strategies.Select((_, s) => Enumerable.Range(0, draws).Select(d => value(s, d)).ToArray())];
        return new ProbabilisticAnalysis(Rows((s, d) => Cost(result, s, d, perspective)), Rows((s, d) => Effect(result, s, d)));
    }
}
