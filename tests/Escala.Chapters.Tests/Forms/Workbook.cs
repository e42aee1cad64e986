using System.IO.Compression;
using System.Security;
using System.Text;

namespace Escala.Chapters.Tests.Forms;

/// <summary>An .xlsx written by hand, so that a test can write what no spreadsheet would.</summary>
internal sealed class Workbook : IDisposable
{
    private static readonly string[] s_kept = ["sharedStrings", "styles"];

    public Workbook(string name = "form.xlsx") => File = Path.Combine(Folder, name);

    public string Folder { get; } = Directory.CreateTempSubdirectory("escala-form-").FullName;

    public string File { get; }

    /// <summary>Tables: a line a row, | between cells.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Table(string text) =>
        [.. text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(l => (IReadOnlyList<string>)[.. l.Split('|', StringSplitOptions.TrimEntries)])];

    public Workbook Write(params (string Sheet, string Table)[] sheets) => Write([.. sheets.Select(s => (s.Sheet, Rows(Table(s.Table))))], []);

    /// <param name="sheets">The rows as XML.</param>
    /// <param name="more">Further parts of the archive.</param>
    public Workbook Write(IReadOnlyList<(string Sheet, string Rows)> sheets, IReadOnlyList<(string Name, Action<Stream> Content)> more)
    {
        using var archive = ZipFile.Open(File, ZipArchiveMode.Create);
        const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", Relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        const string Package = "http://schemas.openxmlformats.org/package/2006/relationships";
        Add(archive, "[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>");
        Add(archive, "_rels/.rels", $"<Relationships xmlns=\"{Package}\"><Relationship Id=\"r\" Type=\"{Relation}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>");
        Add(archive, "xl/workbook.xml", $"<workbook xmlns=\"{Main}\" xmlns:r=\"{Relation}\"><sheets>{string.Concat(sheets.Select((s, i) => $"<sheet name=\"{s.Sheet}\" sheetId=\"{i + 1}\" r:id=\"s{i}\"/>"))}</sheets></workbook>");
        Add(archive, "xl/_rels/workbook.xml.rels", $"<Relationships xmlns=\"{Package}\">{string.Concat(sheets.Select((_, i) => $"<Relationship Id=\"s{i}\" Type=\"{Relation}/worksheet\" Target=\"worksheets/s{i}.xml\"/>"))}{string.Concat(s_kept.Where(k => more.Any(m => m.Name == $"xl/{k}.xml")).Select(k => $"<Relationship Id=\"{k}\" Type=\"{Relation}/{k}\" Target=\"{k}.xml\"/>"))}</Relationships>");
        foreach (var (i, sheet) in sheets.Index()) Add(archive, $"xl/worksheets/s{i}.xml", $"<worksheet xmlns=\"{Main}\"><sheetData>{sheet.Rows}</sheetData></worksheet>");
        foreach (var (name, content) in more)
        {
            using var stream = archive.CreateEntry(name).Open();
            content(stream);
        }

        return this;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public static string Cell(int row, int column, string text) =>
        $"<c r=\"{Letters(column)}{row}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{SecurityElement.Escape(text)}</t></is></c>";

    private static string Rows(IReadOnlyList<IReadOnlyList<string>> rows) => string.Concat(rows.Select((row, r) =>
        $"<row r=\"{r + 1}\">{string.Concat(row.Select((text, c) => text.Length == 0 ? "" : Cell(r + 1, c, text)))}</row>"));

    private static string Letters(int column) => (column >= 26 ? Letters((column / 26) - 1) : "") + (char)('A' + (column % 26));

    private static void Add(ZipArchive archive, string name, string text)
    {
        using var stream = archive.CreateEntry(name).Open();
        stream.Write(Encoding.UTF8.GetBytes(text));
    }
}
