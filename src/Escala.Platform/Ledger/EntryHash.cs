using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Escala.Platform.Ledger;

/// <summary>
/// The hash chain: chain(n) = SHA-256(chain(n−1) ‖ envelope ‖ H(salt ‖ body)). The envelope is laid out as fixed bytes, little-endian, every
/// optional part behind a presence bit, so that the same words always hash alike.
/// </summary>
public static class EntryHash
{
    public const int Size = 32;

    public const int SaltSize = 16;

    private const int FixedSize = Size + 1 + 16 + Size + 1 + 4 + 8 + 8 + 8 + Size;

    /// <summary>What stands before the first entry.</summary>
    public static byte[] Genesis { get; } = new byte[Size];

    public static void OfBody(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> body, Span<byte> hash)
    {
        var length = salt.Length + body.Length;
        byte[]? rented = null;
        var buffer = length <= 1024 ? stackalloc byte[length] : rented = new byte[length];
        salt.CopyTo(buffer);
        body.CopyTo(buffer[salt.Length..]);
        SHA256.HashData(buffer, hash);
    }

    public static void Chain(ReadOnlySpan<byte> previous, in Envelope envelope, ReadOnlySpan<byte> bodyHash, Span<byte> chain)
    {
        var facility = envelope.Facility ?? "";
        Span<byte> buffer = stackalloc byte[FixedSize + 16 + 16 + 16 + 8 + 2 + (facility.Length * 3)];
        var at = 0;
        Put(buffer, ref at, previous);
        buffer[at++] = 1;
        Put(buffer, ref at, envelope.Id);
        Put(buffer, ref at, envelope.OriginHash);
        buffer[at++] = (byte)((envelope.Subject is null ? 0 : 1) | (envelope.Facility is null ? 0 : 2) | (envelope.Replaces is null ? 0 : 4)
            | (envelope.Withdraws is null ? 0 : 8) | (envelope.BasedOn is null ? 0 : 16));
        if (envelope.Subject is { } subject) Put(buffer, ref at, subject);
        if (envelope.Facility is not null)
        {
            var length = Encoding.UTF8.GetBytes(facility, buffer[(at + 2)..]);
            BinaryPrimitives.WriteUInt16LittleEndian(buffer[at..], checked((ushort)length));
            at += 2 + length;
        }

        BinaryPrimitives.WriteInt32LittleEndian(buffer[at..], envelope.EventDay);
        at += 4;
        Put(buffer, ref at, envelope.RecordedAt);
        Put(buffer, ref at, envelope.ReceivedAt);
        Put(buffer, ref at, envelope.Sequence);
        if (envelope.Replaces is { } replaces) Put(buffer, ref at, replaces);
        if (envelope.Withdraws is { } withdraws) Put(buffer, ref at, withdraws);
        if (envelope.BasedOn is { } basedOn) Put(buffer, ref at, basedOn);
        Put(buffer, ref at, bodyHash);
        SHA256.HashData(buffer[..at], chain);
    }

    private static void Put(Span<byte> buffer, ref int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(buffer[at..]);
        at += bytes.Length;
    }

    private static void Put(Span<byte> buffer, ref int at, Guid id)
    {
        id.TryWriteBytes(buffer[at..], bigEndian: true, out _);
        at += 16;
    }

    private static void Put(Span<byte> buffer, ref int at, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(buffer[at..], value);
        at += 8;
    }
}

/// <summary>What the chain covers of an entry besides its body.</summary>
public readonly ref struct Envelope
{
    public required Guid Id { get; init; }

    public required ReadOnlySpan<byte> OriginHash { get; init; }

    public Guid? Subject { get; init; }

    public string? Facility { get; init; }

    public required int EventDay { get; init; }

    public required long RecordedAt { get; init; }

    public required long ReceivedAt { get; init; }

    public required long Sequence { get; init; }

    public Guid? Replaces { get; init; }

    public Guid? Withdraws { get; init; }

    public long? BasedOn { get; init; }
}
