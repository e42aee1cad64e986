using System.Globalization;
using System.Text;
using Escala.Capture.Imports;
using Escala.Capture.Registers;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Registry;

namespace Escala.Capture.Inbox;

/// <summary>
/// Takes a file of <see cref="ExportInbox"/> back after somebody mended it. A spreadsheet may have saved it with another delimiter, decimal mark
/// or order of dates, so its layout is found as that of any register.
/// </summary>
public static class MendInbox
{
    private const int OwnColumns = 2;

    /// <param name="options">What is told of the file's layout, who mended it, and what is asked.</param>
    /// <param name="standing">The tallies that stand, from a session.</param>
    public static Result<EnteredRows> Run(
        Store store, LedgerWriter writer, Programme programme, string path, ImportOptions options, TimeProvider clock, Func<Session, IReadOnlyDictionary<TallyKey, StandingTally>> standing)
    {
        var told = options.Told;
        var stored = StoredLayout(store, path, told);
        if (stored is not null && programme.TallyOf(stored) is not null) return RunCounts(store, programme, path, stored, options, new EnterTallies(store, writer, programme, clock, standing));
        // Rows stay what they came as: several mappings may fit the columns, and another would read other facts from them.
        var opened = RegisterFile.Open(path, programme, told with { Mapping = told.Mapping ?? stored?.Mapping });
        if (!opened.TryGet(out var file)) return Result<EnteredRows>.Refused(opened.Problems);
        using (file)
        {
            var own = LayoutOf(file.Layout with { Part = stored?.Part }, file.Name);
            if (!own.TryGet(out var layout)) return Result<EnteredRows>.Refused(own.Problems);
            if (RowReader.For(programme, layout) is { IsOk: false } unreadable) return Result<EnteredRows>.Refused(file.Named(unreadable.Problems));
            using var records = file.Records();
            var read = Read(store, file.Name, records, layout, file.PersonColumn);
            if (!read.TryGet(out var offered)) return Result<EnteredRows>.Refused(read.Problems);
            var entering = new EnterRows(store, writer, programme, clock);
            var (some, total) = entering.Look(offered);
            return entering.Run(offered, total > 0 ? options.OnChange(some, total) : OnChange.Stop, options.Author, keepReasons: false);
        }
    }

    private static Result<EnteredRows> RunCounts(Store store, Programme programme, string path, Layout stored, ImportOptions options, EnterTallies entering)
    {
        var opened = FlatFile.Of(path, TablePlace.First);
        if (!opened.TryGet(out var flat)) return Result<EnteredRows>.Refused(RegisterFile.InFile(opened.Problems, path));
        using (flat)
        {
            var header = LayoutDetection.Header(flat.Open, options.Told.Delimiter);
            if (!header.TryGet(out var head)) return Result<EnteredRows>.Refused(RegisterFile.InFile(header.Problems, path));
            var own = LayoutOf(stored with { Delimiter = head.Delimiter, Dates = options.Told.Dates ?? stored.Dates, Columns = head.Columns }, Path.GetFileName(path));
            if (!own.TryGet(out var layout)) return Result<EnteredRows>.Refused(own.Problems);
            if (TallyReader.For(programme, programme.TallyOf(layout)!, layout.Columns, layout.Dates) is { IsOk: false } unreadable) return Result<EnteredRows>.Refused(RegisterFile.InFile(unreadable.Problems, path));
            using var records = new CsvRecords(flat.Open(), (byte)head.Delimiter);
            var read = Read(store, Path.GetFileName(path), records, layout, personColumn: null);
            return read.TryGet(out var offered) ? entering.Run(offered, options.OnSetBack, options.Author, keepReasons: false) : Result<EnteredRows>.Refused(read.Problems);
        }
    }

    /// <summary>The rows' own layout, without the columns that an export puts before them.</summary>
    private static Result<Layout> LayoutOf(Layout file, string name) =>
        file.Columns is ["number", "problems", ..] ? file with { Columns = [.. file.Columns.Skip(OwnColumns).Select(SpreadsheetText.Restored)] } : Problem.Of("capture.mend.columns", ("file", name));

    /// <summary>How the first row of the file that still waits stands in the inbox; null where none does, which is told elsewhere. An export has rows of one layout.</summary>
    private static Layout? StoredLayout(Store store, string path, Told told)
    {
        if (!FlatFile.Of(path, TablePlace.First).TryGet(out var flat)) return null;
        using (flat)
        {
            if (!LayoutDetection.Header(flat.Open, told.Delimiter).TryGet(out var head)) return null;
            using var records = new CsvRecords(flat.Open(), (byte)head.Delimiter);
            using var session = store.Open(writable: false);
            records.Read();
            while (records.Read() && records.Fault is null && long.TryParse(Encoding.UTF8.GetString(records.Fields[0]), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                if (session.Text("SELECT layout FROM inbox WHERE number = $1", number) is { } layout) return Layout.Parse(layout);
            }

            return null;
        }
    }

    private static Result<List<OfferedRow>> Read(Store store, string file, CsvRecords records, Layout layout, string? personColumn)
    {
        using var session = store.Open(writable: false);
        var problems = new List<Problem>();
        if (session.Text("SELECT MIN(batch) FROM staging") is { } unfinished) problems.Add(Problem.Of("capture.import.unfinished", ("file", unfinished.Split('#')[0])));
        var inbox = InboxTable.Read(session).ToDictionary(r => r.Number);
        var offered = new List<OfferedRow>();
        records.Read();
        while (records.Read())
        {
            if (records.Fault is { } fault) problems.Add(Problem.Of("capture.row." + fault, ("line", records.Line)));
            else if (!long.TryParse(Encoding.UTF8.GetString(records.Fields[0]), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || !inbox.Remove(number, out var row))
            {
                problems.Add(Problem.Of("capture.mend.number", ("file", file), ("line", records.Line)));
            }
            else if (personColumn is not null && LostZeros(row.Person, layout, records.Fields, personColumn)) problems.Add(Problem.Of("capture.mend.zeros", ("file", file), ("line", records.Line), ("column", personColumn)));
            else offered.Add(new OfferedRow(row, layout, Content(records.Fields, layout), records.Line));
        }

        return problems.Count > 0 ? Result<List<OfferedRow>>.Refused(problems) : offered.OrderBy(o => o.Row.Number).ToList();
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
