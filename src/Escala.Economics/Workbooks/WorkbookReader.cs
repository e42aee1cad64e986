using System.Text;
using Escala.Economics.Models;
using ExcelDataReader;
using ExcelDataReader.Exceptions;

namespace Escala.Economics.Workbooks;

/// <summary>What a workbook says of a parameter. Empty cells are null.</summary>
internal sealed record WorkbookParameter(int Row, string Name, object? Value, object? Low, object? High);

/// <summary>Reads a workbook that Escala wrote and somebody changed.</summary>
internal sealed record WorkbookReader(string Hash, string Text, IReadOnlyList<WorkbookParameter> Parameters)
{
    private const int MostRows = 400_000;

    // The reader asks for the code page of old workbooks even where it reads new ones.
    static WorkbookReader() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <exception cref="ModelException">The stream is no such workbook.</exception>
    public static WorkbookReader Read(Stream stream)
    {
        string? hash = null;
        List<string>? lines = null;
        List<WorkbookParameter>? parameters = null;
        try
        {
            using var reader = ExcelReaderFactory.CreateOpenXmlReader(stream, new ExcelReaderConfiguration { LeaveOpen = true });
            do
            {
                if (reader.Name == "Model") hash = Rows(reader).Where(r => r.Cells[0] is "Model file, SHA-256").Select(r => r.Cells.ElementAtOrDefault(1) as string).FirstOrDefault();
                else if (reader.Name == ParameterSheet.Name) parameters = [.. Rows(reader).Where(r => r.Number > ParameterSheet.HeadingRow).Select(Parameter).OfType<WorkbookParameter>()];
                else if (reader.Name == ModelText.Name) lines = [.. Rows(reader).Select(Line)];
            }
            while (reader.NextResult());
        }
        catch (Exception broken) when (broken is ExcelReaderException or InvalidDataException or FormatException or System.Xml.XmlException)
        {
            throw new ModelException(default, "model.workbook.file", "The file is not a workbook that can be read. Save it as .xlsx.");
        }
        if (hash is null || parameters is null || lines is null)
            throw new ModelException(default, "model.workbook.sheets", $"The workbook lacks one of the sheets Model, {ParameterSheet.Name} and {ModelText.Name}. Use one that `escala model to-excel` wrote.");
        return new WorkbookReader(hash, ModelText.Join(lines, text => ModelReader.HashOf(text) == hash), parameters);
    }

    private static IEnumerable<(int Number, object?[] Cells)> Rows(IExcelDataReader reader)
    {
        for (var number = 1; reader.Read(); number++)
        {
            if (number > MostRows) throw new ModelException(default, "model.workbook.size", $"Sheet {reader.Name} has more than {MostRows} rows.");
            if (reader.FieldCount == 0) continue;
            yield return (number, [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetValue)]);
        }
    }

    private static WorkbookParameter? Parameter((int Number, object?[] Cells) row)
    {
        object? At(int column) => row.Cells.ElementAtOrDefault(column - 1);
        return At(ParameterSheet.NameColumn) is string { Length: > 0 } name
            ? new WorkbookParameter(row.Number, name, At(ParameterSheet.ValueColumn), At(ParameterSheet.LowColumn), At(ParameterSheet.HighColumn)) : null;
    }

    private static string Line((int Number, object?[] Cells) row) => string.Concat(row.Cells.OfType<string>().Select(part => part.Length > 0 ? part[1..] : ""));
}
