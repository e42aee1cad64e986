using System.Globalization;
using System.Text;
using Escala.Economics.Models;
using ExcelDataReader;
using ExcelDataReader.Exceptions;

namespace Escala.Economics.Workbooks;

/// <summary>What a workbook says of a parameter, by heading. Empty cells are absent.</summary>
internal sealed record WorkbookParameter(int Row, string Name, IReadOnlyDictionary<string, object?> Cells)
{
    /// <summary>Text of a cell; empty where there is none.</summary>
    public string Text(string heading) => Convert.ToString(Cells.GetValueOrDefault(heading), CultureInfo.InvariantCulture)?.Trim() ?? "";
}

/// <summary>A parameter's field that a workbook changed; before is null where there was nothing.</summary>
public sealed record ParameterChange(string Parameter, string Field, string? Before, string After);

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
                else if (reader.Name == ParameterSheet.Name) parameters = ReadParameters([.. Rows(reader)]);
                else if (reader.Name == ModelText.Name) lines = [.. Rows(reader).Select(Line)];
            }
            while (reader.NextResult());
        }
        catch (Exception broken) when (broken is ExcelReaderException or InvalidDataException or FormatException or System.Xml.XmlException)
        {
            throw new ModelException(default, "economics.workbook.file");
        }
        if (hash is null || parameters is null || lines is null)
            throw new ModelException(default, "economics.workbook.sheets", ("names", $"Model, {ParameterSheet.Name}, {ModelText.Name}"));
        return new WorkbookReader(hash, ModelText.Join(lines, text => ModelReader.HashOf(text) == hash), parameters);
    }

    private static IEnumerable<(int Number, object?[] Cells)> Rows(IExcelDataReader reader)
    {
        for (var number = 1; reader.Read(); number++)
        {
            if (number > MostRows) throw new ModelException(default, "economics.workbook.rows", ("sheet", reader.Name), ("maximum", MostRows));
            if (reader.FieldCount == 0) continue;
            yield return (number, [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetValue)]);
        }
    }

    private static List<WorkbookParameter> ReadParameters(List<(int Number, object?[] Cells)> rows)
    {
        string[] headings = [.. rows.FirstOrDefault(r => r.Number == ParameterSheet.HeadingRow).Cells?.Select(c => c as string ?? "") ?? []];
        List<WorkbookParameter> parameters = [];
        foreach (var (number, cells) in rows.Where(r => r.Number > ParameterSheet.HeadingRow))
        {
            var named = headings.Zip(cells).Where(c => c.First.Length > 0 && c.Second is not null).DistinctBy(c => c.First).ToDictionary(c => c.First, c => c.Second);
            if (named.GetValueOrDefault(ParameterSheet.Title) is string { Length: > 0 } name) parameters.Add(new WorkbookParameter(number, name, named));
        }
        return parameters;
    }

    private static string Line((int Number, object?[] Cells) row) => string.Concat(row.Cells.OfType<string>().Select(part => part.Length > 0 ? part[1..] : ""));
}
