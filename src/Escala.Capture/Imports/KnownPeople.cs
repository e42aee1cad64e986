using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Registry;
using Escala.Registry.Timelines;

namespace Escala.Capture.Imports;

/// <summary>
/// Whom the files of an import name, by small numbers in the order of their first mention, and which rows are known of each. Somebody whom the store knows is read from it when first named.
/// </summary>
internal sealed class KnownPeople
{
    private readonly Session _session;
    private readonly Programme _programme;
    private readonly RegistryTables _tables;
    private readonly bool _storeHasRowIds;
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);
    private readonly List<Guid> _people = [];
    private readonly List<int> _firstNode = [];
    private readonly Dictionary<string, int> _facilities = new(StringComparer.Ordinal);
    private readonly Dictionary<int, KnownDetails> _details = [];
    private readonly Timeline _timeline;
    private Dictionary<Guid, int>? _byPerson;

    public KnownPeople(Session session, Programme programme, RegistryTables tables)
    {
        (_session, _programme, _tables) = (session, programme, tables);
        _timeline = new Timeline(programme.Register.SlotCount);
        StoreHasAny = session.Scalar($"SELECT MAX(person) FROM {tables.Person}") is not null;
        _storeHasRowIds = programme.HasRowIds && session.Scalar($"SELECT MAX(row_id) FROM {tables.SourceRow}") is not null;
        using var rows = session.Query($"SELECT facility, code FROM {tables.Facility}");
        while (rows.Read()) _facilities[rows.Text(1)] = (int)rows.Int(0);
    }

    public KnownRows Rows { get; } = new();

    public bool StoreHasAny { get; }

    /// <summary>The id of the person with a number.</summary>
    public Guid this[int person]
    {
        get => _people[person];
        set
        {
            _people[person] = value;
            if (_byPerson is not null) _byPerson[value] = person;
        }
    }

    /// <summary>The newest known row of a person that has no id of its own, −1 without any.</summary>
    public int FirstNode(int person) => _firstNode[person];

    public void Begin(int person, int node) => _firstNode[person] = node;

    /// <summary>From here on identifiers of several systems may name one person.</summary>
    public void MeetBySeveralSystems()
    {
        _byPerson ??= [];
        for (var i = 0; i < _people.Count; i++) _byPerson[_people[i]] = i;
    }

    public int Add(Guid id)
    {
        _firstNode.Add(-1);
        _people.Add(id);
        if (_byPerson is not null) _byPerson[id] = _people.Count - 1;
        return _people.Count - 1;
    }

    /// <summary>From here on the identifier is the person's, unless it is somebody's already.</summary>
    public void Name(string system, string value, int person) => _index.TryAdd(KeyOf(system, value), person);

    /// <summary>Number of whoever has the identifier in the files or in the store (<paramref name="stored"/>: the number there, when just read), or −1.</summary>
    public int Find(string system, string value, out long? stored)
    {
        stored = null;
        if (_index.TryGetValue(KeyOf(system, value), out var index)) return index;
        if (!StoreHasAny) return -1;
        (stored, var person) = Look(system, value);
        if (stored is not { } known) return -1;
        // Another identifier has brought the same person already.
        if (_byPerson?.TryGetValue(person, out var there) == true) return _index[KeyOf(system, value)] = there;
        index = _index[KeyOf(system, value)] = Add(person);
        Load(known, index);
        return index;
    }

    /// <summary>Whom the store knows by an identifier.</summary>
    public (long? Number, Guid Person) Look(string system, string value)
    {
        using var rows = _session.Query(
            $"SELECT p.person, p.id FROM {_tables.Identifier} i JOIN {_tables.Person} p ON p.person = i.person WHERE i.system = $1 AND i.value = $2 ORDER BY p.person LIMIT 1", system, value);
        return rows.Read() ? (rows.Int(0), rows.Guid(1)) : (null, default);
    }

    /// <summary>The row that a source's id has in the files or in the store, whoever's it is, or −1.</summary>
    public int NodeOf(ulong rowId)
    {
        if (Rows.ById(rowId) is var met and >= 0) return met;
        if (!_storeHasRowIds) return -1;
        long position;
        _timeline.Clear();
        using (var rows = _session.Query(
            $"SELECT s.position, p.id, t.content FROM {_tables.SourceRow} s JOIN {_tables.Person} p ON p.person = s.person JOIN {_tables.Timeline} t ON t.person = s.person WHERE s.row_id = $1 ORDER BY s.position DESC LIMIT 1",
            (long)rowId))
        {
            if (!rows.Read()) return -1;
            position = rows.Int(0);
            // Only whose the row is; whoever is named by an identifier has a number of her own.
            _people.Add(rows.Guid(1));
            _firstNode.Add(-1);
            _timeline.Add(rows.Bytes(2));
        }

        return Rows.AddById(NodeOf(_timeline.Heads[_timeline.IndexOf(position)], _people.Count - 1));
    }

    /// <summary>Sex and birth date of somebody whom the store knows.</summary>
    public KnownDetails? DetailsOf(int person) => _details.TryGetValue(person, out var known) ? known : null;

    /// <summary>The store's number of a place, below 0 for one that has none yet.</summary>
    public int FacilityOf(string code)
    {
        if (!_facilities.TryGetValue(code, out var number)) _facilities[code] = number = -1 - _facilities.Count;
        return number;
    }

    private string KeyOf(string system, string value) => system == _programme.Register.PersonSystem ? value : system + "\n" + value;

    private void Load(long stored, int person)
    {
        _timeline.Clear();
        using (var rows = _session.Query($"SELECT content FROM {_tables.Timeline} WHERE person = $1", stored))
        {
            if (rows.Read()) _timeline.Add(rows.Bytes(0));
        }

        if (KnownDetails.Of(_timeline, _programme) is { } known) _details[person] = known;
        foreach (var head in _timeline.Heads)
        {
            if (head.RowId != 0) Rows.AddById(NodeOf(head, person));
            else _firstNode[person] = Rows.Add(_firstNode[person], NodeOf(head, person));
        }
    }

    private static KnownRows.Node NodeOf(in RowHead head, int owner) => new()
    {
        Day = head.Day,
        Facility = head.Facility,
        Owner = owner,
        Content = head.Content,
        RowId = head.RowId,
        Position = head.Position,
    };
}
