using System.CommandLine;
using System.Globalization;
using Escala.Economics.Analysis;
using Escala.Numerics.CostEffectiveness;
using Escala.Numerics.Data;

namespace Escala.Cli.Economics;

/// <summary>Cost per unit of effect within a stepped-wedge trial.</summary>
internal static class TrialCommand
{
    private const long MaximumBytes = 500_000_000;

    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "Comma-separated, one row per person and period." };
        var cost = new Option<string>("--cost") { Description = "Column of costs.", DefaultValueFactory = _ => "cost" };
        var effects = new Option<string[]>("--effect") { Description = "Column of an effect, as sbp:lower where less is better; may be repeated.", Required = true, AllowMultipleArgumentsPerToken = true };
        var cluster = new Option<string>("--cluster") { Description = "Column of the randomised clusters.", DefaultValueFactory = _ => "district" };
        var facility = new Option<string?>("--facility") { Description = "Column of facilities within clusters." };
        var period = new Option<string>("--period") { Description = "Column of the periods.", DefaultValueFactory = _ => "period" };
        var treated = new Option<string>("--treated") { Description = "Column that is 1 in exposed cluster-periods, 0 in others.", DefaultValueFactory = _ => "treated" };
        var patient = new Option<string?>("--patient") { Description = "Column of patients, for the descriptive change before and after." };
        var thresholds = new Option<string?>("--thresholds") { Description = "From, to and number of points, as in 0:300:31, or a list 50,100." };
        var draws = new Option<int>("--draws") { Description = "Draws and bootstrap replicates.", DefaultValueFactory = _ => 5000 };
        var seed = new Option<ulong>("--seed") { Description = "Seed.", DefaultValueFactory = _ => 1 };
        var json = new Option<bool>("--json") { Description = "Answer in JSON." };
        var command = new Command("trial", "Cost per unit of effect from the stepped-wedge contrast with period effects.")
        {
            file, cost, effects, cluster, facility, period, treated, patient, thresholds, draws, seed, json,
        };
        command.SetAction(result => Failures.Guard(() =>
        {
            var data = DataFrame.ReadCsv(new StringReader(InputFile.ReadAllText(result.GetValue(file)!, MaximumBytes)));
            var levels = CeaCommand.Thresholds(result.GetValue(thresholds));
            List<TrialAnswer> answers = [];
            foreach (var effect in result.GetValue(effects)!)
            {
                var (name, isHarm) = Effect(effect);
                var columns = new WithinTrialColumns(result.GetValue(cost)!, name, isHarm, result.GetValue(cluster)!, result.GetValue(period)!, result.GetValue(treated)!)
                {
                    Facility = result.GetValue(facility),
                    Patient = result.GetValue(patient),
                };
                answers.Add(TrialAnswer.Of(name, isHarm, WithinTrialAnalysis.Evaluate(data, columns, result.GetValue(draws), result.GetValue(seed)), levels, result.GetValue(seed)));
            }
            if (result.GetValue(json)) Output.WriteJson(new { Analyses = answers });
            else foreach (var answer in answers) Print(answer);
        }));
        return command;
    }

    private static (string Name, bool IsHarm) Effect(string text) => text.Split(':') switch
    {
        [var name] => (name, false),
        [var name, "higher"] => (name, false),
        [var name, "lower"] => (name, true),
        _ => throw new ArgumentException($"--effect '{text}' is not understood: write a column, and :lower where less is better, as in sbp:lower."),
    };

    private static void Print(TrialAnswer a)
    {
        Line($"{a.Effect}{(a.EffectIsHarm ? " (fall)" : "")}: {a.Clusters} clusters, {a.Rows} rows");
        Line($"  cost    {a.CostDifference.Estimate,12:N3} (95 % {a.CostDifference.Lower:N3} to {a.CostDifference.Upper:N3}), SE {a.CostDifference.StandardError:N3}, df {a.CostDifference.DegreesOfFreedom:0.0}");
        Line($"  effect  {a.EffectDifference.Estimate,12:N4} (95 % {a.EffectDifference.Lower:N4} to {a.EffectDifference.Upper:N4}), SE {a.EffectDifference.StandardError:N4}, df {a.EffectDifference.DegreesOfFreedom:0.0}");
        Line($"  cost per unit of effect {a.Ratio:N3}; correlation {a.Correlation:0.000}");
        Line($"  Fieller: {Describe(a.Fieller)}");
        Line($"  delta:   {Describe(a.Delta)} (for comparison)");
        Line($"  cluster bootstrap{(a.Bootstrap.Reliable ? "" : " (UNRELIABLE)")}: {a.Bootstrap.Replicates} replicates, {a.Bootstrap.Failed} failed; dearer and better {a.Bootstrap.DearerBetter:P1}, dearer and worse {a.Bootstrap.DearerWorse:P1}, cheaper and worse {a.Bootstrap.CheaperWorse:P1}, cheaper and better {a.Bootstrap.CheaperBetter:P1}");
        if (a.Bootstrap.RatioLower is { } low) Line($"    percentiles of the ratio {low:N3} to {a.Bootstrap.RatioUpper:N3}");
        else Line($"    no percentiles of the ratio: replicates lie in several quadrants, where equal ratios mean opposite things; read net benefit");
        foreach (var t in a.Acceptability) Line($"  at {t.Threshold:N0}: net benefit {t.NetBenefit:N2} (95 % {t.Lower:N2} to {t.Upper:N2}), probability of being worth it {t.Probability:0.000} by {a.Primary}");
        if (a.BeforeAfter is { } change) Line($"  descriptive only, {change.Patients} patients seen before and after: cost {change.MeanCost:N3}, effect {change.MeanEffect:N4}; this holds regression to the mean and secular change and is no effect");
        foreach (var warning in a.Warnings) Console.WriteLine("  warning: " + warning);
    }

    private static string Describe(RatioAnswer set) => set.Kind switch
    {
        "bounded" => string.Create(CultureInfo.InvariantCulture, $"{set.Lower:N3} to {set.Upper:N3}"),
        "two rays" => string.Create(CultureInfo.InvariantCulture, $"unbounded: all ratios below {set.Lower:N3} and above {set.Upper:N3}; the effect may be zero"),
        _ => "unbounded: no ratio is excluded",
    };

    private static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
