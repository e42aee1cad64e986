using Escala.Capture.Inbox;
using Escala.Capture.Registers;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Registry;

namespace Escala.Capture.Imports;

public sealed record ImportOptions
{
    /// <summary>The register's name: under it a source says how complete it is, and a later extract of it withdraws. Null: <see cref="SourceOf"/> finds it.</summary>
    public string? Source { get; init; }

    /// <summary>As told; otherwise the mapping's name for files of another system, and <c>register</c> for the programme's own.</summary>
    public string SourceOf(Layout layout) => Source ?? layout.Mapping ?? "register";

    public Told Told { get; init; } = new();

    /// <summary>The files are everything that the source has between these days: rows of it that they lack are withdrawn.</summary>
    public (DateOnly From, DateOnly To)? Complete { get; init; }

    /// <summary>Asked once, before anything is written, when rows changed: some of them, and how many there are.</summary>
    public required Func<IReadOnlyList<ChangedRow>, long, OnChange> OnChange { get; init; }

    /// <summary>Asked before anything is written when a complete extract lacks known rows: how many by facility. Keep leaves them where they are.</summary>
    public Func<IReadOnlyList<(string Facility, int Rows)>, OnChange> OnWithdraw { get; init; } = _ => Imports.OnChange.Replace;

    /// <summary>Asked before anything of a file of counts is written that would set some back: some of them, and how many there are.</summary>
    public Func<IReadOnlyList<SetBack>, long, OnChange> OnSetBack { get; init; } = (_, _) => Imports.OnChange.Stop;

    /// <summary>Rows with a number of somebody who was erased are taken, as somebody new.</summary>
    public bool TakeErased { get; init; }

    public string? Author { get; init; }

    /// <summary>The sentence of a problem, in the reader's language, for the file of rows that were not taken.</summary>
    public Func<Problem, string> Say { get; init; } = problem => problem.ToString();
}

/// <param name="Stage">read, write or count.</param>
public sealed record ImportProgress(string Stage, string File, long Done, long Of);

/// <summary>
/// Takes register files into the ledger. A small file is counted as it is written, a few thousand rows a commit; a large one is written
/// first and counted in one go (<paramref name="count"/>), because counting in the order of a register would touch every person many times.
/// </summary>
public sealed class Importer(Store store, LedgerWriter writer, Programme programme, TimeProvider clock, Func<IReadOnlyCollection<string>, IProgress<ImportProgress>?, Problem?> count)
{
    private const int RowsACommit = 2_000, StagedRowsACommit = 20_000, RowsInCompany = 250, StagedRowsInCompany = 2_000, LargeFrom = 100_000, TypicalRowBytes = 80, BytesACommit = 8 << 20;

    public Result<IReadOnlyList<ImportReport>> Import(IReadOnlyList<string> paths, ImportOptions options, IProgress<ImportProgress>? progress, CancellationToken stop)
    {
        var opened = RegisterFile.OpenAll(paths, programme, options.Told);
        if (!opened.TryGet(out var files)) return Result<IReadOnlyList<ImportReport>>.Refused(opened.Problems);
        try
        {
            return Import(files, options, progress, stop);
        }
        finally
        {
            foreach (var file in files) file.Dispose();
        }
    }

    private Result<IReadOnlyList<ImportReport>> Import(List<RegisterFile> files, ImportOptions options, IProgress<ImportProgress>? progress, CancellationToken stop)
    {
        using var session = store.Open(writable: false);
        var onChange = OnChange.Replace;
        var ready = Look(session, files, options, progress, stop);
        if (!ready.TryGet(out var changes)) return Result<IReadOnlyList<ImportReport>>.Refused(ready.Problems);
        if (changes.Total > 0)
        {
            onChange = options.OnChange(changes.Some, changes.Total);
            if (onChange == OnChange.Stop) return Problem.Of("capture.import.changes", ("rows", changes.Total), ("file", changes.Some[0].File), ("line", changes.Some[0].Line));
        }

        var onWithdraw = changes.Gone.Count > 0 ? options.OnWithdraw(changes.Gone) : OnChange.Replace;
        if (onWithdraw == OnChange.Stop) return Problem.Of("capture.import.withdrawals", ("rows", changes.Gone.Sum(g => g.Rows)), ("facilities", string.Join(", ", changes.Gone.Select(g => g.Facility))));
        var unfinished = Unfinished(session);
        if (unfinished.Except(files.Select(f => f.Batch)).FirstOrDefault() is { } other) return Problem.Of("capture.import.unfinished", ("file", other.Split('#')[0]));
        var expected = files.Sum(f => f.Length) / TypicalRowBytes;
        var staged = unfinished.Count > 0 || (expected >= LargeFrom && expected * 2 >= writer.Head);
        var seen = options.Complete is null ? null : new HashSet<long>();
        var (reports, facilities) = Write(session, files, options, onChange, staged, seen, progress, stop);
        if (staged && Unfinished(session).Count > 0 && count([.. files.Select(f => f.Batch)], progress) is { } problem) return problem;
        reports[^1].StillWaiting = files.Select(f => options.SourceOf(f.Layout)).Distinct().Sum(s => InboxTable.CountOf(session, s));
        if (options.Complete is { } range) Complete(files, options, facilities, range, seen!, onWithdraw == OnChange.Keep, reports);
        return reports;
    }

    /// <summary>The rows of all files, and the facilities that they name. What is known of every row, gigabytes of a nation's, is given back with the method.</summary>
    private (List<ImportReport> Reports, IReadOnlyCollection<string> Facilities) Write(
        Session session, List<RegisterFile> files, ImportOptions options, OnChange onChange, bool staged, HashSet<long>? seen, IProgress<ImportProgress>? progress, CancellationToken stop)
    {
        var classifier = new Classifier(session, programme, clock, options.TakeErased);
        var reports = new List<ImportReport>();
        foreach (var file in files)
        {
            classifier.Begin(file.Layout, options.SourceOf(file.Layout));
            reports.Add(new FileImport(this, file, classifier, options, onChange, staged, seen, reports.Any(r => r.ProblemFile == file.ProblemPath && r.File == file.Name)).Run(session, progress, stop));
        }

        return (reports, classifier.FacilitiesNamed);
    }

    /// <summary>Batches whose rows are in the ledger and not counted. People whom only they name are unknown until then, so nothing else goes in.</summary>
    private static List<string> Unfinished(Session session)
    {
        var batches = new List<string>();
        using var rows = session.Query("SELECT batch FROM staging ORDER BY batch");
        while (rows.Read()) batches.Add(rows.Text(0));
        return batches;
    }

    /// <summary>Looks through the files for rows that would change known ones; refuses files that cannot be read at all.</summary>
    private Result<(List<ChangedRow> Some, long Total, List<(string Facility, int Rows)> Gone)> Look(Session session, List<RegisterFile> files, ImportOptions options, IProgress<ImportProgress>? progress, CancellationToken stop)
    {
        var classifier = new Classifier(session, programme, clock, options.TakeErased);
        var problems = files.SelectMany(f => f.Named(classifier.Begin(f.Layout, options.SourceOf(f.Layout)).Problems)).ToList();
        if (problems.Count > 0) return Result<(List<ChangedRow>, long, List<(string, int)>)>.Refused(problems);
        if (!classifier.StoreHasRows && files.Count == 1) return ([], 0, []);
        classifier = new Classifier(session, programme, clock, options.TakeErased);
        var seen = new HashSet<long>();
        var unread = false;
        var some = new List<ChangedRow>();
        long total = 0;
        foreach (var file in files)
        {
            classifier.Begin(file.Layout, options.SourceOf(file.Layout));
            using var records = file.Records();
            records.Read();
            for (var row = 0L; records.Read(); row++)
            {
                var verdict = classifier.Classify(records);
                if (verdict != Verdict.New && classifier.Node >= 0) seen.Add(classifier.Known[classifier.Node].Position);
                unread |= verdict is Verdict.Refused or Verdict.Waiting && classifier.Key is null && !classifier.IsOfErased;
                if (verdict == Verdict.Changed && !classifier.IsLater && total++ < ChangedRows.Shown) some.Add(ChangedRows.Show(session, file.Name, records.Line, file.Layout, records.Fields, classifier));
                if (row % 10_000 != 0) continue;
                progress?.Report(new ImportProgress("read", file.Name, records.Offset, file.Length));
                stop.ThrowIfCancellationRequested();
            }
        }

        if (options.Complete is not { } range || unread) return (some, total, []);
        var gone = Withdrawals.Find(session, programme, options.SourceOf(files[^1].Layout), classifier.FacilitiesNamed, range, seen);
        return (some, total, [.. gone.GroupBy(g => g.Facility).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => (g.Key, g.Count()))]);
    }

    /// <summary>What a complete extract says besides its rows: up to which day, and which rows it lacks.</summary>
    private void Complete(List<RegisterFile> files, ImportOptions options, IReadOnlyCollection<string> facilities, (DateOnly From, DateOnly To) range, HashSet<long> seen, bool keep, List<ImportReport> reports)
    {
        var origin = new Origin { Kind = EntryKinds.Withdrawal, Class = EntryClasses.Clinical, Source = options.SourceOf(files[^1].Layout), Batch = files[^1].Batch, Author = options.Author };
        // A row whose key could not be read may be one that the store knows: while there is any, nothing is gone.
        reports[^1].NothingWithdrawn = reports.Any(r => r.KeysUnread > 0);
        // Nor are the days complete while rows of theirs are refused or wait.
        reports[^1].NotComplete = reports.Any(r => r.Refused + r.Waiting > 0);

        using var session = store.Open(writable: false);
        var gone = reports[^1].NothingWithdrawn ? [] : Withdrawals.Find(session, programme, options.SourceOf(files[^1].Layout), facilities, range, seen);
        reports[^1].CompleteOf = [.. facilities.Order(StringComparer.Ordinal)];
        if (keep) (reports[^1].NotWithdrawn, gone) = (gone.Count, []);
        foreach (var some in gone.Chunk(RowsACommit))
        {
            writer.Run(transaction => transaction.Append([.. some.Select(g => NewEntry(origin, g.Person, range.To.DayNumber, []) with { Facility = g.Facility, Withdraws = g.Entry })]));
        }

        reports[^1].Withdrawn = gone.Count;
        if (reports[^1].NotComplete || reports[^1].NotWithdrawn > 0) return;
        var declared = origin with { Kind = EntryKinds.Declaration, Class = EntryClasses.Delivery };
        writer.Run(transaction => transaction.Append([.. facilities.Order(StringComparer.Ordinal).Select(f => NewEntry(
            declared, null, range.To.DayNumber,
            System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new DeclarationBody(options.SourceOf(files[^1].Layout), f, range.From, range.To), BodiesJson.Default.DeclarationBody)) with { Facility = f })]));
    }

    private Entry NewEntry(Origin origin, Guid? subject, int day, byte[] body) => new()
    {
        Id = Guid.CreateVersion7(clock.GetUtcNow()),
        Origin = origin,
        Subject = subject,
        EventDay = day,
        RecordedAt = clock.Microseconds(),
        Body = body,
    };

    /// <summary>One file on its way into the ledger.</summary>
    private sealed class FileImport(Importer importer, RegisterFile file, Classifier classifier, ImportOptions options, OnChange onChange, bool staged, HashSet<long>? seen, bool hasProblemFile)
    {
        private readonly ImportReport _report = new() { File = file.Name, Layout = file.Layout, Form = importer.FormOf(file.Layout), Absent = file.Absent, Unread = file.Unread, OtherSheets = file.OtherSheets };
        private readonly Origin _origin = new()
        {
            Kind = EntryKinds.Visit,
            Class = EntryClasses.Clinical,
            Form = importer.FormOf(file.Layout),
            Programme = importer.ProgrammeName,
            Zone = importer.ProgrammeZone,
            Layout = file.Layout.ToString(),
            Source = options.SourceOf(file.Layout),
            Batch = file.Batch,
            Author = options.Author,
        };

        private readonly WaitingRows _waiting = WaitingRows.Of(importer.OpenStore, importer.Programme, options.SourceOf(file.Layout), file.Layout.Part);
        private readonly long _recordedAt = importer.Now;
        private readonly EntryIds _ids = new(importer.Clock);
        private readonly ProblemFile _problems = new(file, options.Say, hasProblemFile);
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
                if (_entries.Count + _refused.Count < importer.RowsTogether(staged) && _bytes < BytesACommit) continue;
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
            if (_waiting.Settled.Count > 0) importer.Writer.Run(transaction => InboxTable.Remove(transaction.Session, _waiting.Settled));
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
                case Verdict.Changed when onChange == OnChange.Keep && !classifier.IsLater:
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

        private void Seen() => seen?.Add(classifier.Known[classifier.Node].Position);

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
            _writing = Task.Run(() => importer.Writer.Run(transaction =>
            {
                _behind = transaction.Head;
                if (!staged)
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

                InboxTable.Add(transaction.Session, options.SourceOf(file.Layout), file.Batch, file.Layout, refused, _recordedAt, _waiting);
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
            seen?.Add(position);
        }

        /// <summary>Passes over the rows that an interrupted run of the same file already wrote, and remembers whom they were about.</summary>
        private long Resume(Session session, CsvRecords records)
        {
            if (!staged || session.Scalar("SELECT lines_done FROM staging WHERE batch = $1", file.Batch) is not { } lines) return 0;
            var first = session.Scalar("SELECT first_position FROM staging WHERE batch = $1", file.Batch)!.Value;
            using var ledger = importer.OpenStore();
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
            seen?.Add(written.Int(2));
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
    }

    /// <summary>Fewer while people at their devices wait for answers.</summary>
    private int RowsTogether(bool staged) => (staged, writer.HasCompany) switch { (true, false) => StagedRowsACommit, (true, true) => StagedRowsInCompany, (false, false) => RowsACommit, _ => RowsInCompany };

    private Session OpenStore() => store.Open(writable: false);

    private Programme Programme => programme;

    private string FormOf(Layout layout) => programme.FormOf(layout);

    private string ProgrammeName => $"{programme.Id}@{programme.Version}";

    private string ProgrammeZone => programme.Zone;

    private long Now => clock.Microseconds();

    private TimeProvider Clock => clock;

    private LedgerWriter Writer => writer;
}
