using Escala.Programmes;
using Escala.Programmes.Places;

namespace Escala.Cascades.Sheets;

/// <summary>The tree of places as it was on the last day of a window.</summary>
public sealed class PlacesOn
{
    private readonly Dictionary<string, PlaceRecord> _places;
    private readonly string _facilityLevel;
    private readonly Window _window;

    public PlacesOn(IEnumerable<PlaceRecord> places, IReadOnlyList<string> levels, Window window)
    {
        var day = DateOnly.FromDayNumber(window.LastDay);
        (_facilityLevel, _window) = (levels[^1], window);
        _places = places.Where(p => p.ValidFrom is null || p.ValidFrom <= day).GroupBy(p => p.Code, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.MaxBy(p => p.ValidFrom ?? DateOnly.MinValue)!, StringComparer.Ordinal);
    }

    public IEnumerable<string> Codes => _places.Keys;

    /// <summary>Facilities that were open on some day of the window, in the order of their codes.</summary>
    public IEnumerable<PlaceRecord> OpenFacilities => _places.Values.Where(IsOpenFacility).OrderBy(p => p.Code, StringComparer.Ordinal);

    public IEnumerable<PlaceRecord> AtLevel(string level) => _places.Values.Where(p => p.Level == level).OrderBy(p => p.Code, StringComparer.Ordinal);

    public PlaceRecord? Find(string code) => _places.GetValueOrDefault(code);

    public PlaceRecord? ParentOf(string code) => Find(code)?.ParentCode is { } parent ? Find(parent) : null;

    /// <summary>Null where no such place existed.</summary>
    public SheetPlace? Sheet(string code)
    {
        if (Find(code) is not { } place) return null;
        if (place.Level == _facilityLevel) return new(code, place.Name, place.Level, [new(code, place.Name)], IsSum: false);
        return new(code, place.Name, place.Level, [.. OpenFacilities.Where(f => IsUnder(f, code)).Select(f => new PlacedFacility(f.Code, f.Name))], IsSum: true);
    }

    private bool IsOpenFacility(PlaceRecord place) => place.Level == _facilityLevel
        && !(place.Opened?.DayNumber > _window.LastDay) && !(place.Closed?.DayNumber < _window.FirstDay);

    private bool IsUnder(PlaceRecord place, string code)
    {
        // A tree of places is never deeper than its number of places; the reader of places refuses cycles.
        for (var (at, steps) = (place, 0); at?.ParentCode is { } parent && steps < _places.Count; at = Find(parent), steps++)
        {
            if (parent == code) return true;
        }

        return false;
    }
}
