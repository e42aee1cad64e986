using System.CommandLine;
using Escala.Cli.Stores;
using Escala.Economics.Analysis;
using Escala.Economics.Models;
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
                answers.Add(TrialAnswer.Of(name, isHarm, WithinTrialAnalysis.Evaluate(data, columns, result.GetValue(draws), result.GetValue(seed)), levels, result.GetValue(seed), Terminal.Language));
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
        _ => throw new ModelException(default, "economics.trial.effect", ("text", text)),
    };

    private static void Print(TrialAnswer a)
    {
        var effect = a.EffectIsHarm ? Words.Say("trial.fall", ("effect", a.Effect)) : a.Effect;
        Console.WriteLine(Words.Say("trial.head", ("effect", effect), ("clusters", a.Clusters), ("rows", Words.Number(a.Rows, "N0"))));
        if (a.Drift.IsMaterial) Drift("trial.drift", a.Drift);
        Say("trial.cost", Contrast(a.CostDifference, "N3"));
        Say("trial.effect", Contrast(a.EffectDifference, "N4"));
        Say("trial.ratio", ("ratio", Words.Number(a.Ratio, "N3")), ("correlation", Words.Number(a.Correlation, "0.000")));
        Say("trial.fieller", ("set", Describe(a.Fieller)));
        Say("trial.delta", ("set", Describe(a.Delta)));
        if (!a.Drift.IsMaterial) Drift("trial.noDrift", a.Drift);
        var b = a.Bootstrap;
        Console.WriteLine("  " + (b.Reliable ? "" : Words.Say("trial.unreliable")) + Words.Say("trial.bootstrap", ("n", b.Replicates), ("failed", b.Failed),
            ("dearerBetter", Words.Number(b.DearerBetter, "P1")), ("dearerWorse", Words.Number(b.DearerWorse, "P1")), ("cheaperWorse", Words.Number(b.CheaperWorse, "P1")), ("cheaperBetter", Words.Number(b.CheaperBetter, "P1"))));
        if (b.RatioLower is { } low) Say("trial.percentiles", ("lower", Words.Number(low, "N3")), ("upper", Words.Number(b.RatioUpper, "N3")));
        else Say("trial.noPercentiles");
        foreach (var t in a.Acceptability)
        {
            Say("trial.benefit", ("threshold", Words.Number(t.Threshold, "N0")), ("benefit", Words.Number(t.NetBenefit, "N2")), ("lower", Words.Number(t.Lower, "N2")), ("upper", Words.Number(t.Upper, "N2")),
                ("probability", Words.Number(t.Probability, "0.000")), ("primary", Words.Say(b.Reliable ? "trial.primary.bootstrap" : "trial.primary.model")));
        }
        if (a.BeforeAfter is { } change) Say("trial.beforeAfter", ("patients", change.Patients), ("cost", Words.Number(change.MeanCost, "N3")), ("effect", Words.Number(change.MeanEffect, "N4")));
        foreach (var warning in a.Warnings) Say("warning", ("text", warning));
    }

    private static void Drift(string key, TrialDriftAnswer drift)
    {
        Say(key);
        foreach (var (line, gaps) in new[] { ("trial.cost", Contrast(drift.CostDifference, "N3")), ("trial.effect", Contrast(drift.EffectDifference, "N4")), ("trial.fieller", [("set", Describe(drift.Fieller))]) })
            Console.WriteLine("    " + Words.Say(line, gaps));
        if (!drift.Converged) Say("trial.driftNotConverged");
    }

    private static (string, object?)[] Contrast(TrialContrast c, string format) =>
    [
        ("estimate", Words.Number(c.Estimate, format)), ("lower", Words.Number(c.Lower, format)), ("upper", Words.Number(c.Upper, format)),
        ("error", Words.Number(c.StandardError, format)), ("freedom", Words.Number(c.DegreesOfFreedom, "0.0")),
    ];

    private static string Describe(RatioAnswer set) => set.Kind switch
    {
        "bounded" => Words.Say("trial.bounded", ("lower", Words.Number(set.Lower, "N3")), ("upper", Words.Number(set.Upper, "N3"))),
        "two rays" => Words.Say("trial.rays", ("lower", Words.Number(set.Lower, "N3")), ("upper", Words.Number(set.Upper, "N3"))),
        _ => Words.Say("trial.everything"),
    };

    private static void Say(string key, params ReadOnlySpan<(string Gap, object? Value)> gaps) => Console.WriteLine("  " + Words.Say(key, gaps));
}
