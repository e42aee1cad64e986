using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Escala.Programmes.Facts;

namespace Escala.Programmes.Simulation;

/// <summary>truth.json: every parameter, effect and deviation that made a simulation, so that an analysis of it can be judged.</summary>
public static class SimulationTruth
{
    public const string FileName = "truth.json";

    private static readonly JsonSerializerOptions s_options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NewLine = "\n",
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new ByName<StepPlan>(s => s.Id), new ByName<FactDefinition>(f => f.Name), new ByName<Category>(c => c.Name) },
    };

    public static string Of(SimulatedWorld world, IReadOnlyList<SimulatedFile> files) => new JsonObject
    {
        ["simulated"] = true,
        ["programme"] = world.Programme.Id,
        ["programmeVersion"] = world.Programme.Version,
        ["generator"] = typeof(SimulationTruth).Assembly.GetName().Version?.ToString(3),
        ["seed"] = world.Options.Seed,
        ["from"] = Node(world.From),
        ["to"] = Node(world.To),
        ["months"] = world.Period.Months,
        ["districts"] = world.Facilities.Select(f => f.District.Code).Distinct().Count(),
        ["facilities"] = world.Facilities.Count,
        ["people"] = world.PeopleCount,
        ["rows"] = files.Sum(f => f.Rows),
        ["files"] = Node(files),
        ["waves"] = Node(world.Waves),
        ["steps"] = new JsonArray([.. world.Steps.Select(s => Step(s, world))]),
        ["peopleDrawn"] = Node(world.Plan.People),
        ["visitsDrawn"] = Node(world.Plan.Visits),
        ["factsDrawn"] = Facts(world.Plan),
        ["peopleByFacility"] = ByPlace(world.Facilities.Select(f => (f.Code, (JsonNode)f.People))),
    }.ToJsonString(s_options) + "\n";

    /// <summary>The parameters of a step on the scale of log-odds, and the deviations that were drawn.</summary>
    private static JsonObject Step(StepOdds odds, SimulatedWorld world) => new()
    {
        ["id"] = odds.Step.Id,
        ["probability"] = odds.Step.Probability,
        ["logOdds"] = PortableMath.LogOdds(odds.Step.Probability),
        ["effect"] = odds.Step.Effect,
        ["oddsRatio"] = PortableMath.Exp(odds.Step.Effect),
        ["trendPerYear"] = odds.Step.TrendPerYear,
        ["standardDeviations"] = new JsonObject
        {
            ["district"] = odds.Step.District,
            ["facility"] = odds.Step.Facility,
            ["facilityPeriod"] = odds.Step.FacilityPeriod,
            ["person"] = odds.Step.Person,
        },
        ["districts"] = ByPlace(world.Facilities.Select(f => f.District).Distinct().Select(d => (d.Code, (JsonNode)odds.District(d)))),
        ["facilities"] = ByPlace(world.Facilities.Select(f => (f.Code, (JsonNode)odds.Facility(f)))),
    };

    private static JsonObject Facts(SimulationPlan plan)
    {
        var facts = new JsonObject();
        foreach (var fact in plan.Facts) facts[fact.Fact.Name] = JsonSerializer.SerializeToNode(fact, fact.GetType(), s_options);
        return facts;
    }

    private static JsonObject ByPlace(IEnumerable<(string Code, JsonNode Value)> values) =>
        new(values.Select(v => KeyValuePair.Create(v.Code, (JsonNode?)v.Value)));

    private static JsonNode Node<T>(T value) => JsonSerializer.SerializeToNode(value, s_options)!;

    // What is described elsewhere in the file or in the package is only named.
    private sealed class ByName<T>(Func<T, string> name) : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(name(value));
    }
}
