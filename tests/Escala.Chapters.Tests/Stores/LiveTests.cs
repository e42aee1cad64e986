using Escala.Cascades.Declaring;
using Escala.Cascades.Derivations;
using Escala.Platform.Ledger;
using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Registry;

namespace Escala.Chapters.Tests.Stores;

/// <summary>Entries as devices send them, and the check that holds everything derived to the ledger.</summary>
public sealed class LiveTests
{
    public static IEnumerable<TheoryDataRow<Engine>> Engines => AnyStore.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task An_envelope_that_contradicts_its_row_is_refused_and_says_in_what(Engine engine)
    {
        using var store = new RunningStore(engine, Register.Places(["F1", "F2"]));
        var sent = Sent(store, new Visit("a", "F1", "2025-03-05"));
        (Entry Entry, string? Column)[] entries = [(sent, null), (Sent(store, new Visit("a", "F1", "2025-03-05")) with { Facility = "F2" }, "facility_code"), (Sent(store, new Visit("a", "F1", "2025-03-05")) with { EventDay = sent.EventDay + 1 }, "visit_date")];
        foreach (var (entry, column) in entries)
        {
            var receipt = (await store.Writer.Commit([entry]))[0];
            Assert.Equal((column is null ? ReceiptStatus.Accepted : ReceiptStatus.Refused, column), (receipt.Status, receipt.Problem?.Details["column"]));
        }

        Assert.Equal((1, 1, 0), store.Seen("F1", "2025-03"));
        store.AssertSound();
    }

    [Theory, MemberData(nameof(Engines))]
    public void Verify_names_the_table_of_every_change_to_what_is_derived(Engine engine)
    {
        using var store = new RunningStore(engine, RunningStore.SecondPackage());
        store.Import("line_id,child_number,clinic,contact_date,born,test_conclusion,weight_kg\nr1,a,NA1,2025-01-10,2020-05-01,P,12\nr2,b,NA2,2025-01-11,2021-05-01,N,10\n");
        Assert.True(DeclareCompleteness.UpTo(store.Writer, store.Programme, "register", "NA1", null, new DateOnly(2025, 3, 31), null, store.Clock).IsOk);
        Assert.True(DeclareCompleteness.Rows(store.Writer, store.Programme, "register", [new("NA1", new Window(WindowKind.Quarter, 8100), 9)], null, store.Clock).IsOk);
        store.AssertSound();
        (string Table, string Change)[] changes =
        [
            ("timeline", "SET content = (SELECT content FROM {0} WHERE person = 2) WHERE person = 1"), ("person", "SET head = 2 WHERE person = 1"), ("identifier", "SET value = 'q' WHERE person = 1"),
            ("source_row", "SET person = 2 WHERE person = 1"), ("facility", "SET code = 'NA3' WHERE facility = 1"), ("facility_source", "SET first_day = first_day + 1 WHERE facility = 1"),
            ("facility_source", "SET source = 'other' WHERE facility = 1"), ("declaration", "SET complete_up_to = complete_up_to + 1 WHERE window_number = -1"), ("declaration", "SET rows_expected = 10 WHERE window_number >= 0"),
            ("counter", "SET content = (SELECT content FROM {0} WHERE facility = 2) WHERE facility = 1"),
        ];
        using var session = store.Store.Open(writable: true);
        var generation = RegistryTables.Current(session);
        foreach (var (table, change) in changes)
        {
            var name = RegistryTables.Named(table, generation);
            session.Script($"CREATE TABLE saved AS SELECT * FROM {name}");
            session.Script($"UPDATE {name} " + string.Format(System.Globalization.CultureInfo.InvariantCulture, change, name));
            var differs = DerivedCheck.Run(store.Store, store.Programme, null, default);
            Assert.Equal(("cascades.verify.differs", table), (differs?.Code, differs?.Details["table"]));
            session.Script($"DELETE FROM {name}; INSERT INTO {name} SELECT * FROM saved; DROP TABLE saved");
        }

        store.AssertSound();
    }

    private static Entry Sent(RunningStore store, Visit visit)
    {
        store.Clock.Move();
        return new Entry
        {
            Id = Guid.CreateVersion7(),
            Origin = new Origin { Kind = EntryKinds.Visit, Class = EntryClasses.Clinical, Layout = new Layout(',', '.', DateOrder.Iso, Register.Header.Split(',')).ToString() },
            Subject = Guid.CreateVersion7(),
            Facility = visit.Facility,
            EventDay = visit.DayNumber,
            RecordedAt = store.Clock.Microseconds(),
            Body = System.Text.Encoding.UTF8.GetBytes(Register.Line(visit)),
        };
    }
}
