using System.Globalization;
using System.Text.Json;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Facts;

namespace Escala.Registry.People;

/// <summary>What an erasure reached: records of the person, bodies of the ledger, rows of the inbox; and whether old pages left the disk too.</summary>
public sealed record Erased(IReadOnlyList<Guid> People, long Bodies, int InboxRows, bool Forgotten);

/// <summary>
/// Destroys everything that was said about a person, by law or by withdrawal of consent: the bodies of the entries, and with them what was
/// derived. The entries' envelopes and hashes stay, so that the ledger verifies and says that something was erased, by whom and why.
/// </summary>
public static class ErasePerson
{
    /// <summary>
    /// The person and all who were merged with the person; or whoever stands in the inbox alone. <paramref name="person"/> is an identifier or a UUID.
    /// </summary>
    public static Result<Erased> Run(Store store, LedgerWriter writer, Programme programme, string person, string reason, string? author, TimeProvider clock)
    {
        if (string.IsNullOrWhiteSpace(reason)) return Problem.Of("registry.erase.reason");
        List<Guid> people = [];
        List<Identifier> identifiers = [];
        using (var session = store.Open(writable: false))
        {
            if (FindPerson.Run(session, programme, person) is { } id) (people, identifiers) = GroupOf(session, id);
            if (people.Count == 0 && InboxOf(session, programme, Meant(programme, person)).Count == 0) return Problem.Of("registry.person.unknown");
        }

        long bodies = 0;
        List<ErasedInboxRow> inbox = [];
        writer.Run(transaction =>
        {
            // Whoever stands in the inbox alone has no identifier but the one that was typed.
            var named = people.Count > 0 ? identifiers : Meant(programme, person);
            inbox = InboxOf(transaction.Session, programme, named);
            var numbers = ErasedNumbers.Hashes(transaction.Session, named);
            bodies = Destroy(transaction.Session, people, inbox);
            ErasedNumbers.Add(transaction.Session, numbers);
            transaction.Append([Entry(new ErasureBody(people, reason, inbox.Count > 0 ? inbox : null, numbers), author, clock)]);
        });
        return new Erased(people, bodies, inbox.Count, writer.Forget());
    }

    /// <summary>Replays erasures, by their entries, on a store restored from an older backup.</summary>
    public static long Replay(LedgerWriter writer, Programme programme, IReadOnlyList<Entry> erasures)
    {
        long bodies = 0;
        foreach (var erasure in erasures)
        {
            writer.Run(transaction =>
            {
                var body = JsonSerializer.Deserialize(erasure.Body, BodiesJson.Default.ErasureBody)!;
                bodies += Destroy(transaction.Session, body.People, [.. InboxOf(transaction.Session, programme, IdentifiersOf(transaction.Session, body.People)), .. body.InboxRows ?? []]);
                ErasedNumbers.Add(transaction.Session, body.Numbers ?? []);
                transaction.Append([erasure]);
            });
        }

        writer.Forget();
        return bodies;
    }

    private static Entry Entry(ErasureBody body, string? author, TimeProvider clock) => new()
    {
        Id = Guid.CreateVersion7(clock.GetUtcNow()),
        Origin = new Origin { Kind = EntryKinds.Erasure, Class = EntryClasses.Clinical, Author = author },
        EventDay = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).DayNumber,
        RecordedAt = clock.Microseconds(),
        Body = JsonSerializer.SerializeToUtf8Bytes(body, BodiesJson.Default.ErasureBody),
    };

    private static (List<Guid> People, List<Identifier> Identifiers) GroupOf(Session session, Guid id)
    {
        var tables = new RegistryTables(RegistryTables.Current(session));
        var people = new List<Guid>();
        using (var rows = session.Query($"SELECT id FROM {tables.Person} WHERE head = (SELECT head FROM {tables.Person} WHERE id = $1) ORDER BY person", id))
        {
            while (rows.Read()) people.Add(rows.Guid(0));
        }

        return (people, IdentifiersOf(session, people));
    }

    /// <summary>Rows that wait and name one of the identifiers in its own system; a row that cannot be read is the register's, by what it seems to name.</summary>
    private static List<ErasedInboxRow> InboxOf(Session session, Programme programme, IReadOnlyCollection<Identifier> identifiers)
    {
        var waiting = new List<ErasedInboxRow>();
        var row = new DecodedRow(programme.Register);
        var named = new RowIdentifiers(programme);
        using var rows = session.Query("SELECT number, received_at, layout, content, person FROM inbox ORDER BY number");
        while (rows.Read())
        {
            if (rows.IsNull(4)) continue;
            IReadOnlyList<Identifier> its = [new Identifier(programme.Register.PersonSystem, rows.Text(4))];
            if (Layout.Parse(rows.Text(2)) is { } layout && RowReader.For(programme, layout).TryGet(out var reader) && new CsvRecord((byte)layout.Delimiter) is var fields && fields.Fill(rows.Bytes(3)))
            {
                reader.Read(fields, row);
                its = named.Of(row, named.PlaceOf(programme.RegisterOf(layout)!, row.Facility) ?? row.Facility);
            }

            if (its.Any(identifiers.Contains)) waiting.Add(new ErasedInboxRow(rows.Int(0), rows.Int(1)));
        }

        return waiting;
    }

    /// <summary>Every way in which a typed identifier may be meant, where nobody in the store has it.</summary>
    private static IReadOnlyList<Identifier> Meant(Programme programme, string person) =>
    [
        new Identifier(programme.Register.PersonSystem, person),
        .. (programme.Field?.Identifiers ?? []).Select(s => new Identifier(s.System, s.Normal(person))),
        .. programme.Mappings.SelectMany(m => m.Register.Source!.Identifiers).Select(i => PersonBody.Normal(programme, new Identifier(i.System, person))),
    ];

    private static long Destroy(Session session, IReadOnlyList<Guid> people, IReadOnlyList<ErasedInboxRow> inbox)
    {
        foreach (var row in inbox) session.Execute("DELETE FROM inbox WHERE number = $1 AND received_at = $2", row.Number, row.ReceivedAt);
        long bodies = 0;
        // What merged or parted records names people by numbers alone, and is needed to count those who stay.
        var kept = LedgerReader.Origins(session).Where(o => o.Value.Origin.Kind is EntryKinds.Merge or EntryKinds.Unmerge).Select(o => o.Key.ToString(CultureInfo.InvariantCulture)).ToList();
        var spared = kept.Count > 0 ? $" AND origin NOT IN ({string.Join(", ", kept)})" : "";
        foreach (var id in people)
        {
            session.Execute("DELETE FROM refused_entry WHERE subject = $1", id);
            bodies += session.Change($"UPDATE body SET salt = $1, content = $1 WHERE content IS NOT NULL AND position IN (SELECT position FROM entry WHERE subject = $2{spared})", null, id);
        }

        return bodies;
    }

    private static List<Identifier> IdentifiersOf(Session session, IReadOnlyList<Guid> people)
    {
        var tables = new RegistryTables(RegistryTables.Current(session));
        var identifiers = new List<Identifier>();
        foreach (var person in people)
        {
            using var rows = session.Query($"SELECT i.system, i.value FROM {tables.Identifier} i JOIN {tables.Person} p ON p.person = i.person WHERE p.id = $1", person);
            while (rows.Read()) identifiers.Add(new Identifier(rows.Text(0), rows.Text(1)));
        }

        return identifiers;
    }
}
