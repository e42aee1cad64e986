using Escala.Cascades.Sheets;
using Escala.Platform.Problems;
using Escala.Platform.Texts;
using Escala.Programmes;
using Escala.Programmes.Places;
using Escala.Registry.Accounts;
using Escala.Web.Access;
using Escala.Web.Field;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.WebUtilities;

namespace Escala.Web.Pages;

/// <summary>What every page knows: the counters as they stand, the reader's language, and the window that is looked at.</summary>
public abstract class SitePage(SheetReader reader) : PageModel
{
    private SheetWords? _words;
    private PlaceHistory? _history;

    public SheetReader Reader { get; } = reader;

    public Programme Programme => Reader.Programme;

    public SheetWords Words => _words ??= new SheetWords(ReaderLanguage.Of(HttpContext));

    public Language Language => Words.Language;

    /// <summary>As the address says, else the latest that has rows; null in an empty store.</summary>
    public Window? Window { get; private set; }

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    /// <summary>Where to go from a page that shows problems: this page as it opens by itself, or null where it could not be shown either.</summary>
    public string? Retry { get; private set; }

    public string Say(string key, params ReadOnlySpan<(string Gap, object? Value)> gaps) => SiteTexts.Catalogue.Say(Language, key, gaps);

    /// <summary>The account that has signed in; null for whoever started the program.</summary>
    public Account? Account => Visitor.Of(HttpContext)?.Account;

    /// <summary>The way to a page of people or accounts is shown to whom it lets in.</summary>
    public bool May(Act act) => HttpContext.RequestServices.GetService<FieldServer>() is not null && Visitor.Of(HttpContext)?.May(act) == true;

    /// <summary>The place is in the visitor's scope, as places lie in the window that is looked at.</summary>
    public bool Sees(string code)
    {
        if (Visitor.Of(HttpContext) is not { } visitor || visitor.SeesEverything) return true;
        return visitor.Sees(_history ??= new PlaceHistory(Programme.Places), code, DateOnly.FromDayNumber((Window ?? throw new InvalidOperationException("No window")).LastDay));
    }

    /// <summary>In brackets after what is not all in: incomplete, or not open; empty for what is.</summary>
    public string Caveat(Completeness completeness) => completeness.IsComplete ? ""
        : " (" + Say(completeness.NotOpen is null ? "facility.incomplete" : "facility.notOpen") + ")";

    public string Name(LocalText text) => text.In(Language);

    /// <summary>As the first word of a sentence.</summary>
    public string Capital(string text) => text.Length == 0 ? text : char.ToUpper(text[0], Language.Culture()) + text[1..];

    /// <summary>All windows from the first worth showing to the latest, the latest first.</summary>
    public IEnumerable<Window> Windows()
    {
        if (Reader.Latest is not { } latest) yield break;
        for (var number = latest.Number; number >= Reader.First!.Value.Number; number--) yield return latest with { Number = number };
    }

    /// <summary>What the reader chose on a sheet (end step, target), which goes along to other pages and back: keys and words of the address.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Chosen => Problems.Count > 0 ? [] : ((string[])["end", "target", "own"])
        .Select(key => KeyValuePair.Create<string, string?>(key, Request.Query[key].ToString())).Where(c => !string.IsNullOrWhiteSpace(c.Value));

    /// <summary>Another page of the site, with what the reader chose.</summary>
    /// <param name="window">Null: the one that the page opens on.</param>
    public string To(string path, Window? window = null) =>
        path + QueryString.Create(window is { } shown ? Chosen.Prepend(new("month", shown.ToString())) : Chosen);

    /// <summary>The same page in another language.</summary>
    public string AddressIn(Language language)
    {
        // A page that is not there keeps the address that was asked for.
        var (path, asked) = HttpContext.Features.Get<IStatusCodeReExecuteFeature>() is { } missing
            ? (missing.OriginalPath, QueryHelpers.ParseQuery(missing.OriginalQueryString).AsEnumerable())
            : (Request.Path.Value, Request.Query);
        return path + QueryString.Create(asked.Where(q => q.Key != "lang")).Add("lang", language.Code());
    }

    public override void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
        Window = Opening;
        if (Request.Query["month"].ToString() is not { Length: > 0 } month) return;
        var parsed = WindowText.Parse(Programme.Window, month);
        if (parsed.TryGet(out var window)) Window = window;
        else Refuse(StatusCodes.Status400BadRequest, parsed.Problems);
    }

    /// <summary>The window of an address that names none.</summary>
    protected virtual Window? Opening => Reader.Latest;

    /// <summary>The page shows the problems instead of its content.</summary>
    protected void Refuse(int status, IReadOnlyList<Problem> problems) => (Response.StatusCode, Problems, Retry) =
        (status, problems, status == StatusCodes.Status404NotFound ? null : Request.Path + (Window is { } window ? QueryString.Create("month", window.ToString()) : QueryString.Empty));
}
