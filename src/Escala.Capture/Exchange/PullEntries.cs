using System.Collections.Concurrent;
using System.Text.Json;
using Escala.Platform.Ledger;
using Escala.Platform.Storage;
using Escala.Registry;
using Escala.Registry.People;
using Escala.Registry.Timelines;

namespace Escala.Capture.Exchange;

/// <summary>
/// What a device at a facility, or at several, may know, by position: entries about the facility, and about people who have a row or a registration there,
/// wherever it was written. Somebody who comes to the facility for the first time brings along what was said before.
/// </summary>
public sealed class PullEntries(KnownProgramme programme, TimeProvider clock)
{
    /// <summary>Packed. A stretch that cannot be received in one go on a bad line is a stretch that never arrives.</summary>
    public const int MostPacked = 60 << 10;

    private const int MostLookedAt = 50_000, LookedAtTogether = 500, MostShared = 100;

    private readonly KnownOrigins _origins = new();

    private readonly SharedIdentifiers _shared = new(programme);

    private readonly ConcurrentDictionary<string, FacilityPeople> _people = new(StringComparer.Ordinal);

    /// <summary>A batch behind a position, of what concerns any of the facilities; <paramref name="entries"/> counts what it holds.</summary>
    public byte[] Run(Session session, IReadOnlyList<string> facilities, long after, out int entries)
    {
        session.Begin();
        try
        {
            var head = session.Scalar("SELECT MAX(position) FROM entry") ?? 0;
            after = Math.Clamp(after, 0, head);
            // Rows of a large import that are not counted yet name people whom nobody knows yet: they are passed when it is done.
            var known = Math.Min(head, (session.Scalar("SELECT MIN(first_position) FROM staging") ?? long.MaxValue) - 1);
            using var batch = new BatchWriter();
            batch.Head(null, Store.Info(session, "epoch")!, clock.GetUtcNow().ToUnixTimeMilliseconds(), after);
            var tables = new RegistryTables(RegistryTables.Current(session));
            var people = RegistryTables.AreOfThisVersion(session) ? _people.GetOrAdd(string.Join('\n', facilities), _ => new FacilityPeople(facilities)).UpTo(session, tables, head) : null;
            var stretch = new Stretch(session, tables, facilities.ToHashSet(StringComparer.Ordinal), people, batch, _origins.Of(session));
            var next = people is null ? after : stretch.Write(after, Math.Max(after, Math.Min(known, after + MostLookedAt)));
            entries = stretch.Written;
            var shared = people is null ? [] : _shared.Of(session, p => people.Since(p) is not null);
            batch.Tail(next, head, ChainAt(session, next), [.. shared.Take(MostShared)]);
            return batch.ToArray();
        }
        finally
        {
            session.Rollback();
        }
    }

    private static string ChainAt(Session session, long position)
    {
        using var rows = session.Query("SELECT chain FROM entry WHERE position = $1", position);
        return rows.Read() ? Convert.ToHexStringLower(rows.Bytes(0)) : "";
    }

    /// <summary>Who is known at facilities and since which position; remembered between requests and added to.</summary>
    private sealed class FacilityPeople(IReadOnlyList<string> facilities)
    {
        private readonly Lock _lock = new();
        private readonly ConcurrentDictionary<Guid, long> _since = new();
        private readonly ConcurrentDictionary<long, List<long>> _arrivals = new();
        private string _generation = "";
        private long _upTo;

        public long? Since(Guid person) => _since.TryGetValue(person, out var since) ? since : null;

        /// <summary>Numbers of people who came to the first of the facilities with this entry, and of whom something was said before.</summary>
        public List<long> ArrivedAt(long position) => _arrivals.TryGetValue(position, out var people) ? people : [];

        public FacilityPeople UpTo(Session session, RegistryTables tables, long head)
        {
            lock (_lock)
            {
                if (_generation != tables.Presence)
                {
                    _since.Clear();
                    _arrivals.Clear();
                    (_generation, _upTo) = (tables.Presence, 0);
                }

                if (head <= _upTo) return this;
                var came = facilities.SelectMany(f => Since(session, tables, f)).OrderBy(c => c.Since);
                foreach (var (id, since, isEarlier, number) in came)
                {
                    if (_since.TryAdd(id, since) && isEarlier) _arrivals.GetOrAdd(since, _ => []).Add(number);
                }

                _upTo = head;
                return this;
            }
        }

        private List<(Guid Id, long Since, bool IsEarlier, long Number)> Since(Session session, RegistryTables tables, string facility)
        {
            var came = new List<(Guid, long, bool, long)>();
            using var rows = session.Query(
                $"SELECT p.id, a.since, a.earlier, a.person FROM {tables.Presence} a JOIN {tables.Facility} f ON f.facility = a.facility JOIN {tables.Person} p ON p.person = a.person WHERE f.code = $1 AND a.since > $2", facility, _upTo);
            while (rows.Read()) came.Add((rows.Guid(0), rows.Int(1), rows.Int(2) == 1, rows.Int(3)));
            return came;
        }
    }

    private sealed class Stretch(Session session, RegistryTables tables, HashSet<string> facilities, FacilityPeople? people, BatchWriter batch, IReadOnlyDictionary<long, Origin> origins)
    {
        private const string Columns =
            "SELECT e.position, e.id, e.origin, e.subject, e.facility, e.event_day, e.recorded_at, e.sequence, e.replaces, e.withdraws, e.based_on, b.content FROM entry e JOIN body b ON b.position = e.position ";

        public int Written { get; private set; }

        /// <summary>The position up to which everything that concerns the facility has been written.</summary>
        public long Write(long after, long to)
        {
            while (after < to)
            {
                var upTo = Math.Min(to, after + LookedAtTogether);
                foreach (var (entry, isErased, concerns) in Between(after + 1, upTo))
                {
                    foreach (var person in people!.ArrivedAt(entry.Position)) WriteEarlier(person, entry.Position);
                    if (concerns) Write(entry, isErased);
                    if (batch.Length >= MostPacked) return entry.Position;
                }

                after = upTo;
            }

            return to;
        }

        private List<(LedgerEntry Entry, bool IsErased, bool Concerns)> Between(long from, long to)
        {
            var found = new List<(LedgerEntry, bool, bool)>();
            using var rows = session.Query(Columns + "WHERE e.position BETWEEN $1 AND $2 ORDER BY e.position", from, to);
            while (rows.Read())
            {
                var origin = origins[rows.Int(2)];
                var concerns = DeviceKinds.Travels(origin) && Concerns(rows, origin);
                if (concerns || people!.ArrivedAt(rows.Int(0)).Count > 0) found.Add((Read(rows, origin), rows.IsNull(11), concerns));
            }

            return found;
        }

        private bool Concerns(RowCursor rows, Origin origin)
        {
            if (!rows.IsNull(4) && facilities.Contains(rows.Text(4))) return true;
            if (origin.Kind == EntryKinds.Erasure) return !rows.IsNull(11) && JsonSerializer.Deserialize(rows.Bytes(11), BodiesJson.Default.ErasureBody)!.People.Any(p => people!.Since(p) is not null);
            return !rows.IsNull(3) && people!.Since(rows.Guid(3)) <= rows.Int(0);
        }

        /// <summary>What was said about somebody before a position: rows that stand, and everything that is no row.</summary>
        private void WriteEarlier(long person, long before)
        {
            var positions = new SortedSet<long>();
            using (var rows = session.Query($"SELECT content FROM {tables.Timeline} WHERE person = $1", person))
            {
                if (rows.Read()) positions.UnionWith(RowCode.Positions(rows.Bytes(0)).Where(p => p < before));
            }

            using (var rows = session.Query($"SELECT position FROM {tables.Statement} WHERE person = $1 AND position < $2", person, before))
            {
                while (rows.Read()) positions.Add(rows.Int(0));
            }

            foreach (var position in positions)
            {
                LedgerEntry entry;
                bool isErased;
                using (var rows = session.Query(Columns + "WHERE e.position = $1", position))
                {
                    if (!rows.Read() || (!rows.IsNull(4) && facilities.Contains(rows.Text(4)))) continue;
                    (entry, isErased) = (Read(rows, origins[rows.Int(2)]), rows.IsNull(11));
                }

                Write(entry, isErased);
            }
        }

        private void Write(LedgerEntry entry, bool isErased)
        {
            Written++;
            batch.Entry(entry.Entry, entry.Position, isErased);
        }

        private static LedgerEntry Read(RowCursor rows, Origin origin) => new(rows.Int(0), 0, new Entry
        {
            Id = rows.Guid(1),
            Origin = origin,
            Subject = rows.IsNull(3) ? null : rows.Guid(3),
            Facility = rows.IsNull(4) ? null : rows.Text(4),
            EventDay = (int)rows.Int(5),
            RecordedAt = rows.Int(6),
            Sequence = rows.Int(7),
            Replaces = rows.IsNull(8) ? null : rows.Guid(8),
            Withdraws = rows.IsNull(9) ? null : rows.Guid(9),
            BasedOn = rows.IsNull(10) ? null : rows.Int(10),
            Body = rows.IsNull(11) ? [] : rows.Bytes(11).ToArray(),
        });
    }
}
