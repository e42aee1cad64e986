namespace Escala.Platform.Figures;

/// <summary>A wave, or any other row, of the diagram.</summary>
public sealed record WedgeBand(string Label, IReadOnlyList<Fill> Cells);

/// <summary>Who crosses over when: one row a wave, one column a window.</summary>
/// <param name="Mark">Index of a column to point at; null for none.</param>
public sealed record WedgeAxis(IReadOnlyList<string> ColumnLabels, int? Mark, string? MarkLabel);

/// <summary>The stepped-wedge diagram with its legend.</summary>
public static class SteppedWedgeFigure
{
    private const double Wide = 340, Row = 36, Bar = 16;

    public static SvgDrawing Draw(
        string id, string title, string description, IReadOnlyList<WedgeBand> bands, WedgeAxis axis, IReadOnlyList<(Fill Fill, string Label)> legend)
    {
        var columns = axis.ColumnLabels.Count;
        var rows = LegendRows(legend);
        var bottom = (bands.Count * Row) + 4;
        var drawing = new SvgDrawing(id, Wide, bottom + 34 + (rows.Count * 16), title, description);
        double X(int column) => 1 + (column * (Wide - 2) / columns);
        for (var r = 0; r < bands.Count; r++)
        {
            var y = (r * Row) + 2;
            drawing.Text(1, y + 11, bands[r].Label, 11);
            foreach (var (first, last, fill) in Stretches(bands[r].Cells)) drawing.Rectangle(X(first), y + 15, X(last + 1) - X(first), Bar, fill);
        }

        for (var c = 0; c < columns; c++)
        {
            if (axis.ColumnLabels[c].Length > 0) drawing.Line(X(c), bottom - 2, X(c), bottom + 3).Text(X(c), bottom + 14, axis.ColumnLabels[c], 10);
        }

        if (axis is { Mark: { } mark, MarkLabel: { } label })
        {
            var (x, half) = ((X(mark) + X(mark + 1)) / 2, SvgDrawing.RoughWidth(label, 11.5) / 2);
            drawing.Line(x, 0, x, bottom, Stroke.Dashed).Text(Math.Clamp(x, half, Wide - half), bottom + 26, label, 10, Anchor.Middle, bold: true);
        }

        for (var r = 0; r < rows.Count; r++)
        {
            var x = 1.0;
            foreach (var (fill, name) in rows[r])
            {
                drawing.Rectangle(x, bottom + 32 + (r * 16), 10, 10, fill).Text(x + 14, bottom + 41 + (r * 16), name, 10);
                x += 24 + SvgDrawing.RoughWidth(name, 10);
            }
        }

        return drawing;
    }

    private static IEnumerable<(int First, int Last, Fill Fill)> Stretches(IReadOnlyList<Fill> cells)
    {
        for (int first = 0, next; first < cells.Count; first = next)
        {
            next = first + 1;
            while (next < cells.Count && cells[next] == cells[first]) next++;
            yield return (first, next - 1, cells[first]);
        }
    }

    private static List<List<(Fill Fill, string Label)>> LegendRows(IReadOnlyList<(Fill Fill, string Label)> legend)
    {
        var rows = new List<List<(Fill, string)>>();
        var used = double.MaxValue;
        foreach (var entry in legend)
        {
            var wide = 24 + SvgDrawing.RoughWidth(entry.Label, 10);
            if (used + wide > Wide)
            {
                rows.Add([]);
                used = 0;
            }

            rows[^1].Add(entry);
            used += wide;
        }

        return rows;
    }
}
