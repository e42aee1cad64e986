using Escala.Capture.Forms;
using Escala.Capture.Forms.Definitions;
using Escala.Capture.Forms.Expressions;
using Escala.Capture.Forms.Sheets;

namespace Escala.Chapters.Tests.Forms;

/// <summary>What a programme owner reads about a workbook: nothing is dropped silently, and everything wrong is named with its place.</summary>
public sealed class XlsFormTests
{
    private const string Choices = "list_name|name|label\nyes_no|yes|Yes\nyes_no|no|No";

    /// <summary>The row after the heading <c>type|name|label|column</c> that is wrong, its reason and its column.</summary>
    public static TheoryData<string, string, string, string> Refused => new()
    {
        { "relevant", "text|x|X|${agee} > 1", "name-unknown", "relevant" },
        { "relevant", "text|x|X|age > 1", "name-without-braces", "relevant" },
        { "Constraint", "text|x|X|. > (1", "bracket-open", "Constraint" },
        { "calculation", "calculate|x||digest(${age}, 'MD5')", "function-unsupported", "calculation" },
        { "calculation", "calculate|x||", "calculation-missing", "calculation" },
        { "calculation", "calculate|x||${x} + 1", "circle", "calculation" },
        { "relevance", "text|x|X|${x} = ''", "circle", "relevance" },
        { "hint", "text|x|X|Hello ${nobody}", "name-unknown", "hint" },
        { "choice_filter", "select_one yes_no|x|X|province = ${age}", "column-unknown", "choice_filter" },
        { "trigger", "text|x|X|age", "trigger-expected", "trigger" },
        { "repeat_count", "begin repeat|x|X|${agee}\ntext|y|Y|\nend repeat|||", "name-unknown", "repeat_count" },
        { "parameters", "range|x|X|start=a", "parameter-number", "parameters" },
        { "parameters", "range|x|X|start", "parameter-invalid", "parameters" },
        { "hint", "text|2x|X|", "name-invalid", "name" },
        { "hint", "text||X|", "name-missing", "name" },
        { "hint", "text|age|Again|", "name-twice", "name" },
        { "hint", "|x|X|", "type-missing", "type" },
        { "hint", "txet|x|X|", "type-unknown", "type" },
        { "hint", "video|x|X|", "type-unsupported", "type" },
        { "hint", "geotrace|x|X|", "type-unsupported", "type" },
        { "hint", "begin loop over yes_no|x|X|", "type-unsupported", "type" },
        { "hint", "select_one nolist|x|X|", "list-missing", "type" },
        { "hint", "select_one|x|X|", "list-not-named", "type" },
        { "hint", "select_one fruits.csv|x|X|", "list-file-missing", "type" },
        { "hint", "select_one fruits.xml|x|X|", "list-file-kind", "type" },
        { "hint", "select_one ${age}|x|X|", "choices-outside-repeat", "type" },
        { "hint", "select_one ${nobody}|x|X|", "name-unknown", "type" },
        { "choice_filter", "select_one yes_no or_other|x|X|true()", "other-with-filter", "type" },
        { "hint", "begin group|x|X|", "begin-without-end", "type" },
        { "hint", "end group|||", "end-without-begin", "type" },
    };

    [Theory, MemberData(nameof(Refused))]
    public void What_cannot_be_is_refused_at_its_cell(string heading, string row, string reason, string column)
    {
        var report = Read(("survey", $"type|name|label|{heading}\ninteger|age|Age|\n{row}"), ("choices", Choices));
        Assert.Null(report.Definition);
        var problem = report.Of(FindingLevel.Refused)[0];
        Assert.Equal(("capture.form." + reason, "form.xlsx", "survey", "3", column), (problem.Code, problem.Details["file"], problem.Details["sheet"], problem.Details["row"], problem.Details["column"]));
    }

    [Fact]
    public void A_circle_is_told_by_the_names_in_it()
    {
        var report = Read(("survey", "type|name|label|calculation|relevant\ncalculate|a||${c} + 1|\ncalculate|b||${a}|\ntext|c|C||${b} > 1"));
        Assert.Equal("a → c → b → a", report.Of(FindingLevel.Refused).Single().Details["names"]);
    }

    [Fact]
    public void A_group_that_hangs_on_an_answer_within_it_is_a_circle()
    {
        var report = Read(("survey", "type|name|label|relevant\nbegin group|g|G|${x} = '1'\ntext|x|X|\nend group|||"));
        Assert.Equal("capture.form.circle", report.Of(FindingLevel.Refused).Single().Code);
    }

    [Fact]
    public void Groups_and_repeats_that_cross_are_told_with_both_rows()
    {
        var report = Read(("survey", "type|name|label\nbegin group|g|G\nbegin repeat|r|R\ntext|x|X\nend group||\nend repeat||"));
        var problem = report.Of(FindingLevel.Refused)[0];
        Assert.Equal(("capture.form.end-of-another", "5", "3"), (problem.Code, problem.Details["row"], problem.Details["begin"]));
    }

    [Fact]
    public void What_the_form_goes_without_is_named_and_the_form_works()
    {
        var report = Read(
            ("survey", "type|name|label|appearance|body::accuracyThreshold|media::image|parameters|save_to\ntext|x|X|hologram multiline|5|x.png||p\nselect_one yes_no|s|S|minimal|||randomize=true|\naudit|audit|||||location-priority=high|"),
            ("choices", Choices),
            ("settings", "form_id|public_key|submission_url\nf|MIIB|https://example.org"),
            ("entities", "list_name|label\ntrees|${x}"));
        Assert.NotNull(report.Definition);
        Assert.Equal(
            ["appearance-unsupported", "audit", "column-unsupported", "column-unsupported", "column-unsupported", "parameter-unsupported", "parameter-unsupported", "setting-unsupported", "setting-unsupported", "sheet-unsupported"],
            report.Of(FindingLevel.Unsupported).Select(p => p.Code["capture.form.".Length..]).Order());
        Assert.Equal(["multiline"], report.Definition.Items[0].Appearance);
    }

    [Fact]
    public void What_may_not_be_meant_is_told_and_the_form_works()
    {
        var report = Read(
            ("survey", "type|name|label|relevant|Remarks|disabled\nselect_one yes_no|s|S||ask her|\ntext|x|X|${s} = 'sim'||\ntext|y||||\ntext|z|Z|||yes"),
            ("choices", "list_name|name|label|home town\nyes_no|yes|Yes|a\nyes_no|no||b"),
            ("Notes", "anything\nat all"),
            ("_hidden", "not\nread"));
        Assert.NotNull(report.Definition);
        Assert.Equal(
            ["choice-unknown", "column-no-name", "column-unread", "label-missing", "label-missing", "row-disabled", "sheet-unread"],
            report.Of(FindingLevel.Advice).Select(p => p.Code["capture.form.".Length..]).Order());
        Assert.Equal("yes", report.Of(FindingLevel.Advice).Single(p => p.Code.EndsWith("choice-unknown", StringComparison.Ordinal)).Details["nearest"]);
    }

    [Fact]
    public void What_a_language_lacks_is_told_once_for_each_column()
    {
        var report = Read(
            ("survey", "type|name|label::Português (pt)|label::Español (es)\ntext|a|Nome|Nombre\ntext|b|Idade|\ntext|c|Peso|"),
            ("choices", "list_name|name|label::Español (es)\nspare|x|X"),
            ("settings", "default_language\nPortugues"));
        Assert.Equal(["language-unknown", "list-unused", "translation-missing"], report.Of(FindingLevel.Advice).Select(p => p.Code["capture.form.".Length..]).Order());
        var missing = report.Of(FindingLevel.Advice).Single(p => p.Code.EndsWith("translation-missing", StringComparison.Ordinal));
        Assert.Equal(("Español (es)", "3", "2"), (missing.Details["language"], missing.Details["row"], missing.Details["count"]));
    }

    [Theory]
    [InlineData("choices", "list_name|name|label\nyes_no|yes|Yes\nyes_no|yes|Again", "choice-twice", "3")]
    [InlineData("choices", "list_name|name|label\nyes_no||Yes", "cell-missing", "2")]
    [InlineData("choices", "list|name|label\nyes_no|yes|Yes", "heading-missing", "1")]
    public void Lists_are_held_to_their_headings_and_names(string sheet, string table, string reason, string row)
    {
        var report = Read(("survey", "type|name|label\ntext|x|X"), (sheet, table));
        var problem = report.Of(FindingLevel.Refused).Single();
        Assert.Equal(("capture.form." + reason, sheet, row), (problem.Code, problem.Details["sheet"], problem.Details["row"]));
    }

    [Fact]
    public void A_setting_allows_choices_of_one_name()
    {
        var report = Read(("survey", "type|name|label\nselect_one l|x|X"), ("choices", "list name|name|label\nl|a|A\nl|a|B"), ("settings", "id_string|allow_choice_duplicates\nd|Yes"));
        Assert.Equal(2, report.Definition!.Lists["l"].Choices.Count);
    }

    [Theory]
    [InlineData("TEXT", "text")]
    [InlineData("int", "integer")]
    [InlineData("string", "text")]
    [InlineData("datetime", "dateTime")]
    [InlineData("gps", "geopoint")]
    [InlineData("photo", "image")]
    [InlineData("trigger", "acknowledge")]
    [InlineData("add  text   prompt", "text")]
    [InlineData("percentage", "integer")]
    [InlineData("select one from yes_no", "select_one")]
    [InlineData("select1 yes_no", "select_one")]
    [InlineData("select all that apply from yes_no", "select_multiple")]
    [InlineData("select_multiple  yes_no", "select_multiple")]
    [InlineData("rank yes_no", "rank")]
    public void Types_have_the_names_that_forms_give_them(string written, string type)
    {
        var report = Read(("Survey", $"Command|Tag|Caption\n{written}|x|X"), ("CHOICES", "List name|Value|Label\nyes_no|yes|Yes"));
        Assert.Equal(type, report.Definition!.Items.Single().Type);
        Assert.All(report.Findings, f => Assert.Equal(type == "image" && f.Level == FindingLevel.Unsupported ? "capture.form.media-not-taken" : "capture.form.list-unused", f.Problem.Code));
    }

    [Theory]
    [InlineData("label::Português (pt)", "Português (pt)")]
    [InlineData("LABEL:English", "English")]
    [InlineData("label :: Español", "Español")]
    [InlineData("caption::English (en)", "English (en)")]
    public void A_heading_names_a_language(string heading, string language)
    {
        var report = Read(("survey", $"type|name|{heading}\ntext|x|Texto"));
        Assert.Equal([language], report.Definition!.Languages);
        Assert.Equal([new TextLiteral("Texto")], report.Definition.Items[0].Label!.In(0));
    }

    [Fact]
    public void A_heading_without_a_language_is_in_the_default_language()
    {
        var report = Read(("survey", "type|name|label|label::Español (es)|hint\ntext|x|Name|Nombre|All of it"), ("settings", "default_language\nEnglish (en)"));
        var (form, item) = (report.Definition!, report.Definition!.Items[0]);
        Assert.Equal(["English (en)", "Español (es)"], form.Languages);
        Assert.Equal(("Name", "Nombre"), (((TextLiteral)item.Label!.In(form.DefaultLanguage)[0]).Value, ((TextLiteral)item.Label.In(1)[0]).Value));
        Assert.Equal("All of it", ((TextLiteral)item.Hint!.In(1)[0]).Value);
    }

    [Fact]
    public void Lists_come_from_files_beside_the_workbook()
    {
        using var workbook = new Workbook().Write(("survey", "type|name|label|calculation|parameters\nselect_one_from_file towns.csv|t|Town||value=code label=title\ncalculate|m||pulldata('fruits', 'price', 'name', 'mango')|"));
        File.WriteAllText(Path.Combine(workbook.Folder, "towns.csv"), "\uFEFFcode,title,beds\r\nmt,\"Matola, cidade\",120\r\nbo,Boane,40\r\n");
        File.WriteAllText(Path.Combine(workbook.Folder, "fruits.csv"), "name,price\nmango,12\n");
        var form = XlsForm.Read(workbook.File).Definition!;
        Assert.Equal(["mt", "bo"], form.Lists["towns"].Choices.Select(c => c.Name));
        Assert.Equal("Matola, cidade", ((TextLiteral)form.Lists["towns"].Choices[0].Label!.In(0)[0]).Value);
        Assert.Equal(["12"], form.Lists["fruits"].Choices[0].Values);
    }

    [Fact]
    public void Choices_of_the_external_sheet_have_a_list_of_their_own()
    {
        var report = Read(
            ("survey", "type|name|label|choice_filter\nselect_one c1|a|A|\nselect_one_external c1|b|B|yes_no = ${a}"),
            ("choices", "list_name|name|label\nc1|yes|Yes"),
            ("external_choices", "list_name|name|label|yes_no\nc1|town|Town|yes"));
        Assert.Equal("external_choices/c1", report.Definition!.Items[1].List);
        Assert.Equal("town", report.Definition.Lists["external_choices/c1"].Choices.Single().Name);
    }

    [Fact]
    public void A_compiled_form_says_the_same_whenever_it_is_compiled() =>
        Assert.Equal(FormJson.Write(Household().Definition!), FormJson.Write(Household().Definition!));

    private static FormReport Household() => Read(("survey", "type|name|label|calculation\nbegin repeat|p|P|\ninteger|a|A|\nend repeat|||\ncalculate|s||sum(${a})"));

    private static FormReport Read(params (string Sheet, string Table)[] sheets) =>
        XlsForm.Read("form.xlsx", [.. sheets.Select(s => new FormSheet(s.Sheet, Workbook.Table(s.Table)))], _ => null);
}
