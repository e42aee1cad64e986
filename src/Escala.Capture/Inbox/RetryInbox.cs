using Escala.Capture.Imports;
using Escala.Platform.Ledger;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Registry;

namespace Escala.Capture.Inbox;

/// <summary>Tries the rows of the inbox again, after places or a package came that they may have waited for.</summary>
public static class RetryInbox
{
    /// <summary>Rows taken; the others stay.</summary>
    /// <param name="standing">The tallies that stand, from a session.</param>
    public static long Run(Store store, LedgerWriter writer, Programme programme, TimeProvider clock, Func<Session, IReadOnlyDictionary<TallyKey, StandingTally>> standing)
    {
        List<OfferedRow> rows;
        using (var session = store.Open(writable: false))
        {
            // People whom only an interrupted import names are unknown until it is run again.
            if (session.Scalar("SELECT COUNT(*) FROM staging") > 0) return 0;
            rows = [.. InboxTable.Read(session).Where(r => Layout.Parse(r.Layout) is not null).Select(r => new OfferedRow(r, Layout.Parse(r.Layout)!, r.Content, r.Line))];
        }

        // Nobody is asked: what would change a known row or count stays where it is.
        var counts = rows.Where(r => programme.TallyOf(r.Layout) is not null).ToList();
        var entered = new EnterTallies(store, writer, programme, clock, standing).Run(counts, (_, _) => OnChange.Stop, author: null, keepReasons: true);
        return entered.Taken + entered.Duplicate + new EnterRows(store, writer, programme, clock).Run([.. rows.Except(counts)], OnChange.Stop, author: null, keepReasons: true).Taken;
    }
}
