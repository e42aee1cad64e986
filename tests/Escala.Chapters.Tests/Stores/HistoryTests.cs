namespace Escala.Chapters.Tests.Stores;

/// <summary>
/// Rows late, twice, corrected, withdrawn, at two facilities; people merged, parted and erased; places moved; everything rebuilt in between. The
/// seed of a history that fails is in its message: run it alone with <c>ESCALA_TEST_SEED</c>.
/// </summary>
public sealed class HistoryTests
{
    private const int Steps = 14;

    private static bool IsLong => Environment.GetEnvironmentVariable("ESCALA_TEST_LONG") == "1";

    [Fact, Trait("Speed", "Slow")]
    public void After_any_history_counters_are_what_the_definitions_say() => Run(Engine.Sqlite, IsLong ? 10_000 : 300);

    [Fact, Trait("Speed", "Slow")]
    public void And_so_on_PostgreSQL() => Run(Engine.Postgres, IsLong ? 500 : 20);

    [Fact]
    public void And_a_few_at_once() => Run(Engine.Sqlite, 10);

    private static void Run(Engine engine, int count)
    {
        var only = Environment.GetEnvironmentVariable("ESCALA_TEST_SEED") is { } text ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : (int?)null;
        var seeds = only is { } one ? [one] : Enumerable.Range(1, count);
        foreach (var seed in seeds)
        {
            using var history = new History(seed, engine);
            try
            {
                history.Live(Steps);
                history.Check();
            }
            catch (Exception e)
            {
                Assert.Fail($"History {seed}: {e.Message}\n{string.Join('\n', history.Told)}\n{e.StackTrace}");
            }
        }
    }
}
