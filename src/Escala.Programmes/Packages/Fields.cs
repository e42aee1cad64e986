using Escala.Platform.Texts;

namespace Escala.Programmes.Packages;

/// <summary>The values of one mapping by key. A key that is absent gives null: where it must not be, <see cref="NodeReader.Fields"/> has told.</summary>
internal sealed class Fields(NodeReader reader, YamlMap map, Shape shape)
{
    public static readonly Shape LocalText = new("text", ["en", "pt", "es"], []);

    private static readonly Choice<bool> s_booleans = new("boolean", ("true", true), ("false", false));

    public YamlMap Map => map;

    public YamlNode? this[string key] => shape.Keys.Contains(key) ? map[key] : throw new ArgumentException("Not a key of " + shape.Name, nameof(key));

    public string? Text(string key) => this[key] is { } node ? reader.Text(node) : null;

    public string? Id(string key) => this[key] is { } node ? reader.Id(node) : null;

    public int? Integer(string key, int least, int most) => this[key] is { } node ? reader.Integer(node, least, most) : null;

    public decimal? Number(string key) => this[key] is { } node ? reader.Number(node) : null;

    public DateOnly? Date(string key) => this[key] is { } node ? reader.Date(node) : null;

    public T? Word<T>(string key, Choice<T> choice)
        where T : struct => this[key] is { } node ? reader.Word(node, choice) : null;

    public bool? Boolean(string key) => Word(key, s_booleans);

    /// <summary>The items of a list, empty where the key is absent or no list.</summary>
    public IReadOnlyList<YamlNode> Items(string key, int least = 1) => this[key] is { } node ? reader.List(node, least) ?? [] : [];

    public IReadOnlyList<YamlEntry> Entries(string key) => this[key] is { } node ? reader.Map(node)?.Entries ?? [] : [];

    public Fields? Inner(string key, Shape of) => this[key] is { } node ? reader.Fields(node, of) : null;

    public LocalText? Local(string key)
    {
        if (Inner(key, LocalText) is not { } texts) return null;
        return texts.Text("pt") is { } pt && texts.Text("es") is { } es && texts.Text("en") is { } en ? new LocalText(pt, es, en) : null;
    }
}
