using Escala.Platform.Storage;
using Escala.Registry.Timelines;

namespace Escala.Cascades.Derivations;

/// <summary>A person of one generation with own rows; counted together with those merged into the same head.</summary>
internal sealed class PersonState(long number, long head, long? mergedInto, List<(RowHead Head, double[] Slots)> rows)
{
    public long Number { get; } = number;

    public long Head { get; set; } = head;

    public long? MergedInto { get; set; } = mergedInto;

    public List<(RowHead Head, double[] Slots)> Rows { get; } = rows;

    public bool RowsChanged { get; set; }

    public bool HeadChanged { get; set; }
}

/// <summary>People whom a transaction touches, each loaded with everybody counted together with them.</summary>
internal sealed class PersonGroups(Session session, Tables tables, int slotCount)
{
    private readonly Dictionary<long, PersonState> _people = [];

    public IEnumerable<PersonState> People => _people.Values;

    /// <summary>Loads the person and the whole group; tells which members came in just now.</summary>
    public PersonState Load(long number, List<PersonState> loaded)
    {
        if (_people.TryGetValue(number, out var known)) return known;
        var person = Read(number);
        var before = _people.Count;
        foreach (var member in MembersOf(person.Head))
        {
            if (_people.ContainsKey(member)) continue;
            var state = member == number ? person : Read(member);
            _people[member] = state;
            loaded.Add(state);
        }

        return _people.Count > before ? _people[number] : person;
    }

    public PersonState Add(long number, List<PersonState> loaded)
    {
        var state = new PersonState(number, number, null, []);
        _people[number] = state;
        loaded.Add(state);
        session.Execute($"INSERT INTO {tables.Timeline} (person, content) VALUES ($1, $2)", number, Array.Empty<byte>());
        return state;
    }

    public PersonState Get(long number) => _people[number];

    public void Save()
    {
        var timeline = new Timeline(slotCount);
        foreach (var person in _people.Values)
        {
            if (person.HeadChanged)
            {
                session.Execute($"UPDATE {tables.Person} SET head = $1, merged_into = $2 WHERE person = $3", person.Head, person.MergedInto, person.Number);
            }

            if (!person.RowsChanged) continue;
            timeline.Clear();
            foreach (var (head, slots) in person.Rows) timeline.Add(head, slots);
            timeline.Sort();
            session.Execute($"UPDATE {tables.Timeline} SET content = $1 WHERE person = $2", timeline.Encode(), person.Number);
        }
    }

    private PersonState Read(long number)
    {
        long head;
        long? mergedInto;
        using (var rows = session.Query($"SELECT head, merged_into FROM {tables.Person} WHERE person = $1", number))
        {
            rows.Read();
            head = rows.Int(0);
            mergedInto = rows.IsNull(1) ? null : rows.Int(1);
        }

        var read = new List<(RowHead, double[])>();
        using var timeline = session.Query($"SELECT content FROM {tables.Timeline} WHERE person = $1", number);
        if (timeline.Read())
        {
            var encoded = timeline.Bytes(0);
            while (encoded.Length > 0)
            {
                var slots = new double[slotCount];
                encoded = encoded[RowCode.Decode(encoded, out var row, slots)..];
                read.Add((row, slots));
            }
        }

        return new PersonState(number, head, mergedInto, read);
    }

    private List<long> MembersOf(long head)
    {
        var members = new List<long> { head };
        using var rows = session.Query($"SELECT person FROM {tables.Person} WHERE head = $1 AND head <> person ORDER BY person", head);
        while (rows.Read()) members.Add(rows.Int(0));
        return members;
    }
}
