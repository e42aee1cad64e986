using Escala.Platform.Ledger;
using Escala.Platform.Storage;
using Escala.Programmes;

namespace Escala.Registry.Timelines;

/// <summary>A row with an implausible value: where it stands in its source, and in which columns. It counts as recorded until somebody mends it.</summary>
/// <param name="File">Name of the file that brought it; null for a row of a device.</param>
/// <param name="Line">Of the file, or the device's own number of the entry.</param>
public sealed record QueriedRow(long Position, string? File, long Line, string Facility, DateOnly Day, IReadOnlyList<string> Columns);

/// <summary>Finds the rows that the sheets count as "to be checked", and those of people whom no measure counts.</summary>
public static class QueriedRows
{
    /// <param name="session">Is read.</param>
    /// <param name="programme">In force.</param>
    /// <param name="isAsked">Of a facility's code and a day: whether its rows are wanted.</param>
    public static IEnumerable<QueriedRow> Read(Session session, Programme programme, Func<string, DateOnly, bool> isAsked)
    {
        var tables = new RegistryTables(RegistryTables.Current(session));
        var positions = new List<long>();
        var timeline = new Timeline(programme.Register.SlotCount);
        using (var rows = session.Query($"SELECT content FROM {tables.Timeline}"))
        {
            while (rows.Read())
            {
                timeline.Clear();
                timeline.Add(rows.Bytes(0));
                foreach (var head in timeline.Heads)
                {
                    if (head.Queried) positions.Add(head.Position);
                }
            }
        }

        positions.Sort();
        var decoder = new RowDecoder(programme);
        var days = new LocalDays(programme.Zone);
        foreach (var position in positions)
        {
            using var rows = session.Query(
                "SELECT o.content, e.sequence, e.facility, e.event_day, e.received_at, b.content FROM entry e JOIN origin o ON o.origin = e.origin JOIN body b ON b.position = e.position WHERE e.position = $1", position);
            if (!rows.Read()) continue;
            var (facility, day) = (rows.Text(2), DateOnly.FromDayNumber((int)rows.Int(3)));
            if (!isAsked(facility, day)) continue;
            var origin = Origin.Read(rows.Bytes(0));
            if (!decoder.Read(origin.Layout, rows.Bytes(5))) continue;
            var columns = decoder.Row.Queries.Distinct().ToList();
            if (decoder.Row.IsAhead(days.On(rows.Int(4)))) columns.Add((Programmes.Facts.Layout.Parse(origin.Layout) is { } layout ? programme.RegisterOf(layout) : null)?.DateColumn ?? programme.Register.DateColumn);
            yield return new QueriedRow(position, origin.Batch?.Split('#')[0], rows.Int(1), facility, day, columns);
        }
    }
}
