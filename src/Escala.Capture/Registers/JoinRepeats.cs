using System.Globalization;
using System.Text;
using Escala.Platform.Problems;
using Escala.Programmes.Facts;

namespace Escala.Capture.Registers;

/// <summary>
/// Joins the rows of repeats, which lie on sheets or in files of their own, to the rows that they belong to. A row keeps its line; rows of a repeat
/// that belong to none come behind the last, so that they are refused and kept like any row.
/// </summary>
internal static class JoinRepeats
{
    /// <summary>Rows of a repeat that one row may have.</summary>
    private const int MostRows = 200;

    /// <summary>The joined file, or the file itself where it was joined before (rows of the inbox are).</summary>
    public static Result<FlatFile> Run(string path, FlatFile main, char? delimiter, IReadOnlyList<Repeat> repeats)
    {
        var header = LayoutDetection.Header(main.Open, delimiter);
        if (!header.TryGet(out var head)) return Result<FlatFile>.Refused(header.Problems);
        if (repeats.Any(r => head.Columns.Any(c => c.StartsWith(r.Name + ".1.", StringComparison.OrdinalIgnoreCase)))) return main;
        var groups = new List<RepeatRows>();
        foreach (var repeat in repeats)
        {
            var of = head.Columns.FindIndex(c => string.Equals(c, repeat.Of, StringComparison.OrdinalIgnoreCase));
            if (of < 0) return Problem.Of("programmes.register.column-missing", ("column", repeat.Of), ("columns", string.Join(", ", head.Columns)));
            var read = RepeatRows.Read(repeat.File is null ? path : FileOf(path, repeat), repeat, of, delimiter);
            if (!read.TryGet(out var rows)) return Result<FlatFile>.Refused(read.Problems);
            if (rows.Largest > MostRows) return Problem.Of("capture.repeat.too-many", ("source", repeat.Source), ("row", rows.LineOfLargest), ("most", MostRows));
            groups.Add(rows);
        }

        // Told before a byte is written: each row of the joined file is as wide as the largest of all.
        var joined = groups.SelectMany(g => g.JoinedColumns()).ToList();
        if (head.Columns.Count + joined.Count > LayoutDetection.MostColumns || head.Columns.Concat(joined).Sum(c => 1 + Encoding.UTF8.GetByteCount(Inbox.ExportInbox.Quoted(c, head.Delimiter))) > LayoutDetection.LongestHeader)
        {
            var widest = groups.MaxBy(g => g.Width)!;
            return Problem.Of("capture.repeat.too-wide", ("source", widest.Source), ("row", widest.LineOfLargest), ("rows", widest.Largest), ("columns", head.Columns.Count + joined.Count), ("most", LayoutDetection.MostColumns));
        }

        var target = Path.Combine(Path.GetTempPath(), "escala-" + Path.GetRandomFileName());
        var written = false;
        try
        {
            using var writer = new StreamWriter(Spreadsheet.OpenPrivate(target), new UTF8Encoding(false));
            using var records = new CsvRecords(main.Open(), (byte)head.Delimiter);
            Write(writer, records, head.Delimiter, head.Columns.Count, groups);
            writer.Flush();
            written = true;
        }
        finally
        {
            // Of a full disk no patient's rows stay behind.
            if (!written) File.Delete(target);
        }

        return FlatFile.Made(target, main.OtherSheets);
    }

    /// <summary>The file of a repeat, beside the file that it belongs to.</summary>
    public static string FileOf(string path, Repeat repeat) =>
        Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, repeat.File!.Replace("*", Path.GetFileNameWithoutExtension(path), StringComparison.Ordinal));

    /// <summary>A column of a second or later row of a repeat, of which a file may have none.</summary>
    public static bool IsFurtherRow(Mapping mapping, string column) => mapping.Repeats.Any(r => column.StartsWith(r.Name + ".", StringComparison.Ordinal) && !column.StartsWith(r.Column(1, ""), StringComparison.Ordinal));

    /// <summary>A column of a later row that facts are read from: what is said of the first row's goes for it.</summary>
    public static bool IsLaterRow(Mapping mapping, string column) => mapping.Repeats.Any(r => Enumerable.Range(2, r.Most - 1).Any(row => column.StartsWith(r.Column(row, ""), StringComparison.Ordinal)));

    /// <summary>A column that joining made, and not the source.</summary>
    public static bool IsOurs(Mapping mapping, string column) => mapping.Repeats.Any(r => column == r.OrphanColumn || (column.StartsWith(r.Name + ".", StringComparison.Ordinal) && column.EndsWith("." + r.Key, StringComparison.OrdinalIgnoreCase)));

    private static void Write(StreamWriter writer, CsvRecords records, char delimiter, int columns, List<RepeatRows> groups)
    {
        records.Read();
        var line = 1;
        WriteRow(Enumerable.Range(0, columns).Select(i => Encoding.UTF8.GetString(records.Fields[i])), groups.SelectMany(g => g.JoinedColumns()));
        while (records.Read())
        {
            // Lines stay what the user sees.
            for (; line < records.Line; line++) writer.Write('\n');
            if (records.Fault is not null)
            {
                writer.Flush();
                writer.BaseStream.Write(records.Raw);
                // Of a line without end only the head is there: a zero byte sees to it that nothing is read from it.
                if (records.Fault == "too-long") writer.BaseStream.WriteByte(0);
                writer.Write('\n');
                line += 1 + records.Raw.Count((byte)'\n');
                continue;
            }

            var fields = records.Fields;
            var row = Enumerable.Range(0, Math.Max(columns, fields.Count)).Select(i => Encoding.UTF8.GetString(fields[i])).ToList();
            // Empty fields behind the last column are a spreadsheet's.
            while (row.Count > columns && row[^1].Length == 0) row.RemoveAt(row.Count - 1);
            WriteRow(row, groups.SelectMany(g => g.Take(row[g.Of])));
        }

        foreach (var (i, group) in groups.Index())
        {
            foreach (var orphan in group.Orphans())
                WriteRow(Enumerable.Repeat("", columns), groups.SelectMany((g, j) => j == i ? orphan : Enumerable.Repeat("", g.Width)));
        }

        void WriteRow(IEnumerable<string> own, IEnumerable<string> joined)
        {
            var text = string.Join(delimiter, own.Concat(joined).Select(f => Inbox.ExportInbox.Quoted(f, delimiter)));
            writer.Write(text);
            writer.Write('\n');
            line += 1 + text.Count(c => c == '\n');
        }
    }
}

/// <summary>The rows of one repeat by the row that they belong to.</summary>
internal sealed class RepeatRows
{
    private readonly Repeat _repeat;
    private readonly List<string> _columns;
    private readonly int _key;
    private readonly Dictionary<string, List<(string[] Fields, int Line, double Order)>> _rows = new(StringComparer.Ordinal);
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private List<(string[] Fields, int Line, double Order)> _largest = [];

    private RepeatRows(Repeat repeat, int of, List<string> columns, int key) => (_repeat, Of, _columns, _key) = (repeat, of, columns, key);

    /// <summary>Index of the column of the main rows that a repeat's key names.</summary>
    public int Of { get; }

    /// <summary>The sheet or file of the rows.</summary>
    public string Source => _repeat.Source;

    /// <summary>Most rows that belong together. Those without a key belong to none, nor to each other.</summary>
    public int Largest => _largest.Count;

    /// <summary>Line of the first of them; 0 where there are none.</summary>
    public int LineOfLargest => _largest.Select(r => r.Line).DefaultIfEmpty().Min();

    /// <summary>Fields that a row gets.</summary>
    public int Width => (Math.Max(1, Largest) * _columns.Count) + 1;

    public static Result<RepeatRows> Read(string path, Repeat repeat, int of, char? delimiter)
    {
        var opened = FlatFile.Of(path, new TablePlace(repeat.Sheet, 1));
        if (!opened.TryGet(out var flat)) return Result<RepeatRows>.Refused(RegisterFile.InFile(opened.Problems, path));
        using (flat)
        {
            var header = LayoutDetection.Header(flat.Open, delimiter);
            if (!header.TryGet(out var head)) return Result<RepeatRows>.Refused(RegisterFile.InFile(header.Problems, path));
            int At(string? name) => head.Columns.FindIndex(c => string.Equals(c, name, StringComparison.OrdinalIgnoreCase));
            if (At(repeat.Key) is not (>= 0 and var key)) return Problem.Of("capture.repeat.key", ("source", repeat.Source), ("column", repeat.Key), ("columns", string.Join(", ", head.Columns)));
            var rows = new RepeatRows(repeat, of, head.Columns, key);
            using var records = new CsvRecords(flat.Open(), (byte)head.Delimiter);
            return rows.Read(records, At(repeat.Order)) is { } problem ? problem : rows;
        }
    }

    public IEnumerable<string> JoinedColumns() =>
        Enumerable.Range(1, Math.Max(1, Largest)).SelectMany(row => _columns.Select(c => _repeat.Column(row, c))).Append(_repeat.OrphanColumn);

    /// <summary>Fields of the rows that belong to a row, as many as there are columns.</summary>
    public IEnumerable<string> Take(string key)
    {
        if (key.Length == 0 || !_rows.TryGetValue(key, out var rows)) return Fill([], "");
        _taken.Add(key);
        return Fill(rows.SelectMany(r => r.Fields), "");
    }

    /// <summary>Rows that belong to none, each as the first of its own.</summary>
    public IEnumerable<IEnumerable<string>> Orphans() =>
        _rows.Where(r => !_taken.Contains(r.Key)).SelectMany(r => r.Value).OrderBy(r => r.Line).Select(r => Fill(r.Fields, r.Line.ToString(CultureInfo.InvariantCulture)));

    private IEnumerable<string> Fill(IEnumerable<string> fields, string line)
    {
        var count = 0;
        foreach (var field in fields)
        {
            count++;
            yield return field;
        }

        for (; count < Width - 1; count++) yield return "";
        yield return line;
    }

    private Problem? Read(CsvRecords records, int order)
    {
        records.Read();
        while (records.Read())
        {
            if (records.Fault is not null || Enumerable.Range(_columns.Count, Math.Max(0, records.Fields.Count - _columns.Count)).Any(i => !records.Fields[i].IsEmpty))
                return Problem.Of("capture.repeat.unsplit", ("source", _repeat.Source), ("line", records.Line));
            // A line break would move the lines of all rows behind.
            var fields = Enumerable.Range(0, _columns.Count).Select(i => Encoding.UTF8.GetString(records.Fields[i]).ReplaceLineEndings(" ")).ToArray();
            if (fields.All(f => f.Length == 0)) continue;
            var place = order >= 0 && double.TryParse(fields[order], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.MaxValue;
            if (!_rows.TryGetValue(fields[_key], out var rows)) _rows[fields[_key]] = rows = [];
            rows.Add((fields, records.Line, place));
        }

        _largest = _rows.Where(r => r.Key.Length > 0).Select(r => r.Value).MaxBy(r => r.Count) ?? [];
        if (order >= 0)
        {
            foreach (var key in _rows.Keys.ToList()) _rows[key] = [.. _rows[key].OrderBy(r => r.Order).ThenBy(r => r.Line)];
        }

        return null;
    }
}
