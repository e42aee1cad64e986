using System.Diagnostics;
using System.Globalization;
using Escala.Cli.Stores;
using Escala.Platform.Ledger;
using Escala.Platform.Storage;
using Escala.Programmes.Facts;
using Escala.Registry;

namespace Escala.Chapters.Tests.Stores;

/// <summary>
/// The process is killed at random instants of what it does; afterwards the store verifies, the same command run again ends as if nothing had
/// happened, and whatever was acknowledged is there once.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class KillTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("escala-kill-").FullName;
    private readonly string _empty;

    public KillTests()
    {
        _empty = Path.Combine(_folder, "empty");
        EscalaProcess.Does("init", "--programme", "saia-htn", "--store", _empty);
    }

    private static int Instants => Environment.GetEnvironmentVariable("ESCALA_TEST_LONG") == "1" ? 40 : 4;

    [Fact]
    public void During_a_small_import() => KillImports(rows: 9_000, comment: "");

    [Fact]
    public void During_a_large_import() => KillImports(rows: 60_000, comment: new string('x', 80));

    [Fact]
    public void During_an_erasure()
    {
        var full = Path.Combine(_folder, "full");
        EscalaProcess.Copy(_empty, full);
        EscalaProcess.Does("import", Registers(2_000, ""), "--store", full);
        AtInstants(store => ["erase", "--person", "person-00007", "--reason", "test", "--store", store], full, (store, _) =>
        {
            EscalaProcess.Does("verify", "--store", store);
            var visits = VisitsOf(store, "person-00007");
            Assert.True(visits is 0 or 4, $"{visits} visits are left of 4");
            var (code, _, error) = EscalaProcess.Run(["erase", "--person", "person-00007", "--reason", "test", "--store", store]);
            Assert.True(code == (visits == 0 ? 2 : 0), error);
            Assert.Contains("4 erased", EscalaProcess.Does("verify", "--store", store), StringComparison.Ordinal);
            Assert.All(Directory.GetFiles(store), f => Assert.False(Holds(f, "person-00007"), $"{f} still names the person"));
        });
    }

    [Fact]
    public void During_a_restore()
    {
        var full = Path.Combine(_folder, "full");
        EscalaProcess.Copy(_empty, full);
        EscalaProcess.Does("import", Registers(9_000, ""), "--store", full);
        var backup = Path.Combine(_folder, "backup");
        EscalaProcess.Does("backup", backup, "--store", full);
        var expected = EscalaProcess.Fingerprint(full);
        AtInstants(store => ["restore", backup, "--store", store], null, (store, killed) =>
        {
            // Half a restore is no store: it is said, and the same command begins again.
            var (code, _, error) = EscalaProcess.Run(["restore", backup, "--store", store]);
            Assert.True(code == 0 || (code == 2 && error.Contains("already", StringComparison.Ordinal)), error);
            EscalaProcess.Does("verify", "--store", store);
            Assert.Equal(expected, EscalaProcess.Fingerprint(store));
        });
    }

    [Fact]
    public void During_live_entries()
    {
        for (var instant = 0; instant < Instants; instant++)
        {
            var store = Path.Combine(_folder, $"live-{instant}");
            EscalaProcess.Copy(_empty, store);
            var acknowledged = Path.Combine(store, "acknowledged");
            using (var child = LiveEntries.Start(store, acknowledged))
            {
                LiveEntries.AwaitMore(child, acknowledged, 0);
                child.WaitForExit(new Random(instant).Next(300));
                child.Kill();
                child.WaitForExit();
            }

            EscalaProcess.Does("verify", "--store", store);
            LiveEntries.AssertAllThere(store, acknowledged);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void KillImports(int rows, string comment)
    {
        var file = Registers(rows, comment);
        var whole = Path.Combine(_folder, "whole");
        EscalaProcess.Copy(_empty, whole);
        EscalaProcess.Does("import", file, "--store", whole);
        var expected = EscalaProcess.Fingerprint(whole);
        AtInstants(store => ["import", file, "--store", store], _empty, (store, _) =>
        {
            EscalaProcess.Does("verify", "--store", store);
            EscalaProcess.Does("import", file, "--store", store);
            EscalaProcess.Does("verify", "--store", store);
            Assert.Equal(expected, EscalaProcess.Fingerprint(store));
        });
    }

    /// <summary>Kills within the time that the command takes when it is left alone.</summary>
    private void AtInstants(Func<string, string[]> command, string? from, Action<string, bool> check)
    {
        var chance = new Random(command("").Length);
        var all = TimeSpan.Zero;
        for (var instant = -1; instant < Instants; instant++)
        {
            var store = Path.Combine(_folder, $"killed-{instant}");
            if (from is not null) EscalaProcess.Copy(from, store);
            var watch = Stopwatch.StartNew();
            var killed = EscalaProcess.Kill(command(store), instant < 0 ? TimeSpan.FromMinutes(5) : all * (0.3 + (0.7 * chance.NextDouble())));
            if (instant < 0) all = watch.Elapsed;
            else check(store, killed);
            if (Directory.Exists(store)) Directory.Delete(store, recursive: true);
        }
    }

    private string Registers(int rows, string comment)
    {
        var file = Path.Combine(_folder, "register.csv");
        using var writer = new StreamWriter(file);
        writer.WriteLine(Register.Header + ",comorbidities");
        for (var row = 0; row < rows; row++)
        {
            var day = new DateOnly(2025, 1, 1).AddDays(row * 37 % 180);
            writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"person-{row / 4:00000},F{(row % 6) + 1}0{(row % 3) + 1},{day:yyyy-MM-dd},F,1970-05-01,{120 + (row % 50)},{70 + (row % 30)},,,,,{row % 2},{row % 3 / 2},{row % 4 * 30},,,{day.AddDays(30):yyyy-MM-dd},{comment}"));
        }

        return file;
    }

    private static int VisitsOf(string location, string person)
    {
        using var store = Store.At(location);
        using var session = store.Open(writable: false);
        var name = System.Text.Encoding.UTF8.GetBytes(person);
        return LedgerReader.Entries(session, 1, long.MaxValue).Count(e => e.Entry.Body.AsSpan().StartsWith(name));
    }

    private static bool Holds(string file, string text) => File.ReadAllBytes(file).AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(text)) >= 0;
}

/// <summary>A process that writes live entries from several connections and notes each as soon as it is acknowledged.</summary>
public sealed class LiveEntries
{
    private const string Variable = "ESCALA_TEST_LIVE", Acknowledged = "ESCALA_TEST_ACKNOWLEDGED";

    private static readonly string s_layout = new Layout(',', '.', DateOrder.Iso, Register.Header.Split(',')).ToString();

    [Fact]
    public async Task Write_until_killed()
    {
        var store = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(store is null, "runs only as the process that other tests kill");
        using var open = OpenStore.ToWrite(store!).Value;
        using var acknowledged = new FileStream(Environment.GetEnvironmentVariable(Acknowledged)!, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, 0);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(c => Task.Run(() => Connect(open, acknowledged, c))));
    }

    internal static Process Start(string store, string acknowledged, params (string, string)[] environment)
    {
        var child = EscalaProcess.Start(["-method", $"{typeof(LiveEntries).FullName}.{nameof(Write_until_killed)}", "-noLogo"], "Escala.Chapters.Tests.dll", environment: [(Variable, store), (Acknowledged, acknowledged), .. environment]);
        _ = child.StandardOutput.ReadToEndAsync();
        _ = child.StandardError.ReadToEndAsync();
        return child;
    }

    /// <summary>Waits until more entries than so many are acknowledged; gives their number.</summary>
    internal static int AwaitMore(Process child, string acknowledged, int than)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var count = File.Exists(acknowledged) ? Read(acknowledged).Count : 0;
            if (count > than) return count;
            Assert.False(child.WaitForExit(20), "the process that writes ended by itself");
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(2), "nothing is acknowledged");
        }
    }

    internal static void AssertAllThere(string location, string acknowledged)
    {
        using var store = Store.At(location);
        using var session = store.Open(writable: false);
        var there = LedgerReader.Entries(session, 1, long.MaxValue).Select(e => e.Entry.Id).ToList();
        Assert.Equal(there.Count, there.Distinct().Count());
        Assert.Empty(Read(acknowledged).Except(there));
    }

    private static List<Guid> Read(string acknowledged)
    {
        using var reader = new StreamReader(new FileStream(acknowledged, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return [.. reader.ReadToEnd().Split('\n').Where(l => l.Length == 36).Select(Guid.Parse)];
    }

    private static void Connect(OpenStore open, FileStream acknowledged, int connection)
    {
        for (var i = 0; ; i++)
        {
            var visit = new Visit($"live-{connection}-{i % 50}", "F101", "2025-03-05") { Born = "1970-05-01", Pressure = "150/95", Days = "30" };
            var entry = new Entry
            {
                Id = Guid.CreateVersion7(),
                Origin = new Origin { Kind = EntryKinds.Visit, Class = EntryClasses.Clinical, Layout = s_layout },
                Subject = new Guid(connection + 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)(i % 50)),
                Facility = visit.Facility,
                EventDay = visit.DayNumber,
                RecordedAt = TimeProvider.System.Microseconds(),
                Sequence = i,
                Body = System.Text.Encoding.UTF8.GetBytes(Register.Line(visit)),
            };
            try
            {
                var receipt = open.Writer.Commit([entry]).GetAwaiter().GetResult()[0];
                if (receipt.Status != ReceiptStatus.Accepted) continue;
                lock (acknowledged) acknowledged.Write(System.Text.Encoding.ASCII.GetBytes(entry.Id + "\n"));
            }
            catch (StoreFailure)
            {
                // Not acknowledged: a device would keep it and come again.
            }
        }
    }
}
