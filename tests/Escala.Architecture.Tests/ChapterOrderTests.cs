using System.Xml.Linq;

namespace Escala.Architecture.Tests;

/// <summary>A chapter may cite only earlier chapters (ARCHITECTURE.md). An unused reference leaves no mark in an assembly, so the project files are read.</summary>
public sealed class ChapterOrderTests
{
    private static readonly string[] s_order =
    [
        "Escala.Numerics", "Escala.Platform", "Escala.Programmes", "Escala.Registry", "Escala.Capture", "Escala.Cascades", "Escala.Delivery",
        "Escala.Improvement", "Escala.Inquiry", "Escala.Evaluation", "Escala.Economics", "Escala.Interchange", "Escala.Web", "Escala.Cli",
    ];

    public static TheoryData<string> Chapters => new(Repository.ChapterFolders().Select(f => f.Name));

    [Theory, MemberData(nameof(Chapters))]
    public void A_chapter_cites_only_earlier_chapters(string chapter)
    {
        var own = Array.IndexOf(s_order, chapter);
        Assert.True(own >= 0, $"{chapter} is not in the order of chapters");
        var project = XDocument.Load(Path.Combine(Repository.Root, "src", chapter, chapter + ".csproj"));
        foreach (var reference in project.Descendants("ProjectReference"))
        {
            var cited = Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value);
            Assert.True(Array.IndexOf(s_order, cited) < own, $"{chapter} may not cite {cited}");
        }
    }

    [Fact]
    public void Numerics_depends_on_one_library_alone()
    {
        var project = XDocument.Load(Path.Combine(Repository.Root, "src", "Escala.Numerics", "Escala.Numerics.csproj"));
        Assert.Equal(["MathNet.Numerics"], project.Descendants("PackageReference").Select(p => p.Attribute("Include")!.Value));
        Assert.Empty(project.Descendants("ProjectReference"));
    }
}
