using Escala.Numerics.SteppedWedge;

namespace Escala.Numerics.Tests.SteppedWedge;

public sealed class PhiloxStreamTests
{
    [Fact]
    public void The_first_block_is_the_published_one()
    {
        // Random123 known-answer file: philox4x32 10 rounds, counter and key zero: 6627e8d5 e169c58d bc57ac4c 9b00dbd8.
        var stream = new PhiloxStream(0, 0);
        Assert.Equal(0xe169c58d6627e8d5UL, stream.NextBits());
        Assert.Equal(0x9b00dbd8bc57ac4cUL, stream.NextBits());
    }

    [Fact]
    public void Normals_have_mean_zero_and_variance_one()
    {
        var stream = new PhiloxStream(1, 2);
        double[] draws = [.. Enumerable.Range(0, 100_000).Select(_ => stream.NextNormal())];
        Assert.Equal(0, draws.Average(), 0.015);
        Assert.Equal(1, draws.Average(x => x * x), 0.02);
    }
}
