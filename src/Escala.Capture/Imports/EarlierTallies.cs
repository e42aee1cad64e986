using Escala.Platform.Ledger;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Registry;

namespace Escala.Capture.Imports;

/// <summary>A count of a file that stands with other numbers.</summary>
internal sealed record ChangedTally(int Line, TallyKey Key, TallySaid Said, TallyCount Now, StandingTally Stands);

/// <summary>What was said of counts before that which stands.</summary>
internal static class EarlierTallies
{
    /// <summary>
    /// Those of the changes that would set a count back: it was said before, or a person entered what stands, and nobody knows which of the two is the later. One
    /// pass over the envelopes that are about nobody, where anything changes at all.
    /// </summary>
    public static List<SetBack> Find(Session session, Programme programme, IReadOnlyCollection<ChangedTally> changes)
    {
        if (changes.Count == 0) return [];
        var back = changes.Where(c => SaidBy(session, c.Stands.Position).File is null).Select(c => c.Key).ToHashSet();
        back.UnionWith(SaidBefore(session, programme, changes));
        return [.. changes.Where(c => back.Contains(c.Key)).Select(c => Show(session, c))];
    }

    public static SetBack Show(Session session, ChangedTally change)
    {
        var (file, line) = SaidBy(session, change.Stands.Position);
        return new SetBack(change.Line, change.Key.Facility, change.Said.Window, change.Key.Step, change.Stands.Count, change.Now, file, line);
    }

    private static IEnumerable<TallyKey> SaidBefore(Session session, Programme programme, IReadOnlyCollection<ChangedTally> changes)
    {
        var changing = changes.ToDictionary(c => c.Key, c => c.Now);
        var facilities = changes.Select(c => c.Key.Facility).ToHashSet(StringComparer.Ordinal);
        var origins = LedgerReader.Origins(session).Where(o => o.Value.Origin.Kind == EntryKinds.Tally).Select(o => o.Key).ToHashSet();
        using var rows = session.Query("SELECT e.origin, e.facility, b.content FROM entry e JOIN body b ON b.position = e.position WHERE e.subject IS NULL AND e.facility IS NOT NULL");
        while (rows.Read())
        {
            if (!origins.Contains(rows.Int(0)) || !facilities.Contains(rows.Text(1)) || rows.IsNull(2)) continue;
            if (TallyBody.Read(programme, rows.Text(1), rows.Bytes(2)) is var (key, count) && changing.TryGetValue(key, out var now) && now == count) yield return key;
        }
    }

    /// <summary>File and line that said what stands; no file where a person did, on a tablet or at the office.</summary>
    private static (string? File, int Line) SaidBy(Session session, long position)
    {
        using var rows = session.Query("SELECT o.content, e.sequence FROM entry e JOIN origin o ON o.origin = e.origin WHERE e.position = $1", position);
        return rows.Read() ? (Origin.Read(rows.Bytes(0)).Batch is { } batch ? batch[..batch.LastIndexOf('#')] : null, (int)rows.Int(1)) : (null, 0);
    }
}
