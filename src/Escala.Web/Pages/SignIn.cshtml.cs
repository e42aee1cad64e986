using Escala.Platform.Texts;
using Escala.Registry.Accounts;
using Escala.Web.Access;
using Escala.Web.Field;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Escala.Web.Pages;

/// <summary>An account comes in at the office. The doorkeeper has asked where the form came from, and nobody is in yet whom a forged one could act for.</summary>
[IgnoreAntiforgeryToken]
public sealed class SignInPage(IEnumerable<FieldServer> fields) : PageModel
{
    private const string Start = "/";

    public Language Language => ReaderLanguage.Of(HttpContext);

    public string? Refusal { get; private set; }

    public string? Account { get; private set; }

    /// <param name="path">Path and query of the page that was asked for.</param>
    public static string AddressFor(string path) => path == Start ? "/sign-in" : "/sign-in" + QueryString.Create("back", path);

    public string AddressIn(Language language) => Request.Path + QueryString.Create("back", Request.Query["back"].ToString()).Add("lang", language.Code());

    public string Say(string key) => SiteTexts.Catalogue.Say(Language, key);

    public async Task<IActionResult> OnPostAsync(string? account, string? pin, [FromQuery] string? back)
    {
        if (fields.SingleOrDefault() is not { } field) return NotFound();
        Account = account;
        var inForce = field.Sessions.Read(field.Programme.In);
        if (!inForce.TryGet(out var now))
        {
            Refusal = SiteTexts.Problems.Sentence(inForce.Problems[0], Language);
            return Page();
        }

        var request = new SignInRequest(account ?? "", pin ?? "", null, "", null, HttpContext.Connection.RemoteIpAddress?.ToString() ?? "");
        var result = await field.SignInQueued(request, now.Places, HttpContext.RequestAborted);
        if (!result.TryGet(out var done))
        {
            Refusal = SiteTexts.Problems.Sentence(result.Problems[0], Language);
            return Page();
        }

        Response.Cookies.Append(Doorkeeper.SessionCookie, done.Token, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = Request.IsHttps, Path = "/" });
        // An address of another site is none of ours, however it came into the link.
        return Redirect(Url.IsLocalUrl(back) ? back : Start);
    }
}
