using System.Globalization;
using Escala.Economics.Expressions;
using Escala.Economics.Models;
using Escala.Numerics.StateTransition;

namespace Escala.Economics.Analysis;

/// <summary>Runs one compiled strategy for a block of draws. Used by one thread at a time.</summary>
internal sealed class CohortBlock
{
    private readonly CompiledStrategy _compiled;
    private readonly ModelDefinition _model;
    private readonly WeightPlan _plan;
    private readonly ProgramBlock _program;
    private readonly CohortSimulation _simulation;
    private readonly (CompiledValue Value, (int Column, double Share)[] Columns)[] _values;
    private readonly double[] _columns;
    private readonly int _lanes;
    private readonly bool _changesWithTime, _hasTimedValues, _needsClock;
    private readonly int[] _givenMoves;
    private readonly int[][] _competingRates;

    public CohortBlock(CompiledStrategy compiled, ModelDefinition model, WeightPlan plan, int lanes)
    {
        (_compiled, _model, _plan, _lanes) = (compiled, model, plan, lanes);
        _program = new ProgramBlock(compiled.Program, lanes);
        var columns = OutcomeColumn.Of(model).ToList();
        _values = [.. compiled.Values.Select(v => (v, v.Value.Payers.Count == 0
            ? [(columns.IndexOf(new OutcomeColumn(v.Value.Outcome, "")), 1.0)]
            : v.Value.Payers.Select(p => (columns.IndexOf(new OutcomeColumn(v.Value.Outcome, p.Key)), p.Value)).ToArray()))];
        _columns = new double[columns.Count * lanes];
        _simulation = new CohortSimulation(compiled.Structure, lanes, plan.Series, [.. compiled.Values.SelectMany(v => v.Moves).Distinct()]);
        _changesWithTime = compiled.ChangesWithTime;
        _hasTimedValues = compiled.Values.Any(IsTimed);
        _needsClock = compiled.Program.Instructions.Any(i => i.Level == Level.PerCycle);
        var moves = compiled.Moves.Select((move, index) => (move, index)).ToLookup(m => m.move.Transition.Kind == TransitionKind.Rate);
        _givenMoves = [.. moves[false].Select(m => m.index)];
        _competingRates = [.. moves[true].GroupBy(m => m.move.From).Select(g => g.Select(m => m.index).ToArray())];
    }

    /// <summary>Called with each row of the trace, for the base case.</summary>
    public Action<int, CohortSimulation, CompiledStrategy>? Watch { get; init; }

    public (long OutOfRange, long Evaluations) RiskCounts => (_program.OutOfRange, _program.RiskEvaluations);

    public ReadOnlySpan<double> Column(int column) => _columns.AsSpan(column * _lanes, _lanes);

    /// <param name="inputs">Per parameter, one value per draw of the whole analysis.</param>
    /// <param name="firstDraw">First draw of this block.</param>
    /// <param name="count">Draws in this block; the lanes beyond repeat the last one.</param>
    public void Run(double[][] inputs, int firstDraw, int count)
    {
        foreach (var (register, parameter) in _program.Inputs)
        {
            var lane = _program.Register(register);
            inputs[parameter].AsSpan(firstDraw, count).CopyTo(lane);
            lane[count..].Fill(lane[count - 1]);
        }
        _program.StartDraws();
        _columns.AsSpan().Clear();
        SetStart(firstDraw);
        if (!_changesWithTime) SetProbabilities(0, firstDraw);
        _simulation.Run(!_needsClock && Watch is null ? null : row =>
        {
            if (_needsClock) _program.StartCycle(row, _compiled.StartAge, _model.Settings.StartYear);
            if (_changesWithTime && row < _model.Settings.Cycles) SetProbabilities(row, firstDraw);
            if (_hasTimedValues) AddTimedValues(row);
            if (row == 0) AddStartValues();
            Hold(row, firstDraw);
            Watch?.Invoke(row, _simulation, _compiled);
        });
        if (!_needsClock && Watch is null)
        {
            AddStartValues();
            Hold(0, firstDraw);
        }
        AddConstantValues();
        CheckFinite(firstDraw);
    }

    private bool IsTimed(CompiledValue value) => _compiled.Program.LevelOf(value.Register) == Level.PerCycle && value.Value.Kind != ValueKind.AtStart;

    private void SetStart(int firstDraw)
    {
        for (var sub = 0; sub < _compiled.Structure.StateCount; sub++) _simulation.Occupancy(sub).Clear();
        Span<double> sum = new double[_lanes];
        for (var state = 0; state < _compiled.Start.Count; state++)
        {
            if (_compiled.Start[state] < 0) continue;
            var share = _program.Register(_compiled.Start[state]);
            share.CopyTo(_simulation.Occupancy(_compiled.SubStates[state].First));
            for (var lane = 0; lane < sum.Length; lane++) sum[lane] += share[lane] >= 0 ? share[lane] : double.NaN;
        }
        for (var lane = 0; lane < sum.Length; lane++)
        {
            if (!(Math.Abs(sum[lane] - 1) <= 1e-9))
                throw Fault(firstDraw + lane, _model.States[0].At, "economics.run.start", ("sum", sum[lane]));
        }
    }

    private void SetProbabilities(int row, int firstDraw)
    {
        foreach (var m in _givenMoves) _program.Register(_compiled.Moves[m].Register).CopyTo(_simulation.Probability(m));
        foreach (var competing in _competingRates) Convert(competing, row, firstDraw);
        if (_simulation.Complete() is not { } impossible) return;
        var state = _model.States[_compiled.SubStates.ToList().FindLastIndex(s => s.First <= impossible.State)];
        var moves = _compiled.Moves.Where(k => k.From == impossible.State).ToList();
        var names = moves.SelectMany(k => k.Transition.Formula!.All.OfType<NameReference>()).Select(n => n.Name).Distinct();
        throw Fault(firstDraw + impossible.Lane, moves[0].Transition.At, "economics.run.remainder",
            ("state", state.Name), ("rest", impossible.Rest.ToString("G4", CultureInfo.InvariantCulture)), ("cycle", row), ("names", string.Join(", ", names.DefaultIfEmpty("–"))));
    }

    /// <summary>Rates out of one sub-state compete: their total is converted and split in proportion (see RateConversion.Joint).</summary>
    private void Convert(int[] competing, int row, int firstDraw)
    {
        Span<double> share = stackalloc double[_lanes];
        share.Clear();
        foreach (var m in competing)
        {
            var rate = _program.Register(_compiled.Moves[m].Register);
            for (var lane = 0; lane < share.Length; lane++)
            {
                if (!(rate[lane] >= 0) || double.IsInfinity(rate[lane])) throw ImpossibleRate(_compiled.Moves[m].Transition, rate[lane], row, firstDraw + lane);
                share[lane] += rate[lane];
            }
        }
        for (var lane = 0; lane < share.Length; lane++)
        {
            if (share[lane] > 0) share[lane] = RateConversion.Probability(share[lane], _model.Settings.CycleLength) / share[lane];
        }
        foreach (var m in competing)
        {
            var rate = _program.Register(_compiled.Moves[m].Register);
            var probability = _simulation.Probability(m);
            for (var lane = 0; lane < share.Length; lane++) probability[lane] = share[lane] * rate[lane];
        }
    }

    private ModelException ImpossibleRate(TransitionDefinition transition, double rate, int row, int draw) => Fault(draw, transition.At, "economics.run.rate",
        ("from", _model.States[transition.From].Name), ("to", _model.States[transition.To].Name), ("rate", rate), ("cycle", row));

    private void AddTimedValues(int row)
    {
        foreach (var (value, columns) in _values)
        {
            if (!IsTimed(value)) continue;
            var worth = _program.Register(value.Register);
            foreach (var (column, share) in columns)
            {
                var weights = _plan.Series[_plan.SeriesOfColumn[column]];
                var sum = _columns.AsSpan(column * _lanes, _lanes);
                if (weights.Rows[row] is not 0 and var rowWeight)
                {
                    foreach (var sub in value.SubStates) AddProduct(sum, _simulation.Occupancy(sub), worth, rowWeight * share);
                }
                if (row == weights.Flows.Length || weights.Flows[row] is 0) continue;
                foreach (var m in value.Moves)
                {
                    var from = _simulation.Occupancy(_compiled.Moves[m].From);
                    var probability = _simulation.Probability(m);
                    for (var lane = 0; lane < sum.Length; lane++) sum[lane] += weights.Flows[row] * share * from[lane] * probability[lane] * worth[lane];
                }
            }
        }
    }

    private void AddStartValues()
    {
        foreach (var (value, columns) in _values)
        {
            if (value.Value.Kind != ValueKind.AtStart) continue;
            var worth = _program.Register(value.Register);
            foreach (var (column, share) in columns)
            {
                var sum = _columns.AsSpan(column * _lanes, _lanes);
                for (var lane = 0; lane < sum.Length; lane++) sum[lane] += _plan.Start * share * worth[lane];
            }
        }
    }

    private void AddConstantValues()
    {
        foreach (var (value, columns) in _values)
        {
            if (value.Value.Kind == ValueKind.AtStart || IsTimed(value)) continue;
            var worth = _program.Register(value.Register);
            foreach (var (column, share) in columns)
            {
                var series = _plan.SeriesOfColumn[column];
                var sum = _columns.AsSpan(column * _lanes, _lanes);
                foreach (var sub in value.SubStates) AddProduct(sum, _simulation.TimeInState(series, sub), worth, share);
                foreach (var m in value.Moves) AddProduct(sum, _simulation.Flow(series, m), worth, share);
            }
        }
    }

    private static void AddProduct(Span<double> sum, ReadOnlySpan<double> x, ReadOnlySpan<double> y, double factor)
    {
        for (var i = 0; i < sum.Length; i++) sum[i] += factor * x[i] * y[i];
    }

    private void Hold(int row, int firstDraw)
    {
        foreach (var (check, register) in _compiled.Checks)
        {
            var broken = _program.Register(register).IndexOf(0);
            if (broken >= 0) throw Fault(firstDraw + broken, check.At, "economics.run.check", ("cycle", row), ("message", check.Message.TrimEnd('.')));
        }
    }

    private void CheckFinite(int firstDraw)
    {
        foreach (var (value, columns) in _values)
        {
            foreach (var (column, _) in columns)
            {
                var sum = Column(column);
                for (var lane = 0; lane < sum.Length; lane++)
                {
                    if (double.IsFinite(sum[lane])) continue;
                    throw Fault(firstDraw + lane, value.Value.At, "economics.run.value", ("outcome", value.Value.Outcome));
                }
            }
        }
    }

    /// <summary>What cannot be, under this strategy; then what a table lacked, the group and the draw, where there are several.</summary>
    private ModelException Fault(int draw, Position at, string code, params (string, object?)[] details)
    {
        List<ModelProblem> problems = [new ModelProblem(at, code, [.. details, ("strategy", _compiled.Strategy.Name)])];
        if (_program.MissingKey is { } missing) problems.Add(new ModelProblem(missing.Column.At, "economics.run.table", ("table", missing.Column.Table.Name), ("key", missing.Key)));
        if (_model.Groups.Count > 1) problems.Add(new ModelProblem(at, "economics.run.group", ("group", _compiled.Group.Name)));
        if (draw > 0) problems.Add(new ModelProblem(at, "economics.run.draw", ("draw", draw)));
        return new ModelException(problems);
    }
}
