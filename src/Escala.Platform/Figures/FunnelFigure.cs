namespace Escala.Platform.Figures;

/// <summary>One unit of a funnel plot.</summary>
/// <param name="Label">Written beside the point where there is room; null for points that are there for comparison.</param>
/// <param name="Outlier">Outside the limits: written whether there is room or not.</param>
public sealed record FunnelMark(string? Label, int Asked, double Proportion, Fill Fill, bool Outlier = false);

/// <summary>Limits at a number of people asked.</summary>
public sealed record FunnelLimit(int Asked, double Lower95, double Upper95, double Lower998, double Upper998);

/// <summary>Units by their size and proportion against what chance does at that size.</summary>
public static class FunnelFigure
{
    private const double Wide = 340, High = 220, Left = 40, Right = 10, Top = 8, Bottom = 34;

    public static SvgDrawing Draw(
        string id, string title, string description, string acrossLabel, IReadOnlyList<FunnelMark> marks, double centre,
        IReadOnlyList<FunnelLimit> limits, Func<double, string> percent)
    {
        var drawing = new SvgDrawing(id, Wide, High, title, description);
        var most = Math.Max(1, limits.Count == 0 ? 1 : limits.Max(l => l.Asked));
        double X(double asked) => Left + (asked / most * (Wide - Left - Right));
        double Y(double proportion) => High - Bottom - (proportion * (High - Top - Bottom));
        for (var i = 0; i <= 5; i++)
        {
            drawing.Line(Left, Y(i / 5.0), Wide - Right, Y(i / 5.0), Stroke.Thin).Text(Left - 4, Y(i / 5.0) + 4, percent(i / 5.0), 10, Anchor.End);
        }

        var tick = Tick(most);
        for (var at = 0; at <= most; at += tick)
        {
            drawing.Line(X(at), High - Bottom, X(at), High - Bottom + 4).Text(X(at), High - Bottom + 15, at.ToString(System.Globalization.CultureInfo.InvariantCulture), 10, Anchor.Middle);
        }

        drawing.Text((Left + Wide - Right) / 2, High - 4, acrossLabel, 11, Anchor.Middle);
        if (!double.IsNaN(centre)) drawing.Line(Left, Y(centre), Wide - Right, Y(centre));
        drawing.Path(limits.Select(l => (X(l.Asked), Y(l.Lower95))), Stroke.Dashed).Path(limits.Select(l => (X(l.Asked), Y(l.Upper95))), Stroke.Dashed)
            .Path(limits.Select(l => (X(l.Asked), Y(l.Lower998))), Stroke.Dotted).Path(limits.Select(l => (X(l.Asked), Y(l.Upper998))), Stroke.Dotted);
        foreach (var mark in marks.OrderBy(m => m.Label is not null)) Point(drawing, X(mark.Asked), Y(mark.Proportion), mark.Label is null ? 3 : 4.2, mark.Fill);
        var taken = marks.Where(m => m.Label is not null).Select(m => new Box(X(m.Asked) - 4, Y(m.Proportion) - 4, 8, 8)).ToList();
        foreach (var mark in marks.Where(m => m.Label is not null).OrderByDescending(m => m.Outlier).ThenBy(m => m.Asked)) Write(drawing, mark, X(mark.Asked), Y(mark.Proportion), taken);
        return drawing;
    }

    /// <summary>A hatched point is struck through: no pattern shows within so few pixels.</summary>
    private static void Point(SvgDrawing drawing, double x, double y, double radius, Fill fill)
    {
        drawing.Circle(x, y, radius, fill == Fill.Hatched ? Fill.White : fill);
        var reach = (radius + 1.5) * 0.707;
        if (fill == Fill.Hatched) drawing.Line(x - reach, y + reach, x + reach, y - reach);
    }

    /// <summary>To the right of the point, else to the left, above or below, where no other label or labelled point lies; else nowhere, for the page names every point in words.</summary>
    private static void Write(SvgDrawing drawing, FunnelMark mark, double x, double y, List<Box> taken)
    {
        const double Tall = 10;
        // Bold letters are wider.
        var wide = SvgDrawing.RoughWidth(mark.Label!, 10) * 1.2;
        (double X, double Y)[] corners = [(x + 6, y - 5), (x - 6 - wide, y - 5), (x - (wide / 2), y - 6 - Tall), (x - (wide / 2), y + 6)];
        var boxes = corners.Select(c => new Box(c.X, c.Y, wide, Tall)).Where(b => b.X >= Left && b.X + wide <= Wide - Right && b.Y >= 0 && b.Y + Tall <= High - Bottom).ToList();
        var free = boxes.Where(b => !taken.Exists(b.Meets)).Select(b => (Box?)b).FirstOrDefault() ?? (mark.Outlier ? boxes.Select(b => (Box?)b).FirstOrDefault() : null);
        if (free is not { } box) return;
        taken.Add(box);
        drawing.Text(box.X, box.Y + Tall - 1.5, mark.Label!, 10, Anchor.Start, bold: true, over: true);
    }

    private readonly record struct Box(double X, double Y, double Wide, double Tall)
    {
        public bool Meets(Box other) => X < other.X + other.Wide && other.X < X + Wide && Y < other.Y + other.Tall && other.Y < Y + Tall;
    }

    private static int Tick(int most)
    {
        var tick = 1;
        foreach (var next in Enumerable.Range(0, 8).SelectMany(power => (int[])[1, 2, 5], (power, digit) => digit * (int)Math.Pow(10, power)))
        {
            tick = next;
            if (most / tick <= 6) break;
        }

        return tick;
    }
}
