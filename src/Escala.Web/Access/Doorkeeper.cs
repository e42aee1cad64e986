using System.Security.Cryptography;
using System.Text;

namespace Escala.Web.Access;

/// <summary>
/// Who may come in until there are accounts: a browser on this computer that showed the token once and has had a cookie since. A page of
/// another site can neither ask by another host name (DNS rebinding) nor write (origin), and nothing from elsewhere runs in ours.
/// </summary>
public sealed class Doorkeeper
{
    private const string CookieName = "escala";

    private static readonly string[] s_hosts = ["localhost", "127.0.0.1", "[::1]"];

    private readonly string _cookie = Secret();
    private int _used;

    public string Token { get; } = Secret();

    public async Task Guard(HttpContext context, RequestDelegate next)
    {
        Headers(context.Response);
        // The field asks with tokens in headers, which no page of another site can send: it has a guard of its own.
        if (context.Request.Path.StartsWithSegments("/field", StringComparison.Ordinal))
        {
            await next(context);
        }
        else if (!s_hosts.Contains(context.Request.Host.Host, StringComparer.OrdinalIgnoreCase))
        {
            await Refuse(context, StatusCodes.Status421MisdirectedRequest, "door.host");
        }
        else if (IsWrite(context.Request) && context.Request.Headers.Origin != $"{context.Request.Scheme}://{context.Request.Host}")
        {
            await Refuse(context, StatusCodes.Status403Forbidden, "door.origin");
        }
        else if (Same(context.Request.Cookies[CookieName], _cookie))
        {
            await next(context);
        }
        else if (Same(context.Request.Query["token"], Token) && Interlocked.Exchange(ref _used, 1) == 0)
        {
            context.Response.Cookies.Append(CookieName, _cookie, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/" });
            // The token leaves the address line, the history and what is sent on.
            var rest = QueryString.Create(context.Request.Query.Where(q => q.Key != "token"));
            context.Response.Redirect(context.Request.Path + rest);
        }
        else
        {
            await Refuse(context, StatusCodes.Status401Unauthorized, "door.token");
        }
    }

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
