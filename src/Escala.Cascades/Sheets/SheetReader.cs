using Escala.Cascades.Compiled;
using Escala.Cascades.Counters;
using Escala.Platform.Problems;
using Escala.Programmes;
using Escala.Programmes.Measures;
using Escala.Programmes.Trials;

namespace Escala.Cascades.Sheets;

/// <summary>
/// Makes cascade sheets from counters; pure but for what <see cref="SheetSource"/> reads. One reader answers one question (a page, a command):
/// it keeps what it read, so that all parts of the answer speak of the same counts.
/// </summary>
public sealed class SheetReader(SheetSource source) : IDisposable
{
    public const int TrendWindows = 12;

    private readonly Dictionary<Window, IReadOnlyDictionary<string, Counts>> _counts = [];
    private readonly Dictionary<Window, IReadOnlyDictionary<(string Facility, string Step), (int Numerator, int Denominator)>> _tallies = [];
    private readonly Dictionary<Window, PlacesOn> _places = [];
    private readonly Window? _latestTally = source.LatestTally();

    public Programme Programme => source.Programme;

    public IReadOnlyDictionary<string, FacilityRecord> Records { get; } = source.Facilities();

    /// <summary>Who is exposed when; null where the programme is no trial.</summary>
    public TrialCalendar? Calendar { get; } = source.Programme.Trial is { } trial ? new TrialCalendar(trial, source.Places) : null;

    public long Position { get; } = source.Position();

    /// <summary>Imports that were interrupted: their rows are safe and not counted yet.</summary>
    public IReadOnlyList<string> Staged { get; } = source.Staged();

    /// <summary>The latest window that holds a row or a tally; null while there are none.</summary>
    public Window? Latest
    {
        get
        {
            if (Records.Values.Max(r => r.LastEvent) is not { } day) return _latestTally;
            var rows = Window.Holding(Programme.Window, day.DayNumber);
            return _latestTally is { } tally && tally.Number > rows.Number ? tally : rows;
        }
    }

    /// <summary>The latest window that is all in at most of the facilities then open; the latest of all where there is none.</summary>
    public Window? LatestComplete
    {
        get
        {
            if (Latest is not { } latest) return null;
            for (var window = latest; window.Number > latest.Number - TrendWindows; window = window with { Number = window.Number - 1 })
            {
                var open = PlacesIn(window).OpenFacilities;
                var complete = open.Count(f => CompletenessOf(PlacesIn(window).Sheet(f.Code)!, window).IsComplete);
                if (complete * 2 > open.Count) return window;
            }

            return latest;
        }
    }

    /// <summary>The earliest window worth showing: the trial's first, else a year before the latest.</summary>
    public Window? First => Latest is not { } latest ? null
        : Programme.Trial is { } trial ? Window.Holding(Programme.Window, trial.PreImplementationFrom.DayNumber)
        : latest with { Number = latest.Number - TrendWindows + 1 };

    public PlacesOn PlacesIn(Window window) =>
        _places.TryGetValue(window, out var known) ? known : _places[window] = new PlacesOn(source.Places, Programme.Levels, window);

    public Result<SheetPlace> Place(string code, Window window)
    {
        var places = PlacesIn(window);
        if (places.Sheet(code) is { } place) return place;
        var known = string.Join(", ", places.Codes.Order(StringComparer.Ordinal).Take(12));
        return Problem.Of("cascades.sheet.unknown-place", ("place", code), ("window", window), ("known", known));
    }

    public Result<CascadeSheet> Sheet(string code, Window window, SheetChoice choice)
    {
        if (Chosen(choice) is { Problem: { } problem }) return problem;
        var place = Place(code, window);
        return place.IsOk ? Sheet(place.Value, window, choice) : Result<CascadeSheet>.Refused(place.Problems);
    }

    /// <summary>A sheet for every facility that was open in the window.</summary>
    public Result<IReadOnlyList<CascadeSheet>> AllFacilities(Window window, SheetChoice choice)
    {
        if (Chosen(choice) is { Problem: { } problem }) return problem;
        CascadeSheet[] sheets = [.. PlacesIn(window).OpenFacilities.Select(f => Sheet(PlacesIn(window).Sheet(f.Code)!, window, choice))];
        return sheets;
    }

    public CascadeSheet Sheet(SheetPlace place, Window window, SheetChoice choice)
    {
        var end = Chosen(choice).End;
        var target = choice.Target ?? (Programme.Cascade.Target is { } share ? new TargetChoice.Share(share) : new TargetChoice.BestQuarter());
        var beside = Programme.Cascade.Beside is { } second && second.Id != end.Id ? second : null;
        var sum = Sum(place, window);
        var completeness = CompletenessOf(place, window);
        return new CascadeSheet
        {
            Programme = Programme,
            Place = place,
            Window = window,
            Exposure = Exposure(place, window),
            EndStep = end,
            Beside = beside,
            Target = target,
            Completeness = completeness,
            Steps = Steps(place, window, end, beside, target),
            Indicators = [.. Programme.Cascade.Indicators.Select(m => new SheetIndicator(m, Figure(place, window, m), Missing(sum, m)))],
            Tallied = [.. place.Facilities.Select(f => f.Code).Where(f => IsTallied(f, window))],
            TalliesAside = [.. place.Facilities.Select(f => f.Code).Where(f => HasTallies(f, window) && !IsTallied(f, window))],
            People = sum.People,
            Queried = completeness.NotOpen is null ? sum.Queried : sum.People,
            UnknownBirthDate = sum.UnknownBirthDate,
            Position = Position,
        };
    }

    public Completeness CompletenessOf(SheetPlace place, Window window) =>
        Completeness.Of([.. place.Facilities.Select(f => f.Code)], Records, CountsIn(window), window, place.Facilities.Select(f => f.Code).Where(f => IsWhollyTallied(f, window)).ToHashSet(StringComparer.Ordinal)) with
        {
            RowsLeftOut = place.IsSum ? PlacesIn(window).ShutBelow(place.Code).Sum(f => Of(f, window)?.Rows ?? 0) : 0,
            NotOpen = place.IsSum ? null : PlacesIn(window).NotOpen(place.Code),
        };

    /// <summary>The figure of a place; of a sum it is inconsistent as soon as one facility's is, lest adding hides it.</summary>
    public Figure Figure(SheetPlace place, Window window, Measure measure)
    {
        var (sum, at) = (Sum(place, window), IndexOf(measure));
        var (numerator, denominator, hides) = (sum.Total(at, CountKind.Numerator), sum.Total(at, CountKind.Denominator), false);
        foreach (var facility in place.Facilities)
        {
            if (IsTallied(facility.Code, window))
            {
                // Rows and tallies of one facility never meet: of people who are only due there nothing was entered.
                if (Of(facility.Code, window) is { } due) (numerator, denominator) = (numerator - due.Total(at, CountKind.Numerator), denominator - due.Total(at, CountKind.Denominator));
                var tally = TalliesIn(window).GetValueOrDefault((facility.Code, measure.Id));
                (numerator, denominator, hides) = (numerator + tally.Numerator, denominator + tally.Denominator, hides || tally.Numerator > tally.Denominator);
            }
            else if (place.IsSum && Of(facility.Code, window) is { } counts)
            {
                hides |= FigureOf(counts, measure, false).Status == FigureStatus.Inconsistent;
            }
        }

        var figure = Sheets.Figure.Of(numerator, denominator, place.IsSum);
        return hides ? figure with { Status = FigureStatus.Inconsistent, Proportion = null } : figure;
    }

    /// <summary>The place's facilities of which anything is counted, with the figure of a measure.</summary>
    public IReadOnlyList<(PlacedFacility Facility, Figure Figure)> FacilityFigures(SheetPlace place, Window window, Measure measure) =>
        [.. place.Facilities.Where(f => Of(f.Code, window) is not null && !IsTallied(f.Code, window)).Select(f => (f, FigureOf(Of(f.Code, window)!, measure, false)))];

    public Counts Sum(SheetPlace place, Window window)
    {
        var sum = new Counts(PersonCounting.ShapeOf(Programme));
        foreach (var facility in place.Facilities)
        {
            if (Of(facility.Code, window) is { } counts) sum.Add(counts);
        }

        return sum;
    }

    public Counts? Of(string facility, Window window) => CountsIn(window).GetValueOrDefault(facility);

    public int IndexOf(Measure measure)
    {
        for (var i = 0; i < Programme.Measures.Measures.Count; i++)
        {
            if (Programme.Measures.Measures[i].Id == measure.Id) return i;
        }

        throw new ArgumentException($"The programme has no measure {measure.Id}", nameof(measure));
    }

    /// <summary>The facilities whose best quarter makes the targets of a place: its own, or its neighbours in the place above.</summary>
    public SheetPlace Neighbours(SheetPlace place, Window window) =>
        !place.IsSum && PlacesIn(window).ParentOf(place.Code) is { } parent ? PlacesIn(window).Sheet(parent.Code)! : place;

    /// <summary>
    /// Whether the place's steps may be split by sex and age: a facility, or the place right above its facilities. Hiding small groups
    /// guards against one subtraction, not against those through several levels.
    /// </summary>
    public bool MayBeSplit(SheetPlace place, Window window) =>
        !place.IsSum || place.Facilities.All(f => PlacesIn(window).ParentOf(f.Code)?.Code == place.Code);

    /// <summary>The facility's steps in the window were counted by hand: there are tallies, and no row was entered.</summary>
    public bool IsTallied(string facility, Window window) => HasTallies(facility, window) && Of(facility, window) is null or { Rows: 0 };

    public void Dispose() => source.Connection?.Dispose();

    private bool HasTallies(string facility, Window window) => TalliesIn(window).Count > 0 && Programme.Cascade.Steps.Any(s => TalliesIn(window).ContainsKey((facility, s.Measure.Id)));

    private bool IsWhollyTallied(string facility, Window window) => IsTallied(facility, window) && Programme.Cascade.Steps.All(s => TalliesIn(window).ContainsKey((facility, s.Measure.Id)));

    private IReadOnlyDictionary<(string Facility, string Step), (int Numerator, int Denominator)> TalliesIn(Window window) =>
        _tallies.TryGetValue(window, out var known) ? known : _tallies[window] = source.Tallies(window);

    private IReadOnlyDictionary<string, Counts> CountsIn(Window window) =>
        _counts.TryGetValue(window, out var known) ? known : _counts[window] = source.Counts(window);

    private List<SheetStep> Steps(SheetPlace place, Window window, Measure end, Measure? beside, TargetChoice target)
    {
        var neighbours = Neighbours(place, window);
        var inputs = Programme.Cascade.Steps.Select(s => (
            Step: s, Figure: Figure(place, window, s.Measure), Target: s.Kind == StepKind.Yield ? null : TargetOf(neighbours, window, s.Measure, target))).ToList();
        GainInput[] gainInputs = [.. inputs.Select(i => new GainInput(i.Step.Kind, i.Figure, i.Target?.Proportion))];
        var gains = Gain.Of(gainInputs, StepIndex(end));
        var besides = beside is null ? null : Gain.Of(gainInputs, StepIndex(beside));
        return [.. inputs.Select((i, at) => new SheetStep(i.Step, i.Figure, i.Target, gains[at], besides?[at],
            at > 0 && i.Figure.Denominator > inputs[at - 1].Figure.Numerator))];
    }

    private StepTarget? TargetOf(SheetPlace neighbours, Window window, Measure measure, TargetChoice target) => target is TargetChoice.Share share
        ? new StepTarget(share.Value, [], 0)
        : StepTarget.BestQuarter(FacilityFigures(neighbours, window, measure).Select(f => (f.Facility.Code, f.Figure)), Programme.Strata.SuppressBelow);

    private (Measure End, Problem? Problem) Chosen(SheetChoice choice)
    {
        var steps = Programme.Cascade.Steps.Select(s => s.Measure);
        var end = choice.EndStep is null ? Programme.Cascade.End : steps.FirstOrDefault(m => m.Id == choice.EndStep);
        if (end is null)
        {
            return (Programme.Cascade.End, Problem.Of("cascades.sheet.unknown-step", ("step", choice.EndStep), ("known", string.Join(", ", steps.Select(m => m.Id)))));
        }

        return choice.Target is TargetChoice.Share { Value: not (> 0 and <= 1) } share
            ? (end, Problem.Of("cascades.sheet.target-range", ("target", share.Value)))
            : (end, null);
    }

    private int StepIndex(Measure step)
    {
        var at = 0;
        while (Programme.Cascade.Steps[at].Measure.Id != step.Id) at++;
        return at;
    }

    /// <summary>
    /// unexposed, transition, a phase of the trial, notEnrolled; null where the place's facilities differ. A cluster that the trial did not
    /// allocate stays outside it, whichever facilities move into it: these keep the exposure of the cluster that they began in.
    /// </summary>
    public string? Exposure(SheetPlace place, Window window)
    {
        if (place.IsSum && Programme.Trial is { } trial && PlacesIn(window).Above(place.Code, trial.ClusterLevel) is { } cluster && !trial.Waves.Any(w => w.Places.Contains(cluster.Code)))
        {
            return default(Exposure).Word;
        }

        var exposures = place.Facilities.Select(f => Calendar?.In(f.Code, window).Word ?? default(Exposure).Word).Distinct(StringComparer.Ordinal).ToList();
        return exposures.Count == 1 ? exposures[0] : null;
    }

    private Figure FigureOf(Counts counts, Measure measure, bool isSum)
    {
        var at = IndexOf(measure);
        return Sheets.Figure.Of(counts.Total(at, CountKind.Numerator), counts.Total(at, CountKind.Denominator), isSum);
    }

    private int? Missing(Counts counts, Measure measure) => measure.Known is null ? null : counts.Total(IndexOf(measure), CountKind.Missing);
}
