using Escala.Chapters.Tests.Stores;

namespace Escala.Chapters.Tests.Forms;

/// <summary>The command line that a programme owner uses.</summary>
public sealed class FormCommandTests
{
    private static readonly (string, string) s_choices = ("choices", "list_name|name|label\nyes_no|yes|Yes\nyes_no|no|No");

    [Fact]
    public void A_form_that_is_carried_out_whole_is_told_in_one_line()
    {
        using var workbook = new Workbook("household.xlsx").Write(("survey", "type|name|label\nselect_one yes_no|x|Have you eaten?"), s_choices);
        var (code, output, error) = EscalaProcess.Run(["form", "check", workbook.File]);
        Assert.Equal((0, "household: 1 questions, 0 groups, 0 repeats, 1 lists, languages: one, without a name\n", ""), (code, output.ReplaceLineEndings("\n"), error));
        var target = Path.Combine(workbook.Folder, "household.json");
        Assert.Equal(0, EscalaProcess.Run(["form", "compile", workbook.File, "--out", target]).Code);
        Assert.StartsWith("{\"escalaForm\":1,\"id\":\"household\"", File.ReadAllText(target), StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_form_goes_without_is_code_1_and_it_compiles()
    {
        using var workbook = new Workbook().Write(("survey", "type|name|label|appearance\ntext|x|X|hologram"), s_choices);
        var (code, output, _) = EscalaProcess.Run(["form", "check", workbook.File], ("ESCALA_LANG", "pt"));
        Assert.Equal(1, code);
        Assert.Contains("O formulário fica sem isto:", output, StringComparison.Ordinal);
        Assert.Contains("form.xlsx, folha survey, linha 2, coluna appearance: a Escala não conhece a aparência «hologram»", output, StringComparison.Ordinal);
        Assert.Equal(0, EscalaProcess.Run(["form", "compile", workbook.File, "--out", Path.Combine(workbook.Folder, "form.json")]).Code);
    }

    [Fact]
    public void A_mistake_is_code_2_with_sheet_row_column_character_and_remedy_and_nothing_is_written()
    {
        using var workbook = new Workbook().Write(("survey", "type|name|label|relevant\ninteger|age|Age|\ntext|x|X|1 < ${agee}"), s_choices);
        var (code, output, _) = EscalaProcess.Run(["form", "check", workbook.File]);
        Assert.Equal(2, code);
        Assert.Contains("form.xlsx, sheet survey, row 3, column relevant, character 5: no question is called “agee”. The nearest is “age”.", output, StringComparison.Ordinal);
        var target = Path.Combine(workbook.Folder, "form.json");
        Assert.Equal(2, EscalaProcess.Run(["form", "compile", workbook.File, "--out", target]).Code);
        Assert.False(File.Exists(target));
    }
}
