using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Escala.Programmes.Packages;

namespace Escala.Chapters.Tests.Programmes;

/// <summary>As much of JSON Schema (draft 7) as the published schemas use; a word that it does not know fails the test.</summary>
internal sealed class SchemaCheck(JsonObject root)
{
    public static SchemaCheck Of(string file) =>
        new(JsonNode.Parse(File.ReadAllText(Repository.PathTo("programmes", Path.GetFileNameWithoutExtension(file) + ".schema.json")))!.AsObject());

    public JsonObject Root => root;

    public bool Accepts(YamlNode node) => Holds(root, node);

    private bool Holds(JsonObject schema, YamlNode node) => schema.All(word => word.Key switch
    {
        "$schema" or "title" or "description" or "definitions" => true,
        "$ref" => Holds(root["definitions"]![word.Value!.GetValue<string>()["#/definitions/".Length..]]!.AsObject(), node),
        "type" => Strings(word.Value!).Any(type => IsOf(type, node)),
        "const" => Same(word.Value!, node),
        "enum" => word.Value!.AsArray().Any(v => Same(v!, node)),
        "anyOf" => word.Value!.AsArray().Any(s => Holds(s!.AsObject(), node)),
        "pattern" => node is not YamlText text || Regex.IsMatch(text.Value, word.Value!.GetValue<string>(), RegexOptions.None, TimeSpan.FromSeconds(5)),
        "maxLength" => node is not YamlText text || text.Value.Length <= word.Value!.GetValue<int>(),
        "minimum" => Number(node) is not { } n || n >= word.Value!.GetValue<decimal>(),
        "maximum" => Number(node) is not { } n || n <= word.Value!.GetValue<decimal>(),
        "exclusiveMinimum" => Number(node) is not { } n || n > word.Value!.GetValue<decimal>(),
        "exclusiveMaximum" => Number(node) is not { } n || n < word.Value!.GetValue<decimal>(),
        "minItems" => node is not YamlList list || list.Items.Count >= word.Value!.GetValue<int>(),
        "maxItems" => node is not YamlList list || list.Items.Count <= word.Value!.GetValue<int>(),
        "items" => node is not YamlList list || list.Items.All(i => Holds(word.Value!.AsObject(), i)),
        "minProperties" => node is not YamlMap map || map.Entries.Count >= word.Value!.GetValue<int>(),
        "maxProperties" => node is not YamlMap map || map.Entries.Count <= word.Value!.GetValue<int>(),
        "required" => node is not YamlMap map || Strings(word.Value!).All(map.Has),
        "propertyNames" => node is not YamlMap map || map.Entries.All(e => Holds(word.Value!.AsObject(), e.Key)),
        "properties" => node is not YamlMap map || map.Entries.All(e => word.Value![e.Key.Value] is not { } of || Holds(of.AsObject(), e.Value)),
        "additionalProperties" => node is not YamlMap map || map.Entries.Where(e => schema["properties"]?[e.Key.Value] is null)
            .All(e => word.Value is JsonObject of && Holds(of, e.Value)),
        _ => throw new NotSupportedException(word.Key),
    });

    public static IEnumerable<string> Strings(JsonNode node) => node is JsonArray many ? many.Select(v => v!.ToString()) : [node.ToString()];

    private static bool IsOf(string type, YamlNode node) => type switch
    {
        "object" => node is YamlMap,
        "array" => node is YamlList,
        "boolean" => node is YamlText { Value: "true" or "false" },
        "integer" => Number(node) is { } n && decimal.IsInteger(n),
        "number" => Number(node) is not null,
        _ => node is YamlText && Number(node) is null,
    };

    private static bool Same(JsonNode value, YamlNode node) => node is YamlText text && text.Value == value.ToString();

    private static decimal? Number(YamlNode node) =>
        node is YamlText text && decimal.TryParse(text.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var n) ? n : null;
}
