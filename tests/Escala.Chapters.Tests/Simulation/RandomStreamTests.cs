using Escala.Programmes.Simulation;
using FsCheck;
using FsCheck.Fluent;

namespace Escala.Chapters.Tests.Simulation;

public sealed class RandomStreamTests
{
    private const int Draws = 200_000;

    // SplitMix64 from state 1234567: the first values of the reference implementation (Steele, Lea and Flood 2014; Vigna's splitmix64.c).
    [Fact]
    public void The_stream_is_SplitMix64()
    {
        var chance = new RandomStream(1234567);
        ulong[] reference = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821];
        Assert.All(reference, r => Assert.Equal(((r >> 11) + 0.5) / (1UL << 53), chance.Uniform()));
    }

    [Fact]
    public void Normal_draws_have_the_moments_of_a_normal()
    {
        var chance = new RandomStream(1);
        var draws = Enumerable.Range(0, Draws).Select(_ => chance.Normal()).ToList();
        Assert.InRange(draws.Average(), -0.01, 0.01);
        Assert.InRange(draws.Average(d => d * d), 0.985, 1.015);
        Assert.InRange(draws.Average(d => d * d * d * d), 2.9, 3.1);
        Assert.InRange(draws.Count(d => d > 1.959964) / (double)Draws, 0.0235, 0.0265);
    }

    [Fact]
    public void Streams_of_neighbouring_parts_are_unrelated()
    {
        var root = new RandomStream(42);
        var pairs = Enumerable.Range(0, Draws).Select(i => (A: root.Of(i).Uniform(), B: root.Of(i + 1).Uniform())).ToList();
        Assert.InRange(pairs.Average(p => (p.A - 0.5) * (p.B - 0.5)) * 12, -0.01, 0.01);
        Assert.Equal(Draws, pairs.Select(p => p.A).Distinct().Count());
    }

    [Fact]
    public void Choices_follow_their_shares()
    {
        var chance = new RandomStream(9);
        var counts = new int[3];
        for (var i = 0; i < Draws; i++) counts[chance.Choice([0.2, 0.5, 1])]++;
        Assert.Equal([0.2, 0.3, 0.5], counts.Select(c => Math.Round(c / (double)Draws, 2)));
    }

    [Fact]
    public void Logarithm_and_exponential_agree_with_those_of_the_machine() => Check.QuickThrowOnFailure(Prop.ForAll<NormalFloat>(x =>
    {
        var positive = Math.Abs(x.Get) + 1e-300;
        var exponent = Math.IEEERemainder(x.Get, 700);
        return Math.Abs(PortableMath.Log(positive) - Math.Log(positive)) <= 4e-16 * Math.Max(1, Math.Abs(Math.Log(positive)))
            && Math.Abs((PortableMath.Exp(exponent) / Math.Exp(exponent)) - 1) <= 1e-14;
    }));

    private static class Prop
    {
        public static Property ForAll<T>(Func<T, bool> holds) => FsCheck.Fluent.Prop.ForAll<T>(ArbMap.Default.ArbFor<T>(), holds);
    }
}
