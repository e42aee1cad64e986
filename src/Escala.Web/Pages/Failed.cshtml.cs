using Escala.Cascades.Sheets;
using Microsoft.AspNetCore.Mvc;

namespace Escala.Web.Pages;

/// <summary>Shown where there is no such page, or where a page failed.</summary>
[IgnoreAntiforgeryToken]
public sealed class FailedPage(SheetReader reader) : SitePage(reader)
{
    public bool IsMissing { get; private set; }

    public void OnGet(int? code) => IsMissing = code == StatusCodes.Status404NotFound;
}
