using Escala.Cascades.Declaring;
using Escala.Cascades.Derivations;
using Escala.Cascades.Sheets;
using Escala.Programmes;

namespace Escala.Chapters.Tests.Stores;

/// <summary>How far registers are in: as their sources say, as rows show, and never because of a day to come.</summary>
public sealed class CompletenessTests
{
    private static readonly string s_places = Register.Places(["F1", "F2", "F3"]);

    public static IEnumerable<TheoryDataRow<Engine>> Engines => AnyStore.Engines;

    private static DateOnly Day(int month, int day) => new(2025, month, day);

    private static Visit Seen(string person, string facility, string day) => new(person, facility, day) { Born = "1970-05-01", Pressure = "150/95" };

    [Theory, MemberData(nameof(Engines))]
    public void Days_that_nobody_declared_are_a_gap(Engine engine)
    {
        using var store = new RunningStore(engine, s_places);
        store.Import(Register.Csv([Seen("a", "F1", "2025-01-10"), Seen("b", "F1", "2025-04-20"), Seen("c", "F2", "2025-01-15")]));
        // Nobody has said anything: the latest row tells.
        Assert.Equal((CompletenessStatus.NotDeclared, true), In(store, "F1", "2025-03"));
        Declare(store, "F1", Day(3, 1), Day(3, 31));
        // March is all in, whatever is not known of January; and from now on what nobody declares is not.
        Assert.Equal((CompletenessStatus.Declared, true), In(store, "F1", "2025-03"));
        Assert.Equal((CompletenessStatus.OtherDays, false), In(store, "F1", "2025-01"));
        Assert.Equal((CompletenessStatus.OtherDays, false), In(store, "F1", "2025-04"));
        Declare(store, "F1", Day(1, 1), Day(1, 20));
        Assert.Equal((CompletenessStatus.Declared, false), In(store, "F1", "2025-01"));
        // Before its first row nothing is expected of a source.
        Declare(store, "F1", Day(1, 10), Day(1, 31));
        Assert.Equal((CompletenessStatus.Declared, true), In(store, "F1", "2025-01"));
        Assert.Equal((CompletenessStatus.NotDeclared, false), In(store, "F2", "2025-02"));
        Declare(store, null, null, Day(2, 15));
        Assert.Equal((CompletenessStatus.Declared, false), In(store, "F2", "2025-02"));
        Assert.Equal((CompletenessStatus.Declared, true), In(store, "F2", "2025-01"));
        // A second source that has not spoken speaks for nobody else.
        store.Import(Register.Csv([Seen("d", "F2", "2025-01-20")]), source: "mobile clinic");
        Assert.Equal(CompletenessStatus.NotDeclared, In(store, "F2", "2025-01").Status);
        store.AssertSound();
        Assert.Null(Rebuild.Run(store.Store, store.Writer, store.Programme, [], null, null, default));
        Assert.Equal((CompletenessStatus.Declared, true), In(store, "F1", "2025-03"));
        store.AssertSound();
    }

    [Theory, MemberData(nameof(Engines))]
    public void Rows_counted_on_paper_make_a_window_incomplete_until_they_are_in(Engine engine)
    {
        using var store = new RunningStore(engine, s_places);
        store.Import(Register.Csv([Seen("a", "F1", "2025-03-05"), Seen("b", "F1", "2025-03-31")]));
        Assert.True(Of(store, "F1").IsComplete);
        Counted(store, ("F1", 3), ("F3", 12));
        Assert.Equal((false, 2, 3), (Of(store, "F1").IsComplete, Of(store, "F1").RowsEntered, Of(store, "F1").RowsExpected));
        // Nobody has brought a row of it, and it is known that there are some.
        Assert.Equal((0, 12), (Of(store, "F3").RowsEntered, Of(store, "F3").RowsExpected));
        Counted(store, ("F1", 2));
        Assert.True(Of(store, "F1").IsComplete);
        Assert.Equal("cascades.declare.unknown-facility", DeclareCompleteness.Rows(store.Writer, store.Programme, "register", [new("F9", March, 1)], null, store.Clock).Problems.Single().Code);
        store.AssertSound();
    }

    [Fact]
    public void A_file_of_counts_is_read_whole_or_not_at_all()
    {
        var read = RowsExpectedFile.Read("f.csv", "facility_code;month;rows_expected\nF1;2025-03;412\nF2;2025-04;0\n"u8.ToArray(), WindowKind.Month);
        Assert.Equal([("F1", "2025-03", 412), ("F2", "2025-04", 0)], read.Value.Select(r => (r.Facility, r.Window.ToString(), r.Rows)));
        Assert.Equal(412, RowsExpectedFile.Read("f.csv", "facility_code,window,rows_expected\nF1,2025-Q1,412"u8.ToArray(), WindowKind.Quarter).Value.Single().Rows);
        var wrong = RowsExpectedFile.Read("f.csv", "facility_code,month,rows_expected\nF1,2025-13,4\nF1,2025-03,-1\n"u8.ToArray(), WindowKind.Month);
        Assert.Equal([("cascades.declare.row", "2"), ("cascades.declare.count", "3")], wrong.Problems.Select(p => (p.Code, p.Details["line"])));
        Assert.Equal("cascades.declare.columns", RowsExpectedFile.Read("f.csv", "code,month\n"u8.ToArray(), WindowKind.Month).Problems.Single().Code);
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_visit_in_the_future_counts_with_a_query_and_says_nothing_of_how_far_a_register_is(Engine engine)
    {
        using var store = new RunningStore(engine, s_places);
        // Half past eleven in the evening in London is the next day in Maputo.
        store.Clock.Set(new DateTimeOffset(2025, 6, 10, 22, 30, 0, TimeSpan.Zero));
        var report = store.Import(Register.Csv([Seen("a", "F1", "2025-06-09"), Seen("b", "F1", "2025-06-11"), Seen("c", "F1", "2025-06-12"), Seen("d", "F1", "2062-03-01")]));
        Assert.Equal((4, 2), (report.Taken, report.Queried));
        Assert.Equal((3, 3, 1), store.Seen("F1", "2025-06"));
        Assert.Equal(new DateOnly(2025, 6, 11), store.Record("F1").LastEvent);
        store.AssertSound();
        // Time does not make a row plausible that was not when it came.
        store.Clock.Set(new DateTimeOffset(2025, 7, 1, 0, 0, 0, TimeSpan.Zero));
        Assert.Equal(new DateOnly(2025, 6, 12), store.Record("F1").LastEvent);
        Assert.Equal(1, store.Seen("F1", "2025-06").Queried);
        Assert.Null(Rebuild.Run(store.Store, store.Writer, store.Programme, [], null, null, default));
        Assert.Equal(1, store.Seen("F1", "2025-06").Queried);
        store.AssertSound();
    }

    [Theory]
    [InlineData("2025-03-05", "2025-03-06", 1), InlineData("2025-03-05", "2025-03-05", 0), InlineData("2025-03-05", "1899-12-31", 1), InlineData("2025-03-05", "1900-01-01", 0), InlineData("1999-12-31", "", 1)]
    public void A_birth_after_the_visit_or_a_day_before_all_registers_is_queried(string day, string born, int queried)
    {
        using var store = new RunningStore(Engine.Sqlite, s_places);
        // 1899 is no date that any register of ours can hold: it is refused, not queried.
        var report = store.Import(Register.Csv([new Visit("a", "F1", day) { Born = born }]));
        Assert.Equal(born == "1899-12-31" ? (0, 1, 0) : (1, 0, queried), (report.Taken, report.Refused, report.Queried));
    }

    private static Window March => WindowText.Parse(WindowKind.Month, "2025-03").Value;

    private static Completeness Of(RunningStore store, string facility, string month = "2025-03")
    {
        using var reader = new SheetReader(SheetSource.Open(store.Store, store.Clock).Value);
        var window = WindowText.Parse(WindowKind.Month, month).Value;
        return reader.CompletenessOf(reader.PlacesIn(window).Sheet(facility)!, window);
    }

    private static (CompletenessStatus Status, bool IsComplete) In(RunningStore store, string facility, string month) => (Of(store, facility, month).Status, Of(store, facility, month).IsComplete);

    private static void Counted(RunningStore store, params (string Facility, int Rows)[] counts) =>
        Assert.True(DeclareCompleteness.Rows(store.Writer, store.Programme, "register", [.. counts.Select(c => new RowsExpected(c.Facility, March, c.Rows))], null, store.Clock).IsOk);

    private static void Declare(RunningStore store, string? facility, DateOnly? from, DateOnly to) =>
        Assert.True(DeclareCompleteness.UpTo(store.Writer, store.Programme, "register", facility, from, to, null, store.Clock).IsOk);
}
