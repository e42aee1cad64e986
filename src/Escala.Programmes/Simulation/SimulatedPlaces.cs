using Escala.Programmes.Places;

namespace Escala.Programmes.Simulation;

/// <summary>A facility of the simulation and all that follows from where it lies. Days are counted from the first day of the simulation.</summary>
internal sealed record SimulatedFacility
{
    public required int Index { get; init; }

    public required string Code { get; init; }

    public required SimulatedDistrict District { get; init; }

    /// <summary>Its number within the district.</summary>
    public required int Place { get; init; }

    /// <summary>First exposed day; null: never.</summary>
    public int? ExposedFrom { get; init; }

    public required int FirstDay { get; init; }

    public required int LastDay { get; init; }

    public int People { get; init; }

    /// <summary>Number of its first person.</summary>
    public int FirstPerson { get; init; }

    public bool ExposedOn(int day) => day >= ExposedFrom;

    public bool OpenOn(int day) => day >= FirstDay && day <= LastDay;
}

internal sealed record SimulatedDistrict(int Index, string Code)
{
    public List<SimulatedFacility> Facilities { get; } = [];
}

/// <summary>The places of a simulation: the package's own, or as many as were asked for, made in their likeness.</summary>
internal static class SimulatedPlaces
{
    /// <summary>The package's places as they stand on the first day, or on the day from which they are known; who moves later stays where it was.</summary>
    public static IReadOnlyList<PlaceRecord> OfPackage(Programme programme, DateOnly firstDay)
    {
        var history = new PlaceHistory(programme.Places);
        return [.. programme.Places.Select(p => p.Code).Distinct(StringComparer.Ordinal).Select(c => At(history, c, firstDay))];
    }

    /// <summary>Facilities spread evenly over districts, under one place of each wider level; codes begin as the package's do.</summary>
    public static IReadOnlyList<PlaceRecord> Invent(Programme programme, int districts, int facilities)
    {
        var places = new List<PlaceRecord>(districts + facilities);
        var levels = programme.Levels;
        string? above = null;
        foreach (var level in levels.Take(levels.Count - 2))
        {
            places.Add(Place(programme, level, "1", "1", above));
            above = places[^1].Code;
        }

        for (var d = 0; d < districts; d++) places.Add(Place(programme, levels[^2], Text(d + 1, 1), Text(d + 1, 1), above));
        var firstDistrict = places.Count - districts;
        for (var f = 0; f < facilities; f++)
        {
            var district = (int)((long)f * districts / facilities);
            var within = f - (int)((((long)district * facilities) + districts - 1) / districts) + 1;
            var number = Text(within, 2);
            places.Add(Place(programme, levels[^1], Text(district + 1, 1) + number, $"{Text(district + 1, 1)}-{number}", places[firstDistrict + district].Code));
        }

        return places;
    }

    /// <summary>
    /// The waves with every cluster allocated: those that the trial names as it says, any others in turn, so that a larger trial
    /// can be planned.
    /// </summary>
    public static IReadOnlyList<Trials.Wave> Allocate(Trials.Trial trial, IReadOnlyList<PlaceRecord> places)
    {
        var codes = places.Where(p => p.Level == trial.ClusterLevel).Select(p => p.Code).ToList();
        var named = trial.Waves.SelectMany(w => w.Places).ToHashSet(StringComparer.Ordinal);
        var others = codes.Where(c => !named.Contains(c)).ToList();
        return [.. trial.Waves.Select((wave, i) => wave with
        {
            Places = [.. wave.Places.Where(codes.Contains), .. others.Where((_, n) => n % trial.Waves.Count == i)],
        })];
    }

    public static IReadOnlyList<SimulatedFacility> Facilities(Programme programme, IReadOnlyList<PlaceRecord> places, IReadOnlyList<Trials.Wave> waves, SimulatedPeriod period)
    {
        var byCode = places.ToDictionary(p => p.Code, StringComparer.Ordinal);
        var initiation = waves.SelectMany(w => w.Places.Select(p => (p, w.Initiation))).ToDictionary(StringComparer.Ordinal);
        var districts = new Dictionary<string, SimulatedDistrict>(StringComparer.Ordinal);
        var facilities = new List<SimulatedFacility>();
        foreach (var place in places.Where(p => p.Level == programme.Levels[^1]))
        {
            if (!districts.TryGetValue(place.ParentCode!, out var district))
                districts.Add(place.ParentCode!, district = new SimulatedDistrict(districts.Count, place.ParentCode!));
            var exposed = Above(place, byCode).Where(p => initiation.ContainsKey(p.Code)).Select(p => (int?)(initiation[p.Code].DayNumber - period.FirstDay)).FirstOrDefault();
            var facility = new SimulatedFacility
            {
                Index = facilities.Count,
                Code = place.Code,
                District = district,
                Place = district.Facilities.Count,
                ExposedFrom = exposed,
                FirstDay = place.Opened is { } opened ? opened.DayNumber - period.FirstDay : 0,
                LastDay = place.Closed is { } closed ? closed.DayNumber - period.FirstDay : period.Days - 1,
            };
            facilities.Add(facility);
            district.Facilities.Add(facility);
        }

        return facilities;
    }

    private static PlaceRecord At(PlaceHistory history, string code, DateOnly firstDay)
    {
        var known = history.KnownFrom(code)!.Value;
        if (known <= firstDay) return history.On(code, firstDay)!;
        var place = history.On(code, known)!;
        return place.Opened is null ? place with { Opened = known } : place;
    }

    // The place itself, its parent, and so on.
    private static IEnumerable<PlaceRecord> Above(PlaceRecord place, Dictionary<string, PlaceRecord> byCode)
    {
        for (var p = place; p is not null; p = p.ParentCode is { } parent ? byCode.GetValueOrDefault(parent) : null) yield return p;
    }

    private static PlaceRecord Place(Programme programme, string level, string code, string name, string? parent)
    {
        var example = programme.Places.FirstOrDefault(p => p.Level == level)?.Code ?? level;
        var letters = example.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        return new PlaceRecord
        {
            Code = letters + code,
            Name = string.Concat(level[..1].ToUpperInvariant(), level.AsSpan(1), " ", name),
            Level = level,
            ParentCode = parent,
        };
    }

    private static string Text(int number, int digits) => number.ToString("D" + digits, System.Globalization.CultureInfo.InvariantCulture);
}
