using Escala.Platform.Ledger;
using Escala.Platform.Storage;

namespace Escala.Registry.People;

/// <summary>Somebody of whom two devices, neither knowing of the other, said different things.</summary>
/// <param name="Id">Of the record that stands for the person.</param>
public sealed record ConflictedPerson(Guid Id, PersonProfile Profile);

/// <summary>What is said of people, read from the ledger: profiles, and those in which sayings are in conflict.</summary>
public sealed class FieldConflicts
{
    private readonly Session _session;
    private readonly RegistryTables _tables;
    private readonly Dictionary<long, Origin> _origins;

    public FieldConflicts(Session session)
    {
        (_session, _tables) = (session, new RegistryTables(RegistryTables.Current(session)));
        _origins = LedgerReader.Origins(session).Where(o => o.Value.Origin.Kind == EntryKinds.Person).ToDictionary(o => o.Key, o => o.Value.Origin);
    }

    /// <summary>The person as all records say that were merged into one.</summary>
    public PersonProfile ProfileOf(Guid id) => _session.Scalar($"SELECT head FROM {_tables.Person} WHERE id = $1", id) is { } head ? ProfileOf(head) : new PersonProfile();

    /// <param name="facilities">Codes of places at which the people are known; null for everybody.</param>
    /// <param name="most">People at most.</param>
    public IReadOnlyList<ConflictedPerson> Read(IReadOnlySet<string>? facilities, int most)
    {
        var found = new List<ConflictedPerson>();
        foreach (var head in SaidOnSeveralDevices(facilities))
        {
            var profile = ProfileOf(head);
            if (profile.Conflicts.Count == 0) continue;
            found.Add(new ConflictedPerson(IdOf(head), profile));
            if (found.Count == most) break;
        }

        return found;
    }

    private List<long> SaidOnSeveralDevices(IReadOnlySet<string>? facilities)
    {
        var devices = new Dictionary<long, string?>();
        var several = new SortedSet<long>();
        var all = $"SELECT p.head, e.origin FROM {_tables.Statement} s JOIN {_tables.Person} p ON p.person = s.person JOIN entry e ON e.position = s.position";
        if (NumbersOf(facilities) is not { } places)
        {
            using var rows = _session.Query(all);
            Look(rows);
            return [.. several];
        }

        foreach (var place in places)
        {
            // Of whoever is present all records that were merged are read, also those of other places: each by itself knows of one device.
            using var rows = _session.Query($"{all} WHERE p.head IN (SELECT here.head FROM {_tables.Presence} r JOIN {_tables.Person} here ON here.person = r.person WHERE r.facility = $1)", place);
            Look(rows);
        }

        return [.. several];

        // Origins are picked here: there may be thousands, and a session keeps the text of each statement.
        void Look(RowCursor rows)
        {
            while (rows.Read())
            {
                if (!_origins.TryGetValue(rows.Int(1), out var origin)) continue;
                if (!devices.TryAdd(rows.Int(0), origin.Device) && devices[rows.Int(0)] != origin.Device) several.Add(rows.Int(0));
            }
        }
    }

    private List<long>? NumbersOf(IReadOnlySet<string>? facilities)
    {
        if (facilities is null) return null;
        var numbers = new List<long>();
        using var rows = _session.Query($"SELECT facility, code FROM {_tables.Facility}");
        while (rows.Read())
        {
            if (facilities.Contains(rows.Text(1))) numbers.Add(rows.Int(0));
        }

        return numbers;
    }

    private PersonProfile ProfileOf(long head)
    {
        var profile = new PersonProfile();
        using var rows = _session.Query(
            $"""
            SELECT e.position, e.origin, e.based_on, e.sequence, e.event_day, b.content FROM {_tables.Person} p JOIN {_tables.Statement} s ON s.person = p.person
            JOIN entry e ON e.position = s.position JOIN body b ON b.position = s.position WHERE p.head = $1 ORDER BY e.position
            """, head);
        while (rows.Read())
        {
            if (!_origins.TryGetValue(rows.Int(1), out var origin) || rows.IsNull(5)) continue;
            profile.Say(new Saying(rows.Int(0), rows.IsNull(2) ? 0 : rows.Int(2), origin.Device, rows.Int(3), origin.Author, (int)rows.Int(4)), rows.Bytes(5));
        }

        return profile;
    }

    private Guid IdOf(long number)
    {
        using var rows = _session.Query($"SELECT id FROM {_tables.Person} WHERE person = $1", number);
        rows.Read();
        return rows.Guid(0);
    }
}
