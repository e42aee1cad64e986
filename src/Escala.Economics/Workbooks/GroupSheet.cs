using Escala.Economics.Models;

namespace Escala.Economics.Workbooks;

/// <summary>The groups of the cohort: weight, and the parameters that differ in each.</summary>
internal static class GroupSheet
{
    public const string Name = "Groups";
    private const int FirstRow = 4, WeightColumn = 3;

    public static Sheet Create(ModelDefinition model)
    {
        var sheet = new Sheet(Name) { FrozenRows = FirstRow - 1, Widths = [20, 30, 12] };
        sheet.PutRow(1, Workbooks.Cell.Of("Groups", CellLook.Title));
        sheet.PutRow(FirstRow - 1, Workbooks.Cell.Of("Name", CellLook.Heading), Workbooks.Cell.Of("Meaning", CellLook.Heading), Workbooks.Cell.Of("Weight", CellLook.Heading));
        var set = Set(model);
        for (var i = 0; i < set.Count; i++) sheet.Put(FirstRow - 1, WeightColumn + 1 + i, Workbooks.Cell.Of(set[i], CellLook.Heading));
        for (var g = 0; g < model.Groups.Count; g++)
        {
            var group = model.Groups[g];
            sheet.PutRow(FirstRow + g, Workbooks.Cell.Of(group.Name), Workbooks.Cell.Of(group.Label), Workbooks.Cell.Of(group.Weight));
            for (var i = 0; i < set.Count; i++)
            {
                if (group.Set.TryGetValue(set[i], out var value)) sheet.Put(FirstRow + g, WeightColumn + 1 + i, Workbooks.Cell.Of(value));
            }
        }
        return sheet;
    }

    public static string Weight(int group) => $"{Name}!{Sheet.Address(FirstRow + group, WeightColumn, true)}";

    public static string Cell(ModelDefinition model, int group, string parameter) => $"{Name}!{Sheet.Address(FirstRow + group, WeightColumn + 1 + Set(model).IndexOf(parameter), true)}";

    private static List<string> Set(ModelDefinition model) => [.. model.Groups.SelectMany(g => g.Set.Keys).Distinct()];
}
