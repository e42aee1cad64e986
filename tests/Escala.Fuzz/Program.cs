using System.Diagnostics;
using System.Globalization;
using Escala.Fuzz.Coverage;
using Escala.Fuzz.Targets;

namespace Escala.Fuzz;

/// <summary>The commands; README.md says how they are used.</summary>
internal static class Program
{
    public const int TookTooLong = 3;
    private const int Findings = 1, Misused = 2;
    private const string MostMemory = "0x60000000";

    private static string StatePath => Repository.PathTo("artifacts", "fuzz");

    public static int Main(string[] arguments) => arguments switch
    {
        ["run", var executions, .. var names] => Supervise(executions, names),
        _ => InstrumentedContext.Run(typeof(Program), nameof(Inside), [arguments]),
    };

    /// <summary>With probes in what is fuzzed.</summary>
    internal static int Inside(string[] arguments)
    {
        switch (arguments)
        {
            case ["work", var executions, .. var names]:
                using (var state = new StateFolder(StatePath)) new LongRun(state, Named(names)).Run(long.Parse(executions, CultureInfo.InvariantCulture));
                return 0;
            case ["replay", .. var names]:
                return Replay(Named(names));
            case ["short", var seed, var executions, .. var names]:
                return Short(ulong.Parse(seed, CultureInfo.InvariantCulture), long.Parse(executions, CultureInfo.InvariantCulture), Named(names));
            case ["collect", .. var names]:
                return Collect(Named(names));
            case ["try", var name, var file]:
                var finding = Execution.Try(Named([name])[0], File.ReadAllBytes(file));
                Console.WriteLine(finding?.Told ?? $"nothing is wrong; {Probe.Steps} steps");
                return finding is null ? 0 : Findings;
            default:
                Console.Error.WriteLine("run EXECUTIONS [TARGET…] | short SEED EXECUTIONS [TARGET…] | replay [TARGET…] | collect [TARGET…] | try TARGET FILE");
                return Misused;
        }
    }

    private static IReadOnlyList<Target> Named(string[] names) => names.Length == 0 ? All.Targets : [.. All.Targets.Where(t => names.Contains(t.Name))];

    /// <summary>Starts the run as a process of its own, keeps the input that one died of, and starts it again.</summary>
    private static int Supervise(string executions, string[] names)
    {
        while (true)
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!, [.. Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? [Path.Combine(AppContext.BaseDirectory, "Escala.Fuzz.dll")] : Array.Empty<string>(), "work", executions, .. names]);
            start.Environment["DOTNET_GCHeapHardLimit"] = MostMemory;
            start.Environment["DOTNET_GCgen0size"] = "0x4000000";
            using var work = Process.Start(start)!;
            work.WaitForExit();
            if (work.ExitCode == 0) return 0;
            using var state = new StateFolder(StatePath);
            var (target, input) = state.Tried();
            var name = Named(names)[target].Name;
            var kind = work.ExitCode == TookTooLong ? "more processor time than the bound" : string.Create(CultureInfo.InvariantCulture, $"the process died with code {work.ExitCode}");
            state.Found(name, new Finding(string.Create(CultureInfo.InvariantCulture, $"{kind}, {state.Findings(name)}"), kind), input);
            Console.WriteLine($"finding in {name}: {kind}");
        }
    }

    private static int Replay(IReadOnlyList<Target> targets)
    {
        var found = 0;
        foreach (var target in targets)
        {
            foreach (var (name, input) in ReferenceCorpus.Of(target))
            {
                if (Execution.Try(target, input) is not { } finding) continue;
                Console.WriteLine($"{target.Name} {name}: {finding.Told}");
                found++;
            }
        }

        return found == 0 ? 0 : Findings;
    }

    /// <summary>So many executions of each target, from the reference corpus; nothing is kept.</summary>
    private static int Short(ulong seed, long executions, IReadOnlyList<Target> targets)
    {
        var found = 0;
        foreach (var target in targets)
        {
            var campaign = new Campaign(target, seed, ReferenceCorpus.Of(target).Select(c => c.Input))
            {
                Found = (finding, input) =>
                {
                    Console.WriteLine($"{target.Name}: {finding.Told}\n{Convert.ToBase64String(input)}");
                    found++;
                },
            };
            campaign.Begin().Run(executions);
        }

        return found == 0 ? 0 : Findings;
    }

    private static int Collect(IReadOnlyList<Target> targets)
    {
        using var state = new StateFolder(StatePath);
        foreach (var target in targets)
        {
            var inputs = target.Seeds.Concat(ReferenceCorpus.Of(target).Select(c => c.Input)).Concat(state.Corpus(target.Name)).ToList();
            var kept = Campaign.Smallest(target, inputs);
            Console.WriteLine($"{target.Name}: {kept.Count} of {inputs.Count} inputs reach all that is reached; {ReferenceCorpus.Write(target, kept)} are in the archive");
        }

        return 0;
    }
}
