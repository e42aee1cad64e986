using System.Globalization;
using System.Text.Json;
using Escala.Numerics.CostEffectiveness;
using Escala.Numerics.StateTransition;

namespace Escala.Numerics.Tests.StateTransition;

/// <summary>The Sick-Sicker model of Alarid-Escudero et al. (Med Decis Making 2023;43:3-20), recomputed in R for every convention.</summary>
public sealed class CohortSimulationTests
{
    private static readonly CohortStructure s_sickSicker = new(4,
        [new(0, 1), new(0, 3), new(1, 0), new(1, 2), new(1, 3), new(2, 3)]);

    private static readonly string[] s_strategies = ["Standard of care", "Strategy A", "Strategy B", "Strategy AB"];

    [Fact]
    public void Costs_QALYs_and_ratios_of_every_convention_agree_with_R()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Reference.Path("state-transition", "sick-sicker/expected.json")));
        var cases = file.RootElement.EnumerateArray().ToList();
        Assert.NotEmpty(cases);
        foreach (var example in cases)
        {
            var method = example.GetProperty("within_cycle").GetString() switch
            {
                "none" => WithinCycleMethod.None,
                "half_cycle" or "half-cycle" => WithinCycleMethod.Trapezoid,
                "darth_simpson_weights" => WithinCycleMethod.TutorialSimpson,
                _ => WithinCycleMethod.Simpson,
            };
            var cycles = example.GetProperty("n_cycles").GetInt32();
            var length = cycles == 900 ? 1.0 / 12 : 1;
            var weights = CycleWeights.Create(
                cycles, length, method, TransitionTiming.End, DiscountConvention.NominalPerCycle, example.GetProperty("discount").GetDouble());
            var outcomes = s_strategies.Select(s => Run(s, weights, length)).ToList();
            foreach (var outcome in outcomes)
            {
                Assert.Equal(1, outcome.Cost / example.GetProperty("cost").GetProperty(outcome.Id).GetDouble(), 1e-11);
                Assert.Equal(1, outcome.Effect / example.GetProperty("qaly").GetProperty(outcome.Id).GetDouble(), 1e-11);
            }
            foreach (var (there, here) in example.GetProperty("icer").EnumerateArray().Zip(Frontier.Compare(outcomes)))
            {
                Assert.Equal(there.GetProperty("Strategy").GetString(), here.Id);
                if (there.GetProperty("ICER").ValueKind == JsonValueKind.Number) Assert.Equal(1, here.Icer / there.GetProperty("ICER").GetDouble(), 1e-9);
            }
        }
    }

    [Fact]
    public void The_trace_agrees_with_R_row_by_row()
    {
        var rows = File.ReadLines(Reference.Path("state-transition", "sick-sicker/trace_soc_then_B.csv")).Skip(1)
            .Select(l => l.Split(',').Select(c => double.Parse(c, CultureInfo.InvariantCulture)).ToArray()).ToList();
        foreach (var (strategy, offset) in new[] { ("Standard of care", 1), ("Strategy B", 5) })
        {
            var simulation = Prepare(strategy, [CycleWeights.Create(75, 1, WithinCycleMethod.None, TransitionTiming.End, DiscountConvention.PerCycle, 0)]);
            simulation.Run(row =>
            {
                for (var state = 0; state < 4; state++) Assert.Equal(rows[row][offset + state], simulation.Occupancy(state)[0], 1e-12);
            });
        }
    }

    [Fact]
    public void Lanes_do_not_influence_each_other_nor_depend_on_their_number()
    {
        var weights = CycleWeights.Create(75, 1, WithinCycleMethod.Trapezoid, TransitionTiming.End, DiscountConvention.PerCycle, 0.03);
        var one = Prepare("Standard of care", [weights]);
        one.Run(null);
        var many = Prepare("Standard of care", [weights], lanes: 13);
        for (var lane = 0; lane < 13; lane += 2) many.Probability(0)[lane] *= 0.5;
        Assert.Null(many.Complete());
        many.Run(null);
        Assert.Equal(one.TimeInState(0, 2)[0], many.TimeInState(0, 2)[11]);
        Assert.NotEqual(one.TimeInState(0, 2)[0], many.TimeInState(0, 2)[12]);
    }

    [Fact]
    public void An_impossible_row_is_named_and_nothing_is_clipped()
    {
        var simulation = Prepare("Standard of care", [CycleWeights.Create(2, 1, WithinCycleMethod.None, TransitionTiming.End, DiscountConvention.PerCycle, 0)], lanes: 2);
        simulation.Probability(3)[1] = 0.9;
        var impossible = simulation.Complete();
        Assert.Equal((1, 1), (impossible!.Value.State, impossible.Value.Lane));
        simulation.Probability(3)[1] = double.NaN;
        Assert.NotNull(simulation.Complete());
        simulation.Probability(3)[1] = -0.1;
        Assert.NotNull(simulation.Complete());
    }

    [Fact]
    public void A_chain_of_rests_is_a_clock_of_the_time_in_a_state()
    {
        // Everybody leaves the third year of state 0 for state 3: a tunnel of three.
        var structure = new CohortStructure(4, [new(2, 3)], [1, 2, 2, 3], [0, 1, 2, 3]);
        var simulation = new CohortSimulation(structure, 1, [CycleWeights.Create(5, 1, WithinCycleMethod.Start, TransitionTiming.End, DiscountConvention.PerCycle, 0)], [0]);
        simulation.Occupancy(0)[0] = 1;
        simulation.Probability(0)[0] = 1;
        Assert.Null(simulation.Complete());
        simulation.Run(null);
        Assert.Equal([1, 1, 1, 2], Enumerable.Range(0, 4).Select(s => simulation.TimeInState(0, s)[0]));
        Assert.Equal(1, simulation.Flow(0, 0)[0]);
    }

    [Fact]
    public void Competing_exits_are_converted_together_and_never_exceed_one()
    {
        double[] rates = [2, 6];
        RateConversion.Joint(rates, 0.5);
        Assert.Equal((1 - Math.Exp(-4)) * 0.25, rates[0], 1e-15);
        Assert.Equal(1 - Math.Exp(-4), rates.Sum(), 1e-15);
        Assert.Throws<ArgumentOutOfRangeException>(() => RateConversion.Joint(new double[] { -1, 2 }, 1));
    }

    [Fact]
    public void Discount_conventions_agree_where_they_must_and_differ_where_they_should()
    {
        double Factor(DiscountConvention convention, double years) => Discounting.Factor(convention, 0.03, years, 1.0 / 12);
        Assert.Equal(Math.Pow(1.03, -2), Factor(DiscountConvention.YearlyStep, 35.0 / 12 - 1e-12), 1e-15);
        Assert.Equal(Math.Pow(1.03, -3), Factor(DiscountConvention.YearlyStep, 36 * (1.0 / 12)), 1e-15);
        Assert.Equal(Factor(DiscountConvention.PerCycle, 4), Factor(DiscountConvention.YearlyStep, 4), 1e-15);
        Assert.Equal(Math.Exp(-0.3), Factor(DiscountConvention.Continuous, 10), 1e-15);
        Assert.Equal(Math.Pow(1.0025, -120), Factor(DiscountConvention.NominalPerCycle, 10), 1e-12);
        Assert.Equal(0.03 * 1000 / (1 - Math.Pow(1.03, -5)), Discounting.EquivalentAnnualCost(1000, 5, 0.03), 1e-9);
        Assert.Throws<ArgumentException>(() => CycleWeights.Create(75, 1, WithinCycleMethod.Simpson, TransitionTiming.End, DiscountConvention.PerCycle, 0));
    }

    [Theory, InlineData(WithinCycleMethod.None), InlineData(WithinCycleMethod.Start), InlineData(WithinCycleMethod.End), InlineData(WithinCycleMethod.Trapezoid)]
    public void Years_add_up_to_the_whole(WithinCycleMethod method)
    {
        var whole = CycleWeights.Create(36, 1.0 / 12, method, TransitionTiming.Middle, DiscountConvention.PerCycle, 0.03);
        var years = Enumerable.Range(0, 3).Select(y => whole.Within(12 * y, 12 * y + 12, method)).ToList();
        for (var row = 0; row <= 36; row++) Assert.Equal(whole.Rows[row], years.Sum(y => y.Rows[row]), 1e-15);
        for (var cycle = 0; cycle < 36; cycle++) Assert.Equal(whole.Flows[cycle], years.Sum(y => y.Flows[cycle]), 1e-15);
    }

    private static StrategyOutcome Run(string strategy, CycleWeights weights, double length)
    {
        var simulation = Prepare(strategy, [weights], length: length);
        simulation.Run(null);
        var time = Enumerable.Range(0, 4).Select(s => simulation.TimeInState(0, s)[0]).ToArray();
        var treatment = (strategy is "Strategy A" or "Strategy AB" ? 12000.0 : 0) + (strategy is "Strategy B" or "Strategy AB" ? 13000 : 0);
        var utility = strategy is "Strategy A" or "Strategy AB" ? 0.95 : 0.75;
        return new StrategyOutcome(strategy, 2000 * time[0] + (4000 + treatment) * time[1] + (15000 + treatment) * time[2], time[0] + utility * time[1] + 0.5 * time[2]);
    }

    private static CohortSimulation Prepare(string strategy, IReadOnlyList<CycleWeights> weights, int lanes = 1, double length = 1)
    {
        var simulation = new CohortSimulation(s_sickSicker, lanes, weights, []);
        var ratio = strategy is "Strategy B" or "Strategy AB" ? 0.6 : 1;
        double healthy = RateConversion.Probability(0.002, length), sick = RateConversion.Probability(0.006, length), sicker = RateConversion.Probability(0.02, length);
        double[] probabilities =
        [
            (1 - healthy) * RateConversion.Probability(0.15, length), healthy,
            (1 - sick) * RateConversion.Probability(0.5, length), (1 - sick) * RateConversion.Probability(0.105 * ratio, length), sick, sicker,
        ];
        simulation.Occupancy(0).Fill(1);
        for (var t = 0; t < probabilities.Length; t++) simulation.Probability(t).Fill(probabilities[t]);
        Assert.Null(simulation.Complete());
        return simulation;
    }
}
