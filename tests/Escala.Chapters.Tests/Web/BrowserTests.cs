using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Escala.Chapters.Tests.Web;

/// <summary>
/// What only a browser knows. ESCALA_TEST_PICTURES names a folder in which a picture of each page is left, for eyes.
/// </summary>
[Trait("Speed", "Slow")]
public sealed partial class BrowserTests(SiteUnderTest site, Browser browser) : IClassFixture<SiteUnderTest>, IClassFixture<Browser>
{
    private const int Tab = 9;

    public static TheoryData<string> Pages => PageTests.Pages;

    [Theory, MemberData(nameof(Pages))]
    public async Task No_page_scrolls_sideways_on_a_phone_or_a_projector(string path)
    {
        // Portuguese is the longest; the sheet is the fullest.
        foreach (var language in path.StartsWith("/sheet", StringComparison.Ordinal) ? (string[])["pt", "es", "en"] : ["pt"])
        {
            foreach (var (width, height) in new[] { (360, 640), (1280, 800) })
            {
                await browser.Open(site, path + (path.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "lang=" + language, width, height);
                await Keep(path, language, width);
                var wide = await browser.Evaluate("document.documentElement.scrollWidth");
                Assert.True(wide!.GetValue<int>() <= width, $"{path} in {language}: {wide} of {width} pixels");
            }
        }
    }

    [Theory, InlineData("/sheet/F101?month=2025-03"), InlineData("/sheet/F203?month=2025-04"), InlineData("/sheet/F503?month=2024-11"), InlineData("/sheet/D1?month=2025-04"), InlineData("/sheet/P1?month=2025-03")]
    public async Task A_sheet_prints_on_one_A4(string path)
    {
        foreach (var language in (string[])["pt", "es", "en"])
        {
            await browser.Open(site, path + "&lang=" + language, 1280, 800);
            var pdf = await browser.Print();
            if (Folder is { } folder) await File.WriteAllBytesAsync(Path.Combine(folder, Name(path, language, 0) + ".pdf"), pdf, TestContext.Current.CancellationToken);
            var text = Encoding.Latin1.GetString(pdf);
            Assert.Single(Leaf().Matches(text));
            Assert.Matches(@"/MediaBox\s*\[\s*0 0 59[456](\.\d+)? 84[123]", text);
        }
    }

    [Fact]
    public async Task The_keyboard_reaches_the_content_first_and_everything_visible_after()
    {
        await browser.Open(site, "/sheet/F101?month=2025-03&lang=en", 1280, 800);
        await browser.Press("Tab", Tab);
        Assert.Equal("Skip to content", (await browser.Evaluate("document.activeElement.textContent"))!.GetValue<string>());
        var reachable = (await browser.Evaluate(
            "[...document.querySelectorAll('a[href],button,select,input:not([type=hidden]),summary')].filter(e => e.checkVisibility()).length"))!.GetValue<int>();
        var order = new List<double>();
        for (var i = 1; i < reachable; i++)
        {
            await browser.Press("Tab", Tab);
            var outline = (await browser.Evaluate("getComputedStyle(document.activeElement).outlineStyle"))!.GetValue<string>();
            Assert.Equal("solid", outline);
            order.Add((await browser.Evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)"))!.GetValue<double>());
        }

        Assert.Equal(order.Order(), order);
        Assert.Equal(reachable - 1, order.Distinct().Count());
    }

    [Theory, MemberData(nameof(Pages))]
    public async Task Words_stand_out_from_their_ground_and_touches_find_their_target(string path)
    {
        await browser.Open(site, path, 360, 640);
        var faint = (JsonArray)(await browser.Evaluate(Contrast))!;
        Assert.True(faint.Count == 0, string.Join("\n", faint.Select(f => f!.ToString())));
        var small = (JsonArray)(await browser.Evaluate(
            "[...document.querySelectorAll('button,select,input:not([type=hidden]),summary,.button,.top a,.months a,a.small')].filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 24).map(e => e.outerHTML)"))!;
        Assert.Empty(small);
        var tiny = (JsonArray)(await browser.Evaluate(
            "[...document.querySelectorAll('main *')].filter(e => !e.closest('svg') && e.checkVisibility() && parseFloat(getComputedStyle(e).fontSize) < 12).map(e => e.outerHTML)"))!;
        Assert.Empty(tiny);
    }

    /// <summary>WCAG 2.2, 1.4.3: 4.5 to 1 for text on the nearest opaque ground.</summary>
    private const string Contrast = """
        (() => {
          const rgb = text => (text.match(/[\d.]+/g) || []).map(Number);
          const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
            .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
          const ground = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length === 3 || c[3] > 0) return c; } return [255, 255, 255]; };
          return [...document.querySelectorAll('body *')].filter(e => !e.closest('svg') && e.checkVisibility() && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())).map(e => {
            const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
            return { ratio: (a + 0.05) / (b + 0.05), text: e.textContent.trim().slice(0, 40) };
          }).filter(x => x.ratio < 4.5).map(x => x.text + ' ' + x.ratio.toFixed(2));
        })()
        """;

    private static string? Folder => Environment.GetEnvironmentVariable("ESCALA_TEST_PICTURES");

    private static string Name(string path, string language, int width) => NotAName().Replace(path, "_") + "-" + language + (width == 0 ? "" : "-" + width);

    private async Task Keep(string path, string language, int width)
    {
        if (Folder is not { } folder) return;
        await File.WriteAllBytesAsync(Path.Combine(folder, Name(path, language, width) + ".png"), await browser.Picture(), TestContext.Current.CancellationToken);
    }

    [GeneratedRegex(@"/Type\s*/Page[^s]")]
    private static partial Regex Leaf();

    [GeneratedRegex("[^A-Za-z0-9]+")]
    private static partial Regex NotAName();
}
