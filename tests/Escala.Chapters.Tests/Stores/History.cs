using Escala.Capture.Imports;
using Escala.Cascades.Counters;
using Escala.Cascades.Derivations;
using Escala.Platform.Ledger;
using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Registry;
using Escala.Registry.People;

namespace Escala.Chapters.Tests.Stores;

/// <summary>
/// What may happen to a store, drawn at random from a seed, beside the plainest account of it: rows with their people, who is merged into whom,
/// which identifier is whose. Afterwards the counters must be what that account and <see cref="Naive"/> give.
/// </summary>
internal sealed class History(int seed, Engine engine) : IDisposable
{
    private static readonly string[] s_facilities = ["F1", "F2", "F3"];
    private static readonly string[] s_identifiers = ["a", "b", "c", "d", "e"];
    private static readonly string s_layout = new Layout(',', '.', DateOrder.Iso, Register.Header.Split(',')).ToString();

    private readonly Random _chance = new(seed);
    private readonly RunningStore _store = new(engine, Register.Places(s_facilities));
    private readonly List<Row> _rows = [];
    private readonly List<Guid> _people = [];
    private readonly Dictionary<Guid, Guid> _mergedInto = [];
    private readonly HashSet<(string Identifier, Guid Person)> _identifiers = [];
    private readonly List<Entry> _sent = [];
    private readonly HashSet<Guid> _erased = [];
    private readonly List<(Guid Person, Guid Entry, Visit Visit)> _gone = [];

    private sealed class Row(Visit visit, Guid person)
    {
        public Visit Visit { get; } = visit;

        public Guid Person { get; set; } = person;

        public Guid Entry { get; set; }

        public long Position { get; set; }

        public long Recorded { get; set; }

        public long Line { get; set; }

        public string? Source { get; set; }
    }

    public List<string> Told { get; } = [];

    public void Live(int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            _store.Clock.Move();
            Action step = _chance.Next(20) switch
            {
                < 6 => () => Import(complete: false),
                < 8 => () => Import(complete: true),
                < 11 => Visit,
                < 12 => RegisterPerson,
                < 14 => Correct,
                < 15 => Withdraw,
                < 16 => SendAgain,
                < 18 => () => MergeOrUnmerge(),
                < 19 => _chance.Next(2) == 0 ? Erase : MovePlaces,
                _ => Recount,
            };
            step();
        }
    }

    public void Check()
    {
        _store.AssertSound();
        var people = _people.GroupBy(HeadOf).Select(g => _rows.Where(r => g.Contains(r.Person)).ToList()).Where(r => r.Count > 0)
            .Select(r => r.OrderBy(x => x.Visit.DayNumber).ThenBy(x => x.Recorded).ThenBy(x => x.Line).ThenBy(x => x.Position).Select(x => x.Visit).ToList()).ToList();
        using var reader = CounterReader.Open(_store.Store, _store.Clock).Value;
        var (from, to) = (Month("2024-09"), Month("2026-02"));
        foreach (var facility in s_facilities)
        {
            var counters = reader.Read(facility, from, to).ToDictionary(c => c.Window, c => c.Counts);
            for (var window = from; window.Number <= to.Number; window = window with { Number = window.Number + 1 })
            {
                var counts = counters.GetValueOrDefault(window.Number) ?? new Counts(new CountsShape(_store.Programme.Measures.Measures.Count, 1, 1));
                Assert.Equal(_rows.Count(r => r.Visit.Facility == facility && r.Visit.DayNumber >= window.FirstDay && r.Visit.DayNumber <= window.LastDay), counts.Rows);
                foreach (var (index, measure) in _store.Programme.Measures.Measures.Index())
                {
                    var verdicts = people.Select(p => Naive.Ask(measure.Id, p, facility, window.ToString())).ToList();
                    var expected = (verdicts.Count(v => v is Naive.Verdict.Passed or Naive.Verdict.Failed), verdicts.Count(v => v == Naive.Verdict.Passed), verdicts.Count(v => v == Naive.Verdict.Missing));
                    var counted = (counts.Total(index, CountKind.Denominator), counts.Total(index, CountKind.Numerator), counts.Total(index, CountKind.Missing));
                    Assert.True(expected == counted, $"{measure.Id} {facility} {window}: expected {expected}, counted {counted}");
                }
            }
        }
    }

    public void Dispose() => _store.Dispose();

    private static Window Month(string month) => Window.Holding(WindowKind.Month, Naive.DayOf(month + "-01")!.Value);

    private void Import(bool complete)
    {
        var visits = Enumerable.Range(0, _chance.Next(1, 6)).Select(_ => Draw(Pick(s_identifiers))).ToList();
        foreach (var known in _rows.OrderBy(_ => _chance.Next()).Take(_chance.Next(4)).Select(r => r.Visit))
        {
            visits.Add(_chance.Next(2) == 0 ? known : Draw(known.Person) with { Facility = known.Facility, Day = known.Day });
        }

        visits = [.. visits.OrderBy(_ => _chance.Next())];
        var onChange = _chance.Next(3) == 0 ? OnChange.Keep : OnChange.Replace;
        (DateOnly, DateOnly)? range = complete ? (new DateOnly(2025, 1, 1), new DateOnly(2025, 3, 31)) : null;
        var behind = _store.Writer.Head;
        Told.Add($"import {onChange} {(complete ? "complete" : "")}: {string.Join(" | ", visits.Select(Register.Line))}");
        var report = _store.Import(Register.Csv(visits), onChange, range, takeErased: true);
        var written = Entries(behind).Where(e => e.Entry.Origin.Kind == EntryKinds.Visit).ToDictionary(e => e.Entry.Sequence);
        var touched = new HashSet<Row>();
        var before = _rows.OrderBy(r => r.Recorded).ThenBy(r => r.Line).ThenBy(r => r.Position).ToList();
        var named = new Dictionary<(string, string, string), int>();
        var owners = new Dictionary<string, Guid?>(StringComparer.Ordinal);
        foreach (var (index, visit) in visits.Index())
        {
            var line = index + 2;
            var key = (visit.Person, visit.Facility, visit.Day);
            var rank = named[key] = named.GetValueOrDefault(key, -1) + 1;
            if (!owners.TryGetValue(visit.Person, out var owner)) owners[visit.Person] = owner = OwnerOf(visit.Person);
            var same = before.Where(r => r.Person == owner && r.Visit.Facility == visit.Facility && r.Visit.Day == visit.Day).ElementAtOrDefault(rank);
            if (same is not null && (onChange == OnChange.Keep || Same(same.Visit, visit)))
            {
                touched.Add(same);
                continue;
            }

            var entry = written[line];
            owners[visit.Person] = owner ??= entry.Entry.Subject!.Value;
            Assert.Equal(owner, entry.Entry.Subject);
            touched.Add(Take(entry, visit, same));
        }

        Assert.Equal(written.Count, report.Taken + report.Corrected);
        if (range is not { } days) return;
        var gone = _rows.Where(r => r.Source == "register" && r.Visit.DayNumber >= days.Item1.DayNumber && r.Visit.DayNumber <= days.Item2.DayNumber && !touched.Contains(r)
            && visits.Any(v => v.Facility == r.Visit.Facility)).ToList();
        Assert.Equal(gone.Count, report.Withdrawn);
        _rows.RemoveAll(gone.Contains);
    }

    /// <summary>An entry of a device: of somebody known, of somebody new, or of a number that another person has already.</summary>
    private void Visit()
    {
        var identifier = Pick(s_identifiers);
        var person = _people.Count > 0 && _chance.Next(3) > 0 ? Pick(_people) : OwnerOf(identifier) ?? Guid.CreateVersion7(_store.Clock.GetUtcNow());
        var entry = VisitEntry(Draw(identifier), person, null);
        if (_erased.Contains(person)) Refused(entry, "registry.person.erased");
        else Send([entry]);
    }

    /// <summary>A device registers somebody, gives a further number or card, or takes one out of use. Somebody erased is not taken again.</summary>
    private void RegisterPerson()
    {
        var isNew = _people.Count == 0 || _chance.Next(2) == 0;
        var person = isNew ? Guid.CreateVersion7(_store.Clock.GetUtcNow()) : Pick(_people);
        var number = Pick(s_identifiers);
        var card = Pick(s_identifiers);
        var (list, system) = (_chance.Next(3) == 0 ? "retired" : "identifiers", _chance.Next(2) == 0 ? "register-number" : "escala-card");
        var body = $$"""{"set":{"given":"x"},"{{list}}":[{"system":"{{system}}","value":"{{number}}"},{"system":"escala-card","value":" {{card}}"}]}""";
        Told.Add($"register {_people.IndexOf(person)}: {body}");
        var entry = NewEntry(EntryKinds.Person, person, System.Text.Encoding.UTF8.GetBytes(body)) with { Facility = _chance.Next(4) == 0 ? null : Pick(s_facilities) };
        if (_erased.Contains(person))
        {
            Refused(entry, "registry.person.erased");
            return;
        }

        Commit(entry);
        if (!_people.Contains(person)) _people.Add(person);
        if (system == "register-number") _identifiers.Add((number, person));
    }

    private void Refused(Entry entry, string code)
    {
        var receipt = _store.Writer.Commit([entry]).GetAwaiter().GetResult()[0];
        Assert.Equal((ReceiptStatus.Refused, code), (receipt.Status, receipt.Problem?.Code));
    }

    private void Correct()
    {
        if (_gone.Count > 0 && _chance.Next(3) == 0)
        {
            var (person, entry, visit) = Pick(_gone);
            Refused(VisitEntry(Draw(visit.Person), person, entry), _erased.Contains(person) ? "registry.person.erased" : "cascades.visit.changed");
            return;
        }

        if (_rows.Count == 0) return;
        var row = Pick(_rows);
        Send([VisitEntry(Draw(row.Visit.Person), row.Person, row.Entry)]);
    }

    private void Withdraw()
    {
        if (_rows.Count == 0) return;
        var row = Pick(_rows);
        Told.Add($"withdraw {Register.Line(row.Visit)}");
        Commit(NewEntry(EntryKinds.Withdrawal, row.Person, []) with { Withdraws = row.Entry });
        _rows.Remove(row);
        _gone.Add((row.Person, row.Entry, row.Visit));
    }

    private void SendAgain()
    {
        if (_sent.Count == 0) return;
        var entry = Pick(_sent);
        Told.Add("send again");
        Assert.Equal(ReceiptStatus.Duplicate, _store.Writer.Commit([entry]).GetAwaiter().GetResult()[0].Status);
        // The same id with other words is refused, unless nothing is left to compare with.
        var other = entry with { Body = [.. entry.Body, (byte)' '] };
        if (_rows.Any(r => r.Person == entry.Subject)) Assert.NotEqual(ReceiptStatus.Accepted, _store.Writer.Commit([other]).GetAwaiter().GetResult()[0].Status);
    }

    private void MergeOrUnmerge()
    {
        var (one, other) = (Pick(s_identifiers), Pick(s_identifiers));
        if (OwnerOf(one) is not { } from || OwnerOf(other) is not { } into) return;
        if (_mergedInto.ContainsKey(from) && _chance.Next(2) == 0)
        {
            Told.Add($"unmerge {one}");
            Assert.True(MergePeople.Unmerge(_store.Store, _store.Writer, _store.Programme, one, "test", null, _store.Clock).IsOk);
            _mergedInto.Remove(from);
            return;
        }

        Told.Add($"merge {one} into {other}");
        var merged = MergePeople.Merge(_store.Store, _store.Writer, _store.Programme, one, other, "test", null, _store.Clock);
        Assert.Equal(HeadOf(from) != HeadOf(into), merged.IsOk);
        if (merged.IsOk) _mergedInto[HeadOf(from)] = HeadOf(into);
    }

    private void Erase()
    {
        var identifier = Pick(s_identifiers);
        if (OwnerOf(identifier) is not { } person) return;
        Told.Add($"erase {identifier}");
        var erased = ErasePerson.Run(_store.Store, _store.Writer, _store.Programme, identifier, "test", null, _store.Clock);
        Assert.True(erased.IsOk);
        var people = _people.Where(p => HeadOf(p) == HeadOf(person)).ToHashSet();
        Assert.Equal(people.Order(), erased.Value.People.Order());
        _rows.RemoveAll(r => people.Contains(r.Person));
        _identifiers.RemoveWhere(i => people.Contains(i.Person));
        _erased.UnionWith(people);
    }

    private void MovePlaces()
    {
        Told.Add("move places");
        _store.Apply(Register.Places(s_facilities, "D2"));
    }

    private void Recount()
    {
        var meanwhile = Pick([0, 0, 3, 40]);
        Told.Add($"rebuild, and meanwhile {meanwhile} steps");
        Assert.Null(Rebuild.Run(_store.Store, _store.Writer, _store.Programme, [], null, new Meanwhile(() =>
        {
            for (; meanwhile > 0; meanwhile--) LiveOn();
        }), default));
    }

    /// <summary>What devices and the office may do while everything is counted anew.</summary>
    private void LiveOn()
    {
        Action step = _chance.Next(8) switch { < 4 => Visit, < 5 => RegisterPerson, < 6 => Correct, < 7 => Withdraw, _ => () => MergeOrUnmerge() };
        step();
    }

    private sealed class Meanwhile(Action act) : IProgress<(long Done, long Of)>
    {
        public void Report((long Done, long Of) value) => act();
    }

    private Entry VisitEntry(Visit visit, Guid person, Guid? replaces)
    {
        Told.Add($"{(replaces is null ? "visit" : "correct")} {_people.IndexOf(person)}: {Register.Line(visit)}");
        return NewEntry(EntryKinds.Visit, person, System.Text.Encoding.UTF8.GetBytes(Register.Line(visit))) with
        {
            Facility = visit.Facility,
            EventDay = visit.DayNumber,
            Replaces = replaces,
            Sequence = _chance.Next(5),
            RecordedAt = _store.Clock.Microseconds() - (_chance.Next(5) * 1_000_000),
        };
    }

    private Entry NewEntry(string kind, Guid person, byte[] body) => new()
    {
        Id = Guid.CreateVersion7(_store.Clock.GetUtcNow()),
        Origin = new Origin { Kind = kind, Class = EntryClasses.Clinical, Layout = kind == EntryKinds.Visit ? s_layout : null },
        Subject = person,
        EventDay = 0,
        RecordedAt = _store.Clock.Microseconds(),
        Body = body,
    };

    private void Send(Entry[] entries)
    {
        foreach (var entry in entries)
        {
            Commit(entry);
            _sent.Add(entry);
            var line = System.Text.Encoding.UTF8.GetString(entry.Body).Split(',');
            var visit = new Visit(line[0], line[1], line[2])
            {
                Sex = line[3],
                Born = line[4],
                Pressure = string.Join(' ', line[5..11].Chunk(2).Select(p => $"{p[0]}/{p[1]}").Where(p => p != "/")),
                Diagnosed = line[11],
                Prescribed = line[12],
                Days = line[13],
                ViralLoad = line[14],
                Next = line[16],
            };
            Take(Entries(_store.Writer.Head - 1).Single(), visit, _rows.SingleOrDefault(r => r.Entry == entry.Replaces));
        }
    }

    private void Commit(Entry entry)
    {
        var receipt = _store.Writer.Commit([entry]).GetAwaiter().GetResult()[0];
        Assert.True(receipt.Status == ReceiptStatus.Accepted, receipt.Problem?.ToString());
    }

    private Row Take(LedgerEntry written, Visit visit, Row? replaced)
    {
        var person = written.Entry.Subject!.Value;
        if (!_people.Contains(person)) _people.Add(person);
        _identifiers.Add((visit.Person, person));
        // Two numbers of one person in a file, each standing for the same known row: the second finds it replaced and has a place of its own.
        if (replaced is not null && !_rows.Contains(replaced)) replaced = null;
        var row = new Row(visit, person)
        {
            Entry = written.Entry.Id,
            Position = written.Position,
            Recorded = replaced?.Recorded ?? written.Entry.RecordedAt,
            Line = replaced?.Line ?? written.Entry.Sequence,
            Source = written.Entry.Origin.Source,
        };
        if (replaced is not null)
        {
            _rows.Remove(replaced);
            _gone.Add((replaced.Person, replaced.Entry, replaced.Visit));
        }

        _rows.Add(row);
        return row;
    }

    private List<LedgerEntry> Entries(long behind)
    {
        using var session = _store.Store.Open(writable: false);
        return [.. LedgerReader.Entries(session, behind + 1, _store.Writer.Head)];
    }

    private Guid? OwnerOf(string identifier) => _people.Where(p => _identifiers.Contains((identifier, p))).Select(p => (Guid?)p).FirstOrDefault();

    private Guid HeadOf(Guid person) => _mergedInto.TryGetValue(person, out var into) ? HeadOf(into) : person;

    private static bool Same(Visit one, Visit other) => one with { Person = "" } == other with { Person = "" };

    private Visit Draw(string identifier)
    {
        var day = new DateOnly(2024, 11, 1).AddDays(_chance.Next(12) * 15 + _chance.Next(3));
        return new Visit(identifier, Pick(s_facilities), Iso(day))
        {
            Born = Pick(["", "", "1970-05-01", "2006-12-16", "2007-01-15"]),
            Pressure = Pick(["", "150/95", "139/89 140/89", "135/85", "150/95 135/85 120/80", "120/"]),
            Diagnosed = Pick(["", "1", "1", "0", "withdrawn"]),
            Prescribed = Pick(["", "1", "1", "0", "stopped"]),
            Days = Pick(["", "0", "30", "60", "90", "180"]),
            ViralLoad = Pick(["", "", "ND", "<50", "1000", "1001", "<1001", ">999", ">5000"]),
            Next = Pick(["", Iso(day.AddDays(15)), Iso(day.AddDays(30)), Iso(day.AddDays(60))]),
        };
    }

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private T Pick<T>(IReadOnlyList<T> of) => of[_chance.Next(of.Count)];
}
