using System.Security.Cryptography;
using System.Text;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Places;
using Escala.Registry;
using Escala.Registry.Accounts;

namespace Escala.Capture.Exchange;

/// <summary>
/// Of which place a device takes the people along: its facility; for whoever supervises, all facilities of the district unless the device asks for one
/// alone, as long as they are not more people than an old tablet finds its way among.
/// </summary>
/// <param name="Place">What to pull.</param>
/// <param name="Key">Under which the device keeps the position of it: another one when other facilities belong to the place, which is then pulled from the beginning.</param>
/// <param name="Facilities">Codes of what is taken.</param>
/// <param name="Whole">The district that the account may take whole, whether it does or not; null where there is none.</param>
/// <param name="People">Of the district, to the hundred, so that the pack does not change with each registration; null where only the facility is asked about.</param>
public sealed record TakenPlace(string Place, string Key, IReadOnlyList<string> Facilities, string? Whole, int? People)
{
    /// <summary>People on one device.</summary>
    public const int MostPeople = 10_000;

    /// <param name="isAlone">The device asks for the facility alone.</param>
    public static TakenPlace Of(Session session, Programme programme, PlaceHistory places, string facility, Account account, DateOnly today, bool isAlone = false)
    {
        var own = new TakenPlace(facility, facility, [facility], null, null);
        if (account.Role is not (Role.Supervisor or Role.Coordinator)) return own;
        if (places.On(facility, today)?.ParentCode is not { } district || !account.Covers(places, district, today)) return own;
        var facilities = FacilitiesOf(programme, places, district, today);
        if (facilities.Count < 2) return own;
        var people = (int)PeopleOf(session, facilities);
        var told = (people + 99) / 100 * 100;
        return isAlone || people > MostPeople ? own with { Whole = district, People = told } : new TakenPlace(district, $"{district}@{Mark(facilities)}", facilities, district, told);
    }

    /// <summary>Districts that the account may take whole, each with its first facility; also those of too many people, which cannot be.</summary>
    public static IReadOnlyList<(string District, string Facility, int People)> Wholes(Session session, Programme programme, PlaceHistory places, IReadOnlyList<string> facilities, Account account, DateOnly today) =>
    [
        .. facilities.GroupBy(f => places.On(f, today)?.ParentCode).Select(g => (Facility: g.First(), Taken: Of(session, programme, places, g.First(), account, today)))
            .Where(t => t.Taken.Whole is not null).Select(t => (t.Taken.Whole!, t.Facility, t.Taken.People!.Value)),
    ];

    /// <summary>The facilities of a place; a facility is its own.</summary>
    public static IReadOnlyList<string> FacilitiesOf(Programme programme, PlaceHistory places, string place, DateOnly today) =>
        places.Below(place, programme.Levels[^1], today) is { Count: > 0 } below ? [.. below.Select(p => p.Code)] : [place];

    private static long PeopleOf(Session session, IReadOnlyList<string> facilities)
    {
        var tables = new RegistryTables(RegistryTables.Current(session));
        var numbers = new List<long>();
        var codes = facilities.ToHashSet(StringComparer.Ordinal);
        using (var rows = session.Query($"SELECT facility, code FROM {tables.Facility}"))
        {
            while (rows.Read())
            {
                if (codes.Contains(rows.Text(1))) numbers.Add(rows.Int(0));
            }
        }

        return numbers.Count == 0 ? 0 : session.Scalar($"SELECT COUNT(DISTINCT person) FROM {tables.Presence} WHERE facility IN ({string.Join(", ", numbers)})") ?? 0;
    }

    private static string Mark(IEnumerable<string> facilities) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', facilities))))[..8];
}
