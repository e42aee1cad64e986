namespace Escala.Cascades.Counters;

/// <summary>How far a facility's register is in. <see cref="LastEvent"/> is the day of its latest row, null without rows.</summary>
/// <param name="Facility">Code.</param>
/// <param name="LastEvent">Up to today.</param>
/// <param name="Sources">What each source that ever brought a row of the facility, or spoke of it, has declared.</param>
public sealed record FacilityRecord(string Facility, DateOnly? LastEvent, IReadOnlyList<DeclaredDays> Sources)
{
    /// <summary>Rows that the facility's paper register has in a window (by window number), where somebody has counted them.</summary>
    public IReadOnlyDictionary<int, int> RowsExpected { get; init; } = new Dictionary<int, int>();

    /// <summary>Every source has declared some days: from then on days that one of them leaves out are not complete.</summary>
    public bool IsDeclared => Sources.Count > 0 && Sources.All(s => s.Stretches.Count > 0);

    /// <summary>The least day up to which all sources declare days complete without a gap, from a window's first on; null when one leaves that out.</summary>
    /// <param name="first">Day number.</param>
    /// <param name="last">Day number.</param>
    public int? DeclaredUpTo(int first, int last) => Sources.Select(s => s.UpTo(first, last)).Aggregate((int?)int.MaxValue, (least, day) => least is { } a && day is { } b ? Math.Min(a, b) : null);
}

/// <summary>Stretches of days that a source declares complete at a facility.</summary>
/// <param name="FirstDay">The first day of which it ever brought a row there; null where it never did. Before it nothing is expected of it.</param>
/// <param name="Stretches">Day numbers, both included, by their beginning.</param>
public sealed record DeclaredDays(int? FirstDay, IReadOnlyList<(int From, int To)> Stretches)
{
    public int? UpTo(int first, int last)
    {
        var start = Math.Max(first, FirstDay ?? first);
        if (start > last) return last;
        var reached = start - 1;
        foreach (var (from, to) in Stretches)
        {
            if (from <= reached + 1) reached = Math.Max(reached, to);
        }

        return reached >= start ? reached : null;
    }
}
