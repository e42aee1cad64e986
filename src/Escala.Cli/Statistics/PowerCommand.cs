using System.CommandLine;
using Escala.Cli.Economics;
using Escala.Numerics;
using Escala.Numerics.SteppedWedge;

namespace Escala.Cli.Statistics;

/// <summary>Power of a trial, with the tables that decide whether to believe it.</summary>
internal static class PowerCommand
{
    public static Command Create() => new("power", "Power, detectable difference and sample size of a trial.") { SteppedWedge(), Parallel() };

    private static Command SteppedWedge()
    {
        var perSequence = new Option<int>("--clusters-per-sequence") { Description = "Clusters in each sequence (wave).", DefaultValueFactory = _ => 1 };
        var sequences = new Option<int>("--sequences") { Description = "Sequences (waves)." };
        var periods = new Option<int?>("--periods") { Description = "Periods; one more than sequences unless said." };
        var baselinePeriods = new Option<int>("--baseline-periods") { Description = "Periods in which nobody is exposed.", DefaultValueFactory = _ => 1 };
        var transition = new Option<int>("--transition") { Description = "Periods after each cross-over that are not analysed." };
        var pattern = new Option<string?>("--layout") { Description = "Any layout instead: one word a sequence of 0, 1 and . (not observed), such as 0111,0011,0001." };
        var inputs = new PowerInputs();
        var command = new Command("stepped-wedge", "A stepped-wedge cluster-randomised trial.") { perSequence, sequences, periods, baselinePeriods, transition, pattern };
        inputs.AddTo(command);
        command.SetAction(result => Failures.Guard(() =>
        {
            double size = inputs.FirstSize(result);
            int k = result.GetValue(perSequence), s = result.GetValue(sequences);
            if (result.GetValue(pattern) is null && s < 1) throw new UnfitInputException("numerics.option.sequences", "Give --sequences (at least 1), or a --layout.");
            var layout = result.GetValue(pattern) is { } words
                ? TrialLayout.Parse(words, k, size)
                : TrialLayout.SteppedWedge(s, k, result.GetValue(periods) ?? (s + result.GetValue(baselinePeriods)), size, result.GetValue(baselinePeriods), result.GetValue(transition));
            var longer = result.GetValue(pattern) is null
                ? TrialLayout.SteppedWedge(s, k, layout.Periods + 1, size, result.GetValue(baselinePeriods), result.GetValue(transition))
                : null;
            PowerReport.Write(inputs.Read(result, layout, longer), result.GetValue(inputs.Json));
        }));
        return command;
    }

    private static Command Parallel()
    {
        var perArm = new Option<int>("--clusters-per-arm") { Description = "Clusters in each of the two arms.", Required = true };
        var periods = new Option<int>("--periods") { Description = "Periods in all.", DefaultValueFactory = _ => 1 };
        var baselinePeriods = new Option<int>("--baseline-periods") { Description = "Periods before either arm is exposed." };
        var inputs = new PowerInputs();
        var command = new Command("parallel", "A parallel cluster-randomised trial with equal arms.") { perArm, periods, baselinePeriods };
        inputs.AddTo(command);
        command.SetAction(result => Failures.Guard(() =>
        {
            var layout = TrialLayout.Parallel(result.GetValue(perArm), result.GetValue(periods), inputs.FirstSize(result), result.GetValue(baselinePeriods));
            PowerReport.Write(inputs.Read(result, layout, null), result.GetValue(inputs.Json));
        }));
        return command;
    }
}
