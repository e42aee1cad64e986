using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Escala.Chapters.Tests.Cascades;
using Escala.Web;

namespace Escala.Chapters.Tests.Web;

public sealed partial class PageTests(SiteUnderTest site) : IClassFixture<SiteUnderTest>
{
    public static TheoryData<string> Pages =>
    [
        "/", "/?month=2024-06", "/district/D1", "/district/P1", "/facility/F101", "/facility/D3", "/sheet/F101", "/sheet/F101?month=2025-03&end=controlled&target=0.9",
        "/sheet/F602?month=2025-03&own=87%2C5", "/sheet/D1?month=2025-03", "/sheet/P1", "/sheet/F503?month=2024-11", "/measures",
    ];

    [Fact]
    public void Every_text_of_every_page_exists_in_three_languages() => Assert.All(SiteTexts.Catalogue.Texts, t => TextAssert.Whole(t.Key, t.Value));

    [Theory, MemberData(nameof(Pages))]
    public async Task Every_page_says_that_its_data_are_simulated_has_one_heading_and_no_gap_left_open(string path)
    {
        foreach (var (language, simulated) in new[] { ("pt", "simulados"), ("es", "simulados"), ("en", "Simulated") })
        {
            var html = await Get(path + (path.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "lang=" + language);
            Assert.Contains($"<html lang=\"{language}\">", html, StringComparison.Ordinal);
            Assert.Contains(simulated, html, StringComparison.Ordinal);
            Assert.Single(Heading().Matches(html));
            Assert.DoesNotMatch(@"\{[a-z]+\}", Source().Replace(html, ""));
        }
    }

    [Theory, MemberData(nameof(Pages))]
    public async Task Ids_are_unique_and_what_labels_point_to_exists(string path)
    {
        var html = await Get(path);
        var ids = Id().Matches(html).Select(m => m.Groups[1].Value).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(Pointer().Matches(html).SelectMany(m => m.Groups[1].Value.Split(' ')), pointed => Assert.Contains(pointed, ids));
    }

    [Fact]
    public async Task Every_link_of_every_page_leads_somewhere()
    {
        var seen = new HashSet<string>();
        foreach (var page in Pages)
        {
            foreach (Match link in Link().Matches(await Get(page.Data))) seen.Add(WebUtility.HtmlDecode(link.Groups[1].Value).Split('#')[0]);
        }

        foreach (var link in seen.Where(l => l.Length > 0)) Assert.Equal(HttpStatusCode.OK, (await site.Client.GetAsync(link, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task The_sheet_shows_gain_target_interval_and_definition()
    {
        var html = WebUtility.HtmlDecode(await Get("/sheet/F101?month=2025-03&lang=en"));
        Assert.Contains("more people would reach “Medicine picked up”", html, StringComparison.Ordinal);
        Assert.Contains("saia-htn/controlled@1", html, StringComparison.Ordinal);
        Assert.Contains("the best quarter of the facilities of Chicumbe", html, StringComparison.Ordinal);
        Assert.Contains("could be chance", html, StringComparison.Ordinal);
        Assert.Contains("Groups of which fewer than 5 people", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_month_that_is_not_all_in_is_hatched_and_says_so()
    {
        var html = WebUtility.HtmlDecode(await Get("/sheet/F101?month=2025-04&lang=en"));
        Assert.Contains("INCOMPLETE", html, StringComparison.Ordinal);
        Assert.Contains("url(#bars-hatched)", html, StringComparison.Ordinal);
        Assert.DoesNotContain("INCOMPLETE", await Get("/sheet/F101?month=2025-03&lang=en"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/sheet/F999", HttpStatusCode.NotFound), InlineData("/district/F999", HttpStatusCode.NotFound), InlineData("/facility/x", HttpStatusCode.NotFound)]
    [InlineData("/sheet/F101?month=March", HttpStatusCode.BadRequest), InlineData("/sheet/F101?end=x", HttpStatusCode.BadRequest), InlineData("/sheet/F101?own=900", HttpStatusCode.BadRequest)]
    [InlineData("/nothing", HttpStatusCode.NotFound)]
    public async Task What_cannot_be_shown_is_said_with_a_remedy_and_a_way_back(string path, HttpStatusCode status)
    {
        var answer = await site.Client.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(status, answer.StatusCode);
        var html = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("<a href=\"/\">", html, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_browsers_language_is_asked_and_the_readers_choice_is_kept()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/measures");
        request.Headers.Add("Accept-Language", "de, es-MX;q=0.8, en;q=0.5");
        var answer = await site.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Contains("<html lang=\"es\">", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var chosen = await site.Client.GetAsync("/measures?lang=en", TestContext.Current.CancellationToken);
        Assert.Contains(chosen.Headers.GetValues("Set-Cookie"), c => c.StartsWith("escala-language=en", StringComparison.Ordinal));
    }

    [Theory, InlineData("150"), InlineData("abc"), InlineData("0"), InlineData("1.000,5")]
    public async Task A_target_typed_in_per_cents_is_answered_in_per_cents(string own)
    {
        var answer = await site.Client.GetAsync("/sheet/F101?month=2025-03&lang=es&own=" + Uri.EscapeDataString(own), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var html = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Contains($"«{own}»", html, StringComparison.Ordinal);
        Assert.Contains("por ejemplo 90 o 92.5", html, StringComparison.Ordinal);
        Assert.DoesNotContain("0.9 ", html, StringComparison.Ordinal);
        Assert.Contains("<a href=\"/sheet/F101?month=2025-03\">", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_of_92_and_a_half_reads_so()
    {
        var html = WebUtility.HtmlDecode(await Get("/sheet/F101?month=2025-03&lang=pt&own=92,5"));
        Assert.Contains("92,5\u00a0% em cada passo", html, StringComparison.Ordinal);
        Assert.Contains("até 92,5\u00a0%", html, StringComparison.Ordinal);
        Assert.Contains("value=\"92,5\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("93\u00a0%", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_readers_end_step_and_target_go_along_to_every_page_and_back()
    {
        const string Chosen = "end=controlled&own=92,5";
        foreach (var page in (string[])["/sheet/F101?month=2025-03&", "/sheet/D1?month=2025-03&", "/facility/F101?month=2025-03&", "/district/D1?month=2025-03&", "/?month=2025-03&"])
        {
            var links = Link().Matches(await Get(page + Chosen)).Select(m => WebUtility.HtmlDecode(m.Groups[1].Value))
                .Where(l => l.StartsWith("/sheet", StringComparison.Ordinal) || l.StartsWith("/facility", StringComparison.Ordinal) || l.StartsWith("/district", StringComparison.Ordinal)).ToList();
            Assert.NotEmpty(links);
            Assert.All(links, l => Assert.Contains(Chosen, l, StringComparison.Ordinal));
        }

        var json = Link().Matches(await Get("/sheet/F101?month=2025-03&" + Chosen)).Select(m => WebUtility.HtmlDecode(m.Groups[1].Value)).Single(l => l.StartsWith("/api", StringComparison.Ordinal));
        using var answer = JsonDocument.Parse(await Get(json));
        Assert.Equal(("controlled", 0.925), (answer.RootElement.GetProperty("endStep").GetString(), answer.RootElement.GetProperty("target").GetDouble()));
    }

    [Fact]
    public async Task A_gain_that_cannot_be_computed_is_a_short_mark_with_its_reason_once()
    {
        var html = WebUtility.HtmlDecode(await Get("/sheet/F503?month=2024-11&lang=en"));
        Assert.Single(Note().Matches(html));
        Assert.Contains("<span aria-hidden=\"true\">n/c</span>", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_is_not_there_says_so_in_the_language_asked_for_and_offers_it_in_the_others()
    {
        var answer = await site.Client.GetAsync("/nothing?lang=es", TestContext.Current.CancellationToken);
        var html = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("<html lang=\"es\">", html, StringComparison.Ordinal);
        Assert.Contains("href=\"/nothing?lang=en\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Funnels_say_when_they_mix_facilities_of_different_phases()
    {
        Assert.Contains("part of a difference may be the programme itself", await Get("/district/D1?month=2024-11&lang=en"), StringComparison.Ordinal);
        Assert.DoesNotContain("part of a difference may be the programme itself", await Get("/district/D1?month=2023-05&lang=en"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Year_labels_of_a_run_chart_do_not_collide()
    {
        var html = await Get("/facility/F101?month=2024-11");
        Assert.Contains(">2024</text>", html, StringComparison.Ordinal);
        Assert.DoesNotContain(">2023</text>", html, StringComparison.Ordinal);
        Assert.Contains(">2023</text>", await Get("/facility/F101?month=2024-10"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_chart_draws_no_line_across_a_month_of_which_nothing_is_known()
    {
        var html = await Get("/facility/F503?month=2025-03");
        string Chart(string measure) => html[html.IndexOf($"aria-labelledby='run-{measure}-title", StringComparison.Ordinal)..].Split("</svg>")[0];
        Assert.Equal(1, Chart("picked-up").Split("<polyline").Length - 1);
        Assert.Equal(2, Chart("controlled").Split("<polyline").Length - 1);
    }

    [Fact]
    public async Task The_json_over_http_is_that_of_the_command_line()
    {
        using var one = JsonDocument.Parse(await Get("/api/cascade?facility=F101&month=2025-03&target=0.9"));
        Assert.Equal(("F101", 0.9), (one.RootElement.GetProperty("place").GetString(), one.RootElement.GetProperty("target").GetDouble()));
        using var all = JsonDocument.Parse(await Get("/api/cascade?all=true&from=2025-02&to=2025-03"));
        Assert.Equal(36, all.RootElement.GetArrayLength());
        Assert.Equal(HttpStatusCode.NotFound, (await site.Client.GetAsync("/api/cascade?facility=F999&month=2025-03", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await site.Client.GetAsync("/api/cascade?facility=F101", TestContext.Current.CancellationToken)).StatusCode);
    }

    private async Task<string> Get(string path)
    {
        var answer = await site.Client.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode}");
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    [GeneratedRegex("<h1[ >]")]
    private static partial Regex Heading();

    [GeneratedRegex("<pre.*?</pre>", RegexOptions.Singleline)]
    private static partial Regex Source();

    [GeneratedRegex(" id=[\"']([^\"']+)[\"']")]
    private static partial Regex Id();

    [GeneratedRegex(" (?:aria-labelledby|for)=[\"']([^\"']+)[\"']")]
    private static partial Regex Pointer();

    [GeneratedRegex("n/c: not computable")]
    private static partial Regex Note();

    [GeneratedRegex(" href=\"(/[^\"]*)\"")]
    private static partial Regex Link();
}
