using System.Net;
using Escala.Chapters.Tests.Exchange;
using Escala.Chapters.Tests.Stores;
using Escala.Registry.Accounts;

namespace Escala.Chapters.Tests.Web;

/// <summary>The way in and out of the office pages, in the browser that people use: what it sends along with a form no other client knows.</summary>
[Trait("Speed", "Slow")]
public sealed class SignInTests(Browser browser) : IClassFixture<Browser>
{
    [Theory]
    [InlineData(Role.Supervisor, "D1", "/sheet/F1?month=2025-11&end=controlled&target=0.9"), InlineData(Role.Administrator, null, "/district/D2?month=2025-11")]
    public async Task Whoever_signs_in_lands_on_the_page_asked_for_and_is_out_after_signing_out(Role role, string? scope, string wanted)
    {
        await using var site = await Served();
        site.AddAccount("ana", role, scope is null ? [] : [scope]);
        await browser.Go(new Uri(site.Client.BaseAddress!, wanted + "&lang=es"));
        Assert.Equal("/sign-in", await Text("location.pathname"));
        Assert.Equal("es", await Text("document.documentElement.lang"));
        await SignIn("000000");
        Assert.NotEqual("", await Text("document.querySelector('[role=alert]').textContent"));
        await SignIn(FieldSite.Pin);
        Assert.Equal(wanted + "&lang=es", await Text("location.pathname + location.search"));
        Assert.Equal("ana", await Text("document.querySelector('form[action=\"/sign-out\"] .small').textContent"));
        await browser.Follow("document.querySelector('.languages a[lang=en]').click()");
        Assert.Equal("en", await Text("document.documentElement.lang"));
        await browser.Follow("document.querySelector('form[action=\"/sign-out\"] button').click()");
        Assert.Equal("/sign-in", await Text("location.pathname"));
        await browser.Go(new Uri(site.Client.BaseAddress!, wanted));
        Assert.Equal("/sign-in", await Text("location.pathname"));
    }

    [Theory, InlineData("https://attacker.example/"), InlineData("//attacker.example/"), InlineData("/\\attacker.example/"), InlineData("javascript:alert(1)"), InlineData("")]
    public async Task A_link_that_would_lead_elsewhere_after_signing_in_leads_to_the_start(string back)
    {
        await using var site = await Served();
        site.AddAccount("ana", Role.Administrator);
        using var form = new FormUrlEncodedContent([new("account", "ana"), new("pin", FieldSite.Pin)]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in?back=" + Uri.EscapeDataString(back)) { Content = form };
        request.Headers.Add("Origin", site.Client.BaseAddress!.GetLeftPart(UriPartial.Authority));
        using var answer = await site.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.Redirect, "/"), (answer.StatusCode, answer.Headers.Location!.ToString()));
    }

    /// <summary>With a row of November, so that there is a sheet.</summary>
    private static async Task<FieldSite> Served()
    {
        var site = await FieldSite.Start();
        site.AddAccount("nurse", Role.Nurse, "F1");
        var tablet = await site.SignIn("nurse", "F1");
        var receipt = Assert.Single(await tablet.Push(tablet.Visit(new Visit("p1", "F1", "2025-11-03") { Pressure = "150/95 148/92" }, Guid.CreateVersion7())));
        Assert.Equal("accepted", receipt.Status);
        return site;
    }

    private Task SignIn(string pin) => browser.Follow(
        $"document.getElementById('account').value = 'ana'; document.getElementById('pin').value = '{pin}'; document.querySelector('main button').click()");

    private async Task<string> Text(string script) => (await browser.Evaluate(script))!.GetValue<string>();
}
