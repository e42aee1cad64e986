using Escala.Cascades.Sheets;

namespace Escala.Web.Pages;

/// <summary>Twelve windows of a facility, or of a sum of facilities: every step and indicator as a run chart.</summary>
public sealed class FacilityPage(SheetReader reader) : SitePage(reader)
{
    public SheetPlace? Place { get; private set; }

    public IReadOnlyList<Trend> Steps { get; private set; } = [];

    public IReadOnlyList<Trend> Indicators { get; private set; } = [];

    public void OnGet(string code)
    {
        if (Problems.Count > 0 || Window is not { } window) return;
        var found = Reader.Place(code, window);
        if (!found.TryGet(out var place))
        {
            Refuse(StatusCodes.Status404NotFound, found.Problems);
            return;
        }

        Place = place;
        Steps = Trend.Read(Reader, place, window, Programme.Cascade.Steps.Select(s => s.Measure));
        Indicators = Trend.Read(Reader, place, window, Programme.Cascade.Indicators);
    }
}
