using System.Globalization;
using Escala.Platform.Problems;
using Npgsql;
using NpgsqlTypes;

namespace Escala.Platform.Storage;

/// <summary>PostgreSQL 15 and later, through Npgsql; statements are prepared once a connection.</summary>
internal sealed class PostgresSession : Session
{
    /// <summary>Thirty years of months.</summary>
    private const int MostParts = 360;

    private const int MostWaiting = 256;

    private readonly NpgsqlConnection _connection;
    private readonly Dictionary<string, NpgsqlCommand> _commands = new(StringComparer.Ordinal);
    private readonly System.Data.IsolationLevel _isolation;
    private readonly HashSet<(string Table, long Window)> _parts = [];
    private readonly List<NpgsqlBatchCommand> _waiting = [];
    private NpgsqlTransaction? _transaction;

    internal PostgresSession(NpgsqlDataSource source, bool writable)
    {
        // Who reads for long sees the store as of one instant, as SQLite's readers do.
        _isolation = writable ? System.Data.IsolationLevel.ReadCommitted : System.Data.IsolationLevel.RepeatableRead;
        try
        {
            _connection = source.OpenConnection();
        }
        catch (NpgsqlException e)
        {
            throw Failure(e);
        }
    }

    /// <summary>One writer a store: held as long as the connection lives.</summary>
    internal bool TryLock(long key) => Text("SELECT pg_try_advisory_lock($1)::text", key) == "true";

    public override void Begin() => _transaction = Guard(() => _connection.BeginTransaction(_isolation));

    public override void Commit()
    {
        Send();
        Guard(() => _transaction!.Commit());
        _transaction = null;
    }

    public override void Rollback()
    {
        var transaction = _transaction;
        _transaction = null;
        _waiting.Clear();
        _parts.Clear();
        try
        {
            transaction?.Rollback();
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            // The connection is gone, and the transaction with it.
        }
    }

    public override void Execute(string sql, params ReadOnlySpan<object?> arguments)
    {
        if (_transaction is null)
        {
            Change(sql, arguments);
            return;
        }

        var command = new NpgsqlBatchCommand(sql);
        Bind(command.Parameters, arguments);
        _waiting.Add(command);
        if (_waiting.Count >= MostWaiting) Send();
    }

    public override long Change(string sql, params ReadOnlySpan<object?> arguments)
    {
        Send();
        var command = Bind(sql, arguments);
        return Guard(() => command.ExecuteNonQuery());
    }

    /// <summary>With it goes whatever waits: one way there and back for all.</summary>
    public override RowCursor Query(string sql, params ReadOnlySpan<object?> arguments)
    {
        if (_waiting.Count == 0)
        {
            var command = Bind(sql, arguments);
            return new Cursor(Guard(() => command.ExecuteReader()));
        }

        var asked = new NpgsqlBatchCommand(sql);
        Bind(asked.Parameters, arguments);
        _waiting.Add(asked);
        var batch = Batch();
        return new Cursor(Guard(() => batch.ExecuteReader()));
    }

    public override BulkWriter Bulk(string table, params ReadOnlySpan<string> columns)
    {
        Send();
        var sql = $"COPY {table} ({string.Join(", ", columns.ToArray())}) FROM STDIN (FORMAT BINARY)";
        return new Importer(Guard(() => _connection.BeginBinaryImport(sql)));
    }

    public override void Script(string sql)
    {
        Send();
        using var command = new NpgsqlCommand(
            sql.Replace("{int64}", "BIGINT", StringComparison.Ordinal).Replace("{bytes}", "BYTEA", StringComparison.Ordinal).Replace("{clustered}", "", StringComparison.Ordinal)
                .Replace("{by_window}", " PARTITION BY LIST (window_number)", StringComparison.Ordinal), _connection, _transaction);
        Guard(() => command.ExecuteNonQuery());
    }

    public override bool Forget()
    {
        Script("VACUUM");
        return true;
    }

    public override bool DropsByOverwriting => false;

    public override bool TableExists(string table) => Text("SELECT to_regclass($1)::text", table) is not null;

    public override void HavePart(string table, long window)
    {
        if (!_parts.Add((table, window))) return;
        var part = string.Create(CultureInfo.InvariantCulture, $"{table}_w{(window < 0 ? "m" : "")}{Math.Abs(window)}");
        // A generation that an earlier version built is one piece until the next is built.
        if (TableExists(part) || Text("SELECT relkind::text FROM pg_class WHERE oid = to_regclass($1)", table) != "p") return;
        // Days of a century that somebody typed would be as many parts as months, and their locks more than a transaction can hold: the rest share one.
        var isFull = Scalar("SELECT count(*) FROM pg_inherits WHERE inhparent = to_regclass($1)", table) >= MostParts;
        if (isFull && TableExists(part = table + "_rest")) return;
        // Attached, not made as a part: readers of the table would hold up the writer.
        Script(string.Create(CultureInfo.InvariantCulture, $"CREATE TABLE {part} (LIKE {table} INCLUDING ALL); ALTER TABLE {table} ATTACH PARTITION {part} {(isFull ? "DEFAULT" : $"FOR VALUES IN ({window})")}"));
    }

    public override Problem? Damage() => null;

    public override void Dispose()
    {
        foreach (var command in _commands.Values) command.Dispose();
        _connection.Dispose();
    }

    private NpgsqlCommand Bind(string sql, ReadOnlySpan<object?> arguments)
    {
        if (!_commands.TryGetValue(sql, out var command)) _commands[sql] = command = new NpgsqlCommand(sql, _connection);
        command.Transaction = _transaction;
        command.Parameters.Clear();
        Bind(command.Parameters, arguments);
        return command;
    }

    private static void Bind(NpgsqlParameterCollection parameters, ReadOnlySpan<object?> arguments)
    {
        foreach (var argument in arguments)
        {
            parameters.Add(argument switch
            {
                null => new NpgsqlParameter { Value = DBNull.Value },
                long number => new NpgsqlParameter<long> { TypedValue = number },
                int number => new NpgsqlParameter<long> { TypedValue = number },
                string text => new NpgsqlParameter<string> { TypedValue = text },
                byte[] bytes => new NpgsqlParameter<byte[]> { TypedValue = bytes },
                Guid id => new NpgsqlParameter<byte[]> { TypedValue = id.ToByteArray(bigEndian: true) },
                _ => throw new ArgumentException($"A value of type {argument.GetType().Name} cannot be stored"),
            });
        }
    }

    private void Send()
    {
        if (_waiting.Count == 0) return;
        using var batch = Batch();
        Guard(() => batch.ExecuteNonQuery());
    }

    private NpgsqlBatch Batch()
    {
        var batch = new NpgsqlBatch(_connection, _transaction);
        foreach (var command in _waiting) batch.BatchCommands.Add(command);
        _waiting.Clear();
        return batch;
    }

    private static void Guard(Action work) => Guard<object?>(() =>
    {
        work();
        return null;
    });

    private static T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (NpgsqlException e)
        {
            throw Failure(e);
        }
    }

    private static StoreFailure Failure(NpgsqlException exception)
    {
        var state = exception.SqlState ?? "";
        var reason = state switch
        {
            "53100" => "platform.store.disk-full",
            "58030" => "platform.store.device-error",
            "XX001" or "XX002" => "platform.store.damaged",
            "55P03" or "40001" or "40P01" => "platform.store.busy",
            "" => "platform.store.cannot-open",
            _ => "platform.store.failed",
        };
        return new StoreFailure(Problem.Of(reason, ("engine", "PostgreSQL"), ("code", state), ("message", exception.Message)), exception)
        {
            ConnectionLost = state.Length == 0 || state.StartsWith("57P", StringComparison.Ordinal),
        };
    }

    private sealed class Cursor(NpgsqlDataReader reader) : RowCursor
    {
        public override bool Read() => Guard(reader.Read);

        public override bool IsNull(int column) => reader.IsDBNull(column);

        public override long Int(int column) => reader.GetFieldType(column) == typeof(long) ? reader.GetInt64(column) : Convert.ToInt64(reader.GetValue(column), CultureInfo.InvariantCulture);

        public override string Text(int column) => reader.GetString(column);

        public override ReadOnlySpan<byte> Bytes(int column) => reader.IsDBNull(column) ? default : reader.GetFieldValue<byte[]>(column);

        public override void Dispose() => reader.Dispose();
    }

    private sealed class Importer(NpgsqlBinaryImporter importer) : BulkWriter
    {
        private bool _rowStarted;

        public override void Write(long value)
        {
            Start();
            importer.Write(value, NpgsqlDbType.Bigint);
        }

        public override void Write(ReadOnlySpan<byte> value)
        {
            Start();
            importer.Write(value.ToArray(), NpgsqlDbType.Bytea);
        }

        public override void Write(string value)
        {
            Start();
            importer.Write(value, NpgsqlDbType.Text);
        }

        public override void WriteNull()
        {
            Start();
            importer.WriteNull();
        }

        public override void EndRow() => _rowStarted = false;

        public override void Complete() => Guard(() => importer.Complete());

        public override void Dispose() => importer.Dispose();

        private void Start()
        {
            if (_rowStarted) return;
            importer.StartRow();
            _rowStarted = true;
        }
    }
}
