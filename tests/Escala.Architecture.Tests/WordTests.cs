using System.Text.RegularExpressions;

namespace Escala.Architecture.Tests;

/// <summary>A programme is files: no disease stands in the code. And the names of types say what they are.</summary>
public sealed partial class WordTests
{
    [GeneratedRegex(
        @"\b(hyperten\w*|hipertens\w*|htn|hiv|vih|sida|plhiv|diabet\w*|blood.?pressure|(tens[ãa]o|presi[óo]n) arterial|systolic|diastolic|sist[óo]lica|diast[óo]lica|viral|cd4|antiretrovir\w*|antirretrovir\w*|arv"
        + @"|tubercul\w*|malaria|mal[áa]ria|paludismo|cancer|c[âa]ncer|cardiovascular|cvd|dengue|cholera|c[óo]lera|asthma|asma|depression|depress[ãa]o|depresi[óo]n)\b",
        RegexOptions.IgnoreCase)]
    // "stroke" is left out: it is how SVG names a line.
    private static partial Regex Disease { get; }

    [GeneratedRegex(@"\b(?:class|record|struct|interface|enum) +(?:struct +|class +)?([A-Za-z]+)")]
    private static partial Regex TypeName { get; }

    [GeneratedRegex(@"(Utils?|Helpers?|Manager|Common|Service|Base|Misc|Core|Shared)$")]
    private static partial Regex Forbidden { get; }

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|#region|#pragma|SuppressMessage")]
    private static partial Regex Unfinished { get; }

    [Fact]
    public void No_disease_word_stands_outside_numerics_and_data_packs()
    {
        var source = Path.Combine(Repository.Root, "src");
        var files = Directory.EnumerateFiles(source, "*.*", SearchOption.AllDirectories)
            .Where(f => Path.GetExtension(f) is ".cs" or ".json" or ".sql" or ".razor" or ".js" or ".css")
            .Where(f => !f.Contains("Escala.Numerics", StringComparison.Ordinal) && !f.Contains("Packs", StringComparison.Ordinal));
        Assert.Empty(files.SelectMany(f => Places(f, Disease)));
    }

    [Fact]
    public void A_type_is_named_by_what_it_is() => Assert.Empty(
        from file in Repository.SourceFiles()
        from Match match in TypeName.Matches(File.ReadAllText(file))
        where Forbidden.IsMatch(match.Groups[1].Value)
        select $"{Path.GetFileName(file)}: {match.Groups[1].Value}");

    [Fact]
    public void Nothing_is_left_for_later_or_silenced() => Assert.Empty(Repository.SourceFiles().SelectMany(f => Places(f, Unfinished)));

    [Fact]
    public void An_interface_has_more_than_one_implementation()
    {
        var sources = Repository.SourceFiles().Select(File.ReadAllText).ToList();
        var interfaces = sources.SelectMany(s => Regex.Matches(s, @"\binterface (I[A-Z]\w+)").Select(m => m.Groups[1].Value)).Distinct();
        Assert.DoesNotContain(interfaces, name => sources.Sum(s => Regex.Count(s, $@"\b(?:class|record|struct)\b[^{{;]*:[^{{;]*\b{name}\b")) < 2);
    }

    private static IEnumerable<string> Places(string file, Regex words) =>
        File.ReadLines(file).Index().SelectMany(l => words.Matches(l.Item).Select(m => $"{Path.GetRelativePath(Repository.Root, file)}:{l.Index + 1}: {m.Value}"));
}
