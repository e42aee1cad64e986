using System.Diagnostics;
using Escala.Cascades.Counters;
using Escala.Platform.Ledger;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Registry;

namespace Escala.Chapters.Tests.Stores;

/// <summary>The command line as a process of its own, which can be killed, starved and lied to.</summary>
internal static class EscalaProcess
{
    /// <param name="arguments">As typed.</param>
    /// <param name="program">Beside the tests.</param>
    /// <param name="folder">The working directory; null for the tests' own.</param>
    /// <param name="environment">Beside the tests' own.</param>
    public static Process Start(IEnumerable<string> arguments, string program = "escala.dll", string? folder = null, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = folder ?? "", RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, program));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["ESCALA_LANG"] = "en";
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public static (int Code, string Output, string Error) Run(IEnumerable<string> arguments, params (string Name, string Value)[] environment) => RunIn(null, arguments, environment);

    public static (int Code, string Output, string Error) RunIn(string? folder, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        using var process = Start(arguments, folder: folder, environment: environment);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    public static string Does(params string[] arguments)
    {
        var (code, output, error) = Run(arguments);
        Assert.True(code == 0, $"{string.Join(' ', arguments)}: {code} {error}");
        return output;
    }

    /// <summary>Starts, and kills without warning at an instant. True when it was killed and had not ended by itself.</summary>
    public static bool Kill(IEnumerable<string> arguments, TimeSpan after)
    {
        using var process = Start(arguments);
        process.StandardInput.Close();
        var reading = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        var ended = process.WaitForExit(after);
        if (!ended) process.Kill();
        process.WaitForExit();
        reading.GetAwaiter().GetResult();
        return !ended;
    }

    /// <summary>One line that a person understands, and code 2.</summary>
    public static string Refusal((int Code, string Output, string Error) run)
    {
        Assert.True(run.Code == 2, $"{run.Code}: {run.Error}");
        var line = Assert.Single(run.Error.TrimEnd().Split('\n'));
        Assert.StartsWith("escala: ", line, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        return line;
    }

    /// <summary>Everything that is counted in a store, and how many visits its ledger holds.</summary>
    public static string Fingerprint(string location)
    {
        using var store = Store.At(location);
        var lines = new List<string>();
        using (var reader = CounterReader.Open(store, TimeProvider.System).Value)
        {
            reader.ReadTotals(new Window(WindowKind.Month, 2020 * 12), new Window(WindowKind.Month, 2030 * 12), (window, facility, totals) => lines.Add($"{window} {facility} {string.Join(' ', totals.ToArray())}"));
        }

        lines.Sort(StringComparer.Ordinal);
        using var session = store.Open(writable: false);
        var visits = LedgerReader.Entries(session, 1, long.MaxValue).Count(e => e.Entry.Origin.Kind == EntryKinds.Visit);
        return $"{visits} visits\n{string.Join('\n', lines)}";
    }

    public static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
