using System.Globalization;
using System.Text;
using Escala.Capture.Registers;
using Escala.Platform.Problems;
using ExcelDataReader;

namespace Escala.Capture.Forms.Sheets;

/// <summary>
/// The sheets of an .xlsx as texts. A stranger's file may be made to fill the memory: what it unpacks to, its rows, columns and characters are
/// limited before they are kept.
/// </summary>
internal static class FormWorkbook
{
    public const int MostBytes = 20_000_000;
    public const int MostUnpackedBytes = 50_000_000;
    public const int MostRows = 120_000;
    public const int MostColumns = 300;
    public const int MostCharacters = 30_000_000;

    /// <summary>Cells looked at, empty ones included: a sheet may claim a million rows and have nothing in them.</summary>
    public const long MostCells = 60_000_000;

    private static readonly WorkbookGuard s_guard = new(MostUnpackedBytes, MostUnpackedBytes);

    // The reader asks for the code page of old workbooks even where it reads new ones.
    static FormWorkbook() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    public static Result<IReadOnlyList<FormSheet>> Read(string path)
    {
        var file = Path.GetFileName(path);
        if (!File.Exists(path)) return Problem.Of("capture.file.missing", ("file", path));
        if (new FileInfo(path).Length > MostBytes) return Problem.Of("capture.form.file-too-large", ("file", file), ("most", MostBytes));
        using var stream = File.OpenRead(path);
        return Read(stream, file);
    }

    /// <param name="stream">The workbook; it can be read twice.</param>
    /// <param name="file">Its name, for problems.</param>
    internal static Result<IReadOnlyList<FormSheet>> Read(Stream stream, string file)
    {
        try
        {
            var refused = s_guard.Refuse(stream, out _);
            if (refused?.Code == "capture.spreadsheet.too-large") return Problem.Of("capture.form.unpacked-too-large", ("file", file), ("most", MostUnpackedBytes));
            if (refused is not null) return refused with { Details = new Dictionary<string, string>(refused.Details, StringComparer.Ordinal) { ["file"] = file } };
            return Sheets(stream, file);
        }
        catch (Exception e) when (WorkbookFault.IsIn(e))
        {
            return Problem.Of("capture.spreadsheet.unreadable", ("file", file));
        }
    }

    private static Result<IReadOnlyList<FormSheet>> Sheets(Stream stream, string file)
    {
        using var reader = ExcelReaderFactory.CreateOpenXmlReader(stream, new ExcelReaderConfiguration { LeaveOpen = true });
        var sheets = new List<FormSheet>();
        long characters = 0, looked = 0;
        do
        {
            if (reader.Name.StartsWith('_')) continue;
            var rows = new List<IReadOnlyList<string>>();
            var last = 0;
            while (reader.Read())
            {
                var cells = new List<string>();
                for (var i = 0; i < reader.FieldCount; i++)
                {
                    if (Text(reader.GetValue(i)) is not { Length: > 0 } text) continue;
                    if (i >= MostColumns) return Problem.Of("capture.form.too-wide", ("file", file), ("sheet", reader.Name), ("row", rows.Count + 1), ("most", MostColumns));
                    while (cells.Count < i) cells.Add("");
                    cells.Add(text);
                    characters += text.Length;
                }

                rows.Add(cells.Count == 0 ? [] : cells);
                if (cells.Count > 0) last = rows.Count;
                looked += reader.FieldCount;
                if (characters > MostCharacters || last > MostRows || looked > MostCells)
                    return Problem.Of("capture.form.too-long", ("file", file), ("sheet", reader.Name), ("most", MostRows), ("characters", MostCharacters));
            }

            rows.RemoveRange(last, rows.Count - last);
            sheets.Add(new FormSheet(reader.Name.Trim(), rows));
        }
        while (reader.NextResult());
        return sheets;
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        string text => text.Trim(),
        double number => Expressions.Numbers.Text(number),
        bool truth => truth ? "TRUE" : "FALSE",
        DateTime { TimeOfDay.Ticks: 0 } date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime date => date.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture),
        TimeSpan time => time.ToString(@"hh\:mm\:ss", CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
