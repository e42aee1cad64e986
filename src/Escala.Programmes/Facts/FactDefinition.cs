namespace Escala.Programmes.Facts;

public enum FactType
{
    /// <summary>1 sets it, 0 says nothing, one further word clears it; another system's files have words of their own. Value: 1, 0 or −1.</summary>
    Flag,
    Number,

    /// <summary>Two numbers read together, up to several times a visit; the row's value follows the reading rule. Values: first, second part.</summary>
    Pair,

    /// <summary>Days supplied; counts when above 0.</summary>
    Supply,

    /// <summary>A laboratory number that may be censored: n, &lt;n, &gt;n or ND. Values: the number, and the <see cref="Qualifier"/>.</summary>
    Quantity,
    Date,
    Category,

    /// <summary>Kept with the row, not interpreted.</summary>
    Text,
}

/// <summary>How a laboratory wrote a quantity.</summary>
public enum Qualifier
{
    Exact = 0,
    Below = 1,
    Above = 2,
    NotDetected = 3,
}

/// <summary>Which readings of a visit make its value.</summary>
public enum ReadingRule
{
    /// <summary>Mean of the last two complete pairs, or the only one (WHO STEPS).</summary>
    MeanOfLastTwo,
    MeanOfAll,
    Last,
}

/// <summary>
/// A typed fact that register columns fill. In a decoded row its values lie in the slots <see cref="Slot"/> …; NaN is "not recorded". Dates
/// are day numbers (<see cref="DateOnly.DayNumber"/>), categories indices into <see cref="Categories"/>.
/// </summary>
public sealed record FactDefinition
{
    public required string Name { get; init; }

    public required FactType Type { get; init; }

    /// <summary>First slot of a decoded row; −1 for text, which has none.</summary>
    public required int Slot { get; init; }

    /// <summary>Column names: one, or two per reading of a pair.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>Names of a pair's two parts.</summary>
    public IReadOnlyList<string> Parts { get; init; } = [];

    public ReadingRule Reading { get; init; }

    /// <summary>The word that clears a flag.</summary>
    public string? ClearedBy { get; init; }

    /// <summary>Words that set a flag of another system's file, in any of its columns; none where 1 does.</summary>
    public IReadOnlyList<string> YesWords { get; init; } = [];

    /// <summary>Words by which such a file says no.</summary>
    public IReadOnlyList<string> NoWords { get; init; } = [];

    /// <summary>Words by which such a file clears the flag (a treatment stopped, a diagnosis withdrawn), beside <see cref="ClearedBy"/>.</summary>
    public IReadOnlyList<string> StoppedWords { get; init; } = [];

    /// <summary>Whatever else such a file writes says no.</summary>
    public bool ElseNo { get; init; }

    /// <summary>Of another system's file: the column with the day on which the fact holds; null for the row's own.</summary>
    public string? On { get; init; }

    /// <summary>Between the answers of a question of which several may be chosen; null where a field is one word.</summary>
    public char? Separator { get; init; }

    public IReadOnlyList<Category> Categories { get; init; } = [];

    public string? Unit { get; init; }

    /// <summary>Inclusive plausible range of each part; outside opens a query, the value still counts.</summary>
    public IReadOnlyList<PlausibleRange> Plausible { get; init; } = [];

    /// <summary>Of a date: the range in which it is plausible.</summary>
    public PlausibleDates? PlausibleDates { get; init; }

    /// <summary>A pair whose first part is not above its second opens a query.</summary>
    public bool FirstAboveSecond { get; init; }

    /// <summary>&lt;n above this and &gt;n below it say nothing about it: such a quantity opens a query.</summary>
    public double? ReadableAt { get; init; }

    public int SlotCount => Type switch { FactType.Text => 0, FactType.Pair or FactType.Quantity => 2, _ => 1 };
}

/// <summary>A category and the words that registers use for it (compared without case).</summary>
public sealed record Category(string Name, IReadOnlyList<string> Words);

public sealed record PlausibleRange(double Lowest, double Highest);
