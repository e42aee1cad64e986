namespace Escala.Programmes;

/// <summary>The length of time over which people are counted.</summary>
public enum WindowKind
{
    /// <summary>ISO week, from Monday.</summary>
    Week,
    Month,

    /// <summary>Calendar quarter.</summary>
    Quarter,
}

/// <summary>One window of a kind, known by its number; numbers of neighbours differ by one.</summary>
public readonly record struct Window(WindowKind Kind, int Number)
{
    public int FirstDay => Kind switch
    {
        WindowKind.Week => Number * 7,
        WindowKind.Month => new DateOnly(Number / 12, (Number % 12) + 1, 1).DayNumber,
        _ => new DateOnly(Number / 4, (Number % 4 * 3) + 1, 1).DayNumber,
    };

    public int LastDay => new Window(Kind, Number + 1).FirstDay - 1;

    /// <summary>The window that holds the day. Day number 0 (1 January of year 1) is a Monday.</summary>
    public static Window Holding(WindowKind kind, int dayNumber)
    {
        if (kind == WindowKind.Week) return new Window(kind, dayNumber / 7);
        var date = DateOnly.FromDayNumber(dayNumber);
        return kind == WindowKind.Month ? new(kind, (date.Year * 12) + date.Month - 1) : new(kind, (date.Year * 4) + ((date.Month - 1) / 3));
    }

    /// <summary>2025-03, 2025-Q1, 2025-W09.</summary>
    public override string ToString()
    {
        var first = DateOnly.FromDayNumber(FirstDay);
        var invariant = System.Globalization.CultureInfo.InvariantCulture;
        return Kind switch
        {
            WindowKind.Month => first.ToString("yyyy-MM", invariant),
            WindowKind.Quarter => string.Create(invariant, $"{first.Year}-Q{((first.Month - 1) / 3) + 1}"),
            _ => string.Create(invariant, $"{System.Globalization.ISOWeek.GetYear(first)}-W{System.Globalization.ISOWeek.GetWeekOfYear(first):00}"),
        };
    }
}
