using System.Text.RegularExpressions;

namespace Escala.Platform.Texts;

/// <summary>Gaps of a text: <c>{n}</c> is a value, <c>{n:row|rows}</c> the word that goes with it, the first for exactly one.</summary>
internal static partial class Gaps
{
    public static string Fill(string text, string gap, string? value, bool isOne)
    {
        text = text.Replace("{" + gap + "}", value, StringComparison.Ordinal);
        return text.Contains("{" + gap + ":", StringComparison.Ordinal)
            ? Words().Replace(text, m => m.Groups["gap"].Value != gap ? m.Value : isOne ? m.Groups["one"].Value : m.Groups["many"].Value)
            : text;
    }

    [GeneratedRegex(@"\{(?<gap>[A-Za-z]+):(?<one>[^|{}]*)\|(?<many>[^|{}]*)\}", RegexOptions.NonBacktracking)]
    private static partial Regex Words();
}
