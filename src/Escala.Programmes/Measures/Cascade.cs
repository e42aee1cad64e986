using Escala.Platform.Texts;

namespace Escala.Programmes.Measures;

public enum StepKind
{
    /// <summary>A service: can be improved.</summary>
    Service,

    /// <summary>A prevalence: must not be optimised.</summary>
    Yield,
}

public sealed record CascadeStep(Measure Measure, StepKind Kind);

/// <summary>The cascade sheet: steps in order, indicators beside them, the end step of the gain and its default target.</summary>
public sealed record Cascade
{
    public required string Id { get; init; }

    public required LocalText Name { get; init; }

    public required IReadOnlyList<CascadeStep> Steps { get; init; }

    /// <summary>Shown above the cascade.</summary>
    public required IReadOnlyList<Measure> Above { get; init; }

    /// <summary>All indicators, those above among them.</summary>
    public required IReadOnlyList<Measure> Indicators { get; init; }

    /// <summary>The step at which gains are counted unless the reader chooses another.</summary>
    public required Measure End { get; init; }

    /// <summary>A second end step shown beside it.</summary>
    public Measure? Beside { get; init; }

    /// <summary>A proportion, or null: the best quarter of the district's facilities in that window.</summary>
    public double? Target { get; init; }
}
