using System.Globalization;
using System.Text.RegularExpressions;
using Escala.Programmes.Facts;

namespace Escala.Capture.Proposals;

/// <summary>What a field looks like: a number, a date, a moment, a yes.</summary>
internal static partial class FieldForms
{
    private static readonly string[] s_yes = ["yes", "y", "sim", "s", "si", "sí", "1", "true", "verdadeiro", "verdadero", "x"], s_no = ["no", "n", "não", "nao", "0", "false", "falso"];

    // "Retirado" is not among them: a medicine that was collected is called so too. Whoever knows the file is asked.
    private static readonly string[] s_stopped =
    [
        "suspens", "suspend", "interromp", "interrump", "interrupt", "parou", "parad", "pausa", "paused", "abandon", "stop", "discontinu", "descontinu", "withdrawn", "ceased",
        "dejó", "dejo de", "deixou", "não faz mais", "nao faz mais", "ya no",
    ];

    public static bool IsYes(string field) => s_yes.Contains(field, StringComparer.OrdinalIgnoreCase);

    public static bool IsNo(string field) => s_no.Contains(field, StringComparer.OrdinalIgnoreCase);

    /// <summary>A usual word for something that was and is no more, in whichever form: suspenso, suspendida, parou, stopped.</summary>
    public static bool IsStopped(string field) => s_stopped.Any(w => field.StartsWith(w, StringComparison.OrdinalIgnoreCase));

    public static bool IsNumber(string field) => NumberForm().IsMatch(field);

    public static bool IsWhole(string field) => field.Length is > 0 and <= 15 && field.All(char.IsAsciiDigit);

    public static bool IsQuantity(string field) => field.Replace(" ", "", StringComparison.Ordinal) is var close && (close.Equals("ND", StringComparison.OrdinalIgnoreCase) || IsNumber(close.TrimStart('<', '>')));

    public static bool IsDate(string field) => DateForm().IsMatch(field);

    public static bool IsUuid(string field) => Guid.TryParse(field.StartsWith("uuid:", StringComparison.OrdinalIgnoreCase) ? field[5..] : field, out _);

    /// <summary>A time of the day stands behind the date, and midnight is none.</summary>
    public static bool HasTime(string field) => TimeOf(field) is { Length: > 0 } time && !time.StartsWith("00:00:00", StringComparison.Ordinal);

    public static bool HasOffset(string field) => TimeOf(field) is { } time && (time.EndsWith('Z') || time.EndsWith("UTC", StringComparison.OrdinalIgnoreCase) || time.Contains('+', StringComparison.Ordinal) || time.Contains('-', StringComparison.Ordinal));

    /// <summary>Order of the parts of dates that are not ISO: one that shows it, none that all could be either, both where they contradict.</summary>
    public static (bool DayFirst, bool MonthFirst, bool Open) OrdersOf(IEnumerable<string> fields)
    {
        var (day, month, open) = (false, false, false);
        foreach (var field in fields)
        {
            if (Short().Match(field) is not { Success: true } parts) continue;
            var (a, b) = (int.Parse(parts.Groups["a"].ValueSpan, CultureInfo.InvariantCulture), int.Parse(parts.Groups["b"].ValueSpan, CultureInfo.InvariantCulture));
            if (a > 12 && b > 12) continue;
            day |= a > 12;
            month |= b > 12;
            open |= a <= 12 && b <= 12;
        }

        return (day, month, open);
    }

    /// <summary>Whether a field can be read as a fact of the type; words of flags and categories are looked at by themselves.</summary>
    public static Func<string, bool> Of(FactType type) => type switch
    {
        FactType.Number or FactType.Pair => IsNumber,
        FactType.Supply => IsWhole,
        FactType.Quantity => IsQuantity,
        FactType.Date => IsDate,
        _ => _ => true,
    };

    private static string? TimeOf(string field) => field.IndexOfAny([' ', 'T']) is > 0 and var at ? field[(at + 1)..] : null;

    [GeneratedRegex(@"^-?[0-9]{1,15}([.,][0-9]{1,15})?$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex NumberForm();

    [GeneratedRegex(@"^([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4})([ T][0-9]{1,2}:.*)?$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex DateForm();

    [GeneratedRegex(@"^(?<a>[0-9]{1,2})[/.-](?<b>[0-9]{1,2})[/.-][0-9]{4}", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Short();
}
