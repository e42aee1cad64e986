using Escala.Economics.Expressions;
using Escala.Economics.Models;
using Escala.Numerics.Risk;

namespace Escala.Economics.Workbooks;

/// <summary>A risk equation with what stands for its covariates in formulas.</summary>
/// <param name="Covariates">Per covariate of the equation, its formula at a row; categories are the numbers of the base case.</param>
/// <param name="Categories">The covariates' numbers of the base case where they are categories, 0 elsewhere.</param>
internal sealed record WorkbookRisk(RiskFunction Function, RiskEquation Equation, IReadOnlyList<Func<int, string>> Covariates, double[] Categories)
{
    public string ResultStep => Function.Endpoint?.Name ?? "risk";

    public string Key => $"{Function.Score.Function} {ResultStep} {Equation.Id} {string.Join(' ', Categories)} {string.Join(' ', Covariates.Select(c => c(0)))}";

    /// <summary>The lines of the equation that its result needs.</summary>
    public IEnumerable<RiskStep> Steps => Equation.Steps(Categories)
        .Where(s => Function.Endpoint is null || s.Name == ResultStep || s.Name.StartsWith(ResultStep + "_", StringComparison.Ordinal));
}

/// <summary>
/// The yearly hazards of ageing cohorts under one strategy: the equation at the starting age and each year after it, and the factor that makes
/// ten years add up to the equation's risk at the start (see RisingHazard).
/// </summary>
internal sealed class RiskSheet
{
    private const int FirstRow = 6, FactorRow = 4;

    private readonly ColumnSheet _columns;
    private readonly Dictionary<string, int> _hazards = [];
    private readonly ModelDefinition _model;
    private readonly int _cyclesInSpan, _years, _clock, _time;

    public RiskSheet(string name, string title, ModelDefinition model)
    {
        _model = model;
        var length = model.Settings.CycleLength;
        _cyclesInSpan = (int)Math.Round(RisingHazard.Span / length);
        var rows = Math.Max(model.Settings.Cycles + 1, _cyclesInSpan);
        _years = RisingHazard.YearsNeeded(rows, length);
        _columns = new ColumnSheet(new Sheet(name) { FrozenRows = FirstRow - 1 }, FirstRow, rows);
        _columns.Sheet.PutRow(1, Cell.Of(title, CellLook.Title));
        _columns.Sheet.PutRow(2, Cell.Of("Per equation: first the risk by year of age, then the shape of the hazard in the middle of each cycle, times a factor by which ten years add up to the risk at the start."));
        _clock = _columns.Column("row", "cycle or year", row => FormulaWriter.Number(row), rows);
        _time = _columns.Column("time", "middle of the cycle, years", row => $"({_columns.At(_clock, row)}+0.5)*cycle_length", rows);
    }

    public Sheet Sheet => _columns.Sheet;

    public void Fill() => _columns.Fill();

    /// <summary>The column that holds the yearly hazard of each cycle.</summary>
    public int Hazard(WorkbookRisk risk)
    {
        if (!_hazards.TryGetValue(risk.Key, out var column)) _hazards[risk.Key] = column = Add(risk);
        return column;
    }

    public string At(int column, int row) => _columns.From(column, row);

    private int Add(WorkbookRisk risk)
    {
        var name = $"{risk.Function.Score.Function} {risk.ResultStep} no. {_hazards.Count + 1}";
        var age = _columns.Column(name + " age", $"{name}: age", row => $"({risk.Covariates[risk.Equation.IndexOf("age")](row)}+{_columns.At(_clock, row)})", _years);
        var steps = new RiskSteps(risk, _model, name, _columns, _years, row => _columns.At(age, row));
        var flat = _columns.Column(name + " hazard", $"{name}: -ln(1 - risk)", row => $"-LN(1-{_columns.At(steps.Result, row)})", _years);
        var shape = _columns.Column(name + " shape", $"{name}: shape", row =>
        {
            string time = _columns.At(_time, row), whole = $"INT({time})", all = _columns.Whole(flat, _years);
            return $"INDEX({all},{whole}+1)+({time}-{whole})*(INDEX({all},{whole}+2)-INDEX({all},{whole}+1))";
        }, _columns.Rows);
        var hazard = _columns.Column(name + " rate", $"{name}: yearly hazard", row => $"{Sheet.Address(FactorRow, shape, true)}*{_columns.At(shape, row)}", _columns.Rows);
        Sheet.Put(FactorRow - 1, shape, Cell.Of("factor", CellLook.Heading));
        Sheet.Put(FactorRow, shape, Cell.Formula($"{_columns.At(flat, 0)}/(SUM({_columns.Whole(shape, _cyclesInSpan)})*cycle_length)"));
        return hazard;
    }
}

/// <summary>The lines of an equation as columns.</summary>
internal sealed class RiskSteps : IFormulaScope
{
    private readonly WorkbookRisk _risk;
    private readonly Dictionary<string, int> _steps = [];
    private readonly ColumnSheet _columns;
    private readonly Func<int, string> _age;

    /// <param name="rows">Rows that are filled.</param>
    /// <param name="age">The age at a row.</param>
    public RiskSteps(WorkbookRisk risk, ModelDefinition model, string name, ColumnSheet columns, int rows, Func<int, string> age)
    {
        (_risk, _columns, _age) = (risk, columns, age);
        var writer = new FormulaWriter(this, model, new Dictionary<string, Sheet>());
        foreach (var step in risk.Steps)
        {
            var formula = ExpressionParser.Parse(step.Formula, default);
            _steps[step.Name] = columns.Column($"{name} {step.Name}", $"{name}: {step.Name}", row => writer.Write(formula, new FormulaPlace(row, double.NaN)), rows);
        }
    }

    public int Result => _steps[_risk.ResultStep];

    public bool? Is(string subject, string name) => null;

    public double? Known(NameReference name) => null;

    public string Risk(Call call, FormulaPlace place) => throw new InvalidOperationException("An equation calls no other.");

    public string Name(NameReference name, FormulaPlace place)
    {
        if (_steps.TryGetValue(name.Name, out var column)) return _columns.At(column, place.Row);
        return name.Name == "age" ? _age(place.Row) : _risk.Covariates[_risk.Equation.IndexOf(name.Name)](place.Row);
    }
}
