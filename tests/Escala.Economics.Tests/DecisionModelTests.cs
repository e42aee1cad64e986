using System.Text.Json;
using Escala.Economics.Models;

namespace Escala.Economics.Tests;

public sealed class DecisionModelTests
{
    private const string Small = """
        model: Small
        settings: {cycle: 1 year, horizon: 10 years, discount: {costs: 3%, effects: 3%, convention: per-cycle}, thresholds: {from: 0, to: 2000, points: 21}, effect: {outcome: qaly}}
        parameters:
          r: {value: 0.1, dist: gamma, sd: 0.02}
          hr: {estimate: 0.7, ci95: [0.5, 0.98], dist: lognormal}
          c: {value: 300, dist: gamma, sd: 60}
          treated: if strategy = new then 1 else 0
        strategies: {old: {reference: true}, new: {label: New}}
        states: {Alive: {start: 1}, Dead: {dead: true}}
        transitions:
          - {from: Alive, to: Dead, rate: r * (if treated then hr else 1)}
        values:
          - {outcome: cost, state: Alive, per_year: treated * c}
          - {outcome: cost, from: Alive, to: Dead, once: 1000}
          - {outcome: qaly, state: Alive, per_year: 1}
        """;

    /// <summary>Printed in Alarid-Escudero et al., Med Decis Making 2023;43:3-20 (table 3) and 43:21-41 (table 2).</summary>
    [Theory]
    [InlineData("sick-sicker.yaml", "SoC", 151580, 20.711)]
    [InlineData("sick-sicker.yaml", "A", 284805, 21.499)]
    [InlineData("sick-sicker.yaml", "B", 259100, 22.184)]
    [InlineData("sick-sicker.yaml", "AB", 378875, 23.137)]
    [InlineData("sick-sicker-age.yaml", "SoC", 116374, 18.879)]
    [InlineData("sick-sicker-age.yaml", "A", 218789, 19.636)]
    [InlineData("sick-sicker-age.yaml", "B", 202536, 20.199)]
    [InlineData("sick-sicker-age.yaml", "AB", 296300, 21.097)]
    public void The_tutorials_printed_tables_come_out(string sample, string strategy, double cost, double qaly)
    {
        var outcomes = Load(sample).Run().Strategies.Single(s => s.Id == strategy).Outcomes;
        Assert.Equal(cost, outcomes["cost"], 0.5);
        Assert.Equal(qaly, outcomes["qaly"], 0.00051);
    }

    [Fact]
    public void Age_and_time_in_state_agree_with_matrix_products_in_R()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Repository.Reference("state-transition", "sick-sicker-time.json")));
        var runs = new[] { Load("sick-sicker-age.yaml").Run(), Load("sick-sicker-residence.yaml").Run() };
        foreach (var row in file.RootElement.EnumerateArray())
        {
            var outcomes = runs[row.GetProperty("residence").GetBoolean() ? 1 : 0].Strategies.Single(s => s.Id == row.GetProperty("strategy").GetString()).Outcomes;
            Assert.Equal(1, outcomes["cost"] / row.GetProperty("cost").GetDouble(), 1e-9);
            Assert.Equal(1, outcomes["qaly"] / row.GetProperty("qaly").GetDouble(), 1e-9);
        }
    }

    /// <summary>Risk equations, life tables, groups and competing exits, computed by R code that shares nothing with this.</summary>
    [Fact]
    public void The_trial_s_model_agrees_with_plain_R()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Repository.Reference("state-transition", "saia-htn.json")));
        foreach (var strategy in Load("saia-htn.yaml").Run().Strategies)
        {
            foreach (var outcome in file.RootElement.GetProperty(strategy.Id).EnumerateObject())
                Assert.Equal(outcome.Value.GetDouble(), strategy.Outcomes[outcome.Name], 1e-9 * Math.Max(1, outcome.Value.GetDouble()));
        }
    }

    [Fact]
    public void Costs_are_brought_to_one_year_and_one_currency()
    {
        var outcomes = DecisionModel.Load("""
            model: Money
            settings: {horizon: 1 year}
            parameters: {paid: 640, quote: "inflate(paid, 5%, 2024 - 2019)"}
            strategies: {a: }
            states: {S: {start: 1}}
            values:
              - {outcome: cost.inflated, at_start: quote}
              - {outcome: cost.exchanged, at_start: "exchange(quote, 64)"}
              - {outcome: cost.international, at_start: "purchasing_power(quote, 25, 1)"}
              - {outcome: cost.yearly, at_start: "annuity(1000, 5, 0.03)"}
            """).Run().Strategies[0].Outcomes;
        Assert.Equal(640 * 1.2762815625, outcomes["cost.inflated"], 1e-9);
        Assert.Equal(10 * 1.2762815625, outcomes["cost.exchanged"], 1e-9);
        Assert.Equal(25.6 * 1.2762815625, outcomes["cost.international"], 1e-9);
        Assert.Equal(218.35457, outcomes["cost.yearly"], 1e-5);
    }

    [Fact]
    public void A_band_of_a_table_begins_at_its_key_in_months_too()
    {
        // 61 months are not five years and a month to the last bit; the band of 50 must not begin a month late.
        var model = DecisionModel.Load("""
            model: Bands
            settings: {cycle: 1 month, horizon: 30 years, start_age: 45, within_cycle: start}
            tables: {t: {rows: [[0, 0], [50, 1], [57, 0]]}}
            strategies: {a: }
            states: {S: {start: 1}}
            values: [{outcome: years, state: S, per_year: t(age)}]
            """);
        Assert.Equal(7, model.Run().Strategies[0].Outcomes["years"], 1e-9);
    }

    [Fact]
    public void A_model_small_enough_for_a_calculator_is_right()
    {
        var run = DecisionModel.Load(Small.Replace("per-cycle", "continuous").Replace("costs: 3%, effects: 3%", "costs: 0, effects: 0")).Run();
        var survivors = Enumerable.Range(0, 11).Select(k => Math.Exp(-0.1 * k)).ToList();
        var years = survivors.Sum() - 0.5 * (survivors[0] + survivors[10]);
        Assert.Equal(years, run.Strategies[0].Outcomes["qaly"], 1e-12);
        Assert.Equal(1000 * (1 - survivors[10]), run.Strategies[0].Outcomes["cost"], 1e-9);
        var (costs, effects) = (run.Comparison[1].IncrementalCost!.Value, run.Comparison[1].IncrementalEffect!.Value);
        Assert.Equal(costs / effects, run.Comparison[1].Icer!.Value, 1e-12);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_however_many_threads()
    {
        var model = DecisionModel.Load(Small);
        var whole = JsonSerializer.Serialize(model.Psa(1000, 42));
        ThreadPool.GetMinThreads(out var workers, out var ports);
        Assert.True(ThreadPool.SetMinThreads(1, ports));
        Assert.Equal(whole, JsonSerializer.Serialize(DecisionModel.Load(Small).Psa(1000, 42)));
        ThreadPool.SetMinThreads(workers, ports);
        Assert.NotEqual(whole, JsonSerializer.Serialize(model.Psa(1000, 43)));
        // A draw does not depend on how many others there are.
        var few = model.Sample(70, 42).Outcomes;
        Assert.Equal(model.Sample(1000, 42).Outcomes.Costs(1)[..70].ToArray(), few.Costs(1).ToArray());
    }

    [Fact]
    public void A_new_parameter_leaves_the_draws_of_the_others_alone()
    {
        var with = DecisionModel.Load(Small.Replace("  c: {", "  a_new_one: {value: 1, dist: gamma, sd: 0.1}\n  c: {"));
        Assert.Equal(DecisionModel.Load(Small).Sample(50, 1).Outcomes.Costs(1).ToArray(), with.Sample(50, 1).Outcomes.Costs(1).ToArray());
    }

    [Fact]
    public void The_mean_of_the_draws_is_near_the_base_case_and_information_is_worth_something()
    {
        var model = DecisionModel.Load(Small);
        var run = model.Run();
        var psa = model.Psa(4000, 7);
        Assert.Equal(run.Strategies[1].Outcomes["cost"], psa.Strategies[1].Cost, 30.0);
        Assert.All(psa.Ceac, c => Assert.Equal(1, c.Probability.Values.Sum(), 1e-12));
        Assert.All(psa.Evpi.Zip(psa.ExpectedLoss), p => Assert.Equal(p.First.Value, p.Second.Loss.Values.Min(), 1e-12));
        var evppi = model.Evppi(4000, 7);
        Assert.Equal(["hr", "r", "c"], evppi.Parameters.Select(p => p.Parameter).OrderBy(p => p == "c").ThenBy(p => p == "r"));
        Assert.All(evppi.Parameters.SelectMany(p => p.Values.Zip(evppi.Evpi)), v => Assert.True(v.First.Value <= v.Second.Value + 3 * v.First.StandardError + 1e-9));
    }

    [Fact]
    public void Correlated_parameters_keep_their_own_distribution_and_move_together()
    {
        var model = DecisionModel.Load(Small + "\ncorrelations:\n  - {between: [r, c], value: 0.6}\n");
        var sample = model.Sample(5000, 3).Parameters;
        double[] r = sample[0], c = sample[2];
        double meanR = r.Average(), meanC = c.Average();
        var correlation = r.Zip(c, (x, y) => (x - meanR) * (y - meanC)).Sum() / Math.Sqrt(r.Sum(x => (x - meanR) * (x - meanR)) * c.Sum(y => (y - meanC) * (y - meanC)));
        Assert.Equal(0.1, meanR, 0.002);
        Assert.InRange(correlation, 0.55, 0.63);
        var contradiction = Assert.Throws<ModelException>(() => DecisionModel.Load(Small +
            "\ncorrelations:\n  - {between: [r, c], value: 0.9}\n  - {between: [r, hr], value: 0.9}\n  - {between: [c, hr], value: -0.9}\n").Psa(10, 1));
        Assert.Equal("economics.correlation.contradiction", contradiction.Problems[0].Code);
    }

    [Fact]
    public void A_correlation_group_is_the_same_as_its_pairs()
    {
        var grouped = Small.Replace("c: {value: 300,", "c: {correlation_group: g, value: 300,").Replace("  r: {", "  r: {correlation_group: g, ");
        var pair = DecisionModel.Load(Small + "\ncorrelations:\n  - {between: [r, c], value: 0.6}\n").Sample(200, 3).Parameters;
        foreach (var how in new[] { "value: 0.6", "matrix: [[1, 0.6], [0.6, 1]]" })
            Assert.Equal(pair, DecisionModel.Load(grouped + "\ncorrelations:\n  - {group: g, " + how + "}\n").Sample(200, 3).Parameters);
    }

    [Fact]
    public void A_tornado_moves_one_parameter_and_finds_where_the_decision_turns()
    {
        var threshold = 1.05 * DecisionModel.Load(Small).Run().Comparison[1].Icer!.Value;
        var tornado = DecisionModel.Load(Small).Tornado(threshold, withBreakEven: true);
        Assert.True(tornado.Parameters.Zip(tornado.Parameters.Skip(1)).All(p => p.First.Swing >= p.Second.Swing));
        var even = tornado.BreakEven.First(b => b.Parameter == "c");
        var at = DecisionModel.Load(Small.Replace("c: {value: 300, dist: gamma, sd: 60}", FormattableString.Invariant($"c: {even.Value:R}"))).Tornado(threshold);
        Assert.Equal(0, at.Base[0].NetBenefit, 1e-3);
    }

    [Fact]
    public void A_two_way_grid_meets_the_one_way_results_at_its_edges()
    {
        var model = DecisionModel.Load(Small);
        var grid = model.TwoWay("hr", "c", 1000, 5);
        Assert.Equal(5, grid.NetBenefit["new"].Length);
        Assert.True(grid.NetBenefit["new"][0][0] > grid.NetBenefit["new"][4][4]);
        Assert.Throws<ModelException>(() => model.TwoWay("hr", "nothing", 1000, 5));
    }

    [Fact]
    public void Simpson_and_trapezoid_agree_closely_on_a_smooth_model()
    {
        double Years(string method) => DecisionModel.Load(Small.Replace("cycle: 1 year", $"within_cycle: {method}, cycle: 1 month")).Run().Strategies[0].Outcomes["qaly"];
        Assert.Equal(Years("simpson"), Years("trapezoid"), 1e-4);
        Assert.Equal(Years("trapezoid"), (Years("start") + Years("end")) / 2, 1e-12);
    }

    [Fact]
    public void The_risk_of_an_ageing_cohort_in_a_model_is_the_equation_s()
    {
        var model = DecisionModel.Load("""
            model: Risk
            settings: {cycle: 1 month, horizon: 10 years, start_age: 55, undiscounted: [events]}
            strategies: {one: }
            states: {Well: {start: 1}, Event: {dead: true}}
            transitions:
              - {from: Well, to: Event, rate: "who_cvd_rate(region = \"Eastern Sub-Saharan Africa\", sex = male, age = start_age, sbp = 152, cholesterol = 5.1, smoker = 1)"}
            values:
              - {outcome: events, from: Well, to: Event, once: 1}
              - {outcome: risk, at_start: "who_cvd(region = \"Eastern Sub-Saharan Africa\", sex = male, age = start_age, sbp = 152, cholesterol = 5.1, smoker = 1)"}
            """);
        var outcomes = model.Run().Strategies[0].Outcomes;
        Assert.Equal(0.1064, outcomes["risk"], 5e-5);
        Assert.Equal(outcomes["risk"], outcomes["events"], 1e-12);
    }

    [Fact]
    public void Harm_is_compared_as_what_is_averted()
    {
        var run = Load("saia-htn.yaml").Run();
        Assert.EndsWith(" averted", run.Effect);
        Assert.Equal(run.Strategies[0].Outcomes["daly"] - run.Strategies[1].Outcomes["daly"], run.Comparison.Single(c => c.Id == "saia").Effect, 1e-12);
        Assert.Equal(["healthcare", "societal"], run.Perspectives.Select(p => p.Id));
        Assert.Equal(["0 %", "3 %", "6 %"], run.DiscountRates.Select(p => p.Id));
        Assert.Equal(3, run.Scenarios.Count);
        Assert.Contains(run.Warnings, w => w.Contains("assumptions"));
    }

    [Fact]
    public void A_budget_adds_up_and_starts_each_wave_when_it_starts()
    {
        var budget = Load("saia-htn.yaml").Budget();
        Assert.All(budget.Years, y => Assert.Equal(y.CareWith - y.CareWithout + y.OneOff + y.Recurrent, y.NetImpact, 1e-6));
        Assert.Equal([36_000, 18_000, 0, 0, 0], budget.Years.Select(y => Math.Round(y.OneOff)));
        Assert.Equal(11_880 * (2 + 2 * 0.25), budget.Years[0].Recurrent, 1e-6);
        Assert.Equal(budget.TotalNetImpact, budget.Years.Sum(y => y.NetImpact), 1e-6);
        // Wave 1 for a year and wave 2 for a quarter of it, a third of six times 680 each.
        Assert.Equal(1360 * 1.25, budget.Years[0].People, 1e-3);
        Assert.Equal(budget.Years[0].NetImpact / 2_500_000, budget.Years[0].ShareOfLine!.Value, 1e-12);
    }

    private static DecisionModel Load(string sample) => DecisionModel.Load(File.ReadAllText(Repository.Sample(sample)));
}
