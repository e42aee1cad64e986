using Escala.Cascades.Counters;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Registry;

namespace Escala.Cascades.Derivations;

/// <summary>Computes everything derived anew from the ledger and holds what is stored against it; names the first difference.</summary>
public static class DerivedCheck
{
    public static Problem? Run(Store store, Programme programme, IProgress<(long Done, long Of)>? progress, CancellationToken stop)
    {
        using var session = store.Open(writable: false);
        // One view of the store, however long it takes.
        session.Begin();
        var tables = new Tables(RegistryTables.Current(session));
        if (!RegistryTables.AreOfThisVersion(session)) return Problem.Of("cascades.verify.older");
        using var generation = Generation.Read(store, programme, session.Scalar("SELECT MAX(position) FROM entry") ?? 0, Rebuild.StagedBatches(session), progress, stop);
        if (generation.ErasedUnasked is { } person) return Problem.Of("cascades.verify.erased-unasked", ("person", person));
        return Timelines(session, tables, generation, stop) ?? People(session, tables, generation) ?? Identifiers(session, tables, generation) ?? SourceRows(session, tables, generation)
            ?? Presence(session, tables, generation) ?? Statements(session, tables, generation) ?? Facilities(session, tables, generation) ?? Declared(session, tables, generation) ?? Tallied(session, tables, generation) ?? Counters(session, tables, programme, generation);
    }

    private static Problem? Timelines(Session session, Tables tables, Generation generation, CancellationToken stop)
    {
        using var stored = session.Query($"SELECT person, content FROM {tables.Timeline} ORDER BY person");
        var isMore = stored.Read();
        foreach (var (person, rows) in generation.Timelines(stop))
        {
            if (!isMore || stored.Int(0) != person + 1L || !stored.Bytes(1).SequenceEqual(rows)) return Differs("timeline", generation.People[person].Id.ToString());
            isMore = stored.Read();
        }

        return isMore ? Differs("timeline", "person " + stored.Int(0)) : null;
    }

    private static Problem? People(Session session, Tables tables, Generation generation)
    {
        using var stored = session.Query($"SELECT id, head, merged_into, erased FROM {tables.Person} ORDER BY person");
        for (var person = 0; person < generation.People.Count; person++)
        {
            var (id, into) = generation.People[person];
            var mergedInto = into is { } other ? other + 1L : (long?)null;
            if (!stored.Read() || stored.Guid(0) != id || stored.Int(1) != generation.HeadOf(person) + 1L || (stored.IsNull(2) ? null : stored.Int(2)) != mergedInto || stored.Int(3) != (generation.Erased.Contains(person) ? 1 : 0))
            {
                return Differs("person", id.ToString());
            }
        }

        return stored.Read() ? Differs("person", stored.Guid(0).ToString()) : null;
    }

    private static Problem? Identifiers(Session session, Tables tables, Generation generation)
    {
        var built = generation.Identifiers.Select(i => (i.Identifier.System, i.Identifier.Value, Person: i.Person + 1L, i.Retired)).ToHashSet();
        using var stored = session.Query($"SELECT system, value, person, retired FROM {tables.Identifier}");
        while (stored.Read())
        {
            if (!built.Remove((stored.Text(0), stored.Text(1), stored.Int(2), stored.Int(3) == 1))) return Differs("identifier", "person " + stored.Int(2));
        }

        return built.Count > 0 ? Differs("identifier", "person " + built.First().Person) : null;
    }

    private static Problem? SourceRows(Session session, Tables tables, Generation generation)
    {
        using var stored = session.Query($"SELECT row_id, position, person FROM {tables.SourceRow} ORDER BY row_id, position");
        var isMore = stored.Read();
        foreach (var (rowId, position, person) in generation.SourceRows)
        {
            if (!isMore || stored.Int(0) != rowId || stored.Int(1) != position || stored.Int(2) != person + 1L) return Differs("source_row", generation.People[person].Id.ToString());
            isMore = stored.Read();
        }

        return isMore ? Differs("source_row", "person " + stored.Int(2)) : null;
    }

    private static Problem? Facilities(Session session, Tables tables, Generation generation)
    {
        var facilities = generation.Facilities.ToDictionary(f => (long)f.Number, f => f.Code);
        var left = new Dictionary<long, string>(facilities);
        using (var stored = session.Query($"SELECT facility, code FROM {tables.Facility} ORDER BY facility"))
        {
            while (stored.Read())
            {
                if (!left.Remove(stored.Int(0), out var code) || code != stored.Text(1)) return Differs("facility", stored.Text(1));
            }
        }

        if (left.Count > 0) return Differs("facility", left.First().Value);
        var sources = generation.Sources.ToDictionary(s => ((long)s.Facility, s.Source), s => (long)s.FirstDay);
        using (var stored = session.Query($"SELECT facility, source, first_day FROM {tables.FacilitySource} ORDER BY facility, source"))
        {
            while (stored.Read())
            {
                if (!sources.Remove((stored.Int(0), stored.Text(1)), out var day) || day != stored.Int(2)) return Differs("facility_source", $"{facilities.GetValueOrDefault(stored.Int(0))} {stored.Text(1)}");
            }
        }

        return sources.Count == 0 ? null : Differs("facility_source", $"{facilities[sources.First().Key.Item1]} {sources.First().Key.Source}");
    }

    private static Problem? Declared(Session session, Tables tables, Generation generation)
    {
        var declared = Declarations.Of(generation.Declarations);
        using var stored = session.Query($"SELECT source, facility, window_number, complete_from, complete_up_to, rows_expected FROM {tables.Declaration} ORDER BY source, facility, window_number, complete_from");
        while (stored.Read())
        {
            var key = new Declarations.Key(stored.Text(0), stored.Text(1), (int)stored.Int(2), (int)stored.Int(3));
            var said = (stored.IsNull(4) ? null : (int?)stored.Int(4), stored.IsNull(5) ? null : (int?)stored.Int(5));
            if (!declared.Remove(key, out var built) || built != said) return Differs("declaration", $"{key.Source} {key.Facility}");
        }

        return declared.Count == 0 ? null : Differs("declaration", $"{declared.First().Key.Source} {declared.First().Key.Facility}");
    }

    private static Problem? Tallied(Session session, Tables tables, Generation generation)
    {
        var built = new Dictionary<TallyKey, StandingTally>(generation.Tallied);
        foreach (var (key, said) in Tallies.Of(session, tables))
        {
            if (!built.Remove(key, out var other) || other != said) return Differs("tally", $"{key.Facility} {key.Step}");
        }

        return built.Count == 0 ? null : Differs("tally", $"{built.First().Key.Facility} {built.First().Key.Step}");
    }

    private static Problem? Presence(Session session, Tables tables, Generation generation)
    {
        using var stored = session.Query($"SELECT facility, person, since, earlier FROM {tables.Presence} ORDER BY facility, person");
        foreach (var (facility, person, since, earlier) in generation.Presence)
        {
            if (!stored.Read() || (stored.Int(0), stored.Int(1), stored.Int(2), stored.Int(3) == 1) != (facility, person + 1L, since, earlier)) return Differs("presence", generation.People[person].Id.ToString());
        }

        return stored.Read() ? Differs("presence", "person " + stored.Int(1)) : null;
    }

    private static Problem? Statements(Session session, Tables tables, Generation generation)
    {
        using var stored = session.Query($"SELECT person, position FROM {tables.Statement} ORDER BY position");
        foreach (var (person, position) in generation.Statements)
        {
            if (!stored.Read() || (stored.Int(0), stored.Int(1)) != (person + 1L, position)) return Differs("statement", "position " + position);
        }

        return stored.Read() ? Differs("statement", "position " + stored.Int(1)) : null;
    }

    private static Problem? Counters(Session session, Tables tables, Programme programme, Generation generation)
    {
        using var stored = session.Query($"SELECT window_number, facility, content FROM {tables.Counter} ORDER BY window_number, facility");
        var isMore = stored.Read();
        foreach (var (window, facility, counts) in generation.Counts.InOrder())
        {
            if (!isMore || stored.Int(0) != window || stored.Int(1) != facility || !stored.Bytes(2).SequenceEqual(CountsCode.Encode(counts)))
            {
                var code = generation.Facilities.First(f => f.Number == facility).Code;
                return Differs("counter", $"{code} {new Window(programme.Window, window)}");
            }

            isMore = stored.Read();
        }

        return isMore ? Differs("counter", $"{new Window(programme.Window, (int)stored.Int(0))}") : null;
    }

    private static Problem Differs(string table, string at) => Problem.Of("cascades.verify.differs", ("table", table), ("at", at));
}
