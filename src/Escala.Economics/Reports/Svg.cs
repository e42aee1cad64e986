using System.Globalization;
using System.Net;
using System.Text;

namespace Escala.Economics.Reports;

/// <summary>A named row of points of a figure; the same number has the same colour in every figure.</summary>
internal sealed record SvgSeries(string Name, int Number, IReadOnlyList<(double X, double Y)> Points);

/// <summary>What an axis says, and how its numbers are written (a .NET format); no label, no numbers.</summary>
internal sealed record SvgAxis(string Label, string Format = "#,0.####");

/// <summary>A row of a tornado: both ends, and the text beside it.</summary>
internal sealed record SvgBar(string Name, double Low, double High, string Beside);

/// <summary>A figure with two axes, drawn as text so that a report needs nothing but a browser.</summary>
internal sealed class Svg
{
    private const double Width = 760, Right = 190, Top = 14, Bottom = 46, BarHeight = 26;
    private const int LegendLetters = 27, NameLetters = 40;

    // Told apart in grey print and by the colour-blind (Okabe and Ito).
    private static readonly string[] s_colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#B0A000"];

    private readonly StringBuilder _text = new();
    private readonly CultureInfo _culture;
    private readonly double _x0, _x1, _y0, _y1, _left, _height;
    private double _legend = Top + 12;

    private Svg(CultureInfo culture, string title, SvgAxis xAxis, SvgAxis yAxis, (double Low, double High) x, (double Low, double High) y, double left = 84, double height = 340)
    {
        (_culture, _left, _height) = (culture, left, height);
        (_x0, _x1) = Widen(x);
        (_y0, _y1) = Widen(y);
        Append($"<svg viewBox=\"0 0 {Width} {height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(title)}\"><title>{WebUtility.HtmlEncode(title)}</title>");
        Axes(xAxis, yAxis);
    }

    /// <param name="under">A wide grey line beneath the others, which it may follow.</param>
    public static string Lines(CultureInfo culture, string title, SvgAxis x, SvgAxis y, IReadOnlyList<SvgSeries> series, SvgSeries? under = null)
    {
        SvgSeries[] all = [.. series, .. under is null ? [] : new[] { under }];
        var svg = new Svg(culture, title, x, y, Range(all, p => p.X), Range(all, p => p.Y));
        if (under is not null)
        {
            svg.Append($"<polyline fill=\"none\" stroke=\"#ccc\" stroke-width=\"7\" points=\"{svg.Path(under)}\"/>");
            svg.Legend(under.Name, "#ccc");
        }
        foreach (var one in series)
        {
            svg.Append($"<polyline fill=\"none\" stroke=\"{Colour(one.Number)}\" stroke-width=\"2\"{(one.Number % 2 == 1 ? " stroke-dasharray=\"6 3\"" : "")} points=\"{svg.Path(one)}\"/>");
            svg.Legend(one.Name, Colour(one.Number));
        }
        return svg.End();
    }

    public static string Points(CultureInfo culture, string title, SvgAxis xAxis, SvgAxis yAxis, IReadOnlyList<SvgSeries> series, SvgSeries line)
    {
        SvgSeries[] all = [.. series, line];
        var (x, y) = (Range(all, p => p.X), Range(all, p => p.Y));
        var svg = new Svg(culture, title, xAxis, yAxis, Margin(x.Item1, x.Item2), Margin(y.Item1, y.Item2));
        svg.Append($"<polyline fill=\"none\" stroke=\"#777\" points=\"{svg.Path(line)}\"/>");
        svg.Dots(series);
        return svg.End();
    }

    /// <summary>Increments of cost over increments of effect, with both axes through the origin and the line of a threshold.</summary>
    public static string Plane(CultureInfo culture, string title, SvgAxis x, SvgAxis y, IReadOnlyList<SvgSeries> series, double threshold)
    {
        static (double, double) WithZero((double Low, double High) range) => Margin(Math.Min(0, range.Low), Math.Max(0, range.High));
        var svg = new Svg(culture, title, x, y, WithZero(Range(series, p => p.X)), WithZero(Range(series, p => p.Y)));
        svg.Append($"<g stroke=\"#555\"><line x1=\"{svg.X(0):0.0}\" x2=\"{svg.X(0):0.0}\" y1=\"{Top}\" y2=\"{svg._height - Bottom}\"/><line x1=\"{svg._left}\" x2=\"{Width - Right}\" y1=\"{svg.Y(0):0.0}\" y2=\"{svg.Y(0):0.0}\"/></g>");
        // The line from where it enters the figure to where it leaves it.
        double from = svg._x0, to = svg._x1;
        if (threshold > 0) (from, to) = (Math.Max(from, svg._y0 / threshold), Math.Min(to, svg._y1 / threshold));
        svg.Append($"<line x1=\"{svg.X(from):0.0}\" y1=\"{svg.Y(threshold * from):0.0}\" x2=\"{svg.X(to):0.0}\" y2=\"{svg.Y(threshold * to):0.0}\" stroke=\"#555\" stroke-dasharray=\"5 4\"/>");
        svg.Dots(series);
        return svg.End();
    }

    /// <summary>Bars from a low to a high end on both sides of a centre, one row each.</summary>
    public static string Tornado(CultureInfo culture, string title, SvgAxis x, double centre, IReadOnlyList<SvgBar> bars)
    {
        var ends = bars.SelectMany(b => new[] { b.Low, b.High }).Append(centre).ToList();
        var svg = new Svg(culture, title, x, new SvgAxis(""), Margin(ends.Min(), ends.Max()), (0, bars.Count), 250, Top + Bottom + BarHeight * bars.Count);
        if (ends.Min() < 0 && ends.Max() > 0) svg.Append($"<line x1=\"{svg.X(0):0.0}\" x2=\"{svg.X(0):0.0}\" y1=\"{Top}\" y2=\"{svg._height - Bottom}\" stroke=\"#555\" stroke-dasharray=\"5 4\"/>");
        for (var i = 0; i < bars.Count; i++)
        {
            double top = svg.Y(bars.Count - i - 0.15), height = svg.Y(bars.Count - i - 0.85) - top, middle = top + height / 2;
            foreach (var (end, colour) in new[] { (bars[i].Low, s_colours[0]), (bars[i].High, s_colours[1]) })
                svg.Append($"<rect x=\"{Math.Min(svg.X(end), svg.X(centre)):0.0}\" y=\"{top:0.0}\" width=\"{Math.Abs(svg.X(end) - svg.X(centre)):0.0}\" height=\"{height:0.0}\" fill=\"{colour}\"/>");
            svg.Words(Broken(bars[i].Name, NameLetters, 2), svg._left - 8, middle, 10, "end");
            svg.Words([bars[i].Beside], Width - Right + 8, middle, 10, "start");
        }
        return svg.End();
    }

    /// <summary>Stacked bars, one per category of the x axis.</summary>
    public static string Bars(CultureInfo culture, string title, SvgAxis yAxis, IReadOnlyList<string> categories, IReadOnlyList<(string Name, IReadOnlyList<double> Values)> parts)
    {
        double High(int c, int sign) => parts.Sum(p => p.Values[c] * sign > 0 ? p.Values[c] : 0);
        var svg = new Svg(culture, title, new SvgAxis(""), yAxis, (0, categories.Count), (Math.Min(0, categories.Select((_, c) => High(c, -1)).Min()), categories.Select((_, c) => High(c, 1)).Max()));
        for (var c = 0; c < categories.Count; c++)
        {
            double up = 0, down = 0;
            for (var p = 0; p < parts.Count; p++)
            {
                var value = parts[p].Values[c];
                var from = value >= 0 ? up : down;
                if (value >= 0) up += value;
                else down += value;
                svg.Append($"<rect x=\"{svg.X(c + 0.2):0.0}\" y=\"{svg.Y(Math.Max(from, from + value)):0.0}\" width=\"{svg.X(c + 0.8) - svg.X(c + 0.2):0.0}\" height=\"{Math.Abs(svg.Y(from) - svg.Y(from + value)):0.0}\" fill=\"{Colour(p)}\"/>");
            }
            svg.Words([categories[c]], svg.X(c + 0.5), svg._height - Bottom + 14, 11, "middle");
        }
        svg.Append($"<line x1=\"{svg._left}\" x2=\"{Width - Right}\" y1=\"{svg.Y(0):0.0}\" y2=\"{svg.Y(0):0.0}\" stroke=\"#555\"/>");
        for (var p = 0; p < parts.Count; p++) svg.Legend(parts[p].Name, Colour(p));
        return svg.End();
    }

    private void Dots(IReadOnlyList<SvgSeries> series)
    {
        foreach (var one in series)
        {
            var many = one.Points.Count > 20;
            foreach (var (x, y) in one.Points) Append($"<circle cx=\"{X(x):0.0}\" cy=\"{Y(y):0.0}\" r=\"{(many ? 1.6 : 5)}\" fill=\"{Colour(one.Number)}\" fill-opacity=\"{(many ? 0.35 : 1)}\"/>");
            Legend(one.Name, Colour(one.Number));
        }
    }

    /// <summary>Room around points, so that none lies on the frame.</summary>
    private static (double, double) Margin(double low, double high) => (low - 0.04 * (high - low), high + 0.04 * (high - low));

    private static string Colour(int i) => s_colours[i % s_colours.Length];

    private static (double, double) Range(IReadOnlyList<SvgSeries> series, Func<(double X, double Y), double> of)
    {
        var values = series.SelectMany(s => s.Points).Select(of).Where(double.IsFinite).DefaultIfEmpty(0).ToList();
        return (values.Min(), values.Max());
    }

    private static (double, double) Widen((double Low, double High) range) => range.High > range.Low ? range : (range.Low - 0.5, range.Low + 0.5);

    private double X(double x) => _left + (x - _x0) / (_x1 - _x0) * (Width - _left - Right);

    private double Y(double y) => _height - Bottom - (y - _y0) / (_y1 - _y0) * (_height - Top - Bottom);

    private string Path(SvgSeries series) =>
        string.Join(' ', series.Points.Where(p => double.IsFinite(p.Y)).Select(p => FormattableString.Invariant($"{X(p.X):0.0},{Y(p.Y):0.0}")));

    private void Axes(SvgAxis x, SvgAxis y)
    {
        double bottom = _height - Bottom, right = Width - Right;
        Append($"<g stroke=\"#999\"><line x1=\"{_left}\" y1=\"{bottom}\" x2=\"{right}\" y2=\"{bottom}\"/><line x1=\"{_left}\" y1=\"{Top}\" x2=\"{_left}\" y2=\"{bottom}\"/></g>");
        foreach (var tick in Ticks(_x0, _x1).Where(_ => x.Label.Length > 0)) Words([tick.ToString(x.Format, _culture)], X(tick), bottom + 11, 10, "middle");
        foreach (var tick in Ticks(_y0, _y1).Where(_ => y.Label.Length > 0))
        {
            Append($"<line x1=\"{_left}\" x2=\"{right}\" y1=\"{Y(tick):0.0}\" y2=\"{Y(tick):0.0}\" stroke=\"#eee\"/>");
            Words([tick.ToString(y.Format, _culture)], _left - 6, Y(tick), 10, "end");
        }
        Words([x.Label], (_left + right) / 2, _height - 12, 12, "middle");
        Append($"<text x=\"14\" y=\"{(Top + bottom) / 2}\" font-size=\"12\" text-anchor=\"middle\" transform=\"rotate(-90 14 {(Top + bottom) / 2})\">{WebUtility.HtmlEncode(y.Label)}</text>");
    }

    private static IEnumerable<double> Ticks(double low, double high)
    {
        var raw = (high - low) / 5;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var step = power * (raw / power < 1.5 ? 1 : raw / power < 3.5 ? 2 : raw / power < 7.5 ? 5 : 10);
        for (var tick = Math.Ceiling(low / step - 1e-9); tick * step <= high + 1e-9 * step; tick++) yield return tick * step + 0.0;
    }

    private void Legend(string name, string colour)
    {
        var lines = Broken(name, LegendLetters, 3);
        Append($"<rect x=\"{Width - Right + 10}\" y=\"{_legend - 8}\" width=\"10\" height=\"10\" fill=\"{colour}\"/>");
        Words(lines, Width - Right + 25, _legend - 3 + 6.5 * (lines.Count - 1), 11, "start");
        _legend += 4 + 13 * lines.Count;
    }

    /// <summary>Lines of text about a height.</summary>
    private void Words(List<string> lines, double x, double middle, int size, string anchor)
    {
        for (var i = 0; i < lines.Count; i++)
            Append($"<text x=\"{x:0.0}\" y=\"{middle + size * 0.36 + (i - (lines.Count - 1) / 2.0) * size * 1.18:0.0}\" font-size=\"{size}\" text-anchor=\"{anchor}\">{WebUtility.HtmlEncode(lines[i])}</text>");
    }

    /// <summary>A name in at most so many lines; what does not fit ends in an ellipsis.</summary>
    private static List<string> Broken(string name, int letters, int most)
    {
        List<string> lines = [""];
        foreach (var word in name.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (lines[^1].Length == 0) lines[^1] = word;
            else if (lines[^1].Length + 1 + word.Length <= letters) lines[^1] += " " + word;
            else if (lines.Count < most) lines.Add(word);
            else
            {
                lines[^1] += " …";
                break;
            }
        }
        return [.. lines.Select(l => l.Length <= letters + 2 ? l : l[..letters] + "…")];
    }

    private void Append(FormattableString text) => _text.Append(text.ToString(CultureInfo.InvariantCulture));

    private string End() => _text.Append("</svg>").ToString();
}
