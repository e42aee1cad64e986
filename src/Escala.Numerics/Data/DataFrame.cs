namespace Escala.Numerics.Data;

/// <summary>A rectangular data set: named columns of equal length. Immutable.</summary>
public sealed class DataFrame
{
    private readonly Dictionary<string, Column> _byName = new(StringComparer.Ordinal);

    /// <summary>Makes a frame of the given columns.</summary>
    /// <exception cref="ArgumentException">Columns differ in length, two share a name, or there is none.</exception>
    public DataFrame(params IEnumerable<Column> columns)
    {
        Columns = [.. columns];
        if (Columns.Count == 0) throw new UnfitInputException("numerics.data.no-column", "A data frame needs at least one column.");
        Rows = Columns[0].Count;
        foreach (var column in Columns)
        {
            if (column.Count != Rows)
                throw new UnfitInputException("numerics.data.rows", "Column '{column}' has {rows} rows and '{first}' has {firstRows}.", ("column", column.Name), ("rows", column.Count), ("first", Columns[0].Name), ("firstRows", Rows));
            if (!_byName.TryAdd(column.Name, column)) throw new UnfitInputException("numerics.data.name-twice", "Two columns are called '{column}'.", ("column", column.Name));
        }
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>The columns in their order.</summary>
    public IReadOnlyList<Column> Columns { get; }

    /// <summary>The column called <paramref name="name"/>.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those there are.</exception>
    public Column this[string name] => _byName.TryGetValue(name, out var column) ? column
        : throw new UnfitInputException("numerics.data.column", "There is no column '{column}'; the data have {columns}.", ("column", name), ("columns", string.Join(", ", Columns.Select(c => c.Name))));

    /// <summary>Whether a column is called <paramref name="name"/>.</summary>
    public bool Contains(string name) => _byName.ContainsKey(name);

    /// <summary>The same frame with one column put in place of the column of its name, or added last.</summary>
    public DataFrame With(Column column)
    {
        ArgumentNullException.ThrowIfNull(column);
        return Contains(column.Name) ? new DataFrame(Columns.Select(c => c.Name == column.Name ? column : c)) : new DataFrame(Columns.Append(column));
    }

    /// <summary>The rows of the given indices (0 to Rows − 1, repeats allowed) in that order.</summary>
    public DataFrame SelectRows(IReadOnlyList<int> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return new DataFrame(Columns.Select(Column (c) => c switch
        {
            NumericColumn n => new NumericColumn(n.Name, rows.Select(i => n.Values[i])),
            FactorColumn f => new FactorColumn(f.Name, [.. rows.Select(i => f.Codes[i])], f.LevelArray),
            _ => throw new InvalidOperationException("unknown kind of column"),
        }));
    }

    /// <summary>
    /// The same frame with <paramref name="name"/> as a factor whose levels have the given order (the first is the reference).
    /// </summary>
    /// <exception cref="ArgumentException">No such column, or a value is not among the levels.</exception>
    public DataFrame WithLevels(string name, params IEnumerable<string> levels)
    {
        var (codes, labels) = this[name].AsFactor();
        return With(new FactorColumn(name, codes.Select(c => c < 0 ? null : labels[c]), levels));
    }

    /// <summary>Reads comma-separated values (RFC 4180) with a header line. See <see cref="CsvFormat"/> for what counts as missing.</summary>
    /// <exception cref="UnfitInputException">The text is not such a table; the message names the line and column.</exception>
    public static DataFrame ReadCsv(TextReader text, CsvFormat? format = null) => new CsvTableReader(text, format ?? new CsvFormat()).Read();

    /// <summary>Reads a file of comma-separated values in UTF-8.</summary>
    /// <exception cref="UnfitInputException">The text is not such a table; the message names the line and column.</exception>
    public static DataFrame ReadCsv(string path, CsvFormat? format = null)
    {
        using var reader = new StreamReader(path, System.Text.Encoding.UTF8);
        return ReadCsv(reader, format);
    }
}
