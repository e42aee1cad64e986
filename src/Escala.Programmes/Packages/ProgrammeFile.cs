using Escala.Programmes.Facts;
using Escala.Programmes.Places;
using Escala.Programmes.Trials;

namespace Escala.Programmes.Packages;

/// <summary>programme.yaml: what the programme is called, whom and when it counts, its levels of places, its trial.</summary>
internal sealed class ProgrammeFile(NodeReader reader, FactTable facts)
{
    public const string Name = "programme.yaml";

    /// <summary>What a facility is outside every phase; no phase may be called so.</summary>
    public static readonly IReadOnlyList<string> ReservedPhases = ["unexposed", "transition", "not-enrolled"];

    public static readonly Shape Root = new(
        "programme",
        ["programme", "version", "name", "about", "example", "zone", "window", "population", "strata", "levels", "unit"],
        ["trial"]);

    public static readonly Shape Population = new("population", [], ["age-from", "birth-date", "sex"]);
    public static readonly Shape Strata = new("strata", ["age-bands", "suppress-below"], []);
    public static readonly Shape Trial = new("trial", ["cluster", "pre-implementation-from", "ends", "waves", "phases"], []);
    public static readonly Shape Wave = new("wave", ["wave", "initiation", "places"], []);
    public static readonly Shape Phase = new("phase", ["id"], ["months"]);

    public static readonly Choice<WindowKind> Windows = new(
        "window", ("week", WindowKind.Week), ("month", WindowKind.Month), ("quarter", WindowKind.Quarter));

    private const int OldestAge = 150;

    /// <summary>The nodes of the trial's places, which places.csv must know.</summary>
    public List<(YamlNode Node, string Code)> WavePlaces { get; } = [];

    /// <summary>All but what the other files hold.</summary>
    public Programme? Read(YamlNode? root)
    {
        if (root is null || reader.Fields(root, Root) is not { } fields) return null;
        var levels = ReadLevels(fields);
        var population = ReadPopulation(fields);
        return new Programme
        {
            Id = fields.Id("programme") ?? "",
            Version = fields.Integer("version", 1, int.MaxValue) ?? 0,
            Hash = "",
            Name = fields.Local("name")!,
            About = fields.Local("about")!,
            Example = fields.Boolean("example") ?? false,
            Zone = ReadZone(fields),
            Window = fields.Word("window", Windows) ?? default,
            Population = population,
            Strata = ReadStrata(fields, population),
            Levels = levels,
            Register = null!,
            Measures = null!,
            Cascade = null!,
            Places = [],
            PlaceFacts = [],
            Trial = fields.Inner("trial", Trial) is { } trial ? ReadTrial(trial, levels) : null,
        };
    }

    private string ReadZone(Fields fields)
    {
        if (fields.Text("zone") is not { } zone) return "";
        if (TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) && found.HasIanaId) return zone;
        reader.Refuse(fields["zone"]!, "zone-unknown", zone);
        return "";
    }

    private Population ReadPopulation(Fields root)
    {
        if (root.Inner("population", Population) is not { } fields) return new Population(null, null, null);
        var birth = fields["birth-date"] is { } birthNode ? facts.Named(reader, birthNode, FactType.Date) : null;
        var sex = fields["sex"] is { } sexNode ? facts.Named(reader, sexNode, FactType.Category) : null;
        if (fields["age-from"] is { } age && fields["birth-date"] is null) reader.Refuse(age, "birth-date-needed", "age-from");
        return new Population(fields.Integer("age-from", 0, OldestAge), birth, sex);
    }

    private Strata ReadStrata(Fields root, Population population)
    {
        if (root.Inner("strata", Strata) is not { } fields) return new Strata([], 0);
        var bands = new List<int>();
        foreach (var node in fields.Items("age-bands", 0))
        {
            if (reader.Integer(node, 0, OldestAge) is not { } band) continue;
            if (bands.Count > 0 && band <= bands[^1]) reader.Refuse(node, "not-ascending", "age-bands");
            else bands.Add(band);
        }

        var known = population.BirthDate is not null || (root["population"] as YamlMap)?.Has("birth-date") == true;
        if (bands.Count > 0 && !known) reader.Refuse(fields["age-bands"]!, "birth-date-needed", "age-bands");
        return new Strata(bands, fields.Integer("suppress-below", 0, 100) ?? 0);
    }

    private List<string> ReadLevels(Fields fields)
    {
        var levels = new List<string>();
        foreach (var node in fields.Items("levels"))
        {
            if (reader.Id(node) is not { } level) continue;
            if (levels.Contains(level)) reader.Refuse(node, "name-twice", level);
            else levels.Add(level);
        }

        if (levels.Count > 0 && fields.Text("unit") is { } unit && unit != levels[^1])
            reader.Refuse(fields["unit"]!, "unit-not-last", unit, ("last", levels[^1]));
        return levels;
    }

    private Trial ReadTrial(Fields fields, List<string> levels)
    {
        if (fields.Text("cluster") is { } cluster && levels.Count > 0 && !levels.Contains(cluster))
            reader.RefuseUnknown(fields["cluster"]!, "level-unknown", cluster, levels);
        var from = fields.Date("pre-implementation-from");
        var ends = fields.Date("ends");
        if (from >= ends) reader.Refuse(fields["ends"]!, "dates-reversed", "ends", ("after", "pre-implementation-from"));
        return new Trial
        {
            ClusterLevel = fields.Text("cluster") ?? "",
            PreImplementationFrom = from ?? default,
            Ends = ends ?? default,
            Waves = ReadWaves(fields, from, ends),
            Phases = ReadPhases(fields),
        };
    }

    private List<Wave> ReadWaves(Fields trial, DateOnly? from, DateOnly? ends)
    {
        var waves = new List<Wave>();
        var earliest = from;
        foreach (var (index, item) in trial.Items("waves").Index())
        {
            if (reader.Fields(item, Wave) is not { } fields) continue;
            if (fields.Integer("wave", 1, 1000) is { } number && number != index + 1)
                reader.Refuse(fields["wave"]!, "wave-number", "wave", ("expected", index + 1), ("number", number));
            if (fields.Date("initiation") is { } day)
            {
                var before = index == 0 ? "pre-implementation-from" : $"initiation ({index})";
                if (day <= earliest) reader.Refuse(fields["initiation"]!, "dates-reversed", "initiation", ("after", before));
                if (day > ends) reader.Refuse(fields["initiation"]!, "dates-reversed", "ends", ("after", "initiation"));
                earliest = day;
            }

            waves.Add(new Wave(index + 1, earliest ?? default, ReadWavePlaces(fields)));
        }

        return waves;
    }

    private List<string> ReadWavePlaces(Fields wave)
    {
        var codes = new List<string>();
        foreach (var node in wave.Items("places"))
        {
            if (reader.Text(node) is not { } code) continue;
            if (WavePlaces.Exists(p => p.Code == code))
            {
                reader.Refuse(node, "place-in-two-waves", code);
                continue;
            }

            WavePlaces.Add((node, code));
            codes.Add(code);
        }

        return codes;
    }

    private List<Phase> ReadPhases(Fields trial)
    {
        var phases = new List<Phase>();
        var items = trial.Items("phases");
        foreach (var (index, item) in items.Index())
        {
            if (reader.Fields(item, Phase) is not { } fields) continue;
            if (fields.Id("id") is { } id)
            {
                if (ReservedPhases.Contains(id)) reader.Refuse(fields["id"]!, "name-reserved", id);
                if (phases.Exists(p => p.Id == id)) reader.Refuse(fields["id"]!, "name-twice", id);
            }

            var last = index == items.Count - 1;
            var months = fields.Integer("months", 1, 1200);
            if (last && fields["months"] is { } length) reader.Refuse(length, "last-phase-goes-on", "months");
            if (!last && fields["months"] is null) reader.Refuse(item, "key-missing", "months");
            phases.Add(new Phase(fields.Map["id"] is YamlText text ? text.Value : "", months));
        }

        return phases;
    }

    /// <summary>Places of the trial must be known and of the level that was allocated; a package without places leaves that to the store.</summary>
    public void CheckPlaces(Trial? trial, IReadOnlyList<PlaceRecord> places)
    {
        if (trial is null || places.Count == 0) return;
        foreach (var (node, code) in WavePlaces)
        {
            var records = places.Where(p => p.Code == code).ToList();
            if (records.Count == 0)
                reader.RefuseUnknown(node, "place-unknown", code, places.Where(p => p.Level == trial.ClusterLevel).Select(p => p.Code).Distinct());
            else if (records.TrueForAll(p => p.Level != trial.ClusterLevel))
                reader.Refuse(node, "place-not-cluster", code, ("level", records[0].Level), ("cluster", trial.ClusterLevel));
        }
    }
}
