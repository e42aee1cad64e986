using Escala.Cascades.Counters;
using Escala.Programmes;
using Escala.Programmes.Places;

namespace Escala.Cascades.Sheets;

/// <summary>What sheets are read from: the programme, its places, and the counters as they stand.</summary>
public sealed record SheetSource
{
    public required Programme Programme { get; init; }

    public required PlaceHistory Places { get; init; }

    /// <summary>Facility code → counts of a window, for all facilities that have any.</summary>
    public required Func<Window, IReadOnlyDictionary<string, Counts>> Counts { get; init; }

    public required Func<IReadOnlyDictionary<string, FacilityRecord>> Facilities { get; init; }

    /// <summary>The ledger position at which the counters stand.</summary>
    public required Func<long> Position { get; init; }
}
