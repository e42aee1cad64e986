using System.CommandLine;
using Escala.Cli.Stores;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Programmes.Places;
using Escala.Registry.Cards;

namespace Escala.Cli.Site;

/// <summary><c>escala cards</c>: cards with QR codes, to be given to people at a facility.</summary>
internal static class CardsCommand
{
    private const int MostCards = 10_000;

    public static Command Create()
    {
        var facility = new Option<string>("--facility") { Description = "Whose cards they are; printed on them.", HelpName = "CODE", Required = true };
        var count = new Option<int>("--count") { Description = "How many.", HelpName = "N", DefaultValueFactory = _ => 100 };
        var file = new Option<string>("--out") { Description = "The page to print.", HelpName = "FILE", DefaultValueFactory = _ => "cards.html" };
        var command = new Command("cards", "Make cards with QR codes to print and give to people.") { facility, count, file };
        command.SetAction(parsed => Terminal.Guard(() =>
        {
            var inForce = OpenStore.ProgrammeOf(Terminal.Location(parsed));
            if (!inForce.TryGet(out var programme)) return Terminal.Refuse(inForce.Problems);
            var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
            if (new PlaceHistory(programme.Places).On(parsed.GetValue(facility)!, today) is not { } place) return Terminal.Refuse([Problem.Of("registry.account.place", ("place", parsed.GetValue(facility)))]);
            var wanted = parsed.GetValue(count);
            if (wanted is < 1 or > MostCards) return Terminal.Refuse([Problem.Of("registry.cards.count", ("most", MostCards))]);
            var ids = new EntryIds(TimeProvider.System);
            var cards = Enumerable.Range(0, wanted).Select(_ => new PersonCard(ids.Next())).ToList();
            File.WriteAllText(parsed.GetValue(file)!, CardSheet.Write(programme.Name.Pt, place.Name, cards));
            Console.WriteLine(Terminal.Say("cards.written", ("n", wanted), ("file", parsed.GetValue(file))));
            return 0;
        }));
        return command;
    }
}
