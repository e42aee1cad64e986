namespace Escala.Numerics.CostEffectiveness;

/// <summary>
/// Random numbers that are a function of (seed, stream, index): the same whatever is drawn elsewhere, in whatever order, by however many
/// threads. Philox4x32-10: Salmon JK, Moraes MA, Dror RO, Shaw DE. Parallel random numbers: as easy as 1, 2, 3. SC 2011.
/// </summary>
public struct CounterStream
{
    private readonly uint _key0, _key1, _stream, _index;
    private uint _block;
    private ulong _spare;
    private bool _hasSpare;

    /// <summary>Opens the stream of one quantity in one draw.</summary>
    /// <param name="seed">Seed of the analysis.</param>
    /// <param name="stream">The quantity, see <see cref="StreamOf"/>.</param>
    /// <param name="index">The draw.</param>
    public CounterStream(ulong seed, uint stream, uint index)
    {
        _key0 = (uint)seed;
        _key1 = (uint)(seed >> 32);
        _stream = stream;
        _index = index;
    }

    /// <summary>A stream number for a name (FNV-1a), so that a new parameter leaves the draws of the others as they were.</summary>
    /// <param name="name">Identifier of the quantity.</param>
    public static uint StreamOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var hash = 2166136261u;
        foreach (var c in name) hash = unchecked((hash ^ c) * 16777619u);
        return hash;
    }

    /// <summary>The next uniform number, in the open interval (0, 1).</summary>
    // 52 bits and a half, so that neither 0 nor 1 can come out.
    public double NextUniform() => ((NextBits() >> 12) + 0.5) * (1.0 / (1ul << 52));

    /// <summary>The next whole number from 0 to below <paramref name="bound"/>, each equally likely (Lemire 2019, ACM TOMACS 29:3).</summary>
    internal int NextInteger(int bound)
    {
        while (true)
        {
            var high = Math.BigMul(NextBits(), (ulong)bound, out ulong low);
            if (low >= unchecked(0 - (ulong)bound) % (ulong)bound) return (int)high;
        }
    }

    /// <summary>The next sixty-four bits.</summary>
    internal ulong NextBits()
    {
        if (_hasSpare)
        {
            _hasSpare = false;
            return _spare;
        }
        (var bits, _spare) = Philox(_index, _stream, _block++, 0, _key0, _key1);
        _hasSpare = true;
        return bits;
    }

    /// <summary>The next standard normal number, by inversion.</summary>
    public double NextNormal() => StandardNormal.Quantile(NextUniform());

    internal static (ulong First, ulong Second) Philox(uint c0, uint c1, uint c2, uint c3, uint key0, uint key1)
    {
        unchecked
        {
            for (var round = 0; round < 10; round++)
            {
                ulong p0 = 0xD2511F53ul * c0, p1 = 0xCD9E8D57ul * c2;
                (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ key0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ key1, (uint)p0);
                key0 += 0x9E3779B9u;
                key1 += 0xBB67AE85u;
            }
        }
        return (((ulong)c0 << 32) | c1, ((ulong)c2 << 32) | c3);
    }
}
