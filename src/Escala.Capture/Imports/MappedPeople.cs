using System.Globalization;
using System.Text;
using System.Text.Json;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Registry;
using Escala.Registry.People;

namespace Escala.Capture.Imports;

/// <summary>
/// Whom the rows of another system's file are about: whoever has one of a row's identifiers, in whichever system. A row whose identifiers are two
/// people's is nobody's until somebody has looked at both. What a row says of a person besides goes before it as an entry of its own.
/// </summary>
internal sealed class MappedPeople(Session session, Programme programme, RegistryTables tables)
{
    private readonly HashSet<(int Person, Identifier Identifier)> _known = [];
    private readonly Dictionary<int, long> _heads = [];
    private IReadOnlyList<Identifier> _new = [];
    private byte[]? _said;
    private int _person;

    /// <summary>The one person of all identifiers, by their index: −1 when nobody has any.</summary>
    /// <param name="identifiers">Of one row.</param>
    /// <param name="row">Names the columns in a problem.</param>
    /// <param name="indexOf">Index of whoever has an identifier, loaded from the store where need be, with their number there; null for nobody.</param>
    /// <param name="idOf">Of somebody by index; null while no row of theirs was taken.</param>
    public Result<int> Meet(IReadOnlyList<Identifier> identifiers, DecodedRow row, Func<Identifier, (int Index, long? Number)?> indexOf, Func<int, Guid?> idOf)
    {
        var met = -1;
        var by = -1;
        for (var i = 0; i < identifiers.Count; i++)
        {
            if (OthersOf(identifiers[i]) is { Count: > 1 } several)
                return Problem.Of("capture.row.identifier-of-two", ("column", row.Identifiers[i].Of.Column), ("people", string.Join(", ", several)));
            if (indexOf(identifiers[i]) is not { } found) continue;
            if (found.Number is { } number)
            {
                _known.Add((found.Index, identifiers[i]));
                _heads[found.Index] = HeadOf(number);
            }

            if (met >= 0 && met != found.Index && !(_heads.TryGetValue(met, out var one) && _heads.TryGetValue(found.Index, out var other) && one == other))
            {
                return Problem.Of(
                    "capture.row.two-people", ("column", row.Identifiers[by].Of.Column), ("person", NameOf(met, idOf)), ("otherColumn", row.Identifiers[i].Of.Column), ("otherPerson", NameOf(found.Index, idOf)));
            }

            if (met < 0) (met, by) = (found.Index, i);
        }

        return met;
    }

    /// <summary>Prepares what the row says of its person that was not said before.</summary>
    public void Say(int person, bool isNew, IReadOnlyList<Identifier> identifiers, Mapping mapping, Layout layout, CsvRecord fields, DecodedRow row)
    {
        (_person, _new) = (person, [.. identifiers.Where(i => !_known.Contains((person, i)))]);
        _said = _new.Count == 0 ? null : Body(_new, isNew ? Details(mapping, layout, fields, row) : []);
    }

    /// <summary>The body of a <c>person</c> entry to go before the row, or null; from here on it is known.</summary>
    public byte[]? Take()
    {
        foreach (var identifier in _new) _known.Add((_person, identifier));
        var said = _said;
        (_said, _new) = (null, []);
        return said;
    }

    private List<Guid> OthersOf(Identifier identifier)
    {
        var people = new List<Guid>();
        using var rows = session.Query(
            $"SELECT DISTINCT h.id FROM {tables.Identifier} i JOIN {tables.Person} p ON p.person = i.person JOIN {tables.Person} h ON h.person = p.head WHERE i.system = $1 AND i.value = $2", identifier.System, identifier.Value);
        while (rows.Read()) people.Add(rows.Guid(0));
        return people;
    }

    private long HeadOf(long number) => session.Scalar($"SELECT head FROM {tables.Person} WHERE person = $1", number) ?? number;

    /// <summary>Of somebody whom only rows name that were not taken there is no name yet.</summary>
    private string NameOf(int index, Func<int, Guid?> idOf)
    {
        if (!_heads.TryGetValue(index, out var head)) return idOf(index)?.ToString() ?? "–";
        using var rows = session.Query($"SELECT id FROM {tables.Person} WHERE person = $1", head);
        return rows.Read() ? rows.Guid(0).ToString() : "–";
    }

    private List<(string Field, string Value)> Details(Mapping mapping, Layout layout, CsvRecord fields, DecodedRow row)
    {
        var details = new List<(string, string)>();
        foreach (var (field, column) in mapping.PersonFields)
        {
            for (var i = 0; i < layout.Columns.Count; i++)
            {
                if (string.Equals(layout.Columns[i], column, StringComparison.OrdinalIgnoreCase) && Encoding.UTF8.GetString(fields[i]).Trim() is { Length: > 0 } text) details.Add((field, text));
            }
        }

        if (programme.Population.Sex is { } sex && row.Slots[sex.Slot] is var category && !double.IsNaN(category)) details.Add(("sex", sex.Categories[(int)category].Name));
        if (programme.Population.BirthDate is { } birth && row.Slots[birth.Slot] is var day && !double.IsNaN(day))
            details.Add(("birthDate", DateOnly.FromDayNumber((int)day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));
        return details;
    }

    private static byte[] Body(IEnumerable<Identifier> identifiers, List<(string Field, string Value)> details)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            if (details.Count > 0)
            {
                json.WriteStartObject("set");
                foreach (var (field, value) in details) json.WriteString(field, value);
                json.WriteEndObject();
            }

            json.WriteStartArray("identifiers");
            foreach (var identifier in identifiers)
            {
                json.WriteStartObject();
                json.WriteString("system", identifier.System);
                json.WriteString("value", identifier.Value);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }
}
