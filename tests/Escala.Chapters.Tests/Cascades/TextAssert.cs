using System.Text.RegularExpressions;
using Escala.Platform.Texts;

namespace Escala.Chapters.Tests.Cascades;

internal static partial class TextAssert
{
    /// <summary>All three languages say something, and fill the same gaps.</summary>
    public static void Whole(string key, LocalText text)
    {
        var english = Gaps(text.En);
        foreach (var language in (string[])[text.Pt, text.Es, text.En])
        {
            Assert.False(string.IsNullOrWhiteSpace(language), key);
            Assert.Equal(english, Gaps(language));
            Assert.DoesNotMatch(@"\{[^}]*\{", language.Replace("{n}", "", StringComparison.Ordinal));
        }
    }

    private static string Gaps(string text) => string.Join(' ', Gap().Matches(text).Select(m => m.Value).Order(StringComparer.Ordinal).Distinct());

    [GeneratedRegex(@"\{[A-Za-z]+\}")]
    private static partial Regex Gap();
}
