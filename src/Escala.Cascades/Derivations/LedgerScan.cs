using System.Collections.Concurrent;
using Escala.Platform.Ledger;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Registry;
using Escala.Registry.Timelines;

namespace Escala.Cascades.Derivations;

/// <summary>What a stretch of the ledger says, decoded: visits as rows, everything else as it is.</summary>
internal sealed class LedgerChunk
{
    private byte[] _rows = new byte[1 << 20];
    private int _used;

    public List<Visit> Visits { get; } = [];

    public List<LedgerEntry> Others { get; } = [];

    public ReadOnlySpan<byte> Row(in Visit visit) => _rows.AsSpan(visit.Start, visit.Length);

    public void Add(Guid subject, in RowHead head, DecodedRow row, string facility, int day, string? source, Guid? replaces)
    {
        var longest = RowCode.LongestHead + (9 * row.Slots.Length) + 8;
        if (_used + longest > _rows.Length) Array.Resize(ref _rows, _rows.Length * 2);
        var length = RowCode.Encode(head, row.Slots, _rows.AsSpan(_used));
        Visits.Add(new Visit(subject, head.Position, facility, day, row.RegisterNumber, source, replaces, _used, length));
        _used += length;
    }

    public void Clear()
    {
        Visits.Clear();
        Others.Clear();
        _used = 0;
    }

    /// <summary>Facility and day are the envelope's; the facility is still a code, its number is given in ledger order. Of an erased visit these and the person are left: its length is 0.</summary>
    public readonly record struct Visit(Guid Subject, long Position, string Facility, int Day, string Person, string? Source, Guid? Replaces, int Start, int Length)
    {
        /// <summary>No visit, but a row that was given up: it says no more than whom it is about.</summary>
        public bool Discarded { get; init; }

        /// <summary>The body is gone; without it, a length of 0 says that the programme cannot read the body.</summary>
        public bool Erased { get; init; }
    }
}

/// <summary>Reads the ledger in stretches on several threads and hands them on in order.</summary>
internal sealed class LedgerScan(Store store, Programme programme, IReadOnlyCollection<string> leftOut)
{
    private const int Stretch = 20_000;

    private readonly ConcurrentBag<Reader> _readers = [];
    private readonly ConcurrentBag<LedgerChunk> _free = [];

    /// <summary>Entries 1 … head, in order, without those of batches that are left out.</summary>
    public IEnumerable<LedgerChunk> Chunks(long head, CancellationToken stop)
    {
        try
        {
            var stretches = Enumerable.Range(0, (int)((head + Stretch - 1) / Stretch)).Select(i => (From: (i * (long)Stretch) + 1, To: Math.Min(head, (i + 1L) * Stretch)));
            var chunks = stretches.AsParallel().AsOrdered().WithDegreeOfParallelism(Environment.ProcessorCount).WithMergeOptions(ParallelMergeOptions.NotBuffered)
                .WithCancellation(stop).Select(s => Read(s.From, s.To));
            foreach (var chunk in chunks)
            {
                yield return chunk;
                _free.Add(chunk);
            }
        }
        finally
        {
            foreach (var reader in _readers) reader.Dispose();
            _readers.Clear();
        }
    }

    private LedgerChunk Read(long from, long to)
    {
        if (!_readers.TryTake(out var reader)) reader = new Reader(store, programme, leftOut);
        if (!_free.TryTake(out var chunk)) chunk = new LedgerChunk();
        chunk.Clear();
        reader.Read(chunk, from, to);
        _readers.Add(reader);
        return chunk;
    }

    private sealed class Reader(Store store, Programme programme, IReadOnlyCollection<string> leftOut) : IDisposable
    {
        private readonly Session _session = store.Open(writable: false);
        private readonly RowDecoder _decoder = new(programme);
        private readonly Dictionary<long, Origin> _origins = [];

        public void Read(LedgerChunk chunk, long from, long to)
        {
            LoadOrigins();
            using var rows = _session.Query(
                """
                SELECT e.position, e.origin, e.subject, e.recorded_at, e.sequence, e.replaces, e.withdraws, e.id, e.event_day, e.received_at, b.content, e.facility
                FROM entry e JOIN body b ON b.position = e.position WHERE e.position BETWEEN $1 AND $2 ORDER BY e.position
                """, from, to);
            while (rows.Read())
            {
                var origin = OriginOf(rows.Int(1));
                if (origin.Batch is { } batch && leftOut.Contains(batch)) continue;
                if (origin.Kind is EntryKinds.Visit or EntryKinds.Discard or EntryKinds.EntryDiscard) AddVisit(chunk, rows, origin);
                else AddOther(chunk, rows, origin);
            }
        }

        public void Dispose() => _session.Dispose();

        private void AddVisit(LedgerChunk chunk, RowCursor rows, Origin origin)
        {
            if (rows.IsNull(2)) return;
            var position = rows.Int(0);
            var subject = rows.Guid(2);
            // Of an erased body the person's and the facility's numbers are left.
            var erased = rows.IsNull(10);
            var (facility, day) = (rows.IsNull(11) ? "" : rows.Text(11), (int)rows.Int(8));
            // Of a device's entry that was given up nothing is read but whom it is about.
            var readable = !erased && origin.Kind != EntryKinds.EntryDiscard && _decoder.Read(origin.Layout, rows.Bytes(10));
            var discarded = origin.Kind is EntryKinds.Discard or EntryKinds.EntryDiscard;
            if (discarded || !readable)
            {
                chunk.Visits.Add(new LedgerChunk.Visit(subject, position, facility, day, origin.Kind == EntryKinds.Discard && !erased ? _decoder.Row.RegisterNumber : "", origin.Source, null, 0, 0) { Erased = erased, Discarded = discarded });
                return;
            }

            var head = _decoder.Head(position, rows.Int(9), rows.Int(3), rows.Int(4), 0, facility, origin.Source);
            chunk.Add(subject, head, _decoder.Row, facility, day, origin.Source, rows.IsNull(5) ? null : rows.Guid(5));
        }

        private static void AddOther(LedgerChunk chunk, RowCursor rows, Origin origin) => chunk.Others.Add(new LedgerEntry(rows.Int(0), rows.Int(9), new Entry
        {
            Id = rows.Guid(7),
            Origin = origin,
            Subject = rows.IsNull(2) ? null : rows.Guid(2),
            Facility = rows.IsNull(11) ? null : rows.Text(11),
            EventDay = (int)rows.Int(8),
            RecordedAt = rows.Int(3),
            Sequence = rows.Int(4),
            Withdraws = rows.IsNull(6) ? null : rows.Guid(6),
            Body = rows.Bytes(10).ToArray(),
        }));

        private Origin OriginOf(long number)
        {
            if (!_origins.TryGetValue(number, out var origin))
            {
                LoadOrigins();
                origin = _origins[number];
            }

            return origin;
        }

        private void LoadOrigins()
        {
            using var rows = _session.Query("SELECT origin, content FROM origin");
            while (rows.Read())
            {
                if (!_origins.ContainsKey(rows.Int(0))) _origins[rows.Int(0)] = Origin.Read(rows.Bytes(1));
            }
        }
    }
}
