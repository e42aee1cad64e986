using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Escala.Capture.Exchange;
using Escala.Chapters.Tests.Stores;
using Escala.Platform.Ledger;
using Escala.Programmes.Facts;
using Escala.Registry;

namespace Escala.Chapters.Tests.Exchange;

/// <summary>Entries and batches as devices write them.</summary>
internal static class Written
{
    private static readonly string s_layout = new Layout(',', '.', DateOrder.Iso, Stores.Register.Header.Split(',')).ToString();

    public static Entry Visit(RunningStore store, Guid device, Guid account, long sequence, Visit visit, Guid subject, Guid? replaces) =>
        Entry(store.Clock, device, account, sequence, EntryKinds.Visit, subject, Stores.Register.Line(visit), visit.Facility) with { EventDay = visit.DayNumber, Replaces = replaces };

    /// <summary>The day that the row itself says.</summary>
    public static Entry Row(Entry entry) => entry with { EventDay = Naive.DayOf(Encoding.UTF8.GetString(entry.Body).Split(',')[2])!.Value };

    public static Entry Entry(SettableClock clock, Guid device, Guid account, long sequence, string kind, Guid? subject, string body, string facility) => new()
    {
        Id = Guid.CreateVersion7(clock.GetUtcNow()),
        Origin = new Origin
        {
            Kind = kind,
            Class = DeviceKinds.ClassOf(kind),
            Layout = kind == EntryKinds.Visit ? s_layout : null,
            Author = account.ToString(),
            Device = device.ToString(),
        },
        Subject = subject,
        Facility = facility,
        EventDay = Naive.DayOf("2025-11-03")!.Value,
        RecordedAt = clock.GetUtcNow().ToUnixTimeMilliseconds() * 1000,
        Sequence = sequence,
        Body = Encoding.UTF8.GetBytes(body),
    };

    public static byte[] Batch(Guid device, IEnumerable<Entry> entries, long sentAt = 1_767_225_600_000)
    {
        using var batch = new BatchWriter();
        batch.Head(device, "", sentAt, null);
        foreach (var entry in entries) batch.Entry(entry);
        return batch.ToArray();
    }

    public static byte[] Plain(byte[] batch)
    {
        using var plain = new MemoryStream();
        using (var unpacked = new GZipStream(new MemoryStream(batch), CompressionMode.Decompress)) unpacked.CopyTo(plain);
        return plain.ToArray();
    }

    /// <summary>A pull in full.</summary>
    public static (string Epoch, long Next, long Head, string Chain, IReadOnlyList<(long Position, Entry Entry)> Entries) Read(byte[] batch)
    {
        var lines = Encoding.UTF8.GetString(Plain(batch)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        using var tail = JsonDocument.Parse(lines[^1]);
        using var reader = BatchReader.Open(new MemoryStream(batch), BatchLimits.Push);
        var entries = reader.Lines().Select(l =>
        {
            using var json = JsonDocument.Parse(l.Raw);
            return (json.RootElement.GetProperty("p").GetInt64(), l.Entry!);
        }).ToList();
        Assert.Null(reader.Fault);
        return (reader.Epoch!, tail.RootElement.GetProperty("next").GetInt64(), tail.RootElement.GetProperty("head").GetInt64(), tail.RootElement.GetProperty("chain").GetString()!, entries);
    }

    /// <summary>What a pull brought, by id, and where it ends.</summary>
    public static (long Next, long Head) Take(byte[] batch, Dictionary<Guid, (long Position, Entry Entry)> into)
    {
        var (_, next, head, _, entries) = Read(batch);
        foreach (var (position, entry) in entries) into[entry.Id] = (position, entry);
        return (next, head);
    }
}
