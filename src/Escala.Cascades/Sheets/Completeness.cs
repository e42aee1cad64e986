using Escala.Cascades.Counters;
using Escala.Programmes;

namespace Escala.Cascades.Sheets;

public enum CompletenessStatus
{
    /// <summary>The facility's sources said up to which day they are complete.</summary>
    Declared,

    /// <summary>Nobody said; the day is that of the latest row.</summary>
    NotDeclared,

    /// <summary>They said so of other days, and not of the window's first ones.</summary>
    OtherDays,
}

/// <summary>A facility was not open on any day of a window: before the day it opened, or after the day it closed.</summary>
public sealed record NotOpen(DateOnly Day, bool IsClosed);

/// <summary>
/// Up to which day rows are in, and whether a window's are. A window is incomplete when its sources do not declare all of its days (or, where none has
/// declared anything, the latest row lies before its last day), or when fewer rows are in than somebody counted in the paper register.
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
        IReadOnlyList<string> facilities, IReadOnlyDictionary<string, FacilityRecord> records, IReadOnlyDictionary<string, Counts> counts, Window window, IReadOnlySet<string>? tallied = null)
    {
        DateOnly? upTo = null;
        var (entered, expected, nothing) = (0, (int?)null, facilities.Count == 0);
        var statuses = new HashSet<CompletenessStatus>();
        var (ofExpected, counting) = (0, 0);
        var incomplete = new List<string>();
        foreach (var facility in facilities)
        {
            // Every step of the window was counted by hand: there is nothing to wait for.
            if (tallied?.Contains(facility) == true)
            {
                var end = DateOnly.FromDayNumber(window.LastDay);
                if (upTo is null || end < upTo) upTo = end;
                statuses.Add(CompletenessStatus.NotDeclared);
                continue;
            }

            var record = records.GetValueOrDefault(facility);
            var rows = counts.TryGetValue(facility, out var counted) ? counted.Rows : 0;
            entered += rows;
            var (status, day) = Of(record, window);
            statuses.Add(status);
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

        var worst = facilities.Count == 0 || statuses.Contains(CompletenessStatus.NotDeclared) ? CompletenessStatus.NotDeclared
            : statuses.Contains(CompletenessStatus.OtherDays) ? CompletenessStatus.OtherDays : CompletenessStatus.Declared;
        return new(nothing ? null : upTo, worst, entered, expected, incomplete) { RowsOfExpected = ofExpected, FacilitiesCounted = counting };
    }

    private static (CompletenessStatus Status, DateOnly? Day) Of(FacilityRecord? record, Window window)
    {
        if (record?.IsDeclared != true) return (CompletenessStatus.NotDeclared, record?.LastEvent);
        return record.DeclaredUpTo(window.FirstDay, window.LastDay) is { } day ? (CompletenessStatus.Declared, DateOnly.FromDayNumber(day)) : (CompletenessStatus.OtherDays, null);
    }
}
