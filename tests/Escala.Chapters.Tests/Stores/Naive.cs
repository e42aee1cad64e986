using System.Globalization;

namespace Escala.Chapters.Tests.Stores;

/// <summary>
/// The definitions of version 1 written down a second time, as plainly as they are stated: one person's visits in order, one facility, one
/// month. What the counters are held to.
/// </summary>
internal static class Naive
{
    public enum Verdict
    {
        Out,
        Missing,
        Failed,
        Passed,
    }

    public static int? DayOf(string date) => date.Length == 0 ? null : DateOnly.ParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture).DayNumber;

    public static Verdict Ask(string measure, IReadOnlyList<Visit> visits, string here, string month)
    {
        var first = DateOnly.ParseExact(month + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture);
        var (from, to) = (first.DayNumber, first.AddMonths(1).DayNumber - 1);
        var born = visits.Select(v => DayOf(v.Born)).LastOrDefault(b => b is not null);
        var adult = born is { } b ? DateOnly.FromDayNumber(b).AddYears(18).DayNumber : int.MinValue;
        var rows = visits.Where(v => v.DayNumber >= adult).ToList();
        var past = rows.Where(v => v.DayNumber <= to).ToList();
        var now = past.Where(v => v.DayNumber >= from).ToList();
        var seen = now.Any(v => v.Facility == here);
        var measured = now.Where(v => v.Facility == here && Pressure(v) is not null).ToList();
        var known = past.LastOrDefault(v => v.Diagnosed is "1" or "withdrawn")?.Diagnosed == "1";
        var prescribed = past.LastOrDefault(v => v.Prescribed is "1" or "stopped")?.Prescribed == "1";
        var raisedOrKnown = known || measured.Any(Raised);
        var given = past.Where(v => Days(v) > 0).ToList();
        var start = rows.FirstOrDefault(v => v.Prescribed == "1");
        switch (measure)
        {
            case "screened": return Of(seen, measured.Count > 0);
            case "raised-or-known": return Of(measured.Count > 0, raisedOrKnown);
            case "diagnosed": return Of(measured.Count > 0 && raisedOrKnown, known);
            case "treated": return Of(seen && known, prescribed);
            case "picked-up": return Of(seen && prescribed, given.Any(v => v.DayNumber >= from || v.DayNumber + Days(v) > to));
            case "controlled": return Of(seen && prescribed && measured.Count > 0 && given.Any(v => v.DayNumber < measured[^1].DayNumber), measured.Count > 0 && Controlled(measured[^1]));
            case "diagnosed-of-screened": return Of(measured.Count > 0, known);
            case "in-care":
                var latest = rows.LastOrDefault(v => v.DayNumber < from);
                return Of(latest is not null && latest.Facility == here && DayOf(latest.Next) is { } due && due >= from && due <= to, now.Count > 0);
            case "ever-controlled":
                return Of(seen && start is not null && start.DayNumber <= to, past.Any(v => Pressure(v) is not null && v.DayNumber > start?.DayNumber && Controlled(v)));
            case "controlled-3m":
                if (start is null || start.Facility != here || start.DayNumber + 120 < from || start.DayNumber + 120 > to) return Verdict.Out;
                var near = rows.Where(v => Pressure(v) is not null && v.DayNumber >= start.DayNumber + 60 && v.DayNumber <= start.DayNumber + 120)
                    .GroupBy(v => v.DayNumber).OrderBy(g => Math.Abs(g.Key - start.DayNumber - 90)).ThenBy(g => g.Key).FirstOrDefault()?.Last();
                return near is null ? Verdict.Missing : Of(true, Controlled(near));
            case "adherent-3m": return Adherent(rows, here, from, to, 90);
            case "adherent-6m": return Adherent(rows, here, from, to, 180);
            case "suppressed" or "undetectable":
                if (!seen || !known) return Verdict.Out;
                var since = DateOnly.FromDayNumber(to).AddYears(-1).DayNumber;
                var load = past.LastOrDefault(v => v.ViralLoad.Length > 0 && v.DayNumber > since)?.ViralLoad.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
                if (load is null || (load[0] == '<' && Number(load) > 1000) || (load[0] == '>' && Number(load) < 1000)) return Verdict.Missing;
                return Of(true, load == "ND" || (measure == "suppressed" && load[0] != '>' && Number(load) <= 1000));
            default: throw new ArgumentOutOfRangeException(nameof(measure), measure, "not a measure of version 1");
        }
    }

    private static Verdict Adherent(List<Visit> rows, string here, int from, int to, int days)
    {
        var first = rows.FirstOrDefault(v => Days(v) > 0);
        if (first is null || first.Facility != here || first.DayNumber + days < from || first.DayNumber + days > to) return Verdict.Out;
        var end = first.DayNumber + days;
        var supplied = rows.Where(v => Days(v) > 0 && v.DayNumber < end).Sum(v => Math.Min(Days(v), end - v.DayNumber));
        return Of(true, 10 * supplied > 9 * days);
    }

    private static Verdict Of(bool asked, bool passed) => !asked ? Verdict.Out : passed ? Verdict.Passed : Verdict.Failed;

    private static int Days(Visit visit) => visit.Days.Length == 0 ? 0 : int.Parse(visit.Days, CultureInfo.InvariantCulture);

    private static double Number(string load) => double.Parse(load.TrimStart('<', '>'), CultureInfo.InvariantCulture);

    private static bool Raised(Visit visit) => Pressure(visit) is { } p && (p.Systolic >= 140 || p.Diastolic >= 90);

    private static bool Controlled(Visit visit) => Pressure(visit) is { } p && p.Systolic < 140 && p.Diastolic < 90;

    private static (double Systolic, double Diastolic)? Pressure(Visit visit)
    {
        var pairs = visit.Pressure.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('/')).Where(p => p is [{ Length: > 0 }, { Length: > 0 }])
            .Select(p => (double.Parse(p[0], CultureInfo.InvariantCulture), double.Parse(p[1], CultureInfo.InvariantCulture))).TakeLast(2).ToList();
        return pairs.Count == 0 ? null : (pairs.Average(p => p.Item1), pairs.Average(p => p.Item2));
    }
}
