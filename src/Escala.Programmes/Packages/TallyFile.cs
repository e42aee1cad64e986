using Escala.Programmes.Facts;

namespace Escala.Programmes.Packages;

/// <summary>tallies/NAME.yaml: how a file with counts of facilities is read. Which steps there are is known once the measures are.</summary>
internal sealed class TallyFile(NodeReader reader, IReadOnlyCollection<string> steps, TimeZoneInfo local)
{
    /// <summary>Name of the published schema.</summary>
    public const string Name = "tally.yaml";

    public const string NameKey = "tally";

    public static readonly Shape Root = new("tally", [NameKey, "version", "name", "recognise", "facility", "window"], ["register", "missing", "sheet", "header", "long", "wide"]);
    public static readonly Shape Facility = new("facility", ["column"], ["is", "names"]);
    public static readonly Shape Column = new("column", ["column"], []);
    public static readonly Shape Long = new("long", ["step", "numerator", "denominator"], ["steps"]);
    public static readonly Shape Pair = new("pair", ["numerator", "denominator"], []);

    public TallyMapping? Read(YamlNode? root)
    {
        if (root is null || reader.Fields(root, Root) is not { } fields) return null;
        var facility = fields.Inner("facility", Facility);
        var lengthwise = fields.Inner("long", Long);
        if (lengthwise is null == fields["wide"] is null) reader.Refuse(fields.Map, "tally-shape");
        List<StepColumns> wide = [.. fields.Entries("wide").Where(e => KnowsStep(e.Key)).Select(e => ReadPair(e.Key.Value, reader.Fields(e.Value, Pair))).OfType<StepColumns>()];
        return new TallyMapping
        {
            Name = fields.Id(NameKey) ?? "",
            Version = fields.Integer("version", 1, int.MaxValue) ?? 0,
            Title = fields.Local("name")!,
            Recognised = [.. fields.Items("recognise").Select(reader.Text).OfType<string>()],
            Sheet = fields.Text("sheet"),
            Header = fields.Integer("header", 1, Mapping.MostHeader),
            FacilityColumn = facility?.Text("column") ?? "",
            WindowColumn = fields.Inner("window", Column)?.Text("column") ?? "",
            RegisterColumn = fields.Inner("register", Column)?.Text("column"),
            StepColumn = lengthwise?.Text("step"),
            StepWords = lengthwise is null ? new Dictionary<string, string>() : ReadSteps(lengthwise),
            Steps = lengthwise is null ? wide : ReadPair("", lengthwise) is { } pair ? [pair] : [],
            Words = new SourceWords
            {
                Identifiers = [],
                Missing = [.. fields.Items("missing").Select(reader.Text).OfType<string>()],
                FacilityIsName = facility?.Word("is", MappingFile.FacilityWords) ?? false,
                FacilityNames = facility is null ? new Dictionary<string, string>() : Names(facility),
                Zone = null,
                Local = local,
            },
        };
    }

    private static StepColumns? ReadPair(string step, Fields? pair) =>
        pair?.Text("numerator") is { } numerator && pair.Text("denominator") is { } denominator ? new StepColumns(step, numerator, denominator) : null;

    /// <summary>The source's words by step: <c>{screened: [Rastreados]}</c>.</summary>
    private Dictionary<string, string> ReadSteps(Fields lengthwise)
    {
        var words = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (step, said) in lengthwise.Entries("steps").Where(e => KnowsStep(e.Key)))
        {
            foreach (var word in (reader.List(said) ?? []).Select(reader.Text).OfType<string>()) words[word] = step.Value;
        }

        return words;
    }

    private Dictionary<string, string> Names(Fields facility)
    {
        var names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, code) in facility.Entries("names"))
        {
            if (reader.Text(name) is { } from && reader.Text(code) is { } to) names[from] = to;
        }

        return names;
    }

    private bool KnowsStep(YamlText step)
    {
        if (steps.Contains(step.Value)) return true;
        reader.RefuseUnknown(step, "step-unknown", step.Value, steps);
        return false;
    }
}
