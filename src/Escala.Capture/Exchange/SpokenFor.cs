using Escala.Platform.Ledger;
using Escala.Platform.Storage;
using Escala.Registry;
using Escala.Registry.Accounts;

namespace Escala.Capture.Exchange;

/// <summary>What entries that are taken say of refused ones: that they have come after all, that another stands for them, or that their author withdraws them.</summary>
/// <param name="isOffice">They come by a file, or are tried again at the office; else a device speaks for itself.</param>
/// <param name="by">Who does that at the office, where it is known.</param>
internal sealed class SpokenFor(WriterTransaction transaction, bool isOffice, string? by, TimeProvider clock)
{
    private readonly Session _session = transaction.Session;

    /// <summary>Whether a line that was taken settles anything: asked before a transaction is begun for it.</summary>
    public static bool Settles(Session session, BatchLine line) => RefusedBy(session, line).Any();

    /// <summary>
    /// A withdrawal of an entry that the ledger never took has nothing there to take back: it says that nobody need mend it any more, and is taken for that.
    /// Gives its position; null where it is no such withdrawal.
    /// </summary>
    public long? Withdraw(BatchLine line)
    {
        if (line.Entry is not { Origin.Kind: EntryKinds.Withdrawal, Subject: { } subject, Withdraws: { } target } entry) return null;
        if (PushBatch.IsKnown(_session, target) || RefusedEntries.IsErased(_session, new RegistryTables(RegistryTables.Current(_session)), subject)) return null;
        // Where the store was restored it may know nothing of a refusal: the device does.
        if (!OwnUnder(_session, target, entry).Any() && !line.StandsFor.Contains(target) && !SettledEntries.IsOver(_session, target)) return null;
        // Another copy of the batch may have come first.
        if (_session.Scalar("SELECT position FROM entry WHERE id = $1", entry.Id) is { } known) return known;
        var position = transaction.Head + 1;
        transaction.Append([entry]);
        GiveUp(target, entry);
        return position;
    }

    /// <summary>After the line was taken.</summary>
    public void Settle(BatchLine line)
    {
        foreach (var refused in RefusedBy(_session, line).ToList())
        {
            if (refused == line.Id) SettledEntries.Settle(_session, refused, Outcome.Taken, isOffice ? by : NameOf(line.Entry!), null, clock);
            else if (line.Entry!.Origin.Kind == EntryKinds.Withdrawal) GiveUp(refused, line.Entry);
            else SettledEntries.Settle(_session, refused, Outcome.Mended, NameOf(line.Entry), null, clock);
        }
    }

    private void GiveUp(Guid id, Entry withdrawal)
    {
        transaction.Append([.. OwnUnder(_session, id, withdrawal).Select(r => SettledEntries.Discard(r, withdrawal.Origin.Author, null, clock))]);
        SettledEntries.Settle(_session, id, Outcome.Withdrawn, NameOf(withdrawal), null, clock);
    }

    private string? NameOf(Entry entry) => Guid.TryParse(entry.Origin.Author, out var id) ? AccountTable.Read(_session, id)?.Name : null;

    private static IEnumerable<Guid> RefusedBy(Session session, BatchLine line) => line is not { Id: { } id, Entry: { } entry } ? []
        : line.StandsFor.Where(r => OwnUnder(session, r, entry).Any()).Concat(RefusedEntries.Of(session, id).Count > 0 ? [id] : []);

    /// <summary>What stands refused under an id and is of the entry's device: none speaks for another's.</summary>
    private static IEnumerable<RefusedEntry> OwnUnder(Session session, Guid id, Entry entry) =>
        RefusedEntries.Of(session, id).Where(r => r.Device is not { } device || device.ToString().Equals(entry.Origin.Device, StringComparison.OrdinalIgnoreCase));
}
