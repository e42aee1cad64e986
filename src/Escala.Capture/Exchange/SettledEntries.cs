using Escala.Platform.Ledger;
using Escala.Platform.Storage;
using Escala.Registry;

namespace Escala.Capture.Exchange;

/// <summary>What became of an entry that had been refused.</summary>
public enum Outcome
{
    /// <summary>As it came: what stood in its way was gone when it was offered again, or tried again at the office.</summary>
    Taken,

    /// <summary>Its author has written another that stands for it.</summary>
    Mended,

    /// <summary>Its author has withdrawn it.</summary>
    Withdrawn,

    /// <summary>The office has given it up.</summary>
    GivenUp,
}

/// <param name="Account">Who had offered it.</param>
/// <param name="Position">Where it stands in the ledger; 0 where it does not.</param>
/// <param name="By">Name of whoever settled it; null where that is not known.</param>
/// <param name="At">UTC microseconds since 1970.</param>
public sealed record SettledEntry(Guid Id, Outcome Outcome, string? Kind, string? Facility, Guid? Account, Guid? Device, long Position, string? By, string? Reason, long At);

/// <summary>What became of refused entries, and who said so. What was said in one that was given up or withdrawn is kept by the ledger.</summary>
public static class SettledEntries
{
    /// <summary>Entries that a device asks of at once.</summary>
    public const int MostAsked = 1_000;

    private const string Columns = "SELECT id, outcome, kind, facility, account, device, settled_by, reason, settled_at FROM settled_entry ";

    private static readonly Dictionary<Outcome, string> s_words = new() { [Outcome.Taken] = "taken", [Outcome.Mended] = "mended", [Outcome.Withdrawn] = "withdrawn", [Outcome.GivenUp] = "given-up" };

    /// <summary>As it stands in tables and in exchange.</summary>
    public static string Word(this Outcome outcome) => s_words[outcome];

    /// <summary>The latest first.</summary>
    public static IEnumerable<SettledEntry> Latest(Session session)
    {
        if (!session.TableExists("settled_entry")) return [];
        using var rows = session.Query(Columns + "ORDER BY settled_at DESC, id");
        return [.. All(rows)];
    }

    /// <summary>What a device may learn of entries that it shows as refused; nothing of those that still wait, nor of other devices'.</summary>
    /// <param name="ids">Those behind the first <see cref="MostAsked"/> are not looked at.</param>
    public static IReadOnlyList<SettledEntry> Of(Session session, IEnumerable<Guid> ids, Guid? device)
    {
        Guid[] asked = [.. ids.Distinct().Take(MostAsked)];
        var told = new Dictionary<Guid, SettledEntry>();
        session.QueryEach(Columns + "WHERE id IN {values}", asked, rows => told[rows.Guid(0)] = Read(rows));
        foreach (var (id, one) in told)
        {
            if (one.Device is not null && one.Device != device) told.Remove(id);
        }

        // Whoever brought it, and whatever was said of it before: what the ledger has is taken.
        session.QueryEach("SELECT e.id, e.position, e.received_at, o.content FROM entry e JOIN origin o ON o.origin = e.origin WHERE e.id IN {values}", asked, rows =>
        {
            var (id, position) = (rows.Guid(0), rows.Int(1));
            if (told.TryGetValue(id, out var one)) told[id] = one with { Outcome = Outcome.Taken, Position = position };
            else if (Guid.TryParse(Origin.Read(rows.Bytes(3)).Device, out var own) && own == device) told[id] = new SettledEntry(id, Outcome.Taken, null, null, null, device, position, null, null, rows.Int(2));
        });
        return [.. asked.Where(told.ContainsKey).Select(id => told[id])];
    }

    /// <summary>
    /// Given up, withdrawn, or another stands for it: it is not taken any more. While something stands refused under the id, of whoever else, nobody has spoken for all of it.
    /// </summary>
    internal static bool IsOver(Session session, Guid id) => session.Scalar(
        "SELECT 1 FROM settled_entry s WHERE s.id = $1 AND s.outcome <> 'taken' AND NOT EXISTS (SELECT 1 FROM refused_entry r WHERE r.id = s.id)", id) is not null;

    internal static bool IsAny(Session session) => session.Scalar("SELECT 1 FROM settled_entry LIMIT 1") is not null;

    /// <summary>What was refused waits no more.</summary>
    /// <param name="refused">Some or all of what stands there under one id.</param>
    internal static void Settle(Session session, IReadOnlyCollection<RefusedEntry> refused, Outcome outcome, string? by, string? reason, TimeProvider clock)
    {
        if (refused.FirstOrDefault() is not { } first) return;
        if (first.Id is { } id) Record(session, new SettledEntry(id, outcome, first.Kind, first.Facility, first.Account, first.Device, 0, by, reason, clock.Microseconds()));
        foreach (var entry in refused) session.Execute("DELETE FROM refused_entry WHERE number = $1", entry.Number);
    }

    internal static void Record(Session session, SettledEntry settled) => session.Execute(
        """
        INSERT INTO settled_entry (id, outcome, kind, facility, account, device, settled_by, reason, settled_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (id) DO UPDATE SET outcome = excluded.outcome, kind = excluded.kind, facility = excluded.facility, account = excluded.account, device = excluded.device,
          settled_by = excluded.settled_by, reason = excluded.reason, settled_at = excluded.settled_at
        """,
        settled.Id, settled.Outcome.Word(), settled.Kind, settled.Facility, settled.Account, settled.Device, settled.By, settled.Reason, settled.At);

    /// <summary>Somebody let an entry go while it was being taken: the ledger has it.</summary>
    internal static void PutRight(Session session, Guid id, string? by, TimeProvider clock) => session.Execute(
        "UPDATE settled_entry SET outcome = 'taken', settled_by = $1, reason = NULL, settled_at = $2 WHERE id = $3 AND outcome <> 'taken'", by, clock.Microseconds(), id);

    /// <summary>An entry of the ledger that keeps what was refused, about its person, so that an erasure reaches it.</summary>
    internal static Entry Discard(RefusedEntry refused, string? author, string? reason, TimeProvider clock) => new()
    {
        Id = Guid.CreateVersion7(clock.GetUtcNow()),
        Origin = new Origin { Kind = EntryKinds.EntryDiscard, Class = EntryClasses.Clinical, Author = author, Reason = reason },
        Subject = refused.Subject,
        EventDay = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).DayNumber,
        RecordedAt = clock.Microseconds(),
        Withdraws = refused.Id,
        Body = refused.Content,
    };

    internal static SettledEntry? Told(Session session, Guid id)
    {
        using var rows = session.Query(Columns + "WHERE id = $1", id);
        return All(rows).SingleOrDefault();
    }

    private static IEnumerable<SettledEntry> All(RowCursor rows)
    {
        while (rows.Read()) yield return Read(rows);
    }

    private static SettledEntry Read(RowCursor rows)
    {
        var word = rows.Text(1);
        return new SettledEntry(
            rows.Guid(0), s_words.Single(w => w.Value == word).Key, rows.IsNull(2) ? null : rows.Text(2), rows.IsNull(3) ? null : rows.Text(3), rows.IsNull(4) ? null : rows.Guid(4),
            rows.IsNull(5) ? null : rows.Guid(5), 0, rows.IsNull(6) ? null : rows.Text(6), rows.IsNull(7) ? null : rows.Text(7), rows.Int(8));
    }
}
