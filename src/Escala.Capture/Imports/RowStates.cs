using System.Globalization;
using System.Text;
using Escala.Platform.Ledger;
using Escala.Platform.Storage;
using Escala.Programmes.Facts;

namespace Escala.Capture.Imports;

/// <summary>Moments at which a source says that it changed a row, and rows that its mapping does not want.</summary>
internal sealed class RowStates
{
    private readonly int _changed;
    private readonly string? _changedColumn;
    private readonly (int Field, IReadOnlyList<string> Words)[] _leftOut;

    public RowStates(Mapping mapping, Layout layout)
    {
        _changedColumn = mapping.ChangedColumn;
        _changed = layout.IndexOf(_changedColumn);
        _leftOut = [.. mapping.LeftOut.Select(l => (layout.IndexOf(l.Column), l.Words)).Where(l => l.Item1 >= 0)];
    }

    public bool IsLeftOut(CsvRecord fields)
    {
        foreach (var (field, words) in _leftOut)
        {
            if (words.Contains(Encoding.UTF8.GetString(fields[field]), StringComparer.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    /// <summary>UTC ticks; 0 where the row does not say, or not in a way that has one meaning.</summary>
    public long ChangedAt(CsvRecord fields) => _changed < 0 ? 0 : Moment(fields[_changed]);

    /// <summary>Of the row that stands in the ledger.</summary>
    public long ChangedAt(Session session, long position)
    {
        if (_changedColumn is null) return 0;
        using var rows = session.Query("SELECT b.content, o.content FROM body b JOIN entry e ON e.position = b.position JOIN origin o ON o.origin = e.origin WHERE b.position = $1", position);
        if (!rows.Read() || rows.IsNull(0) || Layout.Parse(Origin.Read(rows.Bytes(1)).Layout) is not { } layout || layout.IndexOf(_changedColumn) is not (>= 0 and var field)) return 0;
        var record = new CsvRecord((byte)layout.Delimiter);
        return record.Fill(rows.Bytes(0)) ? Moment(record[field]) : 0;
    }

    private static long Moment(ReadOnlySpan<byte> field)
    {
        var text = Encoding.UTF8.GetString(field).Replace(" UTC", "Z", StringComparison.OrdinalIgnoreCase);
        return text is [_, _, _, _, '-', ..] && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? moment.UtcTicks : 0;
    }
}
