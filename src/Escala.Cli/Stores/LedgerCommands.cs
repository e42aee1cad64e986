using System.CommandLine;
using System.Globalization;
using Escala.Cascades.Derivations;
using Escala.Cli.HandOver;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Registry;
using Escala.Registry.Accounts;
using Escala.Registry.People;

namespace Escala.Cli.Stores;

/// <summary>Care of the ledger: verify, rebuild, backup, restore, and what was said about a person.</summary>
internal static class LedgerCommands
{
    public static Option<string> Person { get; } = new("--person") { Description = "Identifier of the register, or UUID.", HelpName = "ID", Required = true };
    public static Option<string> Reason { get; } = new("--reason") { Description = "Why; kept in the ledger. No personal data.", HelpName = "TEXT", Required = true };

    public static IEnumerable<Command> Create() => [Verify(), Rebuilding(), Erase(), Merge(), Unmerge(), Taking(), Restore()];

    private static Command Verify()
    {
        var command = new Command("verify", "Check the hash chain, count everything anew and compare; name the first difference.");
        command.SetAction(parsed => Terminal.Guard(() =>
        {
            using var store = Store.At(Terminal.Location(parsed));
            var stop = Terminal.Interrupt();
            var read = store.Read();
            if (!read.TryGet(out var session)) return Terminal.Refuse(read.Problems);
            using var progress = new ProgressBar(Terminal.Say("progress.verify"));
            using (session)
            {
                var chain = ChainCheck.Walk(session, progress, stop);
                if (chain.Problem is { } broken) return Terminal.Refuse([broken]);
                Console.WriteLine(Terminal.Say("verify.chain", ("n", chain.Entries), ("erased", chain.Erased), ("chain", chain.Head)));
                if (session.Damage() is { } damage) return Terminal.Refuse([damage]);
                var inForce = ProgrammeInForce.Load(session);
                if (!inForce.TryGet(out var programme)) return Terminal.Refuse(inForce.Problems);
                if (DerivedCheck.Run(store, programme, progress, stop) is { } differs) return Terminal.Refuse([differs]);
                Console.WriteLine(Terminal.Say("verify.equal"));
                var (lines, tampered) = AccessLog.Check(session);
                if (tampered is { } at) return Terminal.Refuse([Problem.Of("registry.access-log.changed", ("line", at))]);
                Console.WriteLine(Terminal.Say("verify.access-log", ("n", lines)));
                using var staged = session.Query("SELECT batch FROM staging");
                while (staged.Read()) Console.WriteLine(Terminal.Say("verify.staged", ("file", staged.Text(0))));
                return 0;
            }
        }));
        return command;
    }

    private static Command Rebuilding()
    {
        var command = new Command("rebuild", "Count everything anew from the ledger and switch to it.");
        command.SetAction(parsed => OpenStore.With(parsed, (store, programme) =>
        {
            using var progress = new ProgressBar(Terminal.Say("progress.count"));
            // Rows of an interrupted import count too, as far as they are in.
            HashSet<string> staged;
            using (var session = store.Store.Open(writable: false)) staged = Rebuild.StagedBatches(session);
            return Rebuild.RunWith(store.Store, store.Writer, programme, staged, progress, Terminal.Interrupt()) is { } problem ? Terminal.Refuse([problem]) : 0;
        }));
        return command;
    }

    private static Command Erase()
    {
        var command = new Command("erase", "Destroy what was said about a person; the ledger still verifies and says that it happened.") { Person, Reason, Terminal.Author };
        command.SetAction(parsed => OpenStore.With(parsed, (store, programme) =>
        {
            Rebuild.DropLeftovers(store.Writer);
            var erased = ErasePerson.Run(store.Store, store.Writer, programme, parsed.GetValue(Person)!, parsed.GetValue(Reason)!, parsed.GetValue(Terminal.Author), TimeProvider.System);
            if (!erased.TryGet(out var done)) return Terminal.Refuse(erased.Problems);
            Console.WriteLine(done.People.Count == 0
                ? Terminal.Say("erase.inboxOnly", ("inbox", done.InboxRows))
                : Terminal.Say("erase.done", ("bodies", done.Bodies), ("people", done.People.Count), ("inbox", done.InboxRows)));
            if (!done.Forgotten) Console.WriteLine(Terminal.Say("erase.reader"));
            Console.WriteLine(Terminal.Say("erase.backups"));
            return 0;
        }));
        return command;
    }

    private static Command Merge()
    {
        var into = new Option<string>("--into") { Description = "The record that stays.", HelpName = "ID", Required = true };
        var command = new Command("merge", "Say that two records are one person.") { Person, into, Reason, Terminal.Author };
        command.SetAction(parsed => OpenStore.With(parsed, (store, programme) => Answer("merge.done", MergePeople.Merge(
            store.Store, store.Writer, programme, parsed.GetValue(Person)!, parsed.GetValue(into)!, parsed.GetValue(Reason)!, parsed.GetValue(Terminal.Author), TimeProvider.System))));
        return command;
    }

    private static Command Unmerge()
    {
        var command = new Command("unmerge", "Take a merge back.") { Person, Reason, Terminal.Author };
        command.SetAction(parsed => OpenStore.With(parsed, (store, programme) => Answer("unmerge.done", MergePeople.Unmerge(
            store.Store, store.Writer, programme, parsed.GetValue(Person)!, parsed.GetValue(Reason)!, parsed.GetValue(Terminal.Author), TimeProvider.System))));
        return command;
    }

    private static Command Taking()
    {
        var file = new Argument<string?>("file") { Description = "The backup to write.", Arity = ArgumentArity.ZeroOrOne };
        var into = new Option<string?>("--into") { Description = "A folder on a second disk instead: the backup gets the day and time as its name, is restored and compared, and older ones go.", HelpName = "FOLDER" };
        var keep = new Option<int>("--keep") { Description = "How many backups stay in the folder.", HelpName = "N", DefaultValueFactory = _ => 14 };
        var command = new Command("backup", "Write a backup of the store, which may be running.") { file, into, keep, Drill(), Noting() };
        command.SetAction(parsed => Terminal.Guard(() => (parsed.GetValue(file), parsed.GetValue(into)) switch
        {
            ({ } one, null) => Take(parsed, Terminal.PathOf(one)),
            (null, { }) when parsed.GetValue(keep) < 1 => Terminal.Refuse([Problem.Of("platform.backup.keep")]),
            (null, { } folder) => Rotate(parsed, Terminal.PathOf(folder), parsed.GetValue(keep)),
            _ => Terminal.Refuse([Problem.Of("platform.backup.where")]),
        }));
        return command;
    }

    private static int Take(ParseResult parsed, string file)
    {
        var (report, refused) = Written(parsed, file);
        if (report is null) return refused;
        return NoteBackup(parsed, report.Entries);
    }

    /// <summary>One more backup in a folder; tablets are told, and older ones go, only when the new one was restored and equals its ledger.</summary>
    private static int Rotate(ParseResult parsed, string folder, int keep)
    {
        // Never made here: a disk that is not there would be a folder on the disk that the backup is to outlive.
        if (!Directory.Exists(folder)) return Terminal.Refuse([Problem.Of("platform.backup.no-folder", ("folder", folder))]);
        // Several stores may keep theirs in one folder: each knows its own by the beginning of its epoch.
        if (EpochOf(parsed) is not { } epoch) return Terminal.Refuse([Problem.Of("platform.store.missing", ("store", parsed.GetValue(Terminal.Store)))]);
        var backups = $"escala-{epoch[..8]}-????????-??????.backup";
        // Of nights that were broken off.
        foreach (var part in Directory.GetFiles(folder, backups + ".part")) File.Delete(part);
        var file = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"escala-{epoch[..8]}-{TimeProvider.System.GetUtcNow():yyyyMMdd-HHmmss}.backup"));
        var (report, refused) = Written(parsed, file);
        if (report is null) return refused;
        if (DrillIn(Path.Combine(folder, ".drill"), file) is > 0 and var unsound) return unsound;
        // By the clock's days, which may be wrong: never the one that was just made.
        foreach (var older in Directory.GetFiles(folder, backups).Where(f => f != file).OrderDescending(StringComparer.Ordinal).Skip(keep - 1)) File.Delete(older);
        Console.WriteLine(file);
        return NoteBackup(parsed, report.Entries);
    }

    private static string? EpochOf(ParseResult parsed)
    {
        using var store = Store.At(Terminal.Location(parsed));
        if (!store.Read().TryGet(out var session)) return null;
        using (session) return Store.Info(session, "epoch");
    }

    private static (ChainReport? Report, int Code) Written(ParseResult parsed, string file)
    {
        using var store = Store.At(Terminal.Location(parsed));
        using var progress = new ProgressBar(Terminal.Say("progress.backup"));
        var taken = Backup.Take(store, file, progress, Terminal.Interrupt());
        if (!taken.TryGet(out var report)) return (null, Terminal.Refuse(taken.Problems));
        Console.WriteLine(Terminal.Say("chain", ("n", report.Entries), ("chain", report.Head)));
        return (report, 0);
    }

    private static int DrillIn(string folder, string file)
    {
        // Of a drill that was broken off.
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        try
        {
            return Drill(file, folder, Terminal.Interrupt());
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    private static Command Drill()
    {
        var file = new Argument<string>("file") { Description = "The backup." };
        var command = new Command("verify", "Restore a backup into a folder that is thrown away, count everything anew and compare: a backup that was never restored is none.") { file };
        command.SetAction(parsed => Terminal.Guard(() =>
        {
            // Of its own, for its owner alone.
            var folder = Directory.CreateTempSubdirectory("escala-drill-").FullName;
            try
            {
                return Drill(parsed.GetValue(file)!, Path.Combine(folder, "store"), Terminal.Interrupt());
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }));
        return command;
    }

    private static int Drill(string file, string location, CancellationToken stop)
    {
        using var progress = new ProgressBar(Terminal.Say("progress.restore"));
        using (var empty = Store.At(location))
        {
            var restored = Backup.Restore(file, empty, TimeProvider.System, progress, stop);
            if (!restored.TryGet(out var report)) return Terminal.Refuse(restored.Problems);
            Console.WriteLine(Terminal.Say("chain", ("n", report.Entries), ("chain", report.Head)));
        }

        return OpenStore.With(OpenStore.ToRestore(location), (store, programme) =>
        {
            if (Rebuild.Run(store.Store, store.Writer, programme, [], null, progress, stop) is { } problem) return Terminal.Refuse([problem]);
            store.Writer.Run(Backup.Finish);
            if (DerivedCheck.Run(store.Store, programme, progress, stop) is { } differs) return Terminal.Refuse([differs]);
            Console.WriteLine(Terminal.Say("backup.sound"));
            return 0;
        });
    }

    /// <summary>Devices keep what they wrote until a verified backup has it: the store's writer tells them, which is this process or the one that serves.</summary>
    private static int NoteBackup(ParseResult parsed, long position)
    {
        var location = Terminal.Location(parsed);
        var number = position.ToString(CultureInfo.InvariantCulture);
        return CommandClient.Hand(["backup", "note", number, "--store", location], location) ?? Terminal.Guard(() => NoteBackup(OpenStore.ToWrite(location), number));
    }

    private static int NoteBackup(Result<OpenStore> opened, string position)
    {
        if (!opened.TryGet(out var store)) return Terminal.Refuse([Problem.Of("platform.backup.not-told"), .. opened.Problems]);
        using (store) store.Writer.Run(transaction => Store.SetInfo(transaction.Session, "backed-up", position));
        return 0;
    }

    /// <summary>What a backup says to the process that serves.</summary>
    private static Command Noting()
    {
        var position = new Argument<long>("position");
        var command = new Command("note", "Note up to which position a backup holds the ledger.") { position };
        command.Hidden = true;
        command.SetAction(parsed => Terminal.Guard(() => NoteBackup(OpenStore.ToWrite(Terminal.Location(parsed)), parsed.GetValue(position).ToString(CultureInfo.InvariantCulture))));
        return command;
    }

    private static Command Restore()
    {
        var file = new Argument<string>("file") { Description = "The backup." };
        var erasuresOf = new Option<string?>("--erasures-of") { Description = "The store that was in use since: what was erased there is erased again.", HelpName = "STORE" };
        var command = new Command("restore", "Make a store of a backup; it begins a new epoch.") { file, erasuresOf };
        command.SetAction(parsed => Terminal.Guard(() =>
        {
            var stop = Terminal.Interrupt();
            using var progress = new ProgressBar(Terminal.Say("progress.restore"));
            using (var store = Store.At(Terminal.Location(parsed)))
            {
                var restored = Backup.Restore(parsed.GetValue(file)!, store, TimeProvider.System, progress, stop);
                if (!restored.TryGet(out var report)) return Terminal.Refuse(restored.Problems);
                Console.WriteLine(Terminal.Say("chain", ("n", report.Entries), ("chain", report.Head)));
            }

            return OpenStore.With(OpenStore.ToRestore(Terminal.Location(parsed)), (store, programme) =>
            {
                if (Rebuild.Run(store.Store, store.Writer, programme, [], null, progress, stop) is { } problem) return Terminal.Refuse([problem]);
                if (parsed.GetValue(erasuresOf) is { } other) Replay(store, programme, other);
                else Console.WriteLine(Terminal.Say("restore.erasures"));
                store.Writer.Run(Backup.Finish);
                using var session = store.Store.Open(writable: false);
                if (DeviceTable.All(session).Count(d => !d.IsRevoked) is > 0 and var devices) Console.WriteLine(Terminal.Say("restore.devices", ("n", devices)));
                return 0;
            });
        }));
        return command;
    }

    private static void Replay(OpenStore store, Programme programme, string other)
    {
        using var old = Store.At(other);
        using var session = old.Open(writable: false);
        var since = LedgerReader.Entries(session, store.Writer.Head + 1, session.Scalar("SELECT MAX(position) FROM entry") ?? 0);
        var erasures = since.Where(e => e.Entry.Origin.Kind == EntryKinds.Erasure).Select(e => e.Entry).ToList();
        Console.WriteLine(Terminal.Say("erase.again", ("n", ErasePerson.Replay(store.Writer, programme, erasures))));
    }

    private static int Answer(string done, Result<Guid> result)
    {
        if (!result.TryGet(out var person)) return Terminal.Refuse(result.Problems);
        Console.WriteLine(Terminal.Say(done, ("person", person)));
        return 0;
    }
}
