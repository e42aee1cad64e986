using Escala.Economics.Models;

namespace Escala.Economics.Workbooks;

/// <summary>The sheet on which a reviewer changes numbers: a row per parameter, the values under names that formulas use.</summary>
internal static class ParameterSheet
{
    public const string Name = "Parameters", ValueHeading = "Value";
    public const int HeadingRow = 3, NameColumn = 1, ValueColumn = 3, LowColumn = 5, HighColumn = 6;

    public static readonly string[] Headings = ["Name", "Meaning", ValueHeading, "Unit", "Low", "High", "Distribution", "Source", "Note"];

    public static Sheet Create(ModelDefinition model)
    {
        var sheet = new Sheet(Name) { FrozenRows = HeadingRow, Widths = [24, 48, 16, 16, 14, 14, 22, 48, 40] };
        sheet.PutRow(1, Cell.Of("Parameters", CellLook.Title));
        sheet.PutRow(2, Cell.Of("Yellow cells can be changed: the workbook computes anew, and `escala model from-excel` takes values, low and high back into the model file. What follows from others is computed on the sheets of the strategies."));
        for (var c = 0; c < Headings.Length; c++) sheet.Put(HeadingRow, c + 1, Cell.Of(Headings[c], CellLook.Heading));
        for (var i = 0; i < model.Parameters.Count; i++)
        {
            var p = model.Parameters[i];
            var row = HeadingRow + 1 + i;
            sheet.PutRow(row, Cell.Of(p.Name), Cell.Of(p.Label, CellLook.Wrapped), p.Formula is null ? Cell.Of(p.Value, p.Share is null ? CellLook.Input : CellLook.Plain) : Cell.Of("follows: " + p.FormulaText.Trim(), CellLook.Wrapped), Cell.Of(p.Unit));
            if (p.Low is { } low) sheet.Put(row, LowColumn, Cell.Of(low, CellLook.Input));
            if (p.High is { } high) sheet.Put(row, HighColumn, Cell.Of(high, CellLook.Input));
            sheet.Put(row, 7, Cell.Of(p.DistributionText));
            sheet.Put(row, 8, Cell.Of(p.Source.Length > 0 ? p.Source : p.Formula is not null ? "follows from others" : p.IsAssumption ? "ASSUMPTION to be replaced" : "NO SOURCE", CellLook.Wrapped));
            sheet.Put(row, 9, Cell.Of(p.Note, CellLook.Wrapped));
        }
        return sheet;
    }

    public static Dictionary<string, string> DefinedNames(ModelDefinition model) => model.Parameters.Select((p, i) => (p, i)).Where(x => x.p.Formula is null)
        .ToDictionary(x => DefinedName(x.p.Name), x => $"{Name}!{Sheet.Address(HeadingRow + 1 + x.i, ValueColumn, true)}");

    /// <summary>A name that no spreadsheet takes for the address of a cell.</summary>
    public static string DefinedName(string parameter) => "p_" + parameter;
}
