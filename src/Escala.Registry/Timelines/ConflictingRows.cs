using Escala.Platform.Ledger;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Facts;

namespace Escala.Registry.Timelines;

/// <summary>A row that says another sex or birth date of its person than another source does. The latest of both counts until somebody mends one.</summary>
/// <param name="File">Name of the file that brought it; null for a row of a device.</param>
/// <param name="Line">Of the file, or the device's own number of the entry.</param>
/// <param name="Column">Where the row says it.</param>
/// <param name="OtherFile">The same of the other row.</param>
/// <param name="OtherLine">The same of the other row.</param>
public sealed record ConflictingRow(string? File, long Line, string Facility, DateOnly Day, string Column, string? OtherFile, long OtherLine);

/// <summary>
/// Finds people of whom two sources, or two records that were merged, say another sex or birth date: of each the latest word is asked, so that a source
/// that corrected itself contradicts nobody.
/// </summary>
public static class ConflictingRows
{
    private readonly record struct Word(long Position, int Day, double Value);

    /// <param name="session">Is read.</param>
    /// <param name="programme">In force.</param>
    /// <param name="isAsked">Of a facility's code and a day: whether its rows are wanted.</param>
    public static IEnumerable<ConflictingRow> Read(Session session, Programme programme, Func<string, DateOnly, bool> isAsked)
    {
        FactDefinition[] facts = [.. new[] { programme.Population.Sex, programme.Population.BirthDate }.OfType<FactDefinition>()];
        // Who differs is found first: the rows themselves are read when the timelines are.
        var suspects = new List<(FactDefinition Fact, List<(long Person, Word Word)> Words)>();
        var tables = new RegistryTables(RegistryTables.Current(session));
        var timeline = new Timeline(programme.Register.SlotCount);
        using (var rows = session.Query($"SELECT p.head, t.person, t.content FROM {tables.Timeline} t JOIN {tables.Person} p ON p.person = t.person ORDER BY p.head, t.person"))
        {
            var (head, said) = (-1L, facts.Select(_ => new List<(long, Word)>()).ToArray());
            while (rows.Read())
            {
                if (rows.Int(0) != head) Close();
                head = rows.Int(0);
                timeline.Clear();
                timeline.Add(rows.Bytes(2));
                for (var i = 0; i < facts.Length; i++)
                {
                    for (var row = 0; row < timeline.Count; row++)
                    {
                        var value = timeline.Slot(row, facts[i].Slot);
                        if (!double.IsNaN(value)) said[i].Add((rows.Int(1), new Word(timeline.Heads[row].Position, timeline.Heads[row].Day, value)));
                    }
                }
            }

            Close();

            void Close()
            {
                for (var i = 0; i < facts.Length; i++)
                {
                    if (said[i].Count > 1 && said[i].Any(w => w.Item2.Value != said[i][0].Item2.Value)) suspects.Add((facts[i], said[i]));
                    if (said[i].Count > 0) said[i] = [];
                }
            }
        }

        foreach (var (fact, words) in suspects)
        {
            foreach (var conflict in Between(session, programme, fact, words, isAsked)) yield return conflict;
        }
    }

    private static IEnumerable<ConflictingRow> Between(Session session, Programme programme, FactDefinition fact, List<(long Person, Word Word)> words, Func<string, DateOnly, bool> isAsked)
    {
        var latest = words.Select(w => (w.Person, w.Word, Origin: OriginAt(session, w.Word.Position))).GroupBy(w => (w.Person, Source: w.Origin.Source ?? ""))
            .Select(g => g.OrderBy(w => w.Word.Day).ThenBy(w => w.Word.Position).Last()).OrderBy(w => w.Word.Day).ThenBy(w => w.Word.Position).ToList();
        var counts = latest[^1];
        foreach (var other in latest.Where(w => w.Word.Value != counts.Word.Value))
        {
            if (RowAt(session, other.Word.Position) is not { } row || RowAt(session, counts.Word.Position) is not { } against || !isAsked(row.Facility, row.Day)) continue;
            var register = Layout.Parse(other.Origin.Layout) is { } layout ? programme.RegisterOf(layout) : null;
            var column = register?.Facts.FirstOrDefault(f => f.Name == fact.Name)?.Columns is [var first, ..] ? first : fact.Name;
            yield return new ConflictingRow(FileOf(other.Origin), row.Line, row.Facility, row.Day, column, FileOf(counts.Origin), against.Line);
        }
    }

    private static string? FileOf(Origin origin) => origin.Batch?.Split('#')[0];

    private static Origin OriginAt(Session session, long position)
    {
        using var rows = session.Query("SELECT o.content FROM entry e JOIN origin o ON o.origin = e.origin WHERE e.position = $1", position);
        return rows.Read() ? Origin.Read(rows.Bytes(0)) : throw new InvalidOperationException("A known row has no entry");
    }

    private static (string Facility, DateOnly Day, long Line)? RowAt(Session session, long position)
    {
        using var rows = session.Query("SELECT facility, event_day, sequence FROM entry WHERE position = $1", position);
        return rows.Read() && !rows.IsNull(0) ? (rows.Text(0), DateOnly.FromDayNumber((int)rows.Int(1)), rows.Int(2)) : null;
    }
}
