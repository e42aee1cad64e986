using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Escala.Capture.Imports;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Facts;

namespace Escala.Capture.Inbox;

/// <summary>A row that waits for a person or for a place.</summary>
public sealed record InboxRow(long Number, string Source, string Batch, int Line, string Layout, byte[] Content, IReadOnlyList<Problem> Problems, string? WaitsFor, long RecordedAt)
{
    /// <summary>Identifier of the person, where it could be read.</summary>
    public string? Person { get; init; }

    /// <summary>How-many-eth row of its key it was in its file, from 0; null where the key could not be read.</summary>
    public int? Ordinal { get; init; }

    /// <summary>A row with its key was known when it was refused.</summary>
    public bool StoodForKnown { get; init; }

    /// <summary>Of the bytes that came first: the same row of the same register waits once.</summary>
    internal long ContentHash { get; init; }

    /// <summary>Name of the file that brought it.</summary>
    public string File => Batch[..Batch.LastIndexOf('#')];

    /// <summary>Reads what can be read; false when its fields cannot be told apart.</summary>
    internal bool ReadInto(Programme programme, DecodedRow row)
    {
        row.Reset();
        if (Programmes.Facts.Layout.Parse(Layout) is not { } layout || !RowReader.For(programme, layout).TryGet(out var reader)) return false;
        var fields = new CsvRecord((byte)layout.Delimiter);
        if (Split(Content, fields) is not null) return false;
        reader.Read(fields, row);
        return true;
    }

    /// <summary>Null, or why the fields of a record cannot be told apart, as <see cref="CsvRecords.Fault"/> says it.</summary>
    internal static string? Split(byte[] content, CsvRecord fields) =>
        !System.Text.Unicode.Utf8.IsValid(content) ? "encoding" : content.Contains((byte)0) ? "nul" : fields.Fill(content) ? null : "quotes";
}

/// <summary>The problem inbox: what was refused stays until somebody has mended it, given it up, or what it waits for has come.</summary>
public static class InboxTable
{
    private const string NextNumber = "inbox-next";

    internal static void Add(Session session, string source, string batch, Layout layout, IReadOnlyList<RefusedRow> rows, long receivedAt, WaitingRows waiting)
    {
        if (rows.Count == 0) return;
        // A number is never given again: somebody may have it on paper or in a file.
        var number = Math.Max(long.Parse(Store.Info(session, NextNumber) ?? "1", CultureInfo.InvariantCulture), (session.Scalar("SELECT MAX(number) FROM inbox") ?? 0) + 1);
        foreach (var row in rows)
        {
            var hash = HashOf(row.Raw);
            Remove(session, waiting.ReplacedBy(row, hash));
            // The same row of the same register waits once, however often its file is imported; what it says of another day is refused for itself.
            if (Waits(session, hash, source, row.Line, layout.Part)) continue;
            session.Execute(
                "INSERT INTO inbox (number, source, batch, line, layout, content, content_hash, problems, person, waits_for, received_at, ordinal, stood_for_known) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
                number++, source, batch, row.Line, layout.ToString(), row.Raw, hash, JsonSerializer.Serialize(row.Problems), row.Person, row.WaitsFor, receivedAt, (long?)row.Key?.Ordinal,
                row.StoodForKnown ? 1 : 0);
        }

        Store.SetInfo(session, NextNumber, number.ToString(CultureInfo.InvariantCulture));
    }

    private static bool Waits(Session session, long content, string source, int line, string? part)
    {
        using var rows = session.Query("SELECT layout FROM inbox WHERE content_hash = $1 AND source = $2 AND line = $3", content, source, line);
        while (rows.Read())
        {
            if (Layout.Parse(rows.Text(0))?.Part == part) return true;
        }

        return false;
    }

    public static IReadOnlyList<InboxRow> Read(Session session)
    {
        var inbox = new List<InboxRow>();
        using var rows = session.Query("SELECT number, source, batch, line, layout, content, problems, waits_for, received_at, person, ordinal, stood_for_known, content_hash FROM inbox ORDER BY number");
        while (rows.Read())
        {
            inbox.Add(new InboxRow(
                rows.Int(0), rows.Text(1), rows.Text(2), (int)rows.Int(3), rows.Text(4), rows.Bytes(5).ToArray(), JsonSerializer.Deserialize<List<Problem>>(rows.Text(6))!,
                rows.IsNull(7) ? null : rows.Text(7), rows.Int(8))
            {
                Person = rows.IsNull(9) ? null : rows.Text(9),
                Ordinal = rows.IsNull(10) ? null : (int)rows.Int(10),
                StoodForKnown = !rows.IsNull(11) && rows.Int(11) != 0,
                ContentHash = rows.Int(12),
            });
        }

        return inbox;
    }

    public static long CountOf(Session session, string source) => session.Scalar("SELECT COUNT(*) FROM inbox WHERE source = $1", source) ?? 0;

    /// <summary>The row as somebody mended it, which was not enough.</summary>
    internal static void Replace(Session session, long number, Layout layout, RefusedRow row) => session.Execute(
        "UPDATE inbox SET layout = $1, content = $2, problems = $3, person = $4, waits_for = $5, ordinal = $6, stood_for_known = $7 WHERE number = $8",
        layout.ToString(), row.Raw, JsonSerializer.Serialize(row.Problems), row.Person, row.WaitsFor, (long?)row.Key?.Ordinal, row.StoodForKnown ? 1 : 0, number);

    public static void Remove(Session session, IEnumerable<long> numbers)
    {
        foreach (var number in numbers) session.Execute("DELETE FROM inbox WHERE number = $1", number);
    }

    private static long HashOf(byte[] row) => BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(row));
}
