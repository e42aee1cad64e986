using Escala.Capture.Forms;
using Escala.Capture.Forms.Sheets;
using Escala.Fuzz.Mutation;

namespace Escala.Fuzz.Targets;

/// <summary>An XLSForm as .xlsx.</summary>
internal sealed class FormWorkbookTarget : Target
{
    public override string Name => "form-workbook";

    public override int Share => 1;

    public override Structure Structure => Structure.Parts;

    /// <summary>A few bytes may place a cell at the end of a sheet's million rows.</summary>
    public override long MostSteps => 2_000_000_000;

    public override int MostBytes => 48_000;

    public override IEnumerable<byte[]> Seeds => [Parts.Unpacked(Repository.PathTo("programmes", "meta-salud", "forms", "exit.xlsx")), Parts.Unpacked(Repository.PathTo("programmes", "meta-salud", "forms", "post.xlsx"))];

    public override void Try(byte[] input)
    {
        var workbook = FormWorkbook.Read(Parts.Packed(input), "form.xlsx");
        HoldProblems(workbook.Problems);
        if (workbook.TryGet(out var sheets)) FormTarget.HoldReport(XlsForm.Read("form.xlsx", sheets, _ => null));
    }
}
