using System.Runtime.CompilerServices;

namespace Escala.Fuzz.Coverage;

/// <summary>
/// What instrumented code calls at the head of each basic block: counts the edge from the block before, and the steps. One thread alone runs
/// instrumented code.
/// </summary>
public static class Probe
{
    /// <summary>Counters; a power of two.</summary>
    public const int Size = 1 << 16;

    /// <summary>How often each edge was passed, modulo 256.</summary>
    public static readonly byte[] Edges = new byte[Size];

    private static int s_before;
    private static long s_steps;

    /// <summary>Blocks that were entered since <see cref="Begin"/>.</summary>
    public static long Steps => s_steps;

    /// <summary>Beyond this many steps the code under test is stopped: a bound of time that is the same on every machine.</summary>
    public static long MostSteps { get; set; } = long.MaxValue;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Hit(int block)
    {
        Edges[(block ^ s_before) & (Size - 1)]++;
        s_before = block >> 1;
        if (++s_steps > MostSteps) throw new TooManySteps();
    }

    public static void Begin()
    {
        Array.Clear(Edges);
        (s_before, s_steps) = (0, 0);
    }
}

/// <summary>The code under test would not end within its bound.</summary>
public sealed class TooManySteps() : Exception("more steps than the bound");
