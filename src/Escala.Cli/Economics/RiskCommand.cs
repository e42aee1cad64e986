using System.CommandLine;
using System.Globalization;
using Escala.Cli.Stores;
using Escala.Economics.Models;
using Escala.Economics.Packs;
using Escala.Numerics.Risk;
using Escala.Platform.Problems;

namespace Escala.Cli.Economics;

/// <summary>The ten-year risk of one person; the inputs are those that the equations declare.</summary>
internal static class RiskCommand
{
    public static Command Create()
    {
        var command = new Command("risk", "The ten-year risk of one person by a published equation.");
        try
        {
            foreach (var score in RiskScores.All) command.Subcommands.Add(Create(score));
        }
        catch (ModelException broken)
        {
            // A pack that somebody replaced must not keep the rest of the program from starting.
            command.SetAction(_ => Failures.Guard(() => throw new ModelException(broken.Problems)));
        }
        return command;
    }

    private static Command Create(RiskScore score)
    {
        var command = new Command(score.Name, score.Title);
        var json = new Option<bool>("--json") { Description = "Answer in JSON." };
        Dictionary<RiskCovariate, Option> options = [];
        foreach (var covariate in score.Covariates)
        {
            var name = "--" + covariate.Name.Replace('_', '-');
            Option option = covariate.Kind switch
            {
                RiskCovariateKind.Flag => new Option<bool>(name) { Description = covariate.Label },
                RiskCovariateKind.Number => new Option<string>(name) { Description = $"{covariate.Label}, {covariate.Unit}" },
                _ => new Option<string>(name) { Description = $"{covariate.Label}: {string.Join(", ", covariate.Levels)}" },
            };
            options[covariate] = option;
            command.Options.Add(option);
        }
        command.Options.Add(json);
        command.SetAction(result => Failures.Guard(() =>
        {
            var values = options.Where(o => result.GetResult(o.Value) is { Implicit: false })
                .ToDictionary(o => o.Key.Name, o => Read(o.Key, o.Value, result), StringComparer.Ordinal);
            try
            {
                // A flag that is set to false asks for no variant of its own.
                var equation = score.Choose([.. values.Where(v => options.Keys.First(c => c.Name == v.Key).Kind != RiskCovariateKind.Flag || v.Value != 0).Select(v => v.Key)]);
                Write(equation.Estimate(values.Where(v => equation.IndexOf(v.Key) >= 0).ToDictionary()), equation, score, result.GetValue(json));
            }
            catch (RiskInputException unfit)
            {
                throw new ModelException([RiskScores.ProblemOf(unfit, default)]);
            }
        }));
        return command;
    }

    private static double Read(RiskCovariate covariate, Option option, ParseResult result)
    {
        if (option is Option<bool> flag) return result.GetValue(flag) ? 1 : 0;
        var text = result.GetValue((Option<string>)option) ?? "";
        if (covariate.Kind == RiskCovariateKind.Number)
        {
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
                : throw new ModelException(default, "economics.risk.number", ("input", option.Name), ("text", text), ("unit", covariate.Unit));
        }
        var level = covariate.Levels.ToList().FindIndex(l => string.Equals(l, text, StringComparison.OrdinalIgnoreCase));
        return level >= 0 ? level : throw new ModelException(default, "economics.risk.level", ("input", option.Name), ("text", text), ("known", string.Join(", ", covariate.Levels)));
    }

    private static void Write(RiskEstimate estimate, RiskEquation equation, RiskScore score, bool json)
    {
        List<string> warnings = [];
        if (estimate.IsExtrapolated) warnings.Add(Terminal.Problems.Sentence(Problem.Of("economics.warning.age", ("lower", equation.MinimumAge), ("upper", equation.MaximumAge)), Terminal.Language));
        if (json)
        {
            Dictionary<string, object> answer = new() { ["model"] = estimate.Model, ["risk"] = estimate.Risks.Total };
            foreach (var endpoint in score.Endpoints) answer[endpoint.Name] = endpoint.Of(estimate.Risks);
            answer["warnings"] = warnings;
            Output.WriteJson(answer);
            return;
        }
        Console.WriteLine(Words.Say("risk.total", ("model", estimate.Model), ("risk", Words.Number(estimate.Risks.Total, "P2"))));
        foreach (var endpoint in score.Endpoints) Console.WriteLine("  " + Words.Say("risk." + endpoint.Name, ("risk", Words.Number(endpoint.Of(estimate.Risks), "P2"))));
        foreach (var warning in warnings) Console.WriteLine("  " + Words.Say("warning", ("text", warning)));
        Console.WriteLine("  " + equation.Citation);
    }
}
