using System.Text.Json;
using Escala.Cli.Cascades;
using Escala.Platform.Texts;

namespace Escala.Chapters.Tests.Cascades;

public sealed class CascadeCommandTests
{
    private static readonly SheetFixture s_fixture = new SheetFixture().Steps("F101", SheetFixture.March, SheetFixture.Closed)
        .Complete("F101", new DateOnly(2025, 3, 31)).Steps("F102", SheetFixture.March, (140, 98), (98, 30), (110, 95), (140, 98));

    private static (int Code, string Output, string Error) Run(string arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var parsed = CascadeCommand.Create(_ => s_fixture.Source).Parse(arguments);
        var code = parsed.Invoke(new() { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }

    [Theory, InlineData("en"), InlineData("pt"), InlineData("es")]
    public void The_sheet_fits_a_hundred_columns(string language)
    {
        foreach (var place in (string[])["--facility F101", "--facility F102", "--district D1", "--all"])
        {
            var (code, output, error) = Run($"{place} --month 2025-03 --lang {language}");
            Assert.Equal((0, ""), (code, error));
            Assert.All(output.Split('\n'), line => Assert.True(line.TrimEnd().Length <= 100, line));
        }
    }

    [Fact]
    public void The_human_sheet_names_figures_gains_and_definitions()
    {
        var output = Run("--facility F101 --month 2025-03 --end controlled --target 1 --lang en").Output;
        Assert.Contains("300 of 400", output);
        Assert.Contains("+28.0", output);
        Assert.Contains("saia-htn/screened@1", output);
        Assert.Contains("Simulated", output);
    }

    [Theory, InlineData("en"), InlineData("pt"), InlineData("es")]
    public void Names_of_steps_and_indicators_are_whole(string language)
    {
        Assert.DoesNotContain("…", Run($"--facility F101 --month 2025-03 --lang {language}").Output, StringComparison.Ordinal);
        Assert.DoesNotContain("…", Run($"--all --month 2025-03 --lang {language}").Output, StringComparison.Ordinal);
    }

    [Theory, InlineData("--facility D1", "--district D1"), InlineData("--district F101", "--facility F101")]
    public void The_wrong_kind_of_place_is_answered_in_the_readers_words(string asked, string remedy)
    {
        var error = Run($"{asked} --month 2025-03 --lang es").Error;
        Assert.Contains(remedy, error, StringComparison.Ordinal);
        Assert.DoesNotContain("(", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_places_or_months_give_an_array_and_one_an_object()
    {
        Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(Run("--facility F101 --month 2025-03 --json").Output).RootElement.ValueKind);
        Assert.Equal(4, JsonDocument.Parse(Run("--all --month 2025-03 --json").Output).RootElement.GetArrayLength());
        Assert.Equal(3, JsonDocument.Parse(Run("--district D1 --from 2025-01 --to 2025-03 --json").Output).RootElement.GetArrayLength());
    }

    [Theory]
    [InlineData("--month 2025-03"), InlineData("--facility F101"), InlineData("--facility F101 --month 2025-13"), InlineData("--facility F101 --from 2025-02 --to 2025-01")]
    [InlineData("--facility F999 --month 2025-03"), InlineData("--facility D1 --month 2025-03"), InlineData("--district F101 --month 2025-03")]
    [InlineData("--facility F101 --month 2025-03 --end x"), InlineData("--facility F101 --month 2025-03 --target 90"), InlineData("--facility F101 --month 2025-03 --target x")]
    [InlineData("--facility F101 --district D1 --month 2025-03"), InlineData("--facility F101 --month 2025-03 --lang fr")]
    public void What_cannot_be_answered_is_one_clear_line_and_code_2(string arguments)
    {
        var (code, output, error) = Run(arguments);
        Assert.Equal((2, ""), (code, output));
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.StartsWith("escala: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("{", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Measures_show_their_text_and_the_packages_own_words()
    {
        var text = MeasuresCommand.Text(s_fixture.Programme, Language.En);
        Assert.Contains("saia-htn/picked-up@1", text);
        Assert.Contains("supply-reaches", text);
        using var json = JsonDocument.Parse(MeasuresCommand.Json(s_fixture.Programme, Language.Es));
        Assert.Equal(s_fixture.Programme.Measures.Measures.Count, json.RootElement.GetProperty("measures").GetArrayLength());
    }
}
