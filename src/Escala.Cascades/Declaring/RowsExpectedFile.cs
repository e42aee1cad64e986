using System.Globalization;
using System.Text;
using Escala.Cascades.Sheets;
using Escala.Platform.Problems;
using Escala.Programmes;
using Escala.Programmes.Facts;

namespace Escala.Cascades.Declaring;

/// <summary>Rows counted in paper registers as CSV: <c>facility_code,month,rows_expected</c>, comma or semicolon; the month as the programme's windows are written.</summary>
public static class RowsExpectedFile
{
    public static Result<IReadOnlyList<RowsExpected>> Read(string file, byte[] bytes, WindowKind kind)
    {
        using var records = new CsvRecords(new MemoryStream(bytes), (byte)(bytes.AsSpan(0, Math.Max(0, bytes.AsSpan().IndexOf((byte)'\n'))).Contains((byte)';') ? ';' : ','));
        if (!records.Read() || !Header(records.Fields)) return Problem.Of("cascades.declare.columns", ("file", file));
        var rows = new List<RowsExpected>();
        var problems = new List<Problem>();
        while (records.Read())
        {
            var (facility, month, count) = (Field(records.Fields, 0), Field(records.Fields, 1), Field(records.Fields, 2));
            var window = WindowText.Parse(kind, month);
            if (records.Fault is not null || facility.Length == 0 || !window.IsOk) problems.Add(Problem.Of("cascades.declare.row", ("file", file), ("line", records.Line), ("example", WindowText.Example(kind))));
            else if (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) problems.Add(Problem.Of("cascades.declare.count", ("file", file), ("line", records.Line)));
            else rows.Add(new RowsExpected(facility, window.Value, number));
        }

        return problems.Count > 0 ? Result<IReadOnlyList<RowsExpected>>.Refused(problems) : rows;
    }

    private static bool Header(CsvRecord fields) => Field(fields, 0) == "facility_code" && Field(fields, 1) is "month" or "window" && Field(fields, 2) == "rows_expected";

    private static string Field(CsvRecord fields, int index) => Encoding.UTF8.GetString(fields[index]);
}
