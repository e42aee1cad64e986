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

    public Derivation Hook => new(Load, Foresee, Examine, Follow);

    /// <summary>The programme in force when the state was last loaded; null in a store without one.</summary>
    public Programme? Programme => _state?.Programme;

    /// <summary>On a generation that is not read yet.</summary>
    internal static LiveDerivation On(Session session, Programme programme, Tables tables) => new() { _state = new State(session, programme, tables) };

    private void Load(Session session)
    {
        _state = null;
        var generation = RegistryTables.Current(session);
        var tables = new Tables(generation);
        if (generation > 0 && RegistryTables.AreOfThisVersion(session) && ProgrammeInForce.Load(session).TryGet(out var programme)) _state = new State(session, programme, tables);
    }

    private void Foresee(Session session, IReadOnlyList<Entry> entries) => _state?.Foresee(session, entries);

    private Problem? Examine(Session session, Entry entry)
    {
        if (entry.Origin.Kind == EntryKinds.Tally) return _state is null ? Problem.Of("registry.programme.none") : Tallies.Examine(_state.Programme, entry);
        if (!EntryKinds.IsAboutSomebody(entry.Origin.Kind)) return null;
        if (_state is null) return Problem.Of("registry.programme.none");
        if (entry.Subject is { } about && _state.Erased.Contains(about)) return Problem.Of("registry.person.erased");
        var problem = entry.Origin.Kind switch { EntryKinds.Visit => ExamineRow(entry), EntryKinds.Person => ExaminePerson(entry), _ => null };
        return problem ?? _state.Standing.Examine(session, entry);
    }

    private Problem? ExaminePerson(Entry entry) =>
        entry.Subject is not null && PersonBody.Read(entry.Body) is { } body ? body.Check(_state!.Programme) : Problem.Of("registry.person.body");

    private Problem? ExamineRow(Entry entry)
    {
        if (entry.Subject is null || !_state!.Decoder.Read(entry.Origin.Layout, entry.Body)) return _state!.Decoder.Row.Problems.Count > 0 ? _state.Decoder.Row.Problems[0] : Problem.Of("cascades.visit.unreadable");
        // Of an erased row the envelope alone still says where and when it was written.
        var register = _state.Programme.Register;
        // Another system calls facilities by names of its own: whoever took its row found the code.
        if (_state.Decoder.Row.Identifiers.Count == 0 && !string.Equals(entry.Facility, _state.Decoder.Row.Facility, StringComparison.OrdinalIgnoreCase)) return Problem.Of("cascades.visit.envelope", ("column", register.FacilityColumn));
        return entry.EventDay == _state.Decoder.Row.Day ? null : Problem.Of("cascades.visit.envelope", ("column", register.DateColumn));
    }

    /// <summary>Derives from entries that the ledger's transaction has just written, or that it has.</summary>
    internal void Follow(Session session, IReadOnlyList<LedgerEntry> entries)
    {
        if (_state is null) return;
        new Change(session, _state).Apply(entries);
        _state.Standing.Forget();
    }

    private sealed class State(Session session, Programme programme, Tables tables)
    {
        public Programme Programme { get; } = programme;

        public Tables Tables { get; } = tables;

        /// <summary>Counts people as they were, and as they are.</summary>
        public PersonCounting Before { get; } = new(programme);

        public PersonCounting After { get; } = new(programme);

        public RowDecoder Decoder { get; } = new(programme);

        public PersonTable People { get; } = new(session, tables.Person, tables.Identifier);

        public StandingRows Standing { get; } = new(tables);

        public FacilityNumbers Facilities { get; } = new(session, tables);

        /// <summary>Of the people whom the entries before us are about.</summary>
        public HashSet<Guid> Erased { get; } = [];

        public void Foresee(Session session, IReadOnlyList<Entry> entries)
        {
            Erased.Clear();
            session.QueryEach($"SELECT id FROM {Tables.Person} WHERE erased = 1 AND id IN {{values}}", [.. entries.Select(e => e.Subject).OfType<Guid>().Distinct()], rows => Erased.Add(rows.Guid(0)));
        }
    }

    /// <summary>One commit's worth.</summary>
    private sealed class Change
    {
        private readonly Session _session;
        private readonly State _state;
        private readonly PersonGroups _groups;
        private readonly CountChanges _changes;

        public Change(Session session, State state)
        {
            (_session, _state) = (session, state);
            _groups = new PersonGroups(session, state.Tables, state.Programme.Register.SlotCount);
            _changes = new CountChanges(state.After.Shape);
        }

        public void Apply(IReadOnlyList<LedgerEntry> entries)
        {
            _groups.Foresee([.. entries.Where(e => EntryKinds.IsAboutSomebody(e.Entry.Origin.Kind)).Select(e => e.Entry.Subject).OfType<Guid>().Distinct()]);
            foreach (var entry in entries) Apply(entry);
            if (_groups.People.Any(p => p.HeadChanged)) CountRegrouped();
            else CountChanged();
            _changes.Store(_session, _state.Tables);
        }

        /// <summary>Nobody was merged or parted: each group is counted before and after from the first row that changed.</summary>
        private void CountChanged()
        {
            foreach (var person in _groups.People)
            {
                if (person.Head != person.Number || person.MergedInto is not null) continue;
                if (person.ChangedFrom is null && !_groups.HasMerged) continue;
                var members = _groups.HasMerged ? _groups.People.Where(p => p.Head == person.Number).ToArray() : [person];
                if (members.Min(m => m.ChangedFrom) is not { } from) continue;
                Fill(_state.Before.Timeline, members, before: true);
                Fill(_state.After.Timeline, members, before: false);
                // These are the latest that any row says, and every window is counted by them.
                if (!_state.Before.Who.Equals(_state.After.Who)) from = int.MinValue;
                Count(_state.Before, -1, from);
                Count(_state.After, 1, from);
                if (members.Length == 1) _groups.SaveRows(person, _state.After.Timeline.Encode());
                else SaveRows(members);
            }
        }

        private void CountRegrouped()
        {
            foreach (var group in _groups.People.GroupBy(p => p.OriginalHead))
            {
                Fill(_state.Before.Timeline, group, before: true);
                Count(_state.Before, -1, int.MinValue);
            }

            foreach (var group in _groups.People.GroupBy(p => p.Head))
            {
                Fill(_state.After.Timeline, group, before: false);
                Count(_state.After, 1, int.MinValue);
            }

            foreach (var person in _groups.People.Where(p => p.HeadChanged)) _groups.SaveHead(person);
            SaveRows(_groups.People);
        }

        private void SaveRows(IEnumerable<PersonState> people)
        {
            foreach (var person in people.Where(p => p.ChangedFrom is not null))
            {
                Fill(_state.After.Timeline, [person], before: false);
                _groups.SaveRows(person, _state.After.Timeline.Encode());
            }
        }

        private static void Fill(Timeline timeline, IEnumerable<PersonState> members, bool before)
        {
            timeline.Clear();
            foreach (var member in members)
            {
                if (before) timeline.Add(member.Original);
                else member.AddTo(timeline);
            }

            timeline.Sort();
        }

        private void Count(PersonCounting counting, int sign, int from)
        {
            _changes.Sign = sign;
            var sink = _changes.Into;
            counting.Count(ref sink, from);
        }

        private void Apply(LedgerEntry entry)
        {
            var origin = entry.Entry.Origin;
            switch (origin.Kind)
            {
                case EntryKinds.Visit when entry.Entry.Subject is { } subject:
                    Visit(entry, subject);
                    break;
                case EntryKinds.Discard when entry.Entry.Subject is { } subject:
                    Discard(entry.Entry, subject);
                    break;
                case EntryKinds.EntryDiscard when entry.Entry.Subject is { } subject:
                    Of(subject, out _);
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
                case EntryKinds.Tally when Tallies.Read(_state.Programme, entry.Entry) is { } tally:
                    Tallies.Record(_session, _state.Tables, tally.Key, new StandingTally(tally.Count, entry.Position));
                    break;
                case EntryKinds.Declaration:
                    Declarations.Record(_session, _state.Tables, JsonSerializer.Deserialize(entry.Entry.Body, BodiesJson.Default.DeclarationBody)!);
                    break;
                default:
                    break;
            }

            if (EntryKinds.IsStatement(origin.Kind) && entry.Entry.Subject is { } about && _groups.Find(about) is { } of)
            {
                _session.Execute($"INSERT INTO {_state.Tables.Statement} (person, position) VALUES ($1, $2)", of.Number, entry.Position);
            }
        }

        private void Register(LedgerEntry entry, Guid subject)
        {
            var person = Of(subject, out var known);
            if (entry.Entry.Facility is { } facility) Present(_state.Facilities.NumberOf(facility), person.Number, entry.Position, known);
            if (PersonBody.Read(entry.Entry.Body) is not { } body) return;
            foreach (var identifier in body.Identifiers) _state.People.Say(PersonBody.Normal(_state.Programme, identifier), person.Number, retired: false);
            foreach (var identifier in body.Retired) _state.People.Say(PersonBody.Normal(_state.Programme, identifier), person.Number, retired: true);
        }

        private void Present(int facility, long person, long since, bool earlier) => _session.Execute(
            $"INSERT INTO {_state.Tables.Presence} (facility, person, since, earlier) VALUES ($1, $2, $3, $4) ON CONFLICT (facility, person) DO NOTHING", facility, person, since, earlier ? 1 : 0);

        private void Visit(LedgerEntry entry, Guid subject)
        {
            var person = Of(subject, out var known);
            var code = entry.Entry.Facility ?? "";
            var facility = _state.Facilities.NumberOf(code);
            _state.Facilities.CameFrom(facility, entry.Entry.Origin.Source, entry.Entry.EventDay);
            if (!person.HasRowAt(facility)) Present(facility, person.Number, entry.Position, known);
            if (!_state.Decoder.Read(entry.Entry.Origin.Layout, entry.Entry.Body)) return;
            var row = _state.Decoder.Row;
            if (row.RegisterNumber.Length > 0) _state.People.Identify(_state.Programme.Register.PersonSystem, row.RegisterNumber, person.Number, subject);
            var replaced = entry.Entry.Replaces is { } id ? RowOf(person, id) : -1;
            // A correction takes the place in the order of what it corrects.
            var (recordedAt, line) = replaced >= 0 ? (person[replaced].RecordedAt, person[replaced].Line) : (entry.Entry.RecordedAt, entry.Entry.Sequence);
            var head = _state.Decoder.Head(entry.Position, entry.ReceivedAt, recordedAt, line, facility, code, entry.Entry.Origin.Source);
            if (replaced >= 0) RemoveRow(person, replaced);
            person.Add(head, row.Slots);
            if (head.RowId != 0) _session.Execute($"INSERT INTO {_state.Tables.SourceRow} (row_id, position, person) VALUES ($1, $2, $3)", (long)head.RowId, head.Position, person.Number);
        }

        /// <summary>A row that was given up counts for nothing, but whom it is about can be found and erased.</summary>
        private void Discard(Entry entry, Guid subject)
        {
            var person = Of(subject, out _);
            _state.Decoder.Read(entry.Origin.Layout, entry.Body);
            if (_state.Decoder.Row.RegisterNumber is { Length: > 0 } identifier) _state.People.Identify(_state.Programme.Register.PersonSystem, identifier, person.Number, subject);
        }

        private PersonState Of(Guid subject, out bool known)
        {
            var person = _groups.Find(subject);
            known = person is not null;
            return person ?? _groups.Add(subject, _state.People.Add(subject));
        }

        private void RemoveRow(PersonState person, int row)
        {
            var head = person[row];
            if (head.RowId != 0) _session.Execute($"DELETE FROM {_state.Tables.SourceRow} WHERE row_id = $1 AND position = $2", (long)head.RowId, head.Position);
            person.RemoveAt(row);
        }

        private void Remove(Guid subject, Guid withdrawn)
        {
            if (_groups.Find(subject) is not { } person) return;
            var row = RowOf(person, withdrawn);
            if (row >= 0) RemoveRow(person, row);
        }

        private void Merge(long position, Guid subject, Guid into)
        {
            if (_groups.Find(subject) is not { } from || _groups.Find(into) is not { } to || from.Head == to.Head) return;
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
            if (_groups.Find(subject) is not { MergedInto: not null } person) return;
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
            var person = Of(subject, out _);
            while (person.Count > 0) RemoveRow(person, person.Count - 1);
            _state.People.Erase(person.Number);
        }

        private int RowOf(PersonState person, Guid id) => _session.Scalar("SELECT position FROM entry WHERE id = $1", id) is { } position ? person.IndexOf(position) : -1;
    }
}
