using System.Text;
using Escala.Platform.Ledger;
using Escala.Platform.Storage;
using Escala.Programmes.Facts;

namespace Escala.Capture.Imports;

/// <summary>A row that a file would correct, for showing old beside new to whoever may see patients' rows.</summary>
public sealed record ChangedRow(string File, int Line, string Facility, DateOnly Day, IReadOnlyList<(string Column, string Old, string New)> Fields);

/// <summary>Lays what a row says now beside what the ledger has.</summary>
internal static class ChangedRows
{
    /// <summary>So many are shown of all that there are.</summary>
    public const int Shown = 20;

    public static ChangedRow Show(Session session, string file, int line, Layout layout, CsvRecord record, Classifier classifier)
    {
        var fields = new List<(string, string, string)>();
        using var rows = session.Query(
            "SELECT b.content, o.content FROM body b JOIN entry e ON e.position = b.position JOIN origin o ON o.origin = e.origin WHERE b.position = $1", classifier.Known[classifier.Node].Position);
        if (rows.Read() && Layout.Parse(Origin.Read(rows.Bytes(1)).Layout) is { } oldLayout)
        {
            var old = new CsvRecord((byte)oldLayout.Delimiter);
            old.Fill(rows.Bytes(0));
            foreach (var column in layout.Columns)
            {
                var before = Field(old, oldLayout, column);
                var after = Field(record, layout, column);
                if (before != after) fields.Add((column, before, after));
            }
        }

        return new ChangedRow(file, line, classifier.Facility, DateOnly.FromDayNumber(classifier.Row.Day), fields);
    }

    private static string Field(CsvRecord record, Layout layout, string column)
    {
        for (var i = 0; i < layout.Columns.Count; i++)
        {
            if (string.Equals(layout.Columns[i], column, StringComparison.OrdinalIgnoreCase)) return Encoding.UTF8.GetString(record[i]);
        }

        return "";
    }
}
