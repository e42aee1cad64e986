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
        if (generation > 0 && ProgrammeInForce.Load(session).TryGet(out var programme)) _state = new State(session, programme, new Tables(generation));
    }

    private Problem? Examine(Session session, Entry entry)
    {
        if (entry.Origin.Kind != EntryKinds.Visit) return null;
        if (_state is null) return Problem.Of("registry.programme.none");
        if (entry.Subject is null || !_state.Decoder.Read(entry.Origin.Layout, entry.Body)) return _state.Decoder.Row.Problems.Count > 0 ? _state.Decoder.Row.Problems[0] : Problem.Of("cascades.visit.unreadable");
        // Of an erased row the envelope alone still says where it was written.
        return entry.Facility == _state.Decoder.Row.Facility ? null : Problem.Of("cascades.visit.unreadable");
    }

    private void Apply(Session session, IReadOnlyList<LedgerEntry> entries)
    {
        if (_state is not null) new Change(session, _state).Apply(entries);
    }

    private sealed class State(Session session, Programme programme, Tables tables)
    {
        public Programme Programme { get; } = programme;

        public Tables Tables { get; } = tables;

        public PersonCounting Counting { get; } = new(programme);

        public RowDecoder Decoder { get; } = new(programme.Register);

        public PersonTable People { get; } = new(session, tables.Person, tables.Identifier);

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
                case EntryKinds.Withdrawal when entry.Entry is { Subject: { } subject, Withdraws: { } withdrawn }:
                    Remove(subject, withdrawn);
                    break;
                case EntryKinds.Merge when entry.Entry.Subject is { } subject:
                    Merge(subject, JsonSerializer.Deserialize(entry.Entry.Body, BodiesJson.Default.MergeBody)!.Into);
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
        }

        private void Visit(LedgerEntry entry, Guid subject)
        {
            var known = _state.People.NumberOf(subject);
            var person = known is { } number ? Load(number) : _groups.Add(_state.People.Add(subject), []);
            var facility = _state.Facilities.NumberOf(entry.Entry.Facility ?? "");
            _state.Facilities.CameFrom(facility, entry.Entry.Origin.Source);
            if (!_state.Decoder.Read(entry.Entry.Origin.Layout, entry.Entry.Body)) return;
            var row = _state.Decoder.Row;
            _state.People.Identify(_state.Programme.Register.PersonSystem, row.Person, person.Number);
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

        private void Merge(Guid subject, Guid into)
        {
            if (_state.People.NumberOf(subject) is not { } one || _state.People.NumberOf(into) is not { } other) return;
            var from = Load(one);
            var to = Load(other);
            if (from.Head == to.Head) return;
            var linked = _groups.Get(from.Head);
            linked.MergedInto = to.Head;
            linked.HeadChanged = true;
            FindHeads();
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
            if (_state.People.NumberOf(subject) is not { } number) return;
            var person = Load(number);
            person.Rows.Clear();
            person.RowsChanged = true;
            _session.Execute($"DELETE FROM {_state.Tables.Identifier} WHERE person = $1", number);
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
