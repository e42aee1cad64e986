using Escala.Cascades.Sheets;
using Escala.Programmes;

namespace Escala.Web.Pages;

/// <summary>Where and when a page is, and the way to its neighbours in place and time.</summary>
public sealed record Heading(SitePage Page, SheetPlace Place, Window Window, string Path)
{
    public Window? Earlier => Page.Reader.First is { } first && first.Number < Window.Number ? Window with { Number = Window.Number - 1 } : null;

    public Window? Later => Page.Reader.Latest is { } latest && latest.Number > Window.Number ? Window with { Number = Window.Number + 1 } : null;

    /// <summary>The place above that has a page of its own.</summary>
    public SheetPlace? Above => Page.Reader.PlacesIn(Window).ParentOf(Place.Code) is { } parent ? Page.Reader.PlacesIn(Window).Sheet(parent.Code) : null;

    public string ExposureWords => Page.Words.Exposure(Page.Reader.Exposure(Place, Window));
}
