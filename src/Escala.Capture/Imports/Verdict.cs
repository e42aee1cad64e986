namespace Escala.Capture.Imports;

internal enum Verdict
{
    Refused,
    Waiting,
    New,
    Duplicate,
    Changed,

    /// <summary>Its source changed it before the state of it that is known.</summary>
    Older,

    /// <summary>It says nothing of the day that it is read for.</summary>
    Silent,

    /// <summary>The mapping does not want it.</summary>
    LeftOut,
}

/// <summary>By what a row is known again: its source's own id, else person, facility, day and ordinal.</summary>
internal readonly record struct RowKey(ulong RowId, string Person, string Facility, int Day, int Ordinal);

/// <summary>
/// What is known of a row that stands in the inbox: its key as the row writes it, with the ordinal, and whether it stood for a known row when it
/// was refused. Holds for as long as the row has that key.
/// </summary>
internal readonly record struct InboxPlace(string Person, string Facility, int Day, int Ordinal, bool StoodForKnown);
