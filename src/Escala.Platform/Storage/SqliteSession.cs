using System.Text;
using Escala.Platform.Problems;
using SQLitePCL;

namespace Escala.Platform.Storage;

/// <summary>SQLite through its own interface: no per-row objects between us and the pages (docs/decisions/0004).</summary>
internal sealed class SqliteSession : Session
{
    private readonly sqlite3 _database;
    private readonly Dictionary<string, Prepared> _statements = new(StringComparer.Ordinal);
    private bool _inTransaction;

    static SqliteSession() => Batteries_V2.Init();

    internal SqliteSession(string file, bool writable, int cacheMegabytes)
    {
        var flags = raw.SQLITE_OPEN_NOMUTEX | (writable ? raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE : raw.SQLITE_OPEN_READONLY);
        var code = raw.sqlite3_open_v2(file, out _database, flags, null);
        if (code != raw.SQLITE_OK) throw Failure(code);
        raw.sqlite3_extended_result_codes(_database, 1);
        raw.sqlite3_busy_timeout(_database, 10_000);
        if (writable)
        {
            Pragma("page_size = 8192");
            Pragma("journal_mode = WAL");
            Pragma("synchronous = FULL");
            Pragma("wal_autocheckpoint = 8000");
            Pragma("journal_size_limit = 268435456");
            Pragma("secure_delete = ON");
        }

        Pragma(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"cache_size = -{cacheMegabytes * 1024}"));
        Pragma("temp_store = MEMORY");
    }

    public override void Begin()
    {
        // The write lock is taken at once: a reader that turns writer half-way would fail instead of waiting.
        Execute(raw.sqlite3_db_readonly(_database, "main") == 1 ? "BEGIN" : "BEGIN IMMEDIATE");
        _inTransaction = true;
    }

    public override void Commit()
    {
        Execute("COMMIT");
        _inTransaction = false;
    }

    public override void Rollback()
    {
        if (!_inTransaction) return;
        _inTransaction = false;
        foreach (var statement in _statements.Values) raw.sqlite3_reset(statement.Handle);
        // After a disk error SQLite may have rolled back by itself.
        if (raw.sqlite3_get_autocommit(_database) == 0) Execute("ROLLBACK");
    }

    public override void Execute(string sql, params ReadOnlySpan<object?> arguments) => Change(sql, arguments);

    public override long Change(string sql, params ReadOnlySpan<object?> arguments)
    {
        var statement = Bind(sql, arguments);
        int code;
        do code = raw.sqlite3_step(statement.Handle);
        while (code == raw.SQLITE_ROW);
        raw.sqlite3_reset(statement.Handle);
        if (code != raw.SQLITE_DONE) throw Failure(code);
        return raw.sqlite3_changes(_database);
    }

    public override RowCursor Query(string sql, params ReadOnlySpan<object?> arguments) => new Cursor(this, Bind(sql, arguments));

    public override BulkWriter Bulk(string table, params ReadOnlySpan<string> columns)
    {
        var names = string.Join(", ", columns.ToArray());
        var places = string.Join(", ", Enumerable.Range(1, columns.Length).Select(i => "$" + i));
        return new Inserter(this, Prepare($"INSERT INTO {table} ({names}) VALUES ({places})"));
    }

    public override void Script(string sql)
    {
        var code = raw.sqlite3_exec(_database, sql.Replace("{int64}", "INTEGER", StringComparison.Ordinal).Replace("{bytes}", "BLOB", StringComparison.Ordinal).Replace("{clustered}", " WITHOUT ROWID", StringComparison.Ordinal).Replace("{by_window}", "", StringComparison.Ordinal));
        if (code != raw.SQLITE_OK) throw Failure(code);
    }

    public override bool Forget()
    {
        using var rows = Query("PRAGMA wal_checkpoint(TRUNCATE)");
        // The first column is 1 when a reader still stands on older pages.
        return rows.Read() && rows.Int(0) == 0;
    }

    public override bool DropsByOverwriting => true;

    public override bool TableExists(string table) => Scalar("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1", table) is not null;

    public override void HavePart(string table, long window)
    {
    }

    public override Problem? Damage() =>
        Text("PRAGMA integrity_check(1)") is { } said and not "ok" ? Problem.Of("platform.store.damaged", ("message", said.ReplaceLineEndings(" "))) : null;

    public override void Dispose()
    {
        if (_database.IsClosed) return;
        foreach (var statement in _statements.Values) raw.sqlite3_finalize(statement.Handle);
        _statements.Clear();
        raw.sqlite3_close_v2(_database);
        _database.Dispose();
    }

    private void Pragma(string pragma)
    {
        var code = raw.sqlite3_exec(_database, "PRAGMA " + pragma);
        if (code != raw.SQLITE_OK) throw Failure(code);
    }

    private Prepared Prepare(string sql)
    {
        if (_statements.TryGetValue(sql, out var known)) return known;
        var code = raw.sqlite3_prepare_v2(_database, sql, out var handle);
        if (code != raw.SQLITE_OK) throw Failure(code, sql);
        var count = raw.sqlite3_bind_parameter_count(handle);
        var order = new int[count];
        for (var i = 0; i < count; i++) order[i] = raw.sqlite3_bind_parameter_index(handle, "$" + (i + 1).ToString(System.Globalization.CultureInfo.InvariantCulture));
        return _statements[sql] = new Prepared(handle, order);
    }

    private Prepared Bind(string sql, ReadOnlySpan<object?> arguments)
    {
        var statement = Prepare(sql);
        if (statement.Order.Length != arguments.Length) throw new ArgumentException($"{arguments.Length} values for {statement.Order.Length} parameters: {sql}");
        raw.sqlite3_reset(statement.Handle);
        for (var i = 0; i < arguments.Length; i++)
        {
            var place = statement.Order[i];
            _ = arguments[i] switch
            {
                null => raw.sqlite3_bind_null(statement.Handle, place),
                long number => raw.sqlite3_bind_int64(statement.Handle, place, number),
                int number => raw.sqlite3_bind_int64(statement.Handle, place, number),
                string text => raw.sqlite3_bind_text(statement.Handle, place, text),
                byte[] bytes => raw.sqlite3_bind_blob(statement.Handle, place, bytes),
                Guid id => raw.sqlite3_bind_blob(statement.Handle, place, id.ToByteArray(bigEndian: true)),
                var other => throw new ArgumentException($"A value of type {other.GetType().Name} cannot be stored"),
            };
        }

        return statement;
    }

    private StoreFailure Failure(int code, string? sql = null)
    {
        var primary = code & 0xff;
        var reason = primary switch
        {
            raw.SQLITE_FULL => "platform.store.disk-full",
            raw.SQLITE_IOERR => "platform.store.device-error",
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => "platform.store.damaged",
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "platform.store.busy",
            raw.SQLITE_CANTOPEN => "platform.store.cannot-open",
            raw.SQLITE_READONLY => "platform.store.read-only",
            _ => "platform.store.failed",
        };
        var message = _database is null ? raw.sqlite3_errstr(code).utf8_to_string() : raw.sqlite3_errmsg(_database).utf8_to_string();
        if (sql is not null) message += " in: " + sql;
        return new StoreFailure(Problem.Of(reason, ("engine", "SQLite"), ("code", code), ("message", message))) { ConnectionLost = primary == raw.SQLITE_IOERR };
    }

    private sealed record Prepared(sqlite3_stmt Handle, int[] Order);

    private sealed class Cursor(SqliteSession session, Prepared statement) : RowCursor
    {
        public override bool Read()
        {
            var code = raw.sqlite3_step(statement.Handle);
            if (code == raw.SQLITE_ROW) return true;
            raw.sqlite3_reset(statement.Handle);
            return code == raw.SQLITE_DONE ? false : throw session.Failure(code);
        }

        public override bool IsNull(int column) => raw.sqlite3_column_type(statement.Handle, column) == raw.SQLITE_NULL;

        public override long Int(int column) => raw.sqlite3_column_int64(statement.Handle, column);

        public override string Text(int column) => raw.sqlite3_column_text(statement.Handle, column).utf8_to_string();

        public override ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(statement.Handle, column);

        public override void Dispose() => raw.sqlite3_reset(statement.Handle);
    }

    private sealed class Inserter(SqliteSession session, Prepared statement) : BulkWriter
    {
        private int _column;

        public override void Write(long value) => raw.sqlite3_bind_int64(statement.Handle, ++_column, value);

        public override void Write(ReadOnlySpan<byte> value) => raw.sqlite3_bind_blob(statement.Handle, ++_column, value);

        public override void Write(string value)
        {
            Span<byte> buffer = stackalloc byte[64];
            if (Encoding.UTF8.TryGetBytes(value, buffer, out var length)) raw.sqlite3_bind_text(statement.Handle, ++_column, buffer[..length]);
            else raw.sqlite3_bind_text(statement.Handle, ++_column, value);
        }

        public override void WriteNull() => raw.sqlite3_bind_null(statement.Handle, ++_column);

        public override void EndRow()
        {
            _column = 0;
            var code = raw.sqlite3_step(statement.Handle);
            raw.sqlite3_reset(statement.Handle);
            if (code != raw.SQLITE_DONE) throw session.Failure(code);
        }

        public override void Complete()
        {
        }

        public override void Dispose() => raw.sqlite3_reset(statement.Handle);
    }
}
