using Escala.Web;

namespace Escala.Chapters.Tests.Web;

/// <summary>The site with the two years of counts, and a client that has been let in.</summary>
public sealed class SiteUnderTest : IAsyncLifetime
{
    private EscalaSite? _site;

    public HttpClient Client { get; private set; } = new();

    public Uri Address => _site!.Address;

    /// <summary>The cookie that lets a browser in.</summary>
    public string Cookie { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        _site = EscalaSite.Build(() => TwoYears.Source, port: 0);
        await _site.StartAsync(TestContext.Current.CancellationToken);
        using var first = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
        var answer = await first.GetAsync(_site.Address);
        Cookie = answer.Headers.GetValues("Set-Cookie").First().Split(';')[0];
        Client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(_site.Address.GetLeftPart(UriPartial.Authority)) };
        Client.DefaultRequestHeaders.Add("Cookie", Cookie);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_site is not null) await _site.DisposeAsync();
    }
}
