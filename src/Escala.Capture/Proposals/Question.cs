using Escala.Platform.Texts;

namespace Escala.Capture.Proposals;

/// <summary>What a file cannot tell and somebody must.</summary>
/// <param name="Key">Where the answer stands in the mapping: <c>person.of</c>.</param>
/// <param name="Sentence">In the reader's language.</param>
/// <param name="Choices">The answers that there are; none where it is free.</param>
/// <param name="Several">Some of the choices, with commas between.</param>
public sealed record Question(string Key, string Sentence, IReadOnlyList<string> Choices, bool Several = false)
{
    /// <summary>The answer as it is written in the mapping, or null when it is none of the choices.</summary>
    public IReadOnlyList<string>? Read(string answer)
    {
        var said = Several ? answer.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : [answer.Trim()];
        if (said.Length == 0 || said[0].Length == 0) return null;
        if (Choices.Count == 0) return said;
        var read = said.Select(s => Choices.FirstOrDefault(c => c == s) ?? Choices.FirstOrDefault(c => string.Equals(c, s, StringComparison.OrdinalIgnoreCase))).ToList();
        return read.All(r => r is not null) ? [.. read.Select(r => r!)] : null;
    }
}

/// <summary>Puts the questions of a proposal, and keeps those that nobody answered.</summary>
internal sealed class Interview(Language language, Func<Question, string?> answer)
{
    /// <summary>Instead of a column: none.</summary>
    public const string None = "-";

    private static readonly TextCatalogue s_texts = TextCatalogue.From(typeof(Interview).Assembly, ".Proposals.texts.json");

    private readonly List<Question> _open = [];

    public IReadOnlyList<Question> Open => _open;

    public Language Language => language;

    public string Say(string key, params ReadOnlySpan<(string Gap, object? Value)> gaps) => s_texts.Say(language, key, gaps);

    /// <summary>The answer, or null when there is none: then the draft carries the question.</summary>
    public IReadOnlyList<string>? Ask(Question question)
    {
        var said = answer(question) is { } text ? question.Read(text) : null;
        if (said is null) _open.Add(question);
        return said;
    }
}
