using System.CommandLine;
using System.Globalization;
using Escala.Capture.Exchange;
using Escala.Capture.Inbox;
using Escala.Cascades.Derivations;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Registry;
using Escala.Registry.People;

namespace Escala.Cli.Stores;

/// <summary>Care of the ledger: verify, rebuild, backup, restore, and what was said about a person.</summary>
internal static class LedgerCommands
{
    private static readonly Option<string> s_person = new("--person") { Description = "Identifier of the register, or UUID.", HelpName = "ID", Required = true };
    private static readonly Option<string> s_reason = new("--reason") { Description = "Why; kept in the ledger. No personal data.", HelpName = "TEXT", Required = true };

    public static IEnumerable<Command> Create() => [Verify(), Rebuilding(), Erase(), Merge(), Unmerge(), Taking(), Restore(), Inbox()];

    private static Command Verify()
    {
        var command = new Command("verify", "Check the hash chain, count everything anew and compare; name the first difference.");
        command.SetAction(parsed => Terminal.Guard(() =>
        {
            using var store = Store.At(Terminal.Location(parsed));
            var stop = Terminal.Interrupt();
            var read = store.Read();
            if (!read.TryGet(out var session)) return Terminal.Refuse(read.Problems);
            using var progress = new ProgressBar("verify");
            using (session)
            {
                var chain = ChainCheck.Walk(session, progress, stop);
                if (chain.Problem is { } broken) return Terminal.Refuse([broken]);
                Console.WriteLine($"{chain.Entries} entries, {chain.Erased} erased, chain {chain.Head}");
                var inForce = ProgrammeInForce.Load(session);
                if (!inForce.TryGet(out var programme)) return Terminal.Refuse(inForce.Problems);
                if (DerivedCheck.Run(store, programme, progress, stop) is { } differs) return Terminal.Refuse([differs]);
                Console.WriteLine("timelines and counters equal the ledger");
                using var staged = session.Query("SELECT batch FROM staging");
                while (staged.Read()) Console.WriteLine($"interrupted import, not counted: {staged.Text(0)} (run it again)");
                return 0;
            }
        }));
        return command;
    }

    private static Command Rebuilding()
    {
        var command = new Command("rebuild", "Count everything anew from the ledger and switch to it.");
        command.SetAction(parsed => OnStore(parsed, (store, programme) =>
        {
            using var progress = new ProgressBar("count");
            // Rows of an interrupted import count too, as far as they are in.
            HashSet<string> staged;
            using (var session = store.Store.Open(writable: false)) staged = Rebuild.StagedBatches(session);
            return Rebuild.RunWith(store.Store, store.Writer, programme, staged, progress, Terminal.Interrupt()) is { } problem ? Terminal.Refuse([problem]) : 0;
        }));
        return command;
    }

    private static Command Erase()
    {
        var command = new Command("erase", "Destroy what was said about a person; the ledger still verifies and says that it happened.") { s_person, s_reason, Terminal.Author };
        command.SetAction(parsed => OnStore(parsed, (store, programme) =>
        {
            Rebuild.DropLeftovers(store.Writer);
            var erased = ErasePerson.Run(store.Store, store.Writer, programme, parsed.GetValue(s_person)!, parsed.GetValue(s_reason)!, parsed.GetValue(Terminal.Author), TimeProvider.System);
            if (!erased.TryGet(out var done)) return Terminal.Refuse(erased.Problems);
            Console.WriteLine($"{done.Bodies} bodies of {done.People.Count} records erased");
            if (!done.Forgotten) Console.WriteLine("Another Escala was reading: stop it and run `escala rebuild`, so that old pages leave the disk too.");
            Console.WriteLine("Backups taken before still hold them: keep this store for `escala restore --erasures-of`, or take a new backup and destroy the old.");
            return 0;
        }));
        return command;
    }

    private static Command Merge()
    {
        var into = new Option<string>("--into") { Description = "The record that stays.", HelpName = "ID", Required = true };
        var command = new Command("merge", "Say that two records are one person.") { s_person, into, s_reason, Terminal.Author };
        command.SetAction(parsed => OnStore(parsed, (store, programme) => Answer(MergePeople.Merge(
            store.Store, store.Writer, programme, parsed.GetValue(s_person)!, parsed.GetValue(into)!, parsed.GetValue(s_reason)!, parsed.GetValue(Terminal.Author), TimeProvider.System))));
        return command;
    }

    private static Command Unmerge()
    {
        var command = new Command("unmerge", "Take a merge back.") { s_person, s_reason, Terminal.Author };
        command.SetAction(parsed => OnStore(parsed, (store, programme) => Answer(MergePeople.Unmerge(
            store.Store, store.Writer, programme, parsed.GetValue(s_person)!, parsed.GetValue(s_reason)!, parsed.GetValue(Terminal.Author), TimeProvider.System))));
        return command;
    }

    private static Command Taking()
    {
        var file = new Argument<string>("file") { Description = "The backup to write." };
        var command = new Command("backup", "Write a backup of the store, which may be running.") { file };
        command.SetAction(parsed => Terminal.Guard(() =>
        {
            using var store = Store.At(Terminal.Location(parsed));
            using var progress = new ProgressBar("backup");
            var taken = Backup.Take(store, parsed.GetValue(file)!, progress, Terminal.Interrupt());
            if (!taken.TryGet(out var report)) return Terminal.Refuse(taken.Problems);
            Console.WriteLine($"{report.Entries} entries, chain {report.Head}");
            return 0;
        }));
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
            using var progress = new ProgressBar("restore");
            using (var store = Store.At(Terminal.Location(parsed)))
            {
                var restored = Backup.Restore(parsed.GetValue(file)!, store, TimeProvider.System, progress, stop);
                if (!restored.TryGet(out var report)) return Terminal.Refuse(restored.Problems);
                Console.WriteLine($"{report.Entries} entries, chain {report.Head}");
            }

            return On(OpenStore.ToRestore(Terminal.Location(parsed)), (store, programme) =>
            {
                if (Rebuild.Run(store.Store, store.Writer, programme, [], null, progress, stop) is { } problem) return Terminal.Refuse([problem]);
                if (parsed.GetValue(erasuresOf) is { } other) Replay(store, other);
                store.Writer.Run(Backup.Finish);
                return 0;
            });
        }));
        return command;
    }

    private static void Replay(OpenStore store, string other)
    {
        using var old = Store.At(other);
        using var session = old.Open(writable: false);
        var since = LedgerReader.Entries(session, store.Writer.Head + 1, session.Scalar("SELECT MAX(position) FROM entry") ?? 0);
        var erasures = since.Where(e => e.Entry.Origin.Kind == EntryKinds.Erasure).Select(e => e.Entry).ToList();
        Console.WriteLine($"{ErasePerson.Replay(store.Writer, erasures)} bodies erased again");
    }

    private static Command Inbox()
    {
        var list = new Command("list", "Rows that wait, with line, column, reason and remedy.");
        list.SetAction(parsed => Terminal.Guard(() =>
        {
            var read = Store.At(Terminal.Location(parsed)).Read();
            if (!read.TryGet(out var session)) return Terminal.Refuse(read.Problems);
            using (session)
            {
                foreach (var row in InboxTable.Read(session))
                {
                    foreach (var problem in row.Problems) Console.WriteLine($"{row.Number}\t{row.Batch.Split('#')[0]}:{row.Line}\t{Terminal.Problems.Sentence(problem, Terminal.Language)}");
                }

                foreach (var entry in RefusedEntries.Read(session)) Console.WriteLine($"e{entry.Number}\t{entry.Kind} {entry.Facility} {entry.Id}\t{Terminal.Problems.Sentence(entry.Problem, Terminal.Language)}");
            }

            return 0;
        }));
        var retry = new Command("retry", "Try all of them again.");
        retry.SetAction(parsed => OnStore(parsed, (store, programme) =>
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{RetryInbox.Run(store.Store, store.Writer, programme, TimeProvider.System)} rows taken"));
            return 0;
        }));
        return new Command("inbox", "What could not be taken, kept until it is mended.") { list, retry };
    }

    private static int OnStore(ParseResult parsed, Func<OpenStore, Programme, int> work) => Terminal.Guard(() => On(OpenStore.ToWrite(Terminal.Location(parsed)), work));

    private static int On(Result<OpenStore> opened, Func<OpenStore, Programme, int> work)
    {
        if (!opened.TryGet(out var store)) return Terminal.Refuse(opened.Problems);
        using (store)
        {
            var inForce = store.Programme();
            return inForce.TryGet(out var programme) ? work(store, programme) : Terminal.Refuse(inForce.Problems);
        }
    }

    private static int Answer(Result<Guid> result)
    {
        if (!result.TryGet(out var person)) return Terminal.Refuse(result.Problems);
        Console.WriteLine(person);
        return 0;
    }
}
