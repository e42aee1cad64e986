using Escala.Capture.Imports;
using Escala.Platform.Ledger;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Facts;

namespace Escala.Capture.Inbox;

/// <summary>Tries the rows of the inbox again, after places or a package came that they may have waited for.</summary>
public static class RetryInbox
{
    /// <summary>Rows taken; the others stay.</summary>
    public static long Run(Store store, LedgerWriter writer, Programme programme, TimeProvider clock)
    {
        List<OfferedRow> rows;
        using (var session = store.Open(writable: false))
        {
            // People whom only an interrupted import names are unknown until it is run again.
            if (session.Scalar("SELECT COUNT(*) FROM staging") > 0) return 0;
            rows = [.. InboxTable.Read(session).Where(r => Layout.Parse(r.Layout) is not null).Select(r => new OfferedRow(r, Layout.Parse(r.Layout)!, r.Content, r.Line))];
        }

        // Nobody is asked: what would change a known row stays where it is.
        return new EnterRows(store, writer, programme, clock).Run(rows, OnChange.Stop, author: null, keepReasons: true).Taken;
    }
}
