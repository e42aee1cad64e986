using Escala.Platform.Ledger;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Registry;
using Escala.Registry.Timelines;

namespace Escala.Capture.Imports;

/// <summary>Rows of a source, within days, that a complete extract of facilities does not have any more. Facilities that it does not name are not spoken of.</summary>
internal static class Withdrawals
{
    public static List<(Guid Person, Guid Entry, string Facility)> Find(Session session, Programme programme, string source, IReadOnlyCollection<string> facilities, (DateOnly From, DateOnly To) range, HashSet<long> seen)
    {
        var tables = new RegistryTables(RegistryTables.Current(session));
        var missing = new List<long>();
        var timeline = new Timeline(programme.Register.SlotCount);
        using (var rows = session.Query($"SELECT content FROM {tables.Timeline}"))
        {
            while (rows.Read())
            {
                timeline.Clear();
                timeline.Add(rows.Bytes(0));
                foreach (var head in timeline.Heads)
                {
                    if (head.Day >= range.From.DayNumber && head.Day <= range.To.DayNumber && !seen.Contains(head.Position)) missing.Add(head.Position);
                }
            }
        }

        var gone = new List<(Guid, Guid, string)>();
        missing.Sort();
        foreach (var position in missing)
        {
            using var rows = session.Query("SELECT e.subject, e.id, e.facility, o.content FROM entry e JOIN origin o ON o.origin = e.origin WHERE e.position = $1", position);
            if (rows.Read() && facilities.Contains(rows.Text(2)) && Origin.Read(rows.Bytes(3)).Source == source) gone.Add((rows.Guid(0), rows.Guid(1), rows.Text(2)));
        }

        return gone;
    }
}
