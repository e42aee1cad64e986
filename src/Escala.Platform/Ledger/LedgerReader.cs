using Escala.Platform.Storage;

namespace Escala.Platform.Ledger;

/// <summary>Entries as they stand in the ledger.</summary>
public static class LedgerReader
{
    /// <summary>Entries of a stretch, in order; an erased body is empty.</summary>
    public static IEnumerable<LedgerEntry> Entries(Session session, long from, long to) => Entries(session, from, to, Origins(session));

    /// <param name="origins">Those of the ledger, where they were read already.</param>
    public static IEnumerable<LedgerEntry> Entries(Session session, long from, long to, IReadOnlyDictionary<long, (Origin Origin, byte[] Hash)> origins)
    {
        using var rows = session.Query(
            """
            SELECT e.position, e.received_at, e.id, e.origin, e.subject, e.facility, e.event_day, e.recorded_at, e.sequence, e.replaces, e.withdraws, e.based_on, b.content
            FROM entry e JOIN body b ON b.position = e.position WHERE e.position BETWEEN $1 AND $2 ORDER BY e.position
            """, from, to);
        while (rows.Read())
        {
            yield return new LedgerEntry(rows.Int(0), rows.Int(1), new Entry
            {
                Id = rows.Guid(2),
                Origin = origins[rows.Int(3)].Origin,
                Subject = rows.IsNull(4) ? null : rows.Guid(4),
                Facility = rows.IsNull(5) ? null : rows.Text(5),
                EventDay = (int)rows.Int(6),
                RecordedAt = rows.Int(7),
                Sequence = rows.Int(8),
                Replaces = rows.IsNull(9) ? null : rows.Guid(9),
                Withdraws = rows.IsNull(10) ? null : rows.Guid(10),
                BasedOn = rows.IsNull(11) ? null : rows.Int(11),
                Body = rows.IsNull(12) ? [] : rows.Bytes(12).ToArray(),
            });
        }
    }

    public static Dictionary<long, (Origin Origin, byte[] Hash)> Origins(Session session)
    {
        var origins = new Dictionary<long, (Origin, byte[])>();
        using var rows = session.Query("SELECT origin, content, hash FROM origin");
        while (rows.Read()) origins[rows.Int(0)] = (Origin.Read(rows.Bytes(1)), rows.Bytes(2).ToArray());
        return origins;
    }
}
