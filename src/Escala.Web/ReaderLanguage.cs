using Escala.Platform.Texts;

namespace Escala.Web;

/// <summary>In which language a request is answered: as its address says, as was chosen before, as the browser asks, else Portuguese.</summary>
public static class ReaderLanguage
{
    private const string CookieName = "escala-language";

    public static Language Of(HttpContext context)
    {
        if (Languages.Parse(context.Request.Query["lang"]) is { } chosen)
        {
            if (!context.Response.HasStarted)
            {
                context.Response.Cookies.Append(CookieName, chosen.Code(), new CookieOptions { SameSite = SameSiteMode.Strict, HttpOnly = true, Path = "/" });
            }

            return chosen;
        }

        return Languages.Parse(context.Request.Cookies[CookieName]) ?? Asked(context) ?? Language.Pt;
    }

    private static Language? Asked(HttpContext context) => context.Request.GetTypedHeaders().AcceptLanguage
        .OrderByDescending(a => a.Quality ?? 1).Select(a => Languages.Parse(a.Value.Value)).FirstOrDefault(l => l is not null);
}
