using System.Security.Cryptography;
using System.Text.Json;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Registry;

namespace Escala.Capture.Exchange;

/// <summary>An entry that could not be taken: who offered it, from which device, what is wrong.</summary>
public sealed record RefusedEntry(long Number, Guid? Id, string? Facility, string? Kind, Problem Problem, Guid? Account, Guid? Device, long ReceivedAt)
{
    internal Guid? Subject { get; init; }

    /// <summary>The origin's line and the entry's own, as they came; empty where the person was erased.</summary>
    internal byte[] Content { get; init; } = [];

    /// <summary>Something is left that could be taken.</summary>
    public bool CanTryAgain => Content.Length > 0;
}

/// <summary>Entries that were refused, as they came. The same line stands there once, however often a device offers it.</summary>
public static class RefusedEntries
{
    private const string Columns = "SELECT number, id, facility, kind, problem, account, device, received_at, subject, content FROM refused_entry ";

    internal static void Add(Session session, IReadOnlyList<(BatchLine Line, Problem Problem)> refused, Guid? account, Guid? device, TimeProvider clock)
    {
        var tables = new RegistryTables(RegistryTables.Current(session));
        var number = session.Scalar("SELECT MAX(number) FROM refused_entry") ?? 0;
        foreach (var (line, problem) in refused)
        {
            // Somebody has said what becomes of it: nobody is asked again.
            if (line.Id is { } id && SettledEntries.IsOver(session, id)) continue;
            // Of somebody erased nothing is kept but that something came, whatever else is wrong with it.
            var raw = line.Subject is { } person && IsErased(session, tables, person) ? [] : ContentOf(line);
            var digest = SHA256.HashData([.. line.Id?.ToByteArray() ?? [], .. raw]);
            var said = JsonSerializer.Serialize(problem);
            // Another thing may stand in its way by now.
            if (session.Change("UPDATE refused_entry SET problem = $1 WHERE digest = $2", said, digest) > 0) continue;
            session.Execute(
                """
                INSERT INTO refused_entry (number, digest, id, subject, facility, kind, content, problem, account, device, received_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
                """,
                ++number, digest, line.Id, line.Subject, line.Entry?.Facility, line.Entry?.Origin.Kind, raw, said, account, device, clock.Microseconds());
        }
    }

    public static IReadOnlyList<RefusedEntry> Read(Session session)
    {
        if (!session.TableExists("refused_entry")) return [];
        using var rows = session.Query(Columns + "ORDER BY number");
        return [.. All(rows)];
    }

    /// <summary>What stands there under an id; several where a device has said different things under one.</summary>
    internal static IReadOnlyList<RefusedEntry> Of(Session session, Guid id)
    {
        using var rows = session.Query(Columns + "WHERE id = $1 ORDER BY number", id);
        return [.. All(rows)];
    }

    internal static RefusedEntry? Numbered(Session session, long number)
    {
        using var rows = session.Query(Columns + "WHERE number = $1", number);
        return All(rows).SingleOrDefault();
    }

    internal static bool IsErased(Session session, RegistryTables tables, Guid person) => session.Scalar($"SELECT 1 FROM {tables.Person} WHERE id = $1 AND erased = 1", person) is not null;

    private static IEnumerable<RefusedEntry> All(RowCursor rows)
    {
        while (rows.Read())
        {
            yield return new RefusedEntry(
                rows.Int(0), rows.IsNull(1) ? null : rows.Guid(1), rows.IsNull(2) ? null : rows.Text(2), rows.IsNull(3) ? null : rows.Text(3),
                JsonSerializer.Deserialize<Problem>(rows.Text(4))!, rows.IsNull(5) ? null : rows.Guid(5), rows.IsNull(6) ? null : rows.Guid(6), rows.Int(7))
            {
                Subject = rows.IsNull(8) ? null : rows.Guid(8),
                Content = rows.Bytes(9).ToArray(),
            };
        }
    }

    private static byte[] ContentOf(BatchLine line) => [.. line.Origin, (byte)'\n', .. line.Raw];
}
