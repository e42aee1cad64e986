using System.Globalization;
using System.Text.Json;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;

namespace Escala.Registry.People;

/// <summary>
/// Destroys everything that was said about a person, by law or by withdrawal of consent: the bodies of the entries, and with them what was
/// derived. The entries' envelopes and hashes stay, so that the ledger verifies and says that something was erased, by whom and why.
/// </summary>
public static class ErasePerson
{
    /// <summary>The person and all who were merged with the person. <paramref name="person"/> is an identifier or a UUID.</summary>
    public static Result<(IReadOnlyList<Guid> People, long Bodies, bool Forgotten)> Run(Store store, LedgerWriter writer, Programme programme, string person, string reason, string? author, TimeProvider clock)
    {
        if (string.IsNullOrWhiteSpace(reason)) return Problem.Of("registry.erase.reason");
        List<Guid> people;
        List<string> identifiers;
        using (var session = store.Open(writable: false))
        {
            if (FindPerson.Run(session, programme, person) is not { } id) return Problem.Of("registry.person.unknown");
            (people, identifiers) = GroupOf(session, id);
        }

        long bodies = 0;
        writer.Run(transaction =>
        {
            bodies = Destroy(transaction.Session, people, [person, .. identifiers]);
            transaction.Append([Entry(people, reason, author, clock)]);
        });
        return (people, bodies, writer.Forget());
    }

    /// <summary>Replays erasures, by their entries, on a store restored from an older backup.</summary>
    public static long Replay(LedgerWriter writer, IReadOnlyList<Entry> erasures)
    {
        long bodies = 0;
        foreach (var erasure in erasures)
        {
            writer.Run(transaction =>
            {
                var people = JsonSerializer.Deserialize(erasure.Body, BodiesJson.Default.ErasureBody)!.People;
                bodies += Destroy(transaction.Session, people, IdentifiersOf(transaction.Session, people));
                transaction.Append([erasure]);
            });
        }

        writer.Forget();
        return bodies;
    }

    private static Entry Entry(List<Guid> people, string reason, string? author, TimeProvider clock) => new()
    {
        Id = Guid.CreateVersion7(clock.GetUtcNow()),
        Origin = new Origin { Kind = EntryKinds.Erasure, Class = EntryClasses.Clinical, Author = author },
        EventDay = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).DayNumber,
        RecordedAt = clock.Microseconds(),
        Body = JsonSerializer.SerializeToUtf8Bytes(new ErasureBody(people, reason), BodiesJson.Default.ErasureBody),
    };

    private static (List<Guid> People, List<string> Identifiers) GroupOf(Session session, Guid id)
    {
        var tables = new RegistryTables(RegistryTables.Current(session));
        var people = new List<Guid>();
        using (var rows = session.Query($"SELECT id FROM {tables.Person} WHERE head = (SELECT head FROM {tables.Person} WHERE id = $1) ORDER BY person", id))
        {
            while (rows.Read()) people.Add(rows.Guid(0));
        }

        return (people, IdentifiersOf(session, people));
    }

    private static long Destroy(Session session, IReadOnlyList<Guid> people, IReadOnlyList<string> identifiers)
    {
        foreach (var identifier in identifiers) session.Execute("DELETE FROM inbox WHERE person = $1", identifier);
        long bodies = 0;
        // What merged or parted records names people by numbers alone, and is needed to count those who stay.
        var kept = LedgerReader.Origins(session).Where(o => o.Value.Origin.Kind is EntryKinds.Merge or EntryKinds.Unmerge).Select(o => o.Key.ToString(CultureInfo.InvariantCulture)).ToList();
        var spared = kept.Count > 0 ? $" AND origin NOT IN ({string.Join(", ", kept)})" : "";
        foreach (var id in people)
        {
            session.Execute("DELETE FROM refused_entry WHERE subject = $1", id);
            bodies += session.Execute($"UPDATE body SET salt = $1, content = $1 WHERE content IS NOT NULL AND position IN (SELECT position FROM entry WHERE subject = $2{spared})", null, id);
        }

        return bodies;
    }

    private static List<string> IdentifiersOf(Session session, IReadOnlyList<Guid> people)
    {
        var tables = new RegistryTables(RegistryTables.Current(session));
        var identifiers = new List<string>();
        foreach (var person in people)
        {
            using var rows = session.Query($"SELECT i.value FROM {tables.Identifier} i JOIN {tables.Person} p ON p.person = i.person WHERE p.id = $1", person);
            while (rows.Read()) identifiers.Add(rows.Text(0));
        }

        return identifiers;
    }
}
