using Escala.Economics.Models;

namespace Escala.Economics.Analysis;

/// <summary>Discounting as it was done: rates a year, and how they became factors.</summary>
public sealed record DiscountAnswer(double Costs, double Effects, string Convention, string WithinCycle)
{
    internal static DiscountAnswer Of(ModelSettings settings) => new(settings.CostRate, settings.EffectRate,
        SettingsReader.Conventions.First(c => c.Value == settings.Convention).Key, SettingsReader.Methods.First(m => m.Value == settings.WithinCycle).Key);
}

/// <summary>Outcomes of a strategy per person; trace per state, the share of the cohort at each row, where asked for.</summary>
public sealed record StrategyAnswer(string Id, string Label, IReadOnlyDictionary<string, double> Outcomes, IReadOnlyDictionary<string, double[]>? Trace);

/// <summary>A row of the incremental table. Status ND on the frontier, ED extendedly dominated, D dominated.</summary>
public sealed record ComparisonAnswer(string Id, double Cost, double Effect, double? IncrementalCost, double? IncrementalEffect, double? Icer, string Status);

/// <summary>The incremental table from one point of view: a perspective, other discount rates, a scenario.</summary>
public sealed record ViewAnswer(string Id, string Label, IReadOnlyList<ComparisonAnswer> Comparison);

/// <summary>The base case.</summary>
public sealed record RunAnswer(
    string Model, string Hash, string Version, ulong Seed, string Currency, string Effect, DiscountAnswer Discount, string Perspective,
    IReadOnlyList<StrategyAnswer> Strategies, IReadOnlyList<ComparisonAnswer> Comparison, IReadOnlyList<ViewAnswer> Perspectives,
    IReadOnlyList<ViewAnswer> DiscountRates, IReadOnlyList<ViewAnswer> Scenarios, IReadOnlyList<string> Warnings)
{
    public PsaAnswer? Psa { get; init; }
}

public sealed record AcceptabilityAnswer(double Threshold, IReadOnlyDictionary<string, double> Probability);

public sealed record AcceptabilityFrontierAnswer(double Threshold, string Id, double Probability);

public sealed record LossAnswer(double Threshold, IReadOnlyDictionary<string, double> Loss);

public sealed record InformationAnswer(double Threshold, double Value);

/// <summary>Mean and the 2.5th and 97.5th percentiles over the draws.</summary>
public sealed record SpreadAnswer(string Id, double Cost, double CostLow, double CostHigh, double Effect, double EffectLow, double EffectHigh);

/// <summary>The probabilistic analysis from the first perspective.</summary>
public sealed record PsaAnswer(
    int Draws, IReadOnlyList<SpreadAnswer> Strategies, IReadOnlyList<ComparisonAnswer> Comparison, IReadOnlyList<AcceptabilityAnswer> Ceac,
    IReadOnlyList<AcceptabilityFrontierAnswer> Ceaf, IReadOnlyList<LossAnswer> ExpectedLoss, IReadOnlyList<InformationAnswer> Evpi);

/// <summary>Increments of one strategy against the reference; the net benefit at the stated threshold.</summary>
public sealed record IncrementAnswer(string Id, double IncrementalCost, double IncrementalEffect, double? Icer, double NetBenefit);

/// <summary>One parameter moved to both ends of its range with all others held.</summary>
public sealed record TornadoBar(string Parameter, string Label, double Base, double Low, double High, IReadOnlyList<IncrementAnswer> AtLow, IReadOnlyList<IncrementAnswer> AtHigh)
{
    /// <summary>Largest change of net benefit between the two ends, over the strategies.</summary>
    public double Swing => AtLow.Zip(AtHigh, (low, high) => Math.Abs(high.NetBenefit - low.NetBenefit)).DefaultIfEmpty(0).Max();
}

/// <summary>A value of a parameter at which a strategy's net benefit against the reference changes sign.</summary>
public sealed record BreakEven(string Parameter, string Strategy, double Value);

public sealed record TornadoAnswer(string Model, string Hash, DiscountAnswer Discount, double Threshold, string Reference, IReadOnlyList<IncrementAnswer> Base, IReadOnlyList<TornadoBar> Parameters, IReadOnlyList<BreakEven> BreakEven);

/// <summary>Net benefit of a strategy over a grid of two parameters: one row per value of the first.</summary>
public sealed record TwoWayAnswer(string Model, string Hash, DiscountAnswer Discount, double Threshold, string First, string Second, IReadOnlyList<double> FirstValues, IReadOnlyList<double> SecondValues, IReadOnlyDictionary<string, double[][]> NetBenefit);

public sealed record PartialInformationAnswer(double Threshold, double Value, double StandardError, double? ShareOfEvpi);

public sealed record EvppiParameter(string Parameter, string Label, IReadOnlyList<PartialInformationAnswer> Values);

public sealed record EvppiAnswer(string Model, string Hash, DiscountAnswer Discount, ulong Seed, int Draws, IReadOnlyList<InformationAnswer> Evpi, IReadOnlyList<EvppiParameter> Parameters);

/// <summary>Cash in one year, undiscounted. Care: what the payer spends on the eligible people of districts that have started.</summary>
public sealed record BudgetYear(int Year, double People, double OnProgramme, double CareWithout, double CareWith, double OneOff, double Recurrent, double NetImpact, double? ShareOfLine);

public sealed record BudgetAnswer(
    string Model, string Hash, string Strategy, string Reference, string Currency, IReadOnlyList<string> Payers, string? BudgetLine, IReadOnlyList<BudgetYear> Years, double TotalNetImpact);
