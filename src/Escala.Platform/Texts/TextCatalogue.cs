using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;

namespace Escala.Platform.Texts;

/// <summary>
/// The words of one area of the product in the three languages, from an embedded <c>texts.json</c>:
/// <c>{"key": {"pt": "…{gap}…", "es": …, "en": …}}</c>; <c>{gap:row|rows}</c> is the word that goes with a number.
/// </summary>
public sealed class TextCatalogue
{
    private readonly FrozenDictionary<string, LocalText> _texts;

    private TextCatalogue(IEnumerable<KeyValuePair<string, LocalText>> texts) => _texts = texts.ToFrozenDictionary(StringComparer.Ordinal);

    public IEnumerable<KeyValuePair<string, LocalText>> Texts => _texts;

    /// <summary>The texts of the resources of an assembly whose names end so; a key may stand in one of them only.</summary>
    public static TextCatalogue From(Assembly assembly, string ending) => new(Read(assembly, ending));

    public bool Knows(string key) => _texts.ContainsKey(key);

    /// <summary>The text with its gaps filled; numbers and dates as the language writes them. A missing key is a bug.</summary>
    public string Say(Language language, string key, params ReadOnlySpan<(string Gap, object? Value)> gaps)
    {
        var text = _texts.TryGetValue(key, out var found) ? found.In(language) : throw new KeyNotFoundException($"No text '{key}'");
        foreach (var (gap, value) in gaps)
        {
            text = Gaps.Fill(text, gap, Convert.ToString(value, language.Culture()), value is 1 or 1L or 1m);
        }

        return text;
    }

    internal static IEnumerable<KeyValuePair<string, LocalText>> Read(Assembly assembly, string ending)
    {
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.EndsWith(ending, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var read = JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, string>>>(stream)!;
            foreach (var (key, text) in read) yield return KeyValuePair.Create(key, new LocalText(text["pt"], text["es"], text["en"]));
        }
    }
}
