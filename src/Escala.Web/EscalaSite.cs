using System.Net;
using Escala.Cascades.Sheets;
using Escala.Platform.Storage;
using Escala.Registry.Accounts;
using Escala.Web.Access;
using Escala.Web.Field;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Escala.Web;

/// <summary>The office pages and the JSON beside them, served on loopback to whoever has the token printed with the address, and by https to devices in the network.</summary>
public sealed class EscalaSite : IAsyncDisposable
{
    /// <summary>Beside those that count.</summary>
    private const int ThreadsToAnswer = 16;

    private readonly WebApplication _app;
    private readonly Doorkeeper _doorkeeper;
    private readonly LanAddress? _lan;

    private EscalaSite(WebApplication app, Doorkeeper doorkeeper, LanAddress? lan) => (_app, _doorkeeper, _lan) = (app, doorkeeper, lan);

    /// <summary>Where to go first; the token in it opens the door once. Known after the start.</summary>
    public Uri Address => new(Bound(Uri.UriSchemeHttp), "/?token=" + _doorkeeper.Token);

    /// <summary>The field app: by https for each name of the certificate, or on this computer alone. Known after the start.</summary>
    public IReadOnlyList<Uri> FieldAddresses => _lan is null
        ? [new Uri(Bound(Uri.UriSchemeHttp), "/field/")]
        : [.. _lan.Names.Where(n => Uri.CheckHostName(n) != UriHostNameType.Unknown).Select(n => new UriBuilder(Uri.UriSchemeHttps, n, Bound(Uri.UriSchemeHttps).Port, "/field/").Uri)];

    private Uri Bound(string scheme) => _app.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
        .Select(a => new Uri(a)).First(a => a.Scheme == scheme);

    /// <summary>An address for another browser; an earlier one that nobody used lets in nobody any more.</summary>
    public Uri NewAddress()
    {
        _doorkeeper.RenewToken();
        return Address;
    }

    /// <param name="source">Asked once a request, so that a page never mixes two states of the store.</param>
    /// <param name="port">On loopback; 0 for any that is free.</param>
    /// <param name="field">The field's side of the store; null where there are only pages.</param>
    /// <param name="lan">Where the site is reached from other devices; null for this computer alone.</param>
    public static EscalaSite Build(Func<SheetSource> source, int port, FieldServer? field = null, LanAddress? lan = null)
    {
        // Counting everything anew holds a thread of the pool for each processor, and the pool takes half a second to give another: answers would wait for it.
        ThreadPool.GetMinThreads(out var threads, out var completions);
        ThreadPool.SetMinThreads(Math.Max(threads, Environment.ProcessorCount + ThreadsToAnswer), completions);
        // The pages are found in this assembly, whatever program composes the site.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(EscalaSite).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, port);
            if (lan is not null) kestrel.Listen(lan.Address, lan.Port, listen => listen.UseHttps(lan.Certificate));
        });
        if (lan is not null) builder.WebHost.UseKestrelHttpsConfiguration();
        // A start that fails, at a port that is taken, is told by whoever composes the site.
        builder.Logging.ClearProviders().AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        // Started by a service manager it says when it is up, and ends when it is told to; elsewhere this does nothing.
        builder.Services.AddSystemd().AddWindowsService(options => options.ServiceName = "Escala");
        builder.Services.AddRazorPages();
        // No page keeps a secret across restarts, so no key is written to anybody's home.
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        foreach (var maker in builder.Services.Where(MakesKeys).ToList()) builder.Services.Remove(maker);
        builder.Services.AddScoped(_ => new SheetReader(source()));
        if (field is not null) builder.Services.AddSingleton(field);
        var app = builder.Build();
        var doorkeeper = new Doorkeeper(field, lan?.Names ?? []);
        app.Use(doorkeeper.Guard);
        app.UseExceptionHandler("/failed");
        app.Use(TellStoreFailure);
        app.UseStatusCodePagesWithReExecute("/failed", "?code={0}");
        app.MapGet("/assets/{name}", StaticAssets.Serve);
        app.MapGet("/api/cascade", CascadeEndpoint.Read);
        app.MapRazorPages();
        if (field is not null)
        {
            new FieldEndpoints(field, source).Map(app);
            app.MapGet("/forms/{form}/answers", AnswersEndpoint.Read);
            app.MapPost("/sign-out", (HttpContext context) => SignOut(context, field));
        }

        return new EscalaSite(app, doorkeeper, lan);
    }

    /// <summary>Every route with the verbs that it answers, for the test that holds them to <see cref="SiteAccess"/>.</summary>
    internal IReadOnlyList<RouteEndpoint> Endpoints => [.. ((IEndpointRouteBuilder)_app).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()];

    private static Microsoft.AspNetCore.Http.HttpResults.RedirectHttpResult SignOut(HttpContext context, FieldServer field)
    {
        if (context.Request.Cookies[Doorkeeper.SessionCookie] is { } token) field.Writer.Run(transaction => TokenTable.Revoke(transaction.Session, token));
        context.Response.Cookies.Delete(Doorkeeper.SessionCookie);
        return TypedResults.Redirect("/sign-in");
    }

    /// <summary>The framework's service that writes a key when a site starts, whoever protects what with it.</summary>
    private static bool MakesKeys(ServiceDescriptor service) =>
        service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Assembly == typeof(DataProtectionBuilderExtensions).Assembly;

    /// <summary>Without the store there is no programme whose page could say so.</summary>
    private static async Task TellStoreFailure(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (StoreFailure failure) when (!context.Response.HasStarted)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.ContentType = "text/plain; charset=utf-8";
            await context.Response.WriteAsync(SiteTexts.Problems.Sentence(failure.Problem, ReaderLanguage.Of(context)) + "\n");
        }
    }

    public Task StartAsync(CancellationToken cancellation = default) => _app.StartAsync(cancellation);

    public Task WaitForShutdownAsync(CancellationToken cancellation = default) => _app.WaitForShutdownAsync(cancellation);

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
