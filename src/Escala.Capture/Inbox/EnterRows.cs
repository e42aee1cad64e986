using Escala.Capture.Imports;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Registry;

namespace Escala.Capture.Inbox;

/// <summary>A row of the inbox as it stands there, or as somebody mended it.</summary>
/// <param name="Row">The row as it waits.</param>
/// <param name="Layout">By which <paramref name="Content"/> is read.</param>
/// <param name="Content">One record.</param>
/// <param name="Line">The line to name in problems.</param>
internal sealed record OfferedRow(InboxRow Row, Layout Layout, byte[] Content, int Line);

/// <summary>What became of rows that were offered again.</summary>
public sealed record EnteredRows
{
    public long Taken { get; set; }

    public long Corrected { get; set; }

    /// <summary>Known already: they leave the inbox.</summary>
    public long Duplicate { get; set; }

    /// <summary>The known row was kept, as asked: they leave the inbox.</summary>
    public long Kept { get; set; }

    /// <summary>They stay, with the reasons that they have now.</summary>
    public IReadOnlyList<(long Number, int Line, IReadOnlyList<Problem> Problems)> Staying { get; set; } = [];
}

/// <summary>Takes rows of the inbox into the ledger, each in the place of its day that it would have had; those taken leave the inbox in the same commit.</summary>
internal sealed class EnterRows(Store store, LedgerWriter writer, Programme programme, TimeProvider clock)
{
    private readonly List<(long, int, IReadOnlyList<Problem>)> _staying = [];
    private readonly EnteredRows _report = new();
    private readonly DecodedRow _before = new(programme.Register);
    private List<Entry> _entries = [];
    private List<int> _nodes = [];
    private List<long> _leaving = [];
    private List<(long, Layout, RefusedRow)> _refused = [];

    /// <param name="rows">In the order of the inbox.</param>
    /// <param name="onChange">Of rows that would change a known one; stop leaves them where they are.</param>
    /// <param name="author">Who mended them.</param>
    /// <param name="keepReasons">Nobody touched the rows: those that stay keep what is said of them.</param>
    public EnteredRows Run(IReadOnlyList<OfferedRow> rows, OnChange onChange, string? author, bool keepReasons)
    {
        using var session = store.Open(writable: false);
        var classifier = new Classifier(session, programme, clock);
        foreach (var file in rows.GroupBy(r => (r.Layout.ToString(), r.Row.Batch, r.Row.Source)))
        {
            var layout = file.First().Layout;
            if (!classifier.Begin(layout, file.Key.Source).IsOk) continue;
            var origin = new Origin
            {
                Kind = EntryKinds.Visit,
                Class = EntryClasses.Clinical,
                Form = programme.FormOf(layout),
                Programme = $"{programme.Id}@{programme.Version}",
                Zone = programme.Zone,
                Layout = file.Key.Item1,
                Source = file.Key.Source,
                Batch = file.Key.Batch,
                Author = author,
            };
            var fields = new CsvRecord((byte)layout.Delimiter);
            foreach (var row in file) Offer(session, classifier, origin, fields, row, onChange, keepReasons);
            Commit(classifier);
        }

        _report.Staying = _staying;
        return _report;
    }

    /// <summary>Rows that would change a known one: some of them, and how many there are. Writes nothing.</summary>
    public (IReadOnlyList<ChangedRow> Some, long Total) Look(IReadOnlyList<OfferedRow> rows)
    {
        using var session = store.Open(writable: false);
        var classifier = new Classifier(session, programme, clock);
        var some = new List<ChangedRow>();
        long total = 0;
        foreach (var file in rows.GroupBy(r => (r.Layout.ToString(), r.Row.Batch, r.Row.Source)))
        {
            var layout = file.First().Layout;
            if (!classifier.Begin(layout, file.Key.Source).IsOk) continue;
            var fields = new CsvRecord((byte)layout.Delimiter);
            foreach (var row in file)
            {
                if (Classify(classifier, fields, row) == Verdict.Changed && classifier.Known[classifier.Node].Position > 0 && total++ < ChangedRows.Shown) some.Add(ChangedRows.Show(session, row.Row.File, row.Line, layout, fields, classifier));
            }
        }

        return (some, total);
    }

    private Verdict Classify(Classifier classifier, CsvRecord fields, OfferedRow row)
    {
        if (InboxRow.Split(row.Content, fields) is { } fault) return classifier.Unsplit(fault, row.Line);
        row.Row.ReadInto(programme, _before);
        return classifier.Classify(
            fields, row.Line, row.Row.Ordinal is { } ordinal ? new InboxPlace(_before.Person, _before.Facility, _before.Day, ordinal, row.Row.StoodForKnown) : null);
    }

    private void Offer(Session session, Classifier classifier, Origin origin, CsvRecord fields, OfferedRow row, OnChange onChange, bool keepReasons)
    {
        var verdict = Classify(classifier, fields, row);
        if (verdict is Verdict.Duplicate or Verdict.New || (verdict == Verdict.Changed && onChange != OnChange.Stop)) AddPerson(classifier, origin, row);
        switch (verdict)
        {
            case Verdict.Duplicate or Verdict.Older:
                _report.Duplicate++;
                _leaving.Add(row.Row.Number);
                return;
            case Verdict.Changed when onChange == OnChange.Keep:
                _report.Kept++;
                _leaving.Add(row.Row.Number);
                return;
            case Verdict.Changed when onChange == OnChange.Replace:
                _report.Corrected++;
                Correct(session, classifier, origin, row);
                return;
            case Verdict.New:
                _report.Taken++;
                Add(classifier, origin, row, null);
                return;
            default:
                Problem[] problems = verdict switch
                {
                    Verdict.Changed => [Problem.Of("capture.row.changes-known")],
                    Verdict.Silent or Verdict.LeftOut => [Problem.Of("capture.row.not-wanted")],
                    _ => [.. classifier.Problems],
                };
                _staying.Add((row.Row.Number, row.Line, problems));
                // What nothing is read from any more waits for nothing that it waited for.
                if (keepReasons && verdict is not (Verdict.Silent or Verdict.LeftOut)) return;
                var refused = RefusedRow.Of(row.Row.Line, row.Content, classifier, verdict);
                // Of a row that is left out nobody was read, and an erasure must find it all the same.
                _refused.Add((row.Row.Number, row.Layout, refused with { Problems = problems, Person = refused.Person ?? row.Row.Person }));
                return;
        }
    }

    private void Correct(Session session, Classifier classifier, Origin origin, OfferedRow row)
    {
        // A row of this command that is still on its way gets its position with the commit.
        if (classifier.Known[classifier.Node].Position == 0) Commit(classifier);
        Guid replaced;
        using (var rows = session.Query("SELECT id FROM entry WHERE position = $1", classifier.Known[classifier.Node].Position))
        {
            replaced = rows.Read() ? rows.Guid(0) : throw new InvalidOperationException("A known row has no entry");
        }

        if (classifier.MovedFrom is { } other)
        {
            _entries.Add(NewEntry(classifier, origin with { Kind = EntryKinds.Withdrawal, Form = null, Layout = null }, row) with { Subject = other, Withdraws = replaced, Body = [] });
            _nodes.Add(-1);
            Add(classifier, origin, row, null);
            return;
        }

        Add(classifier, origin, row, replaced);
    }

    private void AddPerson(Classifier classifier, Origin origin, OfferedRow row)
    {
        if (classifier.TakePersonSaid() is not { } body) return;
        _entries.Add(NewEntry(classifier, origin with { Kind = EntryKinds.Person, Form = null, Layout = null }, row) with { Body = body });
        _nodes.Add(-1);
    }

    private void Add(Classifier classifier, Origin origin, OfferedRow row, Guid? replaces)
    {
        _entries.Add(NewEntry(classifier, origin, row) with { Replaces = replaces });
        _nodes.Add(classifier.Node);
        _leaving.Add(row.Row.Number);
        classifier.Took();
    }

    private Entry NewEntry(Classifier classifier, Origin origin, OfferedRow row) => new()
    {
        Id = Guid.CreateVersion7(clock.GetUtcNow()),
        Origin = origin,
        Subject = classifier.Person,
        Facility = classifier.Facility,
        EventDay = classifier.Row.Day,
        // The place in the order of the day that it would have had.
        RecordedAt = row.Row.RecordedAt,
        Sequence = row.Row.Line,
        Body = row.Content,
    };

    private void Commit(Classifier classifier)
    {
        var (entries, nodes, leaving, refused) = (_entries, _nodes, _leaving, _refused);
        (_entries, _nodes, _leaving, _refused) = ([], [], [], []);
        if (entries.Count + leaving.Count + refused.Count == 0) return;
        long behind = 0;
        writer.Run(transaction =>
        {
            behind = transaction.Head;
            if (entries.Count > 0) transaction.Append(entries);
            InboxTable.Remove(transaction.Session, leaving);
            foreach (var (number, layout, row) in refused) InboxTable.Replace(transaction.Session, number, layout, row);
        });
        foreach (var node in nodes)
        {
            behind++;
            if (node >= 0) classifier.Known[node].Position = behind;
        }
    }
}
