using System.Text.Json;
using Escala.Chapters.Tests.Stores;

namespace Escala.Chapters.Tests.Statistics;

/// <summary>The statistical commands as a statistician's script calls them: options, figures and the shape of the JSON.</summary>
public sealed class StatisticsCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("escala-statistics-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static JsonElement Json(params string[] arguments)
    {
        using var document = JsonDocument.Parse(EscalaProcess.Does([.. arguments, "--json"]));
        return document.RootElement.Clone();
    }

    private static double Figure(JsonElement element, params string[] path) => path.Aggregate(element, (e, name) => e.GetProperty(name)).GetDouble();

    private string Wedge()
    {
        var path = Path.Combine(_folder, "wedge.csv");
        var rows = from district in Enumerable.Range(1, 6)
                   from period in Enumerable.Range(1, 4)
                   let treat = period > (district + 1) / 2 ? 1 : 0
                   select $"{district},{period},{treat},{30 + 5 * district % 11 + 3 * period + 6 * treat},140";
        File.WriteAllLines(path, ["district,period,treat,y,n", .. rows]);
        return path;
    }

    private const string Model = "cbind(y, n - y) ~ factor(period) + treat + (1 | district)";

    [Fact]
    public void A_fit_has_the_shape_that_scripts_rely_on()
    {
        var fit = Json("fit", "--data", Wedge(), "--formula", Model);
        foreach (var name in new[] { "formula", "family", "method", "points", "converged", "logLik", "logLikKernel", "aic", "bic", "observations", "cells", "groups", "fixed", "random", "dropped", "warnings", "iterations", "seconds" })
            Assert.True(fit.TryGetProperty(name, out _), name);
        Assert.Equal(6, Figure(fit, "groups", "district"));
        var treat = fit.GetProperty("fixed").EnumerateArray().Single(f => f.GetProperty("term").GetString() == "treat");
        foreach (var name in new[] { "estimate", "se", "statistic", "p", "lower", "upper" }) Assert.Equal(JsonValueKind.Number, treat.GetProperty(name).ValueKind);
        var district = fit.GetProperty("random")[0];
        Assert.Equal(Math.Pow(Figure(district, "sd"), 2), Figure(district, "variance"), 1e-12);
        Assert.All(fit.GetProperty("warnings").EnumerateArray(), w => Assert.NotEqual("", w.GetProperty("code").GetString() + w.GetProperty("message").GetString()));
        Assert.StartsWith("descriptive", fit.GetProperty("raw").GetProperty("label").GetString(), StringComparison.Ordinal);
        Assert.True(fit.TryGetProperty("companion", out _));
    }

    [Fact]
    public void Predictions_go_to_a_file_that_is_never_overwritten()
    {
        var (data, file) = (Wedge(), Path.Combine(_folder, "predictions.csv"));
        EscalaProcess.Does("fit", "--data", data, "--formula", Model, "--predictions", file);
        var lines = File.ReadAllLines(file);
        Assert.Equal("row,observed,atZero,fitted,residual,pearson", lines[0]);
        Assert.Equal(25, lines.Length);
        Assert.Equal(2, EscalaProcess.Run(["fit", "--data", data, "--formula", Model, "--predictions", file]).Code);
    }

    [Theory]
    [InlineData("y ~ tret", "character 5")]
    [InlineData("cbind(y, n - y) ~ treat + (1 | district", "character 40")]
    [InlineData("cbind(y, n - y) ~ treat + (1 | district) + (1 | period)", "crossed")]
    public void An_error_in_the_formula_is_shown_under_its_character(string formula, string said)
    {
        var (code, _, error) = EscalaProcess.Run(["fit", "--data", Wedge(), "--formula", formula]);
        Assert.Equal(2, code);
        var lines = error.TrimEnd().Split('\n');
        Assert.Contains(said, lines[0], StringComparison.Ordinal);
        Assert.Equal("    " + formula, lines[1].TrimEnd());
        Assert.Contains($"character {lines[2].IndexOf('^', StringComparison.Ordinal) - 3}", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void The_protocol_s_power_comes_with_both_readings_and_the_decay_table()
    {
        var power = Json("power", "stepped-wedge", "--clusters-per-sequence", "2", "--sequences", "3", "--periods", "4", "--size", "140",
            "--baseline", "0.234", "--effect", "0.303", "--icc", "0.2", "--variance", "baseline", "--cac", "1", "--alpha", "0.05", "--test", "z", "--outcome", "binary", "--replicates", "100");
        Assert.Equal((6, 3, 4), (Figure(power, "clusters"), Figure(power, "sequences"), Figure(power, "periods")));
        Assert.Equal(0.796538, Figure(power, "power"), 1e-6);
        Assert.Equal(0.0693044, Figure(power, "detectableDifference"), 1e-7);
        Assert.Equal(6.11946828e-4, Figure(power, "variance"), 1e-12);
        Assert.Equal(Math.Sqrt(6.11946828e-4), Figure(power, "se"), 1e-10);
        Assert.False(power.TryGetProperty("df", out _));
        Assert.Contains(power.GetProperty("readings").EnumerateArray(), r => Figure(r, "periods") == 5 && Math.Abs(Figure(r, "power") - 0.8044) < 5e-5);
        var decayed = power.GetProperty("sensitivity").EnumerateArray().Single(s => Figure(s, "cac") == 0.95);
        Assert.Equal(0.393, Figure(decayed, "power"), 5e-4);
        Assert.Equal(0.23, Figure(decayed, "falsePositive"), 0.01);
        Assert.Equal(JsonValueKind.Object, power.GetProperty("smallSample").ValueKind);
        Assert.Equal(4, Figure(Json("power", "stepped-wedge", "--sequences", "3", "--clusters-per-sequence", "2", "--size", "140", "--baseline", "0.234", "--effect", "0.303", "--icc", "0.2", "--test", "t", "--replicates", "0"), "df"));
    }

    [Fact]
    public void A_design_says_who_is_exposed_when_and_a_power_what_was_simulated()
    {
        var design = Json("design", "--layout", "0111,0.11");
        Assert.Equal("[0,1,1,1]", design.GetProperty("schedule")[0].GetProperty("exposure").GetRawText().Replace(" ", "", StringComparison.Ordinal).ReplaceLineEndings(""));
        Assert.Equal(JsonValueKind.Null, design.GetProperty("schedule")[1].GetProperty("exposure")[1].ValueKind);
        string[] question = ["power", "stepped-wedge", "--sequences", "3", "--clusters-per-sequence", "2", "--size", "20", "--baseline", "0.3", "--effect", "0.5", "--icc", "0.05", "--replicates", "50"];
        var power = Json(question);
        Assert.StartsWith("normal", power.GetProperty("smallSample").GetProperty("simulated").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("yes-or-no", power.GetProperty("smallSampleOfOutcome").GetProperty("simulated").GetString(), StringComparison.Ordinal);
        var cohort = Json([.. question, "--iac", "0.3", "--outcome", "count", "--simulate", "0"]);
        Assert.False(cohort.TryGetProperty("smallSampleOfOutcome", out _));
        Assert.Contains(cohort.GetProperty("notes").EnumerateArray(), n => n.GetString()!.Contains("closed cohort of counts", StringComparison.Ordinal));
    }

    [Fact]
    public void What_has_no_randomisation_test_is_fitted_all_the_same_with_the_reason()
    {
        var fit = Json("fit", "--data", Wedge(), "--formula", "cbind(y, n - y) ~ factor(period) * treat + (1 | district)", "--small-sample", "10");
        Assert.True(fit.GetProperty("converged").GetBoolean());
        Assert.False(fit.TryGetProperty("smallSample", out _));
        Assert.Contains("interaction", fit.GetProperty("smallSampleNotAvailable").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Tests_and_intervals_answer_in_json()
    {
        var table = Json("test", "table", "--counts", "33,107,58,84");
        Assert.Equal(33 / 140.0, Figure(table, "exposedProportion"), 1e-12);
        foreach (var name in new[] { "riskDifference", "riskRatio", "oddsRatio", "chiSquare", "fisher" }) Assert.True(table.TryGetProperty(name, out _), name);
        var proportion = Json("test", "proportion", "--count", "52/72").GetProperty("proportions")[0];
        // domain.md, general rules: Wilson .6095 to .8124, exact .604 to .821.
        Assert.Equal((0.6095, 0.8124), (Math.Round(Figure(proportion, "wilson", "lower"), 4), Math.Round(Figure(proportion, "wilson", "upper"), 4)));
        Assert.Equal((0.604, 0.821), (Math.Round(Figure(proportion, "exact", "lower"), 3), Math.Round(Figure(proportion, "exact", "upper"), 3)));
        // Twice the binomial tail P(X ≤ 2) of 12 discordant pairs: 158/4096.
        Assert.Equal(158 / 4096.0, Figure(Json("test", "mcnemar", "--counts", "2,10"), "exact", "pValue"), 1e-12);
    }

    [Fact]
    public void Agreement_answers_in_json_and_lives_with_missing_ratings()
    {
        var file = Path.Combine(_folder, "ratings.csv");
        File.WriteAllLines(file, ["a,b", "1,1", "2,2", "3,3", "3,3", "2,2", "1,2", "4,4", "1,1", "2,2", "2,", "3,3", "4,4"]);
        var agreement = Json("agree", "raters", "--data", file, "--level", "ordinal");
        Assert.Equal((12, 2, 4), (Figure(agreement, "units"), Figure(agreement, "raters"), Figure(agreement, "categories")));
        var coefficients = agreement.GetProperty("coefficients").EnumerateArray().ToList();
        Assert.Equal(4, coefficients.Count);
        Assert.All(coefficients, c => Assert.InRange(Figure(c, "value"), 0.7, 1));
    }

    [Fact]
    public void The_monitor_s_sheet_names_program_version_and_difference()
    {
        var sheet = EscalaProcess.Does("validate");
        Assert.Contains("lme4", sheet, StringComparison.Ordinal);
        Assert.Contains("clubSandwich", sheet, StringComparison.Ordinal);
        Assert.DoesNotContain("FAIL", sheet, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("147,5", "power", "parallel", "--clusters-per-arm", "8", "--size", "50", "--outcome", "gaussian", "--sd", "20", "--baseline", "150", "--icc", "0.05", "--effect")]
    [InlineData("0,1", "allocate", "--clusters", "a,b,c,d", "--sequences", "2", "--share")]
    [InlineData("2,000", "model", "psa", "none.yaml", "--draws")]
    public void A_comma_in_a_number_is_refused_and_never_taken_for_thousands(string written, params string[] arguments)
    {
        var (code, output, error) = EscalaProcess.Run([.. arguments, written]);
        Assert.NotEqual(0, code);
        Assert.Contains($"{arguments[^1]} is '{written}', which is not a", error, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", output + error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(";", ";")]
    [InlineData("|", "|")]
    [InlineData("\t", "tab")]
    public void Files_of_other_separators_are_recognised_and_read(string separator, string option)
    {
        var path = Path.Combine(_folder, "separated.csv");
        File.WriteAllText(path, File.ReadAllText(Wedge()).Replace(",", separator, StringComparison.Ordinal));
        var (code, _, error) = EscalaProcess.Run(["fit", "--data", path, "--formula", Model]);
        Assert.Equal(2, code);
        Assert.Contains(option == "tab" ? "--separator tab" : $"--separator '{option}'", error, StringComparison.Ordinal);
        Assert.Equal(24, Figure(Json("fit", "--data", path, "--formula", Model, "--separator", option), "observations"));
    }

    /// <summary>The wedge with its exposure written otherwise.</summary>
    private string Written(Func<string[], string> treat)
    {
        var (path, lines) = (Path.Combine(_folder, "written.csv"), File.ReadAllLines(Wedge()));
        File.WriteAllLines(path, [lines[0], .. lines.Skip(1).Select(l => l.Split(',')).Select(f => $"{f[0]},{f[1]},{treat(f)},{f[3]},{f[4]}")]);
        return path;
    }

    [Theory]
    [InlineData("no", "yes", "treat")]
    [InlineData("FALSE", "TRUE", "treat")]
    [InlineData("usual", "intervention", "treat")]
    [InlineData("1", "2", "treat")]
    [InlineData("0", "1", "factor(treat)")]
    public void A_stepped_wedge_is_known_however_its_exposure_is_written(string before, string after, string term)
    {
        var plain = Json("fit", "--data", Wedge(), "--formula", Model);
        var fit = Json("fit", "--data", Written(f => f[2] == "1" ? after : before), "--formula", Model.Replace("treat", term, StringComparison.Ordinal));
        foreach (var figure in new[] { "concurrent", "exposed" }) Assert.Equal(Figure(plain, "companion", figure), Figure(fit, "companion", figure));
        Assert.Equal(Figure(plain, "raw", "difference"), Figure(fit, "raw", "difference"), 1e-12);
        Assert.DoesNotContain("not-checked", fit.GetProperty("warnings").GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("period as a number", "write factor(period)")]
    [InlineData("exposure ends", "begins and ends again in district 1")]
    [InlineData("", null)]
    public void A_stepped_wedge_that_was_not_checked_says_why_first(string kind, string? said)
    {
        var data = kind == "exposure ends" ? Written(f => f is ["1", "4", ..] ? "0" : f[2]) : Wedge();
        var fit = Json("fit", "--data", data, "--formula", kind == "period as a number" ? Model.Replace("factor(period)", "period", StringComparison.Ordinal) : Model);
        if (said is null) Assert.DoesNotContain("not-checked", fit.GetProperty("warnings").GetRawText(), StringComparison.Ordinal);
        else
        {
            Assert.Equal("stepped-wedge-not-checked", fit.GetProperty("warnings")[0].GetProperty("code").GetString());
            Assert.Contains(said, fit.GetProperty("warnings")[0].GetProperty("message").GetString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("y ~ age", 2, "age (column 2): data row 99 is not a number; all others are.")]
    [InlineData("y ~ log(age)", 2, "age (column 2): data row 99 is not a number; all others are.")]
    [InlineData("age ~ y", 2, "age (column 2): data row 99 is not a number; all others are.")]
    [InlineData("y ~ factor(age)", 0, "")]
    [InlineData("y ~ arm", 0, "")]
    public void A_text_among_numbers_is_named_by_its_row(string formula, int code, string said)
    {
        var path = Path.Combine(_folder, "ages.csv");
        File.WriteAllLines(path, ["y,age,arm", .. Enumerable.Range(1, 120).Select(i => $"{i * 7 % 5 % 2},{(i == 99 ? "fifty" : $"{30 + i % 4}")},{"ab"[i % 2]}")]);
        var run = EscalaProcess.Run(["fit", "--data", path, "--formula", formula]);
        Assert.Equal(code, run.Code);
        Assert.Contains(said, run.Error, StringComparison.Ordinal);
    }
}
