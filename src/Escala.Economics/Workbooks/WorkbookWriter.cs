using System.Globalization;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;

namespace Escala.Economics.Workbooks;

/// <summary>Writes sheets as an Office Open XML workbook. Formulas carry no result: whatever opens the workbook has to compute them.</summary>
internal static class WorkbookWriter
{
    /// <param name="names">Defined names with what they stand for, such as 'Parameters'!$C$7.</param>
    public static void Write(Stream target, IReadOnlyList<Sheet> sheets, IReadOnlyDictionary<string, string> names)
    {
        using var document = SpreadsheetDocument.Create(target, SpreadsheetDocumentType.Workbook);
        var book = document.AddWorkbookPart();
        book.AddNewPart<WorkbookStylesPart>().Stylesheet = Styles();
        var list = new Sheets();
        for (var i = 0; i < sheets.Count; i++)
        {
            var part = book.AddNewPart<WorksheetPart>();
            Write(part, sheets[i]);
            list.Append(new DocumentFormat.OpenXml.Spreadsheet.Sheet
            {
                Id = book.GetIdOfPart(part),
                SheetId = (uint)(i + 1),
                Name = sheets[i].Name,
                State = sheets[i].IsHidden ? SheetStateValues.Hidden : SheetStateValues.Visible,
            });
        }
        book.Workbook = new Workbook(list, new DefinedNames(names.Select(n => new DefinedName(n.Value) { Name = n.Key })), new CalculationProperties { FullCalculationOnLoad = true });
    }

    private static void Write(WorksheetPart part, Sheet sheet)
    {
        using var writer = OpenXmlWriter.Create(part);
        writer.WriteStartElement(new Worksheet());
        if (sheet.FrozenRows > 0)
        {
            writer.WriteElement(new SheetViews(new SheetView(new Pane
            {
                VerticalSplit = sheet.FrozenRows,
                TopLeftCell = Sheet.Address(sheet.FrozenRows + 1, 1),
                ActivePane = PaneValues.BottomLeft,
                State = PaneStateValues.Frozen,
            })
            { WorkbookViewId = 0 }));
        }
        if (sheet.Widths.Count > 0)
            writer.WriteElement(new Columns(sheet.Widths.Select((width, i) => new Column { Min = (uint)(i + 1), Max = (uint)(i + 1), Width = width, CustomWidth = true })));
        writer.WriteStartElement(new SheetData());
        foreach (var (number, cells) in sheet.Rows)
        {
            writer.WriteStartElement(new Row { RowIndex = (uint)number });
            foreach (var (column, cell) in cells) writer.WriteElement(Element(number, column, cell));
            writer.WriteEndElement();
        }
        writer.WriteEndElement();
        writer.WriteEndElement();
    }

    private static DocumentFormat.OpenXml.Spreadsheet.Cell Element(int row, int column, Cell cell)
    {
        var element = new DocumentFormat.OpenXml.Spreadsheet.Cell { CellReference = Sheet.Address(row, column), StyleIndex = (uint)cell.Look };
        if (cell.IsFormula) element.CellFormula = new CellFormula(cell.Text!);
        else if (cell.Text is { } text)
        {
            element.DataType = CellValues.InlineString;
            element.InlineString = new InlineString(new Text(Printable(text)) { Space = SpaceProcessingModeValues.Preserve });
        }
        else
        {
            element.CellValue = new CellValue(cell.Number.ToString("R", CultureInfo.InvariantCulture));
        }
        return element;
    }

    /// <summary>XML has no place for most control characters.</summary>
    private static string Printable(string text) => text.Any(IsForbidden) ? string.Concat(text.Select(c => IsForbidden(c) ? '\uFFFD' : c)) : text;

    private static bool IsForbidden(char c) => (c < ' ' && c is not ('\t' or '\n' or '\r')) || c is '\uFFFE' or '\uFFFF';

    /// <summary>In the order of <see cref="CellLook"/>.</summary>
    private static Stylesheet Styles() => new(
        new Fonts(new Font(), new Font(new Bold()), new Font(new Bold(), new FontSize { Val = 14 })),
        new Fills(
            new Fill(new PatternFill { PatternType = PatternValues.None }),
            new Fill(new PatternFill { PatternType = PatternValues.Gray125 }),
            new Fill(new PatternFill(new ForegroundColor { Rgb = "FFFFF2CC" }) { PatternType = PatternValues.Solid })),
        new Borders(new Border()),
        new CellFormats(
            new CellFormat(),
            new CellFormat(new Alignment { WrapText = true, Vertical = VerticalAlignmentValues.Top }) { FontId = 1, ApplyFont = true, ApplyAlignment = true },
            new CellFormat { FillId = 2, ApplyFill = true },
            new CellFormat { FontId = 2, ApplyFont = true },
            new CellFormat(new Alignment { WrapText = true, Vertical = VerticalAlignmentValues.Top }) { ApplyAlignment = true },
            new CellFormat(new Alignment { WrapText = true, Vertical = VerticalAlignmentValues.Top }) { FillId = 2, ApplyFill = true, ApplyAlignment = true }));
}
