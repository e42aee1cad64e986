using Escala.Platform.Storage;
using Escala.Programmes.Places;

namespace Escala.Registry.Accounts;

/// <summary>Who an id is: an account by the name it signs in with, a device by the name it was given.</summary>
public readonly record struct Named(Guid Id, string Name);

/// <summary>Those who write at some places, now or under an earlier scope, and the devices on which they have signed in: whose names a reader of entries may see.</summary>
public sealed record Staff(IReadOnlyList<Named> Accounts, IReadOnlyList<Named> Devices)
{
    /// <param name="facilities">Codes of facilities.</param>
    /// <param name="day">On which places lie as they are asked about.</param>
    public static Staff Of(Session session, PlaceHistory places, IReadOnlyCollection<string> facilities, DateOnly day)
    {
        var above = facilities.SelectMany(f => Above(places, f, day)).ToHashSet(StringComparer.Ordinal);
        var accounts = new SortedDictionary<Guid, string>();
        using (var rows = session.Query("SELECT a.account, a.name, a.role, p.place FROM account a LEFT JOIN account_place p ON p.account = a.account"))
        {
            while (rows.Read())
            {
                if (Roles.Parse(rows.Text(2)) is not { } role || !role.May(Act.WriteEntries)) continue;
                if (role == Role.Administrator || (!rows.IsNull(3) && above.Contains(rows.Text(3)))) accounts[rows.Guid(0)] = rows.Text(1);
            }
        }

        var devices = new SortedDictionary<Guid, string>();
        using (var rows = session.Query("SELECT d.device, d.name, x.account FROM device d JOIN device_account x ON x.device = d.device"))
        {
            while (rows.Read())
            {
                if (accounts.ContainsKey(rows.Guid(2))) devices[rows.Guid(0)] = rows.Text(1);
            }
        }

        return new Staff([.. accounts.Select(a => new Named(a.Key, a.Value))], [.. devices.Select(d => new Named(d.Key, d.Value))]);
    }

    private static IEnumerable<string> Above(PlaceHistory places, string place, DateOnly day)
    {
        for (var at = places.On(place, day); at is not null; at = at.ParentCode is { } parent ? places.On(parent, day) : null) yield return at.Code;
    }
}
