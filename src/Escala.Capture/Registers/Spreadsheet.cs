using System.Globalization;
using System.Text;
using Escala.Platform.Problems;
using ExcelDataReader;

namespace Escala.Capture.Registers;

/// <summary>
/// Turns the first sheet of a workbook into CSV, a line a row, so that row numbers stay what the user sees in the spreadsheet: real dates
/// become ISO, numbers have a decimal point, text stays as it is.
/// </summary>
internal static class Spreadsheet
{
    private const int MostColumns = 2000;

    // The reader asks for the code page of old workbooks even where it reads new ones.
    static Spreadsheet() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    public static Result<string> ToCsv(string path)
    {
        var target = Path.Combine(Path.GetTempPath(), "escala-" + Path.GetRandomFileName());
        try
        {
            using var stream = File.OpenRead(path);
            using var reader = ExcelReaderFactory.CreateOpenXmlReader(stream, new ExcelReaderConfiguration { LeaveOpen = true });
            using var writer = new StreamWriter(OpenPrivate(target), new UTF8Encoding(false));
            while (reader.Read())
            {
                if (reader.FieldCount > MostColumns) return Refuse(target, Problem.Of("capture.spreadsheet.too-wide", ("columns", reader.FieldCount)));
                for (var i = 0; i < reader.FieldCount; i++)
                {
                    if (i > 0) writer.Write(',');
                    Write(writer, reader.GetValue(i));
                }

                writer.Write('\n');
            }

            return target;
        }
        catch (Exception e) when (e is ExcelDataReader.Exceptions.ExcelReaderException or InvalidDataException or System.Xml.XmlException or FormatException)
        {
            return Refuse(target, Problem.Of("capture.spreadsheet.unreadable"));
        }
    }

    private static void Write(StreamWriter writer, object? value)
    {
        var text = value switch
        {
            null => "",
            DateTime { TimeOfDay.Ticks: 0 } date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            DateTime date => date.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            double number => number.ToString("R", CultureInfo.InvariantCulture),
            bool flag => flag ? "1" : "0",
            IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        };
        if (text.AsSpan().IndexOfAny(",\"\n\r") < 0) writer.Write(text);
        else writer.Write("\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal).ReplaceLineEndings(" ") + "\"");
    }

    private static FileStream OpenPrivate(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    private static Problem Refuse(string target, Problem problem)
    {
        File.Delete(target);
        return problem;
    }
}
