using System.Numerics;
using System.Runtime.InteropServices;

namespace Escala.Fuzz.Coverage;

/// <summary>Which edges were ever passed, and how often: once, twice, three times, 4–7, 8–15, 16–31, 32–127, more.</summary>
internal sealed class CoverageMap
{
    private static readonly byte[] s_bucket = [.. Enumerable.Range(0, 256).Select(Bucket)];

    private readonly byte[] _seen = new byte[Probe.Size];

    /// <summary>Edges that were passed.</summary>
    public int Edges { get; private set; }

    /// <summary>Edges by how often: the finer count.</summary>
    public int Features { get; private set; }

    /// <summary>Adds what the last execution passed; true when some of it is new.</summary>
    public bool Add()
    {
        var isNew = false;
        var words = MemoryMarshal.Cast<byte, ulong>(Probe.Edges);
        for (var word = 0; word < words.Length; word++)
        {
            if (words[word] == 0) continue;
            for (var at = word * sizeof(ulong); at < (word + 1) * sizeof(ulong); at++)
            {
                var bucket = s_bucket[Probe.Edges[at]];
                if ((bucket & ~_seen[at]) == 0) continue;
                if (_seen[at] == 0) Edges++;
                Features++;
                _seen[at] |= bucket;
                isNew = true;
            }
        }

        return isNew;
    }

    /// <summary>Hash of what the last execution passed.</summary>
    public static ulong Signature()
    {
        var hash = 14695981039346656037UL;
        var words = MemoryMarshal.Cast<byte, ulong>(Probe.Edges);
        for (var word = 0; word < words.Length; word++)
        {
            if (words[word] == 0) continue;
            for (var at = word * sizeof(ulong); at < (word + 1) * sizeof(ulong); at++)
            {
                if (Probe.Edges[at] != 0) hash = (hash ^ (uint)at ^ ((ulong)s_bucket[Probe.Edges[at]] << 32)) * 1099511628211UL;
            }
        }

        return hash;
    }

    private static byte Bucket(int count) => count switch
    {
        0 => 0,
        < 4 => (byte)(1 << (count - 1)),
        < 32 => (byte)(1 << (BitOperations.Log2((uint)count) + 1)),
        < 128 => 64,
        _ => 128,
    };
}
