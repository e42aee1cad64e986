using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Registry.Timelines;

namespace Escala.Registry.People;

/// <summary>Who somebody is, as far as it takes to tell two people apart: for the eyes of whoever may see patients' rows.</summary>
/// <param name="Identifiers">By system; of one that tells what somebody is treated for only its end.</param>
public sealed record PersonInBrief(Guid Id, IReadOnlyList<Identifier> Identifiers, string? Sex, DateOnly? Born, IReadOnlyList<string> Facilities, int Rows, DateOnly? Latest)
{
    private const int End = 3;

    /// <summary>Null for somebody of whom nothing is known, or who was erased.</summary>
    public static PersonInBrief? Read(Session session, Programme programme, Guid id)
    {
        var tables = new RegistryTables(RegistryTables.Current(session));
        if (session.Scalar($"SELECT head FROM {tables.Person} WHERE id = $1 AND erased = 0", id) is not { } head) return null;
        var identifiers = new List<Identifier>();
        using (var rows = session.Query($"SELECT DISTINCT i.system, i.value FROM {tables.Identifier} i JOIN {tables.Person} p ON p.person = i.person WHERE p.head = $1 ORDER BY i.system, i.value", head))
        {
            while (rows.Read()) identifiers.Add(Shown(programme, new Identifier(rows.Text(0), rows.Text(1))));
        }

        var timeline = new Timeline(programme.Register.SlotCount);
        using (var rows = session.Query($"SELECT t.content FROM {tables.Timeline} t JOIN {tables.Person} p ON p.person = t.person WHERE p.head = $1", head))
        {
            while (rows.Read()) timeline.Add(rows.Bytes(0));
        }

        timeline.Sort();
        double Last(int? slot) => slot is { } s ? Enumerable.Range(0, timeline.Count).Select(r => timeline.Slot(r, s)).LastOrDefault(v => !double.IsNaN(v), double.NaN) : double.NaN;
        var (sex, born) = (Last(programme.Population.Sex?.Slot), Last(programme.Population.BirthDate?.Slot));
        return new PersonInBrief(
            id, identifiers, double.IsNaN(sex) ? null : programme.Population.Sex!.Categories[(int)sex].Name, double.IsNaN(born) ? null : DateOnly.FromDayNumber((int)born),
            FacilitiesOf(session, tables, timeline), timeline.Count, timeline.Count == 0 ? null : DateOnly.FromDayNumber(timeline.Heads[^1].Day));
    }

    private static List<string> FacilitiesOf(Session session, RegistryTables tables, Timeline timeline)
    {
        var numbers = timeline.Heads.ToArray().Select(h => h.Facility).ToHashSet();
        var codes = new List<string>();
        using var rows = session.Query($"SELECT facility, code FROM {tables.Facility} ORDER BY code");
        while (rows.Read())
        {
            if (numbers.Contains((int)rows.Int(0))) codes.Add(rows.Text(1));
        }

        return codes;
    }

    /// <summary>Of one that tells what somebody is treated for only its end.</summary>
    public static Identifier Shown(Programme programme, Identifier identifier) =>
        programme.Field?.Identifiers.Any(i => i.System == identifier.System && i.IsSensitive) == true ? identifier with { Value = "…" + identifier.Value[Math.Max(0, identifier.Value.Length - End)..] } : identifier;
}
