using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Escala.Platform.Ledger;

/// <summary>
/// Version 7 ids in rising order (RFC 9562, method 3: the millisecond goes on in sub-millisecond ticks), so that an index over them grows at
/// its end. Random bits are drawn by the thousand: a call to the system for each id costs more than the rest of a row. One per thread.
/// </summary>
public sealed class EntryIds(TimeProvider clock)
{
    private readonly byte[] _random = new byte[8 * 512];
    private int _used = 8 * 512;
    private long _last;

    public Guid Next()
    {
        // 1/4096 of a millisecond; never twice the same.
        var (milliseconds, rest) = Math.DivRem((clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks, TimeSpan.TicksPerMillisecond);
        _last = Math.Max(_last + 1, (milliseconds << 12) + (rest * 4096 / TimeSpan.TicksPerMillisecond));
        if (_used == _random.Length)
        {
            RandomNumberGenerator.Fill(_random);
            _used = 0;
        }

        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(id, _last >> 12 << 16);
        BinaryPrimitives.WriteUInt16BigEndian(id[6..], (ushort)(0x7000 | (_last & 0xfff)));
        _random.AsSpan(_used, 8).CopyTo(id[8..]);
        id[8] = (byte)((id[8] & 0x3f) | 0x80);
        _used += 8;
        return new Guid(id, bigEndian: true);
    }
}
