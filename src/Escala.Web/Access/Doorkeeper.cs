using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Escala.Web.Access;

/// <summary>
/// Who may come in until there are accounts: a browser on this computer that showed a token and has had a cookie since. A token opens once; whoever
/// runs the server can ask for another. A page of
/// another site can neither ask by another host name (DNS rebinding) nor write (origin), and nothing from elsewhere runs in ours.
/// </summary>
public sealed class Doorkeeper
{

    private static readonly string[] s_hosts = ["localhost", "127.0.0.1", "[::1]"];

    private readonly string _cookie = Secret();
    private string? _opens;

    public Doorkeeper() => RenewToken();

    /// <summary>Opens once.</summary>
    public string Token { get; private set; } = "";

    /// <summary>A token given earlier and not used opens no more.</summary>
    public void RenewToken() => Volatile.Write(ref _opens, Token = Secret());

    public async Task Guard(HttpContext context, RequestDelegate next)
    {
        Headers(context.Response);
        if (!s_hosts.Contains(context.Request.Host.Host, StringComparer.OrdinalIgnoreCase))
        {
            await Refuse(context, StatusCodes.Status421MisdirectedRequest, "door.host");
        }
        else if (IsWrite(context.Request) && context.Request.Headers.Origin != $"{context.Request.Scheme}://{context.Request.Host}")
        {
            await Refuse(context, StatusCodes.Status403Forbidden, "door.origin");
        }
        else if (Same(context.Request.Cookies[CookieName(context)], _cookie))
        {
            await next(context);
        }
        else if (Volatile.Read(ref _opens) is { } token && Same(context.Request.Query["token"], token) && Interlocked.CompareExchange(ref _opens, null, token) == token)
        {
            context.Response.Cookies.Append(CookieName(context), _cookie, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/" });
            // The token leaves the address line, the history and what is sent on.
            var rest = QueryString.Create(context.Request.Query.Where(q => q.Key != "token"));
            context.Response.Redirect(context.Request.Path + rest);
        }
        else
        {
            await Refuse(context, StatusCodes.Status401Unauthorized, "door.token");
        }
    }

    /// <summary>Cookies know no ports: each server on a computer has its own, so that none shuts out another's readers.</summary>
    private static string CookieName(HttpContext context) => string.Create(CultureInfo.InvariantCulture, $"escala-{context.Connection.LocalPort}");

    private static void Headers(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        response.Headers.CacheControl = "no-store";
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
