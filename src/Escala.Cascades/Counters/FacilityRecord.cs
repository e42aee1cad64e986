namespace Escala.Cascades.Counters;

/// <summary>
/// How far a facility's register is in. <see cref="DeclaredUpTo"/> is the least day that its sources declare complete, null unless every
/// source that ever brought a row of the facility has declared; <see cref="LastEvent"/> is the day of its latest row, null without rows.
/// </summary>
public sealed record FacilityRecord(string Facility, DateOnly? LastEvent, DateOnly? DeclaredUpTo)
{
    /// <summary>Rows that the facility's paper register has in a window (by window number), where somebody has counted them.</summary>
    public IReadOnlyDictionary<int, int> RowsExpected { get; init; } = new Dictionary<int, int>();
}
