using System.Text.Json;
using System.Text.RegularExpressions;

namespace Escala.Architecture.Tests;

/// <summary>
/// Whoever meets a problem reads a sentence in a language of theirs. A code is a literal <c>"chapter.area.reason"</c>; one that ends in a point is
/// completed by a reason that stands as a literal of its own.
/// </summary>
public sealed partial class ProblemTextTests
{
    private static readonly string[] s_languages = ["pt", "es", "en"];

    private static readonly HashSet<string> s_codes = [.. Repository.SourceFiles().SelectMany(f => Code.Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value)).Where(IsOfChapter)];

    private static readonly HashSet<string> s_literals = [.. Repository.SourceFiles().SelectMany(f => Word.Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value))];

    private static readonly Dictionary<string, Dictionary<string, string>> s_texts = Texts();

    [GeneratedRegex("""
        "([a-z]+\.[a-z-]+\.[a-z-]*)"
        """)]
    private static partial Regex Code { get; }

    [GeneratedRegex("""
        "(-?[a-z][a-z0-9-]*)"
        """)]
    private static partial Regex Word { get; }

    [GeneratedRegex("""
        "(numerics\.[a-z-]+\.[a-z-]+)",\s*"((?:[^"\\]|\\.)*)"
        """)]
    private static partial Regex EnglishOfNumerics { get; }

    [GeneratedRegex(@"\{[A-Za-z]+\}")]
    private static partial Regex Gap { get; }

    [Fact]
    public void Every_code_has_its_sentence()
    {
        Assert.Empty(s_codes.Where(c => !c.EndsWith('.') && !s_texts.ContainsKey(c)).Order());
        Assert.Empty(s_codes.Where(c => c.EndsWith('.') && !s_texts.Keys.Any(t => t.StartsWith(c, StringComparison.Ordinal))).Order());
    }

    [Fact]
    public void Every_sentence_has_a_code_that_says_it() => Assert.Empty(s_texts.Keys.Where(t => !s_codes.Contains(t) && !IsComposed(t)).Order());

    [Fact]
    public void A_sentence_has_the_same_gaps_in_three_languages()
    {
        foreach (var (code, sentences) in s_texts)
        {
            Assert.Equal(s_languages.Order(), sentences.Keys.Order());
            var gaps = sentences.Values.Select(s => string.Join(' ', Gap.Matches(s).Select(g => g.Value).Distinct().Order(StringComparer.Ordinal))).Distinct();
            Assert.True(gaps.Count() == 1, $"{code}: {string.Join(" | ", gaps)}");
            Assert.All(sentences.Values, s => Assert.True(s.Trim().Length > 20, $"{code}: a sentence says what is wrong and what to do"));
        }
    }

    /// <summary>Escala.Numerics is used alone too, so it holds its English itself: the same that a reader of the product gets.</summary>
    [Fact]
    public void A_sentence_of_the_numerics_is_the_same_English_in_code_and_catalogue()
    {
        var said = Repository.SourceFiles().SelectMany(f => EnglishOfNumerics.Matches(File.ReadAllText(f))).Select(m => (Code: m.Groups[1].Value, English: Regex.Unescape(m.Groups[2].Value))).Distinct().ToList();
        Assert.Equal(s_texts.Keys.Where(c => c.StartsWith("numerics.", StringComparison.Ordinal)).Order(), said.Select(s => s.Code).Distinct().Order());
        Assert.Empty(said.Where(s => s_texts[s.Code]["en"] != s.English).Select(s => $"{s.Code}: {s.English}"));
    }

    private static bool IsComposed(string code) =>
        s_codes.Any(c => c.EndsWith('.') && code.StartsWith(c, StringComparison.Ordinal) && IsReason(code[c.Length..]));

    /// <summary>A literal, or one literal with another behind it that begins with a hyphen.</summary>
    private static bool IsReason(string reason) =>
        s_literals.Contains(reason) || s_literals.Any(end => end[0] == '-' && reason.EndsWith(end, StringComparison.Ordinal) && s_literals.Contains(reason[..^end.Length]));

    private static bool IsOfChapter(string code) =>
        code[..code.IndexOf('.')] != "cli" && Repository.ChapterFolders().Any(f => f.Name.Equals("Escala." + code[..code.IndexOf('.')], StringComparison.OrdinalIgnoreCase));

    private static Dictionary<string, Dictionary<string, string>> Texts()
    {
        var texts = new Dictionary<string, Dictionary<string, string>>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "problems.json", SearchOption.AllDirectories))
        {
            foreach (var (code, sentences) in JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, string>>>(File.ReadAllText(file))!) texts.Add(code, sentences);
        }

        return texts;
    }
}
