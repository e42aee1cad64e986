using Escala.Economics.Analysis;
using Escala.Economics.Models;
using Escala.Numerics.StateTransition;

namespace Escala.Economics.Workbooks;

/// <summary>
/// The base case of a model as a workbook whose formulas compute it anew, so that a reviewer can follow and change every step: parameters under
/// names, tables, weights, one sheet per strategy and group with a row per cycle, and results beside those of Escala.
/// </summary>
internal static class ModelWorkbook
{
    private const long MostCells = 4_000_000;

    /// <exception cref="ModelException">The model is too large for a workbook, or cannot be computed.</exception>
    public static void Write(ModelDefinition model, RunResult engine, string text, Stream target)
    {
        CheckSize(model);
        var names = new SheetNames();
        Dictionary<string, Sheet> tables = [];
        foreach (var table in model.Tables) tables[table.Name] = TableSheet.Create(names.Next("Table " + table.Name), table);
        var weights = new WeightSheet(model);
        var strategies = model.Strategies.Select(s => model.Groups.Select((g, i) => new StrategySheet(
            names.Next(model.Groups.Count > 1 ? $"{s.Name} {g.Name}" : s.Name), model, CompiledStrategy.Create(model, s, g), i, weights, tables)).ToList()).ToList();
        var results = new ResultSheet(model, engine, (strategy, outcome) => string.Join('+', strategies[strategy].SelectMany((sheet, g) =>
            sheet.Sums(outcome).Select(sum => $"{GroupSheet.Weight(g)}*{sum}")).DefaultIfEmpty("0")));
        var defined = ParameterSheet.DefinedNames(model);
        var settings = SettingSheet(model, defined);
        WorkbookWriter.Write(target,
            [Cover(model), results.Sheet, ParameterSheet.Create(model), settings, GroupSheet.Create(model), .. tables.Values, weights.Sheet, .. strategies.SelectMany(s => s).SelectMany(s => s.Sheets), ModelText.Create(text)],
            defined);
    }

    private static void CheckSize(ModelDefinition model)
    {
        var cells = model.Groups.Sum(g => model.Strategies.Sum(s =>
        {
            var compiled = CompiledStrategy.Create(model, s, g);
            return (long)(model.Settings.Cycles + 1) * (2 * compiled.Structure.StateCount + 2 * compiled.Structure.Transitions.Count + compiled.Values.Count + model.Parameters.Count);
        }));
        if (cells > MostCells)
            throw new ModelException(default, "economics.workbook.cells", ("cells", cells), ("maximum", MostCells));
    }

    private static Sheet Cover(ModelDefinition model)
    {
        var sheet = new Sheet("Model") { Widths = [24, 110] };
        sheet.PutRow(1, Cell.Of(model.Title, CellLook.Title));
        sheet.PutRow(3, Cell.Of("Model file, SHA-256"), Cell.Of(model.Hash));
        sheet.PutRow(4, Cell.Of("Escala"), Cell.Of(DecisionModel.Version));
        sheet.PutRow(6, Cell.Of("What this is"), Cell.Of("The base case of the model, computed by formulas. Results shows them beside the figures of Escala; the largest difference stands at its top.", CellLook.Wrapped));
        sheet.PutRow(7, Cell.Of("What to change"), Cell.Of("Yellow cells of Parameters; `escala model from-excel WORKBOOK --out FILE` takes them back into the model file, with its comments and order. Everything else is changed in the file.", CellLook.Wrapped));
        sheet.PutRow(8, Cell.Of("Where things are"), Cell.Of("Parameters, Settings, Groups and tables hold inputs; Weights what a year is worth over time; one sheet per strategy (and group) follows the cohort, a row per cycle; sheets named Risk hold risk equations year by year of age.", CellLook.Wrapped));
        return sheet;
    }

    private static Sheet SettingSheet(ModelDefinition model, Dictionary<string, string> names)
    {
        var s = model.Settings;
        var sheet = new Sheet("Settings") { Widths = [26, 22, 70] };
        sheet.PutRow(1, Cell.Of("Settings", CellLook.Title));
        var row = 3;
        void Put(string name, Cell value, string meaning)
        {
            sheet.PutRow(row, Cell.Of(name), value, Cell.Of(meaning));
            names[name] = $"Settings!{Sheet.Address(row++, 2, true)}";
        }
        Put("cycle_length", Cell.Of(s.CycleLength), "length of a cycle, years");
        Put("start_year", Cell.Of(s.StartYear), "calendar year of the first cycle");
        if (!double.IsNaN(s.StartAge)) Put("start_age", Cell.Of(s.StartAge), "age at the start");
        Put("cost_rate", Cell.Of(s.CostRate), "discount rate of costs, a year");
        Put("effect_rate", Cell.Of(s.EffectRate), "discount rate of effects, a year");
        Put("effect_rate_continuous", Cell.Formula(s.Convention switch
        {
            DiscountConvention.Continuous => "effect_rate",
            DiscountConvention.NominalPerCycle => "LN(1+effect_rate*cycle_length)/cycle_length",
            _ => "LN(1+effect_rate)",
        }), "the continuous rate that discounts as much over a year; used by present_years");
        return sheet;
    }
}

/// <summary>Names of sheets: at most 31 characters, none of those that formulas use, no two alike.</summary>
internal sealed class SheetNames
{
    // "Risk " stands before the name of a strategy's second sheet.
    private const int Longest = 31 - 5;

    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase) { "Model", ResultSheet.Name, ParameterSheet.Name, "Settings", GroupSheet.Name, WeightSheet.Name, ModelText.Name };

    public string Next(string wanted)
    {
        var clean = string.Concat(wanted.Select(c => char.IsLetterOrDigit(c) || c is '_' or ' ' or '.' or '-' ? c : '_'));
        clean = clean[..Math.Min(clean.Length, Longest)];
        for (var i = 2; !_taken.Add(clean); i++)
        {
            var end = FormattableString.Invariant($" {i}");
            clean = clean[..Math.Min(clean.Length, Longest - end.Length)] + end;
        }
        return clean;
    }
}
