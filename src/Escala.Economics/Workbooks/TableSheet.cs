using Escala.Economics.Models;

namespace Escala.Economics.Workbooks;

/// <summary>A table of the model on a sheet of its own: keys in the first column.</summary>
internal static class TableSheet
{
    public const int FirstRow = 5;

    public static Sheet Create(string name, TableDefinition table)
    {
        var sheet = new Sheet(name) { FrozenRows = FirstRow - 1, Widths = [16] };
        sheet.PutRow(1, Cell.Of($"Table {table.Name}", CellLook.Title));
        sheet.PutRow(2, Cell.Of($"Source: {(table.Source.Length > 0 ? table.Source : "none given")}. Licence: {(table.Licence.Length > 0 ? table.Licence : "none given")}."));
        sheet.Put(FirstRow - 1, 1, Cell.Of("key", CellLook.Heading));
        for (var c = 0; c < table.Columns.Count; c++) sheet.Put(FirstRow - 1, c + 2, Cell.Of(table.Columns[c], CellLook.Heading));
        for (var row = 0; row < table.Keys.Length; row++)
        {
            sheet.Put(FirstRow + row, 1, Cell.Of(table.Keys[row]));
            for (var c = 0; c < table.Columns.Count; c++) sheet.Put(FirstRow + row, c + 2, Cell.Of(table.Values[c][row]));
        }
        return sheet;
    }
}
