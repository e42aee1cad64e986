using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Escala.Platform.Problems;

namespace Escala.Programmes.Facts;

/// <summary>What a row of counts says of one step. The facility is as the source writes it.</summary>
public sealed record TallySaid(string Facility, Window Window, string Step, int Numerator, int Denominator, string? Register);

/// <summary>Reads the records of a file with counts; a record says one step, or several.</summary>
public sealed partial class TallyReader
{
    private const int LongestRegister = 200;

    private readonly Programme _programme;
    private readonly TallyMapping _mapping;
    private readonly Dictionary<string, int> _columns;
    private readonly DateOrder _dates;

    private TallyReader(Programme programme, TallyMapping mapping, Dictionary<string, int> columns, DateOrder dates) => (_programme, _mapping, _columns, _dates) = (programme, mapping, columns, dates);

    public static Result<TallyReader> For(Programme programme, TallyMapping mapping, IReadOnlyList<string> columns, DateOrder dates)
    {
        var found = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < columns.Count; i++)
        {
            if (!found.TryAdd(columns[i], i)) return Problem.Of("programmes.register.column-twice", ("column", columns[i]));
        }

        var missing = mapping.Columns.Where(c => !found.ContainsKey(c)).Select(c => Problem.Of("programmes.register.column-missing", ("column", c), ("columns", string.Join(", ", columns)))).ToList();
        return missing.Count > 0 ? Result<TallyReader>.Refused(missing) : new TallyReader(programme, mapping, found, dates);
    }

    /// <summary>The counts of a record; none where it is empty. What cannot be read is among the problems, and then nothing of the record counts.</summary>
    public IReadOnlyList<TallySaid> Read(CsvRecord record, List<Problem> problems)
    {
        var (facility, window) = (At(record, _mapping.FacilityColumn), At(record, _mapping.WindowColumn));
        if (facility.Length == 0) problems.Add(Problem.Of("programmes.register.empty", ("column", _mapping.FacilityColumn)));
        if (WindowOf(window) is not { } read)
        {
            problems.Add(window.Length == 0 ? Problem.Of("programmes.register.empty", ("column", _mapping.WindowColumn)) : Problem.Of("programmes.tally.window", ("column", _mapping.WindowColumn), ("example", Window.Holding(_programme.Window, new DateOnly(2025, 3, 1).DayNumber))));
            return [];
        }

        var register = _mapping.RegisterColumn is { } named && At(record, named) is { Length: > 0 } text ? text : null;
        if (register?.Length > LongestRegister) problems.Add(Problem.Of("programmes.tally.register", ("column", _mapping.RegisterColumn), ("most", LongestRegister)));
        var said = new List<TallySaid>();
        foreach (var columns in _mapping.Steps)
        {
            var step = _mapping.StepColumn is null ? columns.Step : StepOf(At(record, _mapping.StepColumn));
            if (step is null)
            {
                problems.Add(Problem.Of("programmes.tally.step", ("column", _mapping.StepColumn), ("known", string.Join(", ", _mapping.StepWords.Keys.Concat(_programme.Cascade.Steps.Select(s => s.Measure.Id)).Distinct()))));
                continue;
            }

            var (numerator, denominator) = (At(record, columns.Numerator), At(record, columns.Denominator));
            if (numerator.Length == 0 && denominator.Length == 0 && _mapping.StepColumn is null) continue;
            var (over, under) = (Count(numerator, columns.Numerator, problems), Count(denominator, columns.Denominator, problems));
            if (over is not { } n || under is not { } d) continue;
            if (n > d) problems.Add(Problem.Of("programmes.tally.more", ("column", columns.Numerator), ("of", columns.Denominator)));
            else said.Add(new TallySaid(facility, read, step, n, d, register));
        }

        return problems.Count > 0 ? [] : said;
    }

    /// <summary>What a record is about, whether or not its counts can be read; null where that is not clear. The step is null where columns name the steps.</summary>
    public (string Facility, Window Window, string? Step)? About(CsvRecord record)
    {
        var step = _mapping.StepColumn is null ? null : StepOf(At(record, _mapping.StepColumn));
        if (WindowOf(At(record, _mapping.WindowColumn)) is not { } window || (step is null && _mapping.StepColumn is not null)) return null;
        return (At(record, _mapping.FacilityColumn), window, step);
    }

    private string At(CsvRecord record, string column)
    {
        var text = _columns.TryGetValue(column, out var field) ? Encoding.UTF8.GetString(record[field]).Trim() : "";
        return _mapping.Words.Missing.Contains(text, StringComparer.OrdinalIgnoreCase) ? "" : text;
    }

    private string? StepOf(string word) =>
        _mapping.StepWords.TryGetValue(word, out var step) ? step : _programme.Cascade.Steps.FirstOrDefault(s => string.Equals(s.Measure.Id, word, StringComparison.OrdinalIgnoreCase))?.Measure.Id;

    private static int? Count(string text, string column, List<Problem> problems)
    {
        // A spreadsheet may give a whole number its decimals: 12.0 people are 12. Three zeros are thousands.
        if (Whole().Match(text) is { Success: true } match && int.TryParse(match.Groups["n"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var count)) return count;
        problems.Add(Problem.Of(text.Length == 0 ? "programmes.register.empty" : "programmes.tally.count", ("column", column)));
        return null;
    }

    /// <summary>2025-03, 202503, 03/2025, 2025-Q1, 2025Q1, 2025-W09, or a day of the window; null for what is none of the programme's.</summary>
    private Window? WindowOf(string text)
    {
        var kind = _programme.Window;
        if (Day(text) is { } day) return Window.Holding(kind, day);
        var match = Written().Match(text);
        if (!match.Success) return null;
        var year = int.Parse(match.Groups["year"].ValueSpan, CultureInfo.InvariantCulture);
        var number = int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);
        var mark = match.Groups["mark"].Value.ToUpperInvariant();
        return mark == kind switch { WindowKind.Month => "", WindowKind.Quarter => "Q", _ => "W" } ? Window.Of(kind, year, number) : null;
    }

    private int? Day(string text)
    {
        if (text.Length > 10 && text[10] is ' ' or 'T') text = text[..10];
        string[] forms = _dates switch { DateOrder.DayMonthYear => ["yyyy-MM-dd", "d/M/yyyy", "d-M-yyyy", "d.M.yyyy"], DateOrder.MonthDayYear => ["yyyy-MM-dd", "M/d/yyyy", "M-d-yyyy"], _ => ["yyyy-MM-dd"] };
        return DateOnly.TryParseExact(text, forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day.DayNumber : null;
    }

    [GeneratedRegex("^(?<n>[0-9]{1,9})([.,]0{1,2})?$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Whole();

    [GeneratedRegex("^((?<year>(19|20)[0-9]{2})-?(?<mark>[QqWw]?)(?<number>[0-9]{1,2})|(?<number>[0-9]{1,2})[/-](?<year>(19|20)[0-9]{2}))$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Written();
}
