using System.Collections.Concurrent;
using Escala.Platform.Problems;
using Escala.Platform.Storage;

namespace Escala.Platform.Ledger;

/// <summary>
/// What later chapters derive from entries. <see cref="Apply"/> runs in the ledger's own transaction; <see cref="Load"/> forgets everything
/// remembered, after opening and after a transaction that failed. <see cref="Examine"/> may refuse an entry before it is written; <see cref="Foresee"/>
/// hears first which entries will be examined, to ask the store once for all.
/// </summary>
public sealed record Derivation(Action<Session> Load, Action<Session, IReadOnlyList<Entry>> Foresee, Func<Session, Entry, Problem?> Examine, Action<Session, IReadOnlyList<LedgerEntry>> Apply)
{
    public static Derivation Nothing { get; } = new(_ => { }, (_, _) => { }, (_, _) => null, (_, _) => { });
}

/// <summary>
/// The one writer of a store: a thread of its own takes what waits, commits it together and answers only then. Entries that wait while the
/// disk works share the next commit.
/// </summary>
public sealed class LedgerWriter : IDisposable
{
    private const int LargestGroup = 2000, CompanyMilliseconds = 10_000;

    private readonly Lease _lease;
    private readonly Derivation _derivation;
    private readonly TimeProvider _clock;
    private readonly LedgerTables _tables = new();
    private readonly BlockingCollection<Request> _entries = new(boundedCapacity: 100_000);
    private readonly BlockingCollection<Request> _works = new(boundedCapacity: 100_000);
    private readonly Thread _thread;
    private long _lastEntries = -CompanyMilliseconds;
    private bool _mustReload = true;
    private bool _mustReopen;

    public LedgerWriter(Lease lease, Derivation derivation, TimeProvider clock)
    {
        (_lease, _derivation, _clock) = (lease, derivation, clock);
        Reload();
        _thread = new Thread(Work) { Name = "ledger writer", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Entries came within the last seconds: whoever writes much at once does it in short stretches meanwhile.</summary>
    public bool HasCompany => Environment.TickCount64 - Volatile.Read(ref _lastEntries) < CompanyMilliseconds;

    /// <summary>Position of the last entry that is committed.</summary>
    public long Head { get; private set; }

    /// <summary>Durable and derived when the task completes. A store that fails faults the task: then nothing of it was kept.</summary>
    public Task<IReadOnlyList<Receipt>> Commit(IReadOnlyList<Entry> entries)
    {
        var request = new Request(entries, null);
        _lastEntries = Environment.TickCount64;
        _entries.Add(request);
        return request.Done.Task;
    }

    /// <summary>Runs work in one transaction of the writer, alone; for imports and for switching generations.</summary>
    public void Run(Action<WriterTransaction> work)
    {
        var request = new Request([], work);
        _works.Add(request);
        request.Done.Task.GetAwaiter().GetResult();
    }

    /// <summary>After an erasure.</summary>
    public bool Forget()
    {
        // Between transactions: neither engine does it inside one.
        var request = new Request([], null) { Forgets = true };
        _works.Add(request);
        request.Done.Task.GetAwaiter().GetResult();
        return request.Forgotten;
    }

    public void Dispose()
    {
        _entries.CompleteAdding();
        _works.CompleteAdding();
        _thread.Join();
        _entries.Dispose();
        _works.Dispose();
        _lease.Dispose();
    }

    /// <summary>Entries and work by turns: people who wait for an answer wait for one stretch of an import at most, and the import goes on beside them.</summary>
    private void Work()
    {
        BlockingCollection<Request>[] entriesFirst = [_entries, _works], workFirst = [_works, _entries];
        var wasEntries = false;
        while (Take(wasEntries ? workFirst : entriesFirst) is { } first)
        {
            wasEntries = first.IsEntries;
            var group = new List<Request> { first };
            var size = first.Entries.Count;
            // Work that asked to be alone is alone; entries that came meanwhile share a commit.
            while (wasEntries && size < LargestGroup && _entries.TryTake(out var next))
            {
                group.Add(next);
                size += next.Entries.Count;
            }

            CommitGroup(group);
        }
    }

    /// <summary>What waits in the first that has any; null when there will be no more.</summary>
    private static Request? Take(BlockingCollection<Request>[] queues)
    {
        if (queues[0].TryTake(out var request)) return request;
        return BlockingCollection<Request>.TryTakeFromAny(queues, out request, Timeout.Infinite) >= 0 ? request : null;
    }

    private void CommitGroup(List<Request> group)
    {
        try
        {
            var answers = InTransaction(group);
            for (var i = 0; i < group.Count; i++) group[i].Done.SetResult(answers[i]);
        }
        catch (Exception e) when (group.Count > 1 && e is not StoreFailure { Problem.Code: not "platform.store.failed" })
        {
            // One of them is the cause: each alone, so that it does not spoil the others'.
            foreach (var request in group) CommitGroup([request]);
        }
        catch (Exception e)
        {
            foreach (var request in group) request.Done.SetException(e);
        }
    }

    private List<IReadOnlyList<Receipt>> InTransaction(List<Request> group)
    {
        try
        {
            if (_mustReopen) _lease.Reopen();
            _mustReopen = false;
            if (_mustReload) Reload();
            if (group[0].Forgets)
            {
                group[0].Forgotten = _lease.Session.Forget();
                return [[]];
            }

            var answers = new List<IReadOnlyList<Receipt>>(group.Count);
            _lease.Session.Begin();
            _lease.Check();
            var transaction = new WriterTransaction(_lease.Session, _tables, _derivation, _clock);
            if (group[0].Work is { } work)
            {
                work(transaction);
                answers.Add([]);
            }
            else
            {
                transaction.Append(group, answers);
            }

            _lease.Session.Commit();
            Head = _tables.Head;
            return answers;
        }
        catch (Exception e)
        {
            _mustReload = true;
            _mustReopen |= e is StoreFailure { ConnectionLost: true } || !RollsBack();
            throw;
        }
    }

    /// <summary>False when not even that is possible: the connection is given up, and the transaction with it.</summary>
    private bool RollsBack()
    {
        try
        {
            _lease.Session.Rollback();
            return true;
        }
        catch (StoreFailure)
        {
            return false;
        }
    }

    private void Reload()
    {
        _tables.Reload(_lease.Session);
        Head = _tables.Head;
        _derivation.Load(_lease.Session);
        _mustReload = false;
    }

    internal sealed record Request(IReadOnlyList<Entry> Entries, Action<WriterTransaction>? Work)
    {
        public bool Forgets { get; init; }

        public bool Forgotten { get; set; }

        public bool IsEntries => Work is null && !Forgets;

        public TaskCompletionSource<IReadOnlyList<Receipt>> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>What may be done within one transaction of the writer.</summary>
public sealed class WriterTransaction
{
    private readonly LedgerTables _tables;
    private readonly Derivation _derivation;
    private readonly long _now;

    internal WriterTransaction(Session session, LedgerTables tables, Derivation derivation, TimeProvider clock) =>
        (Session, _tables, _derivation, _now) = (session, tables, derivation, clock.Microseconds());

    public Session Session { get; }

    public long Head => _tables.Head;

    /// <summary>Appends entries whose ids were just made here, and derives from them.</summary>
    public void Append(IReadOnlyList<Entry> entries)
    {
        var position = Head;
        AppendStaged(entries);
        _derivation.Apply(Session, [.. entries.Select(e => new LedgerEntry(++position, _now, e))]);
    }

    /// <summary>Appends without deriving: the caller sees to it that everything derived is switched to later.</summary>
    public void AppendStaged(IReadOnlyList<Entry> entries) => _tables.Append(Session, entries, _now);

    /// <summary>After the caller changed what derivations remember (a new generation).</summary>
    public void Reload() => _derivation.Load(Session);

    internal void Append(List<LedgerWriter.Request> group, List<IReadOnlyList<Receipt>> answers)
    {
        var fresh = new List<Entry>();
        var seen = new Dictionary<Guid, (Entry Entry, long Position)>();
        var all = group.SelectMany(r => r.Entries).ToList();
        var stored = Stored(all);
        _derivation.Foresee(Session, [.. all.Where(e => !stored.ContainsKey(e.Id))]);
        foreach (var request in group)
        {
            var receipts = new Receipt[request.Entries.Count];
            for (var i = 0; i < receipts.Length; i++)
            {
                var entry = request.Entries[i];
                receipts[i] = Known(entry, seen, stored) ?? (_derivation.Examine(Session, entry) is { } problem
                    ? new Receipt(entry.Id, ReceiptStatus.Refused, 0, problem)
                    : new Receipt(entry.Id, ReceiptStatus.Accepted, _tables.Head + fresh.Count + 1));
                if (receipts[i].Status != ReceiptStatus.Accepted) continue;
                fresh.Add(entry);
                seen[entry.Id] = (entry, receipts[i].Position);
            }

            answers.Add(receipts);
        }

        if (fresh.Count > 0) Append(fresh);
    }

    private static Receipt? Known(Entry entry, Dictionary<Guid, (Entry Entry, long Position)> seen, Dictionary<Guid, StoredEntry> stored)
    {
        if (seen.TryGetValue(entry.Id, out var first)) return Same(entry, first.Position, SaysTheSame(entry, first.Entry) && first.Entry.Body.AsSpan().SequenceEqual(entry.Body));
        if (!stored.TryGetValue(entry.Id, out var there)) return null;
        var same = (there.Subject, there.Facility, there.EventDay, there.Replaces, there.Withdraws) == (entry.Subject, entry.Facility, entry.EventDay, entry.Replaces, entry.Withdraws);
        // Of an erased body nothing can be compared; it was taken once and is not wanted again.
        if (there.Salt is null) return Same(entry, there.Position, same);
        Span<byte> hash = stackalloc byte[EntryHash.Size];
        EntryHash.OfBody(there.Salt, entry.Body, hash);
        return Same(entry, there.Position, same && hash.SequenceEqual(there.BodyHash));
    }

    /// <summary>Those that the ledger has already, by id.</summary>
    private Dictionary<Guid, StoredEntry> Stored(List<Entry> entries)
    {
        var stored = new Dictionary<Guid, StoredEntry>();
        Session.QueryEach(
            "SELECT e.id, e.position, e.body_hash, b.salt, e.subject, e.facility, e.event_day, e.replaces, e.withdraws FROM entry e JOIN body b ON b.position = e.position WHERE e.id IN {values}",
            [.. entries.Select(e => e.Id).Distinct()],
            rows => stored[rows.Guid(0)] = new StoredEntry(
                rows.Int(1), rows.Bytes(2).ToArray(), rows.IsNull(3) ? null : rows.Bytes(3).ToArray(), Optional(rows, 4), rows.IsNull(5) ? null : rows.Text(5), (int)rows.Int(6), Optional(rows, 7), Optional(rows, 8)));
        return stored;

        static Guid? Optional(RowCursor rows, int column) => rows.IsNull(column) ? null : rows.Guid(column);
    }

    private sealed record StoredEntry(long Position, byte[] BodyHash, byte[]? Salt, Guid? Subject, string? Facility, int EventDay, Guid? Replaces, Guid? Withdraws);

    private static bool SaysTheSame(Entry one, Entry other) =>
        (one.Subject, one.Facility, one.EventDay, one.Replaces, one.Withdraws) == (other.Subject, other.Facility, other.EventDay, other.Replaces, other.Withdraws);

    private static Receipt Same(Entry entry, long position, bool same) => same
        ? new Receipt(entry.Id, ReceiptStatus.Duplicate, position)
        : new Receipt(entry.Id, ReceiptStatus.Refused, position, Problem.Of("platform.ledger.id-taken", ("id", entry.Id)));
}
