using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;
using Escala.Platform.Ledger;
using Escala.Registry.People;

namespace Escala.Capture.Exchange;

/// <summary>Writes a batch (docs/methods/exchange.md), packed, and knows how long it has become.</summary>
public sealed class BatchWriter : IDisposable
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly MemoryStream _packed = new();
    private readonly GZipStream _gzip;
    private readonly ArrayBufferWriter<byte> _lines = new(16 << 10);
    private readonly Utf8JsonWriter _json;
    private Origin? _origin;

    public BatchWriter()
    {
        _gzip = new GZipStream(_packed, CompressionLevel.Optimal, leaveOpen: true);
        _json = new Utf8JsonWriter(_lines, s_options);
    }

    /// <summary>Bytes of the packed batch once what was written is packed; what waits unpacked is counted at a third.</summary>
    public long Length => _packed.Length + (_lines.WrittenCount / 3);

    public void Head(Guid? device, string epoch, long sentAt, long? after) => Line(json =>
    {
        json.WriteNumber("escala", 1);
        if (device is { } id) json.WriteString("device", id);
        json.WriteString("epoch", epoch);
        json.WriteNumber("sent", sentAt);
        if (after is { } position) json.WriteNumber("after", position);
    });

    /// <param name="position">Where it stands in the ledger; null for an entry that is not there yet.</param>
    /// <param name="isErased">The body was destroyed.</param>
    public void Entry(Entry entry, long? position = null, bool isErased = false)
    {
        if (entry.Origin != _origin)
        {
            _origin = entry.Origin;
            Line(json =>
            {
                json.WritePropertyName("origin");
                json.WriteRawValue(entry.Origin.ToBytes(), skipInputValidation: true);
            });
        }

        Line(json =>
        {
            json.WriteString("id", entry.Id);
            if (entry.Subject is { } subject) json.WriteString("s", subject);
            if (entry.Facility is not null) json.WriteString("f", entry.Facility);
            json.WriteString("d", Iso(entry.EventDay));
            json.WriteNumber("t", entry.RecordedAt / 1000);
            if (entry.Sequence != 0) json.WriteNumber("q", entry.Sequence);
            if (entry.Replaces is { } replaces) json.WriteString("r", replaces);
            if (entry.Withdraws is { } withdraws) json.WriteString("w", withdraws);
            if (entry.BasedOn is { } basedOn) json.WriteNumber("b", basedOn);
            if (position is { } p) json.WriteNumber("p", p);
            if (isErased) json.WriteBoolean("erased", true);
            else json.WriteString("body", entry.Body);
        });
        if (_lines.WrittenCount > 8 << 10) Pack();
    }

    /// <param name="shared">Identifiers that people of the place share with others.</param>
    public void Tail(long next, long head, string chain, IReadOnlyList<SharedIdentifier> shared) => Line(json =>
    {
        json.WriteNumber("next", next);
        json.WriteNumber("head", head);
        json.WriteString("chain", chain);
        if (shared.Count > 0) Shared(json, shared);
    });

    private static void Shared(Utf8JsonWriter json, IReadOnlyList<SharedIdentifier> shared)
    {
        json.WriteStartArray("shared");
        foreach (var ((system, value), people) in shared)
        {
            json.WriteStartObject();
            json.WriteString("system", system);
            json.WriteString("value", value);
            json.WriteStartArray("people");
            foreach (var (id, facility, day) in people)
            {
                json.WriteStartObject();
                json.WriteString("id", id);
                if (facility is not null) json.WriteString("facility", facility);
                if (day > 0) json.WriteString("day", Iso(day));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Iso(int day) => DateOnly.FromDayNumber(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>The whole batch. Nothing can be written after.</summary>
    public byte[] ToArray()
    {
        Pack();
        _gzip.Dispose();
        return _packed.ToArray();
    }

    public void Dispose()
    {
        _gzip.Dispose();
        _json.Dispose();
        _packed.Dispose();
    }

    private void Line(Action<Utf8JsonWriter> write)
    {
        _json.WriteStartObject();
        write(_json);
        _json.WriteEndObject();
        _json.Flush();
        _json.Reset();
        _lines.Write("\n"u8);
    }

    private void Pack()
    {
        _gzip.Write(_lines.WrittenSpan);
        _gzip.Flush();
        _lines.Clear();
    }
}
