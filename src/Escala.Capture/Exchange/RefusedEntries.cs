using System.Security.Cryptography;
using System.Text.Json;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Registry;

namespace Escala.Capture.Exchange;

/// <summary>An entry that could not be taken: who offered it, from which device, what is wrong.</summary>
public sealed record RefusedEntry(long Number, Guid? Id, string? Facility, string? Kind, Problem Problem, Guid? Account, Guid? Device, long ReceivedAt);

/// <summary>Entries that were refused, as they came. The same line stands there once, however often a device offers it.</summary>
public static class RefusedEntries
{
    internal static void Add(Session session, IReadOnlyList<(BatchLine Line, Problem Problem)> refused, Guid? account, Guid? device, TimeProvider clock)
    {
        var tables = new RegistryTables(RegistryTables.Current(session));
        var number = session.Scalar("SELECT MAX(number) FROM refused_entry") ?? 0;
        foreach (var (line, problem) in refused)
        {
            // Of somebody erased nothing is kept but that something came, whatever else is wrong with it.
            var raw = line.Subject is { } person && IsErased(session, tables, person) ? [] : Content(line);
            var digest = SHA256.HashData([.. line.Id?.ToByteArray() ?? [], .. raw]);
            if (session.Scalar("SELECT 1 FROM refused_entry WHERE digest = $1", digest) is not null) continue;
            session.Execute(
                """
                INSERT INTO refused_entry (number, digest, id, subject, facility, kind, content, problem, account, device, received_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
                """,
                ++number, digest, line.Id, line.Subject, line.Entry?.Facility, line.Entry?.Origin.Kind, raw, JsonSerializer.Serialize(problem), account, device, clock.Microseconds());
        }
    }

    /// <summary>What was refused before and is in the ledger now waits no more.</summary>
    internal static void Settle(Session session, IEnumerable<Guid> accepted)
    {
        if (session.Scalar("SELECT 1 FROM refused_entry LIMIT 1") is null) return;
        foreach (var id in accepted) session.Execute("DELETE FROM refused_entry WHERE id = $1", id);
    }

    public static IReadOnlyList<RefusedEntry> Read(Session session)
    {
        var refused = new List<RefusedEntry>();
        if (!session.TableExists("refused_entry")) return refused;
        using var rows = session.Query("SELECT number, id, facility, kind, problem, account, device, received_at FROM refused_entry ORDER BY number");
        while (rows.Read())
        {
            refused.Add(new RefusedEntry(
                rows.Int(0), rows.IsNull(1) ? null : rows.Guid(1), rows.IsNull(2) ? null : rows.Text(2), rows.IsNull(3) ? null : rows.Text(3),
                JsonSerializer.Deserialize<Problem>(rows.Text(4))!, rows.IsNull(5) ? null : rows.Guid(5), rows.IsNull(6) ? null : rows.Guid(6), rows.Int(7)));
        }

        return refused;
    }

    private static bool IsErased(Session session, RegistryTables tables, Guid person) => session.Scalar($"SELECT 1 FROM {tables.Person} WHERE id = $1 AND erased = 1", person) is not null;

    private static byte[] Content(BatchLine line) => [.. line.Origin, (byte)'\n', .. line.Raw];
}
