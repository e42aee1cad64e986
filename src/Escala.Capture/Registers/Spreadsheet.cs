using System.Globalization;
using System.Text;
using Escala.Platform.Problems;
using ExcelDataReader;

namespace Escala.Capture.Registers;

/// <summary>
/// Turns a sheet of a workbook into CSV, a line a row, so that row numbers stay what the user sees in the spreadsheet: real dates
/// become ISO, numbers have a decimal point, text stays as it is.
/// </summary>
internal static class Spreadsheet
{
    public const int MostColumns = 2000;

    /// <summary>As many as a sheet can have.</summary>
    private const int MostRows = 1 << 20;

    /// <summary>Written for a result that is an error: something, and no value.</summary>
    private const string Error = "#ERROR";

    /// <summary>Cells looked at, empty ones included.</summary>
    private const long MostCells = 200_000_000;

    private static readonly WorkbookGuard s_guard = new(MostBytes: 1L << 30, MostKeptBytes: 128L << 20);

    // The reader asks for the code page of old workbooks even where it reads new ones.
    static Spreadsheet() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>The CSV, a file that the caller deletes, and the names of further sheets with rows.</summary>
    /// <param name="path">Of the workbook.</param>
    /// <param name="place">The sheet, and the row of its column names.</param>
    public static Result<(string Csv, IReadOnlyList<string> OtherSheets)> ToCsv(string path, TablePlace place)
    {
        var target = Path.Combine(Path.GetTempPath(), "escala-" + Path.GetRandomFileName());
        var written = false;
        try
        {
            using var workbook = File.OpenRead(path);
            using var csv = new StreamWriter(OpenPrivate(target), new UTF8Encoding(false));
            var sheets = Write(workbook, csv, place);
            if (!sheets.TryGet(out var others)) return Result<(string, IReadOnlyList<string>)>.Refused(sheets.Problems);
            written = true;
            return (target, others);
        }
        finally
        {
            if (!written) File.Delete(target);
        }
    }

    /// <summary>Writes a sheet as CSV; gives the names of further sheets with rows.</summary>
    /// <param name="workbook">It can be read twice.</param>
    /// <param name="csv">Where the rows go.</param>
    /// <param name="place">The sheet, and the row of its column names: titles above become empty lines.</param>
    /// <param name="mostRows">A sheet's own bound, or less.</param>
    internal static Result<IReadOnlyList<string>> Write(Stream workbook, TextWriter csv, TablePlace place, int mostRows = MostRows)
    {
        try
        {
            var sheet = place.Sheet;
            if (s_guard.Refuse(workbook, out var errors, sheet) is { } refused) return refused;
            using var reader = ExcelReaderFactory.CreateOpenXmlReader(workbook, new ExcelReaderConfiguration { LeaveOpen = true });
            var passed = new List<string>();
            while (sheet is not null && !string.Equals(reader.Name, sheet, StringComparison.OrdinalIgnoreCase))
            {
                if (HasRows(reader)) passed.Add(reader.Name);
                if (!reader.NextResult()) return Problem.Of("capture.spreadsheet.sheet", ("sheet", sheet));
            }

            long cells = 0;
            for (var row = 0; reader.Read(); row++)
            {
                if ((cells += reader.FieldCount) > MostCells) return Problem.Of("capture.spreadsheet.too-many-cells", ("cells", MostCells));
                if (row == mostRows) return Problem.Of("capture.spreadsheet.too-long", ("rows", mostRows));
                if (reader.FieldCount > MostColumns) return Problem.Of("capture.spreadsheet.too-wide", ("columns", reader.FieldCount));
                var behind = 0;
                for (var i = 0; row >= place.Header - 1 && i < reader.FieldCount; i++)
                {
                    // Empty cells at a row's end say nothing: a sheet may claim millions of them.
                    if ((reader.GetValue(i) ?? (errors.Count > 0 && errors.Contains(Reference(row, i)) ? Error : null)) is not { } value) continue;
                    for (; behind < i; behind++) csv.Write(',');
                    Write(csv, value, reader.GetNumberFormatString(i));
                }

                csv.Write('\n');
            }

            return passed.Concat(OtherSheets(reader)).ToList();
        }
        catch (Exception e) when (WorkbookFault.IsIn(e))
        {
            return Problem.Of("capture.spreadsheet.unreadable");
        }
    }

    /// <summary>The first rows of each sheet that has any, as the CSV would have them but for results that are errors; the first sheet in any case.</summary>
    /// <param name="path">Of the workbook.</param>
    /// <param name="most">Rows of each.</param>
    public static Result<IReadOnlyList<SheetHead>> Heads(string path, int most)
    {
        using var workbook = File.OpenRead(path);
        return Heads(workbook, most);
    }

    internal static Result<IReadOnlyList<SheetHead>> Heads(Stream workbook, int most)
    {
        try
        {
            if (s_guard.RefuseHeads(workbook) is { } refused) return refused;
            using var reader = ExcelReaderFactory.CreateOpenXmlReader(workbook, new ExcelReaderConfiguration { LeaveOpen = true });
            var heads = new List<SheetHead>();
            do
            {
                var rows = new List<IReadOnlyList<string>>();
                while (rows.Count < most && reader.Read()) rows.Add([.. CellsOf(reader)]);
                if (heads.Count == 0 || rows.Any(r => r.Count > 0)) heads.Add(new SheetHead(reader.Name, rows));
            }
            while (reader.NextResult());
            return heads;
        }
        catch (Exception e) when (WorkbookFault.IsIn(e))
        {
            return Problem.Of("capture.spreadsheet.unreadable");
        }
    }

    /// <summary>Texts of a row up to its last cell that has one.</summary>
    private static List<string> CellsOf(IExcelDataReader reader)
    {
        var cells = new List<string>();
        for (var i = 0; i < Math.Min(reader.FieldCount, MostColumns); i++)
        {
            if (reader.GetValue(i) is not { } value) continue;
            while (cells.Count < i) cells.Add("");
            cells.Add(TextOf(value, reader.GetNumberFormatString(i)).ReplaceLineEndings(" ").Trim());
        }

        return cells;
    }

    private static List<string> OtherSheets(IExcelDataReader reader)
    {
        var names = new List<string>();
        while (reader.NextResult())
        {
            if (HasRows(reader)) names.Add(reader.Name);
        }

        return names;
    }

    /// <summary>A sheet that begins with thousands of empty rows holds no register.</summary>
    private static bool HasRows(IExcelDataReader reader)
    {
        for (var row = 0; row < 1000 && reader.Read(); row++)
        {
            if (Enumerable.Range(0, Math.Min(reader.FieldCount, MostColumns)).Any(i => reader.GetValue(i) is not null)) return true;
        }

        return false;
    }

    private static void Write(TextWriter writer, object value, string? format)
    {
        var text = TextOf(value, format);
        if (text.AsSpan().IndexOfAny(",\"\n\r") < 0) writer.Write(text);
        else writer.Write("\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal).ReplaceLineEndings(" ") + "\"");
    }

    /// <param name="value">Of a cell.</param>
    /// <param name="format">A format of zeros alone, 0000, is how a spreadsheet keeps the zeros before a number: the text that the user sees is meant.</param>
    private static string TextOf(object value, string? format) => value switch
    {
        DateTime { TimeOfDay.Ticks: 0 } date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime date => date.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        double number when format is { Length: > 1 } && format.All(c => c == '0') && number >= 0 && number == Math.Floor(number) => number.ToString(format, CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        bool flag => flag ? "1" : "0",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>As the spreadsheet shows it: B7.</summary>
    private static string Reference(int row, int column) => Letters(column) + (row + 1).ToString(CultureInfo.InvariantCulture);

    private static string Letters(int column) => (column >= 26 ? Letters((column / 26) - 1) : "") + (char)('A' + (column % 26));

    internal static FileStream OpenPrivate(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }
}
