using System.Diagnostics;
using Escala.Fuzz.Coverage;

namespace Escala.Fuzz;

/// <param name="Kind">The same fault has the same, whatever input brings it about.</param>
/// <param name="Told">What a person needs to find it.</param>
internal sealed record Finding(string Kind, string Told);

/// <summary>One input tried within bounds of steps and of bytes allocated.</summary>
internal static class Execution
{
    /// <summary>Bytes allocated for one input, alive or not.</summary>
    public const long MostAllocated = 96L << 20;

    public static Finding? Try(Target target, byte[] input)
    {
        target.Prepare();
        Probe.Begin();
        Probe.MostSteps = target.MostSteps;
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            target.Try(input);
            if (Probe.Steps > target.MostSteps) return new Finding("steps", "more steps than the bound, and the exception was caught");
        }
        catch (Exception e)
        {
            return new Finding(KindOf(e), e.ToString());
        }
        finally
        {
            Probe.MostSteps = long.MaxValue;
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return allocated > MostAllocated ? new Finding("allocation", $"{allocated >> 20} MB allocated for {input.Length} bytes") : null;
    }

    /// <summary>The exception and the innermost methods; of a hang, where it happened is chance.</summary>
    private static string KindOf(Exception e)
    {
        if (e is OracleViolation or TooManySteps) return e.GetType().Name + ": " + e.Message.Split(':')[0];
        var frames = new StackTrace(e).GetFrames().Select(f => f.GetMethod()?.DeclaringType?.Name + "." + f.GetMethod()?.Name).Take(3);
        return e.GetType().Name + " " + string.Join(" < ", frames);
    }
}
