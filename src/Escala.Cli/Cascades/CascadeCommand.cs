using System.CommandLine;
using Escala.Cascades.Sheets;
using Escala.Cli.Stores;
using Escala.Platform.Problems;
using Escala.Platform.Texts;

namespace Escala.Cli.Cascades;

/// <summary><c>escala cascade</c>: the cascade sheet of a facility, a district, or every facility, for one window or several.</summary>
public static class CascadeCommand
{
    /// <param name="open">Opens the store of that name (null: the default one) and says what sheets are read from.</param>
    public static Command Create(Func<string?, Result<SheetSource>> open)
    {
        var facility = new Option<string?>("--facility") { Description = "Code of a facility", HelpName = "CODE" };
        var district = new Option<string?>("--district") { Description = "Code of a district or a wider place: the sum of its facilities", HelpName = "CODE" };
        var all = new Option<bool>("--all") { Description = "Every facility that was open" };
        var month = new Option<string?>("--month", "--window") { Description = "2025-03, or 2025-Q1, 2025-W09 as the programme counts", HelpName = "MONTH" };
        var from = new Option<string?>("--from") { Description = "First of several months", HelpName = "MONTH" };
        var to = new Option<string?>("--to") { Description = "Last of several months", HelpName = "MONTH" };
        var end = new Option<string?>("--end") { Description = "Step at which gains are counted", HelpName = "STEP" };
        var target = new Option<string?>("--target") { Description = "0.9, or best-quarter of the district's facilities", HelpName = "TARGET" };
        var json = new Option<bool>("--json") { Description = "Exact figures as JSON" };
        var command = new Command("cascade", "Show the cascade sheet of a facility or district.")
        {
            facility, district, all, month, from, to, end, target, json, Terminal.Lang,
        };
        command.SetAction(parsed => Terminal.Guard(() =>
        {
            var request = new SheetRequest(
                parsed.GetValue(facility), parsed.GetValue(district), parsed.GetValue(all), parsed.GetValue(month), parsed.GetValue(from),
                parsed.GetValue(to), parsed.GetValue(end), parsed.GetValue(target));
            var output = parsed.InvocationConfiguration;
            var spoken = parsed.GetValue(Terminal.Lang) is { } told ? Languages.Parse(told) : Terminal.Language;
            if (spoken is null) return Refuse(output.Error, [Problem.Of("cascades.sheet.language", ("language", parsed.GetValue(Terminal.Lang)))], Language.En);
            var source = open(parsed.GetValue(Terminal.Store));
            return source.IsOk ? Run(source.Value, request, parsed.GetValue(json), spoken.Value, output) : Refuse(output.Error, source.Problems, spoken.Value);
        }));
        return command;
    }

    private static int Run(SheetSource source, SheetRequest request, bool json, Language language, InvocationConfiguration output)
    {
        using var reader = new SheetReader(source);
        var sheets = request.Read(reader);
        if (!sheets.IsOk) return Refuse(output.Error, sheets.Problems, language);
        var words = new SheetWords(language);
        output.Output.WriteLine((json, sheets.Value) switch
        {
            (true, [var only]) when !request.IsSeveral => CascadeJson.Write(only, language),
            (true, var several) => CascadeJson.Write(several, language),
            (false, [var only]) when !request.IsSeveral => new SheetText(words).Write(only, reader.Neighbours(only.Place, only.Window)),
            (false, var several) => new SheetText(words).WriteSeveral(several),
        });
        return 0;
    }

    private static int Refuse(TextWriter error, IReadOnlyList<Problem> problems, Language language)
    {
        foreach (var problem in problems) error.WriteLine("escala: " + Terminal.Problems.Sentence(problem, language));
        return 2;
    }
}
