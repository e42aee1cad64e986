using Escala.Platform.Storage;

namespace Escala.Registry.People;

/// <summary>Who has a row or a registration at some facilities.</summary>
public static class PeopleKnownAt
{
    public static HashSet<Guid> Read(Session session, IReadOnlyCollection<string> facilities)
    {
        var tables = new RegistryTables(RegistryTables.Current(session));
        var people = new HashSet<Guid>();
        foreach (var facility in facilities)
        {
            using var rows = session.Query($"SELECT p.id FROM {tables.Presence} a JOIN {tables.Facility} f ON f.facility = a.facility JOIN {tables.Person} p ON p.person = a.person WHERE f.code = $1", facility);
            while (rows.Read()) people.Add(rows.Guid(0));
        }

        return people;
    }
}
