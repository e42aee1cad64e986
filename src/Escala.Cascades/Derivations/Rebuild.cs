using System.Globalization;
using Escala.Cascades.Counters;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Registry;

namespace Escala.Cascades.Derivations;

/// <summary>
/// Builds a new generation of everything derived beside the one that is read, while live entries go on being written, and switches to it at
/// once: after a large import, with a new programme version, or when asked.
/// </summary>
public static class Rebuild
{
    private const int RowsACommit = 10_000, RowsInCompany = 1_000, EntriesATurn = 128, EntriesAtTheSwitch = 32;

    /// <summary>
    /// Under <paramref name="programme"/>; <paramref name="settle"/> runs in the transaction of the switch (puts a package in force, ends a staging).
    /// Batches that are still being staged stay out, but for those that are ready: <paramref name="including"/>.
    /// </summary>
    public static Problem? Run(
        Store store, LedgerWriter writer, Programme programme, IReadOnlyCollection<string> including, Action<WriterTransaction>? settle, IProgress<(long Done, long Of)>? progress, CancellationToken stop)
    {
        HashSet<string> staged;
        using (var session = store.Open(writable: false)) staged = StagedBatches(session);
        var leftOut = staged.Where(b => !including.Contains(b)).ToHashSet(StringComparer.Ordinal);
        var tables = new Tables(0);
        long before = 0;
        writer.Run(transaction =>
        {
            before = RegistryTables.Current(transaction.Session);
            tables = new Tables(Highest(transaction.Session, before) + 1);
            Store.SetInfo(transaction.Session, "generation-building", tables.Generation.ToString(CultureInfo.InvariantCulture));
            tables.Create(transaction.Session);
        });
        using var generation = Generation.Read(store, programme, writer.Head, leftOut, progress, stop);
        if (generation.Unreadable > 0)
        {
            writer.Run(transaction => tables.Drop(transaction.Session));
            return Problem.Of("cascades.programme.unreadable", ("rows", generation.Unreadable), ("position", generation.FirstUnreadable));
        }

        Write(writer, tables, generation, stop);
        var behind = generation.Head;
        CatchUp();
        writer.Run(transaction =>
        {
            Follow(transaction, transaction.Head);
            RegistryTables.MakeCurrent(transaction.Session, tables.Generation);
            settle?.Invoke(transaction);
            transaction.Reload();
        });
        DropLeftovers(writer);
        return null;

        // What is written meanwhile is lived through on the new tables by turns with those who write it, until the switch can do the rest and nobody notices.
        void CatchUp()
        {
            for (var most = EntriesATurn; writer.Head - behind > EntriesAtTheSwitch;)
            {
                stop.ThrowIfCancellationRequested();
                var gap = writer.Head - behind;
                var upTo = behind + Math.Min(gap, most);
                writer.Run(transaction => Follow(transaction, upTo));
                behind = upTo;
                // They write faster than that: then they wait a little longer.
                if (writer.Head - behind >= gap) most *= 2;
            }
        }

        // With what each turn finds: between two of them the writer may have opened its connection anew.
        void Follow(WriterTransaction transaction, long upTo) => LiveDerivation.On(transaction.Session, programme, tables)
            .Follow(transaction.Session, [.. LedgerReader.Entries(transaction.Session, behind + 1, upTo).Where(e => e.Entry.Origin.Batch is not { } batch || !leftOut.Contains(batch))]);
    }

    /// <summary>
    /// Tables of generations that nobody reads: left behind by the switch, or by a build that was interrupted. What lies in them is overwritten, a
    /// stretch at a time, so that live entries do not wait for gigabytes.
    /// </summary>
    public static void DropLeftovers(LedgerWriter writer)
    {
        long current = 0, last = 0, dropped = 0;
        writer.Run(transaction =>
        {
            current = RegistryTables.Current(transaction.Session);
            last = Number(transaction.Session, "generation-building");
            dropped = Number(transaction.Session, "generation-dropped");
        });
        for (var generation = dropped + 1; generation <= last; generation++)
        {
            if (generation != current) Drop(writer, new Tables(generation));
        }

        writer.Run(transaction => Store.SetInfo(transaction.Session, "generation-dropped", Math.Max(0, current - 1).ToString(CultureInfo.InvariantCulture)));
    }

    private static void Drop(LedgerWriter writer, Tables tables)
    {
        Empty(writer, tables.Timeline, "person", key => [key.Int(0)]);
        Empty(writer, tables.Person, "person", key => [key.Int(0)]);
        Empty(writer, tables.Identifier, "system, value", key => [key.Text(0), key.Text(1)]);
        Empty(writer, tables.SourceRow, "row_id", key => [key.Int(0)]);
        Empty(writer, tables.Presence, "facility, person", key => [key.Int(0), key.Int(1)]);
        Empty(writer, tables.Counter, "window_number, facility", key => [key.Int(0), key.Int(1)]);
        Empty(writer, tables.Statement, "person", key => [key.Int(0)]);
        writer.Run(transaction => tables.Drop(transaction.Session));
    }

    /// <summary>Deletes from the lowest key on until less than a stretch is left.</summary>
    private static void Empty(LedgerWriter writer, string table, string keys, Func<RowCursor, object?[]> read)
    {
        var places = string.Join(", ", keys.Split(", ").Select((_, i) => "$" + (i + 1).ToString(CultureInfo.InvariantCulture)));
        var isMore = true;
        while (isMore)
        {
            writer.Run(transaction =>
            {
                isMore = false;
                var session = transaction.Session;
                if (!session.DropsByOverwriting || !session.TableExists(table)) return;
                object?[] last;
                using (var rows = session.Query($"SELECT {keys} FROM {table} ORDER BY {keys} LIMIT 1 OFFSET $1", (long)(writer.HasCompany ? RowsInCompany : RowsACommit)))
                {
                    if (!rows.Read()) return;
                    last = read(rows);
                }

                session.Execute($"DELETE FROM {table} WHERE ({keys}) <= ({places})", last);
                isMore = true;
            });
        }
    }

    private static long Number(Session session, string name) => long.Parse(Store.Info(session, name) ?? "0", CultureInfo.InvariantCulture);

    /// <summary>Counts everything anew with the rows of staged batches, which are staged no more.</summary>
    public static Problem? RunWith(Store store, LedgerWriter writer, Programme programme, IReadOnlyCollection<string> batches, IProgress<(long Done, long Of)>? progress, CancellationToken stop) =>
        Run(store, writer, programme, batches, transaction =>
        {
            foreach (var batch in batches) transaction.Session.Execute("DELETE FROM staging WHERE batch = $1", batch);
        }, progress, stop);

    public static HashSet<string> StagedBatches(Session session)
    {
        var staged = new HashSet<string>(StringComparer.Ordinal);
        using var rows = session.Query("SELECT batch FROM staging");
        while (rows.Read()) staged.Add(rows.Text(0));
        return staged;
    }

    /// <summary>A generation whose building was interrupted is dropped with its number.</summary>
    private static long Highest(Session session, long current)
    {
        if (long.TryParse(Store.Info(session, "generation-building"), CultureInfo.InvariantCulture, out var building) && building > current)
        {
            new Tables(building).Drop(session);
            return building;
        }

        return current;
    }

    private static void Write(LedgerWriter writer, Tables tables, Generation generation, CancellationToken stop)
    {
        // Timelines first: counting everybody is what fills the counters.
        InCommits(writer, generation.Timelines(stop), (session, rows) =>
        {
            using var bulk = session.Bulk(tables.Timeline, "person", "content");
            foreach (var (person, content) in rows)
            {
                bulk.Write(person + 1L);
                bulk.Write(content);
                bulk.EndRow();
            }

            bulk.Complete();
        });
        InCommits(writer, Enumerable.Range(0, generation.People.Count), (session, rows) =>
        {
            using var bulk = session.Bulk(tables.Person, "person", "id", "merged_into", "head", "erased");
            foreach (var person in rows)
            {
                bulk.Write(person + 1L);
                bulk.Write(generation.People[person].Id);
                if (generation.People[person].MergedInto is { } into) bulk.Write(into + 1L);
                else bulk.WriteNull();
                bulk.Write(generation.HeadOf(person) + 1L);
                bulk.Write(generation.Erased.Contains(person) ? 1 : 0);
                bulk.EndRow();
            }

            bulk.Complete();
        });
        InCommits(writer, generation.SourceRows, (session, rows) =>
        {
            using var bulk = session.Bulk(tables.SourceRow, "row_id", "position", "person");
            foreach (var (rowId, position, person) in rows)
            {
                bulk.Write(rowId);
                bulk.Write(position);
                bulk.Write(person + 1L);
                bulk.EndRow();
            }

            bulk.Complete();
        });
        InCommits(writer, generation.Identifiers.OrderBy(i => i.Identifier.Value, StringComparer.Ordinal).ThenBy(i => i.Person), (session, rows) =>
        {
            using var bulk = session.Bulk(tables.Identifier, "system", "value", "person", "retired");
            foreach (var (identifier, person, retired) in rows)
            {
                bulk.Write(identifier.System);
                bulk.Write(identifier.Value);
                bulk.Write(person + 1L);
                bulk.Write(retired ? 1 : 0);
                bulk.EndRow();
            }

            bulk.Complete();
        });
        InCommits(writer, generation.Counts.InOrder(), (session, rows) =>
        {
            foreach (var window in rows.Select(r => r.Window).Distinct()) session.HavePart(tables.Counter, window);
            using var bulk = session.Bulk(tables.Counter, "window_number", "facility", "content");
            foreach (var (window, facility, counts) in rows)
            {
                bulk.Write(window);
                bulk.Write(facility);
                bulk.Write(CountsCode.Encode(counts));
                bulk.EndRow();
            }

            bulk.Complete();
        });
        InCommits(writer, generation.Presence, (session, rows) =>
        {
            using var bulk = session.Bulk(tables.Presence, "facility", "person", "since", "earlier");
            foreach (var (facility, person, since, earlier) in rows)
            {
                bulk.Write(facility);
                bulk.Write(person + 1L);
                bulk.Write(since);
                bulk.Write(earlier ? 1 : 0);
                bulk.EndRow();
            }

            bulk.Complete();
        });
        InCommits(writer, generation.Statements, (session, rows) =>
        {
            using var bulk = session.Bulk(tables.Statement, "person", "position");
            foreach (var (person, position) in rows)
            {
                bulk.Write(person + 1L);
                bulk.Write(position);
                bulk.EndRow();
            }

            bulk.Complete();
        });
        writer.Run(transaction => WriteSmall(transaction.Session, tables, generation));
    }

    private static void WriteSmall(Session session, Tables tables, Generation generation)
    {
        foreach (var (code, number) in generation.Facilities) session.Execute($"INSERT INTO {tables.Facility} (facility, code) VALUES ($1, $2)", number, code);
        foreach (var (facility, source, day) in generation.Sources) session.Execute($"INSERT INTO {tables.FacilitySource} (facility, source, first_day) VALUES ($1, $2, $3)", facility, source, day);
        foreach (var declaration in generation.Declarations) Declarations.Record(session, tables, declaration);
        foreach (var (key, said) in generation.Tallied) Tallies.Record(session, tables, key, said);
    }

    private static void InCommits<T>(LedgerWriter writer, IEnumerable<T> rows, Action<Session, T[]> write)
    {
        var some = new List<T>();
        foreach (var row in rows)
        {
            some.Add(row);
            if (some.Count >= (writer.HasCompany ? RowsInCompany : RowsACommit)) Flush();
        }

        if (some.Count > 0) Flush();

        void Flush()
        {
            var together = some.ToArray();
            some.Clear();
            writer.Run(transaction => write(transaction.Session, together));
        }
    }
}
