using Escala.Platform.Ledger;
using Escala.Platform.Storage;
using Escala.Registry;
using Escala.Registry.Accounts;

namespace Escala.Capture.Exchange;

/// <summary>What entries that are taken say of refused ones: that they have come after all, that another stands for them, or that their author withdraws them.</summary>
/// <param name="isOffice">They come by a file, or are tried again at the office; else a device speaks for itself.</param>
/// <param name="settler">Who does that at the office, where it is known.</param>
internal sealed class SpokenFor(WriterTransaction transaction, bool isOffice, string? settler, TimeProvider clock)
{
    private readonly Session _session = transaction.Session;

    /// <summary>Lines that were taken and settle something: asked before a transaction is begun for them.</summary>
    public static IReadOnlyList<BatchLine> Settling(Session session, IReadOnlyList<BatchLine> taken)
    {
        var named = new HashSet<Guid>();
        Guid[] ids = [.. taken.Select(l => l.Id).OfType<Guid>().Distinct()];
        session.QueryEach("SELECT id FROM refused_entry WHERE id IN {values}", ids, rows => named.Add(rows.Guid(0)));
        session.QueryEach("SELECT id FROM settled_entry WHERE outcome <> 'taken' AND id IN {values}", ids, rows => named.Add(rows.Guid(0)));
        return [.. taken.Where(l => l.StandsFor.Count > 0 || named.Contains(l.Id!.Value))];
    }

    /// <summary>
    /// A withdrawal of an entry that the ledger never took has nothing there to take back: it says that nobody need mend it any more, and is taken for that.
    /// Gives its position; null where it is no such withdrawal.
    /// </summary>
    public long? Withdraw(BatchLine line)
    {
        if (line.Entry is not { Origin.Kind: EntryKinds.Withdrawal, Subject: { } subject, Withdraws: { } target } entry) return null;
        if (PushBatch.IsKnown(_session, target) || RefusedEntries.IsErased(_session, new RegistryTables(RegistryTables.Current(_session)), subject)) return null;
        if (!OwnUnder(target, entry).Any() && !(line.StandsFor.Contains(target) && IsForgotten(target)) && !SettledEntries.IsOver(_session, target)) return null;
        // Another copy of the batch may have come first.
        if (_session.Scalar("SELECT position FROM entry WHERE id = $1", entry.Id) is { } known) return known;
        var position = transaction.Head + 1;
        transaction.Append([entry]);
        Settle(target, entry);
        return position;
    }

    /// <summary>After the line was taken.</summary>
    public void Settle(BatchLine line)
    {
        var entry = line.Entry!;
        foreach (var id in line.StandsFor.Where(id => id != entry.Id)) Settle(id, entry);
        var by = isOffice ? settler : NameOf(entry);
        var (same, others) = (new List<RefusedEntry>(), new List<RefusedEntry>());
        foreach (var refused in RefusedEntries.Of(_session, entry.Id))
        {
            if (SaysTheSame(refused, entry)) same.Add(refused);
            else if (IsOf(refused, entry)) others.Add(refused);
        }

        Discard(others, entry);
        SettledEntries.Settle(_session, [.. same, .. others], Outcome.Taken, by, null, clock);
        SettledEntries.PutRight(_session, entry.Id, by, clock);
    }

    private void Settle(Guid id, Entry by)
    {
        var outcome = by.Origin.Kind == EntryKinds.Withdrawal ? Outcome.Withdrawn : Outcome.Mended;
        if (OwnUnder(id, by).ToList() is { Count: > 0 } own)
        {
            Discard(own, by);
            SettledEntries.Settle(_session, own, outcome, NameOf(by), null, clock);
        }
        else if (IsForgotten(id) && !PushBatch.IsKnown(_session, id))
        {
            SettledEntries.Record(_session, new SettledEntry(
                id, outcome, outcome == Outcome.Mended ? by.Origin.Kind : null, by.Facility, Id(by.Origin.Author), Id(by.Origin.Device), 0, NameOf(by), null, clock.Microseconds()));
        }
    }

    private void Discard(IEnumerable<RefusedEntry> refused, Entry by) => transaction.Append([.. refused.Select(r => SettledEntries.Discard(r, by.Origin.Author, null, clock))]);

    /// <summary>Where the store was restored it may know nothing of a refusal: the device does. Of what stands refused it is not asked.</summary>
    private bool IsForgotten(Guid id) => RefusedEntries.Of(_session, id).Count == 0 && SettledEntries.Told(_session, id) is null;

    /// <summary>What it stands for besides may be said of an entry later.</summary>
    private static bool SaysTheSame(RefusedEntry refused, Entry entry)
    {
        using var content = new MemoryStream(refused.Content);
        using var reader = BatchReader.Open(content, BatchLimits.File);
        return reader.Lines().FirstOrDefault()?.Entry is { } said
            && (said.Subject, said.Facility, said.EventDay, said.Replaces, said.Withdraws) == (entry.Subject, entry.Facility, entry.EventDay, entry.Replaces, entry.Withdraws) && said.Body.AsSpan().SequenceEqual(entry.Body);
    }

    private string? NameOf(Entry entry) => Id(entry.Origin.Author) is { } id ? AccountTable.Read(_session, id)?.Name : null;

    private static Guid? Id(string? text) => Guid.TryParse(text, out var id) ? id : null;

    /// <summary>What stands refused under an id, is of the entry's device and about the same person: none speaks for another's.</summary>
    private IEnumerable<RefusedEntry> OwnUnder(Guid id, Entry entry) => RefusedEntries.Of(_session, id).Where(r => IsOf(r, entry) && (r.Subject is null || r.Subject == entry.Subject));

    private static bool IsOf(RefusedEntry refused, Entry entry) => refused.Device is not { } device || device == Id(entry.Origin.Device);
}
