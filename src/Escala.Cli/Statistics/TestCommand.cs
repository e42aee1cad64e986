using System.CommandLine;
using Escala.Cli.Economics;
using Escala.Numerics;
using Escala.Numerics.Comparison;

namespace Escala.Cli.Statistics;

/// <summary>Tests and intervals of one or two groups; charts are in <see cref="ChartCommands"/>.</summary>
internal static class TestCommand
{
    public static Command Create()
    {
        var command = new Command("test", "Tests, intervals and control charts.")
        {
            Student(), Rank(), Table(), McNemarTest(), Strata(), Trend(), Proportion(), Quantiles(), Change(),
        };
        foreach (var chart in ChartCommands.All()) command.Subcommands.Add(chart);
        return command;
    }

    private static Command Student()
    {
        var groups = new GroupInputs();
        var pooled = new Option<bool>("--pooled") { Description = "Assume equal variances (Welch otherwise)." };
        var confidence = TableInputs.Confidence();
        return groups.Command("t", "Paired, Welch or pooled t test.", [pooled, confidence], (result, first, second) =>
            groups.IsPaired(result) ? StudentTest.Paired(first, second, result.GetValue(confidence))
            : result.GetValue(pooled) ? StudentTest.Pooled(first, second, result.GetValue(confidence))
            : StudentTest.Welch(first, second, result.GetValue(confidence)));
    }

    private static Command Rank()
    {
        var groups = new GroupInputs();
        var reference = TableInputs.Choice("--reference", "Distribution of the ranks.", "automatic", "exact", "normal");
        return groups.Command("rank", "Wilcoxon signed rank (pairs) or Mann–Whitney (groups).", [reference], (result, first, second) =>
        {
            var how = Enum.Parse<RankReference>(result.GetValue(reference)!, ignoreCase: true);
            return groups.IsPaired(result) ? RankTest.SignedRank(first, second, how) : RankTest.MannWhitney(first, second, how);
        });
    }

    private static Command Table()
    {
        var counts = new Option<string>("--counts") { Description = "Exposed with and without the outcome, unexposed with and without: 33,107,58,84.", Required = true };
        var confidence = TableInputs.Confidence();
        return With("table", "A two-by-two table: risks, ratios, chi-square and Fisher.", [counts, confidence], result =>
        {
            long[] n = TableInputs.Counts(result.GetRequiredValue(counts), "--counts", 4);
            double level = result.GetValue(confidence);
            var table = new TwoByTwoTable(n[0], n[1], n[2], n[3]);
            var fisher = table.Fisher(level);
            return new
            {
                table.ExposedProportion,
                table.UnexposedProportion,
                ExposedInterval = ProportionInterval.Wilson(n[0], n[0] + n[1], level),
                UnexposedInterval = ProportionInterval.Wilson(n[2], n[2] + n[3], level),
                RiskDifference = table.RiskDifference(level),
                RiskDifferenceWald = table.RiskDifferenceWald(level),
                RiskRatio = table.RiskRatio(level),
                OddsRatio = table.OddsRatio(level),
                HaldaneOddsRatio = table.HaldaneOddsRatio(level),
                ChiSquare = table.ChiSquare(),
                ChiSquareYates = table.ChiSquare(YatesCorrection.Applied),
                Fisher = fisher,
                table.SmallestExpected,
                Advice = table.SmallestExpected < 5 ? new Sentence("numerics.note.expected", "A count below 5 is expected: take Fisher's p.") : null,
            };
        });
    }

    private static Command McNemarTest()
    {
        var counts = new Option<string>("--counts") { Description = "Pairs that changed from no to yes, and from yes to no: 9,21.", Required = true };
        return With("mcnemar", "Paired yes-or-no answers.", [counts], result =>
        {
            long[] n = TableInputs.Counts(result.GetRequiredValue(counts), "--counts", 2);
            return new
            {
                ChiSquare = McNemar.ChiSquare(n[0], n[1]),
                ChiSquareCorrected = McNemar.ChiSquare(n[0], n[1], YatesCorrection.Applied),
                Exact = McNemar.Exact(n[0], n[1]),
                MidP = McNemar.MidP(n[0], n[1]),
            };
        });
    }

    private static Command Strata()
    {
        var strata = new Option<string>("--strata") { Description = "Two-by-two counts of each stratum, separated by semicolons: \"12,30,5,41;9,22,4,33\".", Required = true };
        var corrected = new Option<bool>("--corrected") { Description = "Continuity correction of the test." };
        var confidence = TableInputs.Confidence();
        return With("mantel-haenszel", "One odds ratio over strata.", [strata, corrected, confidence], result =>
        {
            TwoByTwoTable[] tables = [.. result.GetRequiredValue(strata).Split(';').Select(s => TableInputs.Counts(s, "--strata", 4)).Select(n => new TwoByTwoTable(n[0], n[1], n[2], n[3]))];
            return MantelHaenszel.Test(tables, result.GetValue(corrected) ? YatesCorrection.Applied : YatesCorrection.None, result.GetValue(confidence));
        });
    }

    private static Command Trend()
    {
        var counts = new Option<string>("--counts") { Description = "Proportions of the ordered groups: 11/60,18/61,25/58.", Required = true };
        var scores = new Option<string?>("--scores") { Description = "Scores of the groups; 1,2,3,… unless said." };
        return With("trend", "Trend of proportions over ordered groups.", [counts, scores], result =>
        {
            var (x, n) = TableInputs.Proportions(result.GetRequiredValue(counts), "--counts");
            return TrendTest.CochranArmitage(x, n, result.GetValue(scores) is { } text ? TableInputs.Numbers(text, "--scores") : null);
        });
    }

    private static Command Proportion()
    {
        var count = new Option<string>("--count") { Description = "A proportion, such as 52/72, or two to compare: 33/140,58/142.", Required = true };
        var confidence = TableInputs.Confidence();
        return With("proportion", "Wilson, exact and Newcombe intervals.", [count, confidence], result =>
        {
            var (x, n) = TableInputs.Proportions(result.GetRequiredValue(count), "--count");
            double level = result.GetValue(confidence);
            if (x.Length > 2) throw new UnfitInputException("numerics.option.proportions", "--count has {proportions} proportions; give one or two.", ("proportions", x.Length));
            return new
            {
                Proportions = x.Zip(n, (a, b) => new
                {
                    Numerator = a,
                    Denominator = b,
                    Proportion = (double)a / b,
                    Wilson = ProportionInterval.Wilson(a, b, level),
                    Exact = ProportionInterval.ClopperPearson(a, b, level),
                }).ToArray(),
                Difference = x.Length < 2 ? null : new
                {
                    Value = ((double)x[0] / n[0]) - ((double)x[1] / n[1]),
                    Newcombe = ProportionInterval.NewcombeDifference(x[0], n[0], x[1], n[1], level),
                },
            };
        });
    }

    private static Command Quantiles()
    {
        var values = new ValueInputs();
        var probabilities = new Option<string>("--probabilities") { Description = "Probabilities.", DefaultValueFactory = _ => "0,0.25,0.5,0.75,1" };
        var type = new Option<int>("--type") { Description = "Type 1 to 9 of Hyndman and Fan.", DefaultValueFactory = _ => 7 };
        return With("quantile", "Quantiles of nine types.", [.. values.Options, probabilities, type], result =>
        {
            double[] sample = values.Read(result);
            return TableInputs.Numbers(result.GetValue(probabilities)!, "--probabilities")
                .Select(p => new { Probability = p, Quantile = Quantile.Of(sample, p, result.GetValue(type)) }).ToArray();
        });
    }

    private static Command Change()
    {
        Option<double> mean = new("--mean") { Required = true, Description = "Published mean change." }, error = new("--se") { Required = true, Description = "Its standard error." };
        Option<double> minimum = new("--min") { Required = true, Description = "Lowest value of the scale." }, maximum = new("--max") { Required = true, Description = "Highest value." };
        var count = new Option<int>("--n") { Required = true, Description = "Persons measured twice." };
        return With("change", "Checks a published mean change against its scale.", [mean, error, count, minimum, maximum], result =>
            ChangeSummary.Of(result.GetValue(mean), result.GetValue(error), result.GetValue(count), result.GetValue(minimum), result.GetValue(maximum)));
    }

    /// <summary>A command that prints what it computes as text, or with --json as JSON.</summary>
    internal static Command With(string name, string description, IReadOnlyList<Option> options, Func<ParseResult, object> compute)
    {
        var json = TableInputs.Json();
        var command = new Command(name, description) { json };
        foreach (var option in options) command.Options.Add(option);
        command.SetAction(result => Failures.Guard(() =>
        {
            object answer = compute(result);
            if (result.GetValue(json)) Output.WriteJson(answer);
            else PlainText.Write(answer);
        }));
        return command;
    }
}
