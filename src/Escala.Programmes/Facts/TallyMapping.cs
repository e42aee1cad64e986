using Escala.Platform.Texts;

namespace Escala.Programmes.Facts;

/// <summary>How a file with counts of facilities is read: a row a facility, window and step (long), or a row a facility and window with columns for each step (wide).</summary>
public sealed record TallyMapping
{
    public required string Name { get; init; }

    public required int Version { get; init; }

    public required LocalText Title { get; init; }

    /// <summary>Its file in the package.</summary>
    public string File { get; init; } = "";

    public required IReadOnlyList<string> Recognised { get; init; }

    /// <summary>Of a workbook, the sheet with the counts; null for the first with the telling columns.</summary>
    public string? Sheet { get; init; }

    /// <summary>The row of the column names, from 1; null for the first with the telling columns.</summary>
    public int? Header { get; init; }

    public required string FacilityColumn { get; init; }

    /// <summary>How the source calls facilities and what it writes where nothing was counted.</summary>
    public required SourceWords Words { get; init; }

    public required string WindowColumn { get; init; }

    /// <summary>Column that names the register that was counted; null where the file says nothing of it.</summary>
    public string? RegisterColumn { get; init; }

    /// <summary>Of a wide file, the columns of each step.</summary>
    public required IReadOnlyList<StepColumns> Steps { get; init; }

    /// <summary>Of a long file, the column that names the step, and the source's word for each; null for a wide one.</summary>
    public string? StepColumn { get; init; }

    public IReadOnlyDictionary<string, string> StepWords { get; init; } = new Dictionary<string, string>();

    /// <summary>Columns without which no row can be read.</summary>
    public IEnumerable<string> Columns => [FacilityColumn, WindowColumn, .. StepColumn is { } step ? [step] : Array.Empty<string>(), .. Steps.SelectMany(s => new[] { s.Numerator, s.Denominator })];
}

/// <param name="Step">Id of the cascade's step; empty in a long file, whose rows name it.</param>
public sealed record StepColumns(string Step, string Numerator, string Denominator);
