using System.Text.Json;
using Escala.Platform.Ledger;
using Escala.Platform.Storage;
using Escala.Registry;

namespace Escala.Capture.Exchange;

/// <summary>
/// What a device at a facility may know, by position: entries about the facility, and about people who have a row or a registration there, wherever
/// it was written. Somebody who comes to the facility for the first time brings along what was said before.
/// </summary>
public sealed class PullEntries(TimeProvider clock)
{
    /// <summary>Packed. A stretch that cannot be received in one go on a bad line is a stretch that never arrives.</summary>
    public const int MostPacked = 60 << 10;

    private const int MostLookedAt = 50_000;

    /// <summary>A batch behind a position; <paramref name="entries"/> counts what it holds.</summary>
    public byte[] Run(Session session, string facility, long after, out int entries)
    {
        session.Begin();
        try
        {
            var head = session.Scalar("SELECT MAX(position) FROM entry") ?? 0;
            after = Math.Clamp(after, 0, head);
            using var batch = new BatchWriter();
            batch.Head(null, Store.Info(session, "epoch")!, clock.GetUtcNow().ToUnixTimeMilliseconds(), after);
            var next = new Stretch(session, facility, batch).Write(after, Math.Min(head, after + MostLookedAt), out entries);
            batch.Tail(next, head, ChainAt(session, next));
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

    private sealed class Stretch(Session session, string facility, BatchWriter batch)
    {
        private const string Columns =
            "SELECT e.position, e.id, e.origin, e.subject, e.facility, e.event_day, e.recorded_at, e.sequence, e.replaces, e.withdraws, e.based_on, b.content FROM entry e JOIN body b ON b.position = e.position ";

        private readonly Dictionary<long, Origin> _origins = LedgerReader.Origins(session).ToDictionary(o => o.Key, o => o.Value.Origin);
        private readonly Dictionary<Guid, long> _people = PeopleOf(session, facility);
        private int _written;

        /// <summary>The position up to which everything that concerns the facility has been written.</summary>
        public long Write(long after, long to, out int entries)
        {
            var done = after;
            var arrived = new List<(Guid Person, long At)>();
            using (var rows = session.Query(Columns + "WHERE e.position BETWEEN $1 AND $2 ORDER BY e.position", after + 1, to))
            {
                while (batch.Length < MostPacked && rows.Read())
                {
                    done = rows.Int(0);
                    var origin = _origins[rows.Int(2)];
                    if (DeviceKinds.Travels(origin.Class) && Concerns(rows, origin)) Write(rows, origin);
                }

                if (batch.Length < MostPacked) done = to;
            }

            entries = _written;
            return done;
        }

        private bool Concerns(RowCursor rows, Origin origin)
        {
            if (!rows.IsNull(4) && rows.Text(4) == facility) return true;
            if (origin.Kind == EntryKinds.Erasure) return !rows.IsNull(11) && JsonSerializer.Deserialize(rows.Bytes(11), BodiesJson.Default.ErasureBody)!.People.Any(_people.ContainsKey);
            return !rows.IsNull(3) && _people.TryGetValue(rows.Guid(3), out var since) && since <= rows.Int(0);
        }

        private void Write(RowCursor rows, Origin origin)
        {
            _written++;
            batch.Entry(
                new Entry
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
                },
                rows.Int(0), rows.IsNull(11));
        }

        private static Dictionary<Guid, long> PeopleOf(Session session, string facility)
        {
            var people = new Dictionary<Guid, long>();
            using var rows = session.Query("SELECT subject, MIN(position) FROM entry WHERE facility = $1 AND subject IS NOT NULL GROUP BY subject", facility);
            while (rows.Read()) people[rows.Guid(0)] = rows.Int(1);
            return people;
        }
    }
}
