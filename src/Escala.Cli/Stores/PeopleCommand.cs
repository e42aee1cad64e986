using System.CommandLine;
using Escala.Registry.People;

namespace Escala.Cli.Stores;

/// <summary><c>escala people</c>: who is likely known twice, and that two who look it are two.</summary>
internal static class PeopleCommand
{
    private const int Most = 500;

    public static Command Create() => new("people", "Who is likely known twice.") { Likely(), Apart() };

    private static Command Likely()
    {
        var facility = new Option<string?>("--facility") { Description = "Pairs of which one at least is known at this facility.", HelpName = "CODE" };
        var command = new Command(
            "likely", "List pairs of records that are likely one person: numbers of one system that differ in the zeros before them, or one name and birth date in two systems. Nothing is merged. It shows numbers of patients: to be read on the spot.")
        {
            facility,
        };
        command.SetAction(parsed => OpenStore.Reading(parsed, (session, programme) =>
        {
            var ours = parsed.GetValue(facility) is { } code ? PeopleKnownAt.Read(session, [code]) : null;
            var likely = new LikelyPeople(session, programme);
            var pairs = likely.Read(person => ours?.Contains(person) != false, Most);
            foreach (var pair in pairs)
            {
                Console.WriteLine(Terminal.Say(pair.Why == Likeness.Zeros ? "likely.zeros" : "likely.name"));
                foreach (var side in (PersonInBrief[])[pair.One, pair.Other]) Write(side);
                Console.WriteLine("  " + Terminal.Say("likely.merge", ("command", $"escala merge --person {pair.Other.Id} --into {pair.One.Id} --reason …")));
                Console.WriteLine("  " + Terminal.Say("likely.apart", ("command", $"escala people apart --person {pair.One.Id} --other {pair.Other.Id} --reason …")));
            }

            if (pairs.Count == 0) Console.WriteLine(Terminal.Say("likely.none"));
            if (likely.IsCut) Console.WriteLine(Terminal.Say("likely.more", ("n", pairs.Count)));
            return 0;
        }));
        return command;
    }

    private static void Write(PersonInBrief person)
    {
        Console.WriteLine("  " + Terminal.Say("inbox.person", ("person", person.Id)));
        foreach (var identifier in person.Identifiers) Console.WriteLine($"    {identifier.System}: {identifier.Value}");
        Console.WriteLine("    " + InboxCommand.Brief(person));
    }

    private static Command Apart()
    {
        var other = new Option<string>("--other") { Description = "The other of the two.", HelpName = "ID", Required = true };
        var command = new Command("apart", "Say that two who look like one person are two: they are not listed again.") { LedgerCommands.Person, other, LedgerCommands.Reason, Terminal.Author };
        command.SetAction(parsed => OpenStore.With(parsed, (store, programme) =>
        {
            var said = KeepApart.Run(
                store.Store, store.Writer, programme, parsed.GetValue(LedgerCommands.Person)!, parsed.GetValue(other)!, parsed.GetValue(LedgerCommands.Reason)!, parsed.GetValue(Terminal.Author), TimeProvider.System);
            if (!said.TryGet(out var person)) return Terminal.Refuse(said.Problems);
            Console.WriteLine(Terminal.Say("likely.kept", ("person", person)));
            return 0;
        }));
        return command;
    }
}
