using Escala.Capture.Imports;
using Escala.Cascades.Derivations;
using Escala.Registry;
using Escala.Registry.People;

namespace Escala.Chapters.Tests.Stores;

/// <summary>Registers that number their rows themselves: a row is known by its number, whoever it is about.</summary>
public sealed class RowIdTests
{
    private const string Header = "line_id,child_number,clinic,contact_date,born,test_conclusion,weight_kg\n";

    public static IEnumerable<TheoryDataRow<Engine>> Engines => AnyStore.Engines;

    private static string Csv(params string[] rows) => Header + string.Concat(rows.Select(r => r + "\n"));

    [Theory, MemberData(nameof(Engines))]
    public void A_row_whose_patient_number_was_wrong_becomes_one_row_of_the_right_person(Engine engine)
    {
        using var store = new RunningStore(engine, RunningStore.SecondPackage());
        store.Import(Csv("r1,a,NA1,2025-01-10,2020-05-01,P,12", "r2,b,NA1,2025-01-11,2021-05-01,N,10"));
        var moved = Csv("r1,c,NA1,2025-01-10,2020-05-01,P,12", "r2,b,NA1,2025-01-11,2021-05-01,N,10");
        Assert.Equal("capture.import.changes", store.TryImport(moved).Problems.Single().Code);
        Assert.Equal(1, store.Import(moved, OnChange.Keep).Kept);
        var head = store.Writer.Head;
        var report = store.Import(moved, OnChange.Replace);
        Assert.Equal((0, 1, 1), (report.Taken, report.Corrected, report.Duplicate));
        Assert.Equal(head + 2, store.Writer.Head);
        Assert.Equal((2, 2, 0), store.Seen("NA1", "2025-Q1"));
        store.AssertSound();
        var withdrawn = Assert.Single(store.Entries(EntryKinds.Withdrawal));
        using (var session = store.Store.Open(writable: false))
        {
            Assert.Equal(FindPerson.Run(session, store.Programme, "a"), withdrawn.Entry.Subject);
            Assert.NotEqual(FindPerson.Run(session, store.Programme, "a"), FindPerson.Run(session, store.Programme, "c"));
        }

        // And back again, onto somebody who has rows of their own.
        Assert.Equal(1, store.Import(Csv("r1,b,NA1,2025-01-10,2020-05-01,P,12"), OnChange.Replace).Corrected);
        Assert.Equal((2, 1, 0), store.Seen("NA1", "2025-Q1"));
        Assert.Equal(1, store.Import(Csv("r1,b,NA1,2025-01-10,2020-05-01,P,12")).Duplicate);
        store.AssertSound();
        Assert.Null(Rebuild.Run(store.Store, store.Writer, store.Programme, [], null, null, default));
        Assert.Equal(1, store.Import(Csv("r1,b,NA1,2025-01-10,2020-05-01,P,12")).Duplicate);
        store.AssertSound();
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_row_id_that_stands_twice_in_a_file_is_refused_with_both_lines_unless_it_says_the_same(Engine engine)
    {
        using var store = new RunningStore(engine, RunningStore.SecondPackage());
        var report = store.Import(Csv("r1,a,NA1,2025-01-10,,P,12", "r1,a,NA1,2025-01-10,,P,12", "r1,a,NA1,2025-01-12,,P,12", "r1,b,NA1,2025-01-10,,P,12"));
        Assert.Equal((1, 1, 2), (report.Taken, report.Duplicate, report.Refused));
        Assert.All(store.Inbox(), r => Assert.Equal(("capture.row.row-id-twice", "2"), (r.Problems[0].Code, r.Problems[0].Details["otherLine"])));
        Assert.Equal([4, 5], store.Inbox().Select(r => r.Line));
        Assert.Equal((1, 1, 0), store.Seen("NA1", "2025-Q1"));
        store.AssertSound();
    }

    [Theory, MemberData(nameof(Engines))]
    public void Another_source_may_use_the_same_numbers(Engine engine)
    {
        using var store = new RunningStore(engine, RunningStore.SecondPackage());
        Assert.Equal(1, store.Import(Csv("1,a,NA1,2025-01-10,,P,12")).Taken);
        Assert.Equal(1, store.Import(Csv("1,b,NA1,2025-02-10,,N,9"), source: "hospital").Taken);
        Assert.Equal((1, 1), (store.Import(Csv("1,a,NA1,2025-01-10,,P,12")).Duplicate, store.Import(Csv("1,b,NA1,2025-02-10,,N,9"), source: "hospital").Duplicate));
        store.AssertSound();
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_complete_extract_keeps_a_row_that_moved_and_withdraws_one_that_is_gone(Engine engine)
    {
        using var store = new RunningStore(engine, RunningStore.SecondPackage());
        store.Import(Csv("r1,a,NA1,2025-01-10,,P,12", "r2,b,NA1,2025-01-11,,N,10", "r3,c,NA1,2025-01-12,,N,10"));
        var report = store.Import(Csv("r1,d,NA1,2025-01-15,,P,12", "r3,c,NA1,2025-01-12,,N,x"), OnChange.Replace, (new DateOnly(2025, 1, 1), new DateOnly(2025, 3, 31)));
        Assert.Equal((1, 1, 1), (report.Corrected, report.Refused, report.Withdrawn));
        Assert.Equal((2, 2, 0), store.Seen("NA1", "2025-Q1"));
        store.AssertSound();
    }
}
