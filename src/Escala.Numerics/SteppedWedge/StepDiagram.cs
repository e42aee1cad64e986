using System.Globalization;
using System.Net;
using System.Text;

namespace Escala.Numerics.SteppedWedge;

/// <summary>Words of a <see cref="StepDiagram"/>, in the reader's language.</summary>
/// <param name="Title">What the picture shows.</param>
/// <param name="Period">Heading before the number of a period.</param>
/// <param name="Unexposed">Legend of cells without the intervention.</param>
/// <param name="Exposed">Legend of cells with it.</param>
/// <param name="NotObserved">Legend of cells outside the analysis.</param>
public sealed record StepDiagramTexts(string Title, string Period, string Unexposed, string Exposed, string NotObserved)
{
    /// <summary>English.</summary>
    public static StepDiagramTexts English { get; } = new("Stepped-wedge design", "Period", "unexposed", "exposed", "not analysed");
}

/// <summary>
/// The diagram that the stepped-wedge extension of CONSORT asks for (item 3a): one row a cluster, one column a period. Cells differ by mark as
/// well as by shade, so that the picture survives a photocopier.
/// </summary>
public static class StepDiagram
{
    private const int Cell = 56, RowHeight = 28, LabelWidth = 170, Top = 62;

    /// <summary>Draws the layout, rows in the order of sequences.</summary>
    /// <param name="layout">The design.</param>
    /// <param name="clusterNames">One name a cluster; null numbers them.</param>
    /// <param name="texts">Words; null for English.</param>
    /// <returns>A complete SVG document without outside references.</returns>
    /// <exception cref="ArgumentException">There is not one name for each cluster.</exception>
    public static string ToSvg(TrialLayout layout, IReadOnlyList<string>? clusterNames = null, StepDiagramTexts? texts = null)
    {
        ArgumentNullException.ThrowIfNull(layout);
        if (clusterNames is not null && clusterNames.Count != layout.Clusters)
        {
            throw new UnfitInputException("numerics.design.names", "{names} names were given for {clusters} clusters.", ("names", clusterNames.Count), ("clusters", layout.Clusters));
        }
        texts ??= StepDiagramTexts.English;
        int width = LabelWidth + (layout.Periods * Cell) + 20, height = Top + (layout.Clusters * RowHeight) + 50;
        var svg = new StringBuilder();
        void Add(FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
        Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" aria-labelledby=\"t\" font-family=\"sans-serif\" font-size=\"13\">");
        Add($"<title id=\"t\">{Text(texts.Title)}</title>");
        Add($"<rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>");
        Add($"<text x=\"10\" y=\"24\" font-size=\"16\" font-weight=\"bold\">{Text(texts.Title)}</text>");
        Add($"<text x=\"10\" y=\"{Top - 10}\">{Text(texts.Period)}</text>");
        for (int t = 0; t < layout.Periods; t++)
        {
            Add($"<text x=\"{LabelWidth + (t * Cell) + (Cell / 2)}\" y=\"{Top - 10}\" text-anchor=\"middle\">{t + 1}</text>");
        }
        int row = 0;
        foreach (int cluster in Enumerable.Range(0, layout.Clusters).OrderBy(i => layout.SequenceOf[i]))
        {
            int y = Top + (row++ * RowHeight);
            string name = clusterNames?[cluster] ?? (cluster + 1).ToString(CultureInfo.InvariantCulture);
            Add($"<text x=\"10\" y=\"{y + 19}\">{layout.SequenceOf[cluster] + 1} · {Text(name)}</text>");
            for (int t = 0; t < layout.Periods; t++)
            {
                Add($"{CellMark(LabelWidth + (t * Cell), y, layout.Exposure(cluster, t))}");
            }
        }
        (double Exposure, string Word)[] legend = layout.ObservedCells == layout.Clusters * layout.Periods
            ? [(0, texts.Unexposed), (1, texts.Exposed)]
            : [(0, texts.Unexposed), (1, texts.Exposed), (double.NaN, texts.NotObserved)];
        foreach (var (k, (exposure, word)) in legend.Index())
        {
            int x = 10 + (k * 150), y = Top + (layout.Clusters * RowHeight) + 14;
            Add($"<g transform=\"translate({x} {y}) scale(.5 .75)\">{CellMark(0, 0, exposure)}</g><text x=\"{x + 36}\" y=\"{y + 15}\">{Text(word)}</text>");
        }
        return svg.Append("</svg>\n").ToString();
    }

    private static string CellMark(int x, int y, double exposure)
    {
        string fill = exposure == 1 ? "#1f5f8b" : exposure == 0 ? "#e8eef2" : "#fff";
        string mark = exposure == 1 ? "1" : exposure == 0 ? "0" : "–", ink = exposure == 1 ? "#fff" : "#333";
        string dash = double.IsNaN(exposure) ? " stroke-dasharray=\"3 3\"" : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"<rect x=\"{x + 1}\" y=\"{y + 1}\" width=\"{Cell - 2}\" height=\"{RowHeight - 2}\" fill=\"{fill}\" stroke=\"#7a8a94\"{dash}/><text x=\"{x + (Cell / 2)}\" y=\"{y + 19}\" text-anchor=\"middle\" fill=\"{ink}\">{mark}</text>");
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
