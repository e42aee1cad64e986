using Escala.Capture.Forms;
using Escala.Capture.Forms.Definitions;
using Escala.Programmes.Packages;

namespace Escala.Chapters.Tests.Forms;

/// <summary>A compiled form in a package's folder forms is part of the package: of its bytes, its hash and what the app may carry.</summary>
public sealed class PackageFormsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("escala-package-").FullName;

    public PackageFormsTests()
    {
        foreach (var file in Directory.GetFiles(Repository.PathTo("programmes", "pediatric-hiv"))) File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
        Directory.CreateDirectory(Path.Combine(_folder, "forms"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_form_changes_the_hash_and_is_carried()
    {
        var without = PackageReader.Read(_folder).Value;
        var form = FormJson.Write(ConformanceFile.Form("children").Form);
        Write("household.json", form);
        Write("household.xlsx", [1, 2, 3]);
        var programme = PackageReader.Read(_folder).Value;
        Assert.NotEqual(without.Hash, programme.Hash);
        Assert.Equal(form, programme.Forms["household"]);
        Assert.Equal(["forms/household.json"], PackageFiles.In(_folder).Value.Bytes.Keys.Where(k => k.StartsWith("forms/", StringComparison.Ordinal)));
        Assert.Equal("children", PackageForms.Read(PackageFiles.In(_folder).Value).Value["household"].Id);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("not json")]
    [InlineData("{\"escalaForm\": 2, \"id\": \"later\"}")]
    public void What_is_no_form_keeps_a_package_out(string text)
    {
        Write("broken.json", System.Text.Encoding.UTF8.GetBytes(text));
        var problem = PackageForms.Read(PackageFiles.In(_folder).Value).Problems.Single();
        Assert.Equal(("capture.form.not-compiled", "forms/broken.json"), (problem.Code, problem.Details["file"]));
    }

    [Fact]
    public void A_workbook_in_the_folder_is_compiled_and_one_that_says_other_than_the_compiled_beside_it_keeps_the_package_out()
    {
        using var book = new Workbook("visit.xlsx");
        book.Write(("survey", "type|name|label\ninteger|beds|Beds\nvideo|film|Film"), ("settings", "form_id\nvisit"));
        File.Copy(book.File, Path.Combine(_folder, "forms", "visit.xlsx"));
        Assert.Equal("capture.form.type-unsupported", Assert.Single(PackageForms.In(_folder).Problems).Code);
        File.Delete(Path.Combine(_folder, "forms", "visit.xlsx"));

        using var mended = new Workbook("visit.xlsx");
        mended.Write(("survey", "type|name|label\ninteger|beds|Beds"), ("settings", "form_id\nvisit"));
        File.Copy(mended.File, Path.Combine(_folder, "forms", "visit.xlsx"));
        var package = PackageForms.In(_folder).Value;
        Assert.Equal("visit", FormJson.Read("visit", package.Files.Bytes["forms/visit.json"]).Value.Id);

        Write("visit.json", FormJson.Write(ConformanceFile.Form("children").Form));
        Assert.Equal("capture.form.stale", Assert.Single(PackageForms.In(_folder).Problems).Code);
        Write("visit.json", package.Files.Bytes["forms/visit.json"]);
        Assert.True(PackageForms.In(_folder).IsOk);
        Write("twice.json", package.Files.Bytes["forms/visit.json"]);
        Assert.Equal("capture.form.id-twice", Assert.Single(PackageForms.In(_folder).Problems).Code);
    }

    private void Write(string name, byte[] bytes) => File.WriteAllBytes(Path.Combine(_folder, "forms", name), bytes);
}
