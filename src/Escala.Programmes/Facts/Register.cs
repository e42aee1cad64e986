using Escala.Platform.Texts;

namespace Escala.Programmes.Facts;

/// <summary>A register: one row a visit; its columns fill facts. Columns that no fact reads are kept with the row.</summary>
public sealed record Register
{
    public required string Name { get; init; }

    public required int Version { get; init; }

    public required LocalText Title { get; init; }

    public required string PersonColumn { get; init; }

    /// <summary>The system of the identifiers in <see cref="PersonColumn"/>; they are issued programme-wide.</summary>
    public required string PersonSystem { get; init; }

    public required string FacilityColumn { get; init; }

    public required string DateColumn { get; init; }

    /// <summary>The range in which the day of a row is plausible.</summary>
    public PlausibleDates? PlausibleDay { get; init; }

    /// <summary>The source's own id of a row, where it has one.</summary>
    public string? RowIdColumn { get; init; }

    public required IReadOnlyList<FactDefinition> Facts { get; init; }

    /// <summary>Of another system's files, what they write otherwise; null for the programme's own register.</summary>
    public SourceWords? Source { get; init; }

    /// <summary>Columns that a row is read from.</summary>
    public IEnumerable<string> ReadColumns =>
        [PersonColumn, FacilityColumn, DateColumn, .. RowIdColumn is { } id ? [id] : Array.Empty<string>(), .. Source?.Identifiers.Select(i => i.Column) ?? [], .. Facts.SelectMany(f => f.Columns)];

    public int SlotCount => Facts.Sum(f => f.SlotCount);
}
