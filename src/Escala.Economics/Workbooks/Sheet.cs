using System.Globalization;
using Escala.Economics.Models;

namespace Escala.Economics.Workbooks;

/// <summary>How a cell looks; the number is its place in the workbook's styles.</summary>
internal enum CellLook
{
    Plain, Heading, Input, Title, Wrapped, WrappedInput,
}

/// <summary>Text, a number, or a formula without its equals sign.</summary>
internal readonly record struct Cell(string? Text, double Number, bool IsFormula, CellLook Look)
{
    public static Cell Of(string text, CellLook look = CellLook.Plain) => new(text, 0, false, look);

    public static Cell Of(double number, CellLook look = CellLook.Plain) => new(null, number, false, look);

    public static Cell Formula(string formula, CellLook look = CellLook.Plain) => new(formula, 0, true, look);
}

/// <summary>One sheet of a workbook under construction. Rows and columns count from 1, as readers of the workbook see them.</summary>
internal sealed class Sheet(string name)
{
    public const int LongestText = 32_000, LongestFormula = 8_000, MostColumns = 16_000;

    private readonly SortedDictionary<int, SortedDictionary<int, Cell>> _rows = [];

    public string Name { get; } = name;

    /// <summary>Width of the first columns in characters; the rest keep the program's own.</summary>
    public IReadOnlyList<double> Widths { get; init; } = [];

    /// <summary>Rows above this one stay in sight.</summary>
    public int FrozenRows { get; init; }

    public bool IsHidden { get; init; }

    public IReadOnlyDictionary<int, SortedDictionary<int, Cell>> Rows => _rows;

    public long CellCount => _rows.Values.Sum(r => (long)r.Count);

    public void Put(int row, int column, Cell cell)
    {
        if (column > MostColumns) throw new ModelException(default, "economics.workbook.columns", ("maximum", MostColumns));
        if (cell is { IsFormula: true, Text.Length: > LongestFormula })
            throw new ModelException(default, "economics.workbook.formula", ("sheet", Name), ("maximum", LongestFormula));
        if (!_rows.TryGetValue(row, out var cells)) _rows[row] = cells = [];
        cells[column] = cell;
    }

    public void PutRow(int row, params ReadOnlySpan<Cell> cells)
    {
        for (var i = 0; i < cells.Length; i++) Put(row, i + 1, cells[i]);
    }

    /// <summary>The address of a cell in another sheet's formula.</summary>
    public string From(int row, int column) => $"'{Name}'!{Address(row, column, true)}";

    public static string Address(int row, int column, bool isFixed = false) =>
        isFixed ? string.Create(CultureInfo.InvariantCulture, $"${Letters(column)}${row}") : string.Create(CultureInfo.InvariantCulture, $"{Letters(column)}{row}");

    public static string Letters(int column)
    {
        var letters = "";
        for (; column > 0; column = (column - 1) / 26) letters = (char)('A' + (column - 1) % 26) + letters;
        return letters;
    }
}
