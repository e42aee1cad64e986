using System.Globalization;
using Escala.Cli.Stores;
using Escala.Numerics;
using Escala.Numerics.Formulas;
using Escala.Platform.Problems;
using Escala.Platform.Texts;

namespace Escala.Cli.Statistics;

/// <summary>What the statistical commands say on a terminal, in the reader's language: texts, figures, and the sentences of Escala.Numerics.</summary>
internal static class Vocabulary
{
    private static readonly TextCatalogue s_texts = TextCatalogue.From(typeof(Vocabulary).Assembly, ".Statistics.texts.json");

    // The gap of a sentence in which the library names a parameter of its own.
    private const string Parameter = "parameter";

    private static readonly Dictionary<string, string> s_options = new(StringComparer.OrdinalIgnoreCase)
    {
        ["clusterAutocorrelation"] = "--cac",
        ["individualAutocorrelation"] = "--iac",
        ["intervention"] = "--effect",
        ["standardDeviation"] = "--sd",
        ["standardError"] = "--se",
        ["count"] = "--n",
        ["minimum"] = "--min",
        ["maximum"] = "--max",
        ["intensivePeriods"] = "--phase",
        ["transitionPeriods"] = "--transition",
        ["perStratum"] = "--count",
        ["numerator"] = "--count",
        ["denominator"] = "--count",
        ["probability"] = "--probabilities",
    };

    public static CultureInfo Culture => Terminal.Language.Culture();

    public static string Say(string key, params ReadOnlySpan<(string Gap, object? Value)> gaps) => s_texts.Say(Terminal.Language, key, gaps);

    /// <summary>A sentence in the reader's language.</summary>
    public static string Say(Sentence sentence) => Say(sentence, Terminal.Language);

    public static string Say(Sentence sentence, Language language) =>
        Terminal.Problems.Sentence(new Problem(sentence.Code, sentence.Gaps.ToDictionary(g => g.Name, g => g.Name == Parameter ? Option(g.Value!.ToString()!) : Told(g.Value, language), StringComparer.Ordinal)), language);

    /// <summary>What an exception of the library says; null for the exceptions of others.</summary>
    public static Sentence? SentenceOf(Exception problem) => problem switch
    {
        UnfitInputException unfit => unfit.Sentence,
        FormulaException formula => formula.Sentence,
        _ => null,
    };

    /// <summary>A number as the language writes it; a dash for what could not be computed.</summary>
    public static string Number(double value, string format) =>
        double.IsNaN(value) ? "—" : double.IsInfinity(value) ? (value > 0 ? "∞" : "−∞") : value.ToString(format, Culture);

    /// <summary>The name of a figure, from the name of its property.</summary>
    public static string Label(string property) => Say("label." + property);

    /// <summary>The name of a method, scale or state; a word of the user's own stays as it is.</summary>
    public static string Term(string name) => s_texts.Knows("term." + name) ? Say("term." + name) : name;

    private static string Told(object? value, Language language) => value switch
    {
        Sentence inner => Say(inner, language),
        IFormattable number => number.ToString(null, language.Culture()),
        _ => value?.ToString() ?? "",
    };

    private static string Option(string parameter) => s_options.TryGetValue(parameter, out var option)
        ? option
        : "--" + string.Concat(parameter.Select((c, k) => char.IsUpper(c) ? (k > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
