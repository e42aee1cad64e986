using Escala.Platform.Storage;
using Escala.Programmes;

namespace Escala.Registry.People;

/// <summary>A person by UUID, or by an identifier of the programme's register.</summary>
public static class FindPerson
{
    public static Guid? Run(Session session, Programme programme, string person)
    {
        var tables = new RegistryTables(RegistryTables.Current(session));
        var people = new PersonTable(session, tables.Person, tables.Identifier);
        if (Guid.TryParse(person, out var id) && people.NumberOf(id) is not null) return id;
        return people.Find(programme.Register.PersonSystem, person);
    }
}
