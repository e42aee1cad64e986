namespace Escala.Chapters.Tests.Stores;

/// <summary>
/// Every figure of twenty months held to a recount in another language (tests/reference/cascades/recount.py), written from the definitions'
/// words alone: what two readings of one sentence would hide is seen here.
/// </summary>
public sealed class RecountTests
{
    private static string Reference(string file) => Path.Combine(Repository.Root, "tests", "reference", "cascades", file);

    public static IEnumerable<TheoryDataRow<Engine>> Engines => AnyStore.Engines;

    [Theory, MemberData(nameof(Engines))]
    public void Every_figure_of_twenty_months_is_what_the_recount_says(Engine engine)
    {
        var expected = File.ReadLines(Reference("counts.csv")).Skip(1).Select(line => line.Split(','))
            .ToDictionary(c => (Facility: c[0], Month: c[1], Measure: c[2]), c => $"{c[3]}/{c[4]}+{c[5]}");
        var facilities = expected.Keys.Select(k => k.Facility).Distinct().ToArray();
        using var store = new RunningStore(engine, Register.Places(facilities));
        Assert.Equal(0, store.Import(File.ReadAllText(Reference("register.csv"))).Refused);
        var differences =
            from facility in facilities
            from month in expected.Keys.Select(k => k.Month).Distinct()
            from measure in store.Programme.Measures.Measures
            let counted = store.Count(measure.Id, facility, month)
            let figure = $"{counted.Numerator}/{counted.Denominator}+{counted.Missing}"
            let recounted = expected.GetValueOrDefault((facility, month, measure.Id), "0/0+0")
            where figure != recounted
            select $"{facility} {month} {measure.Id}: {figure}, recounted {recounted}";
        Assert.Empty(differences);
    }
}
