using Escala.Numerics.CostEffectiveness;

namespace Escala.Numerics.Tests.CostEffectiveness;

public sealed class ProbabilisticAnalysisTests
{
    /// <summary>Known answers of the generator's authors (Random123, kat_vectors).</summary>
    [Fact]
    public void The_counter_stream_is_the_published_one()
    {
        Assert.Equal((0x6627e8d5e169c58dul, 0xbc57ac4c9b00dbd8ul), CounterStream.Philox(0, 0, 0, 0, 0, 0));
        Assert.Equal((0x408f276d41c83b0eul, 0xa20bc7c66d5451fdul), CounterStream.Philox(~0u, ~0u, ~0u, ~0u, ~0u, ~0u));
    }

    [Fact]
    public void A_winner_by_a_millionth_wins_every_time()
    {
        // Peers that treat near-ties as ties toss a coin here.
        var analysis = new ProbabilisticAnalysis([[1000, 1000], [1000, 1000]], [[20, 20], [20.000001, 20.000001]]);
        var result = analysis.At([1000])[0];
        Assert.Equal([0, 1], result.Probability);
        Assert.Equal(1, result.Optimal);
        Assert.Equal(0, result.Evpi);
        Assert.Equal(0.001, result.ExpectedLoss[0], 1e-8);
    }

    [Fact]
    public void Exact_ties_go_to_the_first()
    {
        var result = new ProbabilisticAnalysis([[5, 5], [5, 5]], [[1, 1], [1, 1]]).At([100])[0];
        Assert.Equal([1, 0], result.Probability);
        Assert.Equal(0, result.Optimal);
    }

    [Fact]
    public void Perfect_information_about_a_normal_net_benefit_is_worth_what_theory_says()
    {
        // INB ~ N(mean, sd): EVPI = sd (phi(m) - m Phi(-m)), m = mean / sd, for a positive mean.
        const int Draws = 200_000;
        double[] effect = new double[Draws];
        for (var i = 0u; i < Draws; i++) effect[i] = 0.5 + new CounterStream(3, 1, i).Let(s => s.NextNormal());
        var result = new ProbabilisticAnalysis([new double[Draws], new double[Draws]], [new double[Draws], effect]).At([1])[0];
        Assert.Equal(0.3520653 - 0.5 * 0.3085375, result.Evpi, 0.002);
        Assert.Equal(0.6914625, result.FrontierProbability, 0.004);
        Assert.Equal(result.Evpi, result.ExpectedLoss[result.Optimal], 1e-15);
    }

    [Fact]
    public void Partial_information_is_worth_its_analytic_value_within_its_standard_error()
    {
        // INB = x + y, x ~ N(0.2, 1), y ~ N(0, 1): learning x is worth phi(0.2) - 0.2 Phi(-0.2).
        const int Draws = 20_000;
        var (x, effect) = Linear(Draws);
        var sample = new ProbabilisticAnalysis([new double[Draws], new double[Draws]], [new double[Draws], effect]);
        var value = PartialInformation.Evaluate(sample, [x], [1, 2]);
        Assert.Equal(0.3910427 - 0.2 * 0.4207403, value[0].Evppi, 4 * value[0].StandardError);
        Assert.InRange(value[0].StandardError, 0.001, 0.02);
        Assert.Equal(2 * value[0].Evppi, value[1].Evppi, 1e-9);
        Assert.True(value[0].Evppi <= sample.At([1])[0].Evpi + 1e-12);
    }

    [Fact]
    public void The_standard_error_covers_as_often_as_it_promises()
    {
        const int Draws = 1000, Replicates = 200;
        var truth = 0.3910427 - 0.2 * 0.4207403;
        var covered = Enumerable.Range(0, Replicates).Count(r =>
        {
            var (x, effect) = Linear(Draws, (ulong)r);
            var value = PartialInformation.Evaluate(new ProbabilisticAnalysis([new double[Draws], new double[Draws]], [new double[Draws], effect]), [x], [1])[0];
            return Math.Abs(value.Evppi - truth) < 1.96 * value.StandardError;
        });
        Assert.InRange(covered, 180, 200);
    }

    [Fact]
    public void A_parameter_that_changes_nothing_is_worth_nothing()
    {
        const int Draws = 2000;
        var (_, effect) = Linear(Draws);
        var constant = Enumerable.Repeat(3.0, Draws).ToArray();
        Assert.Equal(0, PartialInformation.Evaluate(new ProbabilisticAnalysis([new double[Draws], new double[Draws]], [new double[Draws], effect]), [constant], [1])[0].Evppi);
    }

    [Fact]
    public void Noise_is_not_taken_for_information_where_the_decision_is_a_toss_up()
    {
        const int Draws = 2000, Parameters = 40;
        double[] effect = new double[Draws], cost = new double[Draws];
        for (var i = 0; i < Draws; i++) effect[i] = new CounterStream(3, 1, (uint)i).Let(s => s.NextNormal());
        var sample = new ProbabilisticAnalysis([new double[Draws], cost], [new double[Draws], effect]);
        var worth = Enumerable.Range(0, Parameters).Count(p =>
        {
            var noise = Enumerable.Range(0, Draws).Select(i => new CounterStream(3, (uint)(100 + p), (uint)i).Let(s => s.NextNormal())).ToArray();
            return PartialInformation.Evaluate(sample, [noise], [1])[0].Evppi > 0;
        });
        Assert.InRange(worth, 0, 2);
    }

    private static (double[] X, double[] Effect) Linear(int draws, ulong seed = 5)
    {
        double[] x = new double[draws], effect = new double[draws];
        for (var i = 0; i < draws; i++)
        {
            var stream = new CounterStream(seed, 9, (uint)i);
            x[i] = 0.2 + stream.NextNormal();
            effect[i] = x[i] + stream.NextNormal();
        }
        return (x, effect);
    }
}

internal static class StreamExtensions
{
    public static double Let(this CounterStream stream, Func<CounterStream, double> draw) => draw(stream);
}
