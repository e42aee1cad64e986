using Escala.Economics.Models;

namespace Escala.Economics.Workbooks;

/// <summary>A sheet that is a table with a row per cycle (or year): columns are added as formulas come to need them, what a formula needs standing left of it.</summary>
internal sealed class ColumnSheet(Sheet sheet, int firstRow, int rows)
{
    private readonly Dictionary<string, int> _columns = [];
    private readonly List<(int Column, int Rows, Func<int, string> Formula)> _pending = [];
    private int _next = 1;

    public Sheet Sheet => sheet;

    public int FirstRow => firstRow;

    public int Rows => rows;

    /// <summary>The column with this key, made where there is none.</summary>
    /// <param name="key">What the column holds, in words that no other column has.</param>
    /// <param name="heading">Shown above it.</param>
    /// <param name="formula">The formula of a row, counted from 0.</param>
    /// <param name="filled">Rows that are filled, from the first.</param>
    public int Column(string key, string heading, Func<int, string> formula, int filled)
    {
        if (_columns.TryGetValue(key, out var known)) return known;
        // Asking once brings the columns on which this one depends to its left.
        formula(0);
        var column = _columns[key] = _next++;
        sheet.Put(firstRow - 1, column, Cell.Of(heading, CellLook.Heading));
        _pending.Add((column, filled, formula));
        return column;
    }

    public bool Has(string key, out int column) => _columns.TryGetValue(key, out column);

    public string At(int column, int row) => Sheet.Address(firstRow + row, column);

    public string From(int column, int row) => sheet.From(firstRow + row, column);

    public string Range(int first, int last, int row) => first == last ? At(first, row) : $"{At(first, row)}:{At(last, row)}";

    /// <summary>All of a column's rows, for another sheet or this one.</summary>
    public string Whole(int column, int count) => $"'{sheet.Name}'!{Sheet.Address(firstRow, column, true)}:{Sheet.Address(firstRow + count - 1, column, true)}";

    /// <summary>Writes the formulas of all rows.</summary>
    /// <exception cref="ModelException">A formula is longer than a spreadsheet takes.</exception>
    public void Fill()
    {
        for (var i = 0; i < _pending.Count; i++)
        {
            var (column, filled, formula) = _pending[i];
            for (var row = 0; row < filled; row++) sheet.Put(firstRow + row, column, Cell.Formula(formula(row)));
        }
    }
}
