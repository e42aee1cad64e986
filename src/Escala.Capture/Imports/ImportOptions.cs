using Escala.Capture.Registers;
using Escala.Platform.Problems;
using Escala.Programmes.Facts;

namespace Escala.Capture.Imports;

public sealed record ImportOptions
{
    /// <summary>The register's name: under it a source says how complete it is, and a later extract of it withdraws. Null: <see cref="SourceOf"/> finds it.</summary>
    public string? Source { get; init; }

    /// <summary>As told; otherwise the mapping's name for files of another system, and <c>register</c> for the programme's own.</summary>
    public string SourceOf(Layout layout) => Source ?? layout.Mapping ?? "register";

    public Told Told { get; init; } = new();

    /// <summary>The files are everything that the source has between these days: rows of it that they lack are withdrawn.</summary>
    public (DateOnly From, DateOnly To)? Complete { get; init; }

    /// <summary>Asked once, before anything is written, when rows changed: some of them, and how many there are.</summary>
    public required Func<IReadOnlyList<ChangedRow>, long, OnChange> OnChange { get; init; }

    /// <summary>Asked before anything is written when a complete extract lacks known rows: how many by facility. Keep leaves them where they are.</summary>
    public Func<IReadOnlyList<(string Facility, int Rows)>, OnChange> OnWithdraw { get; init; } = _ => Imports.OnChange.Replace;

    /// <summary>Rows with a number of somebody who was erased are taken, as somebody new.</summary>
    public bool TakeErased { get; init; }

    public string? Author { get; init; }

    /// <summary>The sentence of a problem, in the reader's language, for the file of rows that were not taken.</summary>
    public Func<Problem, string> Say { get; init; } = problem => problem.ToString();
}

/// <param name="Stage">read, write or count.</param>
public sealed record ImportProgress(string Stage, string File, long Done, long Of);
