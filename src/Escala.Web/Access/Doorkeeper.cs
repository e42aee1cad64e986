using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Escala.Registry.Accounts;
using Escala.Web.Field;
using Escala.Web.Pages;

namespace Escala.Web.Access;

/// <summary>
/// Who may come in, and where: a browser on this computer that showed a token and has had a cookie since, or an account that signed in. A token opens
/// once; whoever runs the server can ask for another. A page of another site can neither ask by another host name (DNS rebinding) nor write (origin),
/// and nothing from elsewhere runs in ours.
/// </summary>
public sealed class Doorkeeper
{
    /// <summary>Holds the token of an account's session.</summary>
    public const string SessionCookie = "escala-session";

    private static readonly string[] s_hosts = ["localhost", "127.0.0.1", "[::1]"];

    private readonly string _cookie = Secret();
    private readonly FieldServer? _field;
    private readonly IReadOnlyCollection<string> _names;
    private string? _opens;

    /// <param name="field">Knows the accounts; null where there are none.</param>
    /// <param name="names">Host names beside those of this computer.</param>
    public Doorkeeper(FieldServer? field, IReadOnlyCollection<string> names)
    {
        (_field, _names) = (field, names);
        RenewToken();
    }

    /// <summary>Opens once.</summary>
    public string Token { get; private set; } = "";

    /// <summary>A token given earlier and not used opens no more.</summary>
    public void RenewToken() => Volatile.Write(ref _opens, Token = Secret());

    public async Task Guard(HttpContext context, RequestDelegate next)
    {
        var rule = SiteAccess.Of(context);
        Headers(context.Response, rule?.Door == Door.Field);
        // The field asks with tokens in headers, which no page of another site can send: its endpoints ask for them.
        if (rule?.Door == Door.Field || (rule?.Door == Door.Open && context.Request.Path.StartsWithSegments("/field", StringComparison.Ordinal)))
        {
            await next(context);
        }
        else if (!s_hosts.Contains(context.Request.Host.Host, StringComparer.OrdinalIgnoreCase) && !_names.Contains(context.Request.Host.Host, StringComparer.OrdinalIgnoreCase))
        {
            await Refuse(context, StatusCodes.Status421MisdirectedRequest, "door.host");
        }
        else if (IsWrite(context.Request) && context.Request.Headers.Origin != $"{context.Request.Scheme}://{context.Request.Host}")
        {
            await Refuse(context, StatusCodes.Status403Forbidden, "door.origin");
        }
        else if (rule?.Door == Door.Open)
        {
            await next(context);
        }
        else if (VisitorOf(context) is { } visitor)
        {
            await LetThrough(context, rule, visitor, next);
        }
        else if (Volatile.Read(ref _opens) is { } token && Same(context.Request.Query["token"], token) && IsLocal(context) && Interlocked.CompareExchange(ref _opens, null, token) == token)
        {
            context.Response.Cookies.Append(CookieName(context), _cookie, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/" });
            // The token leaves the address line, the history and what is sent on.
            var rest = QueryString.Create(context.Request.Query.Where(q => q.Key != "token"));
            context.Response.Redirect(context.Request.Path + rest);
        }
        else if (_field is not null && HttpMethods.IsGet(context.Request.Method) && !context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal) && context.Request.Query["token"].Count == 0)
        {
            // The language that the address asks for goes along, as the page does.
            _ = ReaderLanguage.Of(context);
            context.Response.Redirect(SignInPage.AddressFor(context.Request.Path + context.Request.QueryString));
        }
        else
        {
            await Refuse(context, StatusCodes.Status401Unauthorized, "door.token");
        }
    }

    /// <summary>Cookies know no ports: each server on a computer has its own, so that none shuts out another's readers.</summary>
    private static string CookieName(HttpContext context) => string.Create(CultureInfo.InvariantCulture, $"escala-{context.Connection.LocalPort}");

    private async Task LetThrough(HttpContext context, SiteRule? rule, Visitor visitor, RequestDelegate next)
    {
        visitor.Enter(context);
        // Where there is no route there is a page that says so; a route that nobody classified is closed.
        if (context.GetEndpoint() is null) await next(context);
        else if (rule is null || !visitor.May(rule.Act)) await Close(context, "door.role", next);
        else if (!SeesPlaces(context, rule, visitor)) await Close(context, "door.place", next);
        else await next(context);
    }

    /// <summary>Who is in and asks for a page that is not theirs reads so on a page; whatever else asks, in a line of text.</summary>
    private static Task Close(HttpContext context, string key, RequestDelegate next)
    {
        if (!HttpMethods.IsGet(context.Request.Method) || context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal)) return Refuse(context, StatusCodes.Status403Forbidden, key);
        FailedPage.Close(context, key);
        // The page of failures is shown for a status without words, which is all that this end of the road gives.
        context.SetEndpoint(new Endpoint(
            closed =>
            {
                closed.Response.StatusCode = StatusCodes.Status403Forbidden;
                return Task.CompletedTask;
            },
            null, key));
        return next(context);
    }

    private bool SeesPlaces(HttpContext context, SiteRule rule, Visitor visitor)
    {
        if (visitor.SeesEverything || rule.Places.Count == 0) return true;
        var named = SiteAccess.PlacesOf(rule, context);
        if (named.Count == 0) return !rule.NamesPlace;
        var inForce = _field!.Sessions.Read(_field.Programme.In);
        if (!inForce.TryGet(out var now)) return false;
        var today = DateOnly.FromDateTime(_field.Clock.GetUtcNow().UtcDateTime);
        return named.All(p => visitor.Sees(now.Places, p, today));
    }

    private Visitor? VisitorOf(HttpContext context)
    {
        if (IsLocal(context) && Same(context.Request.Cookies[CookieName(context)], _cookie)) return new Visitor(null);
        if (_field is null || context.Request.Cookies[SessionCookie] is not { Length: > 0 } token) return null;
        // Revoked or disabled meanwhile: out with this request.
        if (!_field.Sessions.Read(session => TokenTable.Authenticate(session, token, _field.Clock)).TryGet(out var found) || found.Caller.Device is not null) return null;
        if (found.Stale) _field.Writer.Run(transaction => TokenTable.Used(transaction.Session, token, _field.Clock));
        return new Visitor(found.Caller.Account);
    }

    private static bool IsLocal(HttpContext context) => context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address);

    /// <param name="isData">An answer to the app, which no browser shows as a page: on a thin line each word counts.</param>
    private static void Headers(HttpResponse response, bool isData)
    {
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.CacheControl = "no-store";
        if (isData) return;
        response.Headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        // Without any referrer a browser sends its own forms as from nowhere ("Origin: null"). Other sites learn nothing, and the token has left the address before a page is shown.
        response.Headers["Referrer-Policy"] = "same-origin";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }

    private static bool IsWrite(HttpRequest request) => !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method);

    private static Task Refuse(HttpContext context, int status, string key)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(SiteTexts.Catalogue.Say(ReaderLanguage.Of(context), key) + "\n");
    }

    private static bool Same(string? given, string expected) =>
        given is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(expected));

    private static string Secret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
}
