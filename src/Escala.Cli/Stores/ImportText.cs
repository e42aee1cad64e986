using System.Globalization;
using Escala.Capture.Imports;
using Escala.Platform.Texts;
using Escala.Programmes.Facts;
using Escala.Programmes.Packages;

namespace Escala.Cli.Stores;

/// <summary>The report of an import as people read it, in their language.</summary>
internal static class ImportText
{
    private static readonly (string Key, bool Always, Func<ImportReport, long> Count)[] s_lines =
    [
        ("import.read", true, r => r.Read),
        ("import.taken", true, r => r.Taken),
        ("import.duplicate", true, r => r.Duplicate),
        ("import.corrected", true, r => r.Corrected),
        ("import.kept", false, r => r.Kept),
        ("import.older", false, r => r.Older),
        ("import.silent", false, r => r.Silent),
        ("import.leftOut", false, r => r.LeftOut),
        ("import.refused", true, r => r.Refused),
        ("import.erased", false, r => r.OfErased),
        ("import.waiting", false, r => r.Waiting),
        ("import.queried", true, r => r.Queried),
        ("import.conflicting", false, r => r.Conflicting),
        ("import.withdrawn", true, r => r.Withdrawn),
        ("import.notWithdrawn", false, r => r.NotWithdrawn),
        ("import.spelt", false, r => r.SpeltOtherwise),
        ("import.settled", false, r => r.Settled),
    ];

    /// <param name="nameOf">What a fact is called on the screen.</param>
    public static void Write(TextWriter output, ImportReport report, Func<string, string> nameOf)
    {
        Head(output, report.File, report.Form, report.Layout);
        foreach (var (key, always, count) in s_lines)
        {
            if (always || count(report) > 0) Line(output, count(report), Terminal.Say(key, ("n", count(report))));
        }

        foreach (var (flag, count) in report.Cleared) Line(output, count, Terminal.Say("import.cleared", ("n", count), ("flag", nameOf(flag))));
        if (report.Queried + report.Conflicting > 0) output.WriteLine("  " + Terminal.Say("queries.list"));
        if (report.Unread.Count > 0) output.WriteLine("  " + Terminal.Say("import.unread", ("columns", Unread(report.Unread, report.Absent))));
        if (report.CompleteOf.Count > 0 && !report.NotComplete && report.NotWithdrawn == 0) output.WriteLine("  " + Terminal.Say("import.completeOf", ("facilities", string.Join(", ", report.CompleteOf))));
        if (report.Absent.Count > 0) output.WriteLine("  " + Terminal.Say("import.absent", ("columns", string.Join(", ", report.Absent))));
        if (report.OtherSheets.Count > 0) output.WriteLine("  " + Terminal.Say("import.otherSheets", ("sheets", string.Join(", ", report.OtherSheets))));
        if (report.NothingWithdrawn) output.WriteLine("  " + Terminal.Say("import.nothingWithdrawn"));
        if (report.NotComplete) output.WriteLine("  " + Terminal.Say("import.notComplete"));
        if (report.ProblemFile is { } file) output.WriteLine("  " + Terminal.Say("import.problems", ("file", file)));
        if (report.StillWaiting is > 0 and var waiting) output.WriteLine("  " + Terminal.Say("import.still", ("n", waiting)));
    }

    /// <summary>What an import would come to.</summary>
    public static void Write(TextWriter output, ImportPreview preview)
    {
        Head(output, preview.File, preview.Form, preview.Layout);
        (string Key, long Count)[] lines =
        [
            ("import.read", preview.Read), ("preview.new", preview.New), ("preview.duplicate", preview.Duplicate), ("preview.changed", preview.Changed),
            ("preview.refused", preview.Refused), ("preview.waiting", preview.Waiting), ("preview.queried", preview.Queried),
        ];
        foreach (var (key, count) in lines) Line(output, count, Terminal.Say(key, ("n", count)));
        foreach (var (key, count) in (ReadOnlySpan<(string, long)>)[("import.older", preview.Older), ("import.silent", preview.Silent), ("import.leftOut", preview.LeftOut), ("import.conflicting", preview.Conflicting)])
        {
            if (count > 0) Line(output, count, Terminal.Say(key, ("n", count)));
        }

        if (preview.Absent.Count > 0) output.WriteLine("  " + Terminal.Say("import.absent", ("columns", string.Join(", ", preview.Absent))));
        if (preview.Unread.Count > 0) output.WriteLine("  " + Terminal.Say("preview.unread", ("columns", Unread(preview.Unread, preview.Absent))));
        if (preview.First.Count > 0) output.WriteLine("  " + Terminal.Say("preview.first"));
        foreach (var row in preview.First)
        {
            output.WriteLine("    " + Terminal.Say("preview.row", ("line", row.Line), ("person", row.Person), ("facility", row.Facility), ("day", row.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))));
            foreach (var (fact, value) in row.Facts) output.WriteLine($"      {fact}: {value}");
        }

        if (preview.Reasons.Count > 0) output.WriteLine("  " + Terminal.Say("preview.reasons"));
        foreach (var (problem, rows, line) in preview.Reasons.Values.OrderByDescending(r => r.Rows))
        {
            output.WriteLine("    " + Terminal.Say("preview.reason", ("n", rows), ("line", line), ("reason", Terminal.Problems.Sentence(problem, Terminal.Language))));
        }
    }

    /// <summary>Columns that nothing reads, each with the absent one that it may have been meant for: the nearest first, and none for two.</summary>
    private static string Unread(IReadOnlyList<string> unread, IReadOnlyList<string> absent)
    {
        static string Letters(string name) => new([.. name.Where(char.IsLetterOrDigit)]);
        var meant = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (column, known, _) in unread.SelectMany(c => absent.Select(a => (Column: c, Known: a, Edits: Nearest.Edits(Letters(a), Letters(c))))).Where(p => p.Edits <= 1).OrderBy(p => p.Edits))
        {
            if (!meant.ContainsKey(column) && !meant.ContainsValue(known)) meant.Add(column, known);
        }

        return string.Join(", ", unread.Select(c => meant.GetValueOrDefault(c) is { } known ? Terminal.Say("import.perhaps", ("column", c), ("known", known)) : c));
    }

    /// <summary>Rows that a complete extract lacks, by facility, to somebody at a terminal.</summary>
    public static OnChange AskWithdraw(IReadOnlyList<(string Facility, int Rows)> gone)
    {
        Console.WriteLine(Terminal.Say("withdraw.head", ("n", gone.Sum(g => g.Rows))));
        foreach (var (facility, rows) in gone) Console.WriteLine($"  {facility}: {rows}");
        Console.Write(Terminal.Say("withdraw.ask"));
        return Console.ReadLine()?.Trim().ToUpperInvariant() switch
        {
            "W" or "R" => OnChange.Replace,
            "K" or "M" => OnChange.Keep,
            _ => OnChange.Stop,
        };
    }

    private static void Head(TextWriter output, string file, string form, Layout layout) => output.WriteLine($"{file}{(layout.Part is { } part ? $" ({part})" : "")}: " + Terminal.Say(
        "import.layout", ("form", form), ("delimiter", layout.Delimiter == '\t' ? "tab" : layout.Delimiter), ("mark", layout.DecimalMark), ("dates", Terminal.Say("dates." + layout.Dates))));

    /// <summary>Old beside new, to somebody at a terminal.</summary>
    public static OnChange Ask(IReadOnlyList<ChangedRow> some, long total)
    {
        Show(Console.Out, some, total, values: true);
        Console.Write(Terminal.Say("changes.ask"));
        return Console.ReadLine()?.Trim().ToUpperInvariant() switch
        {
            "C" => OnChange.Replace,
            "K" or "M" => OnChange.Keep,
            _ => OnChange.Stop,
        };
    }

    /// <summary>Shows what an import stopped at. What goes to a file or to another program names rows and columns, never what they say.</summary>
    public static OnChange Stop(IReadOnlyList<ChangedRow> some, long total)
    {
        Show(Console.Error, some, total, values: Terminal.ShowsValues);
        return OnChange.Stop;
    }

    public static void Show(TextWriter output, IReadOnlyList<ChangedRow> some, long total, bool values)
    {
        output.WriteLine(Terminal.Say("changes.head", ("n", total)) + (values ? "" : " " + Terminal.Say("changes.hidden")));
        foreach (var row in some)
        {
            output.WriteLine("  " + Terminal.Say("changes.row", ("file", row.File), ("line", row.Line), ("facility", row.Facility), ("day", row.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))));
            foreach (var (column, old, now) in row.Fields) output.WriteLine(values ? $"    {column}: {(old.Length == 0 ? "–" : old)} → {(now.Length == 0 ? "–" : now)}" : $"    {column}");
        }

        if (total > some.Count) output.WriteLine("  " + Terminal.Say("changes.more", ("n", total - some.Count)));
    }

    private static void Line(TextWriter output, long count, string text) => output.WriteLine(string.Create(Terminal.Language.Culture(), $"  {count,12:N0}  {text}"));
}
