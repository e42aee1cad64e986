using System.IO.Compression;
using System.Text;
using Escala.Capture.Forms;
using Escala.Capture.Registers;
using Escala.Chapters.Tests.Forms;
using Escala.Chapters.Tests.Stores;

namespace Escala.Chapters.Tests.Hostile;

/// <summary>Workbooks made to fill a machine or to mislead it, as registers and as forms.</summary>
public sealed class HostileWorkbookTests
{
    private const string Main = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
    private static readonly string s_places = Stores.Register.Places(["F1", "F2"]);

    public static TheoryData<string, string> Sheets => new()
    {
        { "capture.spreadsheet.unreadable", "</sheetData></worksheet><!DOCTYPE a [<!ENTITY b \"bbbb\">]>" },
        { "capture.spreadsheet.unreadable", string.Concat(Enumerable.Repeat("<a>", 200)) + string.Concat(Enumerable.Repeat("</a>", 200)) },
        { "capture.spreadsheet.unreadable", "<row" },
        { "capture.spreadsheet.cell-too-long", $"<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>{new string('x', 600_000)}</t></is></c></row>" },
        { "capture.spreadsheet.cell-too-long", $"<row r=\"1\"><c r=\"A1\" note=\"{new string('x', 600_000)}\"/></row>" },
        { "capture.spreadsheet.cell-too-long", $"<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is>{string.Concat(Enumerable.Repeat("<r><t>a</t></r>", 60_000))}</is></c></row>" },
        { "capture.spreadsheet.cell-too-long", $"<row r=\"1\"><c r=\"A1\" t=\"str\"><v>{string.Concat(Enumerable.Repeat("<![CDATA[<<<<]]>", 60_000))}</v></c></row>" },
        { "capture.spreadsheet.cell-too-long", $"<row r=\"1\"><c r=\"A1\" t=\"str\"><v>{string.Concat(Enumerable.Repeat("<!-- > -->", 60_000))}</v></c></row>" },
        { "capture.spreadsheet.too-wide", $"<row r=\"1\">{Workbook.Cell(1, 0, "a")}<c r=\"XFD1\"><v>1</v></c></row>" },
        { "capture.spreadsheet.too-long", $"<row r=\"1\">{Workbook.Cell(1, 0, "a")}</row><row r=\"2000000\"><c r=\"A2000000\"><v>1</v></c></row>" },
        { "capture.spreadsheet.not-computed", $"<row r=\"1\">{Workbook.Cell(1, 0, "a")}<c r=\"B1\"><f>1+1</f></c></row>" },
    };

    [Theory, MemberData(nameof(Sheets))]
    public void A_sheet_that_is_a_trick_is_refused_before_it_is_read(string code, string rows)
    {
        using var workbook = new Workbook("register.xlsx").Write([("register", rows)], []);
        Assert.Equal(code, Csv(workbook.File).Code);
        Assert.NotEmpty(XlsForm.Read(workbook.File).Findings);
        Assert.Null(XlsForm.Read(workbook.File).Definition);
    }

    [Fact]
    public void Shared_texts_are_bounded_one_by_one_and_together()
    {
        var header = Workbook.Cell(1, 0, "patient_id");
        using (var long_ = new Workbook("register.xlsx").Write([("a", $"<row r=\"1\">{header}</row>")], [Part("xl/sharedStrings.xml", $"<sst {Main}><si>{string.Concat(Enumerable.Repeat("<r><t>a</t></r>", 60_000))}</si></sst>")]))
            Assert.Equal("capture.spreadsheet.cell-too-long", Csv(long_.File).Code);
        using var many = new Workbook("register.xlsx").Write([("a", $"<row r=\"1\">{header}</row>")], [Part("xl/sharedStrings.xml", stream =>
        {
            stream.Write(Encoding.UTF8.GetBytes($"<sst {Main}>"));
            var some = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("<si><t></t></si>", 60_000)));
            for (var i = 0; i < 160; i++) stream.Write(some);
            stream.Write("</sst>"u8);
        })]);
        Assert.True(new FileInfo(many.File).Length < 2_000_000);
        Assert.Equal("capture.spreadsheet.too-large", Csv(many.File).Code);
    }

    [Fact]
    public void An_archive_of_a_hundred_thousand_parts_is_refused_before_they_are_listed()
    {
        using var workbook = new Workbook("register.xlsx").Write([("a", "")], [.. Enumerable.Range(0, 40_000).Select(i => Part($"xl/media/{i:D40}.bin", ""))]);
        Assert.Equal("capture.spreadsheet.parts", Csv(workbook.File).Code);
        Assert.Equal("capture.spreadsheet.parts", XlsForm.Read(workbook.File).Findings.Single().Problem.Code);
    }

    /// <summary>Nothing of an archive is ever written by its name, and an archive within it is only bytes.</summary>
    [Fact]
    public void Names_that_lead_elsewhere_and_archives_within_are_passed_over()
    {
        using var store = new RunningStore(Engine.Sqlite, s_places);
        using var workbook = new Workbook("register.xlsx").Write([("register", Rows("a,F1,2025-03-05"))], [Part("../../escala-evil.txt", "x"), Part("/tmp/escala-evil.txt", "x"), Part("C:\\escala-evil.txt", "x"), Part("xl/worksheets/inner.zip", Zipped)]);
        Assert.Equal(1, store.TryImportFile(workbook.File).Value.Single().Taken);
        Assert.False(File.Exists("/tmp/escala-evil.txt") || File.Exists(Path.Combine(workbook.Folder, "..", "..", "escala-evil.txt")));
    }

    [Theory]
    [InlineData("xl/workbook.xml")]
    [InlineData("xl/_rels/workbook.xml.rels")]
    [InlineData("xl/worksheets/s0.xml")]
    [InlineData("[Content_Types].xml")]
    public void A_part_that_is_missing_or_there_twice_is_told_or_does_no_harm(string part)
    {
        foreach (var twice in new[] { true, false })
        {
            using var workbook = new Workbook("register.xlsx").Write([("register", Rows("a,F1,2025-03-05"))], []);
            using (var archive = ZipFile.Open(workbook.File, ZipArchiveMode.Update))
            {
                if (!twice) archive.GetEntry(part)!.Delete();
                else
                {
                    using var more = archive.CreateEntry(part).Open();
                    more.Write("<a/>"u8);
                }
            }

            using var store = new RunningStore(Engine.Sqlite, s_places);
            var result = store.TryImportFile(workbook.File);
            if (result.IsOk) Assert.Equal(1, result.Value.Single().Taken);
            else Assert.Equal("register.xlsx", result.Problems[0].Details["file"]);
            XlsForm.Read(workbook.File);
        }
    }

    [Theory]
    [InlineData("45000", true)]
    [InlineData("0", false)]
    [InlineData("60", true)]
    [InlineData("-1", false)]
    [InlineData("2958465", false)]
    [InlineData("2958466", false)]
    [InlineData("1e300", false)]
    [InlineData("NaN", false)]
    public void A_day_that_a_spreadsheet_counts_from_1900_is_that_day_or_its_row_is_refused(string serial, bool taken)
    {
        using var store = new RunningStore(Engine.Sqlite, s_places);
        var rows = Rows("a,F1,2025-03-05") + $"<row r=\"3\">{Workbook.Cell(3, 0, "b")}{Workbook.Cell(3, 1, "F1")}<c r=\"C3\" s=\"1\"><v>{serial}</v></c></row>";
        using var workbook = new Workbook("register.xlsx").Write([("register", rows)], [Part("xl/styles.xml", $"<styleSheet {Main}><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\" applyNumberFormat=\"1\"/></cellXfs></styleSheet>")]);
        var result = store.TryImportFile(workbook.File);
        Assert.True(result.IsOk, string.Join("; ", result.Problems));
        Assert.Equal(taken ? (2, 0) : (1, 1), (result.Value.Single().Taken, result.Value.Single().Refused));
        if (!taken) Assert.Equal("programmes.register.not-a-date", store.Inbox().Single().Problems.Single().Code);
    }

    /// <summary>Results are read; a result that is an error is something that its row is refused for, and never nothing.</summary>
    [Fact]
    public void Of_formulas_the_results_are_read_and_errors_are_told()
    {
        using var store = new RunningStore(Engine.Sqlite, s_places);
        string Row(int r, string person, string pressure) => $"<row r=\"{r}\">{Workbook.Cell(r, 0, person)}{Workbook.Cell(r, 1, "F1")}{Workbook.Cell(r, 2, "2025-03-05")}{pressure}</row>";
        var rows = Rows() + Row(2, "a", "<c r=\"F2\"><f>100+50</f><v>150</v></c><c r=\"G2\"><v>95</v></c>") + Row(3, "b", "<c r=\"F3\" t=\"e\"><f>1/0</f><v>#DIV/0!</v></c><c r=\"G3\"><v>95</v></c>");
        using var workbook = new Workbook("register.xlsx").Write([("register", rows)], []);
        var report = store.TryImportFile(workbook.File).Value.Single();
        Assert.Equal((1, 1), (report.Taken, report.Refused));
        Assert.Equal("programmes.register.not-a-number", store.Inbox().Single().Problems.Single().Code);
    }

    private static string Rows(params string[] lines) => string.Concat(lines.Prepend(Stores.Register.Header).Select((line, r) => $"<row r=\"{r + 1}\">{string.Concat(line.Split(',').Select((text, c) => Workbook.Cell(r + 1, c, text)))}</row>"));

    private static (string Name, Action<Stream> Content) Part(string name, string text) => Part(name, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    private static (string Name, Action<Stream> Content) Part(string name, Action<Stream> content) => (name, content);

    private static void Zipped(Stream stream)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        using var inner = archive.CreateEntry("zeros").Open();
        inner.Write(new byte[10_000_000]);
    }

    private static Platform.Problems.Problem Csv(string path)
    {
        using var stream = File.OpenRead(path);
        return Spreadsheet.Write(stream, TextWriter.Null, TablePlace.First).Problems.Single();
    }
}
