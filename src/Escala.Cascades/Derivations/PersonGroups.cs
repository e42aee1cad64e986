using Escala.Platform.Storage;
using Escala.Registry.Timelines;

namespace Escala.Cascades.Derivations;

/// <summary>A person of one generation with own rows; counted together with those merged into the same head.</summary>
internal sealed class PersonState(long number, long head, long? mergedInto, byte[] original)
{
    private readonly List<(RowHead Head, ReadOnlyMemory<byte> Encoded)> _rows = [];

    public long Number { get; } = number;

    public long Head { get; set; } = head;

    /// <summary>As it was before the transaction.</summary>
    public long OriginalHead { get; } = head;

    public long? MergedInto { get; set; } = mergedInto;

    public bool HeadChanged { get; set; }

    /// <summary>The timeline as it was before the transaction.</summary>
    public ReadOnlySpan<byte> Original => original;

    /// <summary>Day of the earliest row that came or went; null when none did.</summary>
    public int? ChangedFrom { get; private set; }

    public int Count => _rows.Count;

    public RowHead this[int row] => _rows[row].Head;

    /// <summary>Takes the rows apart, which somebody asks for only when a row comes or goes.</summary>
    public PersonState Open(double[] slots)
    {
        for (var at = 0; at < original.Length;)
        {
            var length = RowCode.Decode(original.AsSpan(at), out var head, slots);
            _rows.Add((head, original.AsMemory(at, length)));
            at += length;
        }

        return this;
    }

    public void Add(in RowHead head, ReadOnlySpan<double> slots)
    {
        var encoded = new byte[RowCode.LongestHead + (9 * slots.Length) + 8];
        _rows.Add((head, encoded.AsMemory(0, RowCode.Encode(head, slots, encoded))));
        ChangedFrom = Math.Min(ChangedFrom ?? head.Day, head.Day);
    }

    public void RemoveAt(int row)
    {
        ChangedFrom = Math.Min(ChangedFrom ?? _rows[row].Head.Day, _rows[row].Head.Day);
        _rows.RemoveAt(row);
    }

    public bool HasRowAt(int facility) => _rows.Exists(r => r.Head.Facility == facility);

    public int IndexOf(long position) => _rows.FindIndex(r => r.Head.Position == position);

    /// <summary>Adds the rows as they are now.</summary>
    public void AddTo(Timeline timeline)
    {
        foreach (var (_, encoded) in _rows) timeline.Add(encoded.Span);
    }
}

/// <summary>People whom a transaction touches, each loaded with everybody counted together with them.</summary>
internal sealed class PersonGroups(Session session, Tables tables, int slotCount)
{
    private readonly Dictionary<long, PersonState> _people = [];
    private readonly Dictionary<Guid, PersonState> _byId = [];
    private readonly HashSet<Guid> _asked = [];
    private readonly double[] _slots = new double[slotCount];

    public IReadOnlyCollection<PersonState> People => _people.Values;

    /// <summary>Somebody is counted together with others.</summary>
    public bool HasMerged { get; private set; }

    /// <summary>Loads people with their groups, a few statements for all of them.</summary>
    public void Foresee(IReadOnlyList<Guid> ids)
    {
        Guid[] unknown = [.. ids.Where(_asked.Add)];
        session.QueryEach(
            $"SELECT p.person, p.head, p.merged_into, t.content, p.id FROM {tables.Person} p JOIN {tables.Timeline} t ON t.person = p.person WHERE p.id IN {{values}}", unknown, rows => _byId[rows.Guid(4)] = Take(rows));
        long[] heads = [.. unknown.Select(id => _byId.GetValueOrDefault(id)).OfType<PersonState>().Select(p => p.Head).Distinct()];
        Load("p.person IN {values}", [.. heads.Where(h => !_people.ContainsKey(h))]);
        // Phrased as the index over those who are merged is.
        Load("p.head IN {values} AND p.head <> p.person", heads);
    }

    /// <summary>The person with the whole group; null for somebody unknown.</summary>
    public PersonState? Find(Guid id)
    {
        if (!_asked.Contains(id)) Foresee([id]);
        return _byId.GetValueOrDefault(id);
    }

    public PersonState Add(Guid id, long number)
    {
        session.Execute($"INSERT INTO {tables.Timeline} (person, content) VALUES ($1, $2)", number, Array.Empty<byte>());
        return _people[number] = _byId[id] = new PersonState(number, number, null, []);
    }

    public PersonState Get(long number) => _people[number];

    public void SaveHead(PersonState person) =>
        session.Execute($"UPDATE {tables.Person} SET head = $1, merged_into = $2 WHERE person = $3", person.Head, person.MergedInto, person.Number);

    public void SaveRows(PersonState person, byte[] timeline) => session.Execute($"UPDATE {tables.Timeline} SET content = $1 WHERE person = $2", timeline, person.Number);

    private void Load(string which, IReadOnlyList<long> heads) =>
        session.QueryEach($"SELECT p.person, p.head, p.merged_into, t.content FROM {tables.Person} p JOIN {tables.Timeline} t ON t.person = p.person WHERE {which} ORDER BY p.person", heads, rows => Take(rows));

    private PersonState Take(RowCursor rows)
    {
        var number = rows.Int(0);
        if (!_people.TryGetValue(number, out var person)) _people[number] = person = Read(rows);
        HasMerged |= person.Head != number;
        return person;
    }

    private PersonState Read(RowCursor rows) => new PersonState(rows.Int(0), rows.Int(1), rows.IsNull(2) ? null : rows.Int(2), rows.Bytes(3).ToArray()).Open(_slots);
}
