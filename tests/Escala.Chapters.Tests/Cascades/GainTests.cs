using Escala.Cascades.Sheets;
using Escala.Programmes.Measures;
using FsCheck;
using FsCheck.Fluent;

namespace Escala.Chapters.Tests.Cascades;

/// <summary>domain.md 1.2: the gain if one step alone is raised.</summary>
public sealed class GainTests
{
    private static GainInput[] Inputs((int D, int X)[] steps, double? target) =>
        [.. steps.Select((s, i) => new GainInput(i == 1 ? StepKind.Yield : StepKind.Service, Figure.Of(s.X, s.D, isSum: false), target))];

    private static double?[] Persons((int D, int X)[] steps, double target, int end) =>
        [.. Gain.Of(Inputs(steps, target), end).Select(g => g.Persons is { } p ? Math.Round(p, 3) : (double?)null)];

    [Fact]
    public void A_closed_cascade_gives_the_gains_of_the_worked_example()
    {
        Assert.Equal([4.667, null, 3.5, 2.8, 6, 28], Persons(SheetFixture.Closed, 1, 5));
        Assert.Equal([2.8, null, 1.75, 1.12, 4, 23.8], Persons(SheetFixture.Closed, 0.9, 5));
        Assert.Equal([14, null, 10.5, 8.4, 18, null], Persons(SheetFixture.Closed, 1, 4));
    }

    [Fact]
    public void An_open_cascade_uses_the_real_denominator_of_each_step() =>
        Assert.Equal([4.442, null, 3.214, 12.857, 68], Persons(SheetFixture.Open, 1, 4));

    [Fact]
    public void A_prevalence_and_a_step_after_the_end_have_no_gain()
    {
        var gains = Gain.Of(Inputs(SheetFixture.Closed, 1), 4);
        Assert.Equal(GainStatus.Yield, gains[1].Status);
        Assert.Equal(GainStatus.AfterEnd, gains[5].Status);
    }

    [Fact]
    public void A_step_without_people_blocks_its_own_and_earlier_gains_and_no_later_one()
    {
        var gains = Gain.Of(Inputs([(400, 300), (300, 90), (90, 72), (0, 0), (60, 42), (42, 14)], 1), 5);
        Assert.Equal(
            [GainStatus.NotComputable, GainStatus.Yield, GainStatus.NotComputable, GainStatus.NotComputable, GainStatus.Ok, GainStatus.Ok],
            gains.Select(g => g.Status));
        Assert.Equal(3, gains[0].BlockedBy);
    }

    [Fact]
    public void A_step_at_which_nobody_passes_still_has_a_gain()
    {
        var gains = Gain.Of(Inputs([(100, 0), (50, 20), (40, 20)], 1), 2);
        Assert.Equal(100 * 0.4 * 0.5, gains[0].Persons!.Value, 12);
    }

    [Fact]
    public void More_passed_than_asked_blocks_the_gain() =>
        Assert.Equal(GainStatus.NotComputable, Gain.Of(Inputs([(100, 101), (50, 20), (40, 20)], 1), 2)[0].Status);

    [Fact]
    public void A_step_at_or_above_its_target_gains_nothing() => Assert.Equal(0, Gain.Of(Inputs(SheetFixture.Closed, 0.5), 5)[0].Persons);

    [Theory, InlineData(0.25, 0.3), InlineData(4.65, 4.7), InlineData(12.849999, 12.8), InlineData(0.0, 0.0)]
    public void A_gain_is_rounded_half_up_for_display(double persons, double shown) => Assert.Equal((decimal)shown, new Gain(persons, GainStatus.Ok).Rounded);

    [Fact]
    public void In_a_closed_chain_the_gain_is_that_of_the_spreadsheet()
    {
        // F·(t/p − 1), and in a closed chain with one target the lowest share always wins: why the tool shows counts, not only ranks.
        var chain = Gen.Choose(1, 400).ListOf(5).Select(shares => shares.Aggregate(new List<(int D, int X)> { }, (steps, share) =>
        {
            var d = steps.Count == 0 ? 1_000_000 : steps[^1].X;
            steps.Add((d, Math.Max(1, (int)(d * (long)share / 400))));
            return steps;
        }));
        Prop.ForAll(chain.ToArbitrary(), steps =>
        {
            var gains = Gain.Of([.. steps.Select(s => new GainInput(StepKind.Service, Figure.Of(s.X, s.D, false), 1.0))], 4);
            var reached = steps[4].X;
            return gains.Select((g, i) => (g, P: (double)steps[i].X / steps[i].D)).All(g => Math.Abs(g.g.Persons!.Value - (reached * ((1 / g.P) - 1))) <= 1e-9 * (1 + g.g.Persons.Value));
        }).QuickCheckThrowOnFailure();
    }
}
