using System.Globalization;
using System.Text;

namespace Escala.Programmes.Facts;

/// <summary>What a field that is not empty says: a number, a day, a word, under a <see cref="Layout"/> and the words of the system that wrote it.</summary>
internal sealed class FieldValues(Layout layout, SourceWords? source)
{
    /// <summary>1 for yes, 0 for no, −1 for what ends it, NaN for what is none of them.</summary>
    public static double Flag(ReadOnlySpan<byte> field, FactDefinition fact)
    {
        if (fact.Separator is not { } separator || field.IndexOf((byte)separator) < 0) return FlagOfWord(field, fact);
        // Of several answers one that says yes is a yes; one that cannot be read is told.
        var best = double.NegativeInfinity;
        foreach (var part in field.Split((byte)separator))
        {
            if (field[part].IsEmpty) continue;
            var said = FlagOfWord(field[part], fact);
            if (double.IsNaN(said)) return said;
            if (SaysMore(said, best)) best = said;
        }

        return double.IsNegativeInfinity(best) ? double.NaN : best;
    }

    private static double FlagOfWord(ReadOnlySpan<byte> field, FactDefinition fact)
    {
        if (fact.ClearedBy is { } clears && IsWord(field, clears)) return -1;
        if (fact.YesWords.Count == 0) return field is [(byte)'1'] ? 1 : field is [(byte)'0'] ? 0 : double.NaN;
        foreach (var word in fact.YesWords)
        {
            if (IsWord(field, word)) return 1;
        }

        foreach (var word in fact.StoppedWords)
        {
            if (IsWord(field, word)) return -1;
        }

        foreach (var word in fact.NoWords)
        {
            if (IsWord(field, word)) return 0;
        }

        return fact.ElseNo ? 0 : double.NaN;
    }

    /// <summary>Of several answers a yes says most, and a word that clears more than a no, which says nothing.</summary>
    public static bool SaysMore(double said, double before) => before switch { > 0 => false, < 0 when double.IsFinite(before) => said > 0, 0 => said != 0, _ => true };

    /// <summary>Which category the field names, NaN for none.</summary>
    public static double Category(ReadOnlySpan<byte> field, FactDefinition fact)
    {
        for (var i = 0; i < fact.Categories.Count; i++)
        {
            foreach (var word in fact.Categories[i].Words)
            {
                if (IsWord(field, word)) return i;
            }
        }

        return double.NaN;
    }

    public static bool IsWord(ReadOnlySpan<byte> field, string word) =>
        Ascii.EqualsIgnoreCase(field, word) || (!Ascii.IsValid(word) && string.Equals(Encoding.UTF8.GetString(field), word, StringComparison.OrdinalIgnoreCase));

    /// <summary>A number, with what stands before it; NaN when it is none.</summary>
    public double Quantity(ReadOnlySpan<byte> field, out double qualifier)
    {
        qualifier = (double)Qualifier.Exact;
        // Spaces say nothing: "N D", "< 40", "1 000".
        Span<byte> close = stackalloc byte[field.Length <= 64 ? field.Length : 0];
        if (close.Length > 0 && field.Contains((byte)' '))
        {
            var length = 0;
            foreach (var letter in field)
            {
                if (letter != ' ') close[length++] = letter;
            }

            return Quantity(close[..length], out qualifier);
        }

        if (field.Length == 2 && Ascii.EqualsIgnoreCase(field, "ND"u8))
        {
            qualifier = (double)Qualifier.NotDetected;
            return 0;
        }

        if (field[0] is (byte)'<' or (byte)'>')
        {
            qualifier = (double)(field[0] == '<' ? Qualifier.Below : Qualifier.Above);
            field = field[1..];
        }

        return Number(field);
    }

    /// <summary>NaN when it is not a number under the layout's decimal mark.</summary>
    public double Number(ReadOnlySpan<byte> field)
    {
        long whole = 0, scale = 1;
        int digits = 0, at = 0;
        var negative = field is [(byte)'-', ..];
        if (negative) at++;
        var fraction = false;
        for (; at < field.Length; at++)
        {
            var letter = field[at];
            if (letter is >= (byte)'0' and <= (byte)'9')
            {
                if (++digits > 15) return double.NaN;
                whole = (whole * 10) + letter - '0';
                if (fraction) scale *= 10;
            }
            else if (letter == layout.DecimalMark && !fraction && digits > 0)
            {
                fraction = true;
            }
            else
            {
                return double.NaN;
            }
        }

        if (digits == 0 || (fraction && scale == 1)) return double.NaN;
        return (negative ? -whole : whole) / (double)scale;
    }

    /// <summary>A day, or the day on which a moment falls where the programme is; false when it is neither.</summary>
    public bool IsDate(ReadOnlySpan<byte> field, out int day)
    {
        day = 0;
        // A midnight that a spreadsheet added says nothing.
        if (field.Length == 19 && field[10] is (byte)' ' or (byte)'T' && field[11..].SequenceEqual("00:00:00"u8)) field = field[..10];
        ReadOnlySpan<byte> time = default;
        if (source is not null && field.IndexOfAny((byte)' ', (byte)'T') is > 0 and var end)
        {
            time = field[(end + 1)..];
            field = field[..end];
        }

        int a, b, c;
        if (field.Length == 10 && field[4] == '-' && field[7] == '-')
        {
            if (!Digits(field[..4], out a) || !Digits(field[5..7], out b) || !Digits(field[8..], out c)) return false;
        }
        else
        {
            if (layout.Dates == DateOrder.Iso) return false;
            var first = field.IndexOfAny((byte)'/', (byte)'-', (byte)'.');
            var rest = first < 0 ? -1 : field[(first + 1)..].IndexOf(field[first]);
            if (rest < 0) return false;
            var second = first + 1 + rest;
            if (!Digits(field[..first], out c) || !Digits(field[(first + 1)..second], out b) || field.Length - second != 5 || !Digits(field[(second + 1)..], out a)) return false;
            if (layout.Dates == DateOrder.MonthDayYear) (b, c) = (c, b);
        }

        if (a is < 1900 or > 2100 || b is < 1 or > 12 || c < 1 || c > DateTime.DaysInMonth(a, b)) return false;
        day = new DateOnly(a, b, c).DayNumber;
        return time.IsEmpty || ShiftByTime(time, ref day);
    }

    /// <summary>The day on which a moment falls where the programme is.</summary>
    private bool ShiftByTime(ReadOnlySpan<byte> time, ref int day)
    {
        var text = $"{DateOnly.FromDayNumber(day):yyyy-MM-dd}T{Encoding.UTF8.GetString(time)}";
        // An offset after a space is CommCare's "2025-03-14 08:15:00 +0200", and UTC may be a word.
        text = text.Replace(" UTC", "Z", StringComparison.OrdinalIgnoreCase).Replace(" ", "", StringComparison.Ordinal);
        if (!DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var moment)) return false;
        var utc = moment.Kind switch
        {
            DateTimeKind.Unspecified when source!.Zone is { } skipping && skipping.IsInvalidTime(moment) => moment.AddHours(1),
            DateTimeKind.Unspecified when source!.Zone is { } zone => TimeZoneInfo.ConvertTimeToUtc(moment, zone),
            DateTimeKind.Unspecified => (DateTime?)null,
            _ => moment.ToUniversalTime(),
        };
        if (utc is { } instant) day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(instant, source!.Local)).DayNumber;
        return true;
    }

    private static bool Digits(ReadOnlySpan<byte> field, out int value) =>
        int.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out value) && field.Length <= 4;
}
