using Escala.Platform.Texts;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.WebUtilities;

namespace Escala.Web;

/// <summary>In which language a request is answered: as its address says, as was chosen before, as the browser asks, else Portuguese.</summary>
public static class ReaderLanguage
{
    private const string CookieName = "escala-language";

    public static Language Of(HttpContext context)
    {
        if (Languages.Parse(Asked(context.Request)["lang"]) is { } chosen)
        {
            if (!context.Response.HasStarted)
            {
                context.Response.Cookies.Append(CookieName, chosen.Code(), new CookieOptions { SameSite = SameSiteMode.Strict, HttpOnly = true, Path = "/" });
            }

            return chosen;
        }

        return Languages.Parse(context.Request.Cookies[CookieName]) ?? Asked(context) ?? Language.Pt;
    }

    /// <summary>The query that was asked with, also where the answer is the page that says why there is none.</summary>
    private static IQueryCollection Asked(HttpRequest request) =>
        request.HttpContext.Features.Get<IStatusCodeReExecuteFeature>() is { OriginalQueryString: { } query } ? new QueryCollection(QueryHelpers.ParseQuery(query)) : request.Query;

    private static Language? Asked(HttpContext context) => context.Request.GetTypedHeaders().AcceptLanguage
        .OrderByDescending(a => a.Quality ?? 1).Select(a => Languages.Parse(a.Value.Value)).FirstOrDefault(l => l is not null);
}
