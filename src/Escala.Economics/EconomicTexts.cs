using Escala.Platform.Texts;

namespace Escala.Economics;

/// <summary>What this chapter says to people, in three languages: problems, and the words of answers and reports.</summary>
internal static class EconomicTexts
{
    private static readonly TextCatalogue s_words = TextCatalogue.From(typeof(EconomicTexts).Assembly, ".texts.json");

    public static ProblemTexts Problems { get; } = ProblemTexts.From(typeof(EconomicTexts).Assembly);

    public static string Say(Language language, string key, params ReadOnlySpan<(string Gap, object? Value)> gaps) => s_words.Say(language, key, gaps);
}
