using System.Text;
using Escala.Capture.Exchange;
using Escala.Fuzz.Mutation;
using Escala.Platform.Ledger;

namespace Escala.Fuzz.Targets;

/// <summary>A tablet's batch: the entries that are read are the same when they are written and read again.</summary>
internal sealed class BatchTarget : Target
{
    private static readonly BatchLimits s_limits = new(1 << 20, 1000);

    public override string Name => "batch";

    public override int Share => 3;

    public override Structure Structure => Structure.Words;

    public override IReadOnlyList<string> Words => ["\"id\":null", "\"origin\":{}", "\"body\":\"\\u0000\"", "\"t\":9223372036854775807", "\"d\":\"0001-01-01\"", "\"next\":1", "\"escala\":2", "\\ud800", "[[[["];

    public override IEnumerable<byte[]> Seeds =>
    [
        Bytes("""
            {"escala":1,"device":"0193b2c4-1111-7abc-8def-0123456789ab","epoch":"e1","sent":1772000000000}
            {"origin":{"kind":"visit","class":"clinical","form":"visit@1","programme":"saia-htn@1","zone":"Africa/Maputo","layout":"csv|,|.|Iso|a|b","author":"ana","source":"field"}}
            {"id":"0193b2c4-2222-7abc-8def-0123456789ab","s":"0193b2c4-3333-7abc-8def-0123456789ab","f":"F101","d":"2025-03-14","t":1772000000000,"q":3,"b":12,"body":"a,b"}
            {"id":"0193b2c4-4444-7abc-8def-0123456789ab","d":"2025-03-14","t":1772000000001,"r":"0193b2c4-2222-7abc-8def-0123456789ab","w":null,"body":"{\"é\":\"\\u00e9\"}"}
            {"next":3,"head":5,"chain":"ab"}

            """.ReplaceLineEndings("\n")),
        Packed(),
    ];

    public override void Try(byte[] input)
    {
        using var reader = BatchReader.Open(new MemoryStream(input), s_limits);
        var lines = reader.Lines().ToList();
        HoldProblems(lines.Select(l => l.Problem).Append(reader.Fault).OfType<Platform.Problems.Problem>());
        List<Entry> entries = [.. lines.Select(l => l.Entry).OfType<Entry>()];
        Hold(lines.All(l => l.Entry is not null || l.Problem is not null), "a line is neither an entry nor told");
        if (reader.Fault is not null || entries.Count == 0) return;
        using var writer = new BatchWriter();
        writer.Head(null, "e", 0, null);
        foreach (var entry in entries) writer.Entry(entry);
        using var again = BatchReader.Open(new MemoryStream(writer.ToArray()), s_limits);
        List<Entry?> back = [.. again.Lines().Select(l => l.Entry)];
        Hold(again.Fault is null && back.Count == entries.Count, "entries are lost on the way");
        for (var i = 0; i < entries.Count; i++)
            Hold(back[i] is { } b && b.Body.AsSpan().SequenceEqual(entries[i].Body) && b with { Body = entries[i].Body, Origin = entries[i].Origin } == entries[i] && b.Origin.ToBytes().AsSpan().SequenceEqual(entries[i].Origin.ToBytes()), "an entry is another on the way");
    }

    private static byte[] Packed()
    {
        using var writer = new BatchWriter();
        writer.Head(Guid.Empty, "e1", 1, 2);
        writer.Entry(new Entry { Id = new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), Origin = new Origin { Kind = "visit", Class = "clinical" }, EventDay = 739_000, RecordedAt = 1000, Body = Encoding.UTF8.GetBytes("x") });
        return writer.ToArray();
    }
}
