using Escala.Capture.Imports;
using Escala.Cascades.Derivations;
using Escala.Platform.Storage;
using Escala.Platform.Texts;
using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Registry;

namespace Escala.Cli.Stores;

/// <summary>Files of counts at the command line: <c>escala import</c> takes them beside files of rows.</summary>
internal static class TallyText
{
    /// <summary>Takes them, or looks at them where there is no writer. 1 when some rows are refused or wait, 2 when a file cannot be read.</summary>
    public static int Run(OpenStore? open, Store store, Programme programme, IReadOnlyList<(string Path, TallyMapping Mapping)> files, ImportOptions options)
    {
        var import = new ImportTallies(store, open?.Writer, programme, TimeProvider.System, StandingTallies.Of);
        var reports = new List<TallyReport>();
        var stop = Terminal.Interrupt();
        foreach (var (path, mapping) in files)
        {
            var read = import.Run(path, mapping, options, stop);
            if (!read.TryGet(out var report)) return Terminal.Refuse(read.Problems);
            reports.Add(report);
        }

        foreach (var report in reports) Write(report, isPreview: open is null);
        return reports.Any(r => r.Refused + r.Waiting > 0) ? 1 : 0;
    }

    /// <summary>What stands beside what would take its place, to somebody at a terminal.</summary>
    public static OnChange Ask(IReadOnlyList<SetBack> some, long total)
    {
        Show(Console.Out, some, total);
        Console.Write(Terminal.Say("tallies.ask"));
        return Console.ReadLine()?.Trim().ToUpperInvariant() switch
        {
            "R" => OnChange.Replace,
            "K" or "M" => OnChange.Keep,
            _ => OnChange.Stop,
        };
    }

    /// <summary>Shows what an import stopped at. Counts are nobody's: they are shown wherever it goes.</summary>
    public static OnChange Stop(IReadOnlyList<SetBack> some, long total)
    {
        Show(Console.Error, some, total);
        return OnChange.Stop;
    }

    private static void Show(TextWriter output, IReadOnlyList<SetBack> some, long total)
    {
        output.WriteLine(Terminal.Say("tallies.setBackHead", ("n", total)));
        foreach (var one in some)
        {
            var by = one.StandingFile is { } file ? Terminal.Say("tallies.byFile", ("file", file), ("line", one.StandingLine)) : Terminal.Say("tallies.byPerson");
            output.WriteLine("  " + Terminal.Say(
                "tallies.change", ("line", one.Line), ("facility", one.Facility), ("window", one.Window), ("step", one.Step), ("stands", Text(one.Stands, one.Now)), ("by", by), ("now", Text(one.Now, one.Stands))));
        }

        if (total > some.Count) output.WriteLine("  " + Terminal.Say("changes.more", ("n", total - some.Count)));
    }

    /// <summary>A count, with its register where that is another than the other's.</summary>
    private static string Text(TallyCount count, TallyCount other) =>
        Terminal.Say("tallies.count", ("n", count.Numerator), ("of", count.Denominator)) + (count.Register == other.Register ? "" : $" [{count.Register ?? "–"}]");

    private static void Write(TallyReport report, bool isPreview)
    {
        Console.WriteLine($"{report.File}: {Terminal.Say("tallies.head", ("form", report.Form))}");
        (string Key, long Count, bool Always)[] lines =
        [
            ("import.read", report.Read, true), (isPreview ? "tallies.new" : "tallies.taken", report.Taken, true), ("tallies.same", report.Same, true), (isPreview ? "tallies.changed" : "tallies.corrected", report.Corrected, true),
            ("tallies.setBack", report.SetBack, false), ("tallies.kept", report.Kept, false),
            (isPreview ? "preview.refused" : "import.refused", report.Refused, true), (isPreview ? "preview.waiting" : "import.waiting", report.Waiting, false),
        ];
        foreach (var (key, count, always) in lines)
        {
            if (always || count > 0) Console.WriteLine(string.Create(Terminal.Language.Culture(), $"  {count,12:N0}  {Terminal.Say(key, ("n", count))}"));
        }

        if (report.OtherSheets.Count > 0) Console.WriteLine("  " + Terminal.Say("import.otherSheets", ("sheets", string.Join(", ", report.OtherSheets))));
        foreach (var (line, facility, said) in isPreview ? report.First : [])
            Console.WriteLine("    " + Terminal.Say("tallies.row", ("line", line), ("facility", facility), ("window", said.Window), ("step", said.Step), ("n", said.Numerator), ("of", said.Denominator)));
        foreach (var (problem, rows, line) in report.Reasons.Values.OrderByDescending(r => r.Rows)) Console.WriteLine("    " + Terminal.Say("preview.reason", ("n", rows), ("line", line), ("reason", Terminal.Problems.Sentence(problem, Terminal.Language))));
    }
}
