namespace Escala.Programmes.Facts;

public enum DateBoundKind
{
    /// <summary>A calendar day.</summary>
    Day,

    /// <summary>The day of the row that holds the date.</summary>
    Row,

    /// <summary>The day on which the row was received, where the programme is. Known to whoever receives it.</summary>
    Received,
}

/// <summary>One end of a range of dates; <see cref="Day"/> is a day number, meant for <see cref="DateBoundKind.Day"/> alone.</summary>
public readonly record struct DateBound(DateBoundKind Kind, int Day = 0);

/// <summary>The inclusive range in which a date is plausible; outside opens a query, the date still counts.</summary>
public sealed record PlausibleDates(DateBound Earliest, DateBound Latest)
{
    /// <summary>False when the date lies outside; what depends on the day of receipt is left to <see cref="DecodedRow.IsAhead"/>.</summary>
    public bool Holds(int date, int rowDay) => date >= (Of(Earliest, rowDay) ?? date) && date <= (Of(Latest, rowDay) ?? date);

    private static int? Of(DateBound bound, int rowDay) => bound.Kind switch { DateBoundKind.Day => bound.Day, DateBoundKind.Row => rowDay, _ => null };
}
