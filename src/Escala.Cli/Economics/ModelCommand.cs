using System.CommandLine;
using System.Globalization;
using Escala.Cli.Stores;
using Escala.Economics;
using Escala.Economics.Analysis;
using Escala.Economics.Models;
using Escala.Economics.Packs;

namespace Escala.Cli.Economics;

/// <summary>Decision models from their files.</summary>
internal static class ModelCommand
{
    private static readonly Argument<string> s_file = new("FILE") { Description = "Model file (YAML or JSON)." };
    private static readonly Option<bool> s_json = new("--json") { Description = "Answer in JSON." };
    private static readonly Option<string?> s_out = new("--out") { Description = "Folder for the results as files." };
    private static readonly Option<int?> s_draws = new("--draws") { Description = "Number of draws; the file's where absent." };
    private static readonly Option<ulong?> s_seed = new("--seed") { Description = "Seed; the file's where absent." };
    private static readonly Option<string?> s_threshold = new("--threshold") { Description = "Willingness to pay for a unit of effect; the middle one of the file where absent." };

    public static Command Create()
    {
        var command = new Command("model", "Decision models: check, run, and analyse them.");
        command.Subcommands.Add(Leaf("check", "Read a model, compute its base case and budget, and list what is wrong or unclear.", [], (model, _) =>
        {
            model.Check();
            return new CheckAnswer(model.Title, model.Hash, [.. model.Remarks.Select(r => r.Sentence(model.Language))]);
        }, ModelText.Check));
        var trace = new Option<bool>("--trace") { Description = "With the share of the cohort in each state at each cycle." };
        command.Subcommands.Add(Leaf("run", "The base case; with --draws or --seed the probabilistic analysis as well.", [trace, s_draws, s_seed], (model, r) =>
        {
            var run = model.Run(r.GetValue(trace) || r.GetValue(s_out) is not null);
            return r.GetValue(s_draws) is null && r.GetValue(s_seed) is null ? run : WithPsa(run, model, r);
        }, answer =>
        {
            ModelText.Run(answer);
            if (answer.Psa is not null) ModelText.Psa(answer);
        }, ModelFiles.Run));
        command.Subcommands.Add(Leaf("psa", "The base case and the probabilistic analysis.", [s_draws, s_seed], (model, r) => WithPsa(model.Run(), model, r), ModelText.Psa, ModelFiles.Run));
        var breakEven = new Option<bool>("--break-even") { Description = "Search for values at which the decision changes." };
        var twoWay = new Option<string?>("--two-way") { Description = "Two parameters, a,b: net benefit over a grid of both." };
        var points = new Option<int>("--points") { Description = "Points per parameter of a two-way grid.", DefaultValueFactory = _ => 11 };
        command.Subcommands.Add(Leaf("tornado", "One parameter at a time, or two.", [s_threshold, breakEven, twoWay, points], (model, r) => Sensitivity(model, r, breakEven, twoWay, points), ModelText.Sensitivity));
        command.Subcommands.Add(Leaf("budget", "Spending by year.", [], (model, _) => model.Budget(), ModelText.Budget));
        command.Subcommands.Add(Leaf("evppi", "Value of learning each parameter.", [s_draws, s_seed], (model, r) =>
            model.Evppi(r.GetValue(s_draws) ?? model.Draws, r.GetValue(s_seed) ?? model.Seed), ModelText.Evppi));
        command.Subcommands.Add(Report());
        command.Subcommands.Add(WorkbookCommands.ToExcel());
        command.Subcommands.Add(WorkbookCommands.FromExcel());
        command.Subcommands.Add(Packs());
        return command;
    }

    private static RunAnswer WithPsa(RunAnswer run, DecisionModel model, ParseResult r)
    {
        var seed = r.GetValue(s_seed) ?? model.Seed;
        return run with { Seed = seed, Psa = model.Psa(r.GetValue(s_draws) ?? model.Draws, seed) };
    }

    private static Command Packs()
    {
        var command = new Command("packs", "The tables that models can use by name, with citation and licence.") { s_json };
        command.SetAction(result => Failures.Guard(() =>
        {
            var packs = DataPack.Names.Select(DataPack.Open).Select(p => new PackAnswer(p.Name, p.Title, p.Citation, p.Licence, p.Note, p.Columns, p.Rows.Count, p.Hash, p.IsShipped)).ToList();
            if (result.GetValue(s_json)) Output.WriteJson(packs);
            else ModelText.Packs(packs);
        }));
        return command;
    }

    private static Command Report()
    {
        var target = new Option<string>("--out") { Description = "Where to write the page.", DefaultValueFactory = _ => "report.html" };
        var command = new Command("report", "One page with results, figures, parameters and checklists.") { s_file, target };
        command.SetAction(result => Failures.Guard(() =>
        {
            File.WriteAllText(result.GetValue(target)!, Load(result).Report());
            Console.WriteLine(Words.Say("written", ("path", result.GetValue(target))));
        }));
        return command;
    }

    private static object Sensitivity(DecisionModel model, ParseResult r, Option<bool> breakEven, Option<string?> twoWay, Option<int> points)
    {
        var threshold = r.GetValue(s_threshold) is { } text ? Number(text) : model.MiddleThreshold;
        if (r.GetValue(twoWay) is not { } pair) return model.Tornado(threshold, r.GetValue(breakEven));
        return pair.Split(',') is [var first, var second] ? model.TwoWay(first.Trim(), second.Trim(), threshold, r.GetValue(points))
            : throw new ModelException(default, "economics.sensitivity.pair");
    }

    internal static double Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= 0 && double.IsFinite(number) ? number
        : throw new ModelException(default, "economics.threshold.number", ("text", text));

    private static DecisionModel Load(ParseResult result) => DecisionModel.Load(InputFile.ReadModel(result.GetValue(s_file)!), Terminal.Language);

    private static Command Leaf<T>(string name, string description, IReadOnlyList<Option> options, Func<DecisionModel, ParseResult, T> compute, Action<T> print, Action<T, string>? write = null)
        where T : notnull
    {
        var command = new Command(name, description) { s_file, s_json, s_out };
        foreach (var option in options) command.Options.Add(option);
        command.SetAction(result => Failures.Guard(() =>
        {
            var answer = compute(Load(result), result);
            if (result.GetValue(s_out) is { } folder)
            {
                Directory.CreateDirectory(folder);
                File.WriteAllText(Path.Combine(folder, name + ".json"), Output.ToJson(answer));
                write?.Invoke(answer, folder);
            }
            if (result.GetValue(s_json)) Output.WriteJson(answer);
            else print(answer);
        }));
        return command;
    }
}

/// <summary>A data pack as listed.</summary>
internal sealed record PackAnswer(string Name, string Title, string Citation, string Licence, string Note, IReadOnlyList<string> Columns, int Rows, string Hash, bool Shipped);

/// <summary>What check found: the model runs, and these remarks stand.</summary>
internal sealed record CheckAnswer(string Model, string Hash, IReadOnlyList<string> Remarks);
