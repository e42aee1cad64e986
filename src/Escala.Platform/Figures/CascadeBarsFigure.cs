namespace Escala.Platform.Figures;

/// <summary>One step of a cascade: how many were asked (outline) and how many passed (filled).</summary>
public sealed record CascadeBar(string Label, string Value, int? Passed, int? Asked, Fill Fill);

/// <summary>Bars of a cascade on one scale of people, one under the other so that their names can be read on a phone.</summary>
public static class CascadeBarsFigure
{
    private const double Wide = 340, Row = 40;

    public static SvgDrawing Draw(string id, string title, string description, IReadOnlyList<CascadeBar> bars)
    {
        var most = bars.Max(b => Math.Max(b.Asked ?? 0, b.Passed ?? 0));
        double scale = most == 0 ? 0 : (Wide - 2) / most, y = 2;
        var drawing = new SvgDrawing(id, Wide, (bars.Count * Row) + 2, title, description);
        foreach (var bar in bars)
        {
            var room = Wide - 10 - SvgDrawing.RoughWidth(bar.Value, 12);
            drawing.Text(1, y + 11, bar.Label, Math.Clamp(12 * room / SvgDrawing.RoughWidth(bar.Label, 12.5), 8, 12), bold: true).Text(Wide - 1, y + 11, bar.Value, anchor: Anchor.End);
            if (bar.Asked is { } asked) drawing.Rectangle(1, y + 16, asked * scale, 16, Fill.White);
            if (bar.Passed is { } passed) drawing.Rectangle(1, y + 16, passed * scale, 16, bar.Fill);
            y += Row;
        }

        return drawing;
    }
}
