using System.Globalization;
using Escala.Numerics.Charts;
using Escala.Platform.Texts;
using Escala.Programmes;

namespace Escala.Cascades.Sheets;

/// <summary>How a sheet speaks, the same on screen, on paper and at the command line.</summary>
public sealed class SheetWords(Language language)
{
    /// <summary>A no-break space stands between number and sign, as in all three languages' printed matter.</summary>
    private const string PercentSign = "\u00a0%";

    public static TextCatalogue Catalogue { get; } = TextCatalogue.From(typeof(SheetWords).Assembly, ".Sheets.texts.json");

    public Language Language => language;

    public string Say(string key, params ReadOnlySpan<(string Gap, object? Value)> gaps) => Catalogue.Say(language, key, gaps);

    /// <summary>Whole per cents; what is not quite nothing or not quite everything never reads so.</summary>
    public string Percent(double proportion)
    {
        var rounded = Math.Round((decimal)proportion * 100, MidpointRounding.AwayFromZero);
        var text = proportion > 0 && rounded == 0 ? "<1" : proportion < 1 && rounded == 100 ? ">99" : rounded.ToString(language.Culture());
        return text + PercentSign;
    }

    /// <summary>A share that somebody chose, in per cents as it was chosen: 92.5.</summary>
    public string Exactly(double share) => ((decimal)share * 100).ToString("0.##########", language.Culture());

    /// <summary>To what a step is raised: a chosen share exactly, what facilities reach rounded as figures are.</summary>
    public string Goal(StepTarget target) => target.Facilities.Count == 0 ? Exactly(target.Proportion) + PercentSign : Percent(target.Proportion);

    public string Proportion(Figure figure) => figure.Status switch
    {
        FigureStatus.NoDenominator => Say("status.noDenominator"),
        FigureStatus.Inconsistent => Say("status.inconsistent"),
        FigureStatus.Suppressed => Say("status.suppressed"),
        _ => Percent(figure.Proportion!.Value),
    };

    /// <summary>59–81 %; empty where there is none.</summary>
    public string Interval(Figure figure) => figure.Interval is { } interval
        ? Percent(interval.Lower)[..^PercentSign.Length] + "–" + Percent(interval.Upper)
        : "";

    public string Counts(Figure figure) => figure.Denominator is null ? Say("status.suppressed") : Say("of", ("x", figure.Numerator), ("n", figure.Denominator));

    public string Number(decimal number) => number.ToString("0.0", language.Culture());

    public string Gain(CascadeSheet sheet, SheetStep step, Gain gain) => gain switch
    {
        { Status: GainStatus.Yield } => Say("gain.yield"),
        { Status: GainStatus.AfterEnd } => Say("gain.afterEnd"),
        { Status: GainStatus.NotComputable, BlockedBy: { } blocking } => Say("gain.blocked", ("step", sheet.Steps[blocking].Step.Measure.Name.In(language))),
        { Status: GainStatus.NotComputable } => Say("gain.noTarget"),
        { Persons: 0 } => Say(sheet.SetsTarget(step) ? "gain.setsTarget" : "gain.atTarget"),
        _ => Say("gain.more", ("n", Number(gain.Rounded!.Value))),
    };

    /// <summary>Why gains are not computable, each reason once, with the steps concerned where reasons differ.</summary>
    public IReadOnlyList<string> NotComputable(CascadeSheet sheet)
    {
        var reasons = sheet.Steps.SelectMany(step => ((Gain?[])[step.Gain, step.GainBeside]).OfType<Gain>().Where(g => g.Status == GainStatus.NotComputable)
            .Select(gain => (Step: step.Step.Measure.Name.In(language), Reason: Gain(sheet, step, gain)))).GroupBy(r => r.Reason).ToList();
        return [.. reasons.Select(r => Say("gain.mark") + (reasons.Count == 1 ? "" : " (" + string.Join(", ", r.Select(x => x.Step).Distinct()) + ")") + ": " + r.Key + ".")];
    }

    /// <summary>Steps whose target is the facility's own figure; null where there are none.</summary>
    public string? OwnTargets(CascadeSheet sheet)
    {
        var own = sheet.Steps.Where(s => s.Gain.Status == GainStatus.Ok && sheet.SetsTarget(s)).ToList();
        return own.Count == 0 ? null : Say("target.own",
            ("steps", string.Join(", ", own.Select(s => s.Step.Measure.Name.In(language)))), ("n", own.Max(s => s.Target!.Eligible)), ("fewest", sheet.Programme.Strata.SuppressBelow));
    }

    /// <summary>The greatest gain in one sentence, or why there is none.</summary>
    public string GreatestGain(CascadeSheet sheet)
    {
        if (sheet.ByGain.FirstOrDefault() is not { } first)
        {
            var computed = sheet.Steps.Where(s => s.Gain.Status == GainStatus.Ok).ToList();
            return Say(computed.Count == 0 ? "gain.noneComputable" : computed.Exists(sheet.SetsTarget) ? "gain.noneBeside" : "gain.none");
        }

        return Say("gain.sentence", ("step", first.Step.Measure.Name.In(language)), ("from", Proportion(first.Figure)),
            ("to", Goal(first.Target!)), ("n", Number(first.Gain.Rounded!.Value)), ("end", sheet.EndStep.Name.In(language)));
    }

    public string Target(CascadeSheet sheet, SheetPlace neighbours) => sheet.Target is TargetChoice.Share share
        ? Say("target.share", ("p", Exactly(share.Value) + PercentSign))
        : Say("target.bestQuarter", ("place", neighbours.Name), ("n", neighbours.Facilities.Count));

    /// <summary>Whose figures make the target of a step.</summary>
    public string TargetOf(SheetStep step, SheetPlace neighbours, int fewest) => step.Target is { } target
        ? Say("target.from", ("step", step.Step.Measure.Name.In(language)), ("p", Percent(target.Proportion)), ("places", Names(target.Facilities, neighbours)),
            ("k", target.Facilities.Count), ("n", target.Eligible), ("fewest", fewest))
        : Say("target.none", ("step", step.Step.Measure.Name.In(language)), ("n", fewest));

    public string Window(Window window)
    {
        var first = DateOnly.FromDayNumber(window.FirstDay);
        return window.Kind switch
        {
            WindowKind.Month => first.ToString(language == Language.En ? "MMMM yyyy" : "MMMM 'de' yyyy", language.Culture()),
            WindowKind.Quarter => Say("window.quarter", ("n", ((first.Month - 1) / 3) + 1), ("year", first.Year)),
            _ => Say("window.week", ("n", ISOWeek.GetWeekOfYear(first)), ("year", ISOWeek.GetYear(first))),
        };
    }

    public string ShortDay(DateOnly day) => day.ToString("d MMM yyyy", language.Culture());

    public string Day(DateOnly day) => day.ToString(language == Language.En ? "d MMMM yyyy" : "d 'de' MMMM 'de' yyyy", language.Culture());

    /// <summary>The word of a kind of window in the keys of texts: month, quarter, week.</summary>
    public static string Word(WindowKind kind) => kind switch { WindowKind.Month => "month", WindowKind.Quarter => "quarter", _ => "week" };

    private string Windows(WindowKind kind, int n) => Say("windows." + Word(kind), ("n", n));

    /// <summary>Names of levels are the package's; those known here are said in the reader's language.</summary>
    public string Level(string level) => Catalogue.Knows("level." + level) ? Say("level." + level) : level;

    public string Exposure(string? exposure) => exposure is null ? Say("exposure.mixed")
        : Catalogue.Knows("exposure." + exposure) ? Say("exposure." + exposure) : exposure;

    public IEnumerable<string> Completeness(CascadeSheet sheet)
    {
        var completeness = sheet.Completeness;
        if (completeness.NotOpen is { } shut)
        {
            yield return Say(shut.IsClosed ? "complete.closed" : "complete.notOpenYet", ("day", Day(shut.Day)));
            if (completeness.RowsEntered > 0) yield return Say("complete.rowsNotOpen", ("n", completeness.RowsEntered));
            yield break;
        }

        if (sheet.Tallied.Count > 0) yield return sheet.Place.IsSum ? Say("tally.some", ("places", Names(sheet.Tallied, sheet.Place))) : Say("tally.this");
        if (sheet.TalliesAside.Count > 0) yield return Say("tally.aside", ("places", Names(sheet.TalliesAside, sheet.Place)));
        if (!completeness.IsComplete || sheet.Place.Facilities.Count == 0) yield return Say("complete.incomplete");
        if (sheet.Place.IsSum && !completeness.IsComplete) yield return Say("complete.incompleteOf", ("places", Names(completeness.Incomplete, sheet.Place)));
        yield return completeness.Status == CompletenessStatus.OtherDays ? Say("complete.otherDays")
            : completeness.UpTo is not { } day ? Say(sheet.Place.IsSum ? "complete.nothing" : "complete.nothingHere")
            : Say(completeness.Status == CompletenessStatus.Declared ? "complete.declared" : "complete.notDeclared", ("day", Day(day)));
        if (completeness.RowsExpected is { } expected)
        {
            var counted = ("expected", (object?)expected);
            yield return sheet.Place.IsSum
                ? Say("complete.rowsOfSome", ("n", completeness.RowsOfExpected), counted, ("counting", completeness.FacilitiesCounted), ("facilities", sheet.Place.Facilities.Count))
                : Say("complete.rowsOf", ("n", completeness.RowsOfExpected), counted);
        }

        if (completeness.FacilitiesCounted < sheet.Place.Facilities.Count || completeness.RowsExpected is null) yield return Say("complete.rows", ("n", completeness.RowsEntered));
        if (completeness.RowsLeftOut > 0) yield return Say("complete.rowsLeftOut", ("n", completeness.RowsLeftOut));
    }

    public string People(CascadeSheet sheet)
    {
        var parts = new List<string> { Say("people", ("n", sheet.People)) };
        if (sheet.Queried > 0) parts.Add(Say("queried", ("n", sheet.Queried)));
        if (sheet.UnknownBirthDate > 0) parts.Add(Say("unknownBirthDate", ("n", sheet.UnknownBirthDate)));
        return string.Join("; ", parts) + ".";
    }

    /// <summary>Empty for sums, which are not compared.</summary>
    /// <param name="fewest">Fewer people are not compared.</param>
    public string Change(Change change, TrendPoint now, int fewest) => change.Verdict switch
    {
        ChangeVerdict.NotForSums => "",
        ChangeVerdict.Incomplete => Say(now.Completeness.NotOpen is null ? "change.incomplete" : "change.notOpen"),
        ChangeVerdict.NoProportion => Say("change.noProportion", ("why", Proportion(now.Figure))),
        ChangeVerdict.FewPeople => Say("change.fewPeople", ("n", now.Figure.Denominator), ("fewest", fewest)),
        ChangeVerdict.FewWindows => Say("change.fewWindows", ("n", change.WindowsBefore), ("windows", Windows(now.Window.Kind, change.WindowsBefore)), ("fewest", Sheets.Change.FewestWindows)),
        var verdict => Say("change." + (verdict == ChangeVerdict.CouldBeChance ? "chance" : verdict == ChangeVerdict.Higher ? "higher" : "lower"),
            ("now", Proportion(now.Figure)), ("before", Proportion(change.Before!)), ("windows", Say("before." + Word(now.Window.Kind), ("n", change.WindowsBefore)))),
    };

    /// <param name="fewest">Points of fewer people are said to rest on few.</param>
    public IEnumerable<string> Signals(Trend trend, int fewest)
    {
        var chart = trend.Chart;
        string Segment(string rule, ChartSegment s) => Say($"run.{rule}.{(s.Upwards ? "up" : "down")}",
            ("n", trend.Points.Skip(s.First).Take(s.Last - s.First + 1).Count(p => p.Speaks)), ("window", Window(trend.Points[s.Last].Window)));
        foreach (var shift in chart.Shifts) yield return Segment("shift", shift);
        foreach (var segment in chart.Trends) yield return Segment("trend", segment);
        if (chart.TooFewRuns) yield return Say("run.few");
        if (chart.TooManyRuns) yield return Say("run.many");
        if (trend.Points.Any(p => p.Speaks && p.Figure.Denominator < fewest)) yield return Say("run.small", ("n", fewest));
        if (chart.HasSignal) yield break;
        var few = trend.Points.Count(p => p.Speaks) < RunChart.ShiftLength;
        yield return few ? Say("run.tooFew", ("n", RunChart.ShiftLength), ("windows", Windows(trend.Points[0].Window.Kind, RunChart.ShiftLength))) : Say("run.none");
    }

    public string Position(FunnelPosition position) => position switch
    {
        FunnelPosition.FarBelow => Say("funnel.farBelow"),
        FunnelPosition.Below => Say("funnel.below"),
        FunnelPosition.Above => Say("funnel.above"),
        FunnelPosition.FarAbove => Say("funnel.farAbove"),
        FunnelPosition.Unknown => Say("status.noDenominator"),
        _ => Say("funnel.within"),
    };

    public string Sex(Programme programme, int sex)
    {
        if (sex == 0) return Say("sex.unknown");
        var name = programme.Population.Sex!.Categories[sex - 1].Name;
        return Catalogue.Knows("sex." + name) ? Say("sex." + name) : name;
    }

    public string AgeBand(Programme programme, int band)
    {
        var bounds = programme.Strata.AgeBands;
        return band == 0 ? Say("age.unknown")
            : band == 1 ? Say("age.below", ("to", bounds.Count > 0 ? bounds[0] : "…"))
            : band - 1 < bounds.Count ? Say("age.band", ("from", bounds[band - 2]), ("to", bounds[band - 1] - 1))
            : Say("age.from", ("from", bounds[^1]));
    }

    public static string Names(IReadOnlyList<string> codes, SheetPlace place) =>
        string.Join(", ", codes.Select(c => place.Facilities.FirstOrDefault(f => f.Code == c)?.Name ?? c));
}
