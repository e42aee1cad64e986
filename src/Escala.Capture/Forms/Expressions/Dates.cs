using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Escala.Platform.Texts;

namespace Escala.Capture.Forms.Expressions;

/// <summary>
/// Dates as texts (<c>2026-03-01</c>, <c>2026-03-01T08:30:00.000+02:00</c>, <c>08:30</c>) and as days since 1970-01-01 at the device's clock.
/// Integers alone, so that app and server agree to the last bit.
/// </summary>
internal static partial class Dates
{
    private const double DayMilliseconds = 86_400_000;

    private static readonly string[] s_pt = ["jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez"];
    private static readonly string[] s_es = ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"];
    private static readonly string[] s_en = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    private static readonly string[] s_ptDays = ["dom", "seg", "ter", "qua", "qui", "sex", "sáb"];
    private static readonly string[] s_esDays = ["dom", "lun", "mar", "mié", "jue", "vie", "sáb"];
    private static readonly string[] s_enDays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

    [GeneratedRegex(@"\A(?<1>[0-9]{4})-(?<2>[0-9]{2})-(?<3>[0-9]{2})(T(?<4>.+))?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DatePattern { get; }

    [GeneratedRegex(@"\A(?<1>[0-9]{2}):(?<2>[0-9]{2})(:(?<3>[0-9]{2})(\.(?<4>[0-9]{1,9}))?)?((?<5>Z)|(?<6>[+-])(?<7>[0-9]{2}):?(?<8>[0-9]{2})?)?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TimePattern { get; }

    /// <summary>NaN where it is no date.</summary>
    public static double Days(string text, int offset)
    {
        if (DatePattern.Match(text) is not { Success: true } date || Civil(date) is not { } days) return double.NaN;
        if (!date.Groups[4].Success) return days;
        return Time(date.Groups[4].Value, offset) is { } milliseconds ? ((days * DayMilliseconds) + milliseconds) / DayMilliseconds : double.NaN;
    }

    public static bool IsDate(string text) => text.Length == 10 && !double.IsNaN(Days(text, 0));

    public static bool IsDateTime(string text) => text.Length > 10 && !double.IsNaN(Days(text, 0));

    public static bool IsTime(string text) => Time(text, 0) is not null;

    /// <summary>The share of the day that has passed; NaN where it is no time.</summary>
    public static double DayShare(string text, int offset) => Time(text, offset) is { } milliseconds ? milliseconds / DayMilliseconds : double.NaN;

    /// <summary>The date that a number of days is; nothing outside the years 1 to 9999.</summary>
    public static string Date(double days) => Parts(Math.Floor(days) * DayMilliseconds) is { } p ? Text(p) : "";

    public static string DateTime(double days, int offset)
    {
        if (Parts(Math.Round(days * DayMilliseconds, MidpointRounding.ToPositiveInfinity)) is not { } p) return "";
        var sign = offset < 0 ? '-' : '+';
        return string.Create(CultureInfo.InvariantCulture, $"{Text(p)}T{p.Hour:00}:{p.Minute:00}:{p.Second:00}.{p.Millisecond:000}{sign}{Math.Abs(offset) / 60:00}:{Math.Abs(offset) % 60:00}");
    }

    /// <summary>Minutes ahead of UTC that the end of a date with time says; none where it says none.</summary>
    public static int Offset(string dateTime) =>
        DatePattern.Match(dateTime) is { Success: true } date && TimePattern.Match(date.Groups[4].Value) is { Success: true } time ? Offset(time) ?? 0 : 0;

    /// <summary>The date in the marks of ODK: %Y %y %m %n %b %d %e %a, and %H %h %M %S %3 of the time.</summary>
    public static string Format(double days, string format, Language language)
    {
        if (double.IsNaN(days) || Parts(Math.Round(days * DayMilliseconds, MidpointRounding.ToPositiveInfinity)) is not { } p) return "";
        var (months, weekdays) = language switch { Language.Pt => (s_pt, s_ptDays), Language.Es => (s_es, s_esDays), _ => (s_en, s_enDays) };
        var text = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }

            i++;
            text.Append(format[i] switch
            {
                'Y' => Digits(p.Year, 4),
                'y' => Digits(p.Year % 100, 2),
                'm' => Digits(p.Month, 2),
                'n' => Digits(p.Month, 1),
                'b' => months[p.Month - 1],
                'd' => Digits(p.Day, 2),
                'e' => Digits(p.Day, 1),
                'a' => weekdays[p.Weekday],
                'H' => Digits(p.Hour, 2),
                'h' => Digits(p.Hour, 1),
                'M' => Digits(p.Minute, 2),
                'S' => Digits(p.Second, 2),
                '3' => Digits(p.Millisecond, 3),
                _ => "%" + format[i],
            });
        }

        return text.ToString();
    }

    private readonly record struct Moment(int Year, int Month, int Day, int Hour, int Minute, int Second, int Millisecond, int Weekday);

    private static string Digits(int number, int least) => number.ToString(CultureInfo.InvariantCulture).PadLeft(least, '0');

    private static string Text(Moment p) => Digits(p.Year, 4) + "-" + Digits(p.Month, 2) + "-" + Digits(p.Day, 2);

    private static double? Civil(Match date)
    {
        var (year, month, day) = (Number(date, 1), Number(date, 2), Number(date, 3));
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > System.DateTime.DaysInMonth(year, month)) return null;
        return new DateOnly(year, month, day).DayNumber - DateOnly.FromDateTime(System.DateTime.UnixEpoch).DayNumber;
    }

    // Milliseconds of the day at the device's clock.
    private static double? Time(string text, int offset)
    {
        if (TimePattern.Match(text) is not { Success: true } time) return null;
        var (hour, minute, second) = (Number(time, 1), Number(time, 2), Number(time, 3));
        if (hour > 23 || minute > 59 || second > 59) return null;
        var fraction = time.Groups[4].Success ? time.Groups[4].Value.PadRight(3, '0')[..3] : "0";
        var minutes = (hour * 60) + minute + (Offset(time) is { } told ? offset - told : 0);
        return (((minutes * 60.0) + second) * 1000) + int.Parse(fraction, CultureInfo.InvariantCulture);
    }

    private static int? Offset(Match time)
    {
        if (time.Groups[5].Success) return 0;
        if (!time.Groups[6].Success) return null;
        var minutes = (Number(time, 7) * 60) + Number(time, 8);
        return time.Groups[6].Value == "-" ? -minutes : minutes;
    }

    private static int Number(Match match, int group) => match.Groups[group].Success ? int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture) : 0;

    private static Moment? Parts(double milliseconds)
    {
        var days = Math.Floor(milliseconds / DayMilliseconds);
        var number = days + DateOnly.FromDateTime(System.DateTime.UnixEpoch).DayNumber;
        if (!(number >= DateOnly.MinValue.DayNumber && number <= DateOnly.MaxValue.DayNumber)) return null;
        var date = DateOnly.FromDayNumber((int)number);
        var rest = (int)(milliseconds - (days * DayMilliseconds));
        return new Moment(date.Year, date.Month, date.Day, rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60, rest % 1000, (int)date.DayOfWeek);
    }
}
