using System.Runtime.ExceptionServices;

namespace Escala.Numerics.Simulation;

/// <summary>
/// Pieces of work that are functions of their number alone, side by side on as many threads as the machine has processors. A pool left to itself
/// takes long pieces for blocked ones and starts ever more threads.
/// </summary>
internal static class SideBySide
{
    private static readonly ParallelOptions s_processors = new() { MaxDegreeOfParallelism = Environment.ProcessorCount };

    /// <summary>Does <paramref name="one"/> for 0 to below <paramref name="count"/>, in no particular order.</summary>
    /// <param name="count">Pieces, at least 0.</param>
    /// <param name="one">The work; writes only to places of its own number.</param>
    /// <param name="progress">Told of each whole percent, never by two threads at once; null for nobody.</param>
    internal static void Run(int count, Action<int> one, IProgress<(long Done, long Of)>? progress = null)
    {
        var (gate, done) = (new Lock(), 0L);
        void Counted(int k)
        {
            one(k);
            if (progress is null) return;
            lock (gate)
            {
                done++;
                if (done * 100 / count != (done - 1) * 100 / count) progress.Report((done, count));
            }
        }
        try
        {
            Parallel.For(0, count, s_processors, Counted);
        }
        catch (AggregateException several)
        {
            // What is wrong with the question is wrong with every piece: the caller handles it as if there had been one.
            ExceptionDispatchInfo.Throw(several.InnerExceptions[0]);
        }
    }
}
