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
            return Read(path, records, made, mapping, origin, layout, options, stop);
        }
    }

    private Result<TallyReport> Read(string path, CsvRecords records, TallyReader reader, TallyMapping mapping, Origin origin, Layout layout, ImportOptions options, CancellationToken stop)
    {
        var report = new TallyReport { File = Path.GetFileName(path), Form = origin.Form! };
        using var session = store.Open(writable: false);
        var known = standing(session);
        var inFile = new Dictionary<(bool IsKnown, TallyKey Key), (int Line, TallyCount Count)>();
        var offered = new List<(TallyKey Key, TallySaid Said, int Line)>();
        var changes = new List<ChangedTally>();
        var refused = new List<RefusedRow>();
        var settled = new Dictionary<int, (string Facility, Window Window, string? Step)>();
        records.Read();
        while (records.Read())
        {
            stop.ThrowIfCancellationRequested();
            report.Read++;
            var row = records.Fault is { } fault ? new TallyRow(null, [], [Problem.Of("capture.row." + fault, ("line", records.Line))], null) : _rows.Read(reader, mapping, records.Fields);
            var problems = row.Problems;
            var counts = problems.Count == 0 ? row.Counts.ToList() : [];
            bool IsKnown() => row.Facility is not null;
            problems.AddRange(counts.Where(c => inFile.TryGetValue((IsKnown(), c.Key), out var other) && other.Count != c.Count).Select(c => Problem.Of("capture.tally.twice", ("step", c.Said.Step), ("otherLine", inFile[(IsKnown(), c.Key)].Line))));
            var waits = problems.Count == 0 ? row.WaitsFor : null;
            if (waits is not null) problems.Add(TallyRows.UnknownPlace(mapping, waits));
            if (problems.Count == 0 || waits is not null)
            {
                foreach (var (key, said, count) in counts)
                {
                    var isAgain = !inFile.TryAdd((IsKnown(), key), (records.Line, count));
                    if (waits is not null) continue;
                    if (report.First.Count < Shown) report.First.Add((records.Line, row.Facility!, said));
                    if (isAgain || (known.TryGetValue(key, out var stands) && stands.Count == count)) report.Same++;
                    else
                    {
                        offered.Add((key, said, records.Line));
                        if (known.TryGetValue(key, out stands)) changes.Add(new ChangedTally(records.Line, key, said, count, stands));
                    }
                }
            }

            if (problems.Count == 0)
            {
                if (row.Facility is { } at && reader.About(records.Fields) is { } about) settled[records.Line] = about with { Facility = at };
                continue;
            }

            if (waits is null) report.Refused++;
            else report.Waiting++;
            foreach (var problem in problems) report.Reasons[Reason(problem)] = report.Reasons.TryGetValue(Reason(problem), out var before) ? before with { Rows = before.Rows + 1 } : (problem, 1, records.Line);
            refused.Add(new RefusedRow(records.Line, problems, records.Raw.ToArray(), null, waits, null, false));
        }

        (report.Taken, report.Corrected) = (offered.Count - changes.Count, changes.Count);
        var back = EarlierTallies.Find(session, programme, changes);
        if (back.Count > 0 && Decide(back, offered, report, options) is { } stopped) return stopped;
        Enter(offered, refused, settled, origin, layout, report.File);
        return report;
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
