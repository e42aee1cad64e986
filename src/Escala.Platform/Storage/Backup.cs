using System.Globalization;
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
        ("inbox", ["number", "source", "batch", "line", "layout", "content", "content_hash", "problems", "person", "waits_for", "received_at", "ordinal", "stood_for_known"], "number"),
        ("staging", ["batch", "first_position", "lines_done"], "batch"),
    ];

    /// <summary>Since version 2; a backup or a store of version 1 lacks them.</summary>
    private static readonly (string Table, string[] Columns, string Order)[] s_later =
    [
        ("account", ["account", "name", "role", "pin", "made_at", "disabled_at"], "account"),
        ("account_place", ["account", "place", "ended_at"], "account"),
        ("device", ["device", "name", "device_key", "enrolled_at", "seen_at", "clock_ahead", "revoked_at"], "device"),
        ("device_account", ["device", "account", "since"], "device"),
        ("token", ["hash", "account", "device", "made_at", "used_at"], "hash"),
        ("refused_entry", ["number", "digest", "id", "subject", "facility", "kind", "content", "problem", "account", "device", "received_at"], "number"),
        ("settled_entry", ["id", "outcome", "kind", "facility", "account", "device", "settled_by", "reason", "settled_at"], "id"),
        ("erased_number", ["hash"], "hash"),
        ("access_log", ["number", "at", "account", "device", "action", "place", "subject", "entries", "chain"], "number"),
    ];

    private static readonly HashSet<string> s_columnsSinceVersion2 = new(["ordinal", "stood_for_known"], StringComparer.Ordinal);

    private static readonly HashSet<string> s_texts = new(["name", "value", "facility", "source", "batch", "layout", "problems", "person", "waits_for", "role", "pin", "place", "kind", "problem", "action", "outcome", "settled_by", "reason"], StringComparer.Ordinal);

    private static readonly HashSet<string> s_bytes = new(["hash", "content", "id", "subject", "replaces", "withdraws", "body_hash", "chain", "salt", "account", "device", "device_key", "digest"], StringComparer.Ordinal);

    /// <summary>Setting that a store has from the beginning of a restore until everything is derived and every erasure is replayed.</summary>
    internal const string Unfinished = "restoring";

    private const string Restored = "restored";

    private static readonly HashSet<string> s_ownInfo = new(["version", "generation", "derivation", "generation-building", "generation-dropped", "epoch", "writer", Unfinished], StringComparer.Ordinal);

    /// <summary>Writes the file whole or not at all; gives the chain's state in it.</summary>
    public static Result<ChainReport> Take(Store store, string file, IProgress<(long Done, long Of)>? progress, CancellationToken stop)
    {
        if (File.Exists(file)) return Problem.Of("platform.backup.exists", ("file", file));
        var read = store.Read();
        if (!read.TryGet(out var source)) return Result<ChainReport>.Refused(read.Problems);
        var part = file + ".part";
        File.Delete(part);
        using (source)
        {
            source.Begin();
            using var target = NewFile(part);
            target.Script(Store.ScriptOf(typeof(Store).Assembly, "ledger.sql"));
            target.Script(Store.ScriptOf(typeof(Store).Assembly, "version-2.sql"));
            Copy(source, target, s_tables, progress, stop);
            CopyLater(source, target, stop);
            var report = ChainCheck.Walk(target, null, stop);
            if (report.Problem is { } problem) return problem;
            target.Script("PRAGMA journal_mode = DELETE");
            target.Dispose();
            File.Move(part, file);
            return report;
        }
    }

    /// <summary>
    /// Fills an empty store, or one whose restore was interrupted, from a backup that verifies; it begins a new epoch. Nobody may read it until
    /// everything is derived and <see cref="Finish"/> was called.
    /// </summary>
    public static Result<ChainReport> Restore(string file, Store store, TimeProvider clock, IProgress<(long Done, long Of)>? progress, CancellationToken stop)
    {
        if (!File.Exists(file)) return Problem.Of("platform.backup.missing", ("file", file));
        using var source = Open(file);
        if (source is null) return Problem.Of("platform.backup.not-one", ("file", file));
        var report = ChainCheck.Walk(source, null, stop);
        if (report.Problem is { } damaged) return damaged;
        var empty = Empty(store, clock);
        if (!empty.IsOk) return Result<ChainReport>.Refused(empty.Problems);
        var lease = store.TakeLease();
        if (!lease.TryGet(out var held)) return Result<ChainReport>.Refused(lease.Problems);
        using (held)
        {
            var target = held.Session;
            target.InTransaction(() =>
            {
                foreach (var (table, _, _) in (ReadOnlySpan<(string, string[], string)>)[.. s_tables.AsSpan(1), .. s_later]) target.Execute($"DELETE FROM {table}");
            });
            Copy(source, target, s_tables.AsSpan(1), progress, stop);
            CopyLater(source, target, stop);
            target.InTransaction(() => CopyInfo(source, target, clock));
            return report;
        }
    }

    /// <summary>From here on the restored store is one like any other.</summary>
    public static void Finish(WriterTransaction transaction) => transaction.Session.Execute("DELETE FROM store_info WHERE name = $1", Unfinished);

    /// <summary>Every device has brought back what it held: from here on each says its own entries only.</summary>
    public static void EndReturn(Session session) => session.Execute("DELETE FROM store_info WHERE name = $1", Restored);

    /// <summary>When the store was restored (UTC microseconds since 1970), while devices bring back what they hold; null for one that was not, or whose devices are all back.</summary>
    public static long? RestoredAt(Session session) => Store.Info(session, Restored) is { } at ? long.Parse(at, CultureInfo.InvariantCulture) : null;

    /// <summary>Null when the file is no backup.</summary>
    private static SqliteSession? Open(string file)
    {
        var session = new SqliteSession(file, writable: false, cacheMegabytes: 16);
        try
        {
            if (s_tables.All(t => session.TableExists(t.Table))) return session;
        }
        catch (StoreFailure)
        {
            // Not a database at all.
        }

        session.Dispose();
        return null;
    }

    private static Result<Store> Empty(Store store, TimeProvider clock)
    {
        if (store.Exists && store.ReadUnfinished().TryGet(out var session))
        {
            using (session) return Store.Info(session, Unfinished) is null ? Problem.Of("platform.store.exists", ("store", store.Location)) : store;
        }

        return store.Create(clock, session => Store.SetInfo(session, Unfinished, "1"));
    }

    private static void CopyInfo(Session source, Session target, TimeProvider clock)
    {
        using var rows = source.Query("SELECT name, value FROM store_info");
        while (rows.Read())
        {
            if (!s_ownInfo.Contains(rows.Text(0))) Store.SetInfo(target, rows.Text(0), rows.Text(1));
        }

        // Devices may hold what this backup has not; from now on they may offer each other's entries too.
        Store.SetInfo(target, Restored, clock.Microseconds().ToString(CultureInfo.InvariantCulture));
        // What an interrupted restore had derived is dropped with its number when everything is derived again.
        target.Execute("DELETE FROM store_info WHERE name = $1", "generation");
    }

    private static SqliteSession NewFile(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        new FileStream(path, options).Dispose();
        return new SqliteSession(path, writable: true, cacheMegabytes: 32);
    }

    private static void CopyLater(Session source, Session target, CancellationToken stop)
    {
        foreach (var table in s_later.Where(t => source.TableExists(t.Table))) Copy(source, target, [table], null, stop);
    }

    private static void Copy(Session source, Session target, ReadOnlySpan<(string Table, string[] Columns, string Order)> tables, IProgress<(long Done, long Of)>? progress, CancellationToken stop)
    {
        var of = source.Scalar("SELECT MAX(position) FROM entry") ?? 0;
        var isOfVersion1 = Store.Info(source, "version") == "1";
        foreach (var (table, all, order) in tables)
        {
            var columns = isOfVersion1 ? [.. all.Where(c => !s_columnsSinceVersion2.Contains(c))] : all;
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
