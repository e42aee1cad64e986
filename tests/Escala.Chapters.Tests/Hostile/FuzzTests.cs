using Escala.Fuzz.Coverage;

namespace Escala.Chapters.Tests.Hostile;

/// <summary>What the fuzzer once found stays mended, and a short run from the same seed finds nothing (tests/Escala.Fuzz/README.md says how a long one is made).</summary>
public sealed class FuzzTests
{
    [Fact, Trait("Speed", "Slow")]
    public void Every_input_of_the_corpus_is_read_or_refused() => Assert.Equal(0, InstrumentedContext.Run(typeof(Fuzz.Program), nameof(Fuzz.Program.Inside), [(string[])["replay"]]));

    [Fact, Trait("Speed", "Slow")]
    public void A_short_run_finds_nothing() => Assert.Equal(0, InstrumentedContext.Run(typeof(Fuzz.Program), nameof(Fuzz.Program.Inside), [(string[])["short", "1", "2000"]]));
}
