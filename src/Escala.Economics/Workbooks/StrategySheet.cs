using Escala.Economics.Analysis;
using Escala.Economics.Expressions;
using Escala.Economics.Models;

namespace Escala.Economics.Workbooks;

/// <summary>
/// One strategy in one group, a row per cycle: what follows from the parameters, the moves, the course of the cohort, and what each value of the
/// model adds to its outcome. The sums stand above the columns.
/// </summary>
internal sealed class StrategySheet : IFormulaScope
{
    private const int FirstRow = 7, SumRow = 4;

    private readonly ModelDefinition _model;
    private readonly CompiledStrategy _compiled;
    private readonly int _group;
    private readonly WeightSheet _weights;
    private readonly ColumnSheet _columns;
    private readonly FormulaWriter _writer;
    private readonly RiskSheet _risks;
    private readonly Dictionary<string, ParameterDefinition> _parameters;
    private readonly Dictionary<OutcomeColumn, List<int>> _contributions = [];
    private readonly Dictionary<string, bool> _remembers = [];
    private readonly Dictionary<Call, Dictionary<double, Func<int, string>>> _riskCalls = new(ReferenceEqualityComparer.Instance);
    private readonly int _cycle, _time;
    private int _firstOccupancy, _firstStay;
    private int _risksByCycle;
    private bool _hasRisks;

    public StrategySheet(string name, ModelDefinition model, CompiledStrategy compiled, int group, WeightSheet weights, IReadOnlyDictionary<string, Sheet> tables)
    {
        (_model, _compiled, _group, _weights) = (model, compiled, group, weights);
        _parameters = model.Parameters.ToDictionary(p => p.Name);
        _columns = new ColumnSheet(new Sheet(name) { FrozenRows = FirstRow - 1 }, FirstRow, model.Settings.Cycles + 1);
        _writer = new FormulaWriter(this, model, tables);
        var title = compiled.Strategy.Label + (model.Groups.Count > 1 ? ", " + compiled.Group.Label : "");
        _risks = new RiskSheet("Risk " + name, "Risk: " + title, model);
        Sheet.PutRow(1, Cell.Of(title, CellLook.Title));
        Sheet.PutRow(2, Cell.Of("Each row is the start of a cycle; the last is the end of the last one. Sums of what is counted stand in the yellow row."));
        Sheet.Put(SumRow, 1, Cell.Of("sum", CellLook.Heading));
        _cycle = _columns.Column("cycle", "cycle", row => FormulaWriter.Number(row), Rows);
        _time = _columns.Column("time", "years", row => $"{_columns.At(_cycle, row)}*cycle_length", Rows);
        Moves();
        Course();
        foreach (var value in model.Values.Where(v => v.Covers(compiled.Strategy.Name))) Count(value);
        _columns.Fill();
        _risks.Fill();
    }

    public Sheet Sheet => _columns.Sheet;

    public IEnumerable<Sheet> Sheets => _hasRisks ? [Sheet, _risks.Sheet] : [Sheet];

    /// <summary>Cells whose sum is the outcome of a payer in this group.</summary>
    public IEnumerable<string> Sums(OutcomeColumn outcome) => _contributions.GetValueOrDefault(outcome, []).Select(c => Sheet.From(SumRow, c));

    /// <summary>Cell of a state's share at a row; for the tests of the workbook as for its reader.</summary>
    public string Occupancy(int subState, int row) => _columns.From(_firstOccupancy + subState, row);

    private int Rows => _model.Settings.Cycles + 1;

    bool? IFormulaScope.Is(string subject, string name) => name == (subject == "strategy" ? _compiled.Strategy.Name : _compiled.Group.Name);

    double? IFormulaScope.Known(NameReference name)
    {
        if (_compiled.Group.Set.ContainsKey(name.Name)) return null;
        if (_parameters.TryGetValue(name.Name, out var parameter)) return parameter.Formula is { } formula ? _writer.Known(formula) : null;
        return ModelReader.Constants.TryGetValue(name.Name, out var constant) ? constant : null;
    }

    string IFormulaScope.Name(NameReference name, FormulaPlace place)
    {
        if (_compiled.Group.Set.ContainsKey(name.Name)) return GroupSheet.Cell(_model, _group, name.Name);
        if (_parameters.TryGetValue(name.Name, out var parameter))
        {
            if (parameter.Formula is not { } formula) return ParameterSheet.DefinedName(name.Name);
            if (Remembers(name.Name, formula)) return $"({_writer.Write(formula, place)})";
            return _columns.At(_columns.Column("parameter " + name.Name, name.Name, row => _writer.Write(formula, new FormulaPlace(row, double.NaN)), Rows), place.Row);
        }
        return name.Name switch
        {
            "cycle" => _columns.At(_cycle, place.Row),
            "time" => _columns.At(_time, place.Row),
            "age" => $"({StartAge}+{_columns.At(_time, place.Row)})",
            "year" => $"(start_year+INT({_columns.At(_time, place.Row)}+0.000000001))",
            "start_age" => StartAge,
            "time_in_state" => FormulaWriter.Number(place.TimeInState),
            var own => own,
        };
    }

    string IFormulaScope.Risk(Call call, FormulaPlace place)
    {
        if (!_riskCalls.TryGetValue(call, out var byTime)) _riskCalls[call] = byTime = [];
        if (!byTime.TryGetValue(place.TimeInState, out var formula)) byTime[place.TimeInState] = formula = Risk(call, place);
        return formula(place.Row);
    }

    private Func<int, string> Risk(Call call, FormulaPlace place)
    {
        var function = Functions.Risk[call.Function];
        var equation = function.Score.Choose([.. call.Arguments.Select(a => a.Name!)]);
        var categories = new double[equation.Covariates.Count];
        var covariates = new Func<int, string>[categories.Length];
        for (var i = 0; i < categories.Length; i++)
        {
            var covariate = equation.Covariates[i];
            var argument = call.Arguments.FirstOrDefault(a => a.Name == covariate.Name).Value;
            if (covariate.Levels.Count > 0) categories[i] = Level(covariate.Levels, argument);
            covariates[i] = argument is null ? _ => "0" : covariate.Levels.Count > 0 ? Fixed(categories[i]) : Covariate(argument, place.TimeInState, function.IsRate);
        }
        var risk = new WorkbookRisk(function, equation, covariates, categories);
        if (function.IsRate)
        {
            _hasRisks = true;
            var hazard = _risks.Hazard(risk);
            return row => _risks.At(hazard, row);
        }
        if (_columns.Has("risk " + risk.Key, out var known)) return row => _columns.At(known, row);
        var steps = new RiskSteps(risk, _model, FormattableString.Invariant($"{call.Function} no. {++_risksByCycle}"), _columns, Rows, covariates[equation.IndexOf("age")]);
        var result = _columns.Column("risk " + risk.Key, call.Function, row => _columns.At(steps.Result, row), Rows);
        return row => _columns.At(result, row);
    }

    private string StartAge => _compiled.Group.Set.ContainsKey("start_age") ? GroupSheet.Cell(_model, _group, "start_age") : "start_age";

    private bool Remembers(string parameter, Expression formula)
    {
        if (!_remembers.TryGetValue(parameter, out var remembers)) _remembers[parameter] = remembers = CompiledStrategy.UsesMemory(_model, formula);
        return remembers;
    }

    private static Func<int, string> Fixed(double value) => _ => FormulaWriter.Number(value);

    /// <summary>A rate is solved for the person at the start; the other functions follow the clock.</summary>
    private Func<int, string> Covariate(Expression argument, double timeInState, bool atStart)
    {
        string Write(int row) => _writer.Write(argument, new FormulaPlace(row, timeInState));
        if (!atStart) return Write;
        var formula = Write(0);
        if (argument is NumberLiteral || !formula.Any(char.IsAsciiLetter) || (argument is NameReference name && (_compiled.Group.Set.ContainsKey(name.Name) || name.Name == "start_age" || (_parameters.TryGetValue(name.Name, out var p) && p.Formula is null))))
            return _ => formula;
        var column = _columns.Column("covariate " + formula, "covariate of a risk", Write, Rows);
        return _ => _columns.From(column, 0);
    }

    /// <summary>Categories come from a text, a constant, the group or the base case.</summary>
    private double Level(IReadOnlyList<string> levels, Expression? argument)
    {
        switch (argument)
        {
            case TextLiteral text: return levels.ToList().FindIndex(l => string.Equals(l, text.Value, StringComparison.OrdinalIgnoreCase));
            case NumberLiteral number: return number.Value;
            case NameReference name when _compiled.Group.Set.TryGetValue(name.Name, out var own): return own;
            case NameReference name when ModelReader.Constants.TryGetValue(name.Name, out var constant): return constant;
            case NameReference name when _parameters.TryGetValue(name.Name, out var parameter) && parameter.Formula is null: return parameter.Value;
            case { } other when _writer.Known(other) is { } known: return known;
            default: throw new ModelException(argument?.At ?? default, "economics.workbook.category");
        }
    }

    private void Moves()
    {
        var own = _compiled.Moves;
        string Write(CompiledMove move, int row) => _writer.Write(move.Transition.Formula!, new FormulaPlace(row, TimeIn(move)));
        // What the formulas need comes first, so that the moves of a state stand side by side.
        foreach (var move in own) Write(move, 0);
        Dictionary<CompiledMove, int> rates = [];
        foreach (var move in own.Where(m => m.Transition.Kind == TransitionKind.Rate))
            rates[move] = _columns.Column($"rate {move.From} {move.To}", $"rate {Title(move)}, per year", row => Write(move, row), _model.Settings.Cycles);
        Dictionary<int, int> shares = [];
        foreach (var leaving in rates.GroupBy(r => r.Key.From))
        {
            var total = _columns.Column($"exit {leaving.Key}", $"all rates out of {SubState(leaving.Key)}", row => string.Join('+', leaving.Select(r => _columns.At(r.Value, row))), _model.Settings.Cycles);
            shares[leaving.Key] = _columns.Column($"share {leaving.Key}", $"probability per rate out of {SubState(leaving.Key)}", row =>
                $"IF({_columns.At(total, row)}>0,(1-EXP(-{_columns.At(total, row)}*cycle_length))/{_columns.At(total, row)},0)", _model.Settings.Cycles);
        }
        foreach (var move in own)
        {
            _columns.Column(Probability(move), $"p {Title(move)}", row => rates.TryGetValue(move, out var rate)
                ? $"{_columns.At(shares[move.From], row)}*{_columns.At(rate, row)}" : Write(move, row), _model.Settings.Cycles);
        }
        for (var sub = 0; sub < _compiled.Structure.StateCount; sub++)
        {
            var leaving = own.Where(m => m.From == sub).ToList();
            var column = _columns.Column($"stay {sub}", $"p none from {SubState(sub)}", row =>
                leaving.Count == 0 ? "1" : $"1-({string.Join('+', leaving.Select(m => ProbabilityAt(m, row)))})", _model.Settings.Cycles);
            if (sub == 0) _firstStay = column;
        }
    }

    private void Course()
    {
        for (var state = 0; state < _model.States.Count; state++)
        {
            if (StartOf(state) is { } share) _writer.Write(share, new FormulaPlace(0, double.NaN));
        }
        for (var sub = 0; sub < _compiled.Structure.StateCount; sub++)
        {
            var to = sub;
            var column = _columns.Column($"share of {to}", SubState(to), row => row == 0 ? Start(to) : Arrivals(to, row - 1), Rows);
            if (to == 0) _firstOccupancy = column;
        }
    }

    private Expression? StartOf(int state) => _model.States[state].Start.GetValueOrDefault(_compiled.Strategy.Name) ?? _model.States[state].Start.GetValueOrDefault("");

    private string Start(int sub)
    {
        var state = _compiled.SubStates.ToList().FindIndex(s => s.First == sub);
        return state >= 0 && StartOf(state) is { } share ? _writer.Write(share, new FormulaPlace(0, double.NaN)) : "0";
    }

    private string Arrivals(int sub, int row)
    {
        List<string> terms = [];
        foreach (var moves in _compiled.Moves.Where(m => m.To == sub).GroupBy(m => m.Transition)) terms.Add(Flow([.. moves], row));
        foreach (var (first, last) in Runs(Enumerable.Range(0, _compiled.Structure.StateCount).Where(s => _compiled.Structure.Rest[s] == sub)))
        {
            terms.Add(first == last ? $"{_columns.At(_firstOccupancy + first, row)}*{_columns.At(_firstStay + first, row)}"
                : $"SUMPRODUCT({_columns.Range(_firstOccupancy + first, _firstOccupancy + last, row)},{_columns.Range(_firstStay + first, _firstStay + last, row)})");
        }
        return terms.Count == 0 ? "0" : string.Join('+', terms);
    }

    /// <summary>Share of the cohort that makes the moves of one transition in a cycle.</summary>
    private string Flow(List<CompiledMove> moves, int row)
    {
        if (moves.Count == 1) return $"{_columns.At(_firstOccupancy + moves[0].From, row)}*{ProbabilityAt(moves[0], row)}";
        int first = _columns.Column(Probability(moves[0]), "", _ => "", 0), last = _columns.Column(Probability(moves[^1]), "", _ => "", 0);
        return $"SUMPRODUCT({_columns.Range(_firstOccupancy + moves[0].From, _firstOccupancy + moves[^1].From, row)},{_columns.Range(first, last, row)})";
    }

    private void Count(ValueDefinition value)
    {
        var payers = value.Payers.Count == 0 ? [("", 1.0)] : value.Payers.Select(p => (p.Key, p.Value)).ToArray();
        foreach (var (amount, slot, what) in Amounts(value))
        {
            var rows = value.Kind == ValueKind.AtStart ? 1 : value.Kind == ValueKind.Once ? _model.Settings.Cycles : Rows;
            foreach (var (payer, share) in payers)
            {
                var outcome = new OutcomeColumn(value.Outcome, payer);
                var kind = WeightSheet.KindOf(_model, value.Outcome);
                var column = _columns.Column($"value {value.At} {what} {payer}", $"{value.Outcome}{(payer.Length > 0 ? $" ({payer})" : "")}: {what}", row =>
                {
                    var weight = value.Kind switch { ValueKind.AtStart => "1", ValueKind.Once => _weights.Flow(kind, row), _ => _weights.Row(kind, row) };
                    return $"{weight}*{(share == 1 ? "" : FormulaWriter.Number(share) + "*")}({amount(row)})*{_writer.Write(value.Formula, new FormulaPlace(row, slot))}";
                }, rows);
                Sheet.Put(SumRow, column, Cell.Formula($"SUM({Sheet.Address(FirstRow, column)}:{Sheet.Address(FirstRow + rows - 1, column)})", CellLook.Input));
                if (!_contributions.TryGetValue(outcome, out var all)) _contributions[outcome] = all = [];
                all.Add(column);
            }
        }
    }

    /// <summary>What a value is counted for: how much of it at a row, the years in the state, and words for it.</summary>
    private IEnumerable<(Func<int, string> Amount, double TimeInState, string What)> Amounts(ValueDefinition value)
    {
        switch (value.Kind)
        {
            case ValueKind.AtStart:
                yield return (_ => "1", double.NaN, "at the start");
                break;
            case ValueKind.Once:
                foreach (var moves in _compiled.Moves.Where(m => value.From.Contains(m.Transition.From) && value.To.Contains(m.Transition.To)).GroupBy(m => m.Transition))
                    yield return (row => Flow([.. moves], row), double.NaN, $"{_model.States[moves.Key.From].Name} → {_model.States[moves.Key.To].Name}");
                break;
            default:
                foreach (var state in value.States)
                {
                    var (first, count) = _compiled.SubStates[state];
                    if (CompiledStrategy.UsesMemory(_model, value.Formula))
                    {
                        for (var slot = 0; slot < count; slot++)
                        {
                            var sub = first + slot;
                            yield return (row => _columns.At(_firstOccupancy + sub, row), slot * _model.Settings.CycleLength, SubState(sub));
                        }
                    }
                    else
                    {
                        yield return (row => count == 1 ? _columns.At(_firstOccupancy + first, row) : $"SUM({_columns.Range(_firstOccupancy + first, _firstOccupancy + first + count - 1, row)})", double.NaN, _model.States[state].Name);
                    }
                }
                break;
        }
    }

    private static string Probability(CompiledMove move) => $"p {move.From} {move.To}";

    private string ProbabilityAt(CompiledMove move, int row) => _columns.At(_columns.Column(Probability(move), "", _ => "", 0), row);

    private double TimeIn(CompiledMove move)
    {
        var (first, count) = _compiled.SubStates[move.Transition.From];
        return count == 1 && !CompiledStrategy.UsesMemory(_model, move.Transition.Formula!) ? double.NaN : (move.From - first) * _model.Settings.CycleLength;
    }

    private string Title(CompiledMove move) => $"{SubState(move.From)} → {_model.States[move.Transition.To].Name}";

    private string SubState(int sub)
    {
        var state = _compiled.SubStates.ToList().FindLastIndex(s => s.First <= sub);
        var (first, count) = _compiled.SubStates[state];
        return count == 1 ? _model.States[state].Name : FormattableString.Invariant($"{_model.States[state].Name}, {sub - first} cycles{(sub - first == count - 1 ? " or more" : "")}");
    }

    /// <summary>Runs of neighbouring numbers.</summary>
    private static IEnumerable<(int First, int Last)> Runs(IEnumerable<int> numbers)
    {
        (int First, int Last)? run = null;
        foreach (var n in numbers)
        {
            if (run is { } open && n == open.Last + 1) run = (open.First, n);
            else
            {
                if (run is { } done) yield return done;
                run = (n, n);
            }
        }
        if (run is { } last) yield return last;
    }
}
