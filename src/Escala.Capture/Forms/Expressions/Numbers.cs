using System.Globalization;
using System.Text;

namespace Escala.Capture.Forms.Expressions;

/// <summary>Numbers as XPath 1.0 reads and writes them, and dates as ODK lets them stand for days.</summary>
internal static class Numbers
{
    private const int LongestNumber = 400;

    /// <summary>
    /// Digits with at most one point and a minus sign before them, spaces around; a date is its days since 1970-01-01, a date with time the
    /// days at the device's clock. Anything else, and nothing, is NaN.
    /// </summary>
    /// <param name="offset">Minutes by which the device's clock is ahead of UTC.</param>
    public static double Of(string text, int offset)
    {
        var trimmed = text.AsSpan().Trim(" \t\r\n");
        if (trimmed.Length is 0 or > LongestNumber) return double.NaN;
        return IsNumber(trimmed)
            ? double.Parse(trimmed, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture)
            : Dates.Days(trimmed.ToString(), offset);
    }

    /// <summary>An integer without a point, anything else with as few digits as give it back, never with an exponent.</summary>
    public static string Text(double number)
    {
        if (double.IsNaN(number)) return "NaN";
        if (double.IsInfinity(number)) return number > 0 ? "Infinity" : "-Infinity";
        if (number == 0) return "0";
        var shortest = number.ToString("R", CultureInfo.InvariantCulture);
        var exponent = shortest.IndexOf('E', StringComparison.Ordinal);
        return exponent < 0 ? shortest : Shifted(shortest[..exponent], int.Parse(shortest[(exponent + 1)..], CultureInfo.InvariantCulture));
    }

    /// <summary>To the nearest multiple of 10^-places, halves upwards; the number is taken as it is written in decimals.</summary>
    public static double Round(double number, double places)
    {
        if (double.IsNaN(places)) return double.NaN;
        if (!double.IsFinite(number)) return number;
        var shift = (int)Math.Clamp(Math.Truncate(places), -300, 300);
        if (shift == 0) return Half(number);
        var shifted = Scaled(number, shift);
        return double.IsFinite(shifted) ? Scaled(Half(shifted), -shift) : number;
    }

    private static double Half(double number) => number is < 0 and >= -0.5 ? -0.0 : Math.Floor(number) + (number - Math.Floor(number) >= 0.5 ? 1 : 0);

    private static double Scaled(double number, int shift) =>
        double.Parse(Text(number) + "E" + shift.ToString(CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture);

    private static bool IsNumber(ReadOnlySpan<char> text)
    {
        if (text[0] == '-') text = text[1..];
        var point = text.IndexOf('.');
        var whole = point < 0 ? text : text[..point];
        var decimals = point < 0 ? default : text[(point + 1)..];
        return whole.Length + decimals.Length > 0 && whole.IndexOfAnyExceptInRange('0', '9') < 0 && decimals.IndexOfAnyExceptInRange('0', '9') < 0;
    }

    private static string Shifted(string mantissa, int exponent)
    {
        var sign = mantissa[0] == '-' ? "-" : "";
        var digits = mantissa.TrimStart('-').Replace(".", "", StringComparison.Ordinal);
        var point = 1 + exponent;
        var text = new StringBuilder(sign);
        if (point <= 0) return text.Append("0.").Append('0', -point).Append(digits).ToString();
        if (point >= digits.Length) return text.Append(digits).Append('0', point - digits.Length).ToString();
        return text.Append(digits, 0, point).Append('.').Append(digits, point, digits.Length - point).ToString();
    }
}
