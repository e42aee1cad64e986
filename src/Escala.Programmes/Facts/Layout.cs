using System.Text;

namespace Escala.Programmes.Facts;

/// <summary>In which order a source writes the parts of a date that is not ISO.</summary>
public enum DateOrder
{
    /// <summary>Only year-month-day.</summary>
    Iso,
    DayMonthYear,
    MonthDayYear,
}

/// <summary>How a source lays out its rows: found in the file or told, stated in the report, kept with every row. ISO dates are always read.</summary>
public sealed record Layout(char Delimiter, char DecimalMark, DateOrder Dates, IReadOnlyList<string> Columns)
{
    /// <summary>Name of the mapping by which the rows are read; null for the programme's own register.</summary>
    public string? Mapping { get; init; }

    /// <summary>Of a mapping whose facts hold on days of their own: the column of the day on which those of the row do; null for the row's own day.</summary>
    public string? Part { get; init; }

    /// <summary>One line, for an origin: <c>csv|;|,|DayMonthYear|patient_id;…</c>, with a mapping <c>csv:name|…</c>, of a part <c>csv:name@column|…</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("csv").Append(Mapping is null ? "" : ":" + Mapping).Append(Part is null ? "" : "@" + Written(Part)).Append('|').Append(Delimiter).Append('|').Append(DecimalMark).Append('|').Append(Dates);
        foreach (var column in Columns) text.Append('|').Append(Written(column));
        return text.ToString();
    }

    /// <summary>Which of the columns it is, in any case of letters; -1 for none.</summary>
    public int IndexOf(string? column)
    {
        for (var i = 0; i < Columns.Count; i++)
        {
            if (string.Equals(Columns[i], column, StringComparison.OrdinalIgnoreCase)) return i;
        }

        return -1;
    }

    public static Layout? Parse(string? text)
    {
        var parts = text?.Split('|');
        if (parts is not [var kind, [var delimiter], [var mark], var dates, .. var columns] || !Enum.TryParse<DateOrder>(dates, out var order)) return null;
        var mapping = kind.StartsWith("csv:", StringComparison.Ordinal) ? kind[4..].Split('@', 2) : null;
        return kind == "csv" || mapping is not null ? new Layout(delimiter, mark, order, [.. columns.Select(Read)]) { Mapping = mapping?[0], Part = mapping is [_, var part] ? Read(part) : null } : null;
    }

    /// <summary>A bar stands as %7C; every other name stands as it is, but those that would be read as one.</summary>
    private static string Written(string column) =>
        column.Replace("%25", "%2525", StringComparison.Ordinal).Replace("%7C", "%257C", StringComparison.Ordinal).Replace("|", "%7C", StringComparison.Ordinal);

    private static string Read(string column) =>
        column.Replace("%7C", "|", StringComparison.Ordinal).Replace("%257C", "%7C", StringComparison.Ordinal).Replace("%2525", "%25", StringComparison.Ordinal);
}
