using Escala.Capture.Imports;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Registry;

namespace Escala.Capture.Inbox;

/// <summary>Takes rows of counts from the inbox into the ledger; those taken leave the inbox in the same commit.</summary>
/// <param name="standing">The tallies that stand, from a session.</param>
internal sealed class EnterTallies(Store store, LedgerWriter writer, Programme programme, TimeProvider clock, Func<Session, IReadOnlyDictionary<TallyKey, StandingTally>> standing)
{
    private readonly TallyRows _reading = new(programme, clock);
    private readonly List<(OfferedRow Row, TallyRow Read)> _readable = [];
    private readonly List<(OfferedRow Row, IReadOnlyList<Problem> Problems, string? WaitsFor)> _staying = [];

    /// <summary>How a row of the inbox is read; refused where its fields cannot be told apart or its mapping is there no more.</summary>
    public static Result<(TallyReader Reader, TallyMapping Mapping, CsvRecord Fields)> ReaderOf(Programme programme, Layout layout, byte[] content, int line = 0)
    {
        if (programme.TallyOf(layout) is not { } mapping) return Problem.Of("programmes.mapping.unknown", ("mapping", layout.Mapping), ("known", string.Join(", ", programme.Tallies.Select(t => t.Name))));
        var reader = TallyReader.For(programme, mapping, layout.Columns, layout.Dates);
        if (!reader.TryGet(out var made)) return Result<(TallyReader, TallyMapping, CsvRecord)>.Refused(reader.Problems);
        var fields = new CsvRecord((byte)layout.Delimiter);
        return InboxRow.Split(content, fields) is { } fault ? Problem.Of("capture.row." + fault, ("line", line)) : (made, mapping, fields);
    }

    /// <param name="rows">In the order of the inbox. Two of them that say different counts of one step stay: nobody knows which is the later.</param>
    /// <param name="onSetBack">Asked about counts that stand with other numbers; stop leaves their rows where they are.</param>
    /// <param name="author">Who mended them.</param>
    /// <param name="keepReasons">Nobody touched the rows: those that stay keep what is said of them, but for what they wait for no more.</param>
    public EnteredRows Run(IReadOnlyList<OfferedRow> rows, Func<IReadOnlyList<SetBack>, long, OnChange> onSetBack, string? author, bool keepReasons)
    {
        foreach (var row in rows) Read(row);
        using var session = store.Open(writable: false);
        var stands = standing(session);
        LeaveContradicting();
        bool IsChange(TallyKey key, TallyCount count) => stands.TryGetValue(key, out var other) && other.Count != count;
        var changes = _readable.SelectMany(r => r.Read.Counts.Where(c => IsChange(c.Key, c.Count)).Select(c => new ChangedTally(r.Row.Line, c.Key, c.Said, c.Count, stands[c.Key]))).DistinctBy(c => c.Key).ToList();
        var decision = changes.Count == 0 ? OnChange.Stop : onSetBack([.. changes.Take(ChangedRows.Shown).Select(c => EarlierTallies.Show(session, c))], changes.Count);
        var report = new EnteredRows();
        var entries = new List<Entry>();
        var leaving = new List<long>();
        var taken = new HashSet<TallyKey>();
        foreach (var (row, read) in _readable)
        {
            var changed = read.Counts.Where(c => IsChange(c.Key, c.Count)).ToList();
            if (changed.Count > 0 && decision == OnChange.Stop)
            {
                Leave(row, Contradicts(changed[0].Said));
                continue;
            }

            var origin = TallyRows.OriginOf(programme, row.Layout, row.Row.Source, row.Row.Batch, author);
            // What somebody mended no file says.
            if (!keepReasons) origin = origin with { Batch = null };
            var fresh = read.Counts.Where(c => (!stands.ContainsKey(c.Key) || (IsChange(c.Key, c.Count) && decision == OnChange.Replace)) && taken.Add(c.Key)).ToList();
            entries.AddRange(fresh.Select(c => _reading.EntryOf(origin, c.Key.Facility, c.Said, row.Row.Line)));
            leaving.Add(row.Row.Number);
            if (changed.Count > 0 && decision == OnChange.Keep) report.Kept++;
            else if (changed.Count > 0) report.Corrected++;
            else if (fresh.Count > 0) report.Taken++;
            else report.Duplicate++;
        }

        Commit(entries, leaving, keepReasons);
        report.Staying = [.. _staying.OrderBy(s => s.Row.Row.Number).Select(s => (s.Row.Row.Number, s.Row.Line, s.Problems))];
        return report;
    }

    private static Problem Contradicts(TallySaid said) => Problem.Of("capture.tally.contradicts", ("step", said.Step), ("month", said.Window));

    private void Read(OfferedRow row)
    {
        var reader = ReaderOf(programme, row.Layout, row.Content, row.Line);
        if (!reader.TryGet(out var made))
        {
            _staying.Add((row, reader.Problems, null));
            return;
        }

        var read = _reading.Read(made.Reader, made.Mapping, made.Fields);
        if (read.Problems.Count > 0) _staying.Add((row, read.Problems, null));
        else if (read.WaitsFor is { } place) _staying.Add((row, [TallyRows.UnknownPlace(made.Mapping, place)], place));
        else if (read.Said.Count == 0) Leave(row, Problem.Of("programmes.register.empty", ("column", made.Mapping.Steps[0].Numerator)));
        else _readable.Add((row, read));
    }

    private void LeaveContradicting()
    {
        var said = _readable.SelectMany(r => r.Read.Counts).ToLookup(c => c.Key, c => c.Count);
        foreach (var (row, read) in _readable.ToList())
        {
            if (read.Counts.FirstOrDefault(c => said[c.Key].Any(other => other != c.Count)).Said is not { } unclear) continue;
            Leave(row, Contradicts(unclear));
            _readable.Remove((row, read));
        }
    }

    private void Leave(OfferedRow row, Problem problem) => _staying.Add((row, [problem], null));

    private void Commit(List<Entry> entries, List<long> leaving, bool keepReasons)
    {
        var mended = _staying.Where(s => !keepReasons || (s.Row.Row.WaitsFor is not null && s.WaitsFor is null)).ToList();
        if (entries.Count + leaving.Count + mended.Count == 0) return;
        writer.Run(transaction =>
        {
            if (entries.Count > 0) transaction.Append(entries);
            InboxTable.Remove(transaction.Session, leaving);
            foreach (var (row, problems, waits) in mended) InboxTable.Replace(transaction.Session, row.Row.Number, row.Layout, new RefusedRow(row.Row.Line, problems, row.Content, null, waits, null, false));
        });
    }
}
