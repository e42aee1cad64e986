using System.Text;
using Escala.Cascades.Sheets;
using Escala.Programmes.Measures;

namespace Escala.Cli.Cascades;

/// <summary>Sheets as text of at most 100 columns.</summary>
internal sealed class SheetText(SheetWords words)
{
    private const int Width = 100, NameWidth = 27;

    public string Write(CascadeSheet sheet, SheetPlace neighbours)
    {
        var text = new StringBuilder();
        Head(text, sheet);
        text.AppendLine();
        Indicators(text, sheet.Indicators.Where(i => IsAbove(sheet, i)));
        Steps(text, sheet);
        text.AppendLine();
        Line(text, words.GreatestGain(sheet) + " " + words.Say("gain.notAdd"));
        if (words.OwnTargets(sheet) is { } own) Line(text, own);
        if (sheet.Steps.Any(s => s.Rises)) Line(text, words.Say("rises"));
        Line(text, words.Say("cli.target", ("target", words.Target(sheet, neighbours))));
        if (sheet.Target is TargetChoice.BestQuarter)
        {
            foreach (var step in sheet.Steps.Where(s => s.Step.Kind == StepKind.Service))
            {
                Line(text, "· " + words.TargetOf(step, neighbours, sheet.Programme.Strata.SuppressBelow));
            }
        }

        text.AppendLine();
        Indicators(text, sheet.Indicators.Where(i => !IsAbove(sheet, i)));
        text.AppendLine();
        Line(text, words.Say("cli.definitions", ("ids", string.Join(", ", Measures(sheet).Select(m => m.Definition)))));
        return text.ToString().TrimEnd();
    }

    /// <summary>One line a sheet, in the order of places and windows, never ranked.</summary>
    public string WriteSeveral(IReadOnlyList<CascadeSheet> sheets)
    {
        var text = new StringBuilder();
        if (sheets.Count == 0) return "";
        if (sheets[0].Programme.Example) Line(text, words.Say("simulated"));
        var steps = sheets[0].Programme.Cascade.Steps;
        var widest = Math.Min(sheets.Max(s => Place(s).Length) + 1, Width - 9 - (9 * steps.Count));
        text.Append(words.Say("cli.place").PadRight(widest)).Append(words.Say("cli.window").PadRight(9));
        for (var i = 0; i < steps.Count; i++) text.Append(FormattableString.Invariant($"({i + 1})").PadLeft(9));
        text.AppendLine();
        foreach (var sheet in sheets)
        {
            Name(text, Place(sheet), widest - 1);
            text.Append((sheet.Window + (sheet.Completeness.NotOpen is not null ? "°" : sheet.Completeness.IsComplete ? "" : "*")).PadRight(9));
            foreach (var step in sheet.Steps)
            {
                text.Append((step.Figure.Proportion is { } p ? words.Percent(p) : words.Say("cli.none." + step.Figure.Status)).PadLeft(9));
            }

            text.AppendLine();
        }

        for (var i = 0; i < steps.Count; i++) Line(text, FormattableString.Invariant($"({i + 1}) {steps[i].Measure.Name.In(words.Language)} · {steps[i].Measure.Definition}"));
        if (sheets.Any(s => s.Completeness is { IsComplete: false, NotOpen: null })) Line(text, "* " + words.Say("complete.incomplete"));
        if (sheets.Any(s => s.Completeness.NotOpen is not null)) Line(text, "° " + words.Say("cli.notOpen"));
        return text.ToString().TrimEnd();
    }

    private static string Place(CascadeSheet sheet) => $"{sheet.Place.Code} {sheet.Place.Name}";

    private static IEnumerable<Measure> Measures(CascadeSheet sheet) => sheet.Steps.Select(s => s.Step.Measure).Concat(sheet.Indicators.Select(i => i.Measure));

    private static bool IsAbove(CascadeSheet sheet, SheetIndicator indicator) => sheet.Programme.Cascade.Above.Any(m => m.Id == indicator.Measure.Id);

    private void Head(StringBuilder text, CascadeSheet sheet)
    {
        Line(text, $"{sheet.Programme.Name.In(words.Language)} · {sheet.Programme.Cascade.Name.In(words.Language)}");
        Line(text, $"{sheet.Place.Name} ({sheet.Place.Code}, {words.Level(sheet.Place.Level)}) · {words.Window(sheet.Window)}{(sheet.Programme.Trial is null ? "" : " · " + words.Exposure(sheet.Exposure))}");
        if (sheet.Programme.Example) Line(text, words.Say("simulated"));
        if (sheet.Place.IsSum) Line(text, words.Say("sum", ("n", sheet.Place.Facilities.Count)));
        Line(text, string.Join(" ", words.Completeness(sheet)));
        Line(text, words.People(sheet));
    }

    private void Steps(StringBuilder text, CascadeSheet sheet)
    {
        var language = words.Language;
        text.Append(words.Say("cli.step").PadRight(28)).Append(words.Say("cli.counts").PadLeft(14)).Append(words.Say("cli.share").PadLeft(8))
            .Append(words.Say("cli.interval").PadLeft(16)).Append(words.Say("cli.lost").PadLeft(8)).Append(words.Say("cli.gain").PadLeft(11));
        if (sheet.Beside is not null) text.Append(words.Say("cli.gainBeside").PadLeft(13));
        text.AppendLine();
        foreach (var step in sheet.Steps)
        {
            Name(text, step.Step.Measure.Name.In(language));
            Cells(text, step.Figure);
            text.Append((step.Step.Kind == StepKind.Yield ? "–" : step.Figure.DropOff?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "–").PadLeft(8)).Append(Short(sheet, step, step.Gain).PadLeft(11));
            if (step.GainBeside is { } beside) text.Append(Short(sheet, step, beside).PadLeft(13));
            text.AppendLine();
        }

        Line(text, words.Say("cli.end", ("end", sheet.EndStep.Name.In(language))) +
            (sheet.Beside is { } second ? " " + words.Say("cli.beside", ("end", second.Name.In(language))) : ""));
        foreach (var reason in words.NotComputable(sheet)) Line(text, reason);
    }

    private void Indicators(StringBuilder text, IEnumerable<SheetIndicator> indicators)
    {
        foreach (var indicator in indicators)
        {
            Name(text, indicator.Measure.Name.In(words.Language));
            Cells(text, indicator.Figure);
            if (indicator.Missing > 0) text.Append("  ").Append(words.Say("missing", ("n", indicator.Missing)));
            text.AppendLine();
        }
    }

    private void Cells(StringBuilder text, Figure figure)
    {
        text.Append(words.Counts(figure).PadLeft(14));
        if (figure.Proportion is { } p) text.Append(words.Percent(p).PadLeft(8)).Append(words.Interval(figure).PadLeft(16));
        else text.Append(("  " + words.Proportion(figure)).PadLeft(24));
    }

    private string Short(CascadeSheet sheet, SheetStep step, Gain gain) => gain switch
    {
        { Status: GainStatus.Ok, Persons: 0 } => words.Say(sheet.SetsTarget(step) ? "gain.setsTarget" : "cli.atTarget"),
        { Status: GainStatus.Ok } => "+" + words.Number(gain.Rounded!.Value),
        { Status: GainStatus.NotComputable } => words.Say("gain.mark"),
        _ => "–",
    };

    /// <summary>What is too long for the column goes on in the next line, where the figures are.</summary>
    private static void Name(StringBuilder text, string name, int width = NameWidth)
    {
        while (name.Length > width && name.LastIndexOf(' ', width) is > 2 and var at)
        {
            text.AppendLine(name[..at]);
            name = "  " + name[(at + 1)..];
        }

        text.Append(name.PadRight(width + 1));
    }

    private static void Line(StringBuilder text, string line)
    {
        var at = 0;
        foreach (var word in line.Split(' '))
        {
            if (at > 0 && at + 1 + word.Length > Width)
            {
                text.AppendLine();
                at = 0;
            }

            text.Append(at > 0 ? " " : "").Append(word);
            at += word.Length + (at > 0 ? 1 : 0);
        }

        text.AppendLine();
    }
}
