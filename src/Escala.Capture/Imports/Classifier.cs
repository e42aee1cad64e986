using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Registry;
using Escala.Registry.Timelines;

namespace Escala.Capture.Imports;

internal enum Verdict
{
    Refused,
    Waiting,
    New,
    Duplicate,
    Changed,
}

/// <summary>Tells of each row of a file whether it is new, known, changed, or cannot be taken. Reads the store, writes nothing.</summary>
internal sealed class Classifier
{
    private readonly Session _session;
    private readonly Programme _programme;
    private readonly RegistryTables _tables;
    private readonly EntryIds _ids;
    private readonly HashSet<string> _places;
    private readonly bool _storeHasPeople;
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);
    private readonly List<Guid> _people = [];
    private readonly List<int> _firstNode = [];
    private readonly Dictionary<string, int> _facilities = new(StringComparer.Ordinal);
    private readonly Timeline _timeline;
    private readonly HashSet<string> _named = new(StringComparer.Ordinal);
    private RowReader _reader;
    private short _file;

    public Classifier(Session session, Programme programme, TimeProvider clock)
    {
        (_session, _programme, _ids) = (session, programme, new EntryIds(clock));
        _tables = new RegistryTables(RegistryTables.Current(session));
        _places = programme.Places.Where(p => p.Level == programme.Levels[^1]).Select(p => p.Code).ToHashSet(StringComparer.Ordinal);
        _timeline = new Timeline(programme.Register.SlotCount);
        _storeHasPeople = session.Scalar($"SELECT MAX(person) FROM {_tables.Person}") is not null;
        Row = new DecodedRow(programme.Register);
        _reader = null!;
        using var rows = session.Query($"SELECT facility, code FROM {_tables.Facility}");
        while (rows.Read()) _facilities[rows.Text(1)] = (int)rows.Int(0);
    }

    public KnownRows Known { get; } = new();

    public DecodedRow Row { get; }

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    /// <summary>Of a row that is not refused: who it is about.</summary>
    public Guid Person { get; private set; }

    /// <summary>Of a new row its own node; of every other the node of the known row whose key it has, or −1.</summary>
    public int Node { get; private set; }

    /// <summary>Person, facility and day of the row could be read, whether or not it is taken.</summary>
    public bool KeyIsRead => Row.Person.Length > 0 && Row.Facility.Length > 0 && Row.Day > 0;

    /// <summary>Facilities of the rows that could be read.</summary>
    public IReadOnlySet<string> FacilitiesNamed => _named;

    /// <summary>True when the store holds rows that a file could meet.</summary>
    public bool StoreHasRows => _storeHasPeople;

    public Result<Classifier> Begin(Layout layout)
    {
        var reader = RowReader.For(_programme.Register, layout);
        if (!reader.TryGet(out var made)) return Result<Classifier>.Refused(reader.Problems);
        _reader = made;
        _file++;
        return this;
    }

    public Verdict Classify(CsvRecords records)
    {
        if (records.Fault is { } fault)
        {
            Node = -1;
            Row.Reset();
            Problems = [Problem.Of("capture.row." + fault, ("line", records.Line))];
            return Verdict.Refused;
        }

        return Classify(records.Fields);
    }

    public Verdict Classify(CsvRecord fields)
    {
        Node = -1;
        _reader.Read(fields, Row);
        Problems = Row.Problems;
        if (KeyIsRead && _places.Contains(Row.Facility)) _named.Add(Row.Facility);
        if (Row.Problems.Count > 0)
        {
            if (KeyIsRead) Node = Meet(taken: false).Known;
            return Verdict.Refused;
        }

        if (!_places.Contains(Row.Facility))
        {
            Node = Meet(taken: false).Known;
            Problems = [Problem.Of("capture.row.unknown-place", ("place", Row.Facility), ("column", _programme.Register.FacilityColumn))];
            return Verdict.Waiting;
        }

        var (known, own) = Meet(taken: true);
        Node = known >= 0 ? known : own;
        return known < 0 ? Verdict.New : Known[known].Content == Row.ContentHash ? Verdict.Duplicate : Verdict.Changed;
    }

    /// <summary>Remembers that the file named the key; gives the known row that the row stands for, or −1.</summary>
    private (int Known, int Own) Meet(bool taken)
    {
        var person = IndexOf(Row.Person);
        Person = _people[person];
        var facility = FacilityOf(Row.Facility);
        var rowId = Row.RowId is { } id ? RowDecoder.HashOf(id) : 0;
        var known = Known.Find(_firstNode[person], _file, facility, Row.Day, rowId);
        var node = new KnownRows.Node { Day = Row.Day, Facility = facility, Content = Row.ContentHash, File = _file, RowId = rowId, Mention = known >= 0 || !taken };
        var own = Known.Add(_firstNode[person], node);
        _firstNode[person] = own;
        return (known, own);
    }

    /// <summary>The person of a row that an earlier, interrupted run already wrote.</summary>
    public void Recall(Guid person)
    {
        var index = _index[Row.Person];
        _people[index] = person;
        Person = person;
    }

    private int IndexOf(string identifier)
    {
        if (_index.TryGetValue(identifier, out var index)) return index;
        index = _people.Count;
        _index[identifier] = index;
        _firstNode.Add(-1);
        _people.Add(Guid.Empty);
        if (_storeHasPeople && Load(identifier, index)) return index;
        _people[index] = _ids.Next();
        return index;
    }

    private bool Load(string identifier, int index)
    {
        long number;
        using (var rows = _session.Query(
            $"SELECT p.person, p.id FROM {_tables.Identifier} i JOIN {_tables.Person} p ON p.person = i.person WHERE i.system = $1 AND i.value = $2 ORDER BY p.person LIMIT 1",
            _programme.Register.PersonSystem, identifier))
        {
            if (!rows.Read()) return false;
            number = rows.Int(0);
            _people[index] = rows.Guid(1);
        }

        _timeline.Clear();
        using (var rows = _session.Query($"SELECT content FROM {_tables.Timeline} WHERE person = $1", number))
        {
            if (rows.Read()) _timeline.Add(rows.Bytes(0));
        }

        foreach (var head in _timeline.Heads)
        {
            _firstNode[index] = Known.Add(_firstNode[index], new KnownRows.Node
            {
                Day = head.Day,
                Facility = head.Facility,
                Content = head.Content,
                RowId = head.RowId,
                Position = head.Position,
            });
        }

        return true;
    }

    private int FacilityOf(string code)
    {
        if (!_facilities.TryGetValue(code, out var number)) _facilities[code] = number = -1 - _facilities.Count;
        return number;
    }
}
