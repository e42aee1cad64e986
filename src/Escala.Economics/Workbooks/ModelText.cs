namespace Escala.Economics.Workbooks;

/// <summary>The model file itself, a line a row, so that a workbook that comes back is complete.</summary>
internal static class ModelText
{
    public const string Name = "Model file";

    public static Sheet Create(string text)
    {
        var sheet = new Sheet(Name) { Widths = [140] };
        var row = 1;
        foreach (var line in text.Split('\n'))
        {
            // A line longer than a cell takes goes on in the next column.
            var column = 1;
            for (var from = 0; from == 0 || from < line.Length; from += Sheet.LongestText)
                sheet.Put(row, column++, Cell.Of("|" + line[from..Math.Min(line.Length, from + Sheet.LongestText)].TrimEnd('\r')));
            row++;
        }
        return sheet;
    }

    /// <summary>The file's text from its rows; the lines end as they did where that gives the hash.</summary>
    public static string Join(IReadOnlyList<string> lines, Func<string, bool> isOriginal)
    {
        var text = string.Join('\n', lines);
        return !isOriginal(text) && string.Join("\r\n", lines) is var windows && isOriginal(windows) ? windows : text;
    }
}
