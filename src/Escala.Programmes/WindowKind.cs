using System.Globalization;
using System.Text.RegularExpressions;

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
public readonly partial record struct Window(WindowKind Kind, int Number)
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

    /// <summary>Reads a window of the kind as <see cref="ToString"/> writes it; null for anything else.</summary>
    public static Window? Parse(WindowKind kind, string text)
    {
        var match = Pattern().Match(text);
        var mark = kind switch { WindowKind.Month => "", WindowKind.Quarter => "Q", _ => "W" };
        if (!match.Success || match.Groups["mark"].Value != mark) return null;
        var year = int.Parse(match.Groups["year"].ValueSpan, CultureInfo.InvariantCulture);
        var number = int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);
        return year is > 1 and < 9999 ? Of(kind, year, number) : null;
    }

    /// <summary>The window of that number, from 1, in the year; null where the year has none.</summary>
    public static Window? Of(WindowKind kind, int year, int number)
    {
        var most = kind switch { WindowKind.Month => 12, WindowKind.Quarter => 4, _ => ISOWeek.GetWeeksInYear(year) };
        if (number < 1 || number > most) return null;
        return Holding(kind, kind switch
        {
            WindowKind.Month => new DateOnly(year, number, 1).DayNumber,
            WindowKind.Quarter => new DateOnly(year, (3 * number) - 2, 1).DayNumber,
            _ => DateOnly.FromDateTime(ISOWeek.ToDateTime(year, number, DayOfWeek.Monday)).DayNumber,
        });
    }

    /// <summary>2025-03, 2025-Q1, 2025-W09.</summary>
    public override string ToString()
    {
        var first = DateOnly.FromDayNumber(FirstDay);
        var invariant = CultureInfo.InvariantCulture;
        return Kind switch
        {
            WindowKind.Month => first.ToString("yyyy-MM", invariant),
            WindowKind.Quarter => string.Create(invariant, $"{first.Year}-Q{((first.Month - 1) / 3) + 1}"),
            _ => string.Create(invariant, $"{ISOWeek.GetYear(first)}-W{ISOWeek.GetWeekOfYear(first):00}"),
        };
    }

    [GeneratedRegex("^(?<year>[0-9]{4})-(?<mark>[QW]?)(?<number>[0-9]{1,2})$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Pattern();
}
