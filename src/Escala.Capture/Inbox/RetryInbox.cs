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
    public static long Run(Store store, LedgerWriter writer, Programme programme, TimeProvider clock)
    {
        using var session = store.Open(writable: false);
        long taken = 0;
        foreach (var file in InboxTable.Read(session).GroupBy(r => (r.Layout, r.Batch, r.Source)))
        {
            // The rest of an interrupted import is taken when it is run again, and these rows with it.
            if (session.Scalar("SELECT 1 FROM staging WHERE batch = $1", file.Key.Batch) is not null) continue;
            if (Layout.Parse(file.Key.Layout) is not { } layout) continue;
            var classifier = new Classifier(session, programme, clock);
            if (!classifier.Begin(layout).IsOk) continue;
            var fields = new CsvRecord((byte)layout.Delimiter);
            var origin = new Origin
            {
                Kind = EntryKinds.Visit,
                Class = EntryClasses.Clinical,
                Form = $"{programme.Register.Name}@{programme.Register.Version}",
                Programme = $"{programme.Id}@{programme.Version}",
                Zone = programme.Zone,
                Layout = file.Key.Layout,
                Source = file.Key.Source,
                Batch = file.Key.Batch,
            };
            var entries = new List<Entry>();
            var done = new List<long>();
            foreach (var row in file)
            {
                if (!fields.Fill(row.Content)) continue;
                var verdict = classifier.Classify(fields);
                if (verdict is Verdict.Duplicate) done.Add(row.Number);
                if (verdict is not Verdict.New) continue;
                done.Add(row.Number);
                entries.Add(new Entry
                {
                    Id = Guid.CreateVersion7(clock.GetUtcNow()),
                    Origin = origin,
                    Subject = classifier.Person,
                    Facility = classifier.Row.Facility,
                    EventDay = classifier.Row.Day,
                    // The place in the order of the day that it would have had.
                    RecordedAt = row.RecordedAt,
                    Sequence = row.Line,
                    Body = row.Content,
                });
            }

            writer.Run(transaction =>
            {
                transaction.Append(entries);
                foreach (var number in done) InboxTable.Remove(transaction.Session, number);
            });
            taken += entries.Count;
        }

        return taken;
    }
}
