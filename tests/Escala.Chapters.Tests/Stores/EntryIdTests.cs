using Escala.Platform.Ledger;

namespace Escala.Chapters.Tests.Stores;

public sealed class EntryIdTests
{
    /// <summary>RFC 9562, 5.7: the first 48 bits are the Unix time in milliseconds.</summary>
    [Fact]
    public void An_id_tells_when_it_was_made_and_the_next_one_is_greater()
    {
        var clock = new SettableClock(new DateTimeOffset(2026, 3, 14, 9, 26, 53, 589, TimeSpan.Zero));
        var ids = new EntryIds(clock);
        var drawn = Enumerable.Range(0, 10_000).Select(_ => Convert.ToHexStringLower(ids.Next().ToByteArray(bigEndian: true))).ToList();
        Assert.Equal(drawn.Order(StringComparer.Ordinal), drawn);
        Assert.Equal(drawn.Distinct().Count(), drawn.Count);
        var milliseconds = Convert.ToInt64(drawn[0][..12], 16);
        Assert.Equal(clock.GetUtcNow(), DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));
        Assert.All(drawn, id => Assert.True(id[12] == '7' && id[16] is '8' or '9' or 'a' or 'b'));
    }
}
