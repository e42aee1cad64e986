using Escala.Platform.Ledger;
using Escala.Programmes;
using Escala.Programmes.Facts;

namespace Escala.Registry.Timelines;

/// <summary>Reads the bodies of register rows, each by the layout of its origin. One per thread.</summary>
public sealed class RowDecoder(Programme programme)
{
    // A store has a handful of layouts; whoever sends many does not fill memory with them.
    private const int MostReaders = 256;

    private readonly LocalDays _days = new(programme.Zone);
    private readonly Dictionary<string, (RowReader Reader, CsvRecord Record)> _readers = new(StringComparer.Ordinal);

    public DecodedRow Row { get; } = new(programme.Register);

    /// <summary>Fills <see cref="Row"/>; false when the body cannot be read as a row of the register (it was, or it would not be here).</summary>
    public bool Read(string? layout, ReadOnlySpan<byte> body)
    {
        Row.Reset();
        if (layout is null) return false;
        if (!_readers.TryGetValue(layout, out var reader))
        {
            if (Layout.Parse(layout) is not { } parsed || !RowReader.For(programme, parsed).TryGet(out var made)) return false;
            if (_readers.Count >= MostReaders) _readers.Clear();
            _readers[layout] = reader = (made, new CsvRecord((byte)parsed.Delimiter));
        }

        if (!reader.Record.Fill(body)) return false;
        reader.Reader.Read(reader.Record, Row);
        return Row.Problems.Count == 0;
    }

    /// <summary>
    /// The head of the row just read, as the entry that brought it says: whose code of a facility, and which source, is the envelope's.
    /// <paramref name="facility"/> is the facility's number.
    /// </summary>
    public RowHead Head(long position, long receivedAt, long recordedAt, long line, int facility, string code, string? source) => new()
    {
        Position = position,
        Day = Row.Day,
        Facility = facility,
        RecordedAt = recordedAt,
        Line = line,
        Content = Row.ContentAt(code),
        RowId = Row.RowId is { } id ? HashOf(source, id) : 0,
        Queried = Row.IsQueried(_days.On(receivedAt)),
    };

    /// <summary>64 bits of a source and its own row id; never 0. Two sources may use the same ids for different rows.</summary>
    public static ulong HashOf(string? source, string rowId)
    {
        Span<byte> hash = stackalloc byte[32];
        System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{source}\0{rowId}"), hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(hash) | 1;
    }
}
