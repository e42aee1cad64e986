using System.Globalization;
using System.Text;
using Escala.Capture.Registers;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes.Facts;

namespace Escala.Capture.Inbox;

/// <summary>
/// Writes what waits as CSV for a spreadsheet: number, problems, then the row's own columns; mended, it comes back through <see cref="MendInbox"/>.
/// Files hold patients' rows and are readable by their owner alone.
/// </summary>
public static class ExportInbox
{
    /// <param name="session">Of the store.</param>
    /// <param name="path">Rows of another layout go to files beside it: name-2.csv, name-3.csv …</param>
    /// <param name="say">The sentence of a problem in the reader's language.</param>
    public static IReadOnlyList<(string File, int Rows)> Run(Session session, string path, Func<Problem, string> say)
    {
        var files = new List<(string, int)>();
        foreach (var rows in InboxTable.Read(session).GroupBy(r => r.Layout, StringComparer.Ordinal))
        {
            var file = files.Count == 0 ? path : Path.Combine(
                Path.GetDirectoryName(path) ?? "", string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileNameWithoutExtension(path)}-{files.Count + 1}{Path.GetExtension(path)}"));
            Write(file, Layout.Parse(rows.Key)!, rows, say);
            files.Add((file, rows.Count()));
        }

        return files;
    }

    /// <summary>What a row says, by column; a record whose fields cannot be told apart has one without a name.</summary>
    public static IEnumerable<(string Column, string Value)> Filled(InboxRow row)
    {
        if (Layout.Parse(row.Layout) is not { } layout) return [];
        return FieldsOf(row.Content, new CsvRecord((byte)layout.Delimiter)).Select((f, i) => (i < layout.Columns.Count ? layout.Columns[i] : "", f)).Where(f => f.f.Length > 0);
    }

    private static void Write(string file, Layout layout, IEnumerable<InboxRow> rows, Func<Problem, string> say)
    {
        File.Delete(file);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        // The mark at the beginning tells a spreadsheet that accents are UTF-8.
        using var writer = new StreamWriter(new FileStream(file, options), new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        writer.Write(string.Join(layout.Delimiter, ["number", "problems", .. layout.Columns.Select(c => Quoted(SpreadsheetText.Harmless(c), layout.Delimiter))]) + "\n");
        var fields = new CsvRecord((byte)layout.Delimiter);
        foreach (var row in rows)
        {
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"{row.Number}{layout.Delimiter}{Quoted(string.Join(" | ", row.Problems.Select(say)), layout.Delimiter)}"));
            foreach (var field in FieldsOf(row.Content, fields)) writer.Write(layout.Delimiter + Quoted(SpreadsheetText.Harmless(field), layout.Delimiter));
            writer.Write('\n');
        }
    }

    /// <summary>A record whose fields cannot be told apart stands whole in the first column.</summary>
    internal static IEnumerable<string> FieldsOf(byte[] row, CsvRecord fields)
    {
        if (!System.Text.Unicode.Utf8.IsValid(row)) return [Encoding.Latin1.GetString(row).Replace('\0', ' ')];
        if (row.Contains((byte)0) || !fields.Fill(row)) return [Encoding.UTF8.GetString(row).Replace('\0', ' ')];
        return Enumerable.Range(0, fields.Count).Select(i => Encoding.UTF8.GetString(fields[i]));
    }

    internal static string Quoted(string field, char delimiter) =>
        field.AsSpan().IndexOfAny([delimiter, '"', '\n', '\r']) < 0 ? field : "\"" + field.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
}
