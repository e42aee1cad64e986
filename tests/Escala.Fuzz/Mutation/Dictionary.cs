using System.Text;
using System.Text.RegularExpressions;

namespace Escala.Fuzz.Mutation;

/// <summary>Words to put into inputs: what troubles readers everywhere, the target's own, and those of its seeds.</summary>
internal static class Dictionary
{
    private const int MostWords = 600, LongestWord = 32;

    private static readonly string[] s_everywhere =
    [
        "\0", "\uFEFF", "\r\n", "\r", "\n", "\t", "\"", "\"\"", "'", ",", ";", "|", "é", "ß", "İ", "\u2028", "\U0001F600", "=1+1", "@SUM(A1)", "-2+3", "<script>alert(1)</script>",
        "0", "-1", "1", "1e308", "NaN", "Infinity", "0x10", "99999999999999999999", "2147483648", "-9223372036854775808", "0.1", "1,5", "2025-02-30", "0001-01-01", "9999-12-31", "1900-01-00",
        "29/02/2024", "12/31/2024", "2024-02-29T23:59:60Z", "true", "null", "", " ", "{", "}", "[", "]", "(", ")", ":", ": ", "- ", "#", "&a", "*a", "!!", "%", "\\", "/", "../", "<", ">", "&amp;", "{n}", "{0}",
    ];

    private static readonly byte[][] s_bytes = [[0xFF], [0xC3], [0xC3, 0x28], [0xED, 0xA0, 0x80], [0xFF, 0xFE], [0xFE, 0xFF], [0xEF, 0xBB, 0xBF], [0xE2, 0x82], [0xF0, 0x9F, 0x98]];

    public static IReadOnlyList<byte[]> For(Target target)
    {
        var own = target.Seeds.SelectMany(s => Regex.Matches(Encoding.UTF8.GetString(s), @"[\w.\-]+|[^\w\s]+", RegexOptions.NonBacktracking).Select(m => m.Value));
        var words = s_everywhere.Concat(target.Words).Concat(own).Where(w => w.Length is > 0 and <= LongestWord).Distinct(StringComparer.Ordinal).Take(MostWords);
        return [.. words.Select(Encoding.UTF8.GetBytes), .. s_bytes];
    }
}
