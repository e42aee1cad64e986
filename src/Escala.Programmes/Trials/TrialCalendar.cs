using Escala.Programmes.Places;

namespace Escala.Programmes.Trials;

/// <summary>One wave of the stepped wedge and what it is in each window of the trial.</summary>
public sealed record WedgeRow(Wave Wave, IReadOnlyList<Exposure> Cells);

/// <summary>
/// Who is exposed when (domain.md 2.5). A facility belongs for ever to the cluster it lay in when the trial began, however places move
/// afterwards; a facility that came to be later, to the cluster of its own first day.
/// </summary>
public sealed class TrialCalendar
{
    private readonly Trial _trial;
    private readonly PlaceHistory _places;
    private readonly Dictionary<string, Wave> _waveOfCluster;

    public TrialCalendar(Trial trial, PlaceHistory places)
    {
        (_trial, _places) = (trial, places);
        _waveOfCluster = trial.Waves.SelectMany(w => w.Places, (wave, code) => (wave, code)).ToDictionary(p => p.code, p => p.wave, StringComparer.Ordinal);
    }

    /// <summary>The cluster that the facility was allocated with; null where the trial did not allocate it.</summary>
    public string? ClusterOf(string facility)
    {
        if (_places.KnownFrom(facility) is not { } known) return null;
        var day = known > _trial.PreImplementationFrom ? known : _trial.PreImplementationFrom;
        var cluster = _places.Above(facility, _trial.ClusterLevel, day)?.Code;
        return cluster is not null && _waveOfCluster.ContainsKey(cluster) ? cluster : null;
    }

    public Wave? WaveOf(string facility) => ClusterOf(facility) is { } cluster ? _waveOfCluster[cluster] : null;

    public Exposure On(string facility, DateOnly day) => WaveOf(facility) is { } wave ? On(wave, day) : new Exposure(ExposureKind.NotEnrolled);

    public Exposure In(string facility, Window window) => WaveOf(facility) is { } wave ? In(wave, window) : new Exposure(ExposureKind.NotEnrolled);

    public Exposure On(Wave wave, DateOnly day)
    {
        if (day < wave.Initiation) return new Exposure(ExposureKind.Unexposed);
        var month = ((day.Year - wave.Initiation.Year) * 12) + day.Month - wave.Initiation.Month + 1;
        return new Exposure(ExposureKind.Exposed, PhaseOf(month), month);
    }

    /// <summary>A window after initiation is of the phase in which it begins.</summary>
    public Exposure In(Wave wave, Window window)
    {
        var transition = window.FirstDay < wave.Initiation.DayNumber && wave.Initiation.DayNumber <= window.LastDay;
        return transition ? new Exposure(ExposureKind.Transition) : On(wave, DateOnly.FromDayNumber(window.FirstDay));
    }

    /// <summary>The windows from the beginning of the pre-implementation period to the trial's end.</summary>
    public IReadOnlyList<Window> Windows(WindowKind kind)
    {
        var first = Window.Holding(kind, _trial.PreImplementationFrom.DayNumber);
        var last = Window.Holding(kind, _trial.Ends.DayNumber);
        return [.. Enumerable.Range(first.Number, last.Number - first.Number + 1).Select(n => new Window(kind, n))];
    }

    /// <summary>The stepped-wedge diagram: waves by <see cref="Windows"/>.</summary>
    public IReadOnlyList<WedgeRow> Wedge(WindowKind kind)
    {
        var windows = Windows(kind);
        return [.. _trial.Waves.Select(wave => new WedgeRow(wave, [.. windows.Select(w => In(wave, w))]))];
    }

    private string PhaseOf(int month)
    {
        foreach (var phase in _trial.Phases)
        {
            if (phase.Months is not { } months || month <= months) return phase.Id;
            month -= months;
        }

        throw new InvalidOperationException("The last phase of a trial goes on");
    }
}
