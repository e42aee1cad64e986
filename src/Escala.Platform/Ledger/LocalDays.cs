namespace Escala.Platform.Ledger;

/// <summary>Which day it is at a place when an instant passes. Instants come in order, so the bounds of the last day are remembered. One per thread.</summary>
public sealed class LocalDays(string zone)
{
    private readonly TimeZoneInfo _zone = TimeZoneInfo.FindSystemTimeZoneById(zone);
    private long _from;
    private long _to;
    private int _day;

    /// <param name="microseconds">UTC microseconds since 1970.</param>
    public int On(long microseconds)
    {
        if (microseconds >= _from && microseconds < _to) return _day;
        var local = TimeZoneInfo.ConvertTime(DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond), _zone);
        _day = DateOnly.FromDateTime(local.DateTime).DayNumber;
        // To the end of the quarter: midnight, and the instants at which clocks are put forward and back, lie at quarters of an hour of UTC in every zone.
        const long Quarter = 15L * 60 * 1_000_000;
        (_from, _to) = (microseconds / Quarter * Quarter, (microseconds / Quarter * Quarter) + Quarter);
        return _day;
    }
}
