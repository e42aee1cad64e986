using System.Text;
using Escala.Capture.Registers;
using Escala.Platform.Problems;
using Escala.Programmes.Facts;

namespace Escala.Capture.Proposals;

/// <summary>The first rows of a file of whatever system: its columns and what stands in them.</summary>
internal sealed record SourceHead(string File, int Rows, IReadOnlyList<SourceColumn> Columns)
{
    private const int MostRows = 1_000, MostFields = 400_000;

    /// <summary>The column of that name, whatever its case.</summary>
    public SourceColumn? this[string name] => Columns.FirstOrDefault(c => string.Equals(c.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Of a workbook: further sheets with rows.</summary>
    public IReadOnlyList<string> OtherSheets { get; private init; } = [];

    public static Result<SourceHead> Read(string path, char? delimiter, TablePlace place)
    {
        var opened = FlatFile.Of(path, place);
        if (!opened.TryGet(out var flat)) return Result<SourceHead>.Refused(RegisterFile.InFile(opened.Problems, path));
        using (flat)
        {
            var header = LayoutDetection.Header(flat.Open, delimiter);
            if (!header.TryGet(out var head)) return Result<SourceHead>.Refused(RegisterFile.InFile(header.Problems, path));
            if (head.Columns.GroupBy(c => c, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { } twice) return Problem.Of("programmes.register.column-twice", ("column", twice.Key), ("file", Path.GetFileName(path)));
            using var records = new CsvRecords(flat.Open(), (byte)head.Delimiter);
            return Read(Path.GetFileName(path), records, head.Columns) with { OtherSheets = flat.OtherSheets };
        }
    }

    private static SourceHead Read(string file, CsvRecords records, List<string> columns)
    {
        var values = columns.Select(_ => new List<string>()).ToList();
        records.Read();
        var rows = 0;
        while (rows < Math.Min(MostRows, 1 + (MostFields / columns.Count)) && records.Read())
        {
            if (records.Fault is not null) continue;
            rows++;
            for (var i = 0; i < columns.Count; i++) values[i].Add(Encoding.UTF8.GetString(records.Fields[i]));
        }

        return new SourceHead(file, rows, [.. columns.Select((c, i) => new SourceColumn(c, values[i]))]);
    }
}

/// <summary>A column with the fields of the rows that were looked at.</summary>
internal sealed class SourceColumn
{
    private const int MostWords = 12, LongestWord = 30;

    private static readonly string[] s_missing = ["---", "--", "-", ".", "NA", "N/A", "NULL", "None", "nan"];

    public SourceColumn(string name, IReadOnlyList<string> values)
    {
        Name = name;
        Missing = [.. values.Where(v => s_missing.Contains(v, StringComparer.OrdinalIgnoreCase)).Distinct(StringComparer.Ordinal)];
        Filled = [.. values.Where(v => v.Length > 0 && !Missing.Contains(v))];
        var words = Filled.Distinct(StringComparer.OrdinalIgnoreCase).Take(MostWords + 1).ToList();
        Words = words.Count is > 0 and <= MostWords && words.All(w => w.Length <= LongestWord) ? words : [];
        IsOnePerRow = values.Count > 1 && Filled.Count == values.Count && Filled.Distinct(StringComparer.Ordinal).Count() == values.Count;
    }

    public string Name { get; }

    /// <summary>Fields in which something was recorded.</summary>
    public IReadOnlyList<string> Filled { get; }

    /// <summary>What stands where nothing was recorded, other than nothing.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>Its few different words; none where there are many, or long ones: those may be about somebody.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>Each row has a value of its own.</summary>
    public bool IsOnePerRow { get; }

    /// <summary>Share of the filled fields that fit, 0 … 1; 1 where none is filled.</summary>
    public double Fit(Func<string, bool> fits) => Filled.Count == 0 ? 1 : Filled.Count(fits) / (double)Filled.Count;
}
