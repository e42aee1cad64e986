using System.Collections.Concurrent;
using Escala.Platform.Ledger;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Registry.Timelines;

namespace Escala.Registry.People;

/// <summary>Somebody who has an identifier that somebody else has too.</summary>
/// <param name="Facility">Where the person was first known; null for nowhere.</param>
/// <param name="Day"><see cref="DateOnly.DayNumber"/> of what was first said there.</param>
public sealed record Sharer(Guid Id, string? Facility, int Day);

/// <summary>An identifier that several people have, none of whom is merged with the others or has given it up: two devices gave out one number, or one person is known twice.</summary>
public sealed record SharedIdentifier(Identifier Identifier, IReadOnlyList<Sharer> People);

/// <summary>
/// Identifiers that several people have. Found in one walk over all of them for a generation, and from then on by what new <c>person</c> entries say: a row of a
/// register names whoever has its number already. May be asked by several threads.
/// </summary>
public sealed class SharedIdentifiers(KnownProgramme programme)
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<Identifier, Guid[]> _candidates = new();
    private readonly KnownOrigins _origins = new();
    private string _generation = "";
    private long _upTo;

    /// <summary>Those of which <paramref name="isOurs"/> knows one of the people at least, in the order of systems and values.</summary>
    public IReadOnlyList<SharedIdentifier> Of(Session session, Func<Guid, bool> isOurs)
    {
        var tables = new RegistryTables(RegistryTables.Current(session));
        Find(session, tables);
        var shared = new List<SharedIdentifier>();
        foreach (var (identifier, _) in _candidates.Where(c => c.Value.Any(isOurs)).OrderBy(c => c.Key.System, StringComparer.Ordinal).ThenBy(c => c.Key.Value, StringComparer.Ordinal))
        {
            // Since it was found they may have been merged, erased, or given another number.
            var people = PeopleOf(session, tables, identifier);
            if (people.Select(p => p.Head).Distinct().Count() > 1 && people.Exists(p => isOurs(p.Id))) shared.Add(new SharedIdentifier(identifier, [.. people.Select(p => First(session, tables, p.Number, p.Id))]));
        }

        return shared;
    }

    private void Find(Session session, RegistryTables tables)
    {
        lock (_lock)
        {
            var head = session.Scalar("SELECT MAX(position) FROM entry") ?? 0;
            if (_generation != tables.Identifier)
            {
                _candidates.Clear();
                foreach (var identifier in Repeated(session, tables)) Note(session, tables, identifier);
                _generation = tables.Identifier;
            }
            else if (head > _upTo && programme.Load(session).TryGet(out var inForce))
            {
                foreach (var identifier in SaidBetween(session, inForce, _upTo, head)) Note(session, tables, identifier);
            }

            _upTo = head;
        }
    }

    private void Note(Session session, RegistryTables tables, Identifier identifier)
    {
        if (PeopleOf(session, tables, identifier) is { Count: > 1 } people) _candidates[identifier] = [.. people.Select(p => p.Id)];
    }

    private static List<Identifier> Repeated(Session session, RegistryTables tables)
    {
        var repeated = new List<Identifier>();
        using var rows = session.Query($"SELECT system, value FROM {tables.Identifier} WHERE retired = 0 GROUP BY system, value HAVING COUNT(*) > 1");
        while (rows.Read()) repeated.Add(new Identifier(rows.Text(0), rows.Text(1)));
        return repeated;
    }

    private List<Identifier> SaidBetween(Session session, Programme programme, long after, long to)
    {
        var said = new List<Identifier>();
        var origins = _origins.Of(session);
        using var rows = session.Query("SELECT e.origin, b.content FROM entry e JOIN body b ON b.position = e.position WHERE e.position > $1 AND e.position <= $2", after, to);
        while (rows.Read())
        {
            if (origins[rows.Int(0)].Kind == EntryKinds.Person && !rows.IsNull(1) && PersonBody.Read(rows.Bytes(1)) is { } body) said.AddRange(body.Identifiers.Select(i => PersonBody.Normal(programme, i)));
        }

        return said;
    }

    private static List<(long Number, Guid Id, long Head)> PeopleOf(Session session, RegistryTables tables, Identifier identifier)
    {
        var people = new List<(long, Guid, long)>();
        using var rows = session.Query(
            $"SELECT p.person, p.id, p.head FROM {tables.Identifier} i JOIN {tables.Person} p ON p.person = i.person WHERE i.system = $1 AND i.value = $2 AND i.retired = 0 ORDER BY p.person", identifier.System, identifier.Value);
        while (rows.Read()) people.Add((rows.Int(0), rows.Guid(1), rows.Int(2)));
        return people;
    }

    private static Sharer First(Session session, RegistryTables tables, long number, Guid id)
    {
        var first = session.Scalar($"SELECT MIN(position) FROM {tables.Statement} WHERE person = $1", number) ?? long.MaxValue;
        using (var rows = session.Query($"SELECT content FROM {tables.Timeline} WHERE person = $1", number))
        {
            if (rows.Read()) first = RowCode.Positions(rows.Bytes(0)).Append(first).Min();
        }

        using var entry = session.Query("SELECT facility, event_day FROM entry WHERE position = $1", first);
        return entry.Read() ? new Sharer(id, entry.IsNull(0) ? null : entry.Text(0), (int)entry.Int(1)) : new Sharer(id, null, 0);
    }
}
