using System.Collections.Concurrent;
using System.Text.Json;
using Escala.Cascades.Compiled;
using Escala.Platform.Ledger;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Registry;
using Escala.Registry.People;
using Escala.Registry.Timelines;

namespace Escala.Cascades.Derivations;

/// <summary>
/// Everything derived, computed anew from the ledger up to a position: read in order, sorted by person, counted on all cores. Ends in the same
/// bytes as the live path, which `escala verify` and the tests hold it to.
/// </summary>
internal sealed class Generation : IDisposable
{
    private readonly Programme _programme;
    private readonly Session _session;
    private readonly RowHeap _rows;
    private readonly Dictionary<Guid, int> _numbers = [];
    private readonly Dictionary<string, int> _facilities = new(StringComparer.Ordinal);
    private readonly Dictionary<(int Facility, string Source), int> _sources = [];
    private readonly List<(long RowId, long Position, int Person)> _sourceRows = [];
    private readonly List<string> _lastIdentifier = [];
    private readonly HashSet<(int Person, string Value)> _identifiers = [];
    private readonly Dictionary<(int Person, Identifier Identifier), bool> _said = [];
    private readonly List<(int Facility, long Since)> _firstPresence = [];
    private readonly Dictionary<(int Facility, int Person), (long Since, bool Earlier)> _laterPresence = [];
    private readonly Dictionary<int, List<int>> _merged = [];
    private readonly Dictionary<int, List<(long Position, long? Row, long Target)>> _changes = [];
    private readonly ConcurrentBag<PersonCounting> _counting = [];
    private readonly HashSet<Guid> _bodiless = [];
    private readonly HashSet<Guid> _erased = [];

    private Generation(Programme programme, Session session, RowHeap rows, long head)
    {
        (_programme, _session, _rows, Head) = (programme, session, rows, head);
        Counts = new SharedCounts(PersonCounting.ShapeOf(programme));
    }

    public long Head { get; }

    /// <summary>Rows that the programme cannot read, and the position of the first.</summary>
    public long Unreadable { get; private set; }

    public long FirstUnreadable { get; private set; }

    /// <summary>Somebody whose words are gone though no entry says that they were erased; null when all is told.</summary>
    public Guid? ErasedUnasked => _bodiless.Where(p => !_erased.Contains(p)).Select(p => (Guid?)p).FirstOrDefault();

    /// <summary>People in the order of their numbers, which begin with 1.</summary>
    public List<(Guid Id, int? MergedInto)> People { get; } = [];

    public IEnumerable<(Identifier Identifier, int Person, bool Retired)> Identifiers => _said.Where(i => !Erased.Contains(i.Key.Person)).Select(i => (i.Key.Identifier, i.Key.Person, i.Value))
        .Concat(_identifiers.Select(i => (Identifier: new Identifier(_programme.Register.PersonSystem, i.Value), i.Person, Retired: false)).Where(i => !_said.ContainsKey((i.Person, i.Identifier))));

    /// <summary>Numbers of people of whom nothing is taken any more.</summary>
    public HashSet<int> Erased { get; } = [];

    /// <summary>In the order of the table's key.</summary>
    public IEnumerable<(int Facility, int Person, long Since, bool Earlier)> Presence => _firstPresence.Select((p, person) => (p.Facility, Person: person, p.Since, Earlier: false)).Where(p => p.Facility > 0)
        .Concat(_laterPresence.Select(p => (p.Key.Facility, p.Key.Person, p.Value.Since, p.Value.Earlier))).OrderBy(p => p.Facility).ThenBy(p => p.Person);

    /// <summary>Entries about people that are no rows, in the order of the ledger.</summary>
    public List<(int Person, long Position)> Statements { get; } = [];

    public IEnumerable<(string Code, int Number)> Facilities => _facilities.Select(f => (f.Key, f.Value));

    public IEnumerable<(int Facility, string Source, int FirstDay)> Sources => _sources.Select(s => (s.Key.Facility, s.Key.Source, s.Value));

    /// <summary>Rows with an id of their source's own, in the order of the table's key. Complete when <see cref="Timelines"/> has been read to its end.</summary>
    public IEnumerable<(long RowId, long Position, int Person)> SourceRows
    {
        get
        {
            _sourceRows.Sort();
            return _sourceRows;
        }
    }

    public List<DeclarationBody> Declarations { get; } = [];

    public Dictionary<TallyKey, StandingTally> Tallied { get; } = [];

    /// <summary>Complete when <see cref="Timelines"/> has been read to its end.</summary>
    public SharedCounts Counts { get; }

    /// <summary>Reads the ledger up to a position, leaving out batches that are still being staged.</summary>
    public static Generation Read(Store store, Programme programme, long head, IReadOnlyCollection<string> leftOut, IProgress<(long Done, long Of)>? progress, CancellationToken stop)
    {
        using var session = store.Open(writable: false);
        var generation = new Generation(programme, session, new RowHeap(store.WorkFolder), head);
        long done = 0;
        foreach (var chunk in new LedgerScan(store, programme, leftOut).Chunks(head, stop))
        {
            generation.Take(chunk);
            progress?.Report((Math.Min(head, done += 20_000), head));
        }

        return generation;
    }

    public void Dispose() => _rows.Dispose();

    public int HeadOf(int person)
    {
        while (People[person].MergedInto is { } next) person = next;
        return person;
    }

    /// <summary>Each person's own rows, encoded, in the order of their numbers; counts everybody on the way.</summary>
    public IEnumerable<(int Person, byte[] Rows)> Timelines(CancellationToken stop)
    {
        var groups = Enumerable.Range(0, People.Count).Where(p => HeadOf(p) != p).GroupBy(HeadOf).ToDictionary(g => g.Key, g => g.ToArray());
        _rows.SetApart(groups.Values.SelectMany(g => g));
        var blocks = Enumerable.Range(0, (People.Count + RowHeap.GroupSize - 1) / RowHeap.GroupSize).AsParallel().AsOrdered().WithDegreeOfParallelism(Environment.ProcessorCount)
            .WithMergeOptions(ParallelMergeOptions.NotBuffered).WithCancellation(stop).Select(g => CountGroup(g, groups));
        foreach (var (timelines, sourceRows) in blocks)
        {
            _sourceRows.AddRange(sourceRows);
            foreach (var timeline in timelines) yield return timeline;
        }
    }

    private (List<(int Person, byte[] Rows)> Timelines, List<(long RowId, long Position, int Person)> SourceRows) CountGroup(int group, Dictionary<int, int[]> merged)
    {
        var (from, to) = (group * RowHeap.GroupSize, Math.Min(People.Count, (group + 1) * RowHeap.GroupSize));
        var rows = _rows.Read(group);
        if (!_counting.TryTake(out var counting)) counting = new PersonCounting(_programme);
        var sink = Counts.Into();
        var encoded = new List<(int, byte[])>(to - from);
        var sourceRows = new List<(long, long, int)>();
        for (var person = from; person < to; person++)
        {
            var timeline = counting.Timeline;
            timeline.Clear();
            rows.AddTo(timeline, person);
            Live(timeline, person);
            encoded.Add((person, timeline.Encode()));
            if (_programme.HasRowIds) AddSourceRows(sourceRows, timeline, person);
            if (merged.TryGetValue(person, out var others)) AddOthers(timeline, others);
            else if (People[person].MergedInto is not null) continue;
            counting.Count(ref sink);
        }

        _counting.Add(counting);
        return (encoded, sourceRows);
    }

    private static void AddSourceRows(List<(long, long, int)> to, Timeline timeline, int person)
    {
        foreach (ref readonly var head in timeline.Heads)
        {
            if (head.RowId != 0) to.Add(((long)head.RowId, head.Position, person));
        }
    }

    /// <summary>What happened to a person's rows after they came.</summary>
    private void Live(Timeline timeline, int person)
    {
        if (_changes.TryGetValue(person, out var changes)) Change(timeline, changes);
        timeline.Sort();
    }

    private void AddOthers(Timeline timeline, int[] merged)
    {
        var other = new Timeline(timeline.SlotCount);
        foreach (var person in merged)
        {
            other.Clear();
            _rows.AddApart(other, person);
            Live(other, person);
            for (var row = 0; row < other.Count; row++) timeline.Add(other.Heads[row], other.Slots(row));
        }

        timeline.Sort();
    }

    /// <summary>Corrections and withdrawals in ledger order, as they were lived.</summary>
    private static void Change(Timeline timeline, List<(long Position, long? Row, long Target)> changes)
    {
        foreach (var (position, row, target) in changes)
        {
            var replaced = timeline.IndexOf(target);
            // A row that was not there any more, or not yet, when it was to change.
            if (replaced < 0 || target > position) continue;
            if (row is { } correction)
            {
                var old = timeline.Heads[replaced];
                timeline.TakePlace(timeline.IndexOf(correction), old.RecordedAt, old.Line);
            }

            timeline.RemoveAt(replaced);
        }
    }

    private void Take(LedgerChunk chunk)
    {
        int visit = 0, other = 0;
        while (visit < chunk.Visits.Count || other < chunk.Others.Count)
        {
            if (other == chunk.Others.Count || (visit < chunk.Visits.Count && chunk.Visits[visit].Position < chunk.Others[other].Position))
            {
                var taken = chunk.Visits[visit++];
                Take(taken, chunk.Row(taken));
            }
            else
            {
                Take(chunk.Others[other++]);
            }
        }
    }

    private void Take(in LedgerChunk.Visit visit, ReadOnlySpan<byte> row)
    {
        var isNew = !_numbers.TryGetValue(visit.Subject, out var person);
        if (isNew) person = Add(visit.Subject);
        if (visit.Erased) _bodiless.Add(visit.Subject);
        if (visit.Discarded)
        {
            Identify(person, visit);
            return;
        }

        if (!_facilities.TryGetValue(visit.Facility, out var facility)) _facilities[visit.Facility] = facility = _facilities.Count + 1;
        Present(facility, person, visit.Position, !isNew);
        if (visit.Source is { } source && (!_sources.TryGetValue((facility, source), out var first) || visit.Day < first)) _sources[(facility, source)] = visit.Day;
        if (!visit.Erased && row.IsEmpty && Unreadable++ == 0) FirstUnreadable = visit.Position;
        if (row.IsEmpty) return;
        Identify(person, visit);
        _rows.Add(person, facility, row);
        if (visit.Replaces is { } id && PositionOf(id) is { } target) ChangesOf(person).Add((visit.Position, visit.Position, target));
    }

    private void Identify(int person, in LedgerChunk.Visit visit)
    {
        if (visit.Person.Length == 0 || _lastIdentifier[person] == visit.Person) return;
        _lastIdentifier[person] = visit.Person;
        if (!PersonTable.IsOwnId(visit.Person, visit.Subject)) _identifiers.Add((person, visit.Person));
    }

    private void Take(LedgerEntry entry)
    {
        switch (entry.Entry.Origin.Kind)
        {
            case EntryKinds.Person when entry.Entry.Subject is { } subject:
                Register(entry, subject);
                break;
            case EntryKinds.Withdrawal when entry.Entry is { Subject: { } subject, Withdraws: { } id } && _numbers.TryGetValue(subject, out var person) && PositionOf(id) is { } target:
                ChangesOf(person).Add((entry.Position, null, target));
                break;
            case EntryKinds.Merge when entry.Entry.Subject is { } subject && _numbers.TryGetValue(subject, out var one)
                && _numbers.TryGetValue(JsonSerializer.Deserialize(entry.Entry.Body, BodiesJson.Default.MergeBody)!.Into, out var into):
                var (from, to) = (HeadOf(one), HeadOf(into));
                if (from == to) break;
                People[from] = People[from] with { MergedInto = to };
                Merge(from, to, entry.Position);
                break;
            case EntryKinds.Unmerge when entry.Entry.Subject is { } subject && _numbers.TryGetValue(subject, out var parted):
                Part(parted);
                break;
            case EntryKinds.Erasure:
                foreach (var person in JsonSerializer.Deserialize(entry.Entry.Body, BodiesJson.Default.ErasureBody)!.People)
                {
                    _erased.Add(person);
                    Erased.Add(_numbers.TryGetValue(person, out var erased) ? erased : Add(person));
                }

                break;
            case EntryKinds.Tally when Tallies.Read(_programme, entry.Entry) is { } tally:
                Tallied[tally.Key] = new StandingTally(tally.Count, entry.Position);
                break;
            case EntryKinds.Declaration:
                Declarations.Add(JsonSerializer.Deserialize(entry.Entry.Body, BodiesJson.Default.DeclarationBody)!);
                break;
            default:
                break;
        }

        if (EntryKinds.IsStatement(entry.Entry.Origin.Kind) && entry.Entry.Subject is { } about && _numbers.TryGetValue(about, out var of)) Statements.Add((of, entry.Position));
    }

    private int Add(Guid id)
    {
        var person = People.Count;
        _numbers[id] = person;
        People.Add((id, null));
        _lastIdentifier.Add("");
        _firstPresence.Add(default);
        return person;
    }

    private void Register(LedgerEntry entry, Guid subject)
    {
        var isNew = !_numbers.TryGetValue(subject, out var person);
        if (isNew) person = Add(subject);
        if (entry.Entry.Facility is { } code)
        {
            if (!_facilities.TryGetValue(code, out var facility)) _facilities[code] = facility = _facilities.Count + 1;
            Present(facility, person, entry.Position, !isNew);
        }

        // Of an erased body nothing is left.
        if (entry.Entry.Body.Length == 0) _bodiless.Add(subject);
        if (PersonBody.Read(entry.Entry.Body) is not { } body) return;
        foreach (var identifier in body.Identifiers) _said[(person, PersonBody.Normal(_programme, identifier))] = false;
        foreach (var identifier in body.Retired) _said[(person, PersonBody.Normal(_programme, identifier))] = true;
    }

    /// <summary>The first facility of nearly everybody is the only one, so it is kept apart and small.</summary>
    private void Present(int facility, int person, long since, bool earlier)
    {
        if (_firstPresence[person].Facility == facility) return;
        if (_firstPresence[person].Facility == 0 && !earlier) _firstPresence[person] = (facility, since);
        else _laterPresence.TryAdd((facility, person), (since, earlier));
    }

    private void Merge(int from, int to, long position)
    {
        var members = GroupOf(to);
        members.AddRange(GroupOf(from));
        _merged.Remove(from);
        _merged[to] = members;
        var facilities = _laterPresence.Keys.Where(k => members.Contains(k.Person)).Select(k => k.Facility).Concat(members.Select(m => _firstPresence[m].Facility).Where(f => f > 0)).ToHashSet();
        foreach (var facility in facilities)
        {
            foreach (var member in members) Present(facility, member, position, earlier: true);
        }
    }

    private void Part(int person)
    {
        var group = GroupOf(HeadOf(person));
        _merged.Remove(HeadOf(person));
        People[person] = People[person] with { MergedInto = null };
        foreach (var members in group.GroupBy(HeadOf)) _merged[members.Key] = [.. members];
    }

    private List<int> GroupOf(int head) => _merged.TryGetValue(head, out var members) ? members : [head];

    private List<(long Position, long? Row, long Target)> ChangesOf(int person)
    {
        if (!_changes.TryGetValue(person, out var changes)) _changes[person] = changes = [];
        return changes;
    }

    private long? PositionOf(Guid id) => _session.Scalar("SELECT position FROM entry WHERE id = $1", id);
}
