using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Escala.Fuzz;

/// <summary>Many executions over all targets in turn, each from where an earlier run left it.</summary>
internal sealed class LongRun(StateFolder state, IReadOnlyList<Target> targets)
{
    private const int ExecutionsATurn = 400;
    private static readonly TimeSpan s_betweenLines = TimeSpan.FromSeconds(20);

    /// <summary>CPU time for one input, in code without probes as well.</summary>
    private static readonly TimeSpan s_mostTime = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, TimeSpan> _spent = new(StringComparer.Ordinal);
    private long _tries;

    /// <summary>Until so many executions were made in all, or somebody stops it.</summary>
    public void Run(long until)
    {
        var counts = state.Executions();
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var before = counts.Values.Sum();
        Watch(stop.Token);
        var campaigns = targets.Select((t, i) => Campaign(t, i, counts.GetValueOrDefault(t.Name))).ToList();
        var (clock, line, started) = (Stopwatch.StartNew(), TimeSpan.Zero, counts.Values.Sum());
        while (counts.Values.Sum() < until && !stop.IsCancellationRequested)
        {
            foreach (var campaign in campaigns)
            {
                var had = campaign.Executions;
                var began = clock.Elapsed;
                campaign.Run(ExecutionsATurn * campaign.Target.Share);
                _spent[campaign.Target.Name] = _spent.GetValueOrDefault(campaign.Target.Name) + clock.Elapsed - began;
                counts[campaign.Target.Name] = counts.GetValueOrDefault(campaign.Target.Name) + campaign.Executions - had;
                if (stop.IsCancellationRequested) break;
            }

            state.Count(counts);
            if (clock.Elapsed < line) continue;
            line = clock.Elapsed + s_betweenLines;
            Say(campaigns, counts, until, (counts.Values.Sum() - started) / clock.Elapsed.TotalSeconds);
        }

        Say(campaigns, counts, until, (counts.Values.Sum() - started) / clock.Elapsed.TotalSeconds);

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private Campaign Campaign(Target target, int index, long done)
    {
        // Another seed each time, or a process that died would die of the same input again.
        var seed = (ulong)done + ((ulong)state.Findings(target.Name) << 40) + ((ulong)index << 52);
        return new Campaign(target, seed, ReferenceCorpus.Of(target).Select(c => c.Input).Concat(state.Corpus(target.Name)))
        {
            Trying = input =>
            {
                Interlocked.Increment(ref _tries);
                state.Trying(index, input);
            },
            Kept = input => state.Keep(target.Name, input),
            Found = (finding, input) =>
            {
                state.Found(target.Name, finding, input);
                Console.WriteLine($"finding in {target.Name}: {finding.Kind}");
            },
        }.Begin();
    }

    /// <summary>An input that takes more processor time than the bound ends the process, which says so by its code; whoever started it keeps the input.</summary>
    private void Watch(CancellationToken stop)
    {
        var watcher = new Thread(() =>
        {
            var (tries, since) = (0L, Environment.CpuUsage.TotalTime);
            while (!stop.WaitHandle.WaitOne(TimeSpan.FromSeconds(1)))
            {
                var now = Environment.CpuUsage.TotalTime;
                if (Interlocked.Read(ref _tries) is var met && met != tries) (tries, since) = (met, now);
                else if (tries > 0 && now - since > s_mostTime) Environment.Exit(Program.TookTooLong);
            }
        })
        { IsBackground = true };
        watcher.Start();
    }

    private void Say(List<Campaign> campaigns, Dictionary<string, long> counts, long until, double rate)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{counts.Values.Sum()} of {until} executions, {rate:0} a second"));
        foreach (var c in campaigns)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {c.Target.Name,-20} {counts.GetValueOrDefault(c.Target.Name),10} executions {_spent[c.Target.Name].TotalMicroseconds / c.Executions,6:0} µs each {c.Corpus.Count,6} inputs {c.Edges,6} edges {c.Features,7} features {c.Findings.Count,3} findings"));
    }
}
