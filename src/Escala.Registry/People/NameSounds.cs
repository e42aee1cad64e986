using System.Globalization;
using System.Text;

namespace Escala.Registry.People;

/// <summary>
/// Names as they sound in Portuguese and Spanish, whatever their accents, silent letters and order: Sousa Helena and Elena Souza are one. By the rules of
/// <c>field/src/people/sounds.ts</c>, of whose readings those of ç are taken: it sounds like s, and is typed as c where the keyboard has none.
/// </summary>
internal static class NameSounds
{
    private static readonly HashSet<string> s_between = new(StringComparer.Ordinal) { "de", "da", "do", "das", "dos", "del", "la", "las", "los", "e", "i" };

    private static readonly char[] s_separators = [' ', '\t', '\u00A0', '-', '.', ',', '\'', '’'];

    /// <summary>The words of a name in the order of the alphabet, in each reading; none for fewer than two words: one is many people's.</summary>
    public static IEnumerable<string> KeysOf(string name)
    {
        // Half a character, as a damaged file may have it, has no normal form.
        var whole = new string([.. name.ToLowerInvariant().Where(c => !char.IsSurrogate(c))]).Normalize(NormalizationForm.FormC);
        string[] readings = whole.Contains('ç', StringComparison.Ordinal) ? [whole, whole.Replace('ç', 's')] : [whole];
        return readings.Select(KeyOf).OfType<string>();
    }

    private static string? KeyOf(string name)
    {
        var words = name.Split(s_separators, StringSplitOptions.RemoveEmptyEntries).Select(SoundOf).Where(w => w.Length > 0 && !s_between.Contains(w)).Order(StringComparer.Ordinal).ToList();
        return words.Count < 2 ? null : string.Join(' ', words);
    }

    private static string SoundOf(string word)
    {
        var letters = LettersOf(word);
        var sound = new StringBuilder();
        for (var i = 0; i < letters.Length; i++)
        {
            char At(int ahead) => i + ahead < letters.Length ? letters[i + ahead] : '\0';
            // The u of que, qui, gue and gui is silent.
            var isSilent = At(1) == 'u' && At(2) is 'e' or 'i';
            var heard = letters[i] switch
            {
                'p' when At(1) == 'h' => 'f',
                'c' or 's' when At(1) == 'h' => 'x',
                'q' => 'k',
                'c' => At(1) is 'e' or 'i' or 'y' ? 's' : 'k',
                'g' => At(1) is 'e' or 'i' or 'y' ? 'j' : 'g',
                'v' or 'w' => 'b',
                'z' => 's',
                'y' => 'i',
                var other => other,
            };
            if (letters[i] is 'q' or 'g' && isSilent) i++;
            if (heard != 'h' && (sound.Length == 0 || sound[^1] != heard)) sound.Append(heard);
        }

        if (sound.Length > 0 && sound[^1] == 'm') sound[^1] = 'n';
        return sound.ToString();
    }

    private static string LettersOf(string word)
    {
        var letters = new StringBuilder();
        foreach (var letter in word.Normalize(NormalizationForm.FormD))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(letter) != UnicodeCategory.NonSpacingMark && char.IsAsciiLetterLower(letter)) letters.Append(letter);
        }

        return letters.ToString();
    }
}
