using System.Globalization;
using Escala.Platform.Problems;

namespace Escala.Platform.Storage;

/// <summary>
/// One connection to a store, used by one thread at a time. SQL is the subset that SQLite and PostgreSQL share, parameters are
/// <c>$1, $2 …</c>; values are long, string, byte[], <see cref="Guid"/> (16 bytes, big-endian) or null.
/// </summary>
public abstract class Session : IDisposable
{
    /// <summary>Few sizes, so that each statement is prepared once.</summary>
    private static readonly int[] s_valuesAStatement = [1, 4, 16, 64];

    public abstract void Begin();

    public abstract void Commit();

    /// <summary>Does nothing outside a transaction.</summary>
    public abstract void Rollback();

    /// <summary>
    /// Changes what is stored. Within a transaction an engine behind a network may take it with whatever is asked next, at the latest with the commit: then what it refuses comes to light there.
    /// </summary>
    public abstract void Execute(string sql, params ReadOnlySpan<object?> arguments);

    /// <summary>The same at once; gives the number of rows changed.</summary>
    public abstract long Change(string sql, params ReadOnlySpan<object?> arguments);

    /// <summary>Rows of a query, read once and forwards; dispose before the next statement of the same text.</summary>
    public abstract RowCursor Query(string sql, params ReadOnlySpan<object?> arguments);

    /// <summary>The fastest way in for many rows.</summary>
    public abstract BulkWriter Bulk(string table, params ReadOnlySpan<string> columns);

    /// <summary>Runs a script of statements, with the engine's words in place of <c>{int64}</c>, <c>{bytes}</c>, <c>{clustered}</c> and <c>{by_window}</c>.</summary>
    public abstract void Script(string sql);

    /// <summary>What was deleted or overwritten leaves the disk too, as far as the engine can see to it; false while readers stand in the way.</summary>
    public abstract bool Forget();

    public abstract bool TableExists(string table);

    /// <summary>A table of gigabytes takes its time to drop, because each of its pages is overwritten; otherwise its files just go.</summary>
    public abstract bool DropsByOverwriting { get; }

    /// <summary>Before rows of a window are written to a table that is <c>{by_window}</c>: its part for them exists from then on, where the engine has parts.</summary>
    public abstract void HavePart(string table, long window);

    /// <summary>The first damage that the engine finds in its own pages and indexes; null when it finds none, or keeps watch by itself.</summary>
    public abstract Problem? Damage();

    public abstract void Dispose();

    public long? Scalar(string sql, params ReadOnlySpan<object?> arguments)
    {
        using var rows = Query(sql, arguments);
        return rows.Read() && !rows.IsNull(0) ? rows.Int(0) : null;
    }

    public string? Text(string sql, params ReadOnlySpan<object?> arguments)
    {
        using var rows = Query(sql, arguments);
        return rows.Read() && !rows.IsNull(0) ? rows.Text(0) : null;
    }

    /// <summary>
    /// The rows of a query over many values, a statement for up to 64 of them: <c>{values}</c> in it stands for the list. Over a network each statement costs more than its rows.
    /// </summary>
    /// <param name="sql">As in <c>… WHERE window = $1 AND facility IN {values}</c>.</param>
    /// <param name="values">Distinct, and not null.</param>
    /// <param name="read">Called at each row.</param>
    /// <param name="before">The arguments before the list.</param>
    public void QueryEach<T>(string sql, IReadOnlyList<T> values, Action<RowCursor> read, params ReadOnlySpan<object?> before)
    {
        for (var from = 0; from < values.Count; from += s_valuesAStatement[^1])
        {
            var count = Math.Min(values.Count - from, s_valuesAStatement[^1]);
            var size = Array.Find(s_valuesAStatement, s => s >= count);
            var arguments = new object?[before.Length + size];
            before.CopyTo(arguments);
            // The last value again where there are fewer than places.
            for (var i = 0; i < size; i++) arguments[before.Length + i] = values[from + Math.Min(i, count - 1)];
            var first = before.Length + 1;
            var places = string.Join(", ", Enumerable.Range(first, size).Select(n => string.Create(CultureInfo.InvariantCulture, $"${n}")));
            using var rows = Query(sql.Replace("{values}", $"({places})", StringComparison.Ordinal), arguments);
            while (rows.Read()) read(rows);
        }
    }

    /// <summary>Runs the work in a transaction of its own; an exception rolls back.</summary>
    public void InTransaction(Action work)
    {
        Begin();
        try
        {
            work();
            Commit();
        }
        catch
        {
            Rollback();
            throw;
        }
    }
}

/// <summary>A row at a time; spans are valid until the next <see cref="Read"/>.</summary>
public abstract class RowCursor : IDisposable
{
    public abstract bool Read();

    public abstract bool IsNull(int column);

    public abstract long Int(int column);

    public abstract string Text(int column);

    public abstract ReadOnlySpan<byte> Bytes(int column);

    public Guid Guid(int column) => new(Bytes(column), bigEndian: true);

    public abstract void Dispose();
}

/// <summary>Writes rows column after column.</summary>
public abstract class BulkWriter : IDisposable
{
    public abstract void Write(long value);

    public abstract void Write(ReadOnlySpan<byte> value);

    public abstract void Write(string value);

    public abstract void WriteNull();

    public abstract void EndRow();

    /// <summary>Without it the rows of a bulk are not kept.</summary>
    public abstract void Complete();

    public abstract void Dispose();

    public void Write(Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        Write(bytes);
    }
}
