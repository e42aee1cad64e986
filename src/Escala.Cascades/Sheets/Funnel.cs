using Escala.Numerics.Charts;
using Escala.Programmes;
using Escala.Programmes.Measures;

namespace Escala.Cascades.Sheets;

/// <summary>One facility of a funnel plot.</summary>
/// <param name="IsOwn">Belongs to the place that is looked at; the others are there for comparison.</param>
public sealed record FunnelPoint(PlacedFacility Facility, Figure Figure, FunnelPosition Position, bool IsOwn, bool IsComplete);

/// <summary>
/// All facilities of the programme at one step of one window against what chance alone does to a facility of their size. Not a ranking:
/// inside the limits nothing is said about who is better.
/// </summary>
/// <param name="Centre">Pooled proportion of all facilities; NaN where nobody was asked.</param>
public sealed record Funnel(Measure Measure, double Centre, IReadOnlyList<FunnelPoint> Points)
{
    public static Funnel Read(SheetReader reader, SheetPlace place, Window window, Measure measure)
    {
        var everybody = new SheetPlace("", "", "", reader.PlacesIn(window).OpenFacilities, IsSum: true);
        var figures = reader.FacilityFigures(everybody, window, measure).Where(f => f.Figure.Status == FigureStatus.Ok).ToList();
        var centre = (double)figures.Sum(f => f.Figure.Numerator!.Value) / figures.Sum(f => f.Figure.Denominator!.Value);
        var own = place.Facilities.Select(f => f.Code).ToHashSet(StringComparer.Ordinal);
        var incomplete = reader.CompletenessOf(everybody, window).Incomplete.ToHashSet(StringComparer.Ordinal);
        return new Funnel(measure, centre, [.. figures.Select(f => new FunnelPoint(f.Facility, f.Figure,
            FunnelLimits.InterpolatedBinomial(centre, f.Figure.Denominator!.Value).Position(f.Figure.Proportion!.Value),
            own.Contains(f.Facility.Code), !incomplete.Contains(f.Facility.Code)))]);
    }
}
