using System.Text;
using Escala.Platform.Problems;
using Escala.Programmes;
using Escala.Programmes.Facts;

namespace Escala.Capture.Registers;

/// <summary>Where the rows of a file stand.</summary>
/// <param name="Sheet">Of a workbook; null for the first.</param>
/// <param name="Header">The row of the column names, from 1.</param>
internal readonly record struct TablePlace(string? Sheet, int Header)
{
    public static readonly TablePlace First = new(null, 1);
}

/// <summary>The first rows of a sheet, or of a CSV file, whose name is null.</summary>
internal sealed record SheetHead(string? Name, IReadOnlyList<IReadOnlyList<string>> Rows);

/// <summary>The first rows of each sheet of a file: where its columns are named is found in them, without unpacking the rest.</summary>
internal sealed class FileHead
{
    private FileHead(IReadOnlyList<SheetHead> sheets) => Sheets = sheets;

    public IReadOnlyList<SheetHead> Sheets { get; }

    public static Result<FileHead> Of(string path, char? delimiter)
    {
        if (!File.Exists(path)) return Problem.Of("capture.file.missing", ("file", path));
        if (!FlatFile.IsZip(path)) return OfText(() => FlatFile.OpenBytes(path), delimiter);
        var sheets = Spreadsheet.Heads(path, Mapping.MostHeader);
        return sheets.TryGet(out var heads) ? new FileHead(heads) : Result<FileHead>.Refused(sheets.Problems);
    }

    public static FileHead OfText(Func<Stream> open, char? delimiter) => new([new SheetHead(null, LinesOf(open, delimiter))]);

    /// <summary>The first place at which all of the columns are named; null for none.</summary>
    /// <param name="columns">In any case of letters.</param>
    /// <param name="sheet">That alone; null for any. A CSV file has no name of a sheet.</param>
    /// <param name="header">That row, if they stand there.</param>
    public TablePlace? With(IReadOnlyCollection<string> columns, string? sheet = null, int? header = null)
    {
        foreach (var head in Sheets.Where(s => sheet is null || s.Name is null || string.Equals(s.Name, sheet, StringComparison.OrdinalIgnoreCase)))
        {
            var rows = Enumerable.Range(1, head.Rows.Count).Where(row => columns.All(c => head.Rows[row - 1].Contains(c, StringComparer.OrdinalIgnoreCase))).ToList();
            if (rows.Count > 0) return PlaceOf(head, header is { } said && rows.Contains(said) ? said : rows[0]);
        }

        return null;
    }

    /// <summary>
    /// The mapping of rows by which the file is read, null for the programme's own register, and where. Either is found by its telling columns on whichever sheet
    /// and row they stand; what is on an earlier sheet goes before what is on a later.
    /// </summary>
    public Result<(Mapping? Mapping, TablePlace Place)> TableOf(Programme programme, Told told)
    {
        if (told.Mapping is { } name)
        {
            if (programme.Mappings.FirstOrDefault(m => m.Name == name) is not { } named) return Problem.Of("programmes.mapping.unknown", ("mapping", name), ("known", string.Join(", ", programme.Mappings.Select(m => m.Name))));
            return (named, PlaceOf(named.Recognised, named.Sheet, named.Header));
        }

        var own = With(OwnColumns(programme));
        var fit = programme.Mappings.Select(m => (Mapping: m, Place: With(m.Recognised, m.Sheet, m.Header))).Where(m => m.Place is not null).ToList();
        var first = fit.Select(m => IndexOf(m.Place!.Value)).DefaultIfEmpty(int.MaxValue).Min();
        if (fit.Count == 0 || (own is { } before && IndexOf(before) < first)) return (null, own ?? TablePlace.First);
        fit.RemoveAll(m => IndexOf(m.Place!.Value) > first);
        return fit.Count == 1 ? (fit[0].Mapping, fit[0].Place!.Value) : Problem.Of("capture.mapping.several", ("mappings", string.Join(", ", fit.Select(m => m.Mapping.Name))));
    }

    /// <summary>The mapping of counts by which the file is read; null for a file of rows. Counts on a later sheet are not read before rows on the first.</summary>
    public TallyMapping? TalliesOf(Programme programme, Told told)
    {
        if (told.Mapping is { } name) return programme.Tallies.FirstOrDefault(t => t.Name == name);
        if (programme.Tallies.FirstOrDefault(t => With(t.Recognised, t.Sheet, t.Header) is not null) is not { } tally) return null;
        if (IndexOf(With(tally.Recognised, tally.Sheet, tally.Header)!.Value) == 0) return tally;
        return TableOf(programme, told) is { IsOk: true, Value: (null, var place) } && With(OwnColumns(programme)) != place ? tally : null;
    }

    /// <summary>Where a mapping that was named reads: what was exported from the inbox has neither its source's sheet nor its titles.</summary>
    public TablePlace PlaceOf(IReadOnlyCollection<string> columns, string? sheet, int? header) => With(columns, sheet, header) ?? With(columns) ?? new TablePlace(sheet, header ?? 1);

    public TablePlace PlaceOf(SheetHead sheet, int header) => new(sheet == Sheets[0] ? null : sheet.Name, header);

    /// <summary>Columns without which no row of the programme's own register can be taken.</summary>
    public static IReadOnlyList<string> OwnColumns(Programme programme) => [programme.Register.PersonColumn, programme.Register.FacilityColumn, programme.Register.DateColumn];

    private int IndexOf(TablePlace place) => place.Sheet is null ? 0 : Sheets.TakeWhile(s => s.Name != place.Sheet).Count();

    private static List<IReadOnlyList<string>> LinesOf(Func<Stream> open, char? told)
    {
        using var records = new CsvRecords(open(), (byte)'\n');
        var rest = records.Peek();
        var lines = new List<IReadOnlyList<string>>();
        while (!rest.IsEmpty && lines.Count < Mapping.MostHeader)
        {
            var end = rest.IndexOf((byte)'\n') is var found and >= 0 ? found : rest.Length;
            lines.Add(FieldsOf(rest[..end].TrimEnd((byte)'\r'), told));
            rest = rest[Math.Min(end + 1, rest.Length)..];
        }

        return lines;
    }

    /// <summary>None of a line that cannot be read: what is wrong with it is told where it is read for its rows.</summary>
    private static IReadOnlyList<string> FieldsOf(ReadOnlySpan<byte> line, char? told)
    {
        if (line.IsEmpty || line.Contains((byte)0) || !System.Text.Unicode.Utf8.IsValid(line)) return [];
        if ((told ?? LayoutDetection.DelimiterOf(line)) is not { } delimiter) return [Encoding.UTF8.GetString(line)];
        var record = new CsvRecord((byte)delimiter);
        return record.Fill(line) ? [.. Enumerable.Range(0, record.Count).Select(i => Encoding.UTF8.GetString(record[i]))] : [];
    }
}
