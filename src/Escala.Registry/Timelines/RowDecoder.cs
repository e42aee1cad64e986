using Escala.Programmes.Facts;

namespace Escala.Registry.Timelines;

/// <summary>Reads the bodies of register rows, each by the layout of its origin. One per thread.</summary>
public sealed class RowDecoder(Register register)
{
    private readonly Dictionary<string, (RowReader Reader, CsvRecord Record)> _readers = new(StringComparer.Ordinal);

    public DecodedRow Row { get; } = new(register);

    /// <summary>Fills <see cref="Row"/>; false when the body cannot be read as a row of the register (it was, or it would not be here).</summary>
    public bool Read(string? layout, ReadOnlySpan<byte> body)
    {
        if (layout is null) return false;
        if (!_readers.TryGetValue(layout, out var reader))
        {
            if (Layout.Parse(layout) is not { } parsed || !RowReader.For(register, parsed).TryGet(out var made)) return false;
            _readers[layout] = reader = (made, new CsvRecord((byte)parsed.Delimiter));
        }

        if (!reader.Record.Fill(body)) return false;
        reader.Reader.Read(reader.Record, Row);
        return Row.Problems.Count == 0;
    }

    /// <summary>The row's head but for what only the store knows (facility number).</summary>
    public RowHead Head(long position, long recordedAt, long line, int facility) => new()
    {
        Position = position,
        Day = Row.Day,
        Facility = facility,
        RecordedAt = recordedAt,
        Line = line,
        Content = Row.ContentHash,
        RowId = Row.RowId is { } id ? HashOf(id) : 0,
        Queried = Row.Queries.Count > 0,
    };

    /// <summary>64 bits of a source's row id; never 0.</summary>
    public static ulong HashOf(string rowId)
    {
        Span<byte> hash = stackalloc byte[32];
        System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(rowId), hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(hash) | 1;
    }
}
