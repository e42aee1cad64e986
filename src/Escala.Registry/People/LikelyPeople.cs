using System.Globalization;
using System.Text.Json;
using Escala.Platform.Ledger;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Registry.Timelines;

namespace Escala.Registry.People;

/// <summary>Why two records may be one person.</summary>
public enum Likeness
{
    /// <summary>Numbers of one system, of one facility where they are facilities' own, that differ in the zeros before them.</summary>
    Zeros,

    /// <summary>One name, however it is written, one birth date, and no system of numbers that has both.</summary>
    NameAndBirth,
}

/// <summary>Two records that may be one person's. Nobody merges them but somebody who knows.</summary>
public sealed record LikelyPair(Likeness Why, PersonInBrief One, PersonInBrief Other);

/// <summary>
/// Finds people who are likely known twice: in a few passes over identifiers, registrations and timelines, of which some bytes a person are remembered. Who was said
/// to be two (<see cref="KeepApart"/>) is not among them.
/// </summary>
public sealed class LikelyPeople
{
    /// <summary>Of one number, or one name and birth date: more pairs at once help nobody.</summary>
    private const int MostOfOne = 20;

    private readonly record struct Trait(ulong Key, ulong Written, long Head);

    private readonly Session _session;
    private readonly Programme _programme;
    private readonly RegistryTables _tables;
    private readonly Dictionary<long, Origin> _origins;
    private readonly HashSet<string> _ofFacility;

    public LikelyPeople(Session session, Programme programme)
    {
        (_session, _programme, _tables) = (session, programme, new RegistryTables(RegistryTables.Current(session)));
        _origins = LedgerReader.Origins(session).Where(o => o.Value.Origin.Kind is EntryKinds.Person or EntryKinds.Apart).ToDictionary(o => o.Key, o => o.Value.Origin);
        _ofFacility = programme.Mappings.SelectMany(m => m.Register.Source!.Identifiers).Where(i => i.IsOfFacility).Select(i => i.System).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>There are more pairs than those that were given.</summary>
    public bool IsCut { get; private set; }

    /// <param name="isOurs">Of a person: whether pairs with it are wanted.</param>
    /// <param name="most">Pairs at most.</param>
    public IReadOnlyList<LikelyPair> Read(Func<Guid, bool> isOurs, int most)
    {
        var pairs = new List<LikelyPair>();
        var seen = new HashSet<(long, long)>();
        foreach (var (why, one, other) in Pairs(Numbers()).Order().Select(p => (Likeness.Zeros, p.One, p.Other)).Concat(Pairs(Names()).Order().Where(p => AreOneName(p.One, p.Other)).Select(p => (Likeness.NameAndBirth, p.One, p.Other))))
        {
            if (!seen.Add((one, other))) continue;
            if (Brief(one) is not { } first || Brief(other) is not { } second || !(isOurs(first.Id) || isOurs(second.Id))) continue;
            if (pairs.Count == most)
            {
                IsCut = true;
                break;
            }

            pairs.Add(new LikelyPair(why, first, second));
        }

        return pairs;
    }

    /// <summary>Two of whom each key is, who are not written alike where that matters, and of whom nobody said that they are two.</summary>
    private IEnumerable<(long One, long Other)> Pairs(List<Trait> traits)
    {
        traits.Sort((a, b) => a.Key != b.Key ? a.Key.CompareTo(b.Key) : a.Head.CompareTo(b.Head));
        for (int from = 0, to = 0; from < traits.Count; from = to)
        {
            for (to = from + 1; to < traits.Count && traits[to].Key == traits[from].Key;) to++;
            if (to - from == 1) continue;
            var alike = traits[from..to].DistinctBy(t => (t.Head, t.Written)).ToList();
            var given = 0;
            foreach (var (first, second) in alike.SelectMany((one, i) => alike.Skip(i + 1).Where(other => other.Head != one.Head && other.Written != one.Written).Select(other => (one.Head, other.Head))).Distinct())
            {
                if (AreApart(first, second)) continue;
                if (given++ == MostOfOne)
                {
                    IsCut = true;
                    break;
                }

                yield return (first, second);
            }
        }
    }

    /// <summary>Numbers without the zeros before them; behind the facility, where they are facilities' own.</summary>
    private List<Trait> Numbers()
    {
        var traits = new List<Trait>();
        using var rows = _session.Query($"SELECT i.system, i.value, p.head FROM {_tables.Identifier} i JOIN {_tables.Person} p ON p.person = i.person WHERE i.retired = 0");
        while (rows.Read())
        {
            var (system, value) = (rows.Text(0), rows.Text(1));
            var number = _ofFacility.Contains(system) ? value.IndexOf('/', StringComparison.Ordinal) + 1 : 0;
            if (number == value.Length || !char.IsAsciiDigit(value[number])) continue;
            traits.Add(new Trait(HashOf(system, value[..number], value[number..].TrimStart('0')), HashOf(value), rows.Int(2)));
        }

        return traits;
    }

    /// <summary>Names with birth dates, of people who are named alike at all.</summary>
    private List<Trait> Names()
    {
        var birth = _programme.Field?.PersonFields.FirstOrDefault(f => f.Type == PersonFieldType.Birth)?.Name;
        var names = new List<(ulong Name, long Head, int Born)>();
        using (var rows = _session.Query(
            $"SELECT p.head, e.origin, b.content FROM {_tables.Statement} s JOIN {_tables.Person} p ON p.person = s.person JOIN entry e ON e.position = s.position JOIN body b ON b.position = s.position WHERE p.erased = 0"))
        {
            while (rows.Read())
            {
                if (!_origins.TryGetValue(rows.Int(1), out var origin) || origin.Kind != EntryKinds.Person || rows.IsNull(2)) continue;
                if (NameIn(rows.Bytes(2), birth) is not var (name, born)) continue;
                var head = rows.Int(0);
                names.AddRange(NameSounds.KeysOf(name).Select(key => (HashOf(key), head, born)));
            }
        }

        var common = names.GroupBy(n => n.Name).Where(g => g.Select(n => n.Head).Distinct().Skip(1).Any()).SelectMany(g => g).ToList();
        var births = Births(common.Select(n => n.Head).ToHashSet());
        // Each is written as it is: of two heads with one name none is like the other by accident.
        return [.. common.Select(n => (n.Name, n.Head, Born: births.GetValueOrDefault(n.Head, n.Born))).Where(n => n.Born > 0).Distinct().Select(n => new Trait(Mixed(n.Name, (ulong)n.Born), (ulong)n.Head, n.Head))];
    }

    private static (string Name, int Born)? NameIn(ReadOnlySpan<byte> body, string? birth)
    {
        var said = new PersonProfile();
        said.Say(new Saying(0, 0, null, 0, null, 0), body);
        if (said["given"].Length == 0 || said["family"].Length == 0) return null;
        return (said["given"] + " " + said["family"], birth is not null && DateOnly.TryParseExact(said[birth], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day.DayNumber : 0);
    }

    /// <summary>The latest birth date that rows say.</summary>
    private Dictionary<long, int> Births(HashSet<long> heads)
    {
        var births = new Dictionary<long, int>();
        if (_programme.Population.BirthDate?.Slot is not { } slot || heads.Count == 0) return births;
        var timeline = new Timeline(_programme.Register.SlotCount);
        using var rows = _session.Query($"SELECT p.head, t.content FROM {_tables.Timeline} t JOIN {_tables.Person} p ON p.person = t.person");
        while (rows.Read())
        {
            if (!heads.Contains(rows.Int(0))) continue;
            timeline.Clear();
            timeline.Add(rows.Bytes(1));
            for (var row = 0; row < timeline.Count; row++)
            {
                if (timeline.Slot(row, slot) is var value && !double.IsNaN(value)) births[rows.Int(0)] = (int)value;
            }
        }

        return births;
    }

    /// <summary>No system of numbers has both: a register that gave two numbers knows them for two. Nor do they differ in sex.</summary>
    private bool AreOneName(long one, long other) =>
        !ScopesOf(one).Overlaps(ScopesOf(other)) && Brief(one) is { } first && Brief(other) is { } second && (first.Sex is null || second.Sex is null || first.Sex == second.Sex);

    private HashSet<string> ScopesOf(long head)
    {
        var scopes = new HashSet<string>(StringComparer.Ordinal);
        using var rows = _session.Query($"SELECT i.system, i.value FROM {_tables.Identifier} i JOIN {_tables.Person} p ON p.person = i.person WHERE p.head = $1 AND i.retired = 0", head);
        while (rows.Read()) scopes.Add(_ofFacility.Contains(rows.Text(0)) ? rows.Text(0) + "\n" + rows.Text(1).Split('/')[0] : rows.Text(0));
        return scopes;
    }

    private bool AreApart(long one, long other) => SaidApartFrom(one).Contains(other) || SaidApartFrom(other).Contains(one);

    private List<long> SaidApartFrom(long head)
    {
        var others = new List<Guid>();
        using (var rows = _session.Query($"SELECT e.origin, b.content FROM {_tables.Person} p JOIN {_tables.Statement} s ON s.person = p.person JOIN entry e ON e.position = s.position JOIN body b ON b.position = s.position WHERE p.head = $1", head))
        {
            while (rows.Read())
            {
                if (_origins.TryGetValue(rows.Int(0), out var origin) && origin.Kind == EntryKinds.Apart && !rows.IsNull(1)) others.Add(JsonSerializer.Deserialize(rows.Bytes(1), BodiesJson.Default.ApartBody)!.Other);
            }
        }

        return [.. others.Select(o => _session.Scalar($"SELECT head FROM {_tables.Person} WHERE id = $1", o)).OfType<long>()];
    }

    private PersonInBrief? Brief(long head)
    {
        Guid id;
        using (var rows = _session.Query($"SELECT id FROM {_tables.Person} WHERE person = $1", head))
        {
            if (!rows.Read()) return null;
            id = rows.Guid(0);
        }

        return PersonInBrief.Read(_session, _programme, id);
    }

    private static ulong HashOf(params ReadOnlySpan<string> texts)
    {
        var hash = Fnv.Offset;
        foreach (var text in texts)
        {
            foreach (var letter in text) Fnv.Mix(ref hash, letter);
            Fnv.Mix(ref hash, 1UL << 32);
        }

        return hash;
    }

    private static ulong Mixed(ulong hash, ulong value)
    {
        Fnv.Mix(ref hash, value);
        return hash;
    }
}
