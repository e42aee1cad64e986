using Escala.Economics.Expressions;
using Escala.Economics.Models;
using Escala.Numerics.StateTransition;

namespace Escala.Economics.Analysis;

/// <summary>
/// One strategy in one group, ready to run: states that remember their time are chains of sub-states, formulas are registers of a program.
/// </summary>
internal sealed class CompiledStrategy
{
    private const int MaximumSubStates = 50_000;

    public required StrategyDefinition Strategy { get; init; }

    public required GroupDefinition Group { get; init; }

    public required VectorProgram Program { get; init; }

    public required CohortStructure Structure { get; init; }

    /// <summary>Per state of the model, its first sub-state and their number.</summary>
    public required IReadOnlyList<(int First, int Count)> SubStates { get; init; }

    /// <summary>Per move of the structure: where its rate or probability stands, and what it came from.</summary>
    public required IReadOnlyList<CompiledMove> Moves { get; init; }

    public required IReadOnlyList<CompiledValue> Values { get; init; }

    /// <summary>Per state of the model, the register of its share at the start; -1 for nobody.</summary>
    public required IReadOnlyList<int> Start { get; init; }

    public required IReadOnlyList<(CheckDefinition Check, int Register)> Checks { get; init; }

    /// <summary>Age at the start, NaN where unknown.</summary>
    public required double StartAge { get; init; }

    public bool ChangesWithTime => Moves.Any(m => Program.LevelOf(m.Register) == Level.PerCycle);

    public static CompiledStrategy Create(ModelDefinition model, StrategyDefinition strategy, GroupDefinition group)
    {
        var settings = model.Settings;
        var program = new VectorProgram(settings.CycleLength, settings.Cycles, Discounting.ContinuousRate(settings.Convention, settings.EffectRate, settings.CycleLength));
        var compiler = new ExpressionCompiler(program, model, strategy, group);
        var own = model.Transitions.Where(t => t.Strategies.Count == 0 || t.Strategies.Contains(strategy.Name)).ToList();
        var values = model.Values.Where(v => v.Covers(strategy.Name)).ToList();
        var counts = SlotCounts(model, own, values);
        var subStates = new List<(int First, int Count)>();
        foreach (var count in counts) subStates.Add((subStates.Count == 0 ? 0 : subStates[^1].First + subStates[^1].Count, count));
        var total = subStates[^1].First + subStates[^1].Count;
        if (total > MaximumSubStates)
            throw new ModelException(default, "economics.size.states", ("states", total), ("maximum", MaximumSubStates));

        List<CompiledMove> moves = [];
        foreach (var transition in own.Where(t => t.Kind != TransitionKind.Rest))
        {
            var (first, count) = subStates[transition.From];
            for (var slot = 0; slot < count; slot++)
            {
                var register = compiler.Compile(transition.Formula!, count == 1 && !UsesMemory(model, transition.Formula!) ? double.NaN : slot * settings.CycleLength);
                moves.Add(new CompiledMove(transition, first + slot, subStates[transition.To].First, register));
            }
        }
        return new CompiledStrategy
        {
            Strategy = strategy,
            Group = group,
            Program = program,
            SubStates = subStates,
            Moves = moves,
            Structure = Shape(own, subStates, total, moves),
            Values = CompileValues(model, values, subStates, moves, compiler),
            Start = [.. model.States.Select(s => (s.Start.GetValueOrDefault(strategy.Name) ?? s.Start.GetValueOrDefault("")) is { } share ? compiler.Compile(share) : -1)],
            Checks = [.. model.Checks.Select(c => (c, compiler.Compile(c.That)))],
            StartAge = group.Set.GetValueOrDefault("start_age", settings.StartAge),
        };
    }

    /// <summary>Sub-states per state: as many as cycles that it can tell apart, one where its time does not matter.</summary>
    private static List<int> SlotCounts(ModelDefinition model, List<TransitionDefinition> transitions, List<ValueDefinition> values) =>
    [
        .. model.States.Select((state, index) =>
        {
            var remembers = transitions.Any(t => t.From == index && t.Formula is not null && UsesMemory(model, t.Formula))
                || values.Any(v => v.Kind == ValueKind.PerYear && v.States.Contains(index) && UsesMemory(model, v.Formula));
            if (!remembers) return 1;
            var limit = double.IsNaN(state.TimeLimit) ? model.Settings.Cycles : Math.Ceiling(state.TimeLimit / model.Settings.CycleLength - 1e-9);
            return (int)Math.Clamp(limit, 1, model.Settings.Cycles);
        }),
    ];

    public static bool UsesMemory(ModelDefinition model, Expression formula) =>
        NameCheck.Uses(formula, "time_in_state", model.Parameters.ToDictionary(p => p.Name), []) is not null;

    private static CohortStructure Shape(List<TransitionDefinition> own, List<(int First, int Count)> subStates, int total, List<CompiledMove> moves)
    {
        int[] rest = new int[total], firstOccupied = new int[total];
        for (var state = 0; state < subStates.Count; state++)
        {
            var (first, count) = subStates[state];
            var elsewhere = own.FirstOrDefault(t => t.Kind == TransitionKind.Rest && t.From == state && t.To != state);
            for (var slot = 0; slot < count; slot++)
            {
                rest[first + slot] = elsewhere is not null ? subStates[elsewhere.To].First : first + Math.Min(slot + 1, count - 1);
                firstOccupied[first + slot] = slot;
            }
        }
        return new CohortStructure(total, [.. moves.Select(m => new CohortTransition(m.From, m.To))], rest, firstOccupied);
    }

    private static List<CompiledValue> CompileValues(
        ModelDefinition model, List<ValueDefinition> values, List<(int First, int Count)> subStates, List<CompiledMove> moves, ExpressionCompiler compiler)
    {
        List<CompiledValue> compiled = [];
        foreach (var value in values)
        {
            switch (value.Kind)
            {
                case ValueKind.AtStart:
                    compiled.Add(new CompiledValue(value, compiler.Compile(value.Formula), [], []));
                    break;
                case ValueKind.Once:
                    compiled.Add(new CompiledValue(value, compiler.Compile(value.Formula), [],
                        [.. Enumerable.Range(0, moves.Count).Where(m => value.From.Contains(moves[m].Transition.From) && value.To.Contains(moves[m].Transition.To))]));
                    break;
                case ValueKind.PerYear when UsesMemory(model, value.Formula):
                    foreach (var (first, count) in value.States.Select(s => subStates[s]))
                    {
                        for (var slot = 0; slot < count; slot++) compiled.Add(new CompiledValue(value, compiler.Compile(value.Formula, slot * model.Settings.CycleLength), [first + slot], []));
                    }
                    break;
                default:
                    compiled.Add(new CompiledValue(value, compiler.Compile(value.Formula), [.. value.States.SelectMany(s => Enumerable.Range(subStates[s].First, subStates[s].Count))], []));
                    break;
            }
        }
        return compiled;
    }
}

/// <summary>A move between sub-states, and the register of its yearly rate or its probability.</summary>
internal sealed record CompiledMove(TransitionDefinition Transition, int From, int To, int Register);

/// <summary>A value with its register, and the sub-states or moves that it is counted for.</summary>
internal sealed record CompiledValue(ValueDefinition Value, int Register, IReadOnlyList<int> SubStates, IReadOnlyList<int> Moves);
