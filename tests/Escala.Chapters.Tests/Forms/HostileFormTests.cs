using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Escala.Capture.Forms;
using Escala.Capture.Forms.Definitions;
using Escala.Capture.Forms.Expressions;
using Escala.Capture.Forms.Sessions;
using FsCheck;
using FsCheck.Fluent;

namespace Escala.Chapters.Tests.Forms;

/// <summary>A workbook or a compiled form may come from anybody: it is refused in bounded time and memory, and never with an exception.</summary>
public sealed class HostileFormTests
{
    private const string Survey = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>type</t></is></c></row>";

    [Fact]
    public void A_workbook_that_unpacks_to_gigabytes_is_refused()
    {
        using var workbook = new Workbook().Write([("survey", Survey)], [("xl/media/a.bin", stream =>
        {
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 200; i++) stream.Write(zeros);
        })]);
        Assert.True(new FileInfo(workbook.File).Length < 1_000_000);
        Assert.Equal("capture.form.unpacked-too-large", XlsForm.Read(workbook.File).Findings.Single().Problem.Code);
    }

    [Fact]
    public void A_cell_far_to_the_right_is_refused()
    {
        using var workbook = new Workbook().Write([("survey", $"<row r=\"1\">{Workbook.Cell(1, 0, "type")}{Workbook.Cell(1, 16_000, "x")}</row>")], []);
        Assert.Equal("capture.form.too-wide", XlsForm.Read(workbook.File).Findings.Single().Problem.Code);
    }

    [Fact]
    public void A_row_far_down_is_refused()
    {
        using var workbook = new Workbook().Write([("survey", $"{Survey}<row r=\"1000000\">{Workbook.Cell(1_000_000, 0, "text")}</row>")], []);
        Assert.Equal("capture.form.too-long", XlsForm.Read(workbook.File).Findings.Single().Problem.Code);
    }

    [Fact]
    public void A_sheet_that_claims_cells_without_end_is_refused()
    {
        var rows = string.Concat(Enumerable.Range(2, 4000).Select(r => $"<row r=\"{r}\"/>"));
        using var workbook = new Workbook().Write([("survey", $"<row r=\"1\">{Workbook.Cell(1, 0, "type")}<c r=\"XFD1\"/></row>{rows}")], []);
        Assert.Equal("capture.form.too-long", XlsForm.Read(workbook.File).Findings.Single().Problem.Code);
    }

    [Theory]
    [InlineData("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>99</v></c></row>")]
    [InlineData("<row r=\"1\"><c r=\"A1\" t=\"n\"><v>x</v></c></row>")]
    [InlineData("<row r=\"x\"><c r=\"!!\"/></row>")]
    [InlineData("<!DOCTYPE a [<!ENTITY b \"bbbb\">]><row r=\"1\"/>")]
    [InlineData("<row")]
    public void A_broken_workbook_is_told(string rows)
    {
        using var workbook = new Workbook().Write([("survey", rows)], []);
        Assert.NotEmpty(XlsForm.Read(workbook.File).Findings);
        Assert.Null(XlsForm.Read(workbook.File).Definition);
    }

    [Fact]
    public void What_is_no_workbook_is_told()
    {
        using var workbook = new Workbook();
        Assert.Equal("capture.file.missing", XlsForm.Read(workbook.File).Findings.Single().Problem.Code);
        File.WriteAllText(workbook.File, "type,name,label");
        Assert.Equal("capture.spreadsheet.unreadable", XlsForm.Read(workbook.File).Findings.Single().Problem.Code);
    }

    [Fact]
    public void Any_text_is_an_expression_or_a_fault()
    {
        var words = Gen.Elements("1", "'a'", "${age}", "(", ")", "[", "]", "+", "-", "*", "div", "and", "or", "=", "<", "if(", "count(", ",", ".", "..", "/", "//", "|", "${", "'", "age", "true()", "position(", "regex(., '", "[a-z]{2,}", "\\", " ");
        var texts = Gen.ListOf(words).Select(string.Concat).ToArbitrary();
        Prop.ForAll(texts, text => Reads(text)).QuickCheckThrowOnFailure();
        Prop.ForAll<NonNull<string>>(text => Reads(text.Get)).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Any_pattern_is_a_program_or_a_fault()
    {
        var words = Gen.Elements("a", ".", "*", "+", "?", "{2}", "{1,3}", "(", ")", "(?:", "[", "]", "^", "$", "|", "\\d", "\\p{L}", "\\", "-", "{", "}", ",", "9");
        Prop.ForAll(Gen.ListOf(words).Select(string.Concat).ToArbitrary(), text =>
        {
            try
            {
                return PatternParser.Parse(text, 1).Matches("aab-9", new Fuel(Fuel.PerExpression)) || true;
            }
            catch (ExpressionFault)
            {
                return true;
            }
        }).QuickCheckThrowOnFailure();
    }

    /// <summary>A compiled form in which one value is another: it is refused, or it is a form that can be filled.</summary>
    [Fact]
    public void A_compiled_form_that_was_tampered_with_is_refused_or_harmless()
    {
        var texts = ConformanceFile.Root["forms"]!.AsObject().Select(f => f.Value!["compiled"]!.ToJsonString(new JsonSerializerOptions { MaxDepth = ExprJson.MostDepth })).ToList();
        var mutations =
            from form in Gen.Elements(texts.AsEnumerable())
            from place in Gen.Choose(0, int.MaxValue)
            from value in Gen.Elements("-1", "99999", "0", "null", "\"x\"", "[]", "{}", "[\"q\",99999]", "[\"q\"]", "[\"path\"]", "[\"list\",\"x\"]", "[\"pattern\",[\"jump\",0]]", "[\"nothing\",1]", "1e308", "true", "[\"position\",5]", "[\"once\",1]")
            select (form, place, value);
        Prop.ForAll(mutations.ToArbitrary(), m => IsHarmless(m.form, m.place, m.value)).QuickCheckThrowOnFailure();
    }

    private static bool Reads(string text)
    {
        var (form, tree) = ConformanceFile.Form("visit");
        try
        {
            ExpressionCompiler.Compile(text, tree, new ExpressionPlace(ConformanceFile.Item(form, "age")));
        }
        catch (ExpressionFault)
        {
            // It is told, and that is all that is asked.
        }

        return true;
    }

    private static bool IsHarmless(string form, int place, string value)
    {
        var root = JsonNode.Parse(form, documentOptions: new JsonDocumentOptions { MaxDepth = ExprJson.MostDepth })!;
        var nodes = Nodes(root).ToList();
        nodes[place % nodes.Count].ReplaceWith(JsonNode.Parse(value));
        var read = FormJson.Read("form.json", Encoding.UTF8.GetBytes(root.ToJsonString(new JsonSerializerOptions { MaxDepth = ExprJson.MostDepth })));
        if (!read.TryGet(out var sound)) return read.Problems.Single().Code == "capture.form.not-compiled";
        var session = FormSession.Begin(sound, ConformanceFile.Environment(0));
        foreach (var state in session.State().Where(s => FormTypes.IsSelect(sound.Items[s.Item].Type))) session.Choices(state.Path);
        return session.Answers().Length > 0;
    }

    private static IEnumerable<JsonNode> Nodes(JsonNode node)
    {
        var children = node switch
        {
            JsonObject map => map.Select(m => m.Value),
            JsonArray list => list,
            _ => [],
        };
        foreach (var child in children.OfType<JsonNode>())
        {
            yield return child;
            foreach (var within in Nodes(child)) yield return within;
        }
    }
}
