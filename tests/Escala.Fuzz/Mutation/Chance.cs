namespace Escala.Fuzz.Mutation;

/// <summary>A stream of numbers that its seed alone decides (SplitMix64).</summary>
internal sealed class Chance(ulong seed)
{
    private ulong _state = seed;

    /// <summary>From 0 to below <paramref name="end"/>.</summary>
    public int Below(int end) => (int)(Next() % (uint)end);

    public bool OneIn(int times) => Below(times) == 0;

    public T Of<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>A length, short ones far more often.</summary>
    public int Length(int most) => 1 + Below(1 + Below(1 + Below(Math.Max(1, most))));

    private ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
