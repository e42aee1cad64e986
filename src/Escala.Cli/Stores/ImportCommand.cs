using System.CommandLine;
using System.Globalization;
using Escala.Capture.Exchange;
using Escala.Capture.Imports;
using Escala.Capture.Registers;
using Escala.Cascades.Derivations;
using Escala.Cli.HandOver;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Programmes.Packages;
using Escala.Registry;

namespace Escala.Cli.Stores;

/// <summary><c>escala import</c>: registers into the ledger, and a report of every row.</summary>
internal static class ImportCommand
{
    private static readonly Argument<string[]> s_files = new("files") { Description = "Registers as CSV or .xlsx, or files of unsent entries that devices wrote (.escala).", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string> s_onChange = new("--on-change")
    {
        Description = "Rows whose key is known and whose content is another, counts of facilities that an older file would set back, and known rows that a complete extract lacks: ask, stop, replace or keep. On a terminal ask, otherwise stop; while another process serves the store nobody is asked, and ask is stop.",
        HelpName = "ask|stop|replace|keep",
        DefaultValueFactory = _ => Terminal.CanAsk ? "ask" : "stop",
    };

    private static readonly Option<string?> s_complete = new("--complete")
    {
        Description = "The files are all that the source has of these days, 2025-01-01..2025-03-31: rows that they lack are withdrawn.",
        HelpName = "FROM..TO",
    };

    private static readonly Option<string?> s_source = new("--source") { Description = "Name of the register that the files are of; otherwise register, or the mapping's name.", HelpName = "NAME" };
    private static readonly Option<string?> s_mapping = new("--mapping") { Description = "The package's mapping by which a file of another system is read, when its columns do not tell; with --dry-run also a mapping's file.", HelpName = "NAME" };
    private static readonly Option<bool> s_takeErased = new("--take-erased") { Description = "Take rows with numbers of people who were erased, as somebody new." };
    private static readonly Option<bool> s_dryRun = new("--dry-run") { Description = "Show the first rows as facts, and what would be refused and why. Nothing is written." };
    private static readonly Option<string?> s_delimiter = new("--delimiter") { Description = "comma, semicolon or tab, when the file does not show it." };
    private static readonly Option<string?> s_decimal = new("--decimal") { Description = "comma or point, when the file does not show it." };
    private static readonly Option<string?> s_dates = new("--dates") { Description = "iso, dmy or mdy, when the file does not show it." };

    public static Command Create()
    {
        s_onChange.AcceptOnlyFromAmong("ask", "stop", "replace", "keep");
        s_delimiter.AcceptOnlyFromAmong("comma", "semicolon", "tab");
        s_decimal.AcceptOnlyFromAmong("comma", "point");
        s_dates.AcceptOnlyFromAmong("iso", "dmy", "mdy");
        var command = new Command("import", "Take registers into the store. Ends with 0 when every row was taken, 1 when some were refused or wait, 2 when nothing was done.")
        {
            s_files, s_onChange, s_complete, s_source, s_takeErased, s_dryRun, Terminal.Author,
        };
        TellLayout(command);
        command.SetAction(parsed => Terminal.Guard(() =>
        {
            var complete = Range(parsed.GetValue(s_complete));
            if (!complete.IsOk) return Terminal.Refuse(complete.Problems);
            if (parsed.GetValue(s_dryRun)) return Preview(parsed);
            if (MappingFile(parsed) is { } mapping) return Terminal.Refuse([Problem.Of("capture.mapping.file", ("file", mapping))]);
            var opened = OpenStore.ToWrite(Terminal.Location(parsed));
            if (!opened.TryGet(out var store)) return Terminal.Refuse(opened.Problems);
            var files = FilesOf(parsed);
            var ofDevices = files.Where(f => f.EndsWith(ImportEntries.Extension, StringComparison.OrdinalIgnoreCase)).ToList();
            using (store)
            {
                if (ofDevices.Count == 0) return Run(store, files, parsed, complete.Value.Range);
                return ofDevices.Count == files.Count ? TakeEntries(store, ofDevices) : Terminal.Refuse([Problem.Of("capture.exchange.mixed-files")]);
            }
        }));
        return command;
    }

    /// <summary>A mapping that is named by its file, not as the package's.</summary>
    private static string? MappingFile(ParseResult parsed) =>
        parsed.GetValue(s_mapping) is { } named && named.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) && File.Exists(Terminal.PathOf(named)) ? Terminal.PathOf(named) : null;

    public static bool IsDryRun(ParseResult parsed) => parsed.GetResult(s_dryRun) is not null && parsed.GetValue(s_dryRun);

    private static List<string> FilesOf(ParseResult parsed) => [.. parsed.GetValue(s_files)!.Select(Terminal.PathOf)];

    /// <summary>Takes files into an open store.</summary>
    public static Result<IReadOnlyList<ImportReport>> Run(OpenStore store, IReadOnlyList<string> files, ImportOptions options)
    {
        var inForce = store.Programme();
        if (!inForce.TryGet(out var programme)) return Result<IReadOnlyList<ImportReport>>.Refused(inForce.Problems);
        using var progress = new ProgressBar(Terminal.Say("progress.import"));
        var stop = Terminal.Interrupt();
        var importer = new Importer(store.Store, store.Writer, programme, TimeProvider.System, (batches, importing) => Rebuild.RunWith(store.Store, store.Writer, programme, batches, new Progress(importing), stop));
        return importer.Import(files, options, progress, stop);
    }

    private static int TakeEntries(OpenStore store, List<string> files)
    {
        using var sessions = new SessionPool(store.Store);
        var import = new ImportEntries(new PushBatch(sessions, store.Writer, new KnownProgramme(), TimeProvider.System));
        var stop = Terminal.Interrupt();
        foreach (var file in files)
        {
            var taken = import.Run(file, stop).GetAwaiter().GetResult();
            if (!taken.TryGet(out var report)) return Terminal.Refuse(taken.Problems);
            Console.WriteLine(Terminal.Say("entries.taken", ("file", report.File), ("taken", report.Accepted), ("duplicate", report.Duplicate), ("refused", report.Refused)));
            if (report.BrokenOff) Console.WriteLine("  " + Terminal.Say("entries.broken-off"));
        }

        return 0;
    }

    private static int Preview(ParseResult parsed)
    {
        var inForce = OpenStore.ProgrammeOf(parsed.GetValue(Terminal.Store));
        if (!inForce.TryGet(out var programme)) return Terminal.Refuse(inForce.Problems);
        var told = Told(parsed);
        if (MappingFile(parsed) is { } file)
        {
            var with = PackageReader.WithMapping(programme, Path.GetFileName(file), File.ReadAllBytes(file));
            if (!with.TryGet(out programme!)) return Terminal.Refuse(with.Problems);
            told = told with { Mapping = programme.Mappings[^1].Name };
        }

        using var store = Store.At(Terminal.Location(parsed));
        var options = new ImportOptions { Source = parsed.GetValue(s_source), Told = told, OnChange = (_, _) => OnChange.Stop };
        var (rows, counts) = Sort(FilesOf(parsed), programme, told);
        var code = counts.Count == 0 ? 0 : TallyText.Run(null, store, programme, counts, options);
        if (rows.Count == 0 || code == 2) return code;
        var looked = PreviewImport.Run(store, programme, rows, options, TimeProvider.System, Terminal.Interrupt());
        if (!looked.TryGet(out var previews)) return Terminal.Refuse(looked.Problems);
        Console.WriteLine(Terminal.Say("preview.nothing"));
        foreach (var preview in previews) ImportText.Write(Console.Out, preview);
        return previews.Any(p => p.Refused + p.Waiting > 0) ? 1 : code;
    }

    /// <summary>Files of rows, and files of counts with what reads them.</summary>
    private static (List<string> Rows, List<(string Path, TallyMapping Mapping)> Counts) Sort(List<string> files, Programme programme, Told told)
    {
        var counts = files.Select(f => (Path: f, Mapping: ImportTallies.MappingOf(f, programme, told))).Where(f => f.Mapping is not null).Select(f => (f.Path, f.Mapping!)).ToList();
        return ([.. files.Except(counts.Select(c => c.Path), StringComparer.Ordinal)], counts);
    }

    private static int Run(OpenStore store, List<string> files, ParseResult parsed, (DateOnly, DateOnly)? complete)
    {
        var options = new ImportOptions
        {
            Source = parsed.GetValue(s_source),
            Complete = complete,
            Author = parsed.GetValue(Terminal.Author),
            Say = problem => Terminal.Problems.Sentence(problem, Terminal.Language),
            Told = Told(parsed),
            OnChange = (some, total) => Decide(parsed, some, total),
            OnWithdraw = gone => DecideWithdrawal(parsed, gone),
            OnSetBack = (some, total) => Decide(parsed, some, total),
            TakeErased = parsed.GetValue(s_takeErased),
        };
        var inForce = store.Programme();
        if (!inForce.TryGet(out var programme)) return Terminal.Refuse(inForce.Problems);
        var (rows, counts) = Sort(files, programme, options.Told);
        var code = counts.Count == 0 ? 0 : TallyText.Run(store, store.Store, programme, counts, options);
        if (rows.Count == 0 || code == 2) return code;
        var result = Run(store, rows, options);
        if (!result.TryGet(out var reports)) return Terminal.Refuse(result.Problems);
        var labels = programme.Field?.Labels;
        foreach (var report in reports) ImportText.Write(Console.Out, report, fact => labels?.GetValueOrDefault(fact)?.In(Terminal.Language) ?? fact);
        return reports.Any(r => r.Refused + r.Waiting > 0) ? 1 : code;
    }

    /// <summary>The options by which a command is told of a file's layout.</summary>
    public static void TellLayout(Command command)
    {
        foreach (var option in (Option[])[s_delimiter, s_decimal, s_dates, s_mapping]) command.Add(option);
    }

    public static Told Told(ParseResult parsed) => new(
        parsed.GetValue(s_delimiter) switch { "comma" => ',', "semicolon" => ';', "tab" => '\t', _ => null },
        parsed.GetValue(s_decimal) switch { "comma" => ',', "point" => '.', _ => null },
        parsed.GetValue(s_dates) switch { "iso" => DateOrder.Iso, "dmy" => DateOrder.DayMonthYear, "mdy" => DateOrder.MonthDayYear, _ => null },
        parsed.GetValue(s_mapping));

    /// <summary>How a command is told what to do with rows that change known ones.</summary>
    public static Option<string> OnChangeOption => s_onChange;

    public static OnChange Decide(ParseResult parsed, IReadOnlyList<ChangedRow> some, long total) => parsed.GetValue(s_onChange) switch
    {
        "replace" => OnChange.Replace,
        "keep" => OnChange.Keep,
        "ask" when HandedCommand.Current is null => ImportText.Ask(some, total),
        _ => ImportText.Stop(some, total),
    };

    public static OnChange Decide(ParseResult parsed, IReadOnlyList<SetBack> some, long total) => parsed.GetValue(s_onChange) switch
    {
        "replace" => OnChange.Replace,
        "keep" => OnChange.Keep,
        "ask" when HandedCommand.Current is null => TallyText.Ask(some, total),
        _ => TallyText.Stop(some, total),
    };

    private static OnChange DecideWithdrawal(ParseResult parsed, IReadOnlyList<(string Facility, int Rows)> gone) => parsed.GetValue(s_onChange) switch
    {
        "replace" => OnChange.Replace,
        "keep" => OnChange.Keep,
        "ask" when HandedCommand.Current is null => ImportText.AskWithdraw(gone),
        _ => OnChange.Stop,
    };

    private static Result<((DateOnly From, DateOnly To)? Range, bool Given)> Range(string? text)
    {
        if (text is null) return ((((DateOnly, DateOnly)?)null, false));
        var parts = text.Split("..");
        return parts.Length == 2
            && DateOnly.TryParseExact(parts[0], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var from)
            && DateOnly.TryParseExact(parts[1], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var to) && from <= to
            ? ((((DateOnly, DateOnly)?)(from, to)), true)
            : Problem.Of("capture.import.range", ("range", text));
    }

    private sealed class Progress(IProgress<ImportProgress>? importing) : IProgress<(long Done, long Of)>
    {
        public void Report((long Done, long Of) value) => importing?.Report(new ImportProgress("count", "", value.Done, value.Of));
    }
}
