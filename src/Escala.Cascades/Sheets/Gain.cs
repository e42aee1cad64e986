using Escala.Programmes.Measures;

namespace Escala.Cascades.Sheets;

public enum GainStatus
{
    Ok,

    /// <summary>The step, or one between it and the end step, has no proportion, or there is no target.</summary>
    NotComputable,

    /// <summary>A prevalence: raising it would mean declaring people ill.</summary>
    Yield,

    /// <summary>The step comes after the end step, which it cannot change.</summary>
    AfterEnd,
}

/// <summary>What the gain of one step is computed from.</summary>
public sealed record GainInput(StepKind Kind, Figure Figure, double? Target);

/// <summary>
/// How many more people would reach the end step if this one step alone were raised to its target and the others stayed as they are
/// (docs/methods/cascade-sheet.md): G = d·(max(t, p) − p)·Π p of the steps after it up to the end. Gains of different steps must not be added.
/// </summary>
/// <param name="Persons">Exact; null unless the status is ok.</param>
/// <param name="BlockedBy">Index of the step without a proportion that makes the gain not computable; null when the target is what is missing.</param>
public sealed record Gain(double? Persons, GainStatus Status, int? BlockedBy = null)
{
    /// <summary>Rounded half up to one decimal, for display only.</summary>
    public decimal? Rounded => Persons is { } persons ? Math.Round((decimal)persons, 1, MidpointRounding.AwayFromZero) : null;

    /// <param name="steps">The steps of a cascade in order.</param>
    /// <param name="end">Index of the step at which people are counted.</param>
    public static IReadOnlyList<Gain> Of(IReadOnlyList<GainInput> steps, int end)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(end);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(end, steps.Count);
        return [.. steps.Select((_, step) => OfStep(steps, step, end))];
    }

    private static Gain OfStep(IReadOnlyList<GainInput> steps, int step, int end)
    {
        if (steps[step].Kind == StepKind.Yield) return new(null, GainStatus.Yield);
        if (step > end) return new(null, GainStatus.AfterEnd);
        for (var j = step; j <= end; j++)
        {
            if (steps[j].Figure.Proportion is null) return new(null, GainStatus.NotComputable, j);
        }

        if (steps[step].Target is not { } target) return new(null, GainStatus.NotComputable);
        var figure = steps[step].Figure;
        var proportion = figure.Proportion!.Value;
        var persons = figure.Denominator!.Value * (Math.Max(target, proportion) - proportion);
        for (var j = step + 1; j <= end; j++) persons *= steps[j].Figure.Proportion!.Value;
        return new(persons, GainStatus.Ok);
    }
}
