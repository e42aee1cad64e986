using Escala.Platform.Ledger;
using Escala.Platform.Problems;

namespace Escala.Platform.Storage;

/// <summary>
/// A backup is a file with the ledger, the inbox and the store's settings, whatever engine the store is on; everything derived is built
/// again when it is restored. Taken of a running store, as of one instant.
/// </summary>
public static class Backup
{
    private static readonly (string Table, string[] Columns, string Order)[] s_tables =
    [
        ("store_info", ["name", "value"], "name"),
        ("origin", ["origin", "hash", "content"], "origin"),
        ("entry", ["position", "id", "origin", "subject", "facility", "event_day", "recorded_at", "received_at", "sequence", "replaces", "withdraws", "based_on", "body_hash", "chain"], "position"),
        ("body", ["position", "salt", "content"], "position"),
        ("inbox", ["number", "source", "batch", "line", "layout", "content", "content_hash", "problems", "person", "waits_for", "received_at"], "number"),
        ("staging", ["batch", "first_position", "lines_done"], "batch"),
    ];

    private static readonly HashSet<string> s_texts = new(["name", "value", "facility", "source", "batch", "layout", "problems", "person", "waits_for"], StringComparer.Ordinal);

    private static readonly HashSet<string> s_bytes = new(["hash", "content", "id", "subject", "replaces", "withdraws", "body_hash", "chain", "salt"], StringComparer.Ordinal);

    /// <summary>Writes the file whole or not at all; gives the chain's state in it.</summary>
    public static Result<ChainReport> Take(Store store, string file, IProgress<(long Done, long Of)>? progress, CancellationToken stop)
    {
        if (File.Exists(file)) return Problem.Of("platform.backup.exists", ("file", file));
        if (!store.Read().TryGet(out var source)) return Result<ChainReport>.Refused(store.Read().Problems);
        var part = file + ".part";
        File.Delete(part);
        using (source)
        {
            source.Begin();
            using var target = NewFile(part);
            target.Script(Store.ScriptOf(typeof(Store).Assembly, "ledger.sql"));
            Copy(source, target, progress, stop);
            var report = ChainCheck.Walk(target, null, stop);
            if (report.Problem is { } problem) return problem;
            target.Script("PRAGMA journal_mode = DELETE");
            target.Dispose();
            File.Move(part, file);
            return report;
        }
    }

    /// <summary>Fills an empty store from a backup that verifies; it begins a new epoch.</summary>
    public static Result<ChainReport> Restore(string file, Store store, TimeProvider clock, IProgress<(long Done, long Of)>? progress, CancellationToken stop)
    {
        if (!File.Exists(file)) return Problem.Of("platform.backup.missing", ("file", file));
        using var source = new SqliteSession(file, writable: false, cacheMegabytes: 16);
        if (!source.TableExists("store_info")) return Problem.Of("platform.backup.not-one", ("file", file));
        var report = ChainCheck.Walk(source, null, stop);
        if (report.Problem is { } damaged) return damaged;
        var created = store.Create(clock);
        if (!created.IsOk) return Result<ChainReport>.Refused(created.Problems);
        using var target = store.Open(writable: true);
        target.Execute("DELETE FROM store_info");
        Copy(source, target, progress, stop);
        target.InTransaction(() =>
        {
            Store.SetInfo(target, "epoch", Guid.CreateVersion7(clock.GetUtcNow()).ToString());
            target.Execute("DELETE FROM store_info WHERE name IN ($1, $2)", "generation", "generation-building");
        });
        return report;
    }

    private static SqliteSession NewFile(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        new FileStream(path, options).Dispose();
        return new SqliteSession(path, writable: true, cacheMegabytes: 32);
    }

    private static void Copy(Session source, Session target, IProgress<(long Done, long Of)>? progress, CancellationToken stop)
    {
        var of = source.Scalar("SELECT MAX(position) FROM entry") ?? 0;
        foreach (var (table, columns, order) in s_tables)
        {
            using var rows = source.Query($"SELECT {string.Join(", ", columns)} FROM {table} ORDER BY {order}");
            var isMore = rows.Read();
            while (isMore)
            {
                stop.ThrowIfCancellationRequested();
                target.InTransaction(() =>
                {
                    using var bulk = target.Bulk(table, columns);
                    for (var i = 0; i < 50_000 && isMore; i++, isMore = rows.Read()) CopyRow(rows, bulk, columns);
                    bulk.Complete();
                });
                if (table == "entry") progress?.Report((isMore ? rows.Int(0) : of, of));
            }
        }
    }

    private static void CopyRow(RowCursor from, BulkWriter to, string[] columns)
    {
        for (var i = 0; i < columns.Length; i++)
        {
            if (from.IsNull(i)) to.WriteNull();
            else if (s_texts.Contains(columns[i])) to.Write(from.Text(i));
            else if (s_bytes.Contains(columns[i])) to.Write(from.Bytes(i));
            else to.Write(from.Int(i));
        }

        to.EndRow();
    }
}
