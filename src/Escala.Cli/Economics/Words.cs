using System.Globalization;
using Escala.Cli.Stores;
using Escala.Platform.Texts;

namespace Escala.Cli.Economics;

/// <summary>What the economic commands say on a terminal, in the reader's language; JSON and CSV never pass through here.</summary>
internal static class Words
{
    private static readonly TextCatalogue s_texts = TextCatalogue.From(typeof(Words).Assembly, ".Economics.texts.json");

    public static string Say(string key, params ReadOnlySpan<(string Gap, object? Value)> gaps) => s_texts.Say(Terminal.Language, key, gaps);

    /// <summary>A number as the language writes it; a dash for what could not be computed.</summary>
    public static string Number(double? value, string format) => value is { } x && double.IsFinite(x) ? x.ToString(format, Culture) : "–";

    /// <summary>A line with numbers as the language writes them.</summary>
    public static void Line(FormattableString text) => Console.WriteLine(text.ToString(Culture));

    private static CultureInfo Culture => Terminal.Language.Culture();
}
