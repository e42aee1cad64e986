using System.Text;
using Escala.Capture.Registers;
using Escala.Fuzz.Mutation;
using Escala.Programmes.Facts;

namespace Escala.Fuzz.Targets;

/// <summary>A register as .xlsx: what becomes of it is CSV in which every record can be split.</summary>
internal sealed class WorkbookTarget : Target
{
    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", Relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    /// <summary>Fewer than a sheet may have: a few bytes place a cell far down, and what is between is read each time.</summary>
    private const int MostRows = 500;

    public override string Name => "workbook";

    public override int Share => 5;

    public override Structure Structure => Structure.Parts;

    public override long MostSteps => 300_000_000;

    public override int MostBytes => 8192;

    public override IReadOnlyList<string> Words => ["<c r=\"A1\" t=\"s\"><v>0</v></c>", "<c r=\"XFD1048576\"/>", "<row r=\"1048577\">", "t=\"e\"", "t=\"b\"", "t=\"str\"", "t=\"inlineStr\"", "<f>1+1</f>", "<v>2958466</v>", "<v>-1</v>", "<v>60</v>", "s=\"1\"", "date1904=\"1\"", "<!DOCTYPE a [<!ENTITY b \"c\">]>", "&b;", "<mergeCell ref=\"A1:XFD1048576\"/>", "<dimension ref=\"A1:XFD1048576\"/>", "numFmtId=\"14\"", "formatCode=\"yyyy\""];

    public override IEnumerable<byte[]> Seeds =>
    [
        Parts.Write(
        [
            ("[Content_Types].xml", Bytes("<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>")),
            ("_rels/.rels", Bytes($"<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r\" Type=\"{Relation}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>")),
            ("xl/workbook.xml", Bytes($"<workbook xmlns=\"{Main}\" xmlns:r=\"{Relation}\"><workbookPr date1904=\"0\"/><sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"s0\"/><sheet name=\"b\" sheetId=\"2\" r:id=\"s1\"/></sheets></workbook>")),
            ("xl/_rels/workbook.xml.rels", Bytes($"<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"s0\" Type=\"{Relation}/worksheet\" Target=\"worksheets/s0.xml\"/><Relationship Id=\"s1\" Type=\"{Relation}/worksheet\" Target=\"worksheets/s1.xml\"/><Relationship Id=\"t\" Type=\"{Relation}/sharedStrings\" Target=\"sharedStrings.xml\"/><Relationship Id=\"y\" Type=\"{Relation}/styles\" Target=\"styles.xml\"/></Relationships>")),
            ("xl/sharedStrings.xml", Bytes($"<sst xmlns=\"{Main}\" count=\"2\" uniqueCount=\"2\"><si><t>patient_id</t></si><si><r><t xml:space=\"preserve\">a, \"b\"</t></r></si></sst>")),
            ("xl/styles.xml", Bytes($"<styleSheet xmlns=\"{Main}\"><numFmts count=\"1\"><numFmt numFmtId=\"164\" formatCode=\"0000\"/></numFmts><cellXfs count=\"3\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\" applyNumberFormat=\"1\"/><xf numFmtId=\"164\"/></cellXfs></styleSheet>")),
            ("xl/worksheets/s0.xml", Bytes($"<worksheet xmlns=\"{Main}\"><dimension ref=\"A1:D2\"/><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"inlineStr\"><is><t>visit_date</t></is></c></row><row r=\"2\"><c r=\"A2\" s=\"2\"><v>17</v></c><c r=\"B2\" s=\"1\"><v>45000</v></c><c r=\"C2\"><f>1+1</f><v>2</v></c><c r=\"D2\" t=\"b\"><v>1</v></c><c r=\"E2\" t=\"s\"><v>1</v></c></row></sheetData></worksheet>")),
            ("xl/worksheets/s1.xml", Bytes($"<worksheet xmlns=\"{Main}\"><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row></sheetData></worksheet>")),
        ]),
    ];

    public override void Try(byte[] input)
    {
        var heads = Spreadsheet.Heads(Parts.Packed(input), Mapping.MostHeader);
        HoldProblemsOfFile(heads.Problems);
        using var csv = new StringWriter();
        var sheets = Spreadsheet.Write(Parts.Packed(input), csv, TablePlace.First, MostRows);
        HoldProblemsOfFile(sheets.Problems);
        if (!sheets.IsOk) return;
        using var records = new CsvRecords(new MemoryStream(Encoding.UTF8.GetBytes(csv.ToString())), (byte)',');
        while (records.Read()) Hold(records.Fault is null or "nul" or "too-long", "a record of a sheet cannot be split");
    }
}
