using Escala.Economics.Models;

namespace Escala.Economics.Workbooks;

/// <summary>The sheet on which a reviewer changes numbers: a row per parameter, the values under names that formulas use.</summary>
internal static class ParameterSheet
{
    public const string Name = "Parameters", Title = "Name", Meaning = "Meaning", Value = "Value", Unit = "Unit", Low = "Low", High = "High", Distribution = "Distribution", Source = "Source", Note = "Note";
    public const int HeadingRow = 3, ValueColumn = 3;

    private static readonly string[] s_headings = [Title, Meaning, Value, Unit, Low, High, Distribution, Source, Note];

    public static Sheet Create(ModelDefinition model)
    {
        var sheet = new Sheet(Name) { FrozenRows = HeadingRow, Widths = [24, 48, 16, 16, 14, 14, 22, 48, 40] };
        List<string> numbers = [.. model.Parameters.SelectMany(p => p.Numbers.Keys).Distinct()];
        sheet.PutRow(1, Cell.Of("Parameters", CellLook.Title));
        sheet.PutRow(2, Cell.Of("Yellow cells can be changed: the workbook computes anew, and `escala model from-excel` takes values, ranges, numbers of distributions and sources back into the model file. Everything else on this sheet is changed in the file. What follows from others is computed on the sheets of the strategies."));
        string[] headings = [.. s_headings, .. numbers];
        for (var c = 0; c < headings.Length; c++) sheet.Put(HeadingRow, c + 1, Cell.Of(headings[c], CellLook.Heading));
        for (var i = 0; i < model.Parameters.Count; i++)
        {
            var p = model.Parameters[i];
            var row = HeadingRow + 1 + i;
            sheet.PutRow(row, Cell.Of(p.Name), Cell.Of(p.Label, CellLook.Wrapped), p.Formula is null ? Cell.Of(p.Value, p.Share is null ? CellLook.Input : CellLook.Plain) : Cell.Of(Follows(p), CellLook.Wrapped), Cell.Of(p.Unit));
            if (p.Low is { } low) sheet.Put(row, Array.IndexOf(s_headings, Low) + 1, Cell.Of(low, CellLook.Input));
            if (p.High is { } high) sheet.Put(row, Array.IndexOf(s_headings, High) + 1, Cell.Of(high, CellLook.Input));
            sheet.Put(row, Array.IndexOf(s_headings, Distribution) + 1, Cell.Of(p.DistributionText));
            sheet.Put(row, Array.IndexOf(s_headings, Source) + 1, Cell.Of(SourceOf(p), p.Formula is null && p.Share is null ? CellLook.WrappedInput : CellLook.Wrapped));
            sheet.Put(row, Array.IndexOf(s_headings, Note) + 1, Cell.Of(p.Note, CellLook.Wrapped));
            foreach (var (field, number) in p.Numbers) sheet.Put(row, s_headings.Length + numbers.IndexOf(field) + 1, Cell.Of(number, CellLook.Input));
        }
        return sheet;
    }

    public static string Follows(ParameterDefinition parameter) => "follows: " + parameter.FormulaText.Trim();

    public static string SourceOf(ParameterDefinition parameter) =>
        parameter.Source.Length > 0 ? parameter.Source : parameter.Formula is not null ? "follows from others" : parameter.IsAssumption ? "ASSUMPTION to be replaced" : "NO SOURCE";

    /// <summary>Whether a column holds a number of distributions, under the name of its field.</summary>
    public static bool IsNumber(string heading) => !s_headings.Contains(heading);

    /// <summary>The field of the file that a column shows.</summary>
    public static string FieldOf(string heading) => heading switch { Value => "value", Low => "low", High => "high", _ => heading };

    public static Dictionary<string, string> DefinedNames(ModelDefinition model) => model.Parameters.Select((p, i) => (p, i)).Where(x => x.p.Formula is null)
        .ToDictionary(x => DefinedName(x.p.Name), x => $"{Name}!{Sheet.Address(HeadingRow + 1 + x.i, ValueColumn, true)}");

    /// <summary>A name that no spreadsheet takes for the address of a cell.</summary>
    public static string DefinedName(string parameter) => "p_" + parameter;
}
