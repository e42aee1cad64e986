using System.Globalization;
using System.Net;
using System.Text;

namespace Escala.Economics.Reports;

/// <summary>A named row of points of a figure.</summary>
internal sealed record SvgSeries(string Name, IReadOnlyList<(double X, double Y)> Points);

/// <summary>A figure with two axes, drawn as text so that a report needs nothing but a browser.</summary>
internal sealed class Svg
{
    private const double Width = 640, Height = 340, Left = 74, Right = 150, Top = 14, Bottom = 44;

    // Told apart in grey print and by the colour-blind (Okabe and Ito).
    private static readonly string[] s_colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#B0A000"];

    private readonly StringBuilder _text = new();
    private readonly double _x0, _x1, _y0, _y1;
    private int _legend;

    private Svg(string title, string xLabel, string yLabel, (double Low, double High) x, (double Low, double High) y)
    {
        (_x0, _x1) = Widen(x);
        (_y0, _y1) = Widen(y);
        _text.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(title)}\"><title>{WebUtility.HtmlEncode(title)}</title>");
        Axes(xLabel, yLabel);
    }

    /// <param name="under">A wide grey line beneath the others, which it may follow.</param>
    public static string Lines(string title, string xLabel, string yLabel, IReadOnlyList<SvgSeries> series, SvgSeries? under = null)
    {
        SvgSeries[] all = [.. series, .. under is null ? [] : new[] { under }];
        var svg = new Svg(title, xLabel, yLabel, Range(all, p => p.X), Range(all, p => p.Y));
        if (under is not null)
        {
            svg.Append($"<polyline fill=\"none\" stroke=\"#ccc\" stroke-width=\"7\" points=\"{string.Join(' ', under.Points.Select(p => FormattableString.Invariant($"{svg.X(p.X):0.0},{svg.Y(p.Y):0.0}")))}\"/>");
            svg.Legend(under.Name, "#ccc");
        }
        for (var i = 0; i < series.Count; i++)
        {
            var points = string.Join(' ', series[i].Points.Where(p => double.IsFinite(p.Y)).Select(p => FormattableString.Invariant($"{svg.X(p.X):0.0},{svg.Y(p.Y):0.0}")));
            svg.Append($"<polyline fill=\"none\" stroke=\"{Colour(i)}\" stroke-width=\"2\"{(i % 2 == 1 ? " stroke-dasharray=\"6 3\"" : "")} points=\"{points}\"/>");
            svg.Legend(series[i].Name, Colour(i));
        }
        return svg.End();
    }

    public static string Points(string title, string xLabel, string yLabel, IReadOnlyList<SvgSeries> series, SvgSeries? line = null)
    {
        SvgSeries[] all = [.. series, .. line is null ? [] : new[] { line }];
        var (x, y) = (Range(all, p => p.X), Range(all, p => p.Y));
        var svg = new Svg(title, xLabel, yLabel, Margin(x.Item1, x.Item2), Margin(y.Item1, y.Item2));
        if (line is not null)
            svg.Append($"<polyline fill=\"none\" stroke=\"#777\" points=\"{string.Join(' ', line.Points.Select(p => FormattableString.Invariant($"{svg.X(p.X):0.0},{svg.Y(p.Y):0.0}")))}\"/>");
        svg.Dots(series);
        return svg.End();
    }

    /// <summary>Increments of cost over increments of effect, with both axes through the origin and the line of a threshold.</summary>
    public static string Plane(string title, string xLabel, string yLabel, IReadOnlyList<SvgSeries> series, double threshold)
    {
        static (double, double) WithZero((double Low, double High) range) => Margin(Math.Min(0, range.Low), Math.Max(0, range.High));
        var svg = new Svg(title, xLabel, yLabel, WithZero(Range(series, p => p.X)), WithZero(Range(series, p => p.Y)));
        svg.Append($"<g stroke=\"#555\"><line x1=\"{svg.X(0):0.0}\" x2=\"{svg.X(0):0.0}\" y1=\"{Top}\" y2=\"{Height - Bottom}\"/><line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{svg.Y(0):0.0}\" y2=\"{svg.Y(0):0.0}\"/></g>");
        // The line from where it enters the figure to where it leaves it.
        double from = svg._x0, to = svg._x1;
        if (threshold > 0) (from, to) = (Math.Max(from, svg._y0 / threshold), Math.Min(to, svg._y1 / threshold));
        svg.Append($"<line x1=\"{svg.X(from):0.0}\" y1=\"{svg.Y(threshold * from):0.0}\" x2=\"{svg.X(to):0.0}\" y2=\"{svg.Y(threshold * to):0.0}\" stroke=\"#555\" stroke-dasharray=\"5 4\"/>");
        svg.Dots(series);
        return svg.End();
    }

    /// <summary>Bars from a low to a high end on both sides of a centre, one row each.</summary>
    public static string Tornado(string title, string xLabel, double centre, IReadOnlyList<(string Name, double Low, double High)> bars)
    {
        var ends = bars.SelectMany(b => new[] { b.Low, b.High }).Append(centre).ToList();
        var svg = new Svg(title, xLabel, "", Margin(ends.Min(), ends.Max()), (0, bars.Count));
        if (ends.Min() < 0 && ends.Max() > 0) svg.Append($"<line x1=\"{svg.X(0):0.0}\" x2=\"{svg.X(0):0.0}\" y1=\"{Top}\" y2=\"{Height - Bottom}\" stroke=\"#555\" stroke-dasharray=\"5 4\"/>");
        for (var i = 0; i < bars.Count; i++)
        {
            double top = svg.Y(bars.Count - i - 0.15), height = svg.Y(bars.Count - i - 0.85) - top;
            foreach (var (end, colour) in new[] { (bars[i].Low, s_colours[0]), (bars[i].High, s_colours[1]) })
                svg.Append($"<rect x=\"{Math.Min(svg.X(end), svg.X(centre)):0.0}\" y=\"{top:0.0}\" width=\"{Math.Abs(svg.X(end) - svg.X(centre)):0.0}\" height=\"{height:0.0}\" fill=\"{colour}\"/>");
            svg.Append($"<text x=\"{Width - Right + 8}\" y=\"{top + height * 0.75:0.0}\" font-size=\"10\">{WebUtility.HtmlEncode(bars[i].Name)}</text>");
        }
        return svg.End();
    }

    /// <summary>Stacked bars, one per category of the x axis.</summary>
    public static string Bars(string title, string yLabel, IReadOnlyList<string> categories, IReadOnlyList<(string Name, IReadOnlyList<double> Values)> parts)
    {
        double High(int c, int sign) => parts.Sum(p => p.Values[c] * sign > 0 ? p.Values[c] : 0);
        var svg = new Svg(title, "", yLabel, (0, categories.Count), (Math.Min(0, categories.Select((_, c) => High(c, -1)).Min()), categories.Select((_, c) => High(c, 1)).Max()));
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
            svg.Append($"<text x=\"{svg.X(c + 0.5):0.0}\" y=\"{Height - Bottom + 30:0.0}\" font-size=\"11\" text-anchor=\"middle\">{WebUtility.HtmlEncode(categories[c])}</text>");
        }
        for (var p = 0; p < parts.Count; p++) svg.Legend(parts[p].Name, Colour(p));
        return svg.End();
    }

    private void Dots(IReadOnlyList<SvgSeries> series)
    {
        for (var i = 0; i < series.Count; i++)
        {
            var many = series[i].Points.Count > 20;
            foreach (var (x, y) in series[i].Points) Append($"<circle cx=\"{X(x):0.0}\" cy=\"{Y(y):0.0}\" r=\"{(many ? 1.6 : 5)}\" fill=\"{Colour(i)}\" fill-opacity=\"{(many ? 0.35 : 1)}\"/>");
            Legend(series[i].Name, Colour(i));
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

    private double X(double x) => Left + (x - _x0) / (_x1 - _x0) * (Width - Left - Right);

    private double Y(double y) => Height - Bottom - (y - _y0) / (_y1 - _y0) * (Height - Top - Bottom);

    private void Axes(string xLabel, string yLabel)
    {
        Append($"<g stroke=\"#999\"><line x1=\"{Left}\" y1=\"{Height - Bottom}\" x2=\"{Width - Right}\" y2=\"{Height - Bottom}\"/><line x1=\"{Left}\" y1=\"{Top}\" x2=\"{Left}\" y2=\"{Height - Bottom}\"/></g>");
        foreach (var tick in Ticks(_x0, _x1).Where(_ => xLabel.Length > 0))
            Append($"<text x=\"{X(tick):0.0}\" y=\"{Height - Bottom + 15}\" font-size=\"10\" text-anchor=\"middle\">{tick:#,0.####}</text>");
        foreach (var tick in Ticks(_y0, _y1).Where(_ => yLabel.Length > 0))
            Append($"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(tick):0.0}\" y2=\"{Y(tick):0.0}\" stroke=\"#eee\"/><text x=\"{Left - 6}\" y=\"{Y(tick) + 3:0.0}\" font-size=\"10\" text-anchor=\"end\">{tick:#,0.####}</text>");
        Append($"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 8}\" font-size=\"12\" text-anchor=\"middle\">{WebUtility.HtmlEncode(xLabel)}</text>");
        Append($"<text x=\"14\" y=\"{(Top + Height - Bottom) / 2}\" font-size=\"12\" text-anchor=\"middle\" transform=\"rotate(-90 14 {(Top + Height - Bottom) / 2})\">{WebUtility.HtmlEncode(yLabel)}</text>");
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
        var y = Top + 12 + 16 * _legend++;
        Append($"<rect x=\"{Width - Right + 10}\" y=\"{y - 8}\" width=\"10\" height=\"10\" fill=\"{colour}\"/><text x=\"{Width - Right + 25}\" y=\"{y + 1}\" font-size=\"11\">{WebUtility.HtmlEncode(name)}</text>");
    }

    private void Append(FormattableString text) => _text.Append(text.ToString(CultureInfo.InvariantCulture));

    private string End() => _text.Append("</svg>").ToString();
}
