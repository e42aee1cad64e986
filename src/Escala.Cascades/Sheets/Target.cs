namespace Escala.Cascades.Sheets;

/// <summary>To what a step is imagined to be raised.</summary>
public abstract record TargetChoice
{
    /// <summary>The same proportion for every step, above 0 and at most 1.</summary>
    public sealed record Share(double Value) : TargetChoice;

    /// <summary>What the best quarter of the district's facilities reach at each step in the same window.</summary>
    public sealed record BestQuarter : TargetChoice;
}

/// <summary>The target of one step.</summary>
/// <param name="Facilities">Whose figures make it (codes in order, not ranked); empty for a share that somebody chose.</param>
/// <param name="Eligible">Of how many facilities these are the best quarter.</param>
public sealed record StepTarget(double Proportion, IReadOnlyList<string> Facilities, int Eligible)
{
    /// <summary>
    /// Pools the best ⌈n/4⌉ of the n facilities that have at least <paramref name="fewest"/> people at the step, with everybody who ties with
    /// the last of them, so that the order of names decides nothing. Null when no facility has so many.
    /// </summary>
    public static StepTarget? BestQuarter(IEnumerable<(string Facility, Figure Figure)> facilities, int fewest)
    {
        var eligible = facilities.Where(f => f.Figure.Status == FigureStatus.Ok && f.Figure.Denominator >= fewest)
            .OrderByDescending(f => f.Figure.Proportion).ToList();
        if (eligible.Count == 0) return null;
        // Equal proportions of different counts are equal doubles: a correctly rounded quotient depends on the ratio alone.
        var cut = eligible[((eligible.Count + 3) / 4) - 1].Figure.Proportion;
        var best = eligible.TakeWhile(f => f.Figure.Proportion >= cut).ToList();
        var pooled = (double)best.Sum(f => f.Figure.Numerator!.Value) / best.Sum(f => f.Figure.Denominator!.Value);
        return new(pooled, [.. best.Select(f => f.Facility).Order(StringComparer.Ordinal)], eligible.Count);
    }
}
