using Escala.Programmes;
using Escala.Programmes.Places;

namespace Escala.Cascades.Sheets;

/// <summary>The tree of places as it was on the last day of a window, with the facilities that were open in it.</summary>
public sealed class PlacesOn(PlaceHistory history, IReadOnlyList<string> levels, Window window)
{
    private readonly DateOnly _day = DateOnly.FromDayNumber(window.LastDay);

    public IEnumerable<string> Codes => history.Codes.Where(c => Find(c) is not null);

    /// <summary>Facilities that were open on some day of the window, in the order of their codes.</summary>
    public IReadOnlyList<PlacedFacility> OpenFacilities => [.. history.OfLevel(levels[^1], _day).Where(IsOpen).Select(Placed)];

    public IReadOnlyList<PlaceRecord> AtLevel(string level) => history.OfLevel(level, _day);

    public PlaceRecord? Find(string code) => history.On(code, _day);

    public PlaceRecord? ParentOf(string code) => Find(code)?.ParentCode is { } parent ? Find(parent) : null;

    /// <summary>Null where no such place existed.</summary>
    public SheetPlace? Sheet(string code)
    {
        if (Find(code) is not { } place) return null;
        return place.Level == levels[^1]
            ? new(code, place.Name, place.Level, [Placed(place)], IsSum: false)
            : new(code, place.Name, place.Level, [.. history.Below(code, levels[^1], _day).Where(IsOpen).Select(Placed)], IsSum: true);
    }

    /// <summary>Codes of the facilities below a place that were not open on any day of the window.</summary>
    public IEnumerable<string> ShutBelow(string code) => history.Below(code, levels[^1], _day).Where(p => !IsOpen(p)).Select(p => p.Code);

    /// <summary>Why a facility was not open on any day of the window; null where it was, or is not known.</summary>
    public NotOpen? NotOpen(string code) => Find(code) is not { } place ? null
        : place.Opened is { } opened && opened.DayNumber > window.LastDay ? new(opened, IsClosed: false)
        : place.Closed is { } closed && closed.DayNumber < window.FirstDay ? new(closed, IsClosed: true)
        : null;

    /// <summary>The place itself or the one above it that is of the level.</summary>
    public PlaceRecord? Above(string code, string level) => history.Above(code, level, _day);

    private static PlacedFacility Placed(PlaceRecord place) => new(place.Code, place.Name);

    private bool IsOpen(PlaceRecord place) => NotOpen(place.Code) is null;
}
