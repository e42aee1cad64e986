using System.Globalization;
using System.Text;
using Escala.Programmes.Packages;

namespace Escala.Capture.Proposals;

/// <summary>How much a column's name says what a name of the package says, in whichever language, spelling or order.</summary>
internal static class ColumnWords
{
    /// <summary>From this likeness on a name means a column beyond doubt.</summary>
    public const double Sure = 0.85;

    private const int LongEnoughToMisspell = 5, LongEnoughToCut = 5, SameStem = 6;
    private const double MostOfTheWord = 0.7;

    // What clinics write for one thing, a line each: beginnings of words, or short forms.
    private static readonly string[][] s_same = ReadSame();

    private static readonly HashSet<string> s_empty = new(StringComparer.Ordinal) { "de", "do", "da", "dos", "das", "del", "la", "el", "los", "las", "of", "the", "in", "on", "em", "en", "e", "y", "o", "a", "form", "properties" };

    /// <summary>1: the same words. From 0.9: one of them says all of the other's. 0: nothing in common.</summary>
    public static double Likeness(string column, string name)
    {
        var wanted = Of(name);
        if (wanted.Count == 0) return 0;
        // Groups of questions stand before the question: form.bp.weight, bp-weight, bp/weight.
        var last = column[(column.LastIndexOfAny(['.', '/', ':']) + 1)..];
        return Math.Max(Likeness(Of(last), wanted), 0.95 * Likeness(Of(column), wanted));
    }

    /// <summary>The best of several names, and how like it is.</summary>
    public static (double Likeness, string Name) Best(string column, IEnumerable<string> names) =>
        names.Select(n => (Likeness(column, n), n)).OrderByDescending(n => n.Item1).FirstOrDefault();

    /// <summary>What tells readings of one kind apart: bp_sbp_2 without sbp is bp 2.</summary>
    public static string Without(string column, IEnumerable<string> names)
    {
        var said = names.SelectMany(Of).ToList();
        return string.Join(' ', Split(column).Where(w => !said.Any(s => IsLike(w, s))));
    }

    private static double Likeness(List<string> column, List<string> wanted)
    {
        if (column.Count == 0) return 0;
        var met = wanted.Count(w => column.Any(c => IsLike(c, w)));
        var said = column.Count(c => wanted.Any(w => IsLike(c, w)));
        if (met == wanted.Count) return said == column.Count ? 1 : 0.9;
        if (said == column.Count) return 0.5 + (0.35 * met / wanted.Count);
        return 0.8 * met / (wanted.Count + column.Count - said);
    }

    private static bool IsLike(string a, string b)
    {
        if (a == b || s_same.Any(s => Says(a, s) && Says(b, s))) return true;
        var (shorter, longer) = a.Length < b.Length ? (a, b) : (b, a);
        if (shorter.Length >= LongEnoughToCut && longer.StartsWith(shorter, StringComparison.Ordinal)) return true;
        // Diagnóstico is diagnosticada, whatever the ending.
        var stem = shorter.Zip(longer).TakeWhile(l => l.First == l.Second).Count();
        if (stem >= SameStem && stem >= MostOfTheWord * longer.Length) return true;
        return shorter.Length >= LongEnoughToMisspell && Nearest.Edits(a, b) <= 1;
    }

    private static string[][] ReadSame()
    {
        using var reader = new StreamReader(typeof(ColumnWords).Assembly.GetManifestResourceStream("Escala.Capture.Proposals.Packs.same-words.txt")!);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
    }

    private static bool Says(string word, string[] same) => same.Any(s => word == s || (s.Length >= LongEnoughToCut && word.StartsWith(s, StringComparison.Ordinal)));

    private static List<string> Of(string text) => [.. Split(text).Where(w => !s_empty.Contains(w) && !w.All(char.IsDigit))];

    /// <summary>Words in small letters without accents; a number behind a word is one of its own.</summary>
    private static IEnumerable<string> Split(string text)
    {
        var word = new StringBuilder();
        var before = ' ';
        foreach (var letter in text.Normalize(NormalizationForm.FormD))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(letter) == UnicodeCategory.NonSpacingMark) continue;
            if (!char.IsLetterOrDigit(letter) || char.IsDigit(letter) != char.IsDigit(before) || (char.IsUpper(letter) && char.IsLower(before)))
            {
                if (word.Length > 0) yield return word.ToString();
                word.Clear();
            }

            if (char.IsLetterOrDigit(letter)) word.Append(char.ToLowerInvariant(letter));
            before = letter;
        }

        if (word.Length > 0) yield return word.ToString();
    }
}
