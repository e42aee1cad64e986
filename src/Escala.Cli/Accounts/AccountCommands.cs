using System.CommandLine;
using Escala.Cli.Stores;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes.Places;
using Escala.Registry.Accounts;

namespace Escala.Cli.Accounts;

/// <summary><c>escala account</c>: who may come in, as what, where.</summary>
internal static class AccountCommands
{
    private static readonly Option<bool> s_pinFromStdin = new("--pin-from-stdin") { Description = "Read the PIN from standard input; otherwise one is drawn and shown once." };

    public static Command Create() => new("account", "Who may come in, with which role, at which places.") { Add(), List(), Disable(), ChangePin(), HandOver() };

    private static Command Add()
    {
        var name = new Argument<string>("name") { Description = "Name to sign in with." };
        var role = new Option<string>("--role") { Description = string.Join(", ", Roles.Words), HelpName = "ROLE", Required = true };
        var places = new Option<string[]>("--place") { Description = "Facility, district or province of the scope; several times for several.", HelpName = "CODE" };
        var command = new Command("add", "Make an account.") { name, role, places, s_pinFromStdin };
        command.SetAction(parsed => OpenStore.With(parsed, (store, programme) =>
        {
            if (Roles.Parse(parsed.GetValue(role)!) is not { } known) return Terminal.Refuse([Problem.Of("registry.account.role", ("role", parsed.GetValue(role)), ("known", string.Join(", ", Roles.Words)))]);
            var pin = Told(parsed) ?? Pin.Draw();
            Result<Account>? added = null;
            store.Writer.Run(transaction => added = AccountTable.Add(
                transaction.Session, parsed.GetValue(name)!, known, parsed.GetValue(places) ?? [], pin, new PlaceHistory(programme.Places), TimeProvider.System));
            if (!added!.TryGet(out var account)) return Terminal.Refuse(added.Problems);
            Console.WriteLine(parsed.GetValue(s_pinFromStdin) ? $"{account.Name} {account.Role.Word()}" : $"{account.Name} {account.Role.Word()}, PIN {pin}");
            return 0;
        }));
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "All accounts.");
        command.SetAction(parsed => Terminal.Guard(() =>
        {
            var read = Store.At(Terminal.Location(parsed)).Read();
            if (!read.TryGet(out var session)) return Terminal.Refuse(read.Problems);
            using (session)
            {
                foreach (var account in AccountTable.All(session)) Console.WriteLine($"{account.Name}\t{account.Role.Word()}\t{string.Join(' ', account.Places)}{(account.IsDisabled ? "\t" + Terminal.Say("account.disabled") : "")}");
            }

            return 0;
        }));
        return command;
    }

    private static Command Disable()
    {
        var name = new Argument<string>("name");
        var command = new Command("disable", "Let somebody in no more; what they said stays.") { name };
        command.SetAction(parsed => OnAccount(parsed, parsed.GetValue(name)!, (session, account) =>
        {
            AccountTable.Disable(session, account.Id, TimeProvider.System);
            return null;
        }));
        return command;
    }

    private static Command ChangePin()
    {
        var name = new Argument<string>("name");
        var command = new Command("pin", "Give an account a new PIN; its sessions end.") { name, s_pinFromStdin };
        command.SetAction(parsed =>
        {
            var pin = Told(parsed) ?? Pin.Draw();
            var code = OnAccount(parsed, parsed.GetValue(name)!, (session, account) => AccountTable.SetPin(session, account.Id, pin));
            if (code == 0 && !parsed.GetValue(s_pinFromStdin)) Console.WriteLine("PIN " + pin);
            return code;
        });
        return command;
    }

    private static Command HandOver()
    {
        var from = new Argument<string>("from") { Description = "Who leaves; the account is disabled." };
        var to = new Argument<string>("to") { Description = "Who takes over." };
        var command = new Command("hand-over", "Give somebody's places and open work to somebody else, in one step.") { from, to };
        command.SetAction(parsed =>
        {
            var told = "";
            var code = OnAccount(parsed, parsed.GetValue(from)!, (session, leaving) =>
            {
                if (AccountTable.Find(session, parsed.GetValue(to)!) is not { } taking) return Problem.Of("registry.account.unknown", ("name", parsed.GetValue(to)));
                if (taking.Id == leaving.Id) return Problem.Of("registry.account.itself");
                var (places, refused) = AccountTable.HandOver(session, leaving, taking, TimeProvider.System);
                told = $"{places} places and {refused} refused entries are {taking.Name}'s; {leaving.Name} is disabled";
                return null;
            });
            if (code == 0) Console.WriteLine(told);
            return code;
        });
        return command;
    }

    private static int OnAccount(ParseResult parsed, string name, Func<Session, Account, Problem?> work) => OpenStore.With(parsed, (store, _) =>
    {
        Problem? problem = null;
        store.Writer.Run(transaction => problem = AccountTable.Find(transaction.Session, name) is { } account ? work(transaction.Session, account) : Problem.Of("registry.account.unknown", ("name", name)));
        return problem is null ? 0 : Terminal.Refuse([problem]);
    });

    private static string? Told(ParseResult parsed) => parsed.GetValue(s_pinFromStdin) ? (Console.ReadLine() ?? "").Trim() : null;
}
