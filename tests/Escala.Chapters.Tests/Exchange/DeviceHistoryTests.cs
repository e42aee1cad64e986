namespace Escala.Chapters.Tests.Exchange;

/// <summary>The seed of a history that fails is in its message: run it alone with <c>ESCALA_TEST_SEED</c>.</summary>
public sealed class DeviceHistoryTests
{
    private const int Steps = 40;

    private static bool IsLong => Environment.GetEnvironmentVariable("ESCALA_TEST_LONG") == "1";

    [Fact, Trait("Speed", "Slow")]
    public void After_any_history_every_device_and_the_server_hold_the_same_and_nothing_said_is_lost() => Run(IsLong ? 10_000 : 200);

    [Fact]
    public void And_a_few_at_once() => Run(10);

    private static void Run(int count)
    {
        using var template = new DeviceTemplate();
        var only = Environment.GetEnvironmentVariable("ESCALA_TEST_SEED") is { } text ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : (int?)null;
        foreach (var seed in only is { } one ? [one] : Enumerable.Range(1, count))
        {
            using var history = new DeviceHistory(seed, template);
            try
            {
                history.Live(Steps);
                history.Settle();
            }
            catch (Exception e)
            {
                Assert.Fail($"History {seed}: {e.Message}\n{string.Join('\n', history.Told)}\n{e.StackTrace}");
            }
        }
    }
}
