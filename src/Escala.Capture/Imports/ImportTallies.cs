using Escala.Capture.Inbox;
using Escala.Capture.Registers;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Registry;

namespace Escala.Capture.Imports;

/// <summary>
/// Takes counts of facilities from a file into the ledger, as a tablet enters them: of a facility, window and step the last said stands, beside rows and
/// never among them. What is refused is kept in the inbox.
/// </summary>
/// <param name="standing">The tallies that stand, from a session.</param>
public sealed class ImportTallies(Store store, LedgerWriter? writer, Programme programme, TimeProvider clock, Func<Session, IReadOnlyDictionary<TallyKey, StandingTally>> standing)
{
    private const int Shown = 5;

    private readonly TallyRows _rows = new(programme, clock);

    /// <summary>The mapping of counts that a file is read by; null for a file of rows.</summary>
    public static TallyMapping? MappingOf(string path, Programme programme, Told told) =>
        programme.Tallies.Count > 0 && FileHead.Of(path, told.Delimiter).TryGet(out var head) ? head.TalliesOf(programme, told) : null;

    /// <summary>Reads a file and, where there is a writer, enters what it says: all of it and what is refused of it in one commit.</summary>
    public Result<TallyReport> Run(string path, TallyMapping mapping, ImportOptions options, CancellationToken stop)
    {
        var read = FileHead.Of(path, options.Told.Delimiter);
        if (!read.TryGet(out var rows)) return Result<TallyReport>.Refused(RegisterFile.InFile(read.Problems, path));
        var opened = FlatFile.Of(path, rows.PlaceOf(mapping.Recognised, mapping.Sheet, mapping.Header));
        if (!opened.TryGet(out var flat)) return Result<TallyReport>.Refused(RegisterFile.InFile(opened.Problems, path));
        using (flat)
        {
            var header = LayoutDetection.Header(flat.Open, options.Told.Delimiter);
            if (!header.TryGet(out var head)) return Result<TallyReport>.Refused(RegisterFile.InFile(header.Problems, path));
            var layout = new Layout(head.Delimiter, '.', options.Told.Dates ?? DateOrder.Iso, head.Columns) { Mapping = mapping.Name };
            var reader = TallyReader.For(programme, mapping, head.Columns, layout.Dates);
            if (!reader.TryGet(out var made)) return Result<TallyReport>.Refused(RegisterFile.InFile(reader.Problems, path));
            using var records = new CsvRecords(flat.Open(), (byte)head.Delimiter);
            var origin = TallyRows.OriginOf(programme, layout, options.SourceOf(layout), $"{Path.GetFileName(path)}#{HashOf(path)}", options.Author);
            return Read(path, flat.OtherSheets, records, made, mapping, origin, layout, options, stop);
        }
    }

    private Result<TallyReport> Read(string path, IReadOnlyList<string> otherSheets, CsvRecords records, TallyReader reader, TallyMapping mapping, Origin origin, Layout layout, ImportOptions options, CancellationToken stop)
    {
        var report = new TallyReport { File = Path.GetFileName(path), Form = origin.Form!, OtherSheets = otherSheets };
        using var session = store.Open(writable: false);
        var known = standing(session);
        var seen = new HashSet<TallyKey>();
        var offered = new List<(TallyKey Key, TallySaid Said, int Line)>();
        var changes = new List<ChangedTally>();
        var refused = new List<RefusedRow>();
        var settled = new Dictionary<int, (string Facility, Window Window, string? Step)>();
        var rows = RowsOf(records, reader, mapping, stop);
        var said = rows.Where(r => r.Read.Problems.Count == 0).SelectMany(r => r.Read.Counts.Select(c => (Key: (r.Read.Facility is not null, c.Key), Is: (r.Line, c.Count)))).ToLookup(r => r.Key, r => r.Is);
        foreach (var (line, raw, row, about) in rows)
        {
            report.Read++;
            var problems = row.Problems;
            // Of two that differ nobody knows which is right: neither is taken.
            var counts = problems.Count == 0 ? row.Counts.ToList() : [];
            problems.AddRange(counts.SelectMany(c => said[(row.Facility is not null, c.Key)].Where(o => o.Count != c.Count).Take(1).Select(o => Problem.Of("capture.tally.twice", ("step", c.Said.Step), ("otherLine", o.Line)))));
            var waits = problems.Count == 0 ? row.WaitsFor : null;
            if (waits is not null) problems.Add(TallyRows.UnknownPlace(mapping, waits));
            if (problems.Count == 0)
            {
                foreach (var (key, count, number) in counts)
                {
                    if (report.First.Count < Shown) report.First.Add((line, row.Facility!, count));
                    if (!seen.Add(key) || (known.TryGetValue(key, out var stands) && stands.Count == number)) report.Same++;
                    else
                    {
                        offered.Add((key, count, line));
                        if (known.TryGetValue(key, out stands)) changes.Add(new ChangedTally(line, key, count, number, stands));
                    }
                }

                if (row.Facility is { } at && about is { } of) settled[line] = of with { Facility = at };
                continue;
            }

            if (waits is null) report.Refused++;
            else report.Waiting++;
            foreach (var problem in problems) report.Reasons[Reason(problem)] = report.Reasons.TryGetValue(Reason(problem), out var before) ? before with { Rows = before.Rows + 1 } : (problem, 1, line);
            refused.Add(new RefusedRow(line, problems, raw, null, waits, null, false));
        }

        (report.Taken, report.Corrected) = (offered.Count - changes.Count, changes.Count);
        var back = EarlierTallies.Find(session, programme, changes);
        if (back.Count > 0 && Decide(back, offered, report, options) is { } stopped) return stopped;
        Enter(offered, refused, settled, origin, layout, report.File);
        return report;
    }

    private List<(int Line, byte[] Raw, TallyRow Read, (string Facility, Window Window, string? Step)? About)> RowsOf(CsvRecords records, TallyReader reader, TallyMapping mapping, CancellationToken stop)
    {
        var rows = new List<(int, byte[], TallyRow, (string, Window, string?)?)>();
        records.Read();
        while (records.Read())
        {
            stop.ThrowIfCancellationRequested();
            var row = records.Fault is { } fault ? new TallyRow(null, [], [Problem.Of("capture.row." + fault, ("line", records.Line))], null) : _rows.Read(reader, mapping, records.Fields);
            rows.Add((records.Line, records.Raw.ToArray(), row, records.Fault is null ? reader.About(records.Fields) : null));
        }

        return rows;
    }

    private static string Reason(Problem problem) => problem.Code + "|" + problem.Details.GetValueOrDefault("column") + "|" + problem.Details.GetValueOrDefault("place");

    /// <summary>Asks about counts that would be set back; those that are to be kept are offered no more.</summary>
    private Problem? Decide(List<SetBack> back, List<(TallyKey Key, TallySaid Said, int Line)> offered, TallyReport report, ImportOptions options)
    {
        if (writer is null)
        {
            (report.SetBack, report.Corrected) = (back.Count, report.Corrected - back.Count);
            return null;
        }

        var decision = options.OnSetBack([.. back.Take(ChangedRows.Shown)], back.Count);
        if (decision == OnChange.Stop) return Problem.Of("capture.tally.set-back", ("n", back.Count), ("file", report.File), ("line", back[0].Line));
        if (decision == OnChange.Replace) return null;
        (report.Kept, report.Corrected) = (back.Count, report.Corrected - back.Count);
        var kept = back.Select(b => new TallyKey(b.Facility, b.Window.Number, b.Step)).ToHashSet();
        offered.RemoveAll(o => kept.Contains(o.Key));
        return null;
    }

    private void Enter(List<(TallyKey Key, TallySaid Said, int Line)> offered, List<RefusedRow> refused, Dictionary<int, (string Facility, Window Window, string? Step)> settled, Origin origin, Layout layout, string file)
    {
        if (writer is null) return;
        var entries = offered.Select(o => _rows.EntryOf(origin, o.Key.Facility, o.Said, o.Line)).ToList();
        var waiting = WaitingRows.Of(() => store.Open(writable: false), programme, origin.Source!);
        writer.Run(transaction =>
        {
            if (entries.Count > 0) transaction.Append(entries);
            // A row of the inbox is settled when the same line of a file of its name can be read now and is about the same: files of each month may have one name.
            var done = InboxTable.Read(transaction.Session).Where(r => r.Source == origin.Source && r.File == file && settled.TryGetValue(r.Line, out var now) && AboutOf(r) == now).Select(r => r.Number);
            InboxTable.Remove(transaction.Session, done);
            InboxTable.Add(transaction.Session, origin.Source!, origin.Batch!, layout, refused, clock.Microseconds(), waiting);
        });
    }

    /// <summary>Place, window and step of a row of the inbox; null where they cannot be read or the place is not known.</summary>
    private (string Facility, Window Window, string? Step)? AboutOf(InboxRow row) =>
        Layout.Parse(row.Layout) is { } layout && EnterTallies.ReaderOf(programme, layout, row.Content).TryGet(out var read) && read.Reader.About(read.Fields) is { } about && _rows.PlaceOf(read.Mapping, about.Facility) is { } facility
            ? about with { Facility = facility } : null;

    private static string HashOf(string path)
    {
        using var bytes = FlatFile.OpenBytes(path);
        return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes))[..16];
    }
}
