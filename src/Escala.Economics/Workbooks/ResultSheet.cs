using Escala.Economics.Analysis;
using Escala.Economics.Models;

namespace Escala.Economics.Workbooks;

/// <summary>Outcomes and increments by formulas, each beside the figure that Escala computed and the difference of the two.</summary>
internal sealed class ResultSheet
{
    public const string Name = "Results";
    private const int FirstRow = 5, FormulaColumn = 3, EngineColumn = 4;

    private readonly ModelDefinition _model;
    private readonly RunResult _engine;
    private readonly EconomicEvaluation _evaluation;
    private readonly Dictionary<(int Strategy, string What), int> _rows = [];
    private int _next = FirstRow;

    public ResultSheet(ModelDefinition model, RunResult engine, Func<int, OutcomeColumn, string> formula)
    {
        (_model, _engine, _evaluation) = (model, engine, new EconomicEvaluation(model));
        Sheet.PutRow(1, Cell.Of("Results of the base case", CellLook.Title));
        Sheet.PutRow(2, Cell.Of("Formulas compute the third column from the other sheets; the fourth is what Escala computed when the workbook was written. Change a yellow parameter and the third moves, the fourth stays."));
        Sheet.PutRow(FirstRow - 1, Cell.Of("Strategy", CellLook.Heading), Cell.Of("Per person", CellLook.Heading), Cell.Of("By formulas", CellLook.Heading), Cell.Of("By Escala", CellLook.Heading), Cell.Of("Relative difference", CellLook.Heading));
        for (var s = 0; s < model.Strategies.Count; s++) Outcomes(s, formula);
        for (var s = 0; s < model.Strategies.Count; s++) Increments(s);
        Sheet.PutRow(3, Cell.Of("Largest relative difference"), Cell.Of(""), Cell.Formula($"MAX({Sheet.Address(FirstRow, 5)}:{Sheet.Address(_next - 1, 5)})"));
    }

    public Sheet Sheet { get; } = new(Name) { FrozenRows = FirstRow - 1, Widths = [22, 44, 22, 22, 14] };

    private void Outcomes(int strategy, Func<int, OutcomeColumn, string> formula)
    {
        var columns = OutcomeColumn.Of(_model);
        foreach (var outcome in _model.Outcomes)
        {
            var own = columns.Where(c => c.Outcome == outcome).ToList();
            if (own.Count > 1 || own[0].Payer.Length > 0)
            {
                foreach (var column in own) Row(strategy, $"{outcome}, paid by {column.Payer}", formula(strategy, column), _engine.Sum(strategy, 0, c => c == column));
                Row(strategy, outcome, Sum(own.Select(c => At(strategy, $"{outcome}, paid by {c.Payer}"))), _engine.Outcome(strategy, outcome, 0));
            }
            else
            {
                Row(strategy, outcome, formula(strategy, own[0]), _engine.Outcome(strategy, outcome, 0));
            }
        }
        foreach (var perspective in _evaluation.Perspectives)
        {
            var counted = columns.Where(c => c.IsCost && (perspective.Payers.Count == 0 || perspective.Payers.Contains(c.Payer)))
                .Select(c => At(strategy, c.Payer.Length > 0 ? $"{c.Outcome}, paid by {c.Payer}" : c.Outcome));
            Row(strategy, $"total cost, {perspective.Name}", Sum(counted), EconomicEvaluation.Cost(_engine, strategy, 0, perspective));
        }
    }

    private void Increments(int strategy)
    {
        var reference = _model.Strategies.ToList().IndexOf(_model.Reference);
        if (strategy == reference || !_evaluation.HasEffect) return;
        string effect = _model.Settings.Effect, sign = _model.Settings.EffectIsHarm ? "-" : "";
        double more = _evaluation.Effect(_engine, strategy, 0) - _evaluation.Effect(_engine, reference, 0);
        Row(strategy, $"more effect than {_model.Reference.Name}", $"{sign}({At(strategy, effect)}-{At(reference, effect)})", more);
        foreach (var perspective in _evaluation.Perspectives)
        {
            var name = $"total cost, {perspective.Name}";
            var cost = EconomicEvaluation.Cost(_engine, strategy, 0, perspective) - EconomicEvaluation.Cost(_engine, reference, 0, perspective);
            Row(strategy, $"more cost than {_model.Reference.Name}, {perspective.Name}", $"{At(strategy, name)}-{At(reference, name)}", cost);
            if (more != 0)
                Row(strategy, $"cost per effect against {_model.Reference.Name}, {perspective.Name}", $"{At(strategy, $"more cost than {_model.Reference.Name}, {perspective.Name}")}/{At(strategy, $"more effect than {_model.Reference.Name}")}", cost / more);
        }
    }

    private void Row(int strategy, string what, string formula, double engine)
    {
        _rows[(strategy, what)] = _next;
        Sheet.PutRow(_next, Cell.Of(_model.Strategies[strategy].Name), Cell.Of(what), Cell.Formula(formula), Cell.Of(engine),
            Cell.Formula($"ABS({Sheet.Address(_next, FormulaColumn)}-{Sheet.Address(_next, EngineColumn)})/MAX(1,ABS({Sheet.Address(_next, EngineColumn)}))"));
        _next++;
    }

    private string At(int strategy, string what) => Sheet.Address(_rows[(strategy, what)], FormulaColumn);

    private static string Sum(IEnumerable<string> terms) => string.Join('+', terms.DefaultIfEmpty("0"));
}
