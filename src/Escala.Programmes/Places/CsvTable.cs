using System.Globalization;
using System.Text;
using Escala.Platform.Problems;
using Escala.Programmes.Facts;
using Escala.Programmes.Packages;

namespace Escala.Programmes.Places;

/// <summary>
/// A small CSV table with a header of known columns, comma or semicolon. Like <see cref="NodeReader"/> it tells all that is wrong, each with
/// line, column and remedy, and gives null for what cannot be read.
/// </summary>
internal sealed class CsvTable(string file, byte[] bytes, IReadOnlyList<string> required, IReadOnlyList<string> optional)
{
    private const string CodePrefix = "programmes.csv.";

    /// <summary>A file of another kind is wrong on every line; nobody reads more than this.</summary>
    private const int MostProblems = 200;

    private readonly List<Problem> _problems = [];
    private readonly Dictionary<string, int> _columns = new(StringComparer.Ordinal);
    private CsvRecords _records = null!;

    public IReadOnlyList<Problem> Problems => _problems;

    /// <summary>Line of the current row.</summary>
    public int Line => _records.Line;

    /// <summary>The line of each row, one after the other; nothing where the header cannot be read.</summary>
    public IEnumerable<int> Rows()
    {
        if (Delimiter() is not { } delimiter) yield break;
        using var records = new CsvRecords(new MemoryStream(bytes), delimiter);
        _records = records;
        if (!records.Read() || !ReadHeader(records.Fields)) yield break;
        while (_problems.Count < MostProblems && records.Read())
        {
            if (records.Fault is { } fault) Refuse(fault, "", "");
            else if (Excess(records.Fields) is { } excess) Refuse("too-many-fields", "", excess);
            else yield return records.Line;
        }

        if (_problems.Count >= MostProblems) Refuse("more", "", "", ("most", MostProblems));
    }

    public void Refuse(string reason, string column, string name, params (string Key, object? Value)[] details) =>
        Refuse(CodePrefix + reason, Line, column, name, details);

    public void Refuse(string code, int line, string column, string name, params (string Key, object? Value)[] details) =>
        _problems.Add(Problem.Of(code, [("file", file), ("line", line), ("column", column), ("name", name), .. details]));

    /// <summary>Null where nothing is written.</summary>
    public string? Text(string column)
    {
        if (!_columns.TryGetValue(column, out var index)) return null;
        var field = _records.Fields[index];
        return field.IsEmpty ? null : Encoding.UTF8.GetString(field);
    }

    public string? Needed(string column)
    {
        if (Text(column) is { } text) return text;
        Refuse("value-missing", column, "");
        return null;
    }

    public DateOnly? Date(string column)
    {
        if (Text(column) is not { } text) return null;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)) return date;
        Refuse("date-expected", column, text);
        return null;
    }

    /// <summary>A number with a decimal point or comma; nothing here is large enough for a mark of thousands.</summary>
    public double? Number(string column, double least, double most)
    {
        if (Text(column) is not { } text) return null;
        var point = text.Contains('.', StringComparison.Ordinal) ? text : text.Replace(',', '.');
        if (double.TryParse(point, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most) return number;
        Refuse("number-expected", column, text, ("least", least), ("most", most));
        return null;
    }

    private byte? Delimiter()
    {
        var header = bytes.AsSpan();
        var lineEnd = header.IndexOf((byte)'\n');
        if (lineEnd >= 0) header = header[..lineEnd];
        var (commas, semicolons) = (header.Contains((byte)','), header.Contains((byte)';'));
        if (commas != semicolons) return (byte)(commas ? ',' : ';');
        Refuse(CodePrefix + "header-expected", 1, "", "", ("known", string.Join(',', required)));
        return null;
    }

    private bool ReadHeader(CsvRecord header)
    {
        if (_records.Fault is { } fault)
        {
            Refuse(fault, "", "");
            return false;
        }

        List<string> known = [.. required, .. optional];
        for (var i = 0; i < header.Count; i++)
        {
            var column = Encoding.UTF8.GetString(header[i]);
            if (!known.Contains(column)) Refuse("column-unknown", column, column, ("nearest", Nearest.To(column, known)), ("known", string.Join(", ", known)));
            else if (!_columns.TryAdd(column, i)) Refuse("column-twice", column, column);
        }

        foreach (var column in required.Where(c => !_columns.ContainsKey(c))) Refuse("column-missing", column, column);
        return _problems.Count == 0;
    }

    /// <summary>What stands behind the last column of the header.</summary>
    private string? Excess(CsvRecord row)
    {
        for (var i = _columns.Count; i < row.Count; i++)
        {
            if (!row[i].IsEmpty) return Encoding.UTF8.GetString(row[i]);
        }

        return null;
    }
}
