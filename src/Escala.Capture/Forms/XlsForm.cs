using Escala.Capture.Forms.Sheets;

namespace Escala.Capture.Forms;

/// <summary>Reads XLSForms, and compiles them: the one front door of forms that come from outside.</summary>
public static class XlsForm
{
    /// <summary>
    /// What becomes of a workbook. CSV files that it names lie beside it. It never fails: what stands in the way is a finding.
    /// </summary>
    public static FormReport Read(string path)
    {
        var file = Path.GetFileName(path);
        var workbook = FormWorkbook.Read(path);
        if (!workbook.TryGet(out var sheets)) return new FormReport(null, [.. workbook.Problems.Select(p => new FormFinding(FindingLevel.Refused, p))]);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return Read(file, sheets, name => File.Exists(Path.Combine(folder, name)) ? File.ReadAllBytes(Path.Combine(folder, name)) : null);
    }

    /// <param name="file">Name of the workbook, for findings and as the form's id where the settings give none.</param>
    /// <param name="beside">The bytes of a file beside the workbook, or null.</param>
    public static FormReport Read(string file, IReadOnlyList<FormSheet> sheets, Func<string, byte[]?> beside) => new FormReader(file, sheets, beside).Read();
}
