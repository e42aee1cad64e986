using System.Diagnostics;
using Escala.Capture.Imports;
using Escala.Capture.Registers;
using Escala.Cascades.Derivations;
using Escala.Platform.Ledger;
using Escala.Platform.Storage;
using Escala.Registry;

namespace Escala.Chapters.Tests.Stores;

/// <summary>What disks, hands and second processes do to a store.</summary>
public sealed class FaultTests : IDisposable
{
    private static readonly string s_places = Register.Places(["F1", "F2"]);

    private readonly string _folder = Directory.CreateTempSubdirectory("escala-fault-").FullName;

    public static IEnumerable<TheoryDataRow<Engine>> Engines => AnyStore.Engines;

    [Fact, Trait("Speed", "Slow")]
    public void A_full_disk_is_said_and_work_goes_on_when_there_is_space()
    {
        var (disk, store) = SmallDisk();
        try
        {
            WriteRegister(out var file, 12_000);
            Assert.Contains("full", EscalaProcess.Refusal(EscalaProcess.Run(["import", file, "--store", store])), StringComparison.Ordinal);
            EscalaProcess.Does("verify", "--store", store);
            Assert.True(Shell("mount", "-o", "remount,size=200m", disk));
            EscalaProcess.Does("import", file, "--store", store);
            EscalaProcess.Does("verify", "--store", store);
            Assert.StartsWith("12000 visits", EscalaProcess.Fingerprint(store), StringComparison.Ordinal);
        }
        finally
        {
            Shell("umount", disk);
        }
    }

    [Fact, Trait("Speed", "Slow")]
    public void A_writer_that_met_a_full_disk_goes_on_by_itself()
    {
        var (disk, store) = SmallDisk();
        try
        {
            var acknowledged = Path.Combine(_folder, "acknowledged");
            using (var child = LiveEntries.Start(store, acknowledged))
            {
                LiveEntries.AwaitMore(child, acknowledged, 0);
                using (var ballast = new FileStream(Path.Combine(disk, "ballast"), FileMode.Create)) Assert.ThrowsAny<IOException>(() => ballast.Write(new byte[4_000_000]));
                child.WaitForExit(1_000);
                Assert.True(Shell("mount", "-o", "remount,size=200m", disk));
                var then = LiveEntries.AwaitMore(child, acknowledged, 0);
                LiveEntries.AwaitMore(child, acknowledged, then + 20);
                child.Kill();
                child.WaitForExit();
            }

            EscalaProcess.Does("verify", "--store", store);
            LiveEntries.AssertAllThere(store, acknowledged);
        }
        finally
        {
            Shell("umount", disk);
        }
    }

    [Fact, Trait("Speed", "Slow")]
    public void A_disk_that_cannot_sync_acknowledges_nothing_and_work_goes_on_when_it_can()
    {
        var (shim, broken) = (Path.Combine(_folder, "shim.so"), Path.Combine(_folder, "broken"));
        File.WriteAllText(Path.Combine(_folder, "shim.c"), $$"""
            #include <errno.h>
            #include <unistd.h>
            #include <sys/syscall.h>
            static int lies(void) { return access("{{broken}}", F_OK) == 0; }
            int fsync(int fd) { if (lies()) { errno = EIO; return -1; } return syscall(SYS_fsync, fd); }
            int fdatasync(int fd) { if (lies()) { errno = EIO; return -1; } return syscall(SYS_fdatasync, fd); }
            """);
        Assert.SkipUnless(Shell("gcc", "-shared", "-fPIC", "-o", shim, Path.Combine(_folder, "shim.c")), "gcc is not here to build the disk that cannot sync");
        var store = Path.Combine(_folder, "store");
        EscalaProcess.Does("init", "--programme", "saia-htn", "--store", store);
        File.WriteAllText(broken, "");
        WriteRegister(out var file, 100);
        Assert.Contains("disk", EscalaProcess.Refusal(EscalaProcess.Run(["import", file, "--store", store], ("LD_PRELOAD", shim))), StringComparison.Ordinal);
        File.Delete(broken);
        var acknowledged = Path.Combine(_folder, "acknowledged");
        using (var child = LiveEntries.Start(store, acknowledged, ("LD_PRELOAD", shim)))
        {
            for (var round = 0; round < 3; round++)
            {
                var before = LiveEntries.AwaitMore(child, acknowledged, 0);
                File.WriteAllText(broken, "");
                child.WaitForExit(200);
                File.Delete(broken);
                LiveEntries.AwaitMore(child, acknowledged, before + 50);
            }

            child.Kill();
            child.WaitForExit();
            EscalaProcess.Does("verify", "--store", store);
            LiveEntries.AssertAllThere(store, acknowledged);
        }

        EscalaProcess.Does("import", file, "--store", store);
        EscalaProcess.Does("verify", "--store", store);
    }

    [Theory, MemberData(nameof(Engines))]
    public void Verify_names_the_place_of_every_change_to_the_ledger(Engine engine)
    {
        (string Sql, string Code, string Place)[] changes =
        [
            ("UPDATE body SET content = $1 WHERE position = 5", "platform.ledger.body-changed", "5"),
            ("DELETE FROM body WHERE position = 5 AND $1 = $1", "platform.ledger.body-missing", "5"),
            ("DELETE FROM entry WHERE position = 5 AND $1 = $1", "platform.ledger.entry-missing", "5"),
            ("UPDATE entry SET id = $1 WHERE position = 5", "platform.ledger.entry-changed", "5"),
            ("UPDATE entry SET chain = $1 WHERE position = 5", "platform.ledger.entry-changed", "5"),
            ("UPDATE origin SET content = $1 WHERE origin = 2", "platform.ledger.origin-changed", "2"),
        ];
        using var store = new RunningStore(engine, s_places);
        store.Import(Register.Csv(Enumerable.Range(1, 8).Select(i => new Visit($"p{i}", "F1", "2025-03-05"))));
        using var session = store.Store.Open(writable: true);
        foreach (var (sql, code, place) in changes)
        {
            session.Begin();
            session.Execute(sql, new byte[] { 1, 2, 3 });
            var problem = ChainCheck.Walk(session, null, default).Problem;
            session.Rollback();
            Assert.Equal((code, place), (problem?.Code, problem?.Details.Values.Single()));
        }

        store.AssertSound();
    }

    [Fact, Trait("Speed", "Slow")]
    public void A_store_with_changed_bytes_is_refused_in_one_line()
    {
        var store = Path.Combine(_folder, "store");
        EscalaProcess.Does("init", "--programme", "saia-htn", "--store", store);
        WriteRegister(out var file, 2_000);
        EscalaProcess.Does("import", file, "--store", store);
        var sound = File.ReadAllBytes(Path.Combine(store, "store.db"));
        foreach (var instant in Enumerable.Range(0, 4))
        {
            var chance = new Random(instant);
            var bytes = instant == 0 ? sound[..(sound.Length / 2)] : (byte[])sound.Clone();
            // From the beginning of a page on: elsewhere it could be a page's unused space, which nobody reads.
            if (instant > 0) chance.NextBytes(bytes.AsSpan(chance.Next(bytes.Length >> 16) << 16, 4096));
            File.WriteAllBytes(Path.Combine(store, "store.db"), bytes);
            EscalaProcess.Refusal(EscalaProcess.Run(["verify", "--store", store]));
            Assert.InRange(EscalaProcess.Run(["cascade", "--facility", "F101", "--month", "2025-03", "--store", store]).Code, 0, 2);
        }
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_second_writer_is_told_and_readers_are_not_disturbed(Engine engine)
    {
        using var store = new RunningStore(engine, s_places);
        store.Import(Register.Csv([new Visit("a", "F1", "2025-03-05") { Pressure = "150/95" }]));
        using var second = Store.At(store.Location);
        Assert.Equal("platform.store.has-writer", second.TakeLease().Problems.Single().Code);
        Assert.Equal((1, 1, 0), store.Count("screened", "F1", "2025-03"));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_backup_of_a_running_store_is_whole_and_restores_anywhere_with_erasures_replayed(Engine engine)
    {
        using var store = new RunningStore(engine, s_places);
        store.Import(Register.Csv(Enumerable.Range(0, 200).Select(i => new Visit($"p{i}", "F1", "2025-03-05") { Pressure = "150/95" })));
        store.TryImport(Register.Csv([new Visit("p7", "F9", "2025-03-06")]));
        using var enough = new CancellationTokenSource();
        var writing = Task.Run(() =>
        {
            for (var i = 0; !enough.IsCancellationRequested; i++) store.Import(Register.Csv([new Visit($"later-{i}", "F2", "2025-03-05")]));
        });
        var file = Path.Combine(_folder, "backup");
        var taken = Backup.Take(store.Store, file, null, default);
        await enough.CancelAsync();
        await writing;
        Assert.True(taken.IsOk, string.Join("; ", taken.Problems));
        Assert.Equal("platform.backup.exists", Backup.Take(store.Store, file, null, default).Problems.Single().Code);
        Assert.True(Registry.People.ErasePerson.Run(store.Store, store.Writer, store.Programme, "p7", "test", null, store.Clock).IsOk);
        foreach (var target in new[] { Engine.Sqlite, engine }.Distinct())
        {
            using var place = AnyStore.New(target);
            using var restored = Store.At(place.Location);
            Assert.Equal(taken.Value, Backup.Restore(file, restored, store.Clock, null, default).Value);
            Assert.Equal("platform.store.unfinished", restored.Read().Problems.Single().Code);
            using (var writer = new LedgerWriter(restored.TakeLease().Value, new LiveDerivation().Hook, store.Clock))
            {
                Rebuild.Run(restored, writer, store.Programme, [], null, null, default);
                using (var old = store.Store.Open(writable: false))
                {
                    var erasures = LedgerReader.Entries(old, 1, long.MaxValue).Select(e => e.Entry).Where(e => e.Origin.Kind == EntryKinds.Erasure).ToList();
                    Assert.Equal(1, Registry.People.ErasePerson.Replay(writer, store.Programme, erasures));
                }

                writer.Run(Backup.Finish);
            }

            using var session = restored.Read().Value;
            Assert.Empty(Capture.Inbox.InboxTable.Read(session));
            Assert.Equal(1, ChainCheck.Walk(session, null, default).Erased);
            Assert.Null(DerivedCheck.Run(restored, store.Programme, null, default));
        }
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_large_import_that_was_stopped_goes_on_with_the_same_report(Engine engine)
    {
        WriteRegister(out var file, 60_000, "F1", "F2");
        using var whole = new RunningStore(engine, s_places);
        var expected = whole.TryImportFile(file).Value[0];
        var problems = File.ReadAllText(expected.ProblemFile!);
        Assert.Equal(expected.Refused + expected.Waiting + 1, problems.Split('\n').Length - 1);
        using var store = new RunningStore(engine, s_places);
        using var stop = new CancellationTokenSource();
        var importer = new Importer(store.Store, store.Writer, store.Programme, store.Clock, (batches, _) => Rebuild.RunWith(store.Store, store.Writer, store.Programme, batches, null, default));
        var options = new ImportOptions { OnChange = (_, _) => OnChange.Stop, Told = new Told() };
        Assert.ThrowsAny<OperationCanceledException>(() => importer.Import([file], options, new StopAt(stop), stop.Token));
        Assert.Equal("capture.import.unfinished", store.TryImport(Register.Csv([new Visit("a", "F1", "2025-03-05")])).Problems.Single().Code);
        store.AssertSound();
        var report = store.TryImportFile(file).Value[0];
        Assert.Equal(
            (expected.Read, expected.Taken, expected.Duplicate, expected.Refused, expected.Waiting, expected.Queried),
            (report.Read, report.Taken, report.Duplicate, report.Refused, report.Waiting, report.Queried));
        store.AssertSound();
        // Those before the interruption too.
        Assert.Equal(problems, File.ReadAllText(report.ProblemFile!));
        Assert.Equal(whole.Writer.Head, store.Writer.Head);
        Assert.Equal(whole.Count("screened", "F1", "2025-03"), store.Count("screened", "F1", "2025-03"));
    }

    [Fact, Trait("Speed", "Slow")]
    public void A_large_import_goes_on_without_writing_twice_what_a_device_has_said_meanwhile()
    {
        WriteRegister(out var file, 60_000, "F1", "F2");
        using var store = new RunningStore(Engine.Sqlite, s_places);
        store.Import(Register.Csv([new Visit("person-0", "F1", "2024-12-01")]));
        using var stop = new CancellationTokenSource();
        var importer = new Importer(store.Store, store.Writer, store.Programme, store.Clock, (batches, _) => Rebuild.RunWith(store.Store, store.Writer, store.Programme, batches, null, default));
        Assert.ThrowsAny<OperationCanceledException>(() => importer.Import([file], new ImportOptions { OnChange = (_, _) => OnChange.Stop }, new StopAt(stop), stop.Token));
        var written = store.Entries(EntryKinds.Visit);
        var first = written.First(e => e.Entry.Origin.Batch == written[^1].Entry.Origin.Batch).Entry;
        store.Writer.Run(transaction => transaction.Append([first with { Id = Guid.CreateVersion7(), Origin = first.Origin with { Batch = null, Source = null } }]));
        Assert.True(store.TryImportFile(file).IsOk);
        Assert.DoesNotContain(store.Entries(EntryKinds.Visit).Where(e => e.Entry.Origin.Batch == first.Origin.Batch).GroupBy(e => e.Entry.Sequence), g => g.Count() > 1);
        store.AssertSound();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Rows enough to fill something: some of them refused, some waiting, some implausible.</summary>
    private void WriteRegister(out string file, int rows, params string[] facilities)
    {
        if (facilities.Length == 0) facilities = ["F101", "F201"];
        file = Path.Combine(_folder, "register.csv");
        using var writer = new StreamWriter(file);
        writer.WriteLine(Register.Header + ",comorbidities");
        for (var row = 0; row < rows; row++)
        {
            var special = facilities[0] == "F1" ? row % 1000 : -1;
            var visit = new Visit($"person-{row / 4}", special == 1 ? "F9" : facilities[row % facilities.Length], special == 2 ? "never" : $"2025-0{(row % 6) + 1}-{(row % 28) + 1:00}")
            {
                Born = "1970-05-01",
                Pressure = special == 3 ? "400/80" : $"{120 + (row % 50)}/{70 + (row % 20)}",
                Days = "30",
            };
            writer.WriteLine(Register.Line(visit) + "," + new string('x', 80));
        }
    }

    private (string Disk, string Store) SmallDisk()
    {
        var disk = Path.Combine(_folder, "disk");
        Directory.CreateDirectory(disk);
        Assert.SkipUnless(Shell("mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk), "a small disk cannot be mounted here");
        var store = Path.Combine(disk, "store");
        EscalaProcess.Does("init", "--programme", "saia-htn", "--store", store);
        return (disk, store);
    }

    private static bool Shell(string command, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private sealed class StopAt(CancellationTokenSource stop) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value)
        {
            if (value.Stage == "write") stop.Cancel();
        }
    }
}
