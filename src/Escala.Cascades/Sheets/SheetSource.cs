using Escala.Cascades.Counters;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Places;
using Escala.Registry;

namespace Escala.Cascades.Sheets;

/// <summary>What sheets are read from: the programme, its places, and the counters as they stand.</summary>
public sealed record SheetSource
{
    /// <summary>What is let go of when the sheets are read; null for nothing.</summary>
    public IDisposable? Connection { get; init; }

    public required Programme Programme { get; init; }

    public required PlaceHistory Places { get; init; }

    /// <summary>Facility code → counts of a window, for all facilities that have any.</summary>
    public required Func<Window, IReadOnlyDictionary<string, Counts>> Counts { get; init; }

    /// <summary>What facilities counted by hand in a window, by facility and step: numerator and denominator.</summary>
    public Func<Window, IReadOnlyDictionary<(string Facility, string Step), (int Numerator, int Denominator)>> Tallies { get; init; } = _ => new Dictionary<(string, string), (int, int)>();

    /// <summary>The latest window of which anything was counted by hand.</summary>
    public Func<Window?> LatestTally { get; init; } = () => null;

    public required Func<IReadOnlyDictionary<string, FacilityRecord>> Facilities { get; init; }

    /// <summary>The ledger position at which the counters stand.</summary>
    public required Func<long> Position { get; init; }

    /// <summary>Where the ledger itself stands, when the counters are read from a copy that follows it; null when they are the ledger's own.</summary>
    public Func<long>? Ahead { get; init; }

    /// <summary>Imports that were interrupted: their rows are safe and not counted yet.</summary>
    public Func<IReadOnlyList<string>> Staged { get; init; } = () => [];

    /// <summary>The counters of a store.</summary>
    public static Result<SheetSource> Open(Store store, TimeProvider clock, KnownProgramme? known = null)
    {
        var opened = CounterReader.Open(store, clock, known);
        return opened.TryGet(out var counters) ? Of(counters) : Result<SheetSource>.Refused(opened.Problems);
    }

    private static SheetSource Of(CounterReader counters) => new()
    {
        Programme = counters.Programme,
        Places = new PlaceHistory(counters.Programme.Places),
        Counts = counters.Read,
        Tallies = counters.Tallies,
        LatestTally = () => counters.LatestTally,
        Facilities = counters.Facilities,
        Position = () => counters.Position,
        Staged = () => counters.Staged,
        Connection = counters,
    };
}
