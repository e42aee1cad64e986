namespace Escala.Programmes.Trials;

/// <summary>A stepped-wedge trial: clusters cross over in waves, each on its day of initiation.</summary>
public sealed record Trial
{
    /// <summary>The level of places that was allocated.</summary>
    public required string ClusterLevel { get; init; }

    public required DateOnly PreImplementationFrom { get; init; }

    /// <summary>Last day.</summary>
    public required DateOnly Ends { get; init; }

    public required IReadOnlyList<Wave> Waves { get; init; }

    /// <summary>In order; the last has no length and goes on.</summary>
    public required IReadOnlyList<Phase> Phases { get; init; }
}

/// <summary>Places of one wave; exposure begins on the day of initiation (first day of district training).</summary>
public sealed record Wave(int Number, DateOnly Initiation, IReadOnlyList<string> Places);

public sealed record Phase(string Id, int? Months);
