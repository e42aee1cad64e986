using System.Globalization;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes.Places;

namespace Escala.Registry.Accounts;

/// <summary>Accounts of a store. Whoever writes is in the transaction of the one writer.</summary>
public static class AccountTable
{
    private const int LongestName = 64;

    public static Result<Account> Add(Session session, string name, Role role, IReadOnlyList<string> places, string pin, PlaceHistory known, TimeProvider clock)
    {
        var wanted = Normal(name);
        if (wanted.Length is 0 or > LongestName || wanted.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))) return Problem.Of("registry.account.name", ("most", LongestName));
        if (Find(session, wanted) is not null) return Problem.Of("registry.account.exists", ("name", wanted));
        if (Pin.Check(pin) is { } easy) return easy;
        if (places.FirstOrDefault(p => !known.Knows(p)) is { } unknown) return Problem.Of("registry.account.place", ("place", unknown));
        if (places.Count == 0 && role != Role.Administrator) return Problem.Of("registry.account.no-place", ("role", role.Word()));
        var account = new Account(Guid.CreateVersion7(clock.GetUtcNow()), wanted, role, places, IsDisabled: false);
        session.Execute("INSERT INTO account (account, name, role, pin, made_at) VALUES ($1, $2, $3, $4, $5)", account.Id, wanted, role.Word(), Pin.Hash(pin), clock.Microseconds());
        foreach (var place in places) GivePlace(session, account.Id, place);
        return account;
    }

    public static IReadOnlyList<Account> All(Session session)
    {
        var ids = new List<Guid>();
        if (!session.TableExists("account")) return [];
        using (var rows = session.Query("SELECT account FROM account ORDER BY name"))
        {
            while (rows.Read()) ids.Add(rows.Guid(0));
        }

        return [.. ids.Select(id => Read(session, id)!)];
    }

    /// <summary>Names of all accounts, by id.</summary>
    public static IReadOnlyDictionary<Guid, string> Names(Session session)
    {
        var names = new Dictionary<Guid, string>();
        if (!session.TableExists("account")) return names;
        using var rows = session.Query("SELECT account, name FROM account");
        while (rows.Read()) names[rows.Guid(0)] = rows.Text(1);
        return names;
    }

    public static Account? Find(Session session, string name)
    {
        Guid id;
        using (var rows = session.Query("SELECT account FROM account WHERE name = $1", Normal(name)))
        {
            if (!rows.Read()) return null;
            id = rows.Guid(0);
        }

        return Read(session, id);
    }

    public static Account? Read(Session session, Guid id)
    {
        string name, role;
        bool disabled;
        using (var rows = session.Query("SELECT name, role, disabled_at FROM account WHERE account = $1", id))
        {
            if (!rows.Read()) return null;
            (name, role, disabled) = (rows.Text(0), rows.Text(1), !rows.IsNull(2));
        }

        List<string> places = [], former = [];
        using (var rows = session.Query("SELECT place, ended_at FROM account_place WHERE account = $1 ORDER BY place", id))
        {
            while (rows.Read()) (rows.IsNull(1) ? places : former).Add(rows.Text(0));
        }

        return new Account(id, name, Roles.Parse(role) ?? throw new InvalidOperationException("A role that this version does not know"), places, disabled) { FormerPlaces = former };
    }

    internal static string? PinOf(Session session, Guid account) => session.Text("SELECT pin FROM account WHERE account = $1", account);

    /// <summary>The account's sessions end with the next request, which is told why: its tokens stay, and no longer let anybody in.</summary>
    public static void Disable(Session session, Guid account, TimeProvider clock) =>
        session.Execute("UPDATE account SET disabled_at = $1 WHERE account = $2", clock.Microseconds(), account);

    /// <summary>A new PIN; sessions under the old one end.</summary>
    public static Problem? SetPin(Session session, Guid account, string pin)
    {
        if (Pin.Check(pin) is { } easy) return easy;
        session.Execute("UPDATE account SET pin = $1 WHERE account = $2", Pin.Hash(pin), account);
        session.Execute("DELETE FROM token WHERE account = $1", account);
        return null;
    }

    /// <summary>What was <paramref name="from"/>'s to do is <paramref name="to"/>'s: places and what waits in the inbox. The first account is disabled.</summary>
    public static (int Places, long Refused) HandOver(Session session, Account from, Account to, TimeProvider clock)
    {
        foreach (var place in from.Places)
        {
            GivePlace(session, to.Id, place);
            session.Execute("UPDATE account_place SET ended_at = $1 WHERE account = $2 AND place = $3", clock.Microseconds(), from.Id, place);
        }

        var refused = session.Change("UPDATE refused_entry SET account = $1 WHERE account = $2", to.Id, from.Id);
        Disable(session, from.Id, clock);
        return (from.Places.Count, refused);
    }

    private static void GivePlace(Session session, Guid account, string place) => session.Execute(
        "INSERT INTO account_place (account, place, ended_at) VALUES ($1, $2, $3) ON CONFLICT (account, place) DO UPDATE SET ended_at = excluded.ended_at", account, place, null);

    private static string Normal(string name) => name.Trim().Normalize().ToLower(CultureInfo.InvariantCulture);
}
