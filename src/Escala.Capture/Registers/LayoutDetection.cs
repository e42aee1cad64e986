using System.Globalization;
using System.Text;
using Escala.Platform.Problems;
using Escala.Programmes;
using Escala.Programmes.Facts;

namespace Escala.Capture.Registers;

/// <summary>
/// Finds how a file is laid out, or says what must be told. A date such as 03/04/2025 is never guessed: some date of the file must show
/// which part is the day, and none may contradict it; so with 12,500.
/// </summary>
internal static class LayoutDetection
{
    /// <summary>Bytes of the first line, and columns that it may name: no register comes near.</summary>
    public const int LongestHeader = 1 << 16, MostColumns = Spreadsheet.MostColumns;

    /// <param name="open">The file, its column names on the first line that is not empty.</param>
    /// <param name="programme">Whose register, or mapping, it is of.</param>
    /// <param name="told">What is not to be found.</param>
    /// <param name="mapping">Null for the programme's own register.</param>
    public static Result<Layout> Find(Func<Stream> open, Programme programme, Told told, Mapping? mapping)
    {
        var header = Header(open, told.Delimiter);
        if (!header.TryGet(out var head)) return Result<Layout>.Refused(header.Problems);
        var layout = new Layout(head.Delimiter, told.DecimalMark ?? '.', told.Dates ?? DateOrder.Iso, head.Columns) { Mapping = mapping?.Name };
        // Looked at are the days of all parts.
        var register = mapping?.Register ?? programme.Register;
        // What a mapping says of its source's files need not be found in each of them.
        told = told with { DecimalMark = told.DecimalMark ?? register.Source?.DecimalMark, Dates = told.Dates ?? register.Source?.Dates };
        if (told is { DecimalMark: { } mark, Dates: { } dates }) return layout with { DecimalMark = mark, Dates = dates };
        return Look(open, register, layout, told);
    }

    /// <summary>The delimiter and the columns of a file's first line that is not empty.</summary>
    public static Result<(char Delimiter, List<string> Columns)> Header(Func<Stream> open, char? told)
    {
        using var file = new CsvRecords(open(), (byte)'\n');
        var head = file.Peek();
        head = head.TrimStart("\r\n"u8);
        if (head.IsEmpty) return Problem.Of("capture.file.empty");
        var firstLine = head[..(head.IndexOf((byte)'\n') is var end and >= 0 ? end : head.Length)];
        if (firstLine.Contains((byte)0)) return Problem.Of("capture.file.not-text");
        if (firstLine.Length >= LongestHeader) return Problem.Of("capture.file.header-too-long", ("most", LongestHeader));
        if (!System.Text.Unicode.Utf8.IsValid(firstLine)) return Problem.Of("capture.file.encoding");
        if ((told ?? DelimiterOf(firstLine)) is not { } delimiter) return Problem.Of("capture.layout.delimiter");
        var header = new CsvRecord((byte)delimiter);
        if (!header.Fill(firstLine.TrimEnd((byte)'\r'))) return Problem.Of("capture.file.header");
        var columns = Enumerable.Range(0, header.Count).Select(i => Encoding.UTF8.GetString(header[i])).ToList();
        // Trailing delimiters of a spreadsheet make columns without name or content.
        while (columns.Count > 0 && columns[^1].Length == 0) columns.RemoveAt(columns.Count - 1);
        if (columns.Count > MostColumns) return Problem.Of("capture.file.too-wide", ("columns", columns.Count), ("most", MostColumns));
        return (delimiter, columns);
    }

    /// <summary>The delimiter of which a line has most; null where there is none such.</summary>
    public static char? DelimiterOf(ReadOnlySpan<byte> line)
    {
        (char Delimiter, int Count)[] counts = [(',', line.Count((byte)',')), (';', line.Count((byte)';')), ('\t', line.Count((byte)'\t'))];
        Array.Sort(counts, (a, b) => b.Count.CompareTo(a.Count));
        return counts[0].Count > counts[1].Count ? counts[0].Delimiter : null;
    }

    private static Result<Layout> Look(Func<Stream> open, Register register, Layout layout, Told told)
    {
        var dates = Columns(layout, [register.DateColumn, .. register.Facts.Select(f => f.On).OfType<string>(), .. register.Facts.Where(f => f.Type == FactType.Date).SelectMany(f => f.Columns)]);
        var numbers = Columns(layout, [.. register.Facts.Where(f => f.Type is FactType.Number or FactType.Pair or FactType.Quantity).SelectMany(f => f.Columns)]);
        using var file = new CsvRecords(open(), (byte)layout.Delimiter);
        file.Read();
        var (order, mark) = (new Evidence(), new Evidence());
        for (var rows = 0; file.Read(); rows++)
        {
            if (file.Fault is not null) continue;
            foreach (var column in dates) order.Add(LookAtDate(file.Fields[column]), file.Line, layout.Columns[column]);
            if (rows < 10_000)
            {
                foreach (var column in numbers) mark.Add(LookAtNumber(file.Fields[column]), file.Line, layout.Columns[column]);
            }

            // ISO dates settle nothing more; others are read to the end, for one may contradict.
            if (rows >= 10_000 && order is { One: null, Other: null, Undecided: null }) break;
        }

        if (told.Dates is null && order.Missing("capture.layout.dates-contradict", "capture.layout.dates-undecided") is { } dateProblem) return dateProblem;
        // A number with the mark that few have cannot be read under the other: its row is refused, and the rest goes in.
        if (told.DecimalMark is null && mark.Ones == mark.Others && mark.Missing("capture.layout.decimal-mark", "capture.layout.decimal-undecided") is { } markProblem) return markProblem;
        return layout with
        {
            Dates = told.Dates ?? (order.One is not null ? DateOrder.DayMonthYear : order.Other is not null ? DateOrder.MonthDayYear : DateOrder.Iso),
            DecimalMark = told.DecimalMark ?? (mark.Ones > mark.Others ? ',' : '.'),
        };
    }

    private static int[] Columns(Layout layout, IEnumerable<string> names)
    {
        var wanted = names.ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. Enumerable.Range(0, layout.Columns.Count).Where(i => wanted.Contains(layout.Columns[i]))];
    }

    /// <summary>One: the day comes first. Other: the month does.</summary>
    private static Shows LookAtDate(ReadOnlySpan<byte> field)
    {
        var mark = field.IndexOfAny((byte)'/', (byte)'.', (byte)'-');
        // Four digits first are ISO, or nothing.
        if (mark is not (1 or 2)) return Shows.Nothing;
        var second = field[(mark + 1)..].IndexOf(field[mark]);
        if (second is not (1 or 2)) return Shows.Nothing;
        if (!int.TryParse(field[..mark], NumberStyles.None, CultureInfo.InvariantCulture, out var a)
            || !int.TryParse(field.Slice(mark + 1, second), NumberStyles.None, CultureInfo.InvariantCulture, out var b)) return Shows.Nothing;
        // No date in either order: its row will be refused, and shows nothing of the others.
        if (a > 12 && b > 12) return Shows.Nothing;
        return a > 12 ? Shows.One : b > 12 ? Shows.Other : Shows.Undecided;
    }

    /// <summary>One: a decimal comma. Other: a decimal point. 12,500 may be twelve and a half or twelve thousand five hundred: it shows neither.</summary>
    private static Shows LookAtNumber(ReadOnlySpan<byte> field)
    {
        var mark = field.IndexOfAny((byte)',', (byte)'.');
        if (mark < 0) return Shows.Nothing;
        var digits = field[..mark].TrimStart("<>- "u8).Length;
        if (field.Length - mark - 1 == 3 && digits is >= 1 and <= 3) return Shows.Undecided;
        return field[mark] == ',' ? Shows.One : Shows.Other;
    }

    private enum Shows
    {
        Nothing,
        Undecided,
        One,
        Other,
    }

    /// <summary>Where each of two ways of writing was first met, and where something that could be either.</summary>
    private sealed class Evidence
    {
        public long Ones { get; private set; }

        public long Others { get; private set; }

        public (int Line, string Column)? One { get; private set; }

        public (int Line, string Column)? Other { get; private set; }

        public (int Line, string Column)? Undecided { get; private set; }

        public void Add(Shows shows, int line, string column)
        {
            if (shows == Shows.One)
            {
                Ones++;
                One ??= (line, column);
            }
            else if (shows == Shows.Other)
            {
                Others++;
                Other ??= (line, column);
            }
            else if (shows == Shows.Undecided) Undecided ??= (line, column);
        }

        public Problem? Missing(string contradicts, string undecided)
        {
            if (One is { } one && Other is { } other)
            {
                return Problem.Of(contradicts, ("line", one.Line), ("column", one.Column), ("otherLine", other.Line), ("otherColumn", other.Column));
            }

            return Undecided is { } place && One is null && Other is null ? Problem.Of(undecided, ("line", place.Line), ("column", place.Column)) : null;
        }
    }
}
