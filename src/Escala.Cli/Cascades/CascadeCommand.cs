using System.CommandLine;
using System.Globalization;
using Escala.Cascades.Sheets;
using Escala.Platform.Problems;
using Escala.Platform.Texts;
using Escala.Programmes;

namespace Escala.Cli.Cascades;

/// <summary><c>escala cascade</c>: the cascade sheet of a facility, a district, or every facility, for one window or several.</summary>
public static class CascadeCommand
{
    private static readonly ProblemTexts s_problems = ProblemTexts.From(typeof(SheetReader).Assembly, typeof(Programme).Assembly);

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
        var language = new Option<string>("--lang") { Description = "pt, es or en", HelpName = "LANG", DefaultValueFactory = _ => "en" };
        var command = new Command("cascade", "Show the cascade sheet of a facility or district.")
        {
            facility, district, all, month, from, to, end, target, json, language,
        };
        command.SetAction(parsed =>
        {
            var request = new CascadeRequest(
                parsed.GetValue(facility), parsed.GetValue(district), parsed.GetValue(all), parsed.GetValue(month), parsed.GetValue(from),
                parsed.GetValue(to), parsed.GetValue(end), parsed.GetValue(target), parsed.GetValue(json));
            var output = parsed.InvocationConfiguration;
            var spoken = Languages.Parse(parsed.GetValue(language));
            if (spoken is null) return Refuse(output.Error, [Problem.Of("cascades.sheet.language", ("language", parsed.GetValue(language)))], Language.En);
            var source = open(parsed.GetValue(Stores.Terminal.Store));
            return source.IsOk ? Run(source.Value, request, spoken.Value, output.Output, output.Error) : Refuse(output.Error, source.Problems, spoken.Value);
        });
        return command;
    }

    public static int Run(SheetSource source, CascadeRequest request, Language language, TextWriter output, TextWriter error)
    {
        var reader = new SheetReader(source);
        var sheets = request.Read(reader);
        if (!sheets.IsOk) return Refuse(error, sheets.Problems, language);
        var words = new SheetWords(language);
        output.WriteLine((request.Json, sheets.Value) switch
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
        foreach (var problem in problems) error.WriteLine("escala: " + s_problems.Sentence(problem, language));
        return 2;
    }
}

/// <summary>What was asked at the command line.</summary>
public sealed record CascadeRequest(
    string? Facility, string? District, bool All, string? Month, string? From, string? To, string? End, string? Target, bool Json)
{
    /// <summary>Several places or windows were asked for, so the answer is a list even when it has one member.</summary>
    public bool IsSeveral => All || From is not null || To is not null;

    public Result<IReadOnlyList<CascadeSheet>> Read(SheetReader reader)
    {
        if ((Facility is null ? 0 : 1) + (District is null ? 0 : 1) + (All ? 1 : 0) != 1) return Problem.Of("cascades.sheet.no-choice");
        var choice = Choice();
        if (!choice.IsOk) return Result<IReadOnlyList<CascadeSheet>>.Refused(choice.Problems);
        var windows = Windows(reader.Programme.Window);
        if (!windows.IsOk) return Result<IReadOnlyList<CascadeSheet>>.Refused(windows.Problems);
        var sheets = new List<CascadeSheet>();
        foreach (var window in windows.Value)
        {
            var read = All ? reader.AllFacilities(window, choice.Value) : One(reader, window, choice.Value);
            if (!read.IsOk) return read;
            sheets.AddRange(read.Value);
        }

        return sheets;
    }

    private Result<IReadOnlyList<CascadeSheet>> One(SheetReader reader, Window window, SheetChoice choice)
    {
        var sheet = reader.Sheet(Facility ?? District!, window, choice);
        if (!sheet.IsOk) return Result<IReadOnlyList<CascadeSheet>>.Refused(sheet.Problems);
        var place = sheet.Value.Place;
        if (place.IsSum != District is not null)
        {
            return Problem.Of(place.IsSum ? "cascades.sheet.not-a-facility" : "cascades.sheet.not-a-district", ("place", place.Code), ("level", place.Level));
        }

        return new[] { sheet.Value };
    }

    private Result<SheetChoice> Choice()
    {
        if (Target is null) return new SheetChoice(End);
        if (Target == "best-quarter") return new SheetChoice(End, new TargetChoice.BestQuarter());
        return double.TryParse(Target, NumberStyles.Float, CultureInfo.InvariantCulture, out var share)
            ? new SheetChoice(End, new TargetChoice.Share(share))
            : Problem.Of("cascades.sheet.target-number", ("target", Target));
    }

    private Result<IReadOnlyList<Window>> Windows(WindowKind kind)
    {
        if ((Month ?? From ?? To) is null || (Month is not null && (From ?? To) is not null) || (Month is null && (From is null || To is null)))
        {
            return Problem.Of("cascades.sheet.no-window", ("example", WindowText.Example(kind)));
        }

        var (first, last) = (WindowText.Parse(kind, Month ?? From!), WindowText.Parse(kind, Month ?? To!));
        if (!first.IsOk || !last.IsOk) return Result<IReadOnlyList<Window>>.Refused(first.IsOk ? last.Problems : first.Problems);
        if (last.Value.Number < first.Value.Number) return Problem.Of("cascades.sheet.window-order", ("from", first.Value), ("to", last.Value));
        return Enumerable.Range(first.Value.Number, last.Value.Number - first.Value.Number + 1).Select(n => new Window(kind, n)).ToArray();
    }
}
