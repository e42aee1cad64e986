using System.Globalization;
using System.Text;
using Escala.Capture.Imports;
using Escala.Capture.Registers;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Facts;

namespace Escala.Capture.Inbox;

/// <summary>
/// Takes a file of <see cref="ExportInbox"/> back after somebody mended it. A spreadsheet may have saved it with another delimiter, decimal mark
/// or order of dates, so its layout is found as that of any register.
/// </summary>
public static class MendInbox
{
    private const int OwnColumns = 2;

    public static Result<EnteredRows> Run(
        Store store, LedgerWriter writer, Programme programme, string path, Told told, Func<IReadOnlyList<ChangedRow>, long, OnChange> onChange, string? author, TimeProvider clock)
    {
        var stored = StoredLayout(store, path, told);
        // Rows stay what they came as: several mappings may fit the columns, and another would read other facts from them.
        var opened = RegisterFile.Open(path, programme, told with { Mapping = told.Mapping ?? stored?.Mapping });
        if (!opened.TryGet(out var file)) return Result<EnteredRows>.Refused(opened.Problems);
        using (file)
        {
            var columns = file.Layout.Columns;
            if (columns is not ["number", "problems", ..]) return Problem.Of("capture.mend.columns", ("file", file.Name));
            var layout = file.Layout with { Columns = [.. columns.Skip(OwnColumns).Select(SpreadsheetText.Restored)], Part = stored?.Part };
            if (RowReader.For(programme, layout) is { IsOk: false } unreadable) return Result<EnteredRows>.Refused(file.Named(unreadable.Problems));
            var problems = new List<Problem>();
            var offered = Read(store, file, layout, problems);
            if (problems.Count > 0) return Result<EnteredRows>.Refused(problems);
            var entering = new EnterRows(store, writer, programme, clock);
            var (some, total) = entering.Look(offered);
            return entering.Run(offered, total > 0 ? onChange(some, total) : OnChange.Stop, author, keepReasons: false);
        }
    }

    /// <summary>How the first row of the file stands in the inbox; null where the file is none of ours, which is told elsewhere. An export has rows of one layout.</summary>
    private static Layout? StoredLayout(Store store, string path, Told told)
    {
        if (!FlatFile.Of(path).TryGet(out var flat)) return null;
        using (flat)
        {
            if (!LayoutDetection.Header(flat.Open, told.Delimiter).TryGet(out var head)) return null;
            using var records = new CsvRecords(flat.Open(), (byte)head.Delimiter);
            if (!records.Read() || !records.Read() || records.Fault is not null || !long.TryParse(Encoding.UTF8.GetString(records.Fields[0]), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
            using var session = store.Open(writable: false);
            return session.Text("SELECT layout FROM inbox WHERE number = $1", number) is { } layout ? Layout.Parse(layout) : null;
        }
    }

    private static List<OfferedRow> Read(Store store, RegisterFile file, Layout layout, List<Problem> problems)
    {
        using var session = store.Open(writable: false);
        if (session.Text("SELECT MIN(batch) FROM staging") is { } unfinished) problems.Add(Problem.Of("capture.import.unfinished", ("file", unfinished.Split('#')[0])));
        var inbox = InboxTable.Read(session).ToDictionary(r => r.Number);
        var offered = new List<OfferedRow>();
        using var records = file.Records();
        records.Read();
        while (records.Read())
        {
            if (records.Fault is { } fault) problems.Add(Problem.Of("capture.row." + fault, ("line", records.Line)));
            else if (!long.TryParse(Encoding.UTF8.GetString(records.Fields[0]), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || !inbox.Remove(number, out var row))
            {
                problems.Add(Problem.Of("capture.mend.number", ("file", file.Name), ("line", records.Line)));
            }
            else if (LostZeros(row.Person, layout, records.Fields, file.PersonColumn)) problems.Add(Problem.Of("capture.mend.zeros", ("file", file.Name), ("line", records.Line), ("column", file.PersonColumn)));
            else offered.Add(new OfferedRow(row, layout, Content(records.Fields, layout), records.Line));
        }

        return [.. offered.OrderBy(o => o.Row.Number)];
    }

    /// <summary>A spreadsheet takes 00123 for a number and writes 123: another person.</summary>
    private static bool LostZeros(string? person, Layout layout, CsvRecord fields, string column)
    {
        if (person is not ['0', ..]) return false;
        if (layout.IndexOf(column) is not (>= 0 and var at)) return false;
        var now = Encoding.UTF8.GetString(fields[at + OwnColumns]);
        return now != person && now == person.TrimStart('0');
    }

    private static byte[] Content(CsvRecord fields, Layout layout) => Encoding.UTF8.GetBytes(string.Join(
        layout.Delimiter, Enumerable.Range(OwnColumns, Math.Max(layout.Columns.Count, fields.Count - OwnColumns)).Select(i => ExportInbox.Quoted(SpreadsheetText.Restored(Encoding.UTF8.GetString(fields[i])), layout.Delimiter))));
}
