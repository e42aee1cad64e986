using Escala.Cascades.Sheets;
using Escala.Programmes;

namespace Escala.Web.Pages;

/// <summary>A facility of the district in the window; in the order of codes, never ranked.</summary>
public sealed record FacilityLine(PlacedFacility Facility, int People, Completeness Completeness);

/// <summary>A district: its facilities and how they lie in the funnels.</summary>
public sealed class DistrictPage(SheetReader reader) : SitePage(reader)
{
    public SheetPlace? Place { get; private set; }

    public IReadOnlyList<FacilityLine> Facilities { get; private set; } = [];

    public IReadOnlyList<Funnel> Funnels { get; private set; } = [];

    /// <summary>Facilities of the programme, all of which the funnels compare, before and after their programme began.</summary>
    public bool IsRollOut { get; private set; }

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
        Facilities = [.. place.Facilities.Select(f => Line(f, window))];
        IsRollOut = Programme.Trial is not null && Reader.PlacesIn(window).OpenFacilities
            .Select(f => Reader.Exposure(Reader.PlacesIn(window).Sheet(f.Code)!, window)).Distinct(StringComparer.Ordinal).Count() > 1;
        Funnels = [.. Programme.Cascade.Steps.Select(s => Funnel.Read(Reader, place, window, s.Measure))];
    }

    private FacilityLine Line(PlacedFacility facility, Window window) => new(
        facility, Reader.Of(facility.Code, window)?.People ?? 0, Reader.CompletenessOf(Reader.PlacesIn(window).Sheet(facility.Code)!, window));
}
