namespace Escala.Platform.Figures;

/// <summary>One unit of a funnel plot.</summary>
/// <param name="Label">Written beside the point; null for points that are there for comparison.</param>
public sealed record FunnelMark(string? Label, int Asked, double Proportion, Fill Fill);

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
        foreach (var mark in marks.OrderBy(m => m.Label is not null)) Mark(drawing, mark, X(mark.Asked), Y(mark.Proportion));
        return drawing;
    }

    private static void Mark(SvgDrawing drawing, FunnelMark mark, double x, double y)
    {
        drawing.Circle(x, y, mark.Label is null ? 3 : 4.2, mark.Fill);
        if (mark.Label is not { } label) return;
        var toLeft = x + 8 + SvgDrawing.RoughWidth(label, 10) > Wide - Right;
        drawing.Text(toLeft ? x - 7 : x + 7, y + 4, label, 10, toLeft ? Anchor.End : Anchor.Start, bold: true, over: true);
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
