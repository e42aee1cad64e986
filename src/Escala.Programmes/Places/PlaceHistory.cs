namespace Escala.Programmes.Places;

/// <summary>
/// Places through time: name, level and parent are what the record in force on a day says. A place is known from its earliest record on;
/// a record without a day holds from the beginning.
/// </summary>
public sealed class PlaceHistory
{
    private readonly Dictionary<string, List<PlaceRecord>> _records;
    private readonly ILookup<string, string> _childrenEver;

    /// <summary>Records that <see cref="PlaceFaults"/> finds no fault with.</summary>
    public PlaceHistory(IReadOnlyList<PlaceRecord> records)
    {
        _records = records.GroupBy(r => r.Code, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.OrderBy(r => r.ValidFrom ?? DateOnly.MinValue).ToList(), StringComparer.Ordinal);
        _childrenEver = records.Where(r => r.ParentCode is not null).Select(r => (r.ParentCode, r.Code)).Distinct()
            .ToLookup(r => r.ParentCode!, r => r.Code, StringComparer.Ordinal);
    }

    /// <summary>Codes of all places that ever were, in ordinal order.</summary>
    public IEnumerable<string> Codes => _records.Keys.Order(StringComparer.Ordinal);

    public bool Knows(string code) => _records.ContainsKey(code);

    /// <summary>What the place was on a day; null where it was not known yet.</summary>
    public PlaceRecord? On(string code, DateOnly day) =>
        _records.TryGetValue(code, out var records) ? records.FindLast(r => (r.ValidFrom ?? DateOnly.MinValue) <= day) : null;

    /// <summary>The place's earliest day; null for a place that is not known, the first of all days where it was there from the beginning.</summary>
    public DateOnly? KnownFrom(string code) => _records.TryGetValue(code, out var records) ? records[0].ValidFrom ?? DateOnly.MinValue : null;

    /// <summary>The place itself or the one above it that is of the level on that day.</summary>
    public PlaceRecord? Above(string code, string level, DateOnly day)
    {
        var place = On(code, day);
        while (place is not null && place.Level != level) place = place.ParentCode is { } parent ? On(parent, day) : null;
        return place;
    }

    /// <summary>As of the window's last day: a place that moves within a window belongs to its new parent for all of it.</summary>
    public PlaceRecord? Above(string code, string level, Window window) => Above(code, level, DateOnly.FromDayNumber(window.LastDay));

    /// <summary>Places directly below on a day, in ordinal order of codes.</summary>
    public IReadOnlyList<PlaceRecord> Children(string code, DateOnly day) =>
        [.. _childrenEver[code].Order(StringComparer.Ordinal).Select(c => On(c, day)).OfType<PlaceRecord>().Where(c => c.ParentCode == code)];

    /// <summary>Places of a level on a day, in ordinal order of codes.</summary>
    public IReadOnlyList<PlaceRecord> OfLevel(string level, DateOnly day) =>
        [.. Codes.Select(c => On(c, day)).OfType<PlaceRecord>().Where(p => p.Level == level)];

    /// <summary>Places of a level below another (or itself) on a day, in ordinal order of codes.</summary>
    public IReadOnlyList<PlaceRecord> Below(string code, string level, DateOnly day)
    {
        if (On(code, day) is not { } place) return [];
        return place.Level == level
            ? [place]
            : [.. Children(code, day).SelectMany(c => Below(c.Code, level, day)).OrderBy(p => p.Code, StringComparer.Ordinal)];
    }
}
