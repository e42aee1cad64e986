using System.Net;
using Escala.Web;

namespace Escala.Chapters.Tests.Web;

public sealed class DoorkeeperTests(SiteUnderTest site) : IClassFixture<SiteUnderTest>
{
    private static HttpClient Stranger() => new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });

    [Fact]
    public async Task The_token_opens_the_door_once_and_leaves_the_address()
    {
        await using var fresh = EscalaSite.Build(() => TwoYears.Source, port: 0);
        await fresh.StartAsync(TestContext.Current.CancellationToken);
        using var stranger = Stranger();
        var first = await stranger.GetAsync(fresh.Address, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.Redirect, "/"), (first.StatusCode, first.Headers.Location!.ToString()));
        var cookie = first.Headers.GetValues("Set-Cookie").Single().ToUpperInvariant();
        Assert.Contains("HTTPONLY", cookie, StringComparison.Ordinal);
        Assert.Contains("SAMESITE=STRICT", cookie, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync(fresh.Address, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task Another_browser_gets_an_address_of_its_own_and_the_first_stays_in()
    {
        await using var fresh = EscalaSite.Build(() => TwoYears.Source, port: 0);
        await fresh.StartAsync(TestContext.Current.CancellationToken);
        using var stranger = Stranger();
        var unused = fresh.Address;
        var (one, other) = (fresh.NewAddress(), fresh.Address);
        Assert.Equal(one, other);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync(unused, TestContext.Current.CancellationToken)).StatusCode);
        var first = await stranger.GetAsync(one, TestContext.Current.CancellationToken);
        var second = await stranger.GetAsync(fresh.NewAddress(), TestContext.Current.CancellationToken);
        foreach (var let in new[] { first, second })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(one.GetLeftPart(UriPartial.Authority)));
            request.Headers.Add("Cookie", let.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
            Assert.Equal(HttpStatusCode.OK, (await stranger.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode);
        }
    }

    [Fact]
    public async Task Two_servers_of_one_computer_do_not_shut_out_each_others_browsers()
    {
        await using var other = EscalaSite.Build(() => TwoYears.Source, port: 0);
        await other.StartAsync(TestContext.Current.CancellationToken);
        using var stranger = Stranger();
        var theirs = (await stranger.GetAsync(other.Address, TestContext.Current.CancellationToken)).Headers.GetValues("Set-Cookie").Single().Split('=')[0];
        Assert.NotEqual(site.Cookie.Split('=')[0], theirs);
    }

    [Theory, InlineData("/"), InlineData("/sheet/F101"), InlineData("/api/cascade?facility=F101&month=2025-03"), InlineData("/?token=guess")]
    public async Task Without_token_or_cookie_nothing_is_served(string path)
    {
        using var stranger = Stranger();
        var answer = await stranger.GetAsync(new Uri(site.Client.BaseAddress!, path), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.DoesNotContain("Chicumbe", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_host_name_is_not_answered()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Host = "attacker.example";
        Assert.Equal(HttpStatusCode.MisdirectedRequest, (await site.Client.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Theory, InlineData(null), InlineData("http://attacker.example"), InlineData("null")]
    public async Task A_write_that_does_not_come_from_our_own_page_is_refused(string? origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/");
        if (origin is not null) request.Headers.Add("Origin", origin);
        Assert.Equal(HttpStatusCode.Forbidden, (await site.Client.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task Nothing_runs_or_is_styled_inline()
    {
        var answer = await site.Client.GetAsync("/sheet/F101", TestContext.Current.CancellationToken);
        Assert.StartsWith("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        var html = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(" style=", html, StringComparison.OrdinalIgnoreCase);
    }
}
