using Escala.Platform.Problems;
using Escala.Programmes.Packages;

namespace Escala.Programmes.Simulation;

/// <summary>Reads simulation.yaml of a package, or says everything that is wrong with it.</summary>
public static class SimulationReader
{
    public const string FileName = "simulation.yaml";

    internal static readonly Shape File = new("simulation", ["simulation", "people", "visits", "steps", "facts"], ["from", "months"]);
    internal static readonly Shape People = new("people", ["per-facility", "id", "size", "in-care-at-start", "ages", "affected"], []);
    internal static readonly Shape Id = new("id", ["digits"], ["prefix"]);
    internal static readonly Shape Size = new("size", ["spread"], ["fact"]);
    internal static readonly Shape Affected = new("affected", ["share", "at-age", "log-odds-per-decade"], []);
    internal static readonly Shape Visits = new(
        "visits", ["interval-months", "on-the-day", "days-around", "missed", "late-days", "lost", "transfer"], ["closed"]);

    internal static readonly Shape Step = new(
        "step", ["probability", "effect", "trend-per-year", "district", "facility", "facility-period", "person"], []);

    private const int FormatVersion = 1;
    private const int OldestAge = 120;

    private static readonly Choice<DayOfWeek> s_daysOfWeek = new(
        "day-of-week",
        ("monday", DayOfWeek.Monday), ("tuesday", DayOfWeek.Tuesday), ("wednesday", DayOfWeek.Wednesday), ("thursday", DayOfWeek.Thursday),
        ("friday", DayOfWeek.Friday), ("saturday", DayOfWeek.Saturday), ("sunday", DayOfWeek.Sunday));

    public static Result<SimulationPlan> Read(string folder, Programme programme)
    {
        var path = Path.Combine(folder, FileName);
        if (!System.IO.File.Exists(path)) return Problem.Of("programmes.simulation.file-missing", ("folder", folder), ("file", FileName));
        return Read(System.IO.File.ReadAllBytes(path), programme);
    }

    public static Result<SimulationPlan> Read(byte[] bytes, Programme programme)
    {
        var reader = new NodeReader(FileName);
        var plan = YamlFile.Read(reader, bytes) is { } root && reader.Fields(root, File) is { } fields ? Plan(reader, fields, programme) : null;
        var problems = reader.Problems.ToList();
        return problems.Count > 0 ? Result<SimulationPlan>.Refused(problems) : plan!;
    }

    private static SimulationPlan? Plan(NodeReader reader, Fields file, Programme programme)
    {
        file.Integer("simulation", FormatVersion, FormatVersion);
        var from = file.Date("from");
        var months = file.Integer("months", 1, 600);
        var numbers = new PlanNumbers(reader);
        var people = file.Inner("people", People) is { } p ? ReadPeople(numbers, p) : null;
        var visits = file.Inner("visits", Visits) is { } v ? ReadVisits(reader, numbers, v) : null;
        var steps = ReadSteps(reader, numbers, file);
        var facts = new FactPlanReader(reader, numbers, programme, steps).Read(file.Entries("facts"));
        if (people is null || visits is null || reader.Problems.Any()) return null;
        return new SimulationPlan { From = from, Months = months, People = people, Visits = visits, Steps = [.. steps.Values], Facts = facts };
    }

    private static PeoplePlan ReadPeople(PlanNumbers numbers, Fields people)
    {
        var id = people.Inner("id", Id);
        var size = people.Inner("size", Size);
        var affected = people.Inner("affected", Affected);
        return new PeoplePlan
        {
            PerFacility = people.Integer("per-facility", 1, 100_000) ?? 1,
            IdPrefix = id?.Map["prefix"] is YamlText { Value: var prefix } ? prefix : "",
            IdDigits = id?.Integer("digits", 1, 12) ?? 1,
            SizeFact = size?.Text("fact"),
            SizeSpread = numbers.Spread(size, "spread"),
            InCareAtStart = numbers.Share(people, "in-care-at-start"),
            Ages = [.. numbers.Shares(people, "ages", numbers.AgesBetween(OldestAge)).Select(b => new AgeBand(b.Value.From, b.Value.To, b.Share))],
            Affected = new AffectedPlan(
                numbers.Probability(affected, "share"), affected?.Integer("at-age", 0, OldestAge) ?? 0, numbers.LogOdds(affected, "log-odds-per-decade")),
        };
    }

    private static VisitPlan ReadVisits(NodeReader reader, PlanNumbers numbers, Fields visits)
    {
        var late = visits.Items("late-days", 2).Select(n => reader.Integer(n, 1, 3650) ?? 1).ToList();
        if (late.Count > 0 && (late.Count != 2 || late[0] > late[1])) reader.Refuse(visits["late-days"]!, "simulation-range");
        var closed = visits.Items("closed", 0).Select(n => reader.Word(n, s_daysOfWeek)).OfType<DayOfWeek>().Distinct().ToList();
        if (closed.Count == 7) reader.Refuse(visits["closed"]!, "simulation-always-closed");
        return new VisitPlan
        {
            IntervalMonths = numbers.Shares(visits, "interval-months", numbers.IntegersBetween(1, 60)),
            OnTheDay = numbers.Share(visits, "on-the-day"),
            DaysAround = visits.Integer("days-around", 0, 15) ?? 0,
            Missed = numbers.Share(visits, "missed"),
            LateFrom = late.FirstOrDefault(),
            LateTo = late.LastOrDefault(),
            Lost = numbers.Share(visits, "lost"),
            Transfer = numbers.Share(visits, "transfer"),
            Closed = closed,
        };
    }

    private static Dictionary<string, StepPlan> ReadSteps(NodeReader reader, PlanNumbers numbers, Fields file)
    {
        var steps = new Dictionary<string, StepPlan>(StringComparer.Ordinal);
        foreach (var (key, value) in file.Entries("steps"))
        {
            if (reader.Id(key) is not { } id || reader.Fields(value, Step) is not { } step) continue;
            steps.Add(id, new StepPlan
            {
                Id = id,
                Probability = numbers.Probability(step, "probability"),
                Effect = numbers.LogOdds(step, "effect"),
                TrendPerYear = numbers.LogOdds(step, "trend-per-year"),
                District = numbers.Spread(step, "district"),
                Facility = numbers.Spread(step, "facility"),
                FacilityPeriod = numbers.Spread(step, "facility-period"),
                Person = numbers.Spread(step, "person"),
            });
        }

        return steps;
    }
}
