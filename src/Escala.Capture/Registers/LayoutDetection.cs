using System.Globalization;
using System.Text;
using Escala.Platform.Problems;
using Escala.Programmes.Facts;

namespace Escala.Capture.Registers;

/// <summary>
/// Finds how a file is laid out, or says what must be told. A date such as 03/04/2025 is never guessed: some date of the file must show
/// which part is the day, and none may contradict it.
/// </summary>
internal static class LayoutDetection
{
    public static Result<Layout> Find(Func<Stream> open, Register register, Told told)
    {
        using var file = new CsvRecords(open(), (byte)'\n');
        var head = file.Peek();
        if (head.IsEmpty) return Problem.Of("capture.file.empty");
        if (head[..Math.Min(head.Length, 4096)].Contains((byte)0)) return Problem.Of("capture.file.not-text");
        var firstLine = head[..(head.IndexOf((byte)'\n') is var end and >= 0 ? end : head.Length)];
        if (!System.Text.Unicode.Utf8.IsValid(firstLine)) return Problem.Of("capture.file.encoding");
        if ((told.Delimiter ?? DelimiterOf(firstLine)) is not { } delimiter) return Problem.Of("capture.layout.delimiter");
        var header = new CsvRecord((byte)delimiter);
        if (!header.Fill(firstLine.TrimEnd((byte)'\r'))) return Problem.Of("capture.file.header");
        var columns = Enumerable.Range(0, header.Count).Select(i => Encoding.UTF8.GetString(header[i])).ToList();
        // Trailing delimiters of a spreadsheet make columns without name or content.
        while (columns.Count > 0 && columns[^1].Length == 0) columns.RemoveAt(columns.Count - 1);
        var layout = new Layout(delimiter, told.DecimalMark ?? '.', told.Dates ?? DateOrder.Iso, columns);
        if (told.DecimalMark is not null && told.Dates is not null) return layout;
        return Look(open, register, layout, told);
    }

    private static char? DelimiterOf(ReadOnlySpan<byte> line)
    {
        (char Delimiter, int Count)[] counts = [(',', line.Count((byte)',')), (';', line.Count((byte)';')), ('\t', line.Count((byte)'\t'))];
        Array.Sort(counts, (a, b) => b.Count.CompareTo(a.Count));
        return counts[0].Count > counts[1].Count ? counts[0].Delimiter : null;
    }

    private static Result<Layout> Look(Func<Stream> open, Register register, Layout layout, Told told)
    {
        var dates = Columns(layout, [register.DateColumn, .. register.Facts.Where(f => f.Type == FactType.Date).SelectMany(f => f.Columns)]);
        var numbers = Columns(layout, [.. register.Facts.Where(f => f.Type is FactType.Number or FactType.Pair or FactType.Quantity).SelectMany(f => f.Columns)]);
        using var file = new CsvRecords(open(), (byte)layout.Delimiter);
        file.Read();
        bool dayFirst = false, monthFirst = false, undecided = false, comma = false, point = false;
        for (var rows = 0; file.Read(); rows++)
        {
            if (file.Fault is not null) continue;
            foreach (var column in dates) LookAtDate(file.Fields[column], ref dayFirst, ref monthFirst, ref undecided);
            if (rows < 10_000)
            {
                foreach (var column in numbers)
                {
                    comma |= file.Fields[column].Contains((byte)',');
                    point |= file.Fields[column].Contains((byte)'.');
                }
            }

            // ISO dates settle nothing more; others are read until one shows the order.
            if (rows >= 10_000 && ((dayFirst != monthFirst) || !undecided)) break;
        }

        if (told.Dates is null && dayFirst && monthFirst) return Problem.Of("capture.layout.dates-contradict");
        if (told.Dates is null && undecided && !dayFirst && !monthFirst) return Problem.Of("capture.layout.dates-undecided");
        if (told.DecimalMark is null && comma && point) return Problem.Of("capture.layout.decimal-mark");
        return layout with
        {
            Dates = told.Dates ?? (dayFirst ? DateOrder.DayMonthYear : monthFirst ? DateOrder.MonthDayYear : DateOrder.Iso),
            DecimalMark = told.DecimalMark ?? (comma ? ',' : '.'),
        };
    }

    private static int[] Columns(Layout layout, IEnumerable<string> names)
    {
        var wanted = names.ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. Enumerable.Range(0, layout.Columns.Count).Where(i => wanted.Contains(layout.Columns[i]))];
    }

    private static void LookAtDate(ReadOnlySpan<byte> field, ref bool dayFirst, ref bool monthFirst, ref bool undecided)
    {
        var mark = field.IndexOfAny((byte)'/', (byte)'.', (byte)'-');
        // Four digits first are ISO, or nothing.
        if (mark is not (1 or 2)) return;
        var second = field[(mark + 1)..].IndexOf(field[mark]);
        if (second is not (1 or 2)) return;
        if (!int.TryParse(field[..mark], NumberStyles.None, CultureInfo.InvariantCulture, out var a)
            || !int.TryParse(field.Slice(mark + 1, second), NumberStyles.None, CultureInfo.InvariantCulture, out var b)) return;
        if (a > 12 && b <= 12) dayFirst = true;
        else if (b > 12 && a <= 12) monthFirst = true;
        else undecided = true;
    }
}
