using System.CommandLine;
using System.Globalization;
using Escala.Cascades.Declaring;
using Escala.Cascades.Sheets;
using Escala.Platform.Problems;
using Escala.Programmes;

namespace Escala.Cli.Stores;

/// <summary><c>escala declare</c>: how complete a register is, said without an import.</summary>
internal static class DeclareCommand
{
    private static readonly Argument<string?> s_file = new("file") { Description = "CSV with facility_code,month,rows_expected: rows counted in paper registers.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string> s_source = new("--source") { Description = "Name of the register that is spoken of.", DefaultValueFactory = _ => "register" };
    private static readonly Option<string?> s_facility = new("--facility") { Description = "Code of a facility", HelpName = "CODE" };
    private static readonly Option<bool> s_all = new("--all") { Description = "Every facility of the source" };
    private static readonly Option<string?> s_upTo = new("--complete-up-to") { Description = "Every row up to this day is in.", HelpName = "DAY" };
    private static readonly Option<string?> s_from = new("--from") { Description = "Only from this day on; otherwise from the beginning.", HelpName = "DAY" };
    private static readonly Option<string?> s_month = new("--month", "--window") { Description = "2025-03, or 2025-Q1, 2025-W09 as the programme counts", HelpName = "MONTH" };
    private static readonly Option<int?> s_rows = new("--rows-expected") { Description = "Rows that the paper register has of the month.", HelpName = "NUMBER" };

    public static Command Create()
    {
        var command = new Command("declare", "Say up to which day a register is complete, or how many rows it has on paper.") { s_file, s_source, s_facility, s_all, s_upTo, s_from, s_month, s_rows, Terminal.Author };
        command.SetAction(parsed => OpenStore.With(parsed, (store, programme) =>
        {
            if (parsed.GetValue(s_upTo) is { } upTo) return Complete(store, programme, parsed, upTo);
            var counted = Counted(programme, parsed);
            if (!counted.TryGet(out var rows)) return Terminal.Refuse(counted.Problems);
            var declared = DeclareCompleteness.Rows(store.Writer, programme, parsed.GetValue(s_source)!, rows, parsed.GetValue(Terminal.Author), TimeProvider.System);
            if (!declared.TryGet(out var count)) return Terminal.Refuse(declared.Problems);
            Console.WriteLine(Terminal.Say("declared.rows", ("n", count)));
            return 0;
        }));
        return command;
    }

    private static int Complete(OpenStore store, Programme programme, ParseResult parsed, string upTo)
    {
        var facility = parsed.GetValue(s_facility);
        if (facility is null != parsed.GetValue(s_all)) return Terminal.Refuse([Problem.Of("cascades.declare.which")]);
        if (Day(upTo) is not { } to) return Terminal.Refuse([Problem.Of("cascades.declare.day", ("text", upTo))]);
        if (parsed.GetValue(s_from) is { } begins && Day(begins) is null) return Terminal.Refuse([Problem.Of("cascades.declare.day", ("text", begins))]);
        var declared = DeclareCompleteness.UpTo(
            store.Writer, programme, parsed.GetValue(s_source)!, facility, Day(parsed.GetValue(s_from)), to, parsed.GetValue(Terminal.Author), TimeProvider.System);
        if (!declared.TryGet(out var body)) return Terminal.Refuse(declared.Problems);
        var from = body.From == DateOnly.MinValue ? Terminal.Say("declared.beginning") : Iso(body.From!.Value);
        Console.WriteLine(Terminal.Say("declared.upTo", ("source", body.Source), ("where", facility ?? Terminal.Say("declared.all")), ("from", from), ("to", Iso(to))));
        return 0;
    }

    private static Result<IReadOnlyList<RowsExpected>> Counted(Programme programme, ParseResult parsed)
    {
        if (parsed.GetValue(s_file) is { } named)
        {
            var file = Terminal.PathOf(named);
            return File.Exists(file) ? RowsExpectedFile.Read(Path.GetFileName(file), File.ReadAllBytes(file), programme.Window) : Problem.Of("capture.file.missing", ("file", file));
        }

        if (parsed.GetValue(s_facility) is not { } facility || parsed.GetValue(s_month) is not { } month || parsed.GetValue(s_rows) is not (>= 0 and var rows))
        {
            return Problem.Of("cascades.declare.nothing", ("example", WindowText.Example(programme.Window)));
        }

        var window = WindowText.Parse(programme.Window, month);
        return window.IsOk ? new[] { new RowsExpected(facility, window.Value, rows) } : Result<IReadOnlyList<RowsExpected>>.Refused(window.Problems);
    }

    private static DateOnly? Day(string? text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
