using Escala.Platform.Storage;

namespace Escala.Registry.People;

/// <summary>People and their identifiers in one generation: numbers are given in the order of the ledger.</summary>
public sealed class PersonTable(Session session, string personTable, string identifierTable)
{
    private long _next = (session.Scalar($"SELECT MAX(person) FROM {personTable}") ?? 0) + 1;

    public long? NumberOf(Guid id) => session.Scalar($"SELECT person FROM {personTable} WHERE id = $1", id);

    public Guid IdOf(long number)
    {
        using var rows = session.Query($"SELECT id FROM {personTable} WHERE person = $1", number);
        return rows.Read() ? rows.Guid(0) : throw new ArgumentOutOfRangeException(nameof(number));
    }

    public long Add(Guid id)
    {
        session.Execute($"INSERT INTO {personTable} (person, id, merged_into, head, erased) VALUES ($1, $2, $3, $1, $4)", _next, id, null, 0);
        return _next++;
    }

    /// <summary>The person who had the identifier first, or null.</summary>
    public Guid? Find(string system, string value)
    {
        using var rows = session.Query(
            $"SELECT p.id FROM {identifierTable} i JOIN {personTable} p ON p.person = i.person WHERE i.system = $1 AND i.value = $2 ORDER BY i.person LIMIT 1", system, value);
        return rows.Read() ? rows.Guid(0) : null;
    }

    /// <summary>Everybody who has or had the identifier.</summary>
    public IReadOnlyList<Guid> All(string system, string value)
    {
        var people = new List<Guid>();
        using var rows = session.Query($"SELECT p.id FROM {identifierTable} i JOIN {personTable} p ON p.person = i.person WHERE i.system = $1 AND i.value = $2 ORDER BY i.person", system, value);
        while (rows.Read()) people.Add(rows.Guid(0));
        return people;
    }

    /// <summary>A row of the register names a person so. The person's own UUID, where a register number was not known, is no number.</summary>
    public void Identify(string system, string value, long person, Guid id)
    {
        if (IsOwnId(value, id)) return;
        session.Execute($"INSERT INTO {identifierTable} (system, value, person, retired) VALUES ($1, $2, $3, $4) ON CONFLICT (system, value, person) DO NOTHING", system, value, person, 0);
    }

    /// <summary>An identifier was given to the person, or is used no more: then it still finds the person.</summary>
    public void Say(Identifier identifier, long person, bool retired) => session.Execute(
        $"INSERT INTO {identifierTable} (system, value, person, retired) VALUES ($1, $2, $3, $4) ON CONFLICT (system, value, person) DO UPDATE SET retired = excluded.retired",
        identifier.System, identifier.Value, person, retired ? 1 : 0);

    public void Erase(long person)
    {
        session.Execute($"UPDATE {personTable} SET erased = 1 WHERE person = $1", person);
        session.Execute($"DELETE FROM {identifierTable} WHERE person = $1", person);
    }

    public static bool IsOwnId(string value, Guid id) => value.Length == 36 && Guid.TryParse(value, out var said) && said == id;
}
