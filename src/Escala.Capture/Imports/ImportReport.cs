using Escala.Platform.Problems;
using Escala.Programmes.Facts;

namespace Escala.Capture.Imports;

/// <summary>What a file came to. Every row read is taken, duplicate, corrected, kept as it was, older, silent, left out, waiting or refused.</summary>
public sealed record ImportReport
{
    public required string File { get; init; }

    public required Layout Layout { get; init; }

    /// <summary>Name and version of what the rows were read by: the register, or a mapping.</summary>
    public required string Form { get; init; }

    /// <summary>Columns that the register, or the mapping, reads and the file has not: not recorded.</summary>
    public IReadOnlyList<string> Absent { get; init; } = [];

    public long Read { get; set; }

    public long Taken { get; set; }

    public long Duplicate { get; set; }

    /// <summary>Same key, other content: entered as corrections.</summary>
    public long Corrected { get; set; }

    /// <summary>Same key, other content: the old row was kept, as asked.</summary>
    public long Kept { get; set; }

    /// <summary>Rows whose source changed them before the state that is known: that one stands.</summary>
    public long Older { get; set; }

    /// <summary>Rows that say nothing of the day that they are read for.</summary>
    public long Silent { get; set; }

    /// <summary>Rows that the mapping does not want.</summary>
    public long LeftOut { get; set; }

    public long Refused { get; set; }

    /// <summary>Rows of people who were erased: not taken, and nothing of them is kept.</summary>
    public long OfErased { get; set; }

    /// <summary>Columns of the file that nothing reads: kept with the row, not interpreted.</summary>
    public IReadOnlyList<string> Unread { get; init; } = [];

    /// <summary>Facilities of which the files were to be complete: those that they name.</summary>
    public IReadOnlyList<string> CompleteOf { get; set; } = [];

    /// <summary>Rows that a complete extract lacks, which were kept as asked.</summary>
    public long NotWithdrawn { get; set; }

    /// <summary>Rows of places that are not known yet; they are tried again when places are applied.</summary>
    public long Waiting { get; set; }

    /// <summary>Rows of those taken or corrected that have an implausible value.</summary>
    public long Queried { get; set; }

    /// <summary>Rows of those taken or corrected that say another sex or birth date of somebody than another source does.</summary>
    public long Conflicting { get; set; }

    /// <summary>Rows withdrawn because a complete extract does not have them any more.</summary>
    public long Withdrawn { get; set; }

    /// <summary>Rows of those taken or corrected whose place's code was spelt with other case or spaces than the place has.</summary>
    public long SpeltOtherwise { get; set; }

    /// <summary>Rows of the inbox that this file settled.</summary>
    public long Settled { get; set; }

    /// <summary>Rows of the same source that wait in the inbox after the last file of the command; null in the other files' reports.</summary>
    public long? StillWaiting { get; set; }

    /// <summary>Further sheets of the workbook that have rows: they were not read.</summary>
    public IReadOnlyList<string> OtherSheets { get; init; } = [];

    /// <summary>Refused rows of which not even person, facility and day could be read.</summary>
    public long KeysUnread { get; set; }

    /// <summary>The files were to be complete and some rows were refused or wait: no day is declared complete.</summary>
    public bool NotComplete { get; set; }

    /// <summary>The files were to be complete and some row might be any: nothing was withdrawn.</summary>
    public bool NothingWithdrawn { get; set; }

    /// <summary>Rows that clear a flag, by fact: withdrawals of a diagnosis, prescriptions stopped.</summary>
    public Dictionary<string, long> Cleared { get; } = new(StringComparer.Ordinal);

    /// <summary>Where the rows that were not taken lie, with the reason of each; null when all were taken.</summary>
    public string? ProblemFile { get; set; }
}

/// <summary>What to do with rows whose key is known and whose content is another.</summary>
public enum OnChange
{
    Stop,
    Replace,
    Keep,
}

/// <summary>A row that was not taken, and why.</summary>
/// <param name="Line">Of the file.</param>
/// <param name="Problems">At least one.</param>
/// <param name="Raw">The record's bytes.</param>
/// <param name="Person">Identifier of the person, where it could be read.</param>
/// <param name="WaitsFor">Code of a place that is not known.</param>
/// <param name="Key">Null where it could not be read.</param>
/// <param name="StoodForKnown">A row with its key was known when it was refused.</param>
internal sealed record RefusedRow(int Line, IReadOnlyList<Problem> Problems, byte[] Raw, string? Person, string? WaitsFor, RowKey? Key, bool StoodForKnown)
{
    public static RefusedRow Of(int line, byte[] raw, Classifier row, Verdict verdict) => new(
        line, [.. row.Problems], raw, row.Row.Person.Length > 0 ? row.Row.Person : null, verdict == Verdict.Waiting ? row.Facility : null, row.Key, row.Node >= 0);
}
