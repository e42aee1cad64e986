using Escala.Platform.Storage;
using Escala.Programmes;

namespace Escala.Registry.People;

/// <summary>A person by UUID, or by an identifier: of the programme's register, of a card, of another system.</summary>
public static class FindPerson
{
    public static Guid? Run(Session session, Programme programme, string person)
    {
        var tables = new RegistryTables(RegistryTables.Current(session));
        var people = new PersonTable(session, tables.Person, tables.Identifier);
        if (Guid.TryParse(person, out var id) && people.NumberOf(id) is not null) return id;
        if (people.Find(programme.Register.PersonSystem, person) is { } registered) return registered;
        // A card or a number of another system; one that two people have names neither.
        var others = (programme.Field?.Identifiers ?? []).SelectMany(s => people.All(s.System, s.Normal(person)))
            .Concat(programme.Mappings.SelectMany(m => m.Register.Source!.Identifiers).Select(i => i.System).Distinct().SelectMany(s => people.All(s, person.Trim())))
            .Distinct().ToList();
        return others is [var only] ? only : null;
    }
}
