namespace Escala.Numerics.SteppedWedge;

/// <summary>
/// Counter-based random numbers: Philox 4×32 with ten rounds (Salmon et al. 2011, SC'11). A stream is addressed by seed and index, so
/// replicate r draws the same numbers whichever thread runs it and whatever ran before.
/// </summary>
internal struct PhiloxStream(ulong seed, ulong index)
{
    private const ulong Multiplier0 = 0xD2511F53, Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9, Weyl1 = 0xBB67AE85;

    private readonly ulong _seed = seed;
    private readonly ulong _index = index;
    private ulong _block;
    private (ulong First, ulong Second) _words;
    private bool _hasSecond;
    private double _spareNormal = double.NaN;

    /// <summary>Sixty-four random bits.</summary>
    internal ulong NextBits()
    {
        if (_hasSecond)
        {
            _hasSecond = false;
            return _words.Second;
        }
        _words = Round((uint)_block, (uint)(_block >> 32), (uint)_index, (uint)(_index >> 32), (uint)_seed, (uint)(_seed >> 32));
        _block++;
        _hasSecond = true;
        return _words.First;
    }

    /// <summary>Uniform on (0, 1), both excluded.</summary>
    internal double NextUniform() => ((NextBits() >> 12) + 0.5) * (1.0 / (1UL << 52));

    /// <summary>Uniform integer from 0 to below <paramref name="bound"/>, without bias (Lemire 2019).</summary>
    internal int NextInteger(int bound)
    {
        while (true)
        {
            ulong high = Math.BigMul(NextBits(), (ulong)bound, out ulong low);
            if (low >= unchecked(0UL - (ulong)bound) % (ulong)bound)
            {
                return (int)high;
            }
        }
    }

    /// <summary>Standard normal (Box and Muller 1958).</summary>
    internal double NextNormal()
    {
        if (!double.IsNaN(_spareNormal))
        {
            double spare = _spareNormal;
            _spareNormal = double.NaN;
            return spare;
        }
        double radius = Math.Sqrt(-2 * Math.Log(NextUniform()));
        var (sine, cosine) = Math.SinCos(2 * Math.PI * NextUniform());
        _spareNormal = radius * sine;
        return radius * cosine;
    }

    private static (ulong First, ulong Second) Round(uint c0, uint c1, uint c2, uint c3, uint key0, uint key1)
    {
        for (int round = 0; round < 10; round++)
        {
            ulong product0 = Multiplier0 * c0, product1 = Multiplier1 * c2;
            (c0, c1, c2, c3) = ((uint)(product1 >> 32) ^ c1 ^ key0, (uint)product1, (uint)(product0 >> 32) ^ c3 ^ key1, (uint)product0);
            key0 += Weyl0;
            key1 += Weyl1;
        }
        return (c0 | ((ulong)c1 << 32), c2 | ((ulong)c3 << 32));
    }
}
