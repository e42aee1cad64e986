namespace Escala.Programmes.Simulation;

/// <summary>The days of a simulation, whole calendar months from the first day on, and the programme's windows in them.</summary>
internal sealed class SimulatedPeriod
{
    private readonly int[] _windowOfDay;
    private readonly bool[] _closed;

    public SimulatedPeriod(DateOnly from, int months, WindowKind kind, IReadOnlyList<DayOfWeek> closed)
    {
        From = from;
        Months = months;
        FirstDay = from.DayNumber;
        Days = from.AddMonths(months).DayNumber - FirstDay;
        var first = Window.Holding(kind, FirstDay).Number;
        _windowOfDay = [.. Enumerable.Range(0, Days).Select(d => Window.Holding(kind, FirstDay + d).Number - first)];
        _closed = [.. Enumerable.Range(0, 7).Select(w => closed.Contains((DayOfWeek)w))];
    }

    public DateOnly From { get; }

    public DateOnly To => DateOnly.FromDayNumber(FirstDay + Days - 1);

    public int Months { get; }

    /// <summary>Day number of the first day.</summary>
    public int FirstDay { get; }

    public int Days { get; }

    public int Windows => _windowOfDay[^1] + 1;

    public int WindowOf(int day) => _windowOfDay[day];

    /// <summary>The day itself or the next one on which people are seen; it may lie after the last day.</summary>
    public int OpenDay(int day)
    {
        // Day number 0 (1 January of year 1) was a Monday.
        while (_closed[(FirstDay + day + 1) % 7]) day++;
        return day;
    }
}
