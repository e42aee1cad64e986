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
        session.Execute($"INSERT INTO {personTable} (person, id, merged_into, head) VALUES ($1, $2, $3, $1)", _next, id, null);
        return _next++;
    }

    /// <summary>The person who had the identifier first, or null.</summary>
    public Guid? Find(string system, string value)
    {
        using var rows = session.Query(
            $"SELECT p.id FROM {identifierTable} i JOIN {personTable} p ON p.person = i.person WHERE i.system = $1 AND i.value = $2 ORDER BY i.person LIMIT 1", system, value);
        return rows.Read() ? rows.Guid(0) : null;
    }

    public void Identify(string system, string value, long person) =>
        session.Execute($"INSERT INTO {identifierTable} (system, value, person) VALUES ($1, $2, $3) ON CONFLICT (system, value, person) DO NOTHING", system, value, person);
}
