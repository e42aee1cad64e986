using System.Globalization;
using System.Net;
using System.Text;
using Escala.Platform.Texts;

namespace Escala.Economics.Reports;

/// <summary>A cell of a table.</summary>
internal readonly record struct PageCell(string Text, bool IsNumber)
{
    public static implicit operator PageCell(string text) => new(text, false);
}

/// <summary>A page of HTML in one language under construction: numbered sections, tables, figures, numbers as the language writes them.</summary>
internal sealed class Page
{
    private const string Style = "body{font:15px/1.5 system-ui,sans-serif;max-width:68rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;margin:1rem 0;font-size:13px}td,th{border-bottom:1px solid #ddd;overflow-wrap:break-word;padding:.25rem .6rem;text-align:left;vertical-align:top}td{max-width:26rem}figure{margin:1rem 0;break-inside:avoid}figcaption{font-weight:600;font-size:14px;margin-bottom:.3rem}figure svg{max-width:52rem;width:100%;height:auto;display:block}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}td.n{white-space:nowrap}.hash{overflow-wrap:anywhere}.warning{background:#fff3cd;padding:.4rem .8rem}@page{size:A4;margin:14mm}@media print{body{margin:0;padding:0;max-width:none;font-size:11px}figcaption{font-size:12px}table{font-size:9.5px}td,th{padding:.15rem .35rem}h2,h3{break-after:avoid}tr{break-inside:avoid}thead{display:table-header-group}}";

    private readonly StringBuilder _html = new();
    private readonly Dictionary<string, int> _sections = [];
    private readonly Language _language;

    public Page(Language language, string title)
    {
        _language = language;
        Culture = language.Culture();
        _html.Append(CultureInfo.InvariantCulture, $"<!doctype html><html lang=\"{language.Code()}\"><head><meta charset=\"utf-8\"><title>{Encode(title)}</title><style>{Style}</style></head><body><h1>{Encode(title)}</h1>");
    }

    public CultureInfo Culture { get; }

    public string End() => _html.Append("</body></html>").ToString();

    public string Say(string key, params ReadOnlySpan<(string Gap, object? Value)> gaps) => EconomicTexts.Say(_language, key, gaps);

    public void Section(string key)
    {
        _sections[key] = _sections.Count + 1;
        _html.Append(CultureInfo.InvariantCulture, $"<h2 id=\"{key}\">{_sections[key]}. {Encode(Say("section." + key))}</h2>");
    }

    /// <summary>Number of a section that stands on the page; empty where it does not.</summary>
    public string NumberOf(string section) => _sections.TryGetValue(section, out var number) ? number.ToString(CultureInfo.InvariantCulture) : "";

    public void Part(string title) => _html.Append(CultureInfo.InvariantCulture, $"<h3>{Encode(title)}</h3>");

    public void Paragraph(string text, string look = "") => _html.Append(CultureInfo.InvariantCulture, $"<p{(look.Length > 0 ? $" class=\"{look}\"" : "")}>{Encode(text)}</p>");

    public void Figure(string title, string svg) => _html.Append(CultureInfo.InvariantCulture, $"<figure><figcaption>{Encode(title)}</figcaption>{svg}</figure>");

    public void Table(IReadOnlyList<string> heading, IEnumerable<IReadOnlyList<PageCell>> rows)
    {
        var cells = rows.ToList();
        _html.Append("<table><thead><tr>");
        for (var c = 0; c < heading.Count; c++) _html.Append(CultureInfo.InvariantCulture, $"<th{(cells.Any(r => r[c].IsNumber) ? " class=\"n\"" : "")}>{Encode(heading[c])}</th>");
        _html.Append("</tr></thead><tbody>");
        foreach (var row in cells)
        {
            _html.Append("<tr>");
            foreach (var cell in row) _html.Append(CultureInfo.InvariantCulture, $"<td{(cell.IsNumber ? " class=\"n\"" : "")}>{Encode(cell.Text)}</td>");
            _html.Append("</tr>");
        }
        _html.Append("</tbody></table>");
    }

    /// <summary>A result: as many decimals as a reader can use.</summary>
    public PageCell Number(double? value) => new(value is not { } x || double.IsNaN(x) ? "" : x.ToString(
        Math.Abs(x) switch { 0 => "0", >= 1000 => "#,0", >= 1 => "#,0.00", >= 0.001 => "0.0000", _ => "G3" }, Culture), true);

    /// <summary>An input: all its digits.</summary>
    public PageCell Exact(double? value) => new(value is not { } x || double.IsNaN(x) ? "" : x.ToString(x == 0 || Math.Abs(x) >= 1e-4 ? "#,0.######" : "G6", Culture), true);

    /// <summary>An end of a range: three or four digits that count.</summary>
    public string Rounded(double? value) => value is not { } x ? "" : x.ToString(Math.Abs(x) switch { >= 1000 => "#,0", >= 100 => "0.#", >= 1 => "0.##", >= 0.01 or 0 => "0.####", _ => "G3" }, Culture);

    public PageCell Whole(double value) => new(value.ToString("#,0", Culture), true);

    public PageCell Percent(double? value, string format = "P1") => new(value?.ToString(format, Culture) ?? "", true);

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
