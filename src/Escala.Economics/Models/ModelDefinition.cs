using Escala.Economics.Expressions;
using Escala.Numerics.CostEffectiveness;
using Escala.Numerics.StateTransition;

namespace Escala.Economics.Models;

/// <summary>A decision model as its file says it, checked for names but not yet computed.</summary>
internal sealed record ModelDefinition
{
    public required string Title { get; init; }

    /// <summary>SHA-256 of the file's bytes, hexadecimal.</summary>
    public required string Hash { get; init; }

    public required ModelSettings Settings { get; init; }

    public required IReadOnlyList<ParameterDefinition> Parameters { get; init; }

    public required IReadOnlyList<CorrelationDefinition> Correlations { get; init; }

    public required IReadOnlyList<TableDefinition> Tables { get; init; }

    public required IReadOnlyList<StrategyDefinition> Strategies { get; init; }

    public required IReadOnlyList<StateDefinition> States { get; init; }

    public required IReadOnlyList<TransitionDefinition> Transitions { get; init; }

    public required IReadOnlyList<ValueDefinition> Values { get; init; }

    public required IReadOnlyList<GroupDefinition> Groups { get; init; }

    public required IReadOnlyList<ScenarioDefinition> Scenarios { get; init; }

    public required IReadOnlyList<CheckDefinition> Checks { get; init; }

    public BudgetDefinition? Budget { get; init; }

    /// <summary>What the author says for the report, by field.</summary>
    public required IReadOnlyDictionary<string, string> Report { get; init; }

    /// <summary>Remarks on the file that do not stop it from running.</summary>
    public required IReadOnlyList<ModelProblem> Remarks { get; init; }

    public StrategyDefinition Reference => Strategies.FirstOrDefault(s => s.IsReference) ?? Strategies[0];

    /// <summary>Outcomes in order of first mention.</summary>
    public IReadOnlyList<string> Outcomes => [.. Values.Select(v => v.Outcome).Distinct()];

    /// <summary>What people call an outcome: the first label that a value of it gives, or its name.</summary>
    public string LabelOf(string outcome) => Values.FirstOrDefault(v => v.Outcome == outcome && v.Label.Length > 0)?.Label ?? outcome;
}

internal sealed record ModelSettings
{
    public required string Currency { get; init; }

    public required string PriceYear { get; init; }

    /// <summary>Years.</summary>
    public required double CycleLength { get; init; }

    public required int Cycles { get; init; }

    public required int StartYear { get; init; }

    /// <summary>NaN where the model does not know ages.</summary>
    public required double StartAge { get; init; }

    public required double CostRate { get; init; }

    public required double EffectRate { get; init; }

    public required DiscountConvention Convention { get; init; }

    public required WithinCycleMethod WithinCycle { get; init; }

    public required TransitionTiming Timing { get; init; }

    public required IReadOnlyList<double> Thresholds { get; init; }

    /// <summary>The outcome compared with costs; empty where the file names none.</summary>
    public required string Effect { get; init; }

    /// <summary>True for outcomes suffered, such as disability-adjusted life years: the effect is then what is averted against the reference.</summary>
    public required bool EffectIsHarm { get; init; }

    public required IReadOnlyList<PerspectiveDefinition> Perspectives { get; init; }

    /// <summary>Outcomes counted and not discounted.</summary>
    public required IReadOnlyList<string> Undiscounted { get; init; }

    public required ulong Seed { get; init; }

    public required int Draws { get; init; }

    public CycleWeights Weights(double rate) => CycleWeights.Create(Cycles, CycleLength, WithinCycle, Timing, Convention, rate);
}

/// <summary>Whose costs count. No payers: everybody's.</summary>
internal sealed record PerspectiveDefinition(string Name, string Label, IReadOnlyList<string> Payers, Position At);

internal sealed record ParameterDefinition(string Name, Position At)
{
    public string Label { get; init; } = "";

    public string Unit { get; init; } = "";

    public string Source { get; init; } = "";

    public string Note { get; init; } = "";

    /// <summary>True where the author says that the value is an assumption to be replaced.</summary>
    public bool IsAssumption { get; init; }

    /// <summary>Set where the value follows from others.</summary>
    public Expression? Formula { get; init; }

    public string FormulaText { get; init; } = "";

    /// <summary>Base-case value; NaN where <see cref="Formula"/> is set.</summary>
    public double Value { get; init; } = double.NaN;

    public ParameterDistribution? Distribution { get; init; }

    public string DistributionText { get; init; } = "";

    /// <summary>The shares of which this is one component.</summary>
    public (DirichletDistribution Shares, string Group, int Component)? Share { get; init; }

    /// <summary>Samples that are drawn row by row together share a group.</summary>
    public string SampleGroup { get; init; } = "";

    /// <summary>Parameters that are correlated with each other name one group; empty where there is none.</summary>
    public string CorrelationGroup { get; init; } = "";

    /// <summary>Numbers of the distribution or interval as the file gives them, by field; both ends of an interval as "ci95 lower" and "ci95 upper".</summary>
    public IReadOnlyDictionary<string, double> Numbers { get; init; } = new Dictionary<string, double>();

    public double? Low { get; init; }

    public double? High { get; init; }

    public bool IsUncertain => Distribution is not null || Share is not null;
}

internal sealed record CorrelationDefinition(string First, string Second, double Value, Position At);

/// <summary>How a table is read between its keys.</summary>
internal enum LookupRule
{
    /// <summary>A key is the start of a band that lasts to the next; the last band is open.</summary>
    Band,

    /// <summary>Straight lines between keys; nothing outside them.</summary>
    Linear,

    /// <summary>Keys alone.</summary>
    Exact,
}

internal sealed record TableDefinition(
    string Name, Position At, LookupRule Rule, double[] Keys, IReadOnlyList<string> Columns, double[][] Values, string Source, string Licence)
{
    // Sixty months are five years but for a last bit; a key so near is reached.
    private const double KeyTolerance = 1e-9;

    /// <summary>The value of a column at a key, or NaN where the table says nothing of it.</summary>
    public double Look(int column, double key)
    {
        var values = Values[column];
        var at = Array.BinarySearch(Keys, key);
        if (at < 0 && ~at < Keys.Length && Keys[~at] - key < KeyTolerance) at = ~at;
        if (at >= 0) return values[at];
        var before = ~at - 1;
        if (double.IsNaN(key) || before < 0) return double.NaN;
        if (key - Keys[before] < KeyTolerance) return values[before];
        return Rule switch
        {
            LookupRule.Band => values[before],
            LookupRule.Linear when before + 1 < Keys.Length =>
                values[before] + (values[before + 1] - values[before]) * (key - Keys[before]) / (Keys[before + 1] - Keys[before]),
            _ => double.NaN,
        };
    }
}

internal sealed record StrategyDefinition(string Name, string Label, bool IsReference);

/// <summary>Start is a share per strategy, or one for all under the empty name. TimeLimit in years; NaN where there is none.</summary>
internal sealed record StateDefinition(string Name, string Label, Position At, IReadOnlyDictionary<string, Expression> Start, bool IsDead, double TimeLimit);

internal enum TransitionKind
{
    Rate, Probability, Rest,
}

/// <summary>Moves from one state to another. No strategies: all of them. The rest has no formula.</summary>
internal sealed record TransitionDefinition(int From, int To, TransitionKind Kind, Expression? Formula, IReadOnlyList<string> Strategies, Position At);

internal enum ValueKind
{
    PerYear, Once, AtStart,
}

/// <summary>One term of an outcome. States for values per year; From and To for values once per move.</summary>
internal sealed record ValueDefinition(
    string Outcome, ValueKind Kind, IReadOnlyList<int> States, IReadOnlyList<int> From, IReadOnlyList<int> To, IReadOnlyList<string> Strategies,
    Expression Formula, IReadOnlyDictionary<string, double> Payers, Position At)
{
    /// <summary>Rows of the impact inventory that this stands for; none where the file does not say.</summary>
    public IReadOnlyList<string> Inventory { get; init; } = [];

    /// <summary>What people call the outcome; empty where the file does not say.</summary>
    public string Label { get; init; } = "";

    public bool IsCost => IsCostOutcome(Outcome);

    public static bool IsCostOutcome(string outcome) => outcome == "cost" || outcome.StartsWith("cost.", StringComparison.Ordinal);

    public bool Covers(string strategy) => Strategies.Count == 0 || Strategies.Contains(strategy);
}

/// <summary>A stratum of the cohort: its share, and the parameters that differ in it.</summary>
internal sealed record GroupDefinition(string Name, string Label, double Weight, IReadOnlyDictionary<string, double> Set);

/// <summary>Another set of parameters or settings to compute beside the base case.</summary>
internal sealed record ScenarioDefinition(string Name, string Label, IReadOnlyDictionary<string, double> Set, ModelSettings Settings);

internal sealed record CheckDefinition(Expression That, string Message, Position At);

/// <summary>Spending by year when districts take the programme up in waves.</summary>
internal sealed record BudgetDefinition(
    string Strategy, IReadOnlyList<string> Payers, int Years, Expression Population, double YearlyEntrants, IReadOnlyList<WaveDefinition> Waves, IReadOnlyList<double> Uptake,
    IReadOnlyList<BudgetCost> OneOff, IReadOnlyList<BudgetCost> Recurrent, double Inflation, string LineLabel, double LineAmount, double LineGrowth, Position At);

/// <summary>Districts that start together. Share of the eligible population; start in years after the start of the model.</summary>
internal sealed record WaveDefinition(string Name, double Share, double Start, double Districts);

/// <summary>A cost of running the programme itself, per district: once when a wave starts, or every year from then on.</summary>
internal sealed record BudgetCost(string Label, Expression PerDistrict);
