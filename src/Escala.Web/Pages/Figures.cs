using Escala.Cascades.Sheets;
using Escala.Numerics.Charts;
using Escala.Platform.Figures;
using Escala.Platform.Texts;
using Escala.Programmes;
using Escala.Programmes.Measures;
using Escala.Programmes.Trials;
using Microsoft.AspNetCore.Html;

namespace Escala.Web.Pages;

/// <summary>Pictures of what the chapters computed, with a description for those who do not see them.</summary>
public static class Figures
{
    public static HtmlString Bars(SitePage page, CascadeSheet sheet)
    {
        var words = page.Words;
        CascadeBar[] bars = [.. sheet.Steps.Select(s => new CascadeBar(
            page.Name(s.Step.Measure.Name), $"{words.Counts(s.Figure)} · {words.Proportion(s.Figure)}", s.Figure.Numerator, s.Figure.Denominator,
            !sheet.Completeness.IsComplete ? Fill.Hatched : s.Step.Kind == StepKind.Yield ? Fill.Dotted : Fill.Solid))];
        var description = string.Join("; ", bars.Select(b => $"{b.Label}: {b.Value}")) + ".";
        return Html(CascadeBarsFigure.Draw("bars", page.Name(sheet.Programme.Cascade.Name), description, bars));
    }

    public static HtmlString Run(SitePage page, Trend trend)
    {
        var words = page.Words;
        var signals = trend.Chart.Shifts.Concat(trend.Chart.Trends).ToList();
        RunChartPoint[] points = [.. trend.Points.Select((p, i) => new RunChartPoint(
            Short(page, p.Window), YearAt(trend.Points, i), p.Figure.Proportion, !p.Completeness.IsComplete, p.Speaks && signals.Exists(s => s.First <= i && i <= s.Last)))];
        var description = string.Join("; ", trend.Points.Select(p =>
            $"{words.Window(p.Window)}: {words.Proportion(p.Figure)}{page.Caveat(p.Completeness)}")) + ".";
        return Html(RunChartFigure.Draw("run-" + trend.Measure.Id, page.Name(trend.Measure.Name), description, points, trend.Chart.Median, words.Percent));
    }

    public static HtmlString Plot(SitePage page, Funnel funnel)
    {
        var words = page.Words;
        FunnelMark[] marks = [.. funnel.Points.Select(p => new FunnelMark(
            p.IsOwn ? p.Facility.Code : null, p.Figure.Denominator!.Value, p.Figure.Proportion!.Value, !p.IsComplete ? Fill.Hatched : p.IsOwn ? Fill.Solid : Fill.White, p.IsOwn && p.Position is not (FunnelPosition.Within or FunnelPosition.Unknown)))];
        var most = funnel.Points.Count == 0 ? 0 : funnel.Points.Max(p => p.Figure.Denominator!.Value);
        FunnelLimit[] limits = [.. Enumerable.Range(1, 60).Select(i => Math.Max(1, most * i / 60)).Distinct().Select(n => Limit(funnel.Centre, n))];
        var description = string.Join("; ", funnel.Points.Where(p => p.IsOwn).Select(p => $"{p.Facility.Name}: {words.Counts(p.Figure)}, {words.Position(p.Position)}")) + ".";
        return Html(FunnelFigure.Draw("funnel-" + funnel.Measure.Id, page.Name(funnel.Measure.Name), description, page.Say("district.asked"), marks, funnel.Centre, limits, words.Percent));
    }

    public static HtmlString Wedge(SitePage page, TrialCalendar calendar)
    {
        var windows = calendar.Windows(page.Programme.Window);
        var trial = page.Programme.Trial!;
        WedgeBand[] bands = [.. calendar.Wedge(page.Programme.Window).Select(row => new WedgeBand(
            page.Say("programme.wave", ("n", row.Wave.Number), ("places", string.Join(", ", row.Wave.Places.Select(p => PlaceName(page, p))))),
            [.. row.Cells.Select(c => FillOf(trial, c))]))];
        Fill[] phases = [.. trial.Phases.Select((_, i) => PhaseFill(i))];
        (Fill, string)[] legend =
        [
            (Fill.White, page.Words.Exposure("unexposed")), (Fill.Hatched, page.Words.Exposure("transition")),
            .. trial.Phases.Select((p, i) => (phases[i], page.Words.Exposure(p.Id))),
        ];
        var mark = page.Window is { } window ? windows.ToList().IndexOf(window) : -1;
        var axis = new WedgeAxis([.. windows.Select(YearOf)], mark < 0 ? null : mark, mark < 0 ? null : page.Words.Window(windows[mark]));
        var description = string.Join(" ", trial.Waves.Select(w => page.Say("programme.waveBegins", ("n", w.Number), ("day", page.Words.Day(w.Initiation)))));
        return Html(SteppedWedgeFigure.Draw("wedge", page.Say("programme.wedge"), description, bands, axis, legend));
    }

    private static string PlaceName(SitePage page, string code) =>
        (page.Window is { } window ? page.Reader.PlacesIn(window).Find(code)?.Name : null) ?? code;

    private static Fill FillOf(Trial trial, Exposure exposure) => exposure.Kind switch
    {
        ExposureKind.Transition => Fill.Hatched,
        ExposureKind.Exposed => PhaseFill(trial.Phases.ToList().FindIndex(p => p.Id == exposure.Phase)),
        _ => Fill.White,
    };

    private static Fill PhaseFill(int phase) => phase == 0 ? Fill.Solid : phase == 1 ? Fill.Dotted : Fill.Grey;

    /// <summary>A year is written where it begins, and below the first point unless the next one begins a year: two would collide.</summary>
    private static string YearAt(IReadOnlyList<TrendPoint> points, int i)
    {
        var begins = YearOf(points[i].Window);
        return i > 0 || begins.Length > 0 || YearOf(points[1].Window).Length > 0
            ? begins
            : DateOnly.FromDayNumber(points[0].Window.FirstDay).Year.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>A year is written where it begins.</summary>
    private static string YearOf(Window window)
    {
        var first = DateOnly.FromDayNumber(window.FirstDay);
        return first.DayOfYear <= 7 && first.Month == 1 ? first.Year.ToString(System.Globalization.CultureInfo.InvariantCulture) : "";
    }

    private static string Short(SitePage page, Window window) => window.Kind switch
    {
        WindowKind.Month => DateOnly.FromDayNumber(window.FirstDay).ToString("MMM", page.Language.Culture()).TrimEnd('.')[..3],
        WindowKind.Quarter => (page.Language == Language.En ? "Q" : "T") + window.ToString()[^1..],
        _ => window.ToString()[^2..],
    };

    private static FunnelLimit Limit(double centre, int asked)
    {
        if (double.IsNaN(centre)) return new(asked, 0, 1, 0, 1);
        var limits = FunnelLimits.InterpolatedBinomial(centre, asked);
        return new(asked, limits.Within95.Lower, limits.Within95.Upper, limits.Within998.Lower, limits.Within998.Upper);
    }

    private static HtmlString Html(SvgDrawing drawing) => new(drawing.ToString());
}
