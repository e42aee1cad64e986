using Escala.Platform.Problems;

namespace Escala.Programmes.Facts;

/// <summary>One register row as facts. Filled again for each row.</summary>
public sealed class DecodedRow(Register register)
{
    /// <summary>Value of each slot; NaN is "not recorded".</summary>
    public double[] Slots { get; } = new double[register.SlotCount];

    public string Person { get; internal set; } = "";

    /// <summary>Identifiers that another system's row names, by system and value, those of one facility without it; empty for the programme's own register.</summary>
    public List<(IdentifierColumn Of, string Value)> Identifiers { get; } = [];

    /// <summary>The number in the system of the programme's register, or empty: another system's numbers are said by <c>person</c> entries.</summary>
    public string RegisterNumber => IsMapped ? "" : Person;

    /// <summary>Nothing is said of the day that the row would be about.</summary>
    public bool IsSilent { get; internal set; }

    internal bool IsMapped { get; set; }

    public string Facility { get; internal set; } = "";

    /// <summary>Day of the visit, <see cref="DateOnly.DayNumber"/>.</summary>
    public int Day { get; internal set; }

    /// <summary>The source's own id of the row, where the register has one.</summary>
    public string? RowId { get; internal set; }

    /// <summary>Hash of everything the row says but for where, whatever its spelling.</summary>
    internal ulong Said { get; set; }

    /// <summary>Columns whose value is implausible; it counts as recorded.</summary>
    public List<string> Queries { get; } = [];

    /// <summary>Why the row cannot be taken; empty when it can. Details name column and remedy, never the value.</summary>
    public List<Problem> Problems { get; } = [];

    /// <summary>Flags that the row clears (a diagnosis withdrawn, a prescription stopped), by fact name.</summary>
    public List<string> Cleared { get; } = [];

    /// <summary>Hash of what the row says of a facility: equal content has an equal hash. The code is that of the place, however the row spells it.</summary>
    public ulong ContentAt(string facility)
    {
        var hash = Said;
        foreach (var letter in facility) Fnv.Mix(ref hash, letter);
        return hash;
    }

    /// <summary>Some value is implausible: in itself, or because the row speaks of a day after the one on which it was received.</summary>
    public bool IsQueried(int receivedOn) => Queries.Count > 0 || IsAhead(receivedOn);

    /// <summary>The row speaks of a day after the one on which it was received, and its register allows none.</summary>
    public bool IsAhead(int receivedOn) => Day > receivedOn && register.PlausibleDay?.Latest.Kind == DateBoundKind.Received;

    /// <summary>Nothing is known of the row.</summary>
    public void Reset()
    {
        (Person, Facility, Day, IsMapped, IsSilent) = ("", "", 0, false, false);
        Identifiers.Clear();
        Array.Fill(Slots, double.NaN);
        Queries.Clear();
        Problems.Clear();
        RowId = null;
        Cleared.Clear();
    }
}
