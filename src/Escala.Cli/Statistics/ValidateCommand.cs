using System.CommandLine;
using Escala.Cli.Economics;
using Escala.Numerics.Models;

namespace Escala.Cli.Statistics;

/// <summary><c>escala validate</c>: the shipped references, fitted on this machine: the sheet a trial's monitor files.</summary>
internal static class ValidateCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("validate", "Fits the shipped reference cases on this machine and shows every difference; exit code 1 if one is too large.") { json };
        command.SetAction(parse =>
        {
            var figures = Validation.Run();
            if (parse.GetValue(json)) Output.WriteJson(figures);
            else Print(figures);
            return figures.All(f => f.Passed) ? 0 : 1;
        });
        return command;
    }

    private static void Print(IReadOnlyList<ValidationFigure> figures)
    {
        var version = typeof(Validation).Assembly.GetName().Version?.ToString(3);
        Line($"Escala.Numerics {version}, {System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}, {System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier}");
        foreach (var fit in figures.GroupBy(f => f.Case))
        {
            Line($"\n{fit.Key}\n  {Vocabulary.Say("validate.reference", ("source", fit.First().Source))}");
            foreach (var f in fit) Line($"  {(f.Passed ? "ok  " : Vocabulary.Say("validate.fails"))} {f.Figure,-46} {f.Computed,20:0.0000000000} {f.Reference,20:0.0000000000} {f.Difference,10:0.0e+00} ({Vocabulary.Say("validate.allowed", ("tolerance", Vocabulary.Number(f.Tolerance, "0e+00")))})");
        }
        Console.WriteLine();
        Console.WriteLine(Vocabulary.Say("validate.end", ("passed", figures.Count(f => f.Passed)), ("all", figures.Count), ("largest", Vocabulary.Number(figures.Where(f => f.Passed).Max(f => f.Difference), "0.0e+00"))));
    }

    private static void Line(FormattableString text) => Console.Out.WriteLine(text.ToString(Vocabulary.Culture));
}
