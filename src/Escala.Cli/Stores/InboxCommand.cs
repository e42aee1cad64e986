using System.CommandLine;
using System.Globalization;
using Escala.Capture.Exchange;
using Escala.Capture.Imports;
using Escala.Capture.Inbox;
using Escala.Cascades.Derivations;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Registry;
using Escala.Registry.Accounts;
using Escala.Registry.People;
using Escala.Web;
using Escala.Web.Pages;

namespace Escala.Cli.Stores;

/// <summary><c>escala inbox</c>: rows that could not be taken, to be seen, mended in a spreadsheet, tried again or given up.</summary>
internal static class InboxCommand
{
    /// <summary>Details of problems that name people.</summary>
    private static readonly string[] s_people = ["people", "person", "otherPerson"];

    public static Command Create() => new("inbox", "What could not be taken, kept until it is mended or given up.") { List(), Show(), Export(), Mend(), Retry(), Discard() };

    private static Command List()
    {
        var list = new Command("list", "Rows that wait, with line, column, reason and remedy.");
        list.SetAction(parsed => OnSession(parsed, session =>
        {
            var rows = InboxTable.Read(session);
            foreach (var row in rows)
            {
                foreach (var problem in row.Problems) Console.WriteLine($"{row.Number}\t{row.File}:{row.Line}\t{Sentence(problem)}");
            }

            var entries = RefusedEntries.Read(session);
            var (accounts, devices) = (AccountTable.Names(session), DeviceTable.All(session).ToDictionary(d => d.Id, d => d.Name));
            foreach (var entry in entries) Console.WriteLine($"e{entry.Number}\t{About(entry, accounts, devices)}\t{Sentence(entry.Problem)}");
            if (rows.Count + entries.Count == 0) Console.WriteLine(Terminal.Say("inbox.nothing"));
            return 0;
        }));
        return list;
    }

    /// <summary>What it is, where, whose and of which device: visit F101 ana (tablet 2).</summary>
    private static string About(RefusedEntry entry, IReadOnlyDictionary<Guid, string> accounts, Dictionary<Guid, string> devices)
    {
        var kind = InboxPage.KindOf(entry.Kind, key => SiteTexts.Catalogue.Say(Terminal.Language, key));
        var author = entry.Account is { } account ? accounts.GetValueOrDefault(account, "") : "";
        var device = entry.Device is { } id && devices.TryGetValue(id, out var name) ? $"({name})" : "";
        return string.Join(' ', ((string?[])[kind, entry.Facility, author, device]).Where(s => !string.IsNullOrEmpty(s)));
    }

    private static Command Export()
    {
        var file = new Argument<string>("file") { Description = "The CSV file to write: number, problems, then the row's own columns. Readable by you alone." };
        var export = new Command("export", "Write the rows that wait to a file that a spreadsheet opens; mend them there, then `escala inbox mend`.") { file };
        export.SetAction(parsed => OnSession(parsed, session =>
        {
            var files = ExportInbox.Run(session, parsed.GetValue(file)!, Sentence);
            foreach (var (name, rows) in files) Console.WriteLine(Terminal.Say("inbox.exported", ("file", name), ("n", rows)));
            if (files.Count > 1) Console.WriteLine(Terminal.Say("inbox.layouts", ("n", files.Count)));
            Console.WriteLine(Terminal.Say(files.Count == 0 ? "inbox.nothing" : "inbox.personal"));
            return 0;
        }));
        return export;
    }

    private static Command Show()
    {
        var number = new Argument<long>("number") { Description = "A number of `escala inbox list`." };
        var show = new Command("show", "Show a row that waits and, where it may be either of two people, who they are. It shows what patients' rows say: to be read on the spot.") { number };
        show.SetAction(parsed => OnSession(parsed, session =>
        {
            if (InboxTable.Read(session).FirstOrDefault(r => r.Number == parsed.GetValue(number)) is not { } row) return Terminal.Refuse([Problem.Of("capture.discard.number", ("number", parsed.GetValue(number)))]);
            Console.WriteLine($"{row.Number}\t{row.File}:{row.Line}");
            foreach (var problem in row.Problems) Console.WriteLine("  " + Sentence(problem));
            foreach (var (column, value) in ExportInbox.Filled(row)) Console.WriteLine($"    {column}: {value}");
            var inForce = ProgrammeInForce.Load(session);
            if (!inForce.TryGet(out var programme)) return Terminal.Refuse(inForce.Problems);
            foreach (var id in row.Problems.SelectMany(PeopleIn).Distinct())
            {
                if (PersonInBrief.Read(session, programme, id) is not { } person) continue;
                Console.WriteLine("  " + Terminal.Say("inbox.person", ("person", id)));
                foreach (var identifier in person.Identifiers) Console.WriteLine($"    {identifier.System}: {identifier.Value}");
                Console.WriteLine("    " + Brief(person));
            }

            return 0;
        }));
        return show;
    }

    /// <summary>Sex, birth date, rows and facilities of somebody.</summary>
    public static string Brief(PersonInBrief person) => Terminal.Say(
        "inbox.brief", ("sex", person.Sex ?? "–"), ("born", person.Born?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "–"), ("n", person.Rows),
        ("facilities", person.Facilities.Count == 0 ? "–" : string.Join(", ", person.Facilities)), ("latest", person.Latest?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "–"));

    /// <summary>People whom a problem names.</summary>
    private static IEnumerable<Guid> PeopleIn(Problem problem) =>
        s_people.SelectMany(k => problem.Details.GetValueOrDefault(k, "").Split(", ")).Select(t => Guid.TryParse(t, out var id) ? id : (Guid?)null).OfType<Guid>();

    private static Command Mend()
    {
        var file = new Argument<string>("file") { Description = "A file of `escala inbox export` that was mended." };
        var mend = new Command("mend", "Take mended rows: those that can be read now enter, the others stay with their reasons. Ends with 1 when some stay.")
        {
            file, ImportCommand.OnChangeOption, Terminal.Author,
        };
        ImportCommand.TellLayout(mend);
        mend.SetAction(parsed => OpenStore.With(parsed, (store, programme) =>
        {
            var mended = MendInbox.Run(
                store.Store, store.Writer, programme, Terminal.PathOf(parsed.GetValue(file)!),
                new ImportOptions
                {
                    Told = ImportCommand.Told(parsed),
                    Author = parsed.GetValue(Terminal.Author),
                    OnChange = (some, total) => ImportCommand.Decide(parsed, some, total),
                    OnSetBack = (some, total) => ImportCommand.Decide(parsed, some, total),
                },
                TimeProvider.System, StandingTallies.Of);
            if (!mended.TryGet(out var report)) return Terminal.Refuse(mended.Problems);
            Console.WriteLine(Terminal.Say(
                "inbox.entered", ("taken", report.Taken), ("corrected", report.Corrected), ("duplicate", report.Duplicate), ("kept", report.Kept), ("staying", report.Staying.Count)));
            foreach (var (number, line, problems) in report.Staying)
            {
                foreach (var problem in problems) Console.WriteLine($"{number}\t{Path.GetFileName(parsed.GetValue(file))}:{line}\t{Sentence(problem)}");
            }

            return report.Staying.Count > 0 ? 1 : 0;
        }));
        return mend;
    }

    private static Command Retry()
    {
        var retry = new Command("retry", "Try all of them again, rows and entries of tablets.") { Terminal.Author };
        retry.SetAction(parsed => OpenStore.With(parsed, (store, programme) =>
        {
            var rows = RetryInbox.Run(store.Store, store.Writer, programme, TimeProvider.System, StandingTallies.Of);
            using var sessions = new SessionPool(store.Store);
            var push = new PushBatch(sessions, store.Writer, new KnownProgramme(), TimeProvider.System);
            var entries = SettleRefused.TryAgain(sessions, push, null, parsed.GetValue(Terminal.Author), isVouchedFor: true).GetAwaiter().GetResult();
            if (!entries.TryGet(out var taken)) return Terminal.Refuse(entries.Problems);
            Console.WriteLine(Terminal.Say("inbox.retried", ("n", rows + taken)));
            return 0;
        }));
        return retry;
    }

    private static Command Discard()
    {
        var numbers = new Argument<string[]>("number") { Description = "Numbers of `escala inbox list`; an e stands before those of tablets' entries.", Arity = ArgumentArity.OneOrMore };
        var discard = new Command("discard", "Give rows or entries up. Nothing is lost: the ledger keeps who, why, and what came; a tablet is told with its next exchange.") { numbers, LedgerCommands.Reason, Terminal.Author };
        discard.SetAction(parsed => OpenStore.With(parsed, (store, programme) =>
        {
            var (reason, author) = (parsed.GetValue(LedgerCommands.Reason)!, parsed.GetValue(Terminal.Author));
            var (rows, entries) = (new List<long>(), new List<long>());
            foreach (var said in parsed.GetValue(numbers)!)
            {
                var ofEntry = said.StartsWith('e');
                if (!long.TryParse(ofEntry ? said.AsSpan(1) : said, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return Terminal.Refuse([Problem.Of("capture.discard.number", ("number", said))]);
                (ofEntry ? entries : rows).Add(number);
            }

            var discarded = entries.Count > 0 ? SettleRefused.GiveUp(store.Writer, entries, reason, author, TimeProvider.System) : 0;
            if (!discarded.TryGet(out var count)) return Terminal.Refuse(discarded.Problems);
            if (rows.Count > 0)
            {
                var given = DiscardRows.Run(store.Store, store.Writer, programme, rows, reason, author, TimeProvider.System);
                if (!given.TryGet(out var more)) return Terminal.Refuse(given.Problems);
                count += more;
            }

            Console.WriteLine(Terminal.Say("inbox.discarded", ("n", count)));
            return 0;
        }));
        return discard;
    }

    private static int OnSession(ParseResult parsed, Func<Session, int> work) => Terminal.Guard(() =>
    {
        using var store = Store.At(Terminal.Location(parsed));
        var read = store.Read();
        if (!read.TryGet(out var session)) return Terminal.Refuse(read.Problems);
        using (session) return work(session);
    });

    private static string Sentence(Problem problem) => Terminal.Problems.Sentence(problem, Terminal.Language);
}
