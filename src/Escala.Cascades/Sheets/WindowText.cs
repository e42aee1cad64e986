using System.Globalization;
using System.Text.RegularExpressions;
using Escala.Platform.Problems;
using Escala.Programmes;

namespace Escala.Cascades.Sheets;

/// <summary>Reads windows as <see cref="Window.ToString"/> writes them: 2025-03, 2025-Q1, 2025-W09.</summary>
public static partial class WindowText
{
    public static string Example(WindowKind kind) => kind switch { WindowKind.Month => "2025-03", WindowKind.Quarter => "2025-Q1", _ => "2025-W09" };

    public static Result<Window> Parse(WindowKind kind, string text)
    {
        var match = Pattern().Match(text);
        var mark = kind switch { WindowKind.Month => "", WindowKind.Quarter => "Q", _ => "W" };
        if (match.Success && match.Groups["mark"].Value == mark)
        {
            var year = int.Parse(match.Groups["year"].ValueSpan, CultureInfo.InvariantCulture);
            var number = int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);
            var most = kind switch { WindowKind.Month => 12, WindowKind.Quarter => 4, _ => ISOWeek.GetWeeksInYear(Math.Max(year, 1)) };
            if (year is > 1 and < 9999 && number >= 1 && number <= most) return Window.Holding(kind, FirstDay(kind, year, number).DayNumber);
        }

        return Problem.Of("cascades.sheet.window", ("text", text), ("example", Example(kind)));
    }

    private static DateOnly FirstDay(WindowKind kind, int year, int number) => kind switch
    {
        WindowKind.Month => new DateOnly(year, number, 1),
        WindowKind.Quarter => new DateOnly(year, (3 * number) - 2, 1),
        _ => DateOnly.FromDateTime(ISOWeek.ToDateTime(year, number, DayOfWeek.Monday)),
    };

    [GeneratedRegex("^(?<year>[0-9]{4})-(?<mark>[QW]?)(?<number>[0-9]{1,2})$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Pattern();
}
