using System.IO.Compression;
using System.Text.Json;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;

namespace Escala.Capture.Exchange;

/// <summary>How much of a batch is read, so that what a stranger sends cannot fill memory: bytes when unpacked, and entries.</summary>
public sealed record BatchLimits(long MostBytes, int MostEntries)
{
    /// <summary>Of one push. A device sends 64 kB at a time; this is a day of a large clinic.</summary>
    public static BatchLimits Push { get; } = new(16 << 20, 10_000);

    /// <summary>Of a file of unsent entries, which is read in stretches.</summary>
    public static BatchLimits File { get; } = new(4L << 30, int.MaxValue);
}

/// <summary>One entry of a batch, or a line that none could be made of: as it came, with what is wrong. Whom it is about is known where that much could be read.</summary>
public sealed record BatchLine(int Number, Guid? Id, Guid? Subject, Entry? Entry, byte[] Origin, byte[] Raw, Problem? Problem)
{
    /// <summary>Refused entries that it stands for, says the device: once it is taken, those that are of the same device and about the same person wait no more.</summary>
    public IReadOnlyList<Guid> StandsFor { get; init; } = [];
}

/// <summary>
/// Reads a batch (docs/methods/exchange.md) as it comes, packed or not. A batch that breaks off ends with its last whole line; one whose bytes were
/// changed on the way (gzip knows) is <see cref="Fault"/>y, and nothing of it may be taken.
/// </summary>
public sealed class BatchReader : IDisposable
{
    private const int LongestLine = 256 << 10, MostStoodFor = 100;

    private readonly EndSensor _source;
    private readonly Stream _unpacked;
    private readonly BatchLimits _limits;
    private byte[] _buffer = new byte[64 << 10];
    private int _start;
    private int _end;
    private long _bytes;
    private bool _atEnd;
    private int _line;
    private Origin? _origin;
    private byte[] _originRaw = [];

    private BatchReader(EndSensor source, Stream unpacked, BatchLimits limits) => (_source, _unpacked, _limits) = (source, unpacked, limits);

    /// <summary>Whose batch it says it is; null until the first line was read, and where that line says nothing.</summary>
    public Guid? Device { get; private set; }

    public string? Epoch { get; private set; }

    /// <summary>UTC milliseconds by the device's clock.</summary>
    public long? SentAt { get; private set; }

    /// <summary>It ended inside: the last whole line was the last that was read.</summary>
    public bool BrokenOff { get; private set; }

    /// <summary>Why nothing of the batch may be taken; known when its end was reached.</summary>
    public Problem? Fault { get; private set; }

    public static BatchReader Open(Stream stream, BatchLimits limits)
    {
        var source = new EndSensor(stream);
        return source.Peek() is [0x1f, 0x8b] ? new BatchReader(source, new GZipStream(source, CompressionMode.Decompress), limits) : new BatchReader(source, source, limits);
    }

    /// <summary>Entries and unreadable lines in order. Look at <see cref="Fault"/> afterwards.</summary>
    public IEnumerable<BatchLine> Lines()
    {
        var entries = 0;
        while (Fault is null && Next() is { } range)
        {
            var raw = _buffer.AsMemory(range);
            if (raw.Span.Trim(" \r"u8).IsEmpty) continue;
            if (Read(raw) is not { } line) continue;
            if (++entries > _limits.MostEntries)
            {
                Fault = Problem.Of("capture.exchange.too-large", ("most", _limits.MostEntries));
                yield break;
            }

            yield return line;
        }
    }

    public void Dispose() => _unpacked.Dispose();

    /// <summary>The next line without its end, or null at the end of the batch.</summary>
    private Range? Next()
    {
        while (true)
        {
            var end = _buffer.AsSpan(_start.._end).IndexOf((byte)'\n');
            if (end >= 0)
            {
                var line = _start..(_start + end);
                _start += end + 1;
                _line++;
                return line;
            }

            if (_atEnd)
            {
                var rest = _start.._end;
                _start = _end;
                // A last line without its end is whole if it can be read; otherwise the batch broke off inside it.
                if (rest.Start.Value == rest.End.Value) return null;
                if (!BrokenOff && IsWhole(_buffer.AsSpan(rest)))
                {
                    _line++;
                    return rest;
                }

                BrokenOff = true;
                return null;
            }

            Fill();
            if (Fault is not null) return null;
        }
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= LongestLine)
            {
                Fault = Problem.Of("capture.exchange.long-line", ("line", _line + 1), ("most", LongestLine));
                return;
            }

            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        try
        {
            var read = _unpacked.Read(_buffer, _end, _buffer.Length - _end);
            _atEnd = read == 0;
            _end += read;
            _bytes += read;
        }
        catch (InvalidDataException) when (_source.Ended)
        {
            (_atEnd, BrokenOff) = (true, true);
        }
        catch (InvalidDataException)
        {
            Fault = Problem.Of("capture.exchange.damaged");
        }

        if (_bytes > _limits.MostBytes) Fault = Problem.Of("capture.exchange.too-large", ("most", _limits.MostEntries));
    }

    private static bool IsWhole(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Null for a line that is no entry: the head, an origin, the end.</summary>
    private BatchLine? Read(ReadOnlyMemory<byte> raw)
    {
        Guid? id = null, subject = null;
        try
        {
            using var json = JsonDocument.Parse(raw);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return Unreadable(null, null, raw);
            subject = SubjectOf(root);
            if (root.TryGetProperty("id"u8, out var named))
            {
                id = named.TryGetGuid(out var guid) ? guid : null;
                return id is null ? Unreadable(null, subject, raw) : Entry(id.Value, root, raw);
            }

            if (root.TryGetProperty("origin"u8, out var origin))
            {
                _originRaw = [.. raw.Span];
                _origin = null;
                // What is said of itself as null is not said: entries behind such an origin cannot be read.
                if (Origin.Read(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(origin)) is { Kind: not null, Class: not null } said) _origin = said;
                return null;
            }

            if (root.TryGetProperty("escala"u8, out var version)) return Head(version, root, raw);
            return root.TryGetProperty("next"u8, out _) ? null : Unreadable(null, subject, raw);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or OverflowException)
        {
            return Unreadable(id, subject, raw);
        }
    }

    private BatchLine? Head(JsonElement version, JsonElement root, ReadOnlyMemory<byte> raw)
    {
        if (!version.TryGetInt32(out var number) || number != 1)
        {
            Fault = Problem.Of("capture.exchange.version", ("version", version.ToString()));
            return null;
        }

        if (root.TryGetProperty("device"u8, out var device) && device.ValueKind == JsonValueKind.String) Device = device.TryGetGuid(out var id) ? id : null;
        if (root.TryGetProperty("epoch"u8, out var epoch)) Epoch = epoch.GetString();
        if (root.TryGetProperty("sent"u8, out var sent)) SentAt = sent.GetInt64();
        return _line > 1 ? Unreadable(null, null, raw) : null;
    }

    private BatchLine Entry(Guid id, JsonElement root, ReadOnlyMemory<byte> raw)
    {
        if (_origin is null) return Unreadable(id, SubjectOf(root), raw);
        var entry = new Entry
        {
            Id = id,
            Origin = _origin,
            Subject = IdOf(root, "s"u8),
            Facility = root.TryGetProperty("f"u8, out var facility) ? facility.GetString() : null,
            EventDay = DateOnly.ParseExact(Text(Part(root, "d"u8)), "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture).DayNumber,
            RecordedAt = checked(Part(root, "t"u8).GetInt64() * 1000),
            Sequence = root.TryGetProperty("q"u8, out var sequence) ? sequence.GetInt64() : 0,
            Replaces = IdOf(root, "r"u8),
            Withdraws = IdOf(root, "w"u8),
            BasedOn = root.TryGetProperty("b"u8, out var basedOn) && basedOn.ValueKind != JsonValueKind.Null ? basedOn.GetInt64() : null,
            Body = root.TryGetProperty("body"u8, out var body) ? System.Text.Encoding.UTF8.GetBytes(Text(body)) : [],
        };
        var standsFor = root.TryGetProperty("x"u8, out var refused) ? refused.EnumerateArray().Take(MostStoodFor).Select(r => r.GetGuid()).ToList() : [];
        return new BatchLine(_line, id, entry.Subject, entry, _originRaw, raw.ToArray(), null) { StandsFor = standsFor };
    }

    private static Guid? IdOf(JsonElement root, ReadOnlySpan<byte> name) => root.TryGetProperty(name, out var id) && id.ValueKind != JsonValueKind.Null ? id.GetGuid() : null;

    /// <summary>Of a line that may be wrong in any other way.</summary>
    private static Guid? SubjectOf(JsonElement root) =>
        root.TryGetProperty("s"u8, out var said) && said.ValueKind == JsonValueKind.String && said.TryGetGuid(out var subject) ? subject : null;

    private static JsonElement Part(JsonElement root, ReadOnlySpan<byte> name) => root.TryGetProperty(name, out var part) ? part : throw new FormatException();

    private static string Text(JsonElement part) => part.GetString() ?? throw new FormatException();

    private BatchLine Unreadable(Guid? id, Guid? subject, ReadOnlyMemory<byte> raw) => new(_line, id, subject, null, _originRaw, raw.ToArray(), Problem.Of("capture.exchange.unreadable", ("line", _line)));

    /// <summary>Knows whether the source came to its end: data that gzip misses there was cut off; data that it dislikes before was changed.</summary>
    private sealed class EndSensor(Stream inner) : Stream
    {
        private readonly byte[] _peeked = new byte[2];
        private int _from;
        private int _until;

        public bool Ended { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public byte[] Peek()
        {
            _until = inner.ReadAtLeast(_peeked, _peeked.Length, throwOnEndOfStream: false);
            return _peeked[.._until];
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            if (_from < _until)
            {
                var taken = Math.Min(buffer.Length, _until - _from);
                _peeked.AsSpan(_from, taken).CopyTo(buffer);
                _from += taken;
                return taken;
            }

            var read = inner.Read(buffer);
            Ended |= read == 0 && buffer.Length > 0;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
