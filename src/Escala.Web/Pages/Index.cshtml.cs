using Escala.Cascades.Sheets;
using Escala.Programmes;

namespace Escala.Web.Pages;

/// <summary>One place right above the facilities.</summary>
public sealed record DistrictLine(SheetPlace Place, string Exposure, Completeness Completeness);

/// <summary>The programme: its districts, its stepped wedge, and how far its data are in.</summary>
public sealed class IndexPage(SheetReader reader) : SitePage(reader)
{
    public IReadOnlyList<DistrictLine> Districts { get; private set; } = [];

    /// <summary>The level right above the facilities; the facilities' own where there is only one level.</summary>
    public string DistrictLevel => Programme.Levels[^Math.Min(2, Programme.Levels.Count)];

    /// <summary>A month that is still being filled is not what anybody comes to see first.</summary>
    protected override Window? Opening => Reader.LatestComplete;

    public void OnGet()
    {
        if (Window is not { } window) return;
        Districts = [.. Reader.PlacesIn(window).AtLevel(DistrictLevel).Where(p => Sees(p.Code)).Select(p => Line(Reader.PlacesIn(window).Sheet(p.Code)!, window))];
    }

    private DistrictLine Line(SheetPlace place, Window window) =>
        new(place, Words.Exposure(Reader.Exposure(place, window)), Reader.CompletenessOf(place, window));
}
