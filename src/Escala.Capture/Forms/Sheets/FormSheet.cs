namespace Escala.Capture.Forms.Sheets;

/// <summary>A sheet as texts; row 1 of the spreadsheet is the first. Cells beyond the last one written are missing.</summary>
public sealed record FormSheet(string Name, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    internal string Cell(int row, int column) => row < Rows.Count && column < Rows[row].Count ? Rows[row][column] : "";

    internal bool IsBlank(int row) => Rows[row].All(c => c.Length == 0);
}
