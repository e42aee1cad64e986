using System.Text;
using Escala.Programmes.Packages;
using Escala.Programmes.Places;

namespace Escala.Chapters.Tests.Hostile;

/// <summary>Packages, mappings and lists of places from a stranger: a problem with its place, in bounded time, whatever is written.</summary>
public sealed class HostilePackageTests
{
    private static readonly IReadOnlyDictionary<string, byte[]> s_shipped = PackageFiles.In(Repository.PathTo("programmes", "saia-htn")).Value.Bytes;

    public static TheoryData<string, string> Yaml => new()
    {
        { "anchor", "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n" },
        { "anchor", "a: {<<: *b}\n" },
        { "tag", "a: !!python/object:x {}\n" },
        { "too-deep", new string('[', 100_000) },
        { "too-deep", string.Concat(Enumerable.Repeat("{a: ", 100_000)) },
        { "too-deep", string.Concat(Enumerable.Range(0, 500).Select(i => new string(' ', i) + "a:\n")) },
        { "too-deep", string.Concat(Enumerable.Repeat("- ", 100_000)) },
        { "too-many-nodes", "a: [" + string.Join(',', Enumerable.Repeat("1", 60_000)) + "]\n" },
        { "file-too-large", "a: " + new string('x', 2_000_000) },
        { "key-twice", "a: 1\na: 2\n" },
        { "directive", "%YAMj 1.2" },
        { "directive", "a: 1\n%b" },
        { "second-document", "a: 1\n---\nb: 2\n" },
        { "not-yaml", "a: \"" + new string('x', 900_000) },
        { "not-yaml", new string('\'', 900_001) },
        { "not-utf8", "a: \uD800" },
    };

    [Theory, MemberData(nameof(Yaml))]
    public void A_yaml_bomb_is_told_with_its_place_in_every_file_of_a_package(string reason, string text)
    {
        // Half a character stands for a byte that is none.
        var bytes = Encoding.Latin1.GetBytes(text.Replace('\uD800', '\u00E9'));
        foreach (var file in new[] { "programme.yaml", "register.yaml", "measures.yaml", "field.yaml", "mappings/hearts360.yaml" })
        {
            var problems = PackageReader.Read(new Dictionary<string, byte[]>(s_shipped) { [file] = bytes }).Problems;
            Assert.Contains(problems, p => p.Code == "programmes.package." + reason && p.Details["file"] == file && p.Details.ContainsKey("line"));
        }
    }

    /// <summary>Depth, length and number at the bounds and beyond, of everything that a scanner counts.</summary>
    [Theory]
    [InlineData("? ")]
    [InlineData("a: ")]
    [InlineData("a\n")]
    [InlineData("a: b\n ")]
    [InlineData("# x\n")]
    [InlineData("- a\n")]
    [InlineData("|\n ")]
    [InlineData("\t")]
    [InlineData("\"\\x41\" ")]
    [InlineData(",")]
    [InlineData("]")]
    [InlineData("--- a\n")]
    [InlineData("\uFEFF")]
    public void A_megabyte_of_any_sign_ends_with_a_problem(string piece)
    {
        var text = new StringBuilder();
        while (text.Length < 400_000) text.Append(piece);
        var problems = PackageReader.Read(new Dictionary<string, byte[]>(s_shipped) { ["measures.yaml"] = Encoding.UTF8.GetBytes(text.ToString()) }).Problems;
        Assert.NotEmpty(problems);
        Assert.True(problems.Count < 1000 && problems.Sum(p => p.Details.Values.Sum(v => v.Length)) < 1_000_000);
    }

    [Theory]
    [InlineData("../../../../etc/passwd")]
    [InlineData("/dev/zero")]
    [InlineData("Africa/../Africa/Maputo")]
    public void The_name_of_a_zone_leads_to_no_other_file(string zone)
    {
        var mapping = Encoding.UTF8.GetString(s_shipped["mappings/odk-visit.yaml"]).Split('\n').Select(l => l.StartsWith("date:", StringComparison.Ordinal) ? $"date: {{column: x, zone: {zone}}}" : l);
        var problems = PackageReader.Read(new Dictionary<string, byte[]>(s_shipped) { ["mappings/odk-visit.yaml"] = Encoding.UTF8.GetBytes(string.Join('\n', mapping)) }).Problems;
        Assert.Contains(problems, p => p.Code == "programmes.package.zone-unknown");
    }

    public static TheoryData<string> Units =>
    [
        new string('[', 100_000),
        "{\"organisationUnits\":" + new string('[', 63) + new string(']', 63) + "}",
        "[{\"id\":\"a\",\"name\":\"A\"},{\"id\":\"a\",\"name\":\"B\"}]",
        "[{\"id\":\"a\",\"name\":\"\\ud800\"}]",
        "[{\"id\":\"a\",\"name\":\"A\",\"parent\":{}}]",
        "[{\"id\":\"a\",\"name\":\"A\",\"parent\":{\"id\":1}}]",
        "[{\"id\":\"a\",\"name\":\"A\",\"openingDate\":\"9999-99-99\"}]",
        "[{\"id\":\"a\",\"name\":\"A\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[\"x\",1]}}]",
        "[{\"id\":\"a\",\"name\":\"A\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[1e999,1]}}]",
        "name,uid\n\"A,a\nB,b\n",
        "name,uid\nA,\u0000\n\u0000\n",
    ];

    [Theory, MemberData(nameof(Units))]
    public void Organisation_units_that_are_none_are_refused(string text)
    {
        var read = Dhis2OrganisationUnits.Read("units.json", Encoding.UTF8.GetBytes(text));
        if (read.TryGet(out var units)) Assert.All(units.Places([1], ["facility"]).Value, p => Assert.True(p.Longitude is null || double.IsFinite(p.Longitude.Value)));
        else Assert.StartsWith("programmes.organisation-units.", read.Problems.Single().Code, StringComparison.Ordinal);
    }
}
