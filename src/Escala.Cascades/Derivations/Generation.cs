using System.Collections.Concurrent;
using System.Text.Json;
using Escala.Cascades.Compiled;
using Escala.Platform.Ledger;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Registry;
using Escala.Registry.Timelines;

namespace Escala.Cascades.Derivations;

/// <summary>
/// Everything derived, computed anew from the ledger up to a position: read in order, sorted by person, counted on all cores. Ends in the same
/// bytes as the live path, which `escala verify` and the tests hold it to.
/// </summary>
internal sealed class Generation
{
    private const int Block = 5_000;

    private readonly Programme _programme;
    private readonly Session _session;
    private readonly RowHeap _rows = new();
    private readonly Dictionary<Guid, int> _numbers = [];
    private readonly Dictionary<string, int> _facilities = new(StringComparer.Ordinal);
    private readonly Dictionary<(int Facility, string Source), int> _sources = [];
    private readonly List<(long RowId, long Position, int Person)> _sourceRows = [];
    private readonly List<string> _lastIdentifier = [];
    private readonly HashSet<(int Person, string Value)> _identifiers = [];
    private readonly Dictionary<int, List<(long Position, long? Row, long Target)>> _changes = [];
    private readonly ConcurrentBag<PersonCounting> _counting = [];
    private readonly HashSet<Guid> _bodiless = [];
    private readonly HashSet<Guid> _erased = [];

    private Generation(Programme programme, Session session, long head)
    {
        (_programme, _session, Head) = (programme, session, head);
        Counts = new SharedCounts(PersonCounting.ShapeOf(programme));
    }

    public long Head { get; }

    /// <summary>Rows that the programme cannot read, and the position of the first.</summary>
    public long Unreadable { get; private set; }

    public long FirstUnreadable { get; private set; }

    /// <summary>Somebody whose words are gone though no entry says that they were erased; null when all is told.</summary>
    public Guid? ErasedUnasked => _bodiless.Where(p => !_erased.Contains(p)).Select(p => (Guid?)p).FirstOrDefault();

    public string PersonSystem => _programme.Register.PersonSystem;

    /// <summary>People in the order of their numbers, which begin with 1.</summary>
    public List<(Guid Id, int? MergedInto)> People { get; } = [];

    public IEnumerable<(string Value, int Person)> Identifiers => _identifiers.Select(i => (i.Value, i.Person));

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

    /// <summary>Complete when <see cref="Timelines"/> has been read to its end.</summary>
    public SharedCounts Counts { get; }

    /// <summary>Reads the ledger up to a position, leaving out batches that are still being staged.</summary>
    public static Generation Read(Store store, Programme programme, long head, IReadOnlyCollection<string> leftOut, IProgress<(long Done, long Of)>? progress, CancellationToken stop)
    {
        using var session = store.Open(writable: false);
        var generation = new Generation(programme, session, head);
        long done = 0;
        foreach (var chunk in new LedgerScan(store, programme, leftOut).Chunks(head, stop))
        {
            generation.Take(chunk);
            progress?.Report((Math.Min(head, done += 20_000), head));
        }

        generation._rows.Sort(generation.People.Count);
        return generation;
    }

    public int HeadOf(int person)
    {
        while (People[person].MergedInto is { } next) person = next;
        return person;
    }

    /// <summary>Each person's own rows, encoded, in the order of their numbers; counts everybody on the way.</summary>
    public IEnumerable<(int Person, byte[] Rows)> Timelines(CancellationToken stop)
    {
        var groups = Enumerable.Range(0, People.Count).Where(p => HeadOf(p) != p).GroupBy(HeadOf).ToDictionary(g => g.Key, g => g.ToArray());
        var blocks = Enumerable.Range(0, (People.Count + Block - 1) / Block).AsParallel().AsOrdered().WithDegreeOfParallelism(Environment.ProcessorCount)
            .WithMergeOptions(ParallelMergeOptions.NotBuffered).WithCancellation(stop).Select(b => CountBlock(b * Block, Math.Min(People.Count, (b + 1) * Block), groups));
        foreach (var (timelines, sourceRows) in blocks)
        {
            _sourceRows.AddRange(sourceRows);
            foreach (var timeline in timelines) yield return timeline;
        }
    }

    private (List<(int Person, byte[] Rows)> Timelines, List<(long RowId, long Position, int Person)> SourceRows) CountBlock(int from, int to, Dictionary<int, int[]> groups)
    {
        if (!_counting.TryTake(out var counting)) counting = new PersonCounting(_programme);
        var sink = Counts.Into();
        var encoded = new List<(int, byte[])>(to - from);
        var sourceRows = new List<(long, long, int)>();
        for (var person = from; person < to; person++)
        {
            var timeline = counting.Timeline;
            OwnRows(timeline, person);
            encoded.Add((person, timeline.Encode()));
            if (_programme.Register.RowIdColumn is not null) AddSourceRows(sourceRows, timeline, person);
            if (groups.TryGetValue(person, out var merged)) AddOthers(timeline, merged);
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

    private void OwnRows(Timeline timeline, int person)
    {
        timeline.Clear();
        _rows.AddTo(timeline, person);
        if (_changes.TryGetValue(person, out var changes)) Change(timeline, changes);
        timeline.Sort();
    }

    private void AddOthers(Timeline timeline, int[] merged)
    {
        var other = new Timeline(timeline.SlotCount);
        foreach (var person in merged)
        {
            OwnRows(other, person);
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
        if (!_numbers.TryGetValue(visit.Subject, out var person))
        {
            _numbers[visit.Subject] = person = People.Count;
            People.Add((visit.Subject, null));
            _lastIdentifier.Add("");
        }

        if (visit.Erased) _bodiless.Add(visit.Subject);
        if (visit.Discarded)
        {
            Identify(person, visit.Person);
            return;
        }

        if (!_facilities.TryGetValue(visit.Facility, out var facility)) _facilities[visit.Facility] = facility = _facilities.Count + 1;
        if (visit.Source is { } source && (!_sources.TryGetValue((facility, source), out var first) || visit.Day < first)) _sources[(facility, source)] = visit.Day;
        if (!visit.Erased && row.IsEmpty && Unreadable++ == 0) FirstUnreadable = visit.Position;
        if (row.IsEmpty) return;
        Identify(person, visit.Person);
        _rows.Add(person, facility, row);
        if (visit.Replaces is { } id && PositionOf(id) is { } target) ChangesOf(person).Add((visit.Position, visit.Position, target));
    }

    private void Identify(int person, string identifier)
    {
        if (identifier.Length == 0 || _lastIdentifier[person] == identifier) return;
        _lastIdentifier[person] = identifier;
        _identifiers.Add((person, identifier));
    }

    private void Take(LedgerEntry entry)
    {
        switch (entry.Entry.Origin.Kind)
        {
            case EntryKinds.Withdrawal when entry.Entry is { Subject: { } subject, Withdraws: { } id } && _numbers.TryGetValue(subject, out var person) && PositionOf(id) is { } target:
                ChangesOf(person).Add((entry.Position, null, target));
                break;
            case EntryKinds.Merge when entry.Entry.Subject is { } subject && _numbers.TryGetValue(subject, out var one)
                && _numbers.TryGetValue(JsonSerializer.Deserialize(entry.Entry.Body, BodiesJson.Default.MergeBody)!.Into, out var into):
                var (from, to) = (HeadOf(one), HeadOf(into));
                if (from != to) People[from] = People[from] with { MergedInto = to };
                break;
            case EntryKinds.Unmerge when entry.Entry.Subject is { } subject && _numbers.TryGetValue(subject, out var parted):
                People[parted] = People[parted] with { MergedInto = null };
                break;
            case EntryKinds.Erasure:
                _erased.UnionWith(JsonSerializer.Deserialize(entry.Entry.Body, BodiesJson.Default.ErasureBody)!.People);
                break;
            case EntryKinds.Declaration:
                Declarations.Add(JsonSerializer.Deserialize(entry.Entry.Body, BodiesJson.Default.DeclarationBody)!);
                break;
            default:
                break;
        }
    }

    private List<(long Position, long? Row, long Target)> ChangesOf(int person)
    {
        if (!_changes.TryGetValue(person, out var changes)) _changes[person] = changes = [];
        return changes;
    }

    private long? PositionOf(Guid id) => _session.Scalar("SELECT position FROM entry WHERE id = $1", id);
}
