using System.Text.Json;
using Escala.Cascades.Compiled;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Registry;
using Escala.Registry.People;
using Escala.Registry.Timelines;

namespace Escala.Cascades.Derivations;

/// <summary>
/// Keeps timelines and counters up to date with each commit: the people whom new entries touch are counted before and after, and the
/// difference goes to the counters. The rest of the store is not looked at.
/// </summary>
public sealed class LiveDerivation
{
    private State? _state;

    public Derivation Hook => new(Load, Examine, Apply);

    /// <summary>The programme in force when the state was last loaded; null in a store without one.</summary>
    public Programme? Programme => _state?.Programme;

    private void Load(Session session)
    {
        _state = null;
        var generation = RegistryTables.Current(session);
        var tables = new Tables(generation);
        if (generation > 0 && tables.Registry.AreOfThisVersion(session) && ProgrammeInForce.Load(session).TryGet(out var programme)) _state = new State(session, programme, tables);
    }

    private Problem? Examine(Session session, Entry entry)
    {
        if (!EntryKinds.IsAboutSomebody(entry.Origin.Kind)) return null;
        if (_state is null) return Problem.Of("registry.programme.none");
        if (entry.Subject is { } about && _state.People.IsErased(about)) return Problem.Of("registry.person.erased");
        var problem = entry.Origin.Kind switch { EntryKinds.Visit => ExamineRow(entry), EntryKinds.Person => ExaminePerson(entry), _ => null };
        return problem ?? _state.Standing.Examine(session, entry);
    }

    private Problem? ExaminePerson(Entry entry) =>
        entry.Subject is not null && PersonBody.Read(entry.Body) is { } body ? body.Check(_state!.Programme) : Problem.Of("registry.person.body");

    private Problem? ExamineRow(Entry entry)
    {
        if (entry.Subject is null || !_state!.Decoder.Read(entry.Origin.Layout, entry.Body)) return _state!.Decoder.Row.Problems.Count > 0 ? _state.Decoder.Row.Problems[0] : Problem.Of("cascades.visit.unreadable");
        // Of an erased row the envelope alone still says where it was written.
        return entry.Facility == _state.Decoder.Row.Facility ? null : Problem.Of("cascades.visit.unreadable");
    }

    private void Apply(Session session, IReadOnlyList<LedgerEntry> entries)
    {
        if (_state is null) return;
        new Change(session, _state).Apply(entries);
        _state.Standing.Forget();
    }

    private sealed class State(Session session, Programme programme, Tables tables)
    {
        public Programme Programme { get; } = programme;

        public Tables Tables { get; } = tables;

        public PersonCounting Counting { get; } = new(programme);

        public RowDecoder Decoder { get; } = new(programme.Register);

        public PersonTable People { get; } = new(session, tables.Person, tables.Identifier);

        public StandingRows Standing { get; } = new(tables);

        public FacilityNumbers Facilities { get; } = new(session, tables);
    }

    /// <summary>One commit's worth.</summary>
    private sealed class Change
    {
        private readonly Session _session;
        private readonly State _state;
        private readonly PersonGroups _groups;
        private readonly CountChanges _changes;
        private readonly List<PersonState> _loaded = [];

        public Change(Session session, State state)
        {
            (_session, _state) = (session, state);
            _groups = new PersonGroups(session, state.Tables, state.Programme.Register.SlotCount);
            _changes = new CountChanges(state.Counting.Shape);
        }

        public void Apply(IReadOnlyList<LedgerEntry> entries)
        {
            foreach (var entry in entries) Apply(entry);
            Count(sign: 1);
            _groups.Save();
            _changes.Store(_session, _state.Tables);
        }

        private void Apply(LedgerEntry entry)
        {
            var origin = entry.Entry.Origin;
            switch (origin.Kind)
            {
                case EntryKinds.Visit when entry.Entry.Subject is { } subject:
                    Visit(entry, subject);
                    break;
                case EntryKinds.Person when entry.Entry.Subject is { } subject:
                    Register(entry, subject);
                    break;
                case EntryKinds.Withdrawal when entry.Entry is { Subject: { } subject, Withdraws: { } withdrawn }:
                    Remove(subject, withdrawn);
                    break;
                case EntryKinds.Merge when entry.Entry.Subject is { } subject:
                    Merge(entry.Position, subject, JsonSerializer.Deserialize(entry.Entry.Body, BodiesJson.Default.MergeBody)!.Into);
                    break;
                case EntryKinds.Unmerge when entry.Entry.Subject is { } subject:
                    Unmerge(subject);
                    break;
                case EntryKinds.Erasure:
                    foreach (var person in JsonSerializer.Deserialize(entry.Entry.Body, BodiesJson.Default.ErasureBody)!.People) Erase(person);
                    break;
                case EntryKinds.Declaration:
                    Declarations.Record(_session, _state.Tables, JsonSerializer.Deserialize(entry.Entry.Body, BodiesJson.Default.DeclarationBody)!);
                    break;
                default:
                    break;
            }

            if (EntryKinds.IsStatement(origin.Kind) && entry.Entry.Subject is { } about && _state.People.NumberOf(about) is { } of)
            {
                _session.Execute($"INSERT INTO {_state.Tables.Statement} (person, position) VALUES ($1, $2)", of, entry.Position);
            }
        }

        private void Register(LedgerEntry entry, Guid subject)
        {
            var known = _state.People.NumberOf(subject);
            var person = known ?? _groups.Add(_state.People.Add(subject), []).Number;
            if (entry.Entry.Facility is { } facility) Present(_state.Facilities.NumberOf(facility), person, entry.Position, known is not null);
            if (PersonBody.Read(entry.Entry.Body) is not { } body) return;
            foreach (var identifier in body.Identifiers) _state.People.Say(PersonBody.Normal(_state.Programme, identifier), person, retired: false);
            foreach (var identifier in body.Retired) _state.People.Say(PersonBody.Normal(_state.Programme, identifier), person, retired: true);
        }

        private void Present(int facility, long person, long since, bool earlier) => _session.Execute(
            $"INSERT INTO {_state.Tables.Presence} (facility, person, since, earlier) VALUES ($1, $2, $3, $4) ON CONFLICT (facility, person) DO NOTHING", facility, person, since, earlier ? 1 : 0);

        private void Visit(LedgerEntry entry, Guid subject)
        {
            var known = _state.People.NumberOf(subject);
            var person = known is { } number ? Load(number) : _groups.Add(_state.People.Add(subject), []);
            var facility = _state.Facilities.NumberOf(entry.Entry.Facility ?? "");
            _state.Facilities.CameFrom(facility, entry.Entry.Origin.Source);
            if (!person.Rows.Exists(r => r.Head.Facility == facility)) Present(facility, person.Number, entry.Position, known is not null);
            if (!_state.Decoder.Read(entry.Entry.Origin.Layout, entry.Entry.Body)) return;
            var row = _state.Decoder.Row;
            _state.People.Identify(_state.Programme.Register.PersonSystem, row.Person, person.Number, subject);
            var replaced = entry.Entry.Replaces is { } id ? RowOf(person, id) : -1;
            var head = replaced >= 0
                ? _state.Decoder.Head(entry.Position, person.Rows[replaced].Head.RecordedAt, person.Rows[replaced].Head.Line, facility)
                : _state.Decoder.Head(entry.Position, entry.Entry.RecordedAt, entry.Entry.Sequence, facility);
            if (replaced >= 0) person.Rows.RemoveAt(replaced);
            person.Rows.Add((head, row.Slots.ToArray()));
            person.RowsChanged = true;
        }

        private void Remove(Guid subject, Guid withdrawn)
        {
            if (_state.People.NumberOf(subject) is not { } number) return;
            var person = Load(number);
            var row = RowOf(person, withdrawn);
            if (row < 0) return;
            person.Rows.RemoveAt(row);
            person.RowsChanged = true;
        }

        private void Merge(long position, Guid subject, Guid into)
        {
            if (_state.People.NumberOf(subject) is not { } one || _state.People.NumberOf(into) is not { } other) return;
            var from = Load(one);
            var to = Load(other);
            if (from.Head == to.Head) return;
            var linked = _groups.Get(from.Head);
            linked.MergedInto = to.Head;
            linked.HeadChanged = true;
            FindHeads();
            // Where one of them is known, the other is from now on.
            var members = _groups.People.Where(p => p.Head == to.Head).Select(p => p.Number).ToList();
            var facilities = new HashSet<int>();
            foreach (var member in members)
            {
                using var rows = _session.Query($"SELECT facility FROM {_state.Tables.Presence} WHERE person = $1", member);
                while (rows.Read()) facilities.Add((int)rows.Int(0));
            }

            foreach (var facility in facilities)
            {
                foreach (var member in members) Present(facility, member, position, earlier: true);
            }
        }

        private void Unmerge(Guid subject)
        {
            if (_state.People.NumberOf(subject) is not { } number) return;
            var person = Load(number);
            if (person.MergedInto is null) return;
            person.MergedInto = null;
            person.HeadChanged = true;
            FindHeads();
        }

        private void FindHeads()
        {
            foreach (var person in _groups.People)
            {
                var head = person;
                while (head.MergedInto is { } next) head = _groups.Get(next);
                if (person.Head == head.Number) continue;
                person.Head = head.Number;
                person.HeadChanged = true;
            }
        }

        private void Erase(Guid subject)
        {
            // Somebody not known yet, in a store that was restored: what comes of the person later is refused.
            if (_state.People.NumberOf(subject) is not { } number) number = _groups.Add(_state.People.Add(subject), []).Number;
            var person = Load(number);
            person.Rows.Clear();
            person.RowsChanged = true;
            _state.People.Erase(number);
        }

        /// <summary>Whoever comes in is counted as things stand, and taken off.</summary>
        private PersonState Load(long number)
        {
            _loaded.Clear();
            var person = _groups.Load(number, _loaded);
            if (_loaded.Count > 0) CountGroup(_loaded, sign: -1);
            return person;
        }

        private void Count(int sign)
        {
            foreach (var group in _groups.People.GroupBy(p => p.Head)) CountGroup(group, sign);
        }

        private void CountGroup(IEnumerable<PersonState> members, int sign)
        {
            var timeline = _state.Counting.Timeline;
            timeline.Clear();
            foreach (var member in members)
            {
                foreach (var (head, slots) in member.Rows) timeline.Add(head, slots);
            }

            timeline.Sort();
            _changes.Sign = sign;
            var sink = _changes.Into;
            _state.Counting.Count(ref sink);
        }

        private int RowOf(PersonState person, Guid id)
        {
            var position = _session.Scalar("SELECT position FROM entry WHERE id = $1", id);
            return position is null ? -1 : person.Rows.FindIndex(r => r.Head.Position == position);
        }
    }
}
