using System.Text;
using Escala.Economics.Models;
using Escala.Platform.Texts;
using FsCheck;
using FsCheck.Fluent;

namespace Escala.Economics.Tests;

/// <summary>Files from strangers: a problem with a place, in bounded time, and nothing else.</summary>
public sealed class BadModelTests
{
    private const string Head = "model: M\nsettings: {horizon: 2 years, effect: {outcome: q}, thresholds: [100]}\n";
    private const string Body = "strategies: {a: , b: }\nstates: {S: {start: 1}, D: {dead: true}}\ntransitions:\n  - {from: S, to: D, rate: 0.1}\nvalues:\n  - {outcome: q, state: S, per_year: 1}\n  - {outcome: cost, state: S, per_year: 1}\n";

    [Theory]
    [InlineData("", "economics.file.empty")]
    [InlineData("- a\n- b", "economics.file.shape")]
    [InlineData("model: [", "economics.file.syntax")]
    [InlineData("model: &x M\nsettings: *x", "economics.file.alias")]
    [InlineData("model: !!binary M", "economics.file.alias")]
    [InlineData("model: M\nmodel: N", "economics.file.twice")]
    [InlineData("model: M\n---\nmodel: N", "economics.file.documents")]
    [InlineData("model: {{{{{{{{{{{{{{{{{{{{{{{{{{{{{{", "economics.file.depth")]
    public void Files_that_are_no_models(string text, string code) => Assert.Equal(code, Refused(text)[0].Code);

    [Theory]
    [InlineData("parameters: {x: 1 +}", "economics.expression.operand-end", 3)]
    [InlineData("parameters: {x: y * 2}", "economics.name.unknown", 3)]
    [InlineData("parameters: {x: z, z: y, y: x}", "economics.parameter.circle", 3)]
    [InlineData("parameters: {x: x}", "economics.parameter.circle", 3)]
    [InlineData("parameters: {age: 3}", "economics.name.reserved", 3)]
    [InlineData("parameters: {x: {value: 1, colour: red}}", "economics.field.unknown", 3)]
    [InlineData("parameters: {x: .nan}", "economics.expression.character", 3)]
    [InlineData("parameters: {x: 1e999}", "economics.expression.number", 3)]
    [InlineData("parameters: {x: {value: 0.5, sd: 0.6, dist: beta}}", "economics.distribution.beta", 3)]
    [InlineData("parameters: {x: {value: 0.5, sd: 0.1}}", "economics.parameter.no-dist", 3)]
    [InlineData("parameters: {x: {estimate: 1, ci95: [1.2, 1.5], dist: lognormal}}", "economics.distribution.lognormal", 3)]
    [InlineData("parameters: {x: \"exp(1, 2)\"}", "economics.expression.arguments", 3)]
    [InlineData("parameters: {x: system(1)}", "economics.name.function", 3)]
    [InlineData("parameters: {x: age}", "economics.name.age", 3)]
    [InlineData("parameters: {x: \"framingham(sex = male, age = 50)\"}", "economics.risk.sets", 3)]
    [InlineData("parameters: {x: \"who_cvd(region = \\\"Narnia\\\", sex = male, age = 50, sbp = 130, bmi = 25)\"}", "economics.risk.level", 3)]
    [InlineData("tables: {t: {pack: nowhere}}", "economics.pack.unknown", 3)]
    [InlineData("tables: {t: {rows: [[1, 2], [1, 3]]}}", "economics.table.order", 3)]
    [InlineData("groups:\n  - {name: g, weight: 0.4}", "economics.group.weight", 4)]
    [InlineData("parameters: {p: {value: 1, sd: 0.1, dist: normal}, q: {value: 1, sd: 0.1, dist: normal}, r: {value: 1, sd: 0.1, dist: normal}}\ncorrelations:\n  - {between: [p, q], value: 0.9}\n  - {between: [q, r], value: 0.9}\n  - {between: [p, r], value: -0.9}", "economics.correlation.contradiction", 5)]
    [InlineData("parameters: {p: {value: 1, sd: 0.1, dist: normal, correlation_group: g}}", "economics.correlation.no-group", 3)]
    [InlineData("parameters: {p: {value: 1, sd: 0.1, dist: normal, correlation_group: g}, q: {value: 1, sd: 0.1, dist: normal, correlation_group: g}}\ncorrelations:\n  - {group: g, matrix: [[1, 0.2], [0.3, 1]]}", "economics.correlation.matrix", 5)]
    [InlineData("budgets: {}", "economics.field.unknown", 3)]
    public void Sections_that_cannot_be(string section, string code, int line)
    {
        var problem = Refused(Head + section + "\n" + Body)[0];
        Assert.Equal(code, problem.Code);
        Assert.Equal(line, problem.Line);
        Assert.True(problem.Column > 0);
    }

    [Theory]
    [InlineData("rate: 0.1", "rate: -0.1", "economics.run.rate")]
    [InlineData("rate: 0.1", "rate: ln(0)", "economics.run.rate")]
    [InlineData("rate: 0.1", "rate: 1/0", "economics.run.rate")]
    [InlineData("rate: 0.1", "probability: 1.2", "economics.run.remainder")]
    [InlineData("rate: 0.1", "probability: 0/0", "economics.run.remainder")]
    [InlineData("start: 1", "start: 0.9", "economics.run.start")]
    [InlineData("cost, state: S, per_year: 1", "cost, state: S, per_year: 0/0", "economics.run.value")]
    public void Numbers_that_cannot_be(string good, string bad, string code)
    {
        var problem = Assert.Throws<ModelException>(() => DecisionModel.Load(Head + Body.Replace(good, bad)).Run()).Problems[0];
        Assert.Equal(code, problem.Code);
        Assert.True(problem.Line > 0);
        Assert.Contains("strategy a", problem.Sentence(Language.En));
    }

    private const string Payers = "settings: {horizon: 2 years, perspectives: {sector: {payers: [ministry, project]}}}\nmodel: M\nstrategies: {a: , b: }\nstates: {S: {start: 1}}\nvalues:\n  - {outcome: cost, payer: ministry, state: S, per_year: 1}\n  - {outcome: cost, payer: project, state: S, per_year: 1}\nbudget: {strategy: b, payers: [ministry], population: 100, uptake: [1]}\n";

    [Theory]
    [InlineData("payer: ministry", "payer: ministy", "economics.value.payer-nowhere", 6, "Did you mean 'ministry'")]
    [InlineData("payer: project", "payer: {ministry: 0.5, projekt: 0.5}", "economics.value.payer-nowhere", 7, "Did you mean 'project'")]
    [InlineData("[ministry, project]", "[ministry, porject]", "economics.settings.payer", 1, "Did you mean 'project'")]
    [InlineData("[ministry], pop", "[minstry], pop", "economics.budget.payer", 8, "Did you mean 'ministry'")]
    [InlineData("payer: project, ", "", "economics.value.payer-missing", 7, "ministry, project")]
    [InlineData("{payers: [ministry, project]}", "{payers: [ministry]}, all: {}", "", 0, "")]
    [InlineData("{payers: [ministry, project]}", "{payers: [ministry]}, rest: {payers: [project]}", "", 0, "")]
    public void A_misspelt_payer_never_drops_its_costs(string good, string bad, string code, int line, string said)
    {
        DecisionModel.Load(Payers);
        var text = Payers.Replace(good, bad);
        if (code.Length == 0) Assert.Equal(2, DecisionModel.Load(text).Run().Perspectives.Count);
        else Assert.Contains(said, Refused(text).Single(p => p.Code == code && p.Line == line).Sentence(Language.En));
    }

    [Theory]
    [InlineData("rate: 0.1", "rate: -0.1", "economics.run.rate", 7)]
    [InlineData("rate: 0.1", "probability: 1.2", "economics.run.remainder", 7)]
    [InlineData("start: 1", "start: 0.9", "economics.run.start", 5)]
    [InlineData("to: D,", "to: D, rate: 0.1}\n  - {from: D, to: S,", "economics.transition.dead", 8)]
    [InlineData("population: 100", "population: 0 - 100", "economics.budget.population-range", 11)]
    [InlineData("uptake: [1]", "uptake: [1], inflation: 5", "economics.field.range", 11)]
    [InlineData("x: 1", "x: {value: 0.5, low: 0.6, high: 0.9}", "economics.parameter.one-side", 3)]
    [InlineData("x: 1", "x: {value: 0.5, low: 0.1, high: 0.2}", "economics.parameter.one-side", 3)]
    [InlineData("x: 1", "x: {value: 0.95, low: 1}", "economics.parameter.one-side", 3)]
    public void A_check_finds_what_a_run_refuses_and_what_cannot_be_meant(string good, string bad, string code, int line)
    {
        var text = Head + "parameters: {x: 1}\n" + Body + "budget: {strategy: b, population: 100, uptake: [1], years: 2}\n";
        DecisionModel.Load(text).Check();
        var problem = Assert.Throws<ModelException>(() => DecisionModel.Load(text.Replace(good, bad)).Check()).Problems[0];
        Assert.Equal((code, line), (problem.Code, problem.Line));
    }

    [Fact]
    public void A_problem_is_told_in_the_reader_s_language_with_its_place()
    {
        var problem = Refused(Head + "parameters: {x: y * 2}\n" + Body)[0];
        Assert.StartsWith("line 3, column 17: 'y' is not known", problem.Sentence(Language.En));
        Assert.StartsWith("linha 3, coluna 17: 'y' não é conhecido", problem.Sentence(Language.Pt));
        Assert.StartsWith("línea 3, columna 17: 'y' no se conoce", problem.Sentence(Language.Es));
    }

    [Fact]
    public void A_negative_rest_names_cycle_strategy_and_parameters()
    {
        var text = Head.Replace("2 years", "20 years") + "parameters: {p: 0.2, growth: 0.1}\n" + Body.Replace("rate: 0.1", "probability: \"p + growth * if(strategy == b, cycle, 0)\"");
        var problem = Assert.Throws<ModelException>(() => DecisionModel.Load(text).Run()).Problems[0];
        Assert.Contains("cycle 9", problem.Sentence(Language.En));
        Assert.Contains("strategy b", problem.Sentence(Language.En));
        Assert.Contains("p, growth", problem.Sentence(Language.En));
    }

    [Fact]
    public void A_table_without_the_key_asked_for_is_named_with_the_key()
    {
        var text = Head + "tables: {t: {lookup: linear, rows: [[0, 0.1], [1, 0.2]]}}\n" + Body.Replace("rate: 0.1", "rate: t(time)");
        Assert.Equal("economics.run.value", Assert.Throws<ModelException>(() => DecisionModel.Load(text.Replace("per_year: 1", "per_year: t(time)")).Run()).Problems[0].Code);
        var problem = Assert.Throws<ModelException>(() => DecisionModel.Load(text.Replace("2 years", "4 years")).Run()).Problems.Single(p => p.Code == "economics.run.table");
        Assert.Contains("Table t says nothing of 2", problem.Sentence(Language.En));
    }

    [Fact]
    public void Failing_checks_say_what_the_author_wrote()
    {
        var text = Head + Body + "checks:\n  - {that: cycle < 1, message: Time went on}\n";
        Assert.Contains("Time went on", Assert.Throws<ModelException>(() => DecisionModel.Load(text).Run()).Problems[0].Sentence(Language.En));
    }

    [Fact]
    public void All_mistakes_are_told_at_once() =>
        Assert.True(Refused(Head + "parameters: {x: 1 +, y: {value: q, dist: beta}, age: 4}\n" + Body.Replace("to: D", "to: E")).Count >= 4);

    [Fact]
    public void Enormous_and_deep_files_are_refused_without_being_unfolded()
    {
        Assert.Equal("economics.file.size", Refused("model: M\nx: " + new string('a', 10_000_000))[0].Code);
        Assert.Equal("economics.file.depth", Refused("model: " + new string('[', 100_000))[0].Code);
        Assert.Equal("economics.file.depth", Refused("model: M\nx: " + string.Concat(Enumerable.Repeat("{a: ", 3000)))[0].Code);
        Refused("model: M\nx: [" + string.Concat(Enumerable.Repeat("1,", 1_500_000)) + "]");
        Refused(Head + "parameters: {x: " + new string('(', 3000) + "}\n" + Body);
        Refused(Head + "parameters: {x: \"" + string.Concat(Enumerable.Repeat("if((", 900)) + "\"}\n" + Body);
        Refused(Head + "parameters: {x: " + string.Concat(Enumerable.Repeat("- ", 1900)) + "1}\n" + Body);
        // A chain of parameters, each twice the one before: a naive reader would double its work each time.
        var chain = new StringBuilder(Head + "parameters:\n  x0: 1\n");
        for (var i = 1; i < 400; i++) chain.AppendLine($"  x{i}: x{i - 1} + x{i - 1}");
        DecisionModel.Load(chain + Body.Replace("rate: 0.1", "rate: x399 * 0"));
    }

    [Theory]
    [InlineData("horizon: 2 years", "horizon: 1000000 years")]
    [InlineData("horizon: 2 years", "horizon: 2 fortnights")]
    [InlineData("horizon: 2 years", "horizon: -2 years")]
    [InlineData("horizon: 2 years", "horizon: 2 years, cycle: 0.00001 days")]
    [InlineData("horizon: 2 years", "horizon: 2 years, draws: 1e12")]
    [InlineData("horizon: 2 years", "horizon: 2 years, start_year: 1e300")]
    [InlineData("horizon: 2 years", "horizon: 3 years, within_cycle: simpson")]
    public void Absurd_settings(string good, string bad) => Assert.NotEmpty(Refused(Head.Replace(good, bad) + Body));

    [Fact]
    public void Whatever_is_changed_in_a_good_file_gives_a_model_or_problems_and_never_another_exception()
    {
        var good = File.ReadAllText(Repository.Sample("sick-sicker.yaml"));
        var pieces = Gen.Elements("*", "(", ")", "-", ":", "\n", "  ", "nan", "1e308", "0", "%", "if", "[", "{", "}", "]", "\"", "age", "strategy", "&a", "- ", "'", "H", "\0", "é", ",", "==");
        var change = from at in Gen.Choose(0, good.Length - 1) from length in Gen.Choose(0, 12) from piece in pieces select (at, length, piece);
        Prop.ForAll(change.NonEmptyListOf().Resize(4).ToArbitrary(), changes =>
        {
            var text = good;
            foreach (var (at, length, piece) in changes)
            {
                var from = Math.Min(at, text.Length);
                text = text[..from] + piece + text[Math.Min(from + length, text.Length)..];
            }
            try
            {
                DecisionModel.Load(text).Run();
            }
            catch (ModelException refused)
            {
                return refused.Problems.Count > 0 && refused.Problems.All(p => p.Sentence(Language.Pt).Length > 20 && p.Code.StartsWith("economics."));
            }
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    private static IReadOnlyList<ModelProblem> Refused(string text) => Assert.Throws<ModelException>(() => DecisionModel.Load(text)).Problems;
}
