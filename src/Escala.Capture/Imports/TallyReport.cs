using Escala.Platform.Problems;
using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Registry;

namespace Escala.Capture.Imports;

/// <summary>What a file of counts came to. A row may say several steps; tallies are counted, not rows, but for those that are refused or wait.</summary>
public sealed record TallyReport
{
    public required string File { get; init; }

    /// <summary>Name and version of what the rows were read by.</summary>
    public required string Form { get; init; }

    /// <summary>Sheets of the workbook that have rows and were not read.</summary>
    public IReadOnlyList<string> OtherSheets { get; init; } = [];

    public long Read { get; set; }

    public long Taken { get; set; }

    /// <summary>As they stand already.</summary>
    public long Same { get; set; }

    /// <summary>Other numbers than those that stood: these take their place.</summary>
    public long Corrected { get; set; }

    /// <summary>Of a preview: counts that an import would ask about, <see cref="Imports.SetBack"/>.</summary>
    public long SetBack { get; set; }

    /// <summary>Counts that would have been set back, and were left as they stand.</summary>
    public long Kept { get; set; }

    /// <summary>Rows that cannot be read.</summary>
    public long Refused { get; set; }

    /// <summary>Rows of places that are not known yet.</summary>
    public long Waiting { get; set; }

    /// <summary>Some of the tallies that were or would be taken.</summary>
    public List<(int Line, string Facility, TallySaid Said)> First { get; } = [];

    /// <summary>Each reason for which rows are not taken, how many there are, and the first line.</summary>
    public Dictionary<string, (Problem Problem, long Rows, int Line)> Reasons { get; } = new(StringComparer.Ordinal);
}

/// <summary>
/// A count that a file would set back: its numbers were said before and others since, as when an older file is imported again, or what stands was entered by a
/// person and not by a file.
/// </summary>
/// <param name="Line">Of the file.</param>
/// <param name="StandingFile">The file that said what stands; null where a person did, on a tablet or at the office.</param>
/// <param name="StandingLine">Of that file.</param>
public sealed record SetBack(int Line, string Facility, Window Window, string Step, TallyCount Stands, TallyCount Now, string? StandingFile, int StandingLine);
