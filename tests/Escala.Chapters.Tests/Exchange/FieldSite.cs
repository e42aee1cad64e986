using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Escala.Cascades.Sheets;
using Escala.Chapters.Tests.Stores;
using Escala.Platform.Storage;
using Escala.Programmes.Packages;
using Escala.Programmes.Places;
using Escala.Registry.Accounts;
using Escala.Web;
using Escala.Web.Field;

namespace Escala.Chapters.Tests.Exchange;

/// <summary>A served store of three facilities in two districts, with its accounts, over real HTTP.</summary>
internal sealed class FieldSite : IAsyncDisposable
{
    public const string Pin = "280413";

    private readonly FieldServer _field;

    private FieldSite(RunningStore store)
    {
        Store = store;
        _field = new FieldServer(store.Store, store.Writer, store.Clock, null);
        Site = EscalaSite.Build(() => SheetSource.Open(store.Store, store.Clock).Value, 0, _field);
    }

    public RunningStore Store { get; }

    public EscalaSite Site { get; }

    public HttpClient Client { get; private set; } = new();

    public static string Places { get; } = Stores.Register.Places(["F1", "F2"]) + Stores.Register.Places(["F3"], "D2").Split('\n', 5)[^1];

    public static Task<FieldSite> Start(Engine engine = Engine.Sqlite) => Start(new RunningStore(engine, Places));

    /// <summary>Of another programme, with its own places.</summary>
    public static Task<FieldSite> Start(PackageFiles package) => Start(new RunningStore(Engine.Sqlite, package));

    private static async Task<FieldSite> Start(RunningStore store)
    {
        var site = new FieldSite(store);
        await site.Site.StartAsync();
        site.Client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false, AutomaticDecompression = DecompressionMethods.None })
        {
            BaseAddress = new Uri(site.Site.Address.GetLeftPart(UriPartial.Authority)),
        };
        return site;
    }

    public Account AddAccount(string name, Role role, params string[] places) => AddAccount(Store, name, role, places);

    public static Account AddAccount(RunningStore store, string name, Role role, params string[] places)
    {
        Platform.Problems.Result<Account>? added = null;
        store.Writer.Run(t => added = AccountTable.Add(t.Session, name, role, places, Pin, new PlaceHistory(store.Programme.Places), store.Clock));
        Assert.True(added!.IsOk, string.Join("; ", added.Problems));
        return added.Value;
    }

    public void Write(Action<Session> work) => Store.Writer.Run(t => work(t.Session));

    public async Task<Tablet> SignIn(string account, string facility, Guid? device = null, string pin = Pin, string name = "tablet")
    {
        var id = device ?? Guid.CreateVersion7();
        using var answer = await Client.PostAsJsonAsync("/field/sign-in", new { account, pin, device = new { id, name }, facility });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        var said = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return new Tablet(this, id, Guid.Parse(said.GetProperty("account").GetProperty("id").GetString()!), facility, said.GetProperty("token").GetString()!);
    }

    /// <summary>Signs in with a browser.</summary>
    public async Task<OfficeBrowser> Office(string account)
    {
        using var form = new FormUrlEncodedContent([new("account", account), new("pin", Pin)]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in") { Content = form };
        request.Headers.Add("Origin", Client.BaseAddress!.GetLeftPart(UriPartial.Authority));
        using var answer = await Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return new OfficeBrowser(Client, answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
    }

    public async Task<(HttpStatusCode Status, byte[] Body)> Ask(HttpMethod method, string path, string? token, byte[]? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.AcceptLanguage.ParseAdd("en");
        if (body is not null) request.Content = new ByteArrayContent(body);
        using var answer = await Client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsByteArrayAsync());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Site.DisposeAsync();
        _field.Dispose();
        Store.Dispose();
    }
}

/// <summary>One line of a push's answer.</summary>
internal sealed record Said(Guid? Id, string Status, long Position, string? Problem);

/// <summary>A device as the app is one, as far as the exchange goes.</summary>
internal sealed class Tablet(FieldSite site, Guid device, Guid account, string facility, string token)
{
    private long _sequence;

    public Guid Device => device;

    public Guid Account => account;

    public string Token => token;

    public string Facility => facility;

    /// <summary>What was pulled, by id.</summary>
    public Dictionary<Guid, (long Position, Platform.Ledger.Entry Entry)> Pulled { get; } = [];

    public long Cursor { get; set; }

    /// <summary>The same account and device, pulling another place.</summary>
    public Tablet At(string place) => new(site, device, account, place, token);

    public Platform.Ledger.Entry Visit(Stores.Visit visit, Guid subject, Guid? replaces = null) =>
        Written.Visit(site.Store, device, account, ++_sequence, visit, subject, replaces);

    public Platform.Ledger.Entry Say(string kind, Guid? subject, string body, Guid? withdraws = null, string? at = null) =>
        Written.Entry(site.Store.Clock, device, account, ++_sequence, kind, subject, body, at ?? facility) with { Withdraws = withdraws };

    public Task<IReadOnlyList<Said>> Push(params Platform.Ledger.Entry[] entries) => Push(Written.Batch(device, entries));

    public async Task<IReadOnlyList<Said>> Push(byte[] batch)
    {
        var (status, body) = await site.Ask(HttpMethod.Post, "/field/exchange/push", token, batch);
        Assert.True(status == HttpStatusCode.OK, System.Text.Encoding.UTF8.GetString(body));
        using var json = JsonDocument.Parse(body);
        return [.. json.RootElement.GetProperty("receipts").EnumerateArray().Select(r => new Said(
            r.TryGetProperty("id", out var id) ? id.GetGuid() : null, r.GetProperty("status").GetString()!, r.GetProperty("position").GetInt64(),
            r.TryGetProperty("problem", out var problem) ? problem.GetProperty("type").GetString() : null))];
    }

    /// <summary>Pulls until nothing is left.</summary>
    public async Task Pull()
    {
        while (true)
        {
            var (status, body) = await site.Ask(HttpMethod.Get, $"/field/exchange/pull?facility={facility}&after={Cursor}", token);
            Assert.True(status == HttpStatusCode.OK, System.Text.Encoding.UTF8.GetString(body));
            Assert.True(body.Length <= 64 << 10);
            var (next, head) = Written.Take(body, Pulled);
            var done = next == Cursor || next == head;
            Cursor = next;
            if (done) return;
        }
    }
}
