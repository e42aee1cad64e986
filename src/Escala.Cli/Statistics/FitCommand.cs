using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using Escala.Cli.Economics;
using Escala.Cli.Stores;
using Escala.Numerics;
using Escala.Numerics.Data;
using Escala.Numerics.Distributions;
using Escala.Numerics.Models;
using Escala.Platform.Texts;

namespace Escala.Cli.Statistics;

/// <summary><c>escala fit</c>: a regression or mixed model from a file and a formula.</summary>
internal static class FitCommand
{
    private static readonly Dictionary<string, Family> s_families = new(StringComparer.Ordinal)
    {
        ["binomial"] = Family.Binomial,
        ["poisson"] = Family.Poisson,
        ["negative-binomial"] = Family.NegativeBinomial,
        ["beta-binomial"] = Family.BetaBinomial,
        ["quasi-binomial"] = Family.QuasiBinomial,
        ["gaussian"] = Family.Gaussian,
    };

    private static readonly Dictionary<string, EstimationMethod> s_methods = new(StringComparer.Ordinal)
    {
        ["laplace"] = EstimationMethod.Laplace,
        ["quadrature"] = EstimationMethod.Quadrature,
        ["ml"] = EstimationMethod.MaximumLikelihood,
        ["reml"] = EstimationMethod.Reml,
        ["glm"] = EstimationMethod.Glm,
        ["firth"] = EstimationMethod.Firth,
        ["gee"] = EstimationMethod.Gee,
    };

    private static readonly Dictionary<string, Link> s_links = new(StringComparer.Ordinal) { ["logit"] = Link.Logit, ["log"] = Link.Log, ["identity"] = Link.Identity };

    private static readonly Dictionary<string, WorkingCorrelation> s_correlations = new(StringComparer.Ordinal)
    {
        ["exchangeable"] = WorkingCorrelation.Exchangeable,
        ["independence"] = WorkingCorrelation.Independence,
    };

    private static readonly Dictionary<string, SandwichCorrection> s_corrections = new(StringComparer.Ordinal)
    {
        ["none"] = SandwichCorrection.None,
        ["cr0"] = SandwichCorrection.None,
        ["cr2"] = SandwichCorrection.BellMcCaffrey,
        ["kc"] = SandwichCorrection.KauermannCarroll,
        ["md"] = SandwichCorrection.ManclDeRouen,
        ["fg"] = SandwichCorrection.FayGraubard,
    };

    private static readonly Dictionary<string, DegreesOfFreedom> s_df = new(StringComparer.Ordinal)
    {
        ["none"] = DegreesOfFreedom.Infinite,
        ["satterthwaite"] = DegreesOfFreedom.Satterthwaite,
        ["kenward-roger"] = DegreesOfFreedom.KenwardRoger,
    };

    /// <summary>Name of a method on the command line and in JSON.</summary>
    internal static string NameOf(EstimationMethod method) => s_methods.First(m => m.Value == method).Key;

    /// <summary>Name of a family on the command line and in JSON.</summary>
    internal static string NameOf(Family family) => s_families.First(m => m.Value == family).Key;

    /// <summary>Name of a link on the command line and in JSON.</summary>
    internal static string NameOf(Link link) => s_links.First(l => l.Value == link).Key;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var data = new Option<string>("--data") { Required = true, Description = "Comma-separated file with a header line." };
        var formula = new Option<string>("--formula") { Required = true, Description = "Model as in R: \"cbind(y, n - y) ~ factor(period) + treat + (1 | district/facility)\"." };
        var family = Choice("--family", s_families, "Distribution of the outcome; binomial unless said.");
        var link = Choice("--link", s_links, "Scale of the effects.");
        var method = Choice("--method", s_methods, "Estimation; chosen from the formula unless said.");
        var points = new Option<int?>("--points") { Description = "Quadrature points a level; raised until stable unless said." };
        var correlation = Choice("--correlation", s_correlations, "Working correlation of GEE.");
        var cluster = new Option<string?>("--cluster") { Description = "Column of the clusters, for GEE or a robust variance." };
        var correction = Choice("--correction", s_corrections, "Small-sample correction of the sandwich.");
        var df = Choice("--df", s_df, "Degrees of freedom of a Gaussian mixed model.");
        var levels = new Option<string[]>("--levels") { Description = "Order of a factor's levels, the reference first: --levels arm=control,treated.", AllowMultipleArgumentsPerToken = true };
        var separator = new Option<char>("--separator") { DefaultValueFactory = _ => ',', CustomParser = Separator, Description = "Character between fields: ';', '|', tab; comma unless said." };
        var comma = new Option<bool>("--decimal-comma") { Description = "Numbers have a decimal comma." };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("fit", "Fits a regression or mixed model.") { data, formula, family, link, method, points, correlation, cluster, correction, df, levels, separator, comma, json };
        var extras = new FitExtras();
        extras.AddTo(command);
        command.SetAction(parse => Failures.Guard(() =>
        {
            var frame = ReadData(parse.GetRequiredValue(data), new CsvFormat(parse.GetValue(separator), parse.GetValue(comma)), parse.GetValue(levels) ?? []);
            var specification = new ModelSpecification(parse.GetRequiredValue(formula))
            {
                Family = Chosen(s_families, parse.GetValue(family), Family.Binomial),
                Link = parse.GetValue(link) is { } l ? s_links[l] : null,
                Method = Chosen(s_methods, parse.GetValue(method), EstimationMethod.Automatic),
                Points = parse.GetValue(points),
                Correlation = Chosen(s_correlations, parse.GetValue(correlation), WorkingCorrelation.Exchangeable),
                Cluster = parse.GetValue(cluster),
                Correction = Chosen(s_corrections, parse.GetValue(correction), SandwichCorrection.None),
                DegreesOfFreedom = Chosen(s_df, parse.GetValue(df), DegreesOfFreedom.Infinite),
            };
            var clock = Stopwatch.StartNew();
            var fit = Regression.Fit(frame, specification);
            var seconds = clock.Elapsed.TotalSeconds;
            var answers = extras.Compute(parse, frame, fit);
            if (parse.GetValue(json)) Output.WriteJson(FitOutput.Json(fit, seconds, answers));
            else Console.Out.WriteLine(FitOutput.Table(fit, seconds, answers) + FitAnswersText.Of(fit, answers));
        }));
        return command;
    }

    private static char Separator(ArgumentResult result)
    {
        var text = result.Tokens[^1].Value;
        if (text is "tab" or "\\t") return '\t';
        if (text.Length == 1 && text[0] is not ('"' or '\r' or '\n')) return text[0];
        var sentence = new Sentence("numerics.option.separator", "--separator is '{text}': write one character, such as ';' or '|', or the word tab.", ("text", text));
        result.AddError(Vocabulary.Say(sentence, Languages.Parse(result.GetValue(Terminal.Lang)) ?? Terminal.Language));
        return ',';
    }

    private static Option<string?> Choice<T>(string name, Dictionary<string, T> choices, string description)
    {
        var option = new Option<string?>(name) { Description = $"{description} One of {string.Join(", ", choices.Keys)}." };
        option.AcceptOnlyFromAmong([.. choices.Keys]);
        return option;
    }

    private static T Chosen<T>(Dictionary<string, T> choices, string? name, T otherwise) => name is null ? otherwise : choices[name];

    private static DataFrame ReadData(string path, CsvFormat format, string[] levels)
    {
        var frame = TableInputs.Frame(path, format);
        foreach (var order in levels)
        {
            var parts = order.Split('=', 2);
            if (parts.Length != 2) throw new UnfitInputException("numerics.option.levels", "--levels '{order}': write column=first,second,…", ("order", order));
            frame = frame.WithLevels(parts[0], parts[1].Split(','));
        }
        return frame;
    }
}
