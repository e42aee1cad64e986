namespace Escala.Programmes.Simulation;

/// <summary>
/// A counter-based stream of chance: value n is SplitMix64's finaliser of key + n·γ (Steele, Lea and Flood 2014), so that what a person,
/// a visit or a column draws depends on its place in the simulation and not on what was drawn before it, nor by which thread.
/// Only the four operations and the square root of IEEE 754 are used: the same bits on every machine.
/// </summary>
internal struct RandomStream
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;
    private readonly ulong _key;
    private ulong _counter;

    public RandomStream(ulong key) => (_key, _counter) = (key, key);

    /// <summary>The stream of a part (a person of the country, a visit of the person…), independent of what this one has drawn.</summary>
    public readonly RandomStream Of(int part) => new(Mix(_key ^ Mix(((ulong)(uint)part + 1) * Gamma)));

    /// <summary>In (0, 1), both excluded.</summary>
    public double Uniform() => ((Next() >> 11) + 0.5) * (1.0 / (1UL << 53));

    public bool Chance(double probability) => Uniform() < probability;

    /// <summary>0 to <paramref name="count"/> − 1.</summary>
    public int Below(int count) => (int)Math.BigMul(Next(), (ulong)count, out _);

    public int Between(int lowest, int highest) => lowest + Below(highest - lowest + 1);

    public double Exponential(double mean) => -mean * PortableMath.Log(Uniform());

    /// <summary>Standard normal, by the polar method (Marsaglia and Bray 1964).</summary>
    public double Normal()
    {
        while (true)
        {
            var u = (2 * Uniform()) - 1;
            var v = (2 * Uniform()) - 1;
            var s = (u * u) + (v * v);
            if (s is < 1 and > 0) return u * Math.Sqrt(-2 * PortableMath.Log(s) / s);
        }
    }

    /// <summary>An index, with the probabilities whose running sums are given.</summary>
    public int Choice(ReadOnlySpan<double> cumulative)
    {
        var u = Uniform();
        var i = 0;
        while (i < cumulative.Length - 1 && u >= cumulative[i]) i++;
        return i;
    }

    private ulong Next() => Mix(_counter += Gamma);

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
