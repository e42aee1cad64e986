using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Registry;
using Escala.Registry.People;
using Escala.Registry.Timelines;

namespace Escala.Capture.Imports;

/// <summary>Tells of each row of a file whether it is new, known, changed, or cannot be taken. Reads the store, writes nothing.</summary>
internal sealed class Classifier
{
    private readonly Session _session;
    private readonly Programme _programme;
    private readonly EntryIds _ids;
    private readonly RowIdentifiers _identifiers;
    private readonly KnownPeople _people;
    private readonly HashSet<string> _named = new(StringComparer.Ordinal);
    private readonly int _today;
    private readonly MappedPeople _mapped;
    private readonly ErasedNumbers? _erased;
    private readonly HashSet<int> _unsaid = [];
    private RowReader _reader;
    private Layout _layout = null!;
    private Mapping? _mapping;
    private Register _register;
    private RowStates? _states;
    private long _changedAt;
    private string _source = "";
    private short _file;
    private int _person = -1;

    /// <param name="takeErased">Rows with a number of somebody who was erased are taken, as somebody new.</param>
    public Classifier(Session session, Programme programme, TimeProvider clock, bool takeErased = false)
    {
        (_session, _programme, _ids, _identifiers) = (session, programme, new EntryIds(clock), new RowIdentifiers(programme));
        var tables = new RegistryTables(RegistryTables.Current(session));
        _people = new KnownPeople(session, programme, tables);
        _mapped = new MappedPeople(session, programme, tables);
        _erased = takeErased ? null : new ErasedNumbers(session);
        _today = new LocalDays(programme.Zone).On(clock.Microseconds());
        Row = new DecodedRow(programme.Register);
        (_reader, _register) = (null!, programme.Register);
    }

    public KnownRows Known => _people.Rows;

    public DecodedRow Row { get; }

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    /// <summary>Code of the place that the row names, or what it names when there is none.</summary>
    public string Facility { get; private set; } = "";

    /// <summary>The row spells its place's code in another way than the place does.</summary>
    public bool SpeltOtherwise => _mapping is null && Facility != Row.Facility;

    /// <summary>Of a changed row: its source says that it changed it since, so nobody need be asked.</summary>
    public bool IsLater { get; private set; }

    /// <summary>Of a row that is not refused: who it is about.</summary>
    public Guid Person { get; private set; }

    /// <summary>Of a changed row that was another person's until now: whose.</summary>
    public Guid? MovedFrom { get; private set; }

    /// <summary>Of a new row its own node; of every other the node of the known row whose key it has, or −1.</summary>
    public int Node { get; private set; }

    /// <summary>Null where the key cannot be read, whether or not the row is taken.</summary>
    public RowKey? Key { get; private set; }

    /// <summary>The row was refused because its person was erased: nothing of it is kept.</summary>
    public bool IsOfErased { get; private set; }

    /// <summary>What is known of the repeats that were joined to rows of the present file.</summary>
    public RepeatedRows? Repeated { get; private set; }

    /// <summary>The row says another sex or birth date than another source does of the same person, as the store knows them.</summary>
    public bool IsConflicting => _person >= 0 && _people.DetailsOf(_person) is { } known && known.Differ(_session, _programme, Row, _source);

    /// <summary>Columns with an implausible value, as things are known today.</summary>
    public bool IsQueried => Row.IsQueried(_today);

    /// <summary>Facilities of the rows that could be read.</summary>
    public IReadOnlySet<string> FacilitiesNamed => _named;

    /// <summary>True when the store holds rows that a file could meet.</summary>
    public bool StoreHasRows => _people.StoreHasAny;

    public Result<Classifier> Begin(Layout layout, string source)
    {
        var reader = RowReader.For(_programme, layout);
        if (!reader.TryGet(out var made)) return Result<Classifier>.Refused(reader.Problems);
        (_reader, _source, _layout) = (made, source, layout);
        _mapping = layout.Mapping is { } name ? _programme.Mappings.First(m => m.Name == name) : null;
        (_register, _states) = (_programme.RegisterOf(layout)!, _mapping is { } stated ? new RowStates(stated, layout) : null);
        Repeated = _mapping is { Repeats.Count: > 0 } repeating ? new RepeatedRows(repeating, layout) : null;
        if (_mapping is not null) _people.MeetBySeveralSystems();
        _file++;
        return this;
    }

    public Verdict Classify(CsvRecords records) => records.Fault is { } fault ? Unsplit(fault, records.Line) : Classify(records.Fields, records.Line);

    /// <summary>A record whose fields cannot be told apart.</summary>
    public Verdict Unsplit(string fault, int line)
    {
        (Node, Key, MovedFrom, Facility, IsOfErased) = (-1, null, null, "", false);
        Row.Reset();
        Problems = [Problem.Of("capture.row." + fault, ("line", line))];
        return Verdict.Refused;
    }

    /// <param name="fields">The record.</param>
    /// <param name="line">Its line in the file.</param>
    /// <param name="waited">Of a row from the inbox: what is known of it there.</param>
    public Verdict Classify(CsvRecord fields, int line, InboxPlace? waited = null)
    {
        (Node, Key, MovedFrom, IsOfErased, IsLater) = (-1, null, null, false, false);
        _changedAt = _states?.ChangedAt(fields) ?? 0;
        if (Repeated?.OrphanIn(fields) is { } orphan)
        {
            Row.Reset();
            Row.Problems.Add(orphan);
            (Facility, Problems) = ("", Row.Problems);
            return Verdict.Refused;
        }

        if (_states?.IsLeftOut(fields) == true)
        {
            Row.Reset();
            (Facility, Problems) = ("", []);
            return Verdict.LeftOut;
        }

        _reader.Read(fields, Row);
        if (UnfitNumbers.Of(Row, _mapping?.Register ?? _programme.Register) is { } unfit)
        {
            (Problems, Facility) = ([.. Row.Problems, unfit], "");
            return Verdict.Refused;
        }

        Problems = Row.Problems;
        if (Row.IsSilent)
        {
            Facility = Row.Facility;
            return Verdict.Silent;
        }

        var place = _identifiers.PlaceOf(_register, Row.Facility);
        Facility = place ?? Row.Facility;
        if (place is not null && Row.Person.Length > 0 && Row.Day > 0) _named.Add(place);
        var taken = Row.Problems.Count == 0 && place is not null;
        if (Row.Problems.Count == 0 && place is null)
        {
            Problems = [Problem.Of("capture.row.unknown-place", ("place", Row.Facility), ("column", _register.FacilityColumn))];
        }

        if (_erased is not null && _identifiers.Of(Row, Facility).Any(i => _erased.Holds(i.System, i.Value) && _people.Look(i.System, i.Value).Number is null))
        {
            IsOfErased = true;
            Problems = [Problem.Of("capture.row.erased")];
            return Verdict.Refused;
        }

        if (_mapping is not null && Row.Identifiers.Count > 0 && Row.Facility.Length > 0 && Identify(fields) is { } conflict)
        {
            Problems = [.. Row.Problems, conflict];
            return Verdict.Refused;
        }

        var verdict = Row.RowId is { } id ? MeetById(RowDecoder.HashOf(_source, id), line, taken)
            : Row.Person.Length > 0 && Row.Facility.Length > 0 && Row.Day > 0 ? MeetByKey(taken, waited)
            : Verdict.Refused;
        return taken ? verdict : Row.Problems.Count > 0 ? Verdict.Refused : Verdict.Waiting;
    }

    /// <summary>The row goes into the ledger: from here on it is what is known of its key.</summary>
    public void Took()
    {
        ref var node = ref Known[Node];
        node.Content = Row.ContentAt(Facility);
        node.Owner = _person;
        if (_changedAt > 0) node.ChangedAt = _changedAt;
    }

    /// <summary>Of a row of another system: the body of the <c>person</c> entry that goes before it, or null. It is known from here on.</summary>
    public byte[]? TakePersonSaid()
    {
        if (_mapping is null) return null;
        _unsaid.Remove(_person);
        return _mapped.Take();
    }

    /// <summary>The person of a row that an earlier, interrupted run already wrote.</summary>
    public void Recall(Guid person)
    {
        _people[_person] = person;
        Person = person;
        TakePersonSaid();
    }

    private Verdict MeetByKey(bool taken, InboxPlace? waited)
    {
        if (_mapping is null) Meet(Row.Person);
        var facility = _people.FacilityOf(Facility);
        var content = Row.ContentAt(Facility);
        var (ordinal, refused) = Known.Find(_people.FirstNode(_person), _file, facility, Row.Day, out var same);
        var known = ordinal < same.Count ? same[ordinal] : -1;
        // A row that was refused before may not be among the known: then those behind it have other places than they had.
        if (refused > 0 && taken)
        {
            var before = ordinal - refused;
            if (FirstUnmet(same, content) is >= 0 and var alike) known = alike;
            else if (known < 0 && before < same.Count && Known[same[before]].Met != _file) known = same[before];
        }

        if (waited is { } place && (place.Person, place.Facility, place.Day) == (Row.Person, Row.Facility, Row.Day))
        {
            ordinal = place.Ordinal;
            known = place.StoodForKnown && ordinal < same.Count ? same[ordinal] : -1;
            for (var i = 0; i < same.Count && known < 0; i++) known = Known[same[i]].Content == content ? same[i] : -1;
        }

        Key = new RowKey(0, Row.Person, Facility, Row.Day, ordinal);
        var own = Known.Add(_people.FirstNode(_person), new KnownRows.Node
        {
            Day = Row.Day,
            Facility = facility,
            Owner = _person,
            Content = content,
            File = _file,
            Mention = known >= 0 || !taken,
            Refused = !taken,
        });
        if (known >= 0 && taken) Known[known].Met = _file;
        _people.Begin(_person, own);
        Node = known >= 0 || !taken ? known : own;
        return known < 0 ? Verdict.New : Known[known].Content == content ? Verdict.Duplicate : Verdict.Changed;
    }

    /// <summary>The first of the known rows that says the same, and that no row of the file was held to be yet; −1 for none.</summary>
    private int FirstUnmet(IReadOnlyList<int> known, ulong content)
    {
        foreach (var row in known)
        {
            if (Known[row].Content == content && Known[row].Met != _file) return row;
        }

        return -1;
    }

    private Verdict MeetById(ulong rowId, int line, bool taken)
    {
        if (_mapping is null && Row.Person.Length > 0) Meet(Row.Person);
        Key = new RowKey(rowId, "", "", 0, 0);
        Node = _people.NodeOf(rowId);
        if (!taken) return Verdict.Refused;
        var content = Row.ContentAt(Facility);
        if (Node < 0)
        {
            Node = Known.AddById(new KnownRows.Node { Day = Row.Day, Facility = _people.FacilityOf(Facility), Owner = _person, Content = content, RowId = rowId, File = _file, Line = line, ChangedAt = _changedAt });
            return Verdict.New;
        }

        ref var known = ref Known[Node];
        var same = known.Content == content && _people[known.Owner] == Person;
        if (known.File == _file && !same)
        {
            Problems = [Problem.Of("capture.row.row-id-twice", ("column", _register.RowIdColumn), ("line", line), ("otherLine", known.Line))];
            return Verdict.Refused;
        }

        if (known.File != _file) (known.File, known.Line) = (_file, line);
        if (same) return Verdict.Duplicate;
        if (known.ChangedAt == 0 && known.Position > 0 && _changedAt > 0) known.ChangedAt = _states!.ChangedAt(_session, known.Position);
        if (_changedAt > 0 && known.ChangedAt > _changedAt) return Verdict.Older;
        IsLater = known.ChangedAt > 0 && _changedAt > known.ChangedAt;
        if (_people[known.Owner] != Person) MovedFrom = _people[known.Owner];
        return Verdict.Changed;
    }

    private void Meet(string identifier)
    {
        var system = _programme.Register.PersonSystem;
        if (_people.Find(system, identifier, out _) is var found and >= 0)
        {
            _person = found;
        }
        else
        {
            _person = _people.Add(_ids.Next());
            _people.Name(system, identifier, _person);
        }

        Person = _people[_person];
    }

    /// <summary>Finds the person of a row of another system, or adds one.</summary>
    private Problem? Identify(CsvRecord fields)
    {
        var identifiers = _identifiers.Of(Row, Facility);
        if (new PersonBody(identifiers, []).Check(_programme) is { } unfit) return unfit;
        var met = _mapped.Meet(identifiers, Row, i => _people.Find(i.System, i.Value, out var number) is var found and >= 0 ? (found, number) : null, i => _unsaid.Contains(i) ? null : _people[i]);
        if (!met.TryGet(out var person)) return met.Problems[0];
        if (person < 0)
        {
            person = _people.Add(_ids.Next());
            _unsaid.Add(person);
        }

        foreach (var identifier in identifiers) _people.Name(identifier.System, identifier.Value, person);
        (_person, Person) = (person, _people[person]);
        _mapped.Say(person, _unsaid.Contains(person), identifiers, _mapping!, _layout, fields, Row);
        return null;
    }
}
