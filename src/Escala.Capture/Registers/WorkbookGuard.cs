using System.Buffers.Binary;
using System.IO.Compression;
using System.Xml.Linq;
using Escala.Platform.Problems;

namespace Escala.Capture.Registers;

/// <summary>
/// Looks through a workbook before the library reads it, in bounded memory: what an archive says of itself may be a lie, and a few kilobytes can
/// unpack to more than any machine holds.
/// </summary>
/// <param name="MostBytes">That all parts may unpack to.</param>
/// <param name="MostKeptBytes">That parts may unpack to which the library keeps whole: everything but sheets.</param>
internal sealed record WorkbookGuard(long MostBytes, long MostKeptBytes)
{
    /// <summary>Bytes of the directory at an archive's end: some twenty thousand parts.</summary>
    public const int MostDirectoryBytes = 2 << 20;

    /// <summary>Bytes of one cell or one shared text. A spreadsheet's own bound is 32,767 characters.</summary>
    public const int LongestItem = 512 << 10;

    /// <summary>How deep elements may lie in one another; a spreadsheet's are not ten deep.</summary>
    public const int MostDepth = 100;

    /// <summary>Null, or why the workbook is not read. The stream stands at its beginning afterwards.</summary>
    /// <param name="workbook">It can be read twice.</param>
    /// <param name="errors">Cells of the sheet whose result is an error, such as B7: the library gives nothing for them.</param>
    /// <param name="sheet">Name of the sheet that is read; null for the first.</param>
    public Problem? Refuse(Stream workbook, out IReadOnlySet<string> errors, string? sheet = null)
    {
        errors = new HashSet<string>();
        if (Scan(workbook, out var scans, out var part, sheet) is { } unbounded) return unbounded;
        if (part is not null && scans.TryGetValue(part, out var read))
        {
            if (read.NotComputed.Cells > 0) return Problem.Of("capture.spreadsheet.not-computed", ("cells", read.NotComputed.Cells), ("cell", read.NotComputed.First));
            if (read.Errors.Count > XmlScan.MostErrors) return Problem.Of("capture.spreadsheet.errors", ("most", XmlScan.MostErrors));
            errors = read.Errors;
        }

        return null;
    }

    /// <summary>Null, or why not even first rows are read. Whether results can be read is asked of the sheet that is meant.</summary>
    public Problem? RefuseHeads(Stream workbook) => Scan(workbook, out _, out _, sheet: null);

    private Problem? Scan(Stream workbook, out Dictionary<string, XmlScan> scans, out string? part, string? sheet)
    {
        (scans, part) = (new Dictionary<string, XmlScan>(StringComparer.OrdinalIgnoreCase), null);
        if (DirectoryBytes(workbook) > MostDirectoryBytes) return Problem.Of("capture.spreadsheet.parts", ("megabytes", MostDirectoryBytes >> 20));
        workbook.Position = 0;
        using (var archive = new ZipArchive(workbook, ZipArchiveMode.Read, leaveOpen: true))
        {
            var buffer = new byte[1 << 16];
            long all = 0, kept = 0;
            foreach (var entry in archive.Entries)
            {
                var name = entry.FullName.Replace('\\', '/');
                var isSheet = name.Contains("worksheets/", StringComparison.OrdinalIgnoreCase);
                var scan = new XmlScan();
                var isXml = name.EndsWith(".xml", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".rels", StringComparison.OrdinalIgnoreCase);
                using var bytes = entry.Open();
                while (bytes.Read(buffer) is var count and > 0)
                {
                    all += count;
                    if (!isSheet) kept += count;
                    if (all > MostBytes || kept > MostKeptBytes) return Problem.Of("capture.spreadsheet.too-large", ("megabytes", MostBytes >> 20));
                    if (isXml) scan.Add(buffer.AsSpan(0, count));
                    if (scan.Longest > LongestItem) return Problem.Of("capture.spreadsheet.cell-too-long", ("kilobytes", LongestItem >> 10));
                    if (scan.Deepest > MostDepth || scan.HasDocumentType) return Problem.Of("capture.spreadsheet.unreadable");
                }

                scans[name] = scan;
            }

            part = PartOf(archive, sheet);
        }

        workbook.Position = 0;
        return null;
    }

    /// <summary>
    /// How long the directory of the archive is, whatever it says of the number of its entries: the library takes each into memory before it counts
    /// them. Zero where there is none.
    /// </summary>
    private static long DirectoryBytes(Stream workbook)
    {
        const int LongestEnd = 22 + ushort.MaxValue, Locator = 20;
        var tail = new byte[(int)Math.Min(workbook.Length, LongestEnd + Locator)];
        workbook.Position = workbook.Length - tail.Length;
        workbook.ReadExactly(tail);
        var end = tail.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        if (end < 0 || end + 22 > tail.Length) return 0;
        long begins = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(end + 16));
        if (begins == uint.MaxValue && end >= Locator && tail.AsSpan(end - Locator).StartsWith("PK\u0006\u0007"u8))
        {
            var large = new byte[56];
            workbook.Position = Math.Clamp(BinaryPrimitives.ReadInt64LittleEndian(tail.AsSpan(end - Locator + 8)), 0, workbook.Length);
            if (workbook.ReadAtLeast(large, large.Length, throwOnEndOfStream: false) == large.Length) begins = BinaryPrimitives.ReadInt64LittleEndian(large.AsSpan(48));
        }

        return workbook.Length - tail.Length + end - begins;
    }

    /// <summary>Name of the part that is the sheet, the first without a name, or null where it cannot be told.</summary>
    private static string? PartOf(ZipArchive archive, string? sheet)
    {
        XNamespace main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        var id = Read(archive, "xl/workbook.xml")?.Descendants(main + "sheet").FirstOrDefault(s => sheet is null || string.Equals(s.Attribute("name")?.Value, sheet, StringComparison.OrdinalIgnoreCase))?.Attribute(relation + "id")?.Value;
        var target = Read(archive, "xl/_rels/workbook.xml.rels")?.Root?.Elements().FirstOrDefault(r => id is not null && r.Attribute("Id")?.Value == id)?.Attribute("Target")?.Value;
        return target is null ? null : target.StartsWith('/') ? target[1..] : "xl/" + target;
    }

    private static XDocument? Read(ZipArchive archive, string part)
    {
        if (archive.GetEntry(part) is not { } entry) return null;
        using var content = entry.Open();
        return XDocument.Load(content);
    }
}
