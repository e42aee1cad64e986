using Escala.Capture.Inbox;
using Escala.Capture.Registers;
using Escala.Platform.Ledger;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Registry;

namespace Escala.Capture.Imports;

/// <summary>What the files of one import have in common.</summary>
/// <param name="OnChange">What becomes of rows that say otherwise than known ones.</param>
/// <param name="IsStaged">The rows are written first and counted in one go.</param>
/// <param name="Seen">Positions of the rows that the files have, where an extract says that it is complete.</param>
internal sealed record ImportRun(Store Store, LedgerWriter Writer, Programme Programme, TimeProvider Clock, ImportOptions Options, OnChange OnChange, bool IsStaged, HashSet<long>? Seen);

/// <summary>One file on its way into the ledger.</summary>
internal sealed class FileImport(ImportRun run, RegisterFile file, Classifier classifier, bool hasProblemFile)
{
    private const int RowsACommit = 2_000, StagedRowsACommit = 20_000, RowsInCompany = 250, StagedRowsInCompany = 2_000, BytesACommit = 8 << 20;

    private readonly ImportReport _report = new() { File = file.Name, Layout = file.Layout, Form = run.Programme.FormOf(file.Layout), Absent = file.Absent, Unread = file.Unread, OtherSheets = file.OtherSheets };
    private readonly Origin _origin = new()
    {
        Kind = EntryKinds.Visit,
        Class = EntryClasses.Clinical,
        Form = run.Programme.FormOf(file.Layout),
        Programme = $"{run.Programme.Id}@{run.Programme.Version}",
        Zone = run.Programme.Zone,
        Layout = file.Layout.ToString(),
        Source = run.Options.SourceOf(file.Layout),
        Batch = file.Batch,
        Author = run.Options.Author,
    };

    private readonly WaitingRows _waiting = WaitingRows.Of(() => run.Store.Open(writable: false), run.Programme, run.Options.SourceOf(file.Layout), file.Layout.Part);
    private readonly long _recordedAt = run.Clock.Microseconds();
    private readonly EntryIds _ids = new(run.Clock);
    private readonly ProblemFile _problems = new(file, run.Options.Say, hasProblemFile);
    private List<Entry> _entries = [];
    private List<int> _nodes = [];
    private List<RefusedRow> _refused = [];
    private Task _writing = Task.CompletedTask;
    private List<int> _onTheirWay = [];
    private long _behind;
    private long _bytes;
    private int _line;

    public ImportReport Run(Session session, IProgress<ImportProgress>? progress, CancellationToken stop)
    {
        using var records = file.Records();
        records.Read();
        var done = Resume(session, records);
        while (records.Read())
        {
            _report.Read++;
            Take(session, records, classifier.Classify(records));
            _line = records.Line;
            _bytes += records.Raw.Length;
            if (_entries.Count + _refused.Count < RowsTogether && _bytes < BytesACommit) continue;
            Flush();
            progress?.Report(new ImportProgress("write", file.Name, records.Offset, file.Length));
            if (!stop.IsCancellationRequested) continue;
            // What is on its way arrives before anybody is told that the import has stopped.
            Settle();
            stop.ThrowIfCancellationRequested();
        }

        _report.Read += done;
        Flush();
        Settle();
        _report.Settled = _waiting.Settled.Count;
        if (_waiting.Settled.Count > 0) run.Writer.Run(transaction => InboxTable.Remove(transaction.Session, _waiting.Settled));
        _report.ProblemFile = _problems.Close();
        return _report;
    }

    private void Take(Session session, CsvRecords records, Verdict verdict)
    {
        if (verdict is Verdict.Silent or Verdict.LeftOut)
        {
            if (verdict == Verdict.Silent) _report.Silent++;
            else _report.LeftOut++;
            return;
        }

        _waiting.Met(file.Name, records, classifier, verdict is not (Verdict.Refused or Verdict.Waiting));
        if (verdict is not (Verdict.Refused or Verdict.Waiting)) AddPerson(records);
        switch (verdict)
        {
            case Verdict.Refused when classifier.IsOfErased:
                _report.OfErased++;
                return;
            case Verdict.Refused or Verdict.Waiting:
                if (verdict == Verdict.Refused) _report.Refused++;
                else _report.Waiting++;
                if (classifier.Key is null) _report.KeysUnread++;
                var row = RefusedRow.Of(records.Line, records.Raw.ToArray(), classifier, verdict);
                _refused.Add(row);
                _problems.Add(row);
                // The extract has the row, though it cannot be read: what was known of it is not withdrawn.
                if (classifier.Node >= 0) Seen();
                return;
            case Verdict.Duplicate:
                _report.Duplicate++;
                Seen();
                return;
            case Verdict.Older:
                _report.Older++;
                Seen();
                return;
            case Verdict.Changed when run.OnChange == OnChange.Keep && !classifier.IsLater:
                _report.Kept++;
                Seen();
                return;
            case Verdict.Changed:
                _report.Corrected++;
                Seen();
                Correct(session, records);
                break;
            default:
                _report.Taken++;
                Add(records, null);
                break;
        }

        Remark();
    }

    /// <summary>What a row that is taken or corrected has besides.</summary>
    private void Remark()
    {
        if (classifier.IsQueried) _report.Queried++;
        if (classifier.IsConflicting) _report.Conflicting++;
        if (classifier.SpeltOtherwise) _report.SpeltOtherwise++;
        foreach (var flag in classifier.Row.Cleared) _report.Cleared[flag] = _report.Cleared.GetValueOrDefault(flag) + 1;
    }

    private void Seen() => run.Seen?.Add(classifier.Known[classifier.Node].Position);

    /// <summary>A correction replaces the old row; where the row was another person's, that person loses it and this one gets it, in one commit.</summary>
    private void Correct(Session session, CsvRecords records)
    {
        var replaced = Replaced(session);
        if (classifier.MovedFrom is not { } other)
        {
            Add(records, replaced);
            return;
        }

        _entries.Add(new Entry
        {
            Id = _ids.Next(),
            Origin = _origin with { Kind = EntryKinds.Withdrawal, Form = null, Layout = null },
            Subject = other,
            Facility = classifier.Facility,
            EventDay = classifier.Row.Day,
            RecordedAt = _recordedAt,
            Sequence = records.Line,
            Withdraws = replaced,
            Body = [],
        });
        _nodes.Add(-1);
        Add(records, null);
    }

    private Guid Replaced(Session session)
    {
        // A row of this command that is still on its way gets its position with the commit.
        if (classifier.Known[classifier.Node].Position == 0)
        {
            Flush();
            Settle();
        }

        using var rows = session.Query("SELECT id FROM entry WHERE position = $1", classifier.Known[classifier.Node].Position);
        return rows.Read() ? rows.Guid(0) : throw new InvalidOperationException("A known row has no entry");
    }

    private void AddPerson(CsvRecords records)
    {
        if (classifier.TakePersonSaid() is not { } body) return;
        _entries.Add(new Entry
        {
            Id = _ids.Next(),
            Origin = _origin with { Kind = EntryKinds.Person, Form = null, Layout = null },
            Subject = classifier.Person,
            Facility = classifier.Facility,
            EventDay = classifier.Row.Day,
            RecordedAt = _recordedAt,
            Sequence = records.Line,
            Body = body,
        });
        _nodes.Add(-1);
    }

    private void Add(CsvRecords records, Guid? replaces)
    {
        _entries.Add(new Entry
        {
            Id = _ids.Next(),
            Origin = _origin,
            Subject = classifier.Person,
            Facility = classifier.Facility,
            EventDay = classifier.Row.Day,
            RecordedAt = _recordedAt,
            Sequence = records.Line,
            Replaces = replaces,
            Body = records.Raw.ToArray(),
        });
        _nodes.Add(classifier.Node);
        classifier.Took();
    }

    /// <summary>The rows go to the writer while the next are read.</summary>
    private void Flush()
    {
        Settle();
        var (entries, refused, line) = (_entries, _refused, _line);
        _bytes = 0;
        (_onTheirWay, _entries, _nodes, _refused) = (_nodes, [], [], []);
        if (entries.Count == 0 && refused.Count == 0) return;
        _writing = Task.Run(() => run.Writer.Run(transaction =>
        {
            _behind = transaction.Head;
            if (!run.IsStaged)
            {
                transaction.Append(entries);
            }
            else if (entries.Count > 0)
            {
                transaction.AppendStaged(entries);
                transaction.Session.Execute(
                    "INSERT INTO staging (batch, first_position, lines_done) VALUES ($1, $2, $3) ON CONFLICT (batch) DO UPDATE SET lines_done = excluded.lines_done",
                    file.Batch, _behind + 1, line);
            }

            InboxTable.Add(transaction.Session, run.Options.SourceOf(file.Layout), file.Batch, file.Layout, refused, _recordedAt, _waiting);
        }));
    }

    /// <summary>Waits for the rows at the writer; they have positions now.</summary>
    private void Settle()
    {
        _writing.GetAwaiter().GetResult();
        foreach (var node in _onTheirWay) Written(node, ++_behind);
        _onTheirWay = [];
    }

    private void Written(int node, long position)
    {
        // A withdrawal is no row.
        if (node < 0) return;
        classifier.Known[node].Position = position;
        run.Seen?.Add(position);
    }

    /// <summary>Passes over the rows that an interrupted run of the same file already wrote, and remembers whom they were about.</summary>
    private long Resume(Session session, CsvRecords records)
    {
        if (!run.IsStaged || session.Scalar("SELECT lines_done FROM staging WHERE batch = $1", file.Batch) is not { } lines) return 0;
        var first = session.Scalar("SELECT first_position FROM staging WHERE batch = $1", file.Batch)!.Value;
        using var ledger = run.Store.Open(writable: false);
        using var written = ledger.Query(
            "SELECT e.sequence, e.subject, e.position, o.content FROM entry e JOIN origin o ON o.origin = e.origin WHERE e.position >= $1 ORDER BY e.position", first);
        var next = NextOfBatch(written);
        long done = 0;
        while (records.Line < lines && records.Read())
        {
            done++;
            var verdict = classifier.Classify(records);
            // What is in the ledger is in it, whatever would be thought of the row now: a device may have said the same since, or somebody was erased.
            if (next && written.Int(0) == records.Line)
            {
                _waiting.Met(file.Name, records, classifier, taken: true);
                Recall(verdict, written);
                next = NextOfBatch(written);
            }
            else
            {
                Take(session, records, verdict);
            }

            _line = records.Line;
        }

        return done;
    }

    private void Recall(Verdict verdict, RowCursor written)
    {
        if (verdict == Verdict.Changed) _report.Corrected++;
        else _report.Taken++;
        run.Seen?.Add(written.Int(2));
        if (verdict is not (Verdict.New or Verdict.Changed)) return;
        classifier.Recall(written.Guid(1));
        classifier.Took();
        Written(classifier.Node, written.Int(2));
        Remark();
    }

    private bool NextOfBatch(RowCursor written)
    {
        while (written.Read())
        {
            var origin = Origin.Read(written.Bytes(3));
            if (origin.Batch == file.Batch && origin.Kind == EntryKinds.Visit) return true;
        }

        return false;
    }

    /// <summary>Fewer while people at their devices wait for answers.</summary>
    private int RowsTogether => (run.IsStaged, run.Writer.HasCompany) switch { (true, false) => StagedRowsACommit, (true, true) => StagedRowsInCompany, (false, false) => RowsACommit, _ => RowsInCompany };
}
