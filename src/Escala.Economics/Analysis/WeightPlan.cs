using Escala.Economics.Models;
using Escala.Numerics.StateTransition;

namespace Escala.Economics.Analysis;

/// <summary>One kind of money or health: an outcome, and for costs the payer (empty where the file names none).</summary>
internal sealed record OutcomeColumn(string Outcome, string Payer)
{
    public bool IsCost => ValueDefinition.IsCostOutcome(Outcome);

    public static IReadOnlyList<OutcomeColumn> Of(ModelDefinition model) =>
        [.. model.Values.SelectMany(v => v.Payers.Count == 0 ? [new OutcomeColumn(v.Outcome, "")] : v.Payers.Keys.Select(p => new OutcomeColumn(v.Outcome, p))).Distinct()];
}

/// <summary>How outcomes are weighted over time: the series of weights, which one each column uses, and the weight of values at the start.</summary>
internal sealed record WeightPlan(IReadOnlyList<CycleWeights> Series, IReadOnlyList<int> SeriesOfColumn, double Start)
{
    /// <summary>Discounted as the settings say.</summary>
    public static WeightPlan Discounted(ModelDefinition model) => Discounted(model, model.Settings.CostRate, model.Settings.EffectRate);

    public static WeightPlan Discounted(ModelDefinition model, double costRate, double effectRate)
    {
        List<double> rates = [];
        List<int> series = [];
        foreach (var column in OutcomeColumn.Of(model))
        {
            var rate = model.Settings.Undiscounted.Contains(column.Outcome) ? 0 : column.IsCost ? costRate : effectRate;
            if (!rates.Contains(rate)) rates.Add(rate);
            series.Add(rates.IndexOf(rate));
        }
        return new WeightPlan([.. rates.DefaultIfEmpty(0).Select(model.Settings.Weights)], series, 1);
    }

    /// <summary>Undiscounted, within one span of cycles.</summary>
    public static WeightPlan Span(ModelDefinition model, int firstCycle, int afterLastCycle) => new(
        [model.Settings.Weights(0).Within(firstCycle, afterLastCycle, model.Settings.WithinCycle)], [.. OutcomeColumn.Of(model).Select(_ => 0)], firstCycle == 0 ? 1 : 0);
}
