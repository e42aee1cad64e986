using Escala.Cascades.Sheets;
using Escala.Registry.Accounts;
using Microsoft.AspNetCore.Mvc;

namespace Escala.Web.Pages;

/// <summary>Shown where there is no such page, or where a page failed.</summary>
[IgnoreAntiforgeryToken]
public sealed class FailedPage(SheetReader reader) : SitePage(reader)
{
    private const string Closed = "closed";

    public bool IsMissing { get; private set; }

    /// <summary>Why the page is not for the account, where that is so; a key of the texts.</summary>
    public string? ClosedBy => HttpContext.Items[Closed] as string;

    /// <summary>Facilities of the account, to go on from.</summary>
    public IEnumerable<PlacedFacility> Own => Window is { } window && May(Act.ReadCounts) ? Reader.PlacesIn(window).OpenFacilities.Where(f => Sees(f.Code)).Take(20) : [];

    public static void Close(HttpContext context, string key) => context.Items[Closed] = key;

    public void OnGet(int? code) => IsMissing = code == StatusCodes.Status404NotFound;
}
