namespace Escala.Platform.Figures;

/// <summary>One point of a run chart.</summary>
/// <param name="Year">Written below the label; empty for none.</param>
/// <param name="Value">0 to 1; null where there is none.</param>
/// <param name="Incomplete">Hatched, and out of the line.</param>
/// <param name="Signal">Belongs to a shift or trend.</param>
public sealed record RunChartPoint(string Label, string Year, double? Value, bool Incomplete, bool Signal);

/// <summary>Proportions in time order with their median. Points of a signal are squares.</summary>
public static class RunChartFigure
{
    private const double Wide = 340, High = 160, Left = 36, Right = 8, Top = 10, Bottom = 34;

    public static SvgDrawing Draw(string id, string title, string description, IReadOnlyList<RunChartPoint> points, double median, Func<double, string> percent)
    {
        var drawing = new SvgDrawing(id, Wide, High, title, description);
        var (low, high) = Range(points);
        double X(int i) => Left + ((i + 0.5) * (Wide - Left - Right) / points.Count);
        double Y(double value) => High - Bottom - ((value - low) / (high - low) * (High - Top - Bottom));
        Axis(drawing, low, high, Y, percent);
        var step = (Wide - Left - Right) / points.Count;
        for (var i = 0; i < points.Count; i++)
        {
            if (points[i].Incomplete) drawing.Rectangle(X(i) - (step / 2), Top, step, High - Top - Bottom, Fill.Hatched, outlined: false);
            drawing.Text(X(i), High - 20, points[i].Label, 10, Anchor.Middle).Text(X(i), High - 7, points[i].Year, 10, Anchor.Middle);
        }

        if (!double.IsNaN(median)) drawing.Line(Left, Y(median), Wide - Right, Y(median), Stroke.Dashed);
        foreach (var stretch in Stretches(points)) drawing.Path(stretch.Select(i => (X(i), Y(points[i].Value!.Value))));
        for (var i = 0; i < points.Count; i++)
        {
            if (points[i].Value is not { } value) continue;
            if (points[i].Signal) drawing.Rectangle(X(i) - 4, Y(value) - 4, 8, 8, Fill.Solid);
            else drawing.Circle(X(i), Y(value), 3.4, points[i].Incomplete ? Fill.White : Fill.Solid);
        }

        return drawing;
    }

    /// <summary>Indices of points that follow each other without a gap, two or more: a line across a window of which nothing is known would say something of it.</summary>
    private static IEnumerable<IReadOnlyList<int>> Stretches(IReadOnlyList<RunChartPoint> points)
    {
        var stretch = new List<int>();
        for (var i = 0; i <= points.Count; i++)
        {
            if (i < points.Count && points[i] is { Value: not null, Incomplete: false })
            {
                stretch.Add(i);
                continue;
            }

            if (stretch.Count > 1) yield return stretch;
            stretch = [];
        }
    }

    /// <summary>Whole tens around the values, at least thirty points wide, so that a small change does not look like a large one.</summary>
    private static (double Low, double High) Range(IReadOnlyList<RunChartPoint> points)
    {
        var values = points.Select(p => p.Value).OfType<double>().DefaultIfEmpty(0.5).ToList();
        var (low, high) = (Math.Floor(values.Min() * 10) / 10, Math.Ceiling(values.Max() * 10) / 10);
        while (high - low < 0.295)
        {
            if (low > 0.05) low -= 0.1;
            if (high < 0.95) high += 0.1;
        }

        return (Math.Max(0, low), Math.Min(1, high));
    }

    private static void Axis(SvgDrawing drawing, double low, double high, Func<double, double> y, Func<double, string> percent)
    {
        for (var tenth = (int)Math.Round(low * 10); tenth <= (int)Math.Round(high * 10); tenth++)
        {
            var value = tenth / 10.0;
            drawing.Line(Left, y(value), Wide - Right, y(value), Stroke.Thin);
            if (high - low < 0.55 || tenth % 2 == 0) drawing.Text(Left - 4, y(value) + 4, percent(value), 10, Anchor.End);
        }
    }
}
