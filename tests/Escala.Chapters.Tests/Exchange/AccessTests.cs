using System.Net;
using System.Net.Http.Headers;
using Escala.Programmes.Places;
using Escala.Registry.Accounts;
using Escala.Web.Access;
using Microsoft.AspNetCore.Routing;

namespace Escala.Chapters.Tests.Exchange;

/// <summary>Every role, at every kind of scope, at every route, with every verb: what the table says is what happens, and what it does not say is closed.</summary>
public sealed class AccessTests
{
    private static readonly string[] s_verbs = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    private static readonly string[][] s_scopes = [["F1"], ["D1"], ["P1"], ["F3"]];
    private static readonly string[] s_places = ["F1", "F3", "D1", "D2"];
    private static readonly DateOnly s_today = new(2026, 1, 1);

    [Fact]
    public async Task Every_route_is_classified_and_the_table_names_no_other()
    {
        await using var site = await FieldSite.Start();
        var routes = site.Site.Endpoints.Select(e => (Route: SiteAccess.RouteOf(e), Verbs: e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"])).ToList();
        Assert.NotEmpty(routes);
        foreach (var (route, verbs) in routes) Assert.All(verbs, v => Assert.True(SiteAccess.Of(v, route) is not null, $"{v} {route}: nobody said who may"));
        Assert.DoesNotContain(SiteAccess.Routes, r => routes.All(e => e.Route != r.Route));
    }

    [Fact, Trait("Speed", "Slow")]
    public async Task Everybody_reaches_what_the_table_says_and_nothing_else()
    {
        await using var site = await FieldSite.Start();
        var places = new PlaceHistory(site.Store.Programme.Places);
        var device = Guid.CreateVersion7();
        var asked = 0;
        foreach (var role in Enum.GetValues<Role>())
        {
            foreach (var scope in role == Role.Administrator ? [[]] : s_scopes)
            {
                var account = site.AddAccount($"{role}-{string.Join('-', scope)}", role, scope);
                foreach (var (verb, route) in SiteAccess.Routes.Select(r => r.Route).Distinct().SelectMany(r => s_verbs.Select(v => (v, r))))
                {
                    // What is no endpoint of the field is a file of the app.
                    var rule = SiteAccess.Of(verb, route) ?? (verb is "GET" or "HEAD" && route.StartsWith("/field/", StringComparison.Ordinal) ? SiteAccess.Of("GET", "/field/{**path}") : null);
                    foreach (var place in rule?.Places.Count > 0 ? s_places : ["F1"])
                    {
                        var (status, door) = await Ask(site, account, device, verb, route, rule, place);
                        asked++;
                        var isClosed = status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotFound;
                        var may = rule is not null && (door == Door.Open || (account.Role.May(rule.Act) && (rule.Places.Count == 0 || account.Covers(places, place, s_today))));
                        // The app is not built here, which is no refusal; and a page says that it does not know a place of another level.
                        if (may && verb != "HEAD") Assert.False(isClosed && !(status == HttpStatusCode.NotFound && door == Door.Office), $"{role} of {string.Join(' ', scope)}: {verb} {route} at {place} gave {status}");
                        else if (!may) Assert.True(isClosed, $"{role} of {string.Join(' ', scope)}: {verb} {route} at {place} gave {status}");
                    }
                }
            }
        }

        Assert.True(asked > 5_000, $"only {asked} asked");
    }

    [Fact]
    public async Task A_page_shows_the_places_of_the_account_alone_and_a_disabled_account_is_out_with_the_next_request()
    {
        await using var site = await FieldSite.Start();
        var account = site.AddAccount("rita", Role.Supervisor, "D2");
        site.Store.Import(Stores.Register.Csv([new Stores.Visit("a", "F1", "2025-11-03"), new Stores.Visit("b", "F3", "2025-11-03")]));
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["account"] = "rita", ["pin"] = FieldSite.Pin });
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in") { Content = form };
        request.Headers.Add("Origin", site.Client.BaseAddress!.GetLeftPart(UriPartial.Authority));
        using var answer = await site.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var cookie = answer.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        async Task<(HttpStatusCode, string)> Get(string path)
        {
            using var get = new HttpRequestMessage(HttpMethod.Get, path);
            get.Headers.Add("Cookie", cookie.Split(';')[0]);
            using var page = await site.Client.SendAsync(get);
            return (page.StatusCode, await page.Content.ReadAsStringAsync());
        }

        var (status, html) = await Get("/?lang=en");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("/sheet/F3", html, StringComparison.Ordinal);
        Assert.DoesNotContain("/sheet/F1", html, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await Get("/sheet/F1")).Item1);
        Assert.Equal(HttpStatusCode.OK, (await Get("/sheet/F3")).Item1);
        Assert.Equal(HttpStatusCode.Forbidden, (await Get("/api/cascade?all=true&month=2025-11")).Item1);
        site.Write(s => AccountTable.Disable(s, account.Id, site.Store.Clock));
        Assert.Equal(HttpStatusCode.Redirect, (await Get("/sheet/F3")).Item1);
    }

    private static async Task<(HttpStatusCode Status, Door Door)> Ask(FieldSite site, Account account, Guid device, string verb, string route, SiteRule? rule, string place)
    {
        // A device's token at the field's doors, a browser's at the office's; each request has one of its own, for one of them ends it.
        var door = rule?.Door ?? (route.StartsWith("/field", StringComparison.Ordinal) ? Door.Field : Door.Office);
        var token = "";
        site.Write(s => token = TokenTable.Issue(s, account.Id, door == Door.Field ? device : null, site.Store.Clock));
        var path = route.Replace("{code}", place, StringComparison.Ordinal).Replace("{name}", "site.css", StringComparison.Ordinal).Replace("{**path}", "", StringComparison.Ordinal);
        if (rule is not null && !route.Contains("{code}", StringComparison.Ordinal) && rule.Places.Count > 0)
        {
            var key = rule.Places.Count > 1 && place[0] == 'D' ? rule.Places[1] : rule.Places[0];
            path += $"?{key}={place}&month=2025-11";
        }

        using var request = new HttpRequestMessage(new HttpMethod(verb), path);
        if (door == Door.Field) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        else request.Headers.Add("Cookie", $"{Doorkeeper.SessionCookie}={token}");
        request.Headers.Add("Origin", site.Client.BaseAddress!.GetLeftPart(UriPartial.Authority));
        using var answer = await site.Client.SendAsync(request);
        return (answer.StatusCode, door);
    }
}
