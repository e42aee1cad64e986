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
    public static long Run(Store store, LedgerWriter writer, Programme programme, TimeProvider clock, Func<Session, IReadOnlyDictionary<TallyKey, (int Numerator, int Denominator, string? Register)>> standing)
    {
        List<OfferedRow> rows;
        IReadOnlyDictionary<TallyKey, (int, int, string?)> tallies;
        using (var session = store.Open(writable: false))
        {
            // People whom only an interrupted import names are unknown until it is run again.
            if (session.Scalar("SELECT COUNT(*) FROM staging") > 0) return 0;
            rows = [.. InboxTable.Read(session).Where(r => Layout.Parse(r.Layout) is not null).Select(r => new OfferedRow(r, Layout.Parse(r.Layout)!, r.Content, r.Line))];
            tallies = standing(session);
        }

        // Nobody is asked: what would change a known row stays where it is.
        var counts = rows.Where(r => programme.Tallies.Any(t => t.Name == r.Layout.Mapping)).ToList();
        // Two that contradict each other are settled by no place.
        return ImportTallies.Retry(writer, programme, clock, tallies, counts.Where(r => r.Row.WaitsFor is not null))
            + new EnterRows(store, writer, programme, clock).Run([.. rows.Except(counts)], OnChange.Stop, author: null, keepReasons: true).Taken;
    }
}
