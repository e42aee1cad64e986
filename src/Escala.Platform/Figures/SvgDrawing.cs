using System.Globalization;
using System.Security;
using System.Text;

namespace Escala.Platform.Figures;

/// <summary>How an area is filled. Every fill can be told from the others on a black-and-white print.</summary>
public enum Fill
{
    None,
    White,
    Solid,
    Grey,

    /// <summary>Not all in.</summary>
    Hatched,
    Dotted,
}

public enum Stroke
{
    Full,
    Thin,
    Dashed,
    Dotted,
}

public enum Anchor
{
    Start,
    Middle,
    End,
}

/// <summary>
/// One SVG picture with a title and a description for those who do not see it. It uses presentation attributes only, so that it may stand
/// in a page whose content policy forbids inline styles, and scales to the width it is given.
/// </summary>
/// <param name="id">Unique in the page; ids inside the picture begin with it.</param>
public sealed class SvgDrawing(string id, double width, double height, string title, string description)
{
    private const string Ink = "#1b1b1b";
    private const string Solid = "#1d4f7c";

    private readonly StringBuilder _body = new();
    private readonly HashSet<Fill> _patterns = [];

    public double Width => width;

    public double Height => height;

    public SvgDrawing Rectangle(double x, double y, double wide, double high, Fill fill, bool outlined = true) => Add(
        $"<rect x='{N(x)}' y='{N(y)}' width='{N(Math.Max(0, wide))}' height='{N(high)}' fill='{Paint(fill)}'{(outlined ? $" stroke='{Ink}' stroke-width='1'" : "")}/>");

    public SvgDrawing Line(double x1, double y1, double x2, double y2, Stroke stroke = Stroke.Full) =>
        Add($"<line x1='{N(x1)}' y1='{N(y1)}' x2='{N(x2)}' y2='{N(y2)}'{Draw(stroke)}/>");

    public SvgDrawing Path(IEnumerable<(double X, double Y)> points, Stroke stroke = Stroke.Full) =>
        Add($"<polyline points='{string.Join(' ', points.Select(p => N(p.X) + "," + N(p.Y)))}' fill='none'{Draw(stroke)}/>");

    public SvgDrawing Circle(double x, double y, double radius, Fill fill) =>
        Add($"<circle cx='{N(x)}' cy='{N(y)}' r='{N(radius)}' fill='{Paint(fill)}' stroke='{Ink}' stroke-width='1.2'/>");

    /// <param name="over">Written over lines, which it keeps at a distance.</param>
    public SvgDrawing Text(double x, double y, string text, double size = 12, Anchor anchor = Anchor.Start, bool bold = false, bool over = false) => Add(
        $"<text x='{N(x)}' y='{N(y)}' font-size='{N(size)}'{(anchor == Anchor.Start ? "" : $" text-anchor='{(anchor == Anchor.End ? "end" : "middle")}'")}" +
        $"{(bold ? " font-weight='bold'" : "")} fill='{Ink}'{(over ? " stroke='#ffffff' stroke-width='3' paint-order='stroke'" : "")}>{SecurityElement.Escape(text)}</text>");

    public override string ToString()
    {
        var patterns = string.Concat(_patterns.Order().Select(Pattern));
        return $"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {N(width)} {N(height)}' role='img' aria-labelledby='{id}-title {id}-description'" +
            $" font-family='system-ui, sans-serif'><title id='{id}-title'>{SecurityElement.Escape(title)}</title>" +
            $"<desc id='{id}-description'>{SecurityElement.Escape(description)}</desc>{(patterns.Length > 0 ? $"<defs>{patterns}</defs>" : "")}{_body}</svg>";
    }

    /// <summary>Roughly how wide a text will be: no font is asked, since the reader's is not known here.</summary>
    public static double RoughWidth(string text, double size) => text.Length * size * 0.56;

    private static string N(double value) => Math.Round(value, 2).ToString(CultureInfo.InvariantCulture);

    private static string Draw(Stroke stroke) => (stroke == Stroke.Thin ? " stroke='#9a9a9a' stroke-width='0.5'" : $" stroke='{Ink}' stroke-width='{(stroke == Stroke.Full ? "1.6" : "1")}'") +
        (stroke == Stroke.Dashed ? " stroke-dasharray='5 3'" : stroke == Stroke.Dotted ? " stroke-dasharray='1.5 2.5'" : "");

    private SvgDrawing Add(string element)
    {
        _body.Append(element);
        return this;
    }

    private string Paint(Fill fill)
    {
        if (fill is Fill.Hatched or Fill.Dotted)
        {
            _patterns.Add(fill);
            return $"url(#{id}-{Name(fill)})";
        }

        return fill switch { Fill.Solid => Solid, Fill.Grey => "#9a9a9a", Fill.White => "#ffffff", _ => "none" };
    }

    private string Pattern(Fill fill)
    {
        var mark = fill == Fill.Hatched
            ? $"<rect width='6' height='6' fill='#ffffff'/><path d='M-1,1 l2,-2 M0,6 l6,-6 M5,7 l2,-2' stroke='{Ink}' stroke-width='1'/>"
            : $"<rect width='6' height='6' fill='#ffffff'/><circle cx='3' cy='3' r='1.3' fill='{Ink}'/>";
        return $"<pattern id='{id}-{Name(fill)}' width='6' height='6' patternUnits='userSpaceOnUse'>{mark}</pattern>";
    }

    private static string Name(Fill fill) => fill == Fill.Hatched ? "hatched" : "dotted";
}
