using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Escala.Capture.Imports;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes.Facts;

namespace Escala.Capture.Inbox;

/// <summary>A row that waits for a person or for a place.</summary>
public sealed record InboxRow(long Number, string Source, string Batch, int Line, string Layout, byte[] Content, IReadOnlyList<Problem> Problems, string? WaitsFor, long RecordedAt);

/// <summary>The problem inbox: what was refused stays until somebody has mended it or what it waits for has come.</summary>
public static class InboxTable
{
    public static void Add(Session session, string source, string batch, Layout layout, IReadOnlyList<RefusedRow> rows, long receivedAt)
    {
        if (rows.Count == 0) return;
        var number = (session.Scalar("SELECT MAX(number) FROM inbox") ?? 0) + 1;
        foreach (var row in rows)
        {
            var hash = BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(row.Raw));
            // The same row of the same register waits once, however often its file is imported.
            if (session.Scalar("SELECT 1 FROM inbox WHERE content_hash = $1 AND source = $2 AND line = $3", hash, source, row.Line) is not null) continue;
            session.Execute(
                "INSERT INTO inbox (number, source, batch, line, layout, content, content_hash, problems, person, waits_for, received_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                number++, source, batch, row.Line, layout.ToString(), row.Raw, hash, JsonSerializer.Serialize(row.Problems), row.Person, row.WaitsFor, receivedAt);
        }
    }

    public static IReadOnlyList<InboxRow> Read(Session session)
    {
        var inbox = new List<InboxRow>();
        using var rows = session.Query("SELECT number, source, batch, line, layout, content, problems, waits_for, received_at FROM inbox ORDER BY number");
        while (rows.Read())
        {
            inbox.Add(new InboxRow(
                rows.Int(0), rows.Text(1), rows.Text(2), (int)rows.Int(3), rows.Text(4), rows.Bytes(5).ToArray(), JsonSerializer.Deserialize<List<Problem>>(rows.Text(6))!,
                rows.IsNull(7) ? null : rows.Text(7), rows.Int(8)));
        }

        return inbox;
    }

    public static void Remove(Session session, long number) => session.Execute("DELETE FROM inbox WHERE number = $1", number);
}
