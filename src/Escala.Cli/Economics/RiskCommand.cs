using System.CommandLine;
using System.Globalization;
using Escala.Economics.Packs;
using Escala.Numerics.Risk;

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
        catch (Exception broken) when (broken is FormatException or ArgumentException or IOException)
        {
            // A pack that somebody replaced must not keep the rest of the program from starting.
            command.SetAction(_ => Failures.Guard(() => throw new FormatException(broken.Message, broken)));
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
            // A flag that is set to false asks for no variant of its own.
            var equation = score.Choose([.. values.Where(v => options.Keys.First(c => c.Name == v.Key).Kind != RiskCovariateKind.Flag || v.Value != 0).Select(v => v.Key)]);
            Write(equation.Estimate(values.Where(v => equation.IndexOf(v.Key) >= 0).ToDictionary()), equation, score, result.GetValue(json));
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
                : throw new ArgumentException($"{option.Name} is '{text}', which is not a number. Write it with a decimal point, in {covariate.Unit}.");
        }
        var level = covariate.Levels.ToList().FindIndex(l => string.Equals(l, text, StringComparison.OrdinalIgnoreCase));
        return level >= 0 ? level : throw new ArgumentException($"{option.Name} '{text}' is unknown. It is one of: {string.Join(", ", covariate.Levels)}.");
    }

    private static void Write(RiskEstimate estimate, RiskEquation equation, RiskScore score, bool json)
    {
        if (json)
        {
            Dictionary<string, object> answer = new() { ["model"] = estimate.Model, ["risk"] = estimate.Risks.Total };
            foreach (var endpoint in score.Endpoints) answer[endpoint.Name] = endpoint.Of(estimate.Risks);
            answer["warnings"] = estimate.Warnings;
            Output.WriteJson(answer);
            return;
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{estimate.Model}: {100 * estimate.Risks.Total:0.00} % in ten years"));
        foreach (var endpoint in score.Endpoints) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {endpoint.Label}: {100 * endpoint.Of(estimate.Risks):0.00} %"));
        foreach (var warning in estimate.Warnings) Console.WriteLine("  warning: " + warning);
        Console.WriteLine("  " + equation.Citation);
    }
}
