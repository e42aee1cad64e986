using Escala.Capture.Inbox;
using Escala.Capture.Registers;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Registry;

namespace Escala.Capture.Imports;

/// <summary>
/// Takes register files into the ledger. A small file is counted as it is written, a few thousand rows a commit; a large one is written
/// first and counted in one go (<paramref name="count"/>), because counting in the order of a register would touch every person many times.
/// </summary>
public sealed class Importer(Store store, LedgerWriter writer, Programme programme, TimeProvider clock, Func<IReadOnlyCollection<string>, IProgress<ImportProgress>?, Problem?> count)
{
    private const int WithdrawalsACommit = 2_000, LargeFrom = 100_000, TypicalRowBytes = 80;

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
        var run = new ImportRun(store, writer, programme, clock, options, onChange, staged, options.Complete is null ? null : []);
        var (reports, facilities) = Write(session, files, run, progress, stop);
        if (staged && Unfinished(session).Count > 0 && count([.. files.Select(f => f.Batch)], progress) is { } problem) return problem;
        reports[^1].StillWaiting = files.Select(f => options.SourceOf(f.Layout)).Distinct().Sum(s => InboxTable.CountOf(session, s));
        if (options.Complete is { } range) Complete(files, options, facilities, range, run.Seen!, onWithdraw == OnChange.Keep, reports);
        return reports;
    }

    /// <summary>The rows of all files, and the facilities that they name. What is known of every row, gigabytes of a nation's, is given back with the method.</summary>
    private (List<ImportReport> Reports, IReadOnlyCollection<string> Facilities) Write(Session session, List<RegisterFile> files, ImportRun run, IProgress<ImportProgress>? progress, CancellationToken stop)
    {
        var classifier = new Classifier(session, programme, clock, run.Options.TakeErased);
        var reports = new List<ImportReport>();
        foreach (var file in files)
        {
            classifier.Begin(file.Layout, run.Options.SourceOf(file.Layout));
            reports.Add(new FileImport(run, file, classifier, reports.Any(r => r.ProblemFile == file.ProblemPath && r.File == file.Name)).Run(session, progress, stop));
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
        foreach (var some in gone.Chunk(WithdrawalsACommit))
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
}
