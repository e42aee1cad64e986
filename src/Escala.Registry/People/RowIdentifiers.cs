using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Programmes.Places;

namespace Escala.Registry.People;

/// <summary>Whom and where a decoded row means: identifiers as they are kept, and the code of the place that it writes in whatever way.</summary>
public sealed class RowIdentifiers
{
    private readonly Programme _programme;
    private readonly PlaceCodes _places;
    private readonly Dictionary<string, string> _names = new(StringComparer.OrdinalIgnoreCase);

    public RowIdentifiers(Programme programme)
    {
        (_programme, _places) = (programme, PlaceCodes.OfFacilities(programme));
        foreach (var place in programme.Places.Where(p => p.Level == programme.Levels[^1]).GroupBy(p => p.Name.Trim(), StringComparer.OrdinalIgnoreCase))
        {
            // A name that several facilities have names none.
            if (place.Select(p => p.Code).Distinct().Count() == 1) _names[place.Key] = place.First().Code;
        }
    }

    /// <summary>Code of the facility that a row of the register names, or null.</summary>
    public string? PlaceOf(Register register, string written) => register.Source is { } source ? PlaceOf(source, written) : _places.Find(written);

    /// <summary>Code of the facility that another system's file names, or null.</summary>
    public string? PlaceOf(SourceWords source, string written)
    {
        if (source.FacilityNames.TryGetValue(written, out var code)) return _places.Find(code);
        return source.FacilityIsName ? _names.GetValueOrDefault(written.Trim()) : _places.Find(written);
    }

    /// <summary>The row's identifiers; those of a facility's own behind its code.</summary>
    public IReadOnlyList<Identifier> Of(DecodedRow row, string facility)
    {
        if (row.RegisterNumber.Length > 0) return [new Identifier(_programme.Register.PersonSystem, row.RegisterNumber)];
        return [.. row.Identifiers.Select(i => PersonBody.Normal(_programme, new Identifier(i.Of.System, i.Of.IsOfFacility ? $"{facility}/{i.Value}" : i.Value)))];
    }
}
