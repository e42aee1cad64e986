using Escala.Cascades.Sheets;
using Escala.Chapters.Tests.Stores;
using Escala.Platform.Texts;
using Escala.Programmes;
using Escala.Registry;
using Escala.Registry.Accounts;

namespace Escala.Chapters.Tests.Exchange;

/// <summary>A facility that nobody types for counts its register by hand: the sheet shows it, says so, and never adds it to rows.</summary>
public sealed class TallyTests
{
    private static readonly Window s_october = Window.Holding(WindowKind.Month, new DateOnly(2025, 10, 1).DayNumber);

    public static IEnumerable<TheoryDataRow<Engine>> Engines => AnyStore.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task Tallies_fill_the_sheet_marked_the_last_said_stands_and_rows_put_them_aside(Engine engine)
    {
        await using var site = await FieldSite.Start(engine);
        site.AddAccount("ana", Role.Supervisor, "D1");
        var tablet = await site.SignIn("ana", "F1");
        var steps = site.Store.Programme.Cascade.Steps.Select(s => s.Measure.Id).ToList();
        Assert.All(await tablet.Push([.. steps.Select(s => Tally(tablet, s, 9, 12)), Tally(tablet, "screened", 10, 12)]), r => Assert.Equal("accepted", r.Status));
        var sheet = Sheet(site, "F1");
        Assert.Equal((10, 12), (sheet.Steps[0].Figure.Numerator!.Value, sheet.Steps[0].Figure.Denominator!.Value));
        Assert.Equal(["F1"], sheet.Tallied);
        Assert.True(sheet.Completeness.IsComplete);
        Assert.Contains(new SheetWords(Language.En).Completeness(sheet), s => s.StartsWith("COUNTED BY HAND", StringComparison.Ordinal));
        Assert.Contains("\"tallied\": [", CascadeJson.Write(sheet, Language.En), StringComparison.Ordinal);

        // The district's sum holds them, and says of which facility.
        var person = Guid.CreateVersion7();
        await tablet.Push(tablet.Visit(new Visit(person.ToString(), "F2", "2025-10-07") { Born = "1970-05-01", Pressure = "150/95" }, person));
        var sum = Sheet(site, "D1");
        Assert.Equal((11, 13), (sum.Steps[0].Figure.Numerator!.Value, sum.Steps[0].Figure.Denominator!.Value));
        Assert.Equal(["F1"], sum.Tallied);

        // Once a row is in, rows are what is counted.
        var other = Guid.CreateVersion7();
        await tablet.Push(tablet.Visit(new Visit(other.ToString(), "F1", "2025-10-08") { Born = "1970-05-01", Pressure = "150/95" }, other));
        sheet = Sheet(site, "F1");
        Assert.Equal((1, 1), (sheet.Steps[0].Figure.Numerator!.Value, sheet.Steps[0].Figure.Denominator!.Value));
        Assert.Empty(sheet.Tallied);
        Assert.Equal(["F1"], sheet.TalliesAside);
        site.Store.AssertSound();
    }

    [Theory]
    [InlineData("""{"window":"2025-10","step":"unknown","numerator":1,"denominator":2}""")]
    [InlineData("""{"window":"2025-Q1","step":"screened","numerator":1,"denominator":2}""")]
    [InlineData("""{"window":"2025-10","step":"screened","numerator":-1,"denominator":2}""")]
    [InlineData("""{"window":"2025-10","step":"screened","numerator":1.5,"denominator":2}""")]
    [InlineData("[]")]
    public async Task What_is_no_tally_of_the_programme_is_refused_and_kept(string body)
    {
        await using var site = await FieldSite.Start();
        site.AddAccount("ana", Role.Nurse, "F1");
        var tablet = await site.SignIn("ana", "F1");
        Assert.Equal("cascades.tally.unreadable", (await tablet.Push(tablet.Say(EntryKinds.Tally, Guid.CreateVersion7(), body)))[0].Problem);
    }

    private static Platform.Ledger.Entry Tally(Tablet tablet, string step, int numerator, int denominator) =>
        tablet.Say(EntryKinds.Tally, Guid.CreateVersion7(), $$"""{"window":"2025-10","step":"{{step}}","numerator":{{numerator}},"denominator":{{denominator}},"register":"TARV 3"}""");

    private static CascadeSheet Sheet(FieldSite site, string place)
    {
        using var reader = new SheetReader(SheetSource.Open(site.Store.Store, site.Store.Clock).Value);
        return reader.Sheet(place, s_october, new SheetChoice()).Value;
    }
}
