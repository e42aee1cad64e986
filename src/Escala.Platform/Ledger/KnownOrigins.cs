using System.Collections.Concurrent;
using Escala.Platform.Storage;

namespace Escala.Platform.Ledger;

/// <summary>Origins by number, remembered between requests: each is read once, for none ever changes. Safe for several threads.</summary>
public sealed class KnownOrigins
{
    private readonly ConcurrentDictionary<long, Origin> _origins = new();
    private long _upTo;

    /// <summary>Every origin that the session sees, and perhaps later ones.</summary>
    public IReadOnlyDictionary<long, Origin> Of(Session session)
    {
        var upTo = Interlocked.Read(ref _upTo);
        // Numbers are given in the order of commits: behind the highest that was read nothing is missing.
        var highest = upTo;
        using var rows = session.Query("SELECT origin, content FROM origin WHERE origin > $1 ORDER BY origin", upTo);
        while (rows.Read()) _origins[highest = rows.Int(0)] = Origin.Read(rows.Bytes(1));
        // Another thread may have come further: what is read twice is the same.
        Interlocked.CompareExchange(ref _upTo, highest, upTo);
        return _origins;
    }
}
