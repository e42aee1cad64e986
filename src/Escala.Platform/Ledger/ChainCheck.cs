using System.Security.Cryptography;
using Escala.Platform.Problems;
using Escala.Platform.Storage;

namespace Escala.Platform.Ledger;

/// <summary>What a walk along the hash chain found.</summary>
/// <param name="Entries">Entries walked.</param>
/// <param name="Erased">Bodies that were erased; their entries still verify.</param>
/// <param name="Head">Hash of the last entry, lower-case hex: print it, and nobody can rewrite what lies before.</param>
/// <param name="Problem">The first place that does not verify, or null.</param>
public sealed record ChainReport(long Entries, long Erased, string Head, Problem? Problem);

/// <summary>Computes the chain anew from the stored words and compares it, entry by entry.</summary>
public static class ChainCheck
{
    public static ChainReport Walk(Session session, IProgress<(long Done, long Of)>? progress, CancellationToken stop)
    {
        var origins = new Dictionary<long, byte[]>();
        using (var rows = session.Query("SELECT origin, hash, content FROM origin"))
        {
            while (rows.Read())
            {
                if (!SHA256.HashData(rows.Bytes(2)).AsSpan().SequenceEqual(rows.Bytes(1))) return new ChainReport(0, 0, "", Problem.Of("platform.ledger.origin-changed", ("origin", rows.Int(0))));
                origins[rows.Int(0)] = rows.Bytes(1).ToArray();
            }
        }

        var head = session.Scalar("SELECT MAX(position) FROM entry") ?? 0;
        var bodies = session.Scalar("SELECT COUNT(*) FROM body") ?? 0;
        long entries = 0, erased = 0;
        var chain = EntryHash.Genesis.ToArray();
        var bodyHash = new byte[EntryHash.Size];
        using var ledger = session.Query(
            """
            SELECT e.position, e.id, e.origin, e.subject, e.facility, e.event_day, e.recorded_at, e.received_at, e.sequence, e.replaces, e.withdraws, e.based_on, e.body_hash, e.chain, b.salt, b.content, b.position
            FROM entry e LEFT JOIN body b ON b.position = e.position ORDER BY e.position
            """);
        while (ledger.Read())
        {
            var position = ledger.Int(0);
            ChainReport At(string code) => new(entries, erased, "", Problem.Of(code, ("position", position)));
            if (position != entries + 1) return new ChainReport(entries, erased, "", Problem.Of("platform.ledger.entry-missing", ("position", entries + 1)));
            if (!origins.TryGetValue(ledger.Int(2), out var origin)) return At("platform.ledger.entry-changed");
            if (ledger.IsNull(16)) return At("platform.ledger.body-missing");
            if (ledger.IsNull(14)) erased++;
            else if (ledger.Bytes(14).Length != EntryHash.SaltSize) return At("platform.ledger.body-changed");
            else
            {
                EntryHash.OfBody(ledger.Bytes(14), ledger.Bytes(15), bodyHash);
                if (!ledger.Bytes(12).SequenceEqual(bodyHash)) return At("platform.ledger.body-changed");
            }

            // An id of another length than a UUID's has been changed too.
            if (!IsId(ledger, 1) || !IsId(ledger, 3) || !IsId(ledger, 9) || !IsId(ledger, 10)) return At("platform.ledger.entry-changed");
            var envelope = new Envelope
            {
                Id = ledger.Guid(1),
                OriginHash = origin,
                Subject = ledger.IsNull(3) ? null : ledger.Guid(3),
                Facility = ledger.IsNull(4) ? null : ledger.Text(4),
                EventDay = (int)ledger.Int(5),
                RecordedAt = ledger.Int(6),
                ReceivedAt = ledger.Int(7),
                Sequence = ledger.Int(8),
                Replaces = ledger.IsNull(9) ? null : ledger.Guid(9),
                Withdraws = ledger.IsNull(10) ? null : ledger.Guid(10),
                BasedOn = ledger.IsNull(11) ? null : ledger.Int(11),
            };
            EntryHash.Chain(chain, envelope, ledger.Bytes(12), chain);
            if (!ledger.Bytes(13).SequenceEqual(chain)) return At("platform.ledger.entry-changed");
            if ((++entries & 0xffff) == 0)
            {
                progress?.Report((entries, head));
                stop.ThrowIfCancellationRequested();
            }
        }

        if (bodies != entries) return new ChainReport(entries, erased, "", Problem.Of("platform.ledger.entry-missing", ("position", entries + 1)));
        return new ChainReport(entries, erased, Convert.ToHexStringLower(chain), null);
    }

    private static bool IsId(RowCursor row, int column) => row.IsNull(column) || row.Bytes(column).Length == 16;
}
