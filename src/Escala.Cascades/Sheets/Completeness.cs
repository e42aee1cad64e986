using Escala.Cascades.Counters;
using Escala.Programmes;

namespace Escala.Cascades.Sheets;

public enum CompletenessStatus
{
    /// <summary>The facility's sources said up to which day they are complete.</summary>
    Declared,

    /// <summary>Nobody said; the day is that of the latest row.</summary>
    NotDeclared,
}

/// <summary>A facility was not open on any day of a window: before the day it opened, or after the day it closed.</summary>
public sealed record NotOpen(DateOnly Day, bool IsClosed);

/// <summary>
/// Up to which day rows are in, and whether a window's are. A window is incomplete when that day lies before its last one, when there are no
/// rows at all, or when fewer rows are in than somebody counted in the paper register.
/// </summary>
/// <param name="RowsEntered">Of all facilities.</param>
/// <param name="RowsExpected">Of the facilities where somebody has counted; null where nobody has.</param>
/// <param name="Incomplete">Codes of the facilities whose window is not all in.</param>
public sealed record Completeness(
    DateOnly? UpTo, CompletenessStatus Status, int RowsEntered, int? RowsExpected, IReadOnlyList<string> Incomplete)
{
    /// <summary>Of <see cref="RowsEntered"/>, those of the facilities where somebody has counted.</summary>
    public int RowsOfExpected { get; init; }

    /// <summary>How many facilities <see cref="RowsExpected"/> speaks of.</summary>
    public int FacilitiesCounted { get; init; }

    /// <summary>Of a sum: rows of facilities that lie in the place and were not open, which the sum leaves out.</summary>
    public int RowsLeftOut { get; init; }

    /// <summary>Null for a facility that was open, and for sums, which hold none that was not.</summary>
    public NotOpen? NotOpen { get; init; }

    public bool IsComplete => Incomplete.Count == 0 && NotOpen is null;

    /// <summary>Of several facilities: the least day, declared only where all declare. Without facilities nothing is known.</summary>
    public static Completeness Of(
        IReadOnlyList<string> facilities, IReadOnlyDictionary<string, FacilityRecord> records, IReadOnlyDictionary<string, Counts> counts, Window window)
    {
        DateOnly? upTo = null;
        var (entered, expected, nothing, declared) = (0, (int?)null, facilities.Count == 0, facilities.Count > 0);
        var (ofExpected, counting) = (0, 0);
        var incomplete = new List<string>();
        foreach (var facility in facilities)
        {
            var record = records.GetValueOrDefault(facility);
            var rows = counts.TryGetValue(facility, out var counted) ? counted.Rows : 0;
            entered += rows;
            var day = record?.DeclaredUpTo ?? record?.LastEvent;
            declared &= record?.DeclaredUpTo is not null;
            nothing |= day is null;
            if (upTo is null || day < upTo) upTo = day;
            var missing = false;
            if (record?.RowsExpected.TryGetValue(window.Number, out var paper) == true)
            {
                expected = (expected ?? 0) + paper;
                ofExpected += rows;
                counting++;
                missing = rows < paper;
            }

            if (missing || day is null || day.Value.DayNumber < window.LastDay) incomplete.Add(facility);
        }

        var status = declared ? CompletenessStatus.Declared : CompletenessStatus.NotDeclared;
        return new(nothing ? null : upTo, status, entered, expected, incomplete) { RowsOfExpected = ofExpected, FacilitiesCounted = counting };
    }
}
