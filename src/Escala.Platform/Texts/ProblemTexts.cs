using System.Collections.Frozen;
using Escala.Platform.Problems;

namespace Escala.Platform.Texts;

/// <summary>
/// The sentences of problems, from the <c>Texts/problems.json</c> that each chapter embeds:
/// <c>{"code": {"pt": "…{line}…", "es": …, "en": …}}</c>. A sentence says what is wrong, where, and what to do.
/// </summary>
public sealed class ProblemTexts
{
    private readonly FrozenDictionary<string, LocalText> _texts;

    private ProblemTexts(IEnumerable<KeyValuePair<string, LocalText>> texts) => _texts = texts.ToFrozenDictionary(StringComparer.Ordinal);

    public IEnumerable<string> Codes => _texts.Keys;

    public static ProblemTexts From(params IEnumerable<System.Reflection.Assembly> chapters) =>
        new(chapters.SelectMany(chapter => TextCatalogue.Read(chapter, ".problems.json")));

    public bool Knows(string code) => _texts.ContainsKey(code);

    public string Sentence(Problem problem, Language language)
    {
        if (!_texts.TryGetValue(problem.Code, out var text)) return problem.ToString();
        var sentence = text.In(language);
        foreach (var (key, value) in problem.Details) sentence = Gaps.Fill(sentence, key, value, value == "1");
        return sentence;
    }
}
