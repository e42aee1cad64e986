using System.Text;
using Escala.Capture.Inbox;
using Escala.Capture.Registers;
using Escala.Platform.Problems;
using Escala.Programmes.Facts;

namespace Escala.Capture.Imports;

/// <summary>
/// Beside the report: each row that was not taken, as it stands in the file, behind its line and what is wrong with it. It holds
/// patients' rows and is readable by its owner alone. Made with the first row.
/// </summary>
/// <param name="file">Whose rows are taken.</param>
/// <param name="say">A problem in the reader's language.</param>
/// <param name="isBegun">Rows that the file was read for on another day stand in it already.</param>
internal sealed class ProblemFile(RegisterFile file, Func<Problem, string> say, bool isBegun)
{
    private readonly CsvRecord _fields = new((byte)file.Layout.Delimiter);
    private StreamWriter? _writer;
    private string? _path;

    public void Add(RefusedRow row)
    {
        _writer ??= Open();
        var reasons = string.Join(" | ", row.Problems.Select(say));
        _writer.Write($"{row.Line}{file.Layout.Delimiter}\"{reasons.Replace("\"", "\"\"", StringComparison.Ordinal)}\"{file.Layout.Delimiter}");
        _writer.Write(string.Join(file.Layout.Delimiter, ExportInbox.FieldsOf(row.Raw, _fields).Select(Cell)));
        _writer.Write('\n');
    }

    private string Cell(string text) => ExportInbox.Quoted(SpreadsheetText.Harmless(text), file.Layout.Delimiter);

    /// <summary>Its path, or null when every row was taken.</summary>
    public string? Close()
    {
        _writer?.Dispose();
        return _path;
    }

    private StreamWriter Open()
    {
        var options = new FileStreamOptions { Mode = isBegun ? FileMode.Append : FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        _path = file.ProblemPath;
        if (!isBegun) File.Delete(_path);
        var writer = new StreamWriter(new FileStream(_path, options), new UTF8Encoding(false));
        if (!isBegun) writer.Write(string.Join(file.Layout.Delimiter, ["line", "problems", .. file.Layout.Columns.Select(Cell)]) + "\n");
        return writer;
    }
}
