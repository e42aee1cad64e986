using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Escala.Capture.Forms.Expressions;

/// <summary>Compiled expressions as JSON (<c>programmes/form.schema.json</c>).</summary>
internal static class ExprJson
{
    /// <summary>Arrays within arrays: twice the depth of an expression, and the definition around it.</summary>
    public const int MostDepth = 400;

    public static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = MostDepth };

    public static string Text(Expr expression)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Writing)) Write(writer, expression);
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    public static void Write(Utf8JsonWriter writer, Expr expression)
    {
        switch (expression)
        {
            case NumberLiteral number:
                writer.WriteNumberValue(number.Value);
                break;
            case TextLiteral text:
                writer.WriteStringValue(text.Value);
                break;
            case TruthLiteral truth:
                writer.WriteBooleanValue(truth.Value);
                break;
            case PatternLiteral pattern:
                WritePattern(writer, pattern.Pattern);
                break;
            case Operation operation:
                writer.WriteStartArray();
                writer.WriteStringValue(operation.Operator);
                foreach (var argument in operation.Arguments) Write(writer, argument);
                writer.WriteEndArray();
                break;
        }
    }

    /// <exception cref="FormatException">It is no compiled expression.</exception>
    public static Expr Read(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Number => new NumberLiteral(json.GetDouble()),
        JsonValueKind.String => new TextLiteral(json.GetString()!),
        JsonValueKind.True or JsonValueKind.False => new TruthLiteral(json.GetBoolean()),
        JsonValueKind.Array when json.GetArrayLength() > 0 && json[0].ValueKind == JsonValueKind.String => json[0].GetString() == "pattern"
            ? new PatternLiteral(ReadPattern(json))
            : new Operation(json[0].GetString()!, [.. json.EnumerateArray().Skip(1).Select(Read)]),
        _ => throw new FormatException("no expression"),
    };

    private static void WritePattern(Utf8JsonWriter writer, Pattern pattern)
    {
        writer.WriteStartArray();
        writer.WriteStringValue("pattern");
        foreach (var step in pattern.Steps)
        {
            writer.WriteStartArray();
            writer.WriteStringValue(step.Action switch
            {
                PatternAction.Read => step.Set!.Negated ? "not" : "set",
                PatternAction.Split => "split",
                PatternAction.Jump => "jump",
                PatternAction.AtStart => "start",
                PatternAction.AtEnd => "end",
                _ => "match",
            });
            if (step.Action == PatternAction.Read)
            {
                foreach (var (from, to) in step.Set!.Ranges)
                {
                    writer.WriteNumberValue(from);
                    writer.WriteNumberValue(to);
                }

                foreach (var category in step.Set.Categories) writer.WriteStringValue(category);
            }

            if (step.Action is PatternAction.Split or PatternAction.Jump) writer.WriteNumberValue(step.First);
            if (step.Action is PatternAction.Split) writer.WriteNumberValue(step.Second);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private static Pattern ReadPattern(JsonElement json)
    {
        var steps = json.EnumerateArray().Skip(1).Select(ReadStep).ToList();
        // Every step leads to one that exists, and the last one ends: the machine cannot leave its program.
        var inside = steps.Count is > 0 and <= Pattern.MostSteps && steps[^1].Action == PatternAction.Match
            && steps.TrueForAll(s => s.First >= 0 && s.First < steps.Count && s.Second >= 0 && s.Second < steps.Count);
        return inside ? new Pattern(steps) : throw new FormatException("no pattern");
    }

    private static PatternStep ReadStep(JsonElement json)
    {
        var name = json[0].GetString();
        return name switch
        {
            "set" or "not" => new PatternStep(PatternAction.Read, ReadSet(json, name == "not")),
            "split" => new PatternStep(PatternAction.Split, null, json[1].GetInt32(), json[2].GetInt32()),
            "jump" => new PatternStep(PatternAction.Jump, null, json[1].GetInt32()),
            "start" => new PatternStep(PatternAction.AtStart),
            "end" => new PatternStep(PatternAction.AtEnd),
            "match" => new PatternStep(PatternAction.Match),
            _ => throw new FormatException("no step"),
        };
    }

    private static CharacterSet ReadSet(JsonElement json, bool negated)
    {
        var numbers = json.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.Number).Select(e => e.GetInt32()).ToList();
        var categories = json.EnumerateArray().Skip(1).Where(e => e.ValueKind == JsonValueKind.String).Select(e => e.GetString()!).ToList();
        if (numbers.Count % 2 != 0 || !categories.TrueForAll(c => PatternParser.IsCategory(c.TrimStart('^')))) throw new FormatException("no set");
        return new CharacterSet(negated, [.. numbers.Chunk(2).Select(p => (p[0], p[1]))], categories);
    }
}
