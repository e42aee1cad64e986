using Escala.Platform.Problems;
using Escala.Programmes.Places;
using Escala.Programmes.Trials;

namespace Escala.Programmes.Simulation;

/// <summary>What a user asks of a simulation beside the package; null: as the package says.</summary>
public sealed record SimulationOptions
{
    public required ulong Seed { get; init; }

    public int? Facilities { get; init; }

    public int? Districts { get; init; }

    /// <summary>Number of people.</summary>
    public int? People { get; init; }

    /// <summary>Calendar months from the first day on.</summary>
    public int? Months { get; init; }

    /// <summary>Log odds ratio of exposure by step, in place of the package's.</summary>
    public IReadOnlyDictionary<string, double> Effects { get; init; } = new Dictionary<string, double>();
}

/// <summary>Everything that is fixed before the first person lives: places, waves, period and the log-odds of every step.</summary>
public sealed class SimulatedWorld
{
    private const int FewestPeople = 1;
    private const int MostPeople = 100_000_000;
    private const int MostFacilities = 20_000;
    private const int MostMonths = 600;

    private SimulatedWorld(Programme programme, SimulationPlan plan, SimulationOptions options, SimulatedPeriod period, IReadOnlyList<PlaceRecord> places)
    {
        (Programme, Plan, Options, Period, Places) = (programme, plan, options, period, places);
        Waves = programme.Trial is { } trial ? SimulatedPlaces.Allocate(trial, places) : [];
        var chance = new RandomStream(options.Seed);
        var facilities = SimulatedPlaces.Facilities(programme, places, Waves, period);
        Facilities = Settle(facilities, options.People ?? plan.People.PerFacility * facilities.Count, chance.Of(0));
        Steps = [.. plan.Steps.Select((s, i) => new StepOdds(s, chance.Of(1).Of(i), Facilities, period))];
        People = chance.Of(2);
    }

    public Programme Programme { get; }

    public SimulationPlan Plan { get; }

    public SimulationOptions Options { get; }

    public IReadOnlyList<PlaceRecord> Places { get; }

    /// <summary>The waves of the trial with the clusters of this simulation.</summary>
    public IReadOnlyList<Wave> Waves { get; }

    public DateOnly From => Period.From;

    public DateOnly To => Period.To;

    public int PeopleCount => Facilities.Sum(f => f.People);

    internal SimulatedPeriod Period { get; }

    internal IReadOnlyList<SimulatedFacility> Facilities { get; }

    internal IReadOnlyList<StepOdds> Steps { get; }

    internal RandomStream People { get; }

    internal int IdDigits => Math.Max(Plan.People.IdDigits, PeopleCount.ToString(System.Globalization.CultureInfo.InvariantCulture).Length);

    /// <summary>Makes the world, or says which of the options cannot be.</summary>
    public static Result<SimulatedWorld> Create(Programme programme, SimulationPlan plan, SimulationOptions options)
    {
        var months = options.Months ?? plan.Months ?? MonthsOf(programme.Trial);
        var problems = Check(programme, plan, options, months).ToList();
        if (problems.Count > 0) return Result<SimulatedWorld>.Refused(problems);

        var from = plan.From ?? programme.Trial!.PreImplementationFrom;
        var period = new SimulatedPeriod(from, months!.Value, programme.Window, plan.Visits.Closed);
        var places = SimulatedPlaces.OfPackage(programme, from);
        var facilities = places.Count(p => p.Level == programme.Levels[^1]);
        var districts = places.Count(p => p.Level == programme.Levels[^2]);
        var (wantedFacilities, wantedDistricts) = Wanted(options, facilities, districts);
        if (wantedDistricts > wantedFacilities)
            return Problem.Of("programmes.simulation.districts", ("districts", wantedDistricts), ("facilities", wantedFacilities));
        if (options.People is null && (long)plan.People.PerFacility * wantedFacilities > MostPeople)
            return Problem.Of("programmes.simulation.option", ("option", "patients"), ("lowest", FewestPeople), ("highest", MostPeople));
        if ((wantedFacilities, wantedDistricts) != (facilities, districts)) places = SimulatedPlaces.Invent(programme, wantedDistricts, wantedFacilities);
        var withEffects = plan with { Steps = [.. plan.Steps.Select(s => options.Effects.TryGetValue(s.Id, out var effect) ? s with { Effect = effect } : s)] };
        return new SimulatedWorld(programme, withEffects, options, period, places);
    }

    // Where only one of the two is given, the package's number of facilities a district holds.
    private static (int Facilities, int Districts) Wanted(SimulationOptions options, int facilities, int districts) => (options.Facilities, options.Districts) switch
    {
        ({ } f, { } d) => (f, d),
        ({ } f, null) => (f, Math.Max(1, (int)(((long)f * districts) + facilities - 1) / facilities)),
        (null, { } d) => ((int)((long)d * facilities / districts), d),
        _ => (facilities, districts),
    };

    private static IEnumerable<Problem> Check(Programme programme, SimulationPlan plan, SimulationOptions options, int? months)
    {
        if (programme.Levels.Count < 2 || programme.Places.All(p => p.Level != programme.Levels[^1]) || programme.Places.All(p => p.Level != programme.Levels[^2]))
            yield return Problem.Of("programmes.simulation.places", ("programme", programme.Id));
        if (programme.Trial is null && (plan.From is null || months is null)) yield return Problem.Of("programmes.simulation.period", ("programme", programme.Id));
        foreach (var effect in options.Effects.Where(e => plan.Steps.All(s => s.Id != e.Key)))
            yield return Problem.Of("programmes.simulation.step-unknown", ("step", effect.Key), ("known", string.Join(", ", plan.Steps.Select(s => s.Id))));
        foreach (var effect in options.Effects.Where(e => !double.IsFinite(e.Value) || Math.Abs(e.Value) > 10))
            yield return Problem.Of("programmes.simulation.effect", ("step", effect.Key));
        if (programme.Trial is null && options.Effects.Count > 0) yield return Problem.Of("programmes.simulation.no-trial", ("programme", programme.Id));
        if (Outside("facilities", options.Facilities, 1, MostFacilities) is { } facilities) yield return facilities;
        if (Outside("districts", options.Districts, 1, MostFacilities) is { } districts) yield return districts;
        if (Outside("patients", options.People, FewestPeople, MostPeople) is { } people) yield return people;
        if (Outside("months", months, 1, MostMonths) is { } tooLong) yield return tooLong;
    }

    private static Problem? Outside(string option, int? value, int lowest, int highest) => value is { } given && (given < lowest || given > highest)
        ? Problem.Of("programmes.simulation.option", ("option", option), ("lowest", lowest), ("highest", highest))
        : null;

    private static int? MonthsOf(Trial? trial) => trial is null ? null
        : ((trial.Ends.Year - trial.PreImplementationFrom.Year) * 12) + trial.Ends.Month - trial.PreImplementationFrom.Month + 1;

    // People in proportion to size, whole people by the largest remainders.
    private List<SimulatedFacility> Settle(IReadOnlyList<SimulatedFacility> facilities, int people, RandomStream chance)
    {
        var sizes = Sizes(facilities, chance);
        var total = sizes.Sum();
        var exact = sizes.Select(s => people * (s / total)).ToArray();
        var whole = exact.Select(e => (int)Math.Floor(e)).ToArray();
        var left = people - whole.Sum();
        foreach (var i in Enumerable.Range(0, exact.Length).OrderByDescending(i => exact[i] - whole[i]).Take(left)) whole[i]++;
        var settled = new List<SimulatedFacility>(facilities.Count);
        foreach (var f in facilities)
        {
            var first = settled.Count == 0 ? 0 : settled[^1].FirstPerson + settled[^1].People;
            settled.Add(f with { People = whole[f.Index], FirstPerson = first });
            f.District.Facilities[f.Place] = settled[^1];
        }

        return settled;
    }

    private double[] Sizes(IReadOnlyList<SimulatedFacility> facilities, RandomStream chance)
    {
        var stated = Programme.PlaceFacts.Where(f => f.Fact == Plan.People.SizeFact).GroupBy(f => f.Code)
            .ToDictionary(g => g.Key, g => g.OrderBy(f => f.Date).Last().Value, StringComparer.Ordinal);
        if (facilities.All(f => stated.ContainsKey(f.Code)))
            return [.. facilities.Select(f => double.Parse(stated[f.Code], System.Globalization.CultureInfo.InvariantCulture))];
        return [.. facilities.Select(f => PortableMath.Exp(Plan.People.SizeSpread * chance.Of(f.Index).Normal()))];
    }
}
