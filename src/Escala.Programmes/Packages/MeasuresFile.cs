using Escala.Programmes.Measures;

namespace Escala.Programmes.Packages;

/// <summary>measures.yaml: named values and conditions, the measures composed of them, and the cascade that shows them.</summary>
internal sealed class MeasuresFile(NodeReader reader, FactTable facts, string programme, bool hasBirthDate, string source)
{
    public const string Name = "measures.yaml";
    public const string BestQuarter = "best-quarter";

    public static readonly Shape Root = new("measures", ["measures", "cascade"], ["values", "conditions"]);
    public static readonly Shape Measure = new("measure", ["version", "name", "text", "numerator"], ["anchor", "denominator", "known"]);
    public static readonly Shape Cascade = new("cascade", ["id", "name", "steps", "end", "target"], ["above", "beside", "indicators"]);
    public static readonly Shape Step = new("step", ["measure", "kind"], []);
    public static readonly Shape AnchorEach = new("anchor-each", ["each"], []);
    public static readonly Shape AnchorFirst = new("anchor-first", ["first"], ["plus-days"]);

    public static readonly Choice<StepKind> Kinds = new("kind", ("service", StepKind.Service), ("yield", StepKind.Yield));

    private readonly string[] _lines = source.ReplaceLineEndings("\n").Split('\n');
    private readonly Dictionary<string, Measure?> _measures = new(StringComparer.Ordinal);

    public (MeasureSet Measures, Cascade? Cascade)? Read(YamlNode? root)
    {
        if (root is null || reader.Fields(root, Root) is not { } fields) return null;
        var unfolding = new Unfolding(reader);
        var values = new Definitions(reader, unfolding, "value", Named(fields.Entries("values"), ValueReader.Words));
        var conditions = new Definitions(reader, unfolding, "condition", Named(fields.Entries("conditions"), RegisterFile.ReservedNames));
        var valueReader = new ValueReader(reader, facts, unfolding, values);
        var conditionReader = new ConditionReader(reader, facts, unfolding, conditions, valueReader, hasBirthDate);
        CheckDefinitions(values, conditions, valueReader, conditionReader);

        foreach (var (key, value) in fields.Entries("measures"))
        {
            var id = reader.Id(key);
            unfolding.Restart();
            var measure = ReadMeasure(id ?? key.Value, value, conditionReader);
            _measures[key.Value] = measure is null ? null : measure with { Source = SourceOf(new YamlEntry(key, value), unfolding.Restart(), conditions) };
        }

        var cascade = fields.Inner("cascade", Cascade) is { } shown ? ReadCascade(shown) : null;
        return (new MeasureSet([.. _measures.Values.OfType<Measure>()]), cascade);
    }

    private List<YamlEntry> Named(IReadOnlyList<YamlEntry> entries, IReadOnlyList<string> reserved)
    {
        foreach (var (key, _) in entries)
        {
            if (reader.Id(key) is { } name && reserved.Contains(name)) reader.Refuse(key, "name-reserved", name);
        }

        return [.. entries];
    }

    /// <summary>What no measure uses is read as well: a mistake there waits for its first user.</summary>
    private static void CheckDefinitions(Definitions values, Definitions conditions, ValueReader valueReader, ConditionReader conditionReader)
    {
        foreach (var (key, _) in values.Entries) values.Read(key, valueReader.Read);
        foreach (var (key, value) in conditions.Entries)
        {
            if (ConditionReader.IsDay(value)) conditions.Read(key, conditionReader.ReadDay);
            else conditions.Read(key, conditionReader.Read);
        }
    }

    private Measure? ReadMeasure(string id, YamlNode node, ConditionReader conditions)
    {
        if (reader.Fields(node, Measure) is not { } fields) return null;
        var version = fields.Integer("version", 1, int.MaxValue);
        var name = fields.Local("name");
        var text = fields.Local("text");
        var anchor = fields["anchor"] is { } anchored ? conditions.ReadAnchor(anchored, AnchorEach, AnchorFirst) : new Anchor.EachVisit();
        var denominator = fields["denominator"] is { } of ? conditions.Read(of) : null;
        var known = fields["known"] is { } knownNode ? conditions.Read(knownNode) : null;
        var numerator = fields["numerator"] is { } passed ? conditions.Read(passed) : null;
        if (version is null || name is null || text is null || anchor is null || numerator is null) return null;
        return new Measure
        {
            Id = id,
            Version = version.Value,
            Definition = $"{programme}/{id}@{version}",
            Name = name,
            Text = text,
            Anchor = anchor,
            Denominator = denominator,
            Known = known,
            Numerator = numerator,
            Source = "",
        };
    }

    /// <summary>The measure's lines, then those of every named condition and value it rests on: what fixes its figures.</summary>
    private string SourceOf(YamlEntry measure, Unfolding.Extent rests, Definitions conditions)
    {
        var text = new List<string>();
        Copy(measure, text);
        foreach (var section in rests.Names.OrderBy(e => e.Key.Line).GroupBy(conditions.Entries.Contains).OrderByDescending(g => g.Key))
        {
            text.Add(section.Key ? "# conditions" : "# values");
            foreach (var entry in section) Copy(entry, text);
        }

        return string.Join('\n', text) + "\n";
    }

    private void Copy(YamlEntry entry, List<string> text)
    {
        for (var line = entry.Key.Line; line <= Math.Min(entry.Value.LastLine, _lines.Length); line++)
        {
            var indented = _lines[line - 1];
            var indent = Math.Min(entry.Key.Column - 1, indented.Length - indented.TrimStart().Length);
            text.Add(indented[indent..].TrimEnd());
        }
    }

    private Cascade ReadCascade(Fields fields)
    {
        var steps = new List<CascadeStep>();
        var stepNames = new List<string>();
        foreach (var item in fields.Items("steps"))
        {
            if (reader.Fields(item, Step) is not { } step) continue;
            var kind = step.Word("kind", Kinds);
            if (step.Text("measure") is not { } name) continue;
            if (stepNames.Contains(name)) reader.Refuse(step["measure"]!, "name-twice", name);
            stepNames.Add(name);
            if (Find(step["measure"]!) is { } measure && kind is { } of) steps.Add(new CascadeStep(measure, of));
        }

        var indicators = FindAll(fields, "indicators");
        var above = FindAll(fields, "above");
        foreach (var node in fields.Items("above", 0).OfType<YamlText>().Where(n => _measures.ContainsKey(n.Value)))
        {
            if (!fields.Items("indicators", 0).OfType<YamlText>().Any(i => i.Value == node.Value)) reader.Refuse(node, "above-not-indicator", node.Value);
        }

        return new Cascade
        {
            Id = fields.Id("id") ?? "",
            Name = fields.Local("name")!,
            Steps = steps,
            Above = above,
            Indicators = indicators,
            End = FindStep(fields, "end", stepNames)!,
            Beside = FindStep(fields, "beside", stepNames),
            Target = ReadTarget(fields),
        };
    }

    private double? ReadTarget(Fields fields)
    {
        if (fields["target"] is not { } node || node is YamlText { Value: BestQuarter }) return null;
        if (reader.Number(node) is not { } target) return null;
        if (target is > 0 and <= 1) return (double)target;
        reader.Refuse(node, "proportion-expected", "target");
        return null;
    }

    private List<Measure> FindAll(Fields fields, string key)
    {
        var found = new List<Measure>();
        foreach (var node in fields.Items(key, 0))
        {
            if (Find(node) is not { } measure) continue;
            if (found.Contains(measure)) reader.Refuse(node, "name-twice", measure.Id);
            else found.Add(measure);
        }

        return found;
    }

    private Measure? FindStep(Fields fields, string key, List<string> steps)
    {
        if (fields[key] is not { } node || Find(node) is not { } measure) return null;
        if (steps.Contains(measure.Id)) return measure;
        reader.RefuseUnknown(node, "step-unknown", measure.Id, steps);
        return null;
    }

    private Measure? Find(YamlNode node)
    {
        if (reader.Text(node) is not { } name) return null;
        if (!_measures.TryGetValue(name, out var measure)) reader.RefuseUnknown(node, "measure-unknown", name, _measures.Keys);
        return measure;
    }
}
