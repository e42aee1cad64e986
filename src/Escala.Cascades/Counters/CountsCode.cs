namespace Escala.Cascades.Counters;

/// <summary>
/// The bytes of one facility and window: people, queries, rows by day, every measure's totals, then the strata that are not empty. Totals
/// stand first because a trend or a grid of facilities asks for nothing else.
/// </summary>
internal static class CountsCode
{
    public static byte[] Encode(Counts counts)
    {
        var shape = counts.Shape;
        var cells = counts.Cells;
        // One way to say that nobody wrote a row, or who took the last one back would differ from who never had it.
        var days = counts.Rows == 0 ? [] : counts.RowsByDay;
        var buffer = new byte[16 + (5 * (days.Length + 4 + (shape.Measures * 3))) + (10 * cells.Length)];
        var at = 0;
        Put(buffer, ref at, counts.People);
        Put(buffer, ref at, counts.Queried);
        Put(buffer, ref at, counts.UnknownBirthDate);
        Put(buffer, ref at, days.Length);
        foreach (var rows in days) Put(buffer, ref at, rows);
        for (var measure = 0; measure < shape.Measures; measure++)
        {
            for (var kind = CountKind.Denominator; kind <= CountKind.Missing; kind++) Put(buffer, ref at, counts.Total(measure, kind));
        }

        var last = -1;
        for (var i = 0; i < cells.Length; i++)
        {
            if (cells[i] == 0) continue;
            Put(buffer, ref at, i - last);
            Put(buffer, ref at, cells[i]);
            last = i;
        }

        return buffer.AsSpan(0, at).ToArray();
    }

    public static Counts Decode(CountsShape shape, ReadOnlySpan<byte> content)
    {
        var at = 0;
        var (people, queried, unknown) = (Get(content, ref at), Get(content, ref at), Get(content, ref at));
        var days = new int[Get(content, ref at)];
        for (var i = 0; i < days.Length; i++) days[i] = Get(content, ref at);
        var totals = new int[shape.Measures * 3];
        for (var i = 0; i < totals.Length; i++) totals[i] = Get(content, ref at);
        return new Counts(shape, totals, content[at..].ToArray()) { People = people, Queried = queried, UnknownBirthDate = unknown, RowsByDay = days };
    }

    public static int[] DecodeCells(CountsShape shape, ReadOnlySpan<byte> strata)
    {
        var cells = new int[shape.Cells];
        int at = 0, cell = -1;
        while (at < strata.Length)
        {
            cell += Get(strata, ref at);
            cells[cell] = Get(strata, ref at);
        }

        return cells;
    }

    /// <summary>The totals alone, measure after measure: denominator, numerator, missing.</summary>
    public static void DecodeTotals(CountsShape shape, ReadOnlySpan<byte> content, Span<int> totals)
    {
        var at = 0;
        for (var i = 0; i < 3; i++) Get(content, ref at);
        var days = Get(content, ref at);
        for (var i = 0; i < days; i++) Get(content, ref at);
        for (var i = 0; i < shape.Measures * 3; i++) totals[i] = Get(content, ref at);
    }

    private static void Put(Span<byte> to, ref int at, int number)
    {
        if (number < 0) throw new ArgumentOutOfRangeException(nameof(number), "A count is never below zero");
        var value = (uint)number;
        while (value >= 0x80)
        {
            to[at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        to[at++] = (byte)value;
    }

    private static int Get(ReadOnlySpan<byte> from, ref int at)
    {
        var value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = from[at++];
            value |= (b & 0x7f) << shift;
            if (b < 0x80) return value;
        }
    }
}
