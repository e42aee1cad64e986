using Escala.Numerics.Charts;
using Escala.Numerics.Comparison;
using Escala.Programmes;
using Escala.Programmes.Measures;

namespace Escala.Cascades.Sheets;

/// <summary>One window of a trend; an incomplete one is drawn hatched and stays out of the median, the rules and the comparison.</summary>
public sealed record TrendPoint(Window Window, Figure Figure, Completeness Completeness)
{
    public bool Speaks => Completeness.IsComplete && Figure.Proportion is not null;

    public double Value => Speaks ? Figure.Proportion!.Value : double.NaN;
}

/// <summary>A step or indicator over consecutive windows, the latest last.</summary>
public sealed record Trend(Measure Measure, IReadOnlyList<TrendPoint> Points, RunChart Chart, Change Change)
{
    public static IReadOnlyList<Trend> Read(SheetReader reader, SheetPlace place, Window latest, IEnumerable<Measure> measures)
    {
        var windows = Enumerable.Range(0, SheetReader.TrendWindows)
            .Select(i => latest with { Number = latest.Number - SheetReader.TrendWindows + 1 + i })
            // Each window sums the facilities that belonged to the place then.
            .Select(w => (Window: w, Place: reader.PlacesIn(w).Sheet(place.Code) ?? place with { Facilities = [] }))
            .Select(w => (w.Window, w.Place, Completeness: reader.CompletenessOf(w.Place, w.Window))).ToList();
        return [.. measures.Select(measure =>
        {
            TrendPoint[] points = [.. windows.Select(w => new TrendPoint(w.Window, reader.Figure(w.Place, w.Window, measure), w.Completeness))];
            return new Trend(measure, points, RunChart.Create([.. points.Select(p => p.Value)]),
                Change.Of(points, place.IsSum, reader.Programme.Strata.SuppressBelow));
        })];
    }
}

public enum ChangeVerdict
{
    /// <summary>The window is not all in.</summary>
    Incomplete,

    /// <summary>Nobody was asked now, or more passed than were asked.</summary>
    NoProportion,
    FewPeople,

    /// <summary>Too few complete windows before.</summary>
    FewWindows,

    /// <summary>A sum of facilities: people of one facility are alike, so chance is larger than counting heads says.</summary>
    NotForSums,
    CouldBeChance,
    Higher,
    Lower,
}

/// <summary>The latest window of a trend against its earlier complete ones taken together (docs/methods/cascade-sheet.md).</summary>
/// <param name="Before">All people of the earlier complete windows, pooled; null where there is nothing to compare with.</param>
/// <param name="Difference">99 % Newcombe interval of the difference, now minus before; null where not compared.</param>
public sealed record Change(ChangeVerdict Verdict, Figure? Before, int WindowsBefore, ProportionInterval? Difference)
{
    public bool IsCompared => Difference is not null;

    /// <summary>Fewer complete windows before are not compared with.</summary>
    public const int FewestWindows = 3;

    /// <summary>A sheet makes about six comparisons: at 95 % one sheet in four would cry wolf, at 99 % one in seventeen.</summary>
    public const double Confidence = 0.99;

    public static Change Of(IReadOnlyList<TrendPoint> points, bool isSum, int fewestPeople)
    {
        var now = points[^1];
        var earlier = points.SkipLast(1).Where(p => p.Speaks).ToList();
        var before = Figure.Of(earlier.Sum(p => p.Figure.Numerator!.Value), earlier.Sum(p => p.Figure.Denominator!.Value), isSum: true);
        Change Not(ChangeVerdict verdict) => new(verdict, earlier.Count == 0 ? null : before, earlier.Count, null);
        if (isSum) return Not(ChangeVerdict.NotForSums);
        if (!now.Completeness.IsComplete) return Not(ChangeVerdict.Incomplete);
        if (!now.Speaks) return Not(ChangeVerdict.NoProportion);
        if (now.Figure.Denominator < fewestPeople) return Not(ChangeVerdict.FewPeople);
        if (earlier.Count < FewestWindows) return Not(ChangeVerdict.FewWindows);
        var difference = ProportionInterval.NewcombeDifference(
            now.Figure.Numerator!.Value, now.Figure.Denominator!.Value, before.Numerator!.Value, before.Denominator!.Value, Confidence);
        var verdict = difference.Lower > 0 ? ChangeVerdict.Higher : difference.Upper < 0 ? ChangeVerdict.Lower : ChangeVerdict.CouldBeChance;
        return new(verdict, before, earlier.Count, difference);
    }
}
