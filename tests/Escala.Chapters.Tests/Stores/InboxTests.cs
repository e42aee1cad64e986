using System.Text;
using Escala.Capture.Imports;
using Escala.Capture.Inbox;
using Escala.Cascades.Derivations;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Registry;
using Escala.Registry.People;

namespace Escala.Chapters.Tests.Stores;

/// <summary>What becomes of rows that could not be taken: mended in a spreadsheet, settled by a mended extract, given up, erased.</summary>
public sealed class InboxTests
{
    private static readonly string s_places = Register.Places(["F1", "F2"]);

    public static IEnumerable<TheoryDataRow<Engine>> Engines => AnyStore.Engines;

    private static Visit Raised(string person, string day) => new(person, "F1", day) { Born = "1970-05-01", Pressure = "150/95", Days = "30" };

    [Theory, MemberData(nameof(Engines))]
    public void A_clerk_mends_an_export_in_a_spreadsheet_and_gives_it_back(Engine engine)
    {
        using var store = new RunningStore(engine, s_places);
        store.Import(Register.Csv([Raised("a", "2025-03-05"), Raised("b", "2025-03-06") with { Days = "thirty" }, Raised("c", "2025-33-07"), Raised("d", "2025-03-08") with { Diagnosed = "?" }]));
        var file = store.FileNamed("mend.csv");
        using (var session = store.Store.Open(writable: false)) Assert.Equal([(file, 3)], ExportInbox.Run(session, file, p => p.Code));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        var lines = File.ReadAllLines(file);
        Assert.StartsWith("number,problems,patient_id,facility_code,visit_date", lines[0], StringComparison.Ordinal);
        // As a spreadsheet in Portuguese saves it: semicolons, and dates the way people write them there.
        var mended = string.Join("\r\n", lines.Select(l => l.Replace(',', ';')))
            .Replace("thirty", "30", StringComparison.Ordinal).Replace("2025-33-07", "27/03/2025", StringComparison.Ordinal).Replace("2025-03-06", "06/03/2025", StringComparison.Ordinal).Replace("1970-05-01", "01/05/1970", StringComparison.Ordinal);
        File.WriteAllText(file, mended, new UTF8Encoding(true));
        var report = Mend(store, file);
        Assert.Equal((2, 1), (report.Taken, report.Staying.Count));
        Assert.Equal("programmes.register.not-a-flag", report.Staying[0].Problems.Single().Code);
        Assert.Equal((3, 3, 0), store.Seen("F1", "2025-03") with { Queried = 0 });
        var left = Assert.Single(store.Inbox());
        Assert.Equal(("d", 5), (left.Person, left.Line));
        store.AssertSound();
        // Rows that entered are known when their source, mended too, is imported again.
        Assert.Equal(4, store.Import(Register.Csv([Raised("a", "2025-03-05"), Raised("b", "2025-03-06"), Raised("c", "2025-03-27"), Raised("d", "2025-03-08")])) is var again ? again.Duplicate + again.Taken : 0);
        Assert.Equal((3, 1, 1, 0L), (again.Duplicate, again.Taken, again.Settled, again.StillWaiting));
        Assert.Empty(store.Inbox());
    }

    [Fact]
    public void What_a_spreadsheet_would_carry_out_goes_out_harmless_and_comes_back_as_it_was()
    {
        using var store = new RunningStore(Engine.Sqlite, s_places);
        string[] numbers = ["=1+2", "+cmd|' /C calc'!A0", "@SUM(1)", "-2+3", "'=quoted", "-12"];
        var report = store.Import(Register.Csv(numbers.Select(n => Raised(n, "2025-03-05") with { Days = "x" })));
        var file = store.FileNamed("mend.csv");
        using (var session = store.Store.Open(writable: false)) ExportInbox.Run(session, file, p => p.Code);
        foreach (var line in File.ReadAllLines(file).Skip(1).Concat(File.ReadAllLines(report.ProblemFile!).Skip(1)))
        {
            var number = line.Split(',')[2].Trim('"');
            Assert.True(number is "-12" || number[0] == '\'', number);
        }

        File.WriteAllText(file, File.ReadAllText(file).Replace(",x,", ",30,", StringComparison.Ordinal));
        Assert.Equal(numbers.Length, Mend(store, file).Taken);
        using var read = store.Store.Open(writable: false);
        Assert.All(numbers, n => Assert.NotNull(FindPerson.Run(read, store.Programme, n)));
    }

    [Fact]
    public void A_mended_file_that_is_not_one_of_ours_or_lost_its_zeros_is_refused_whole()
    {
        using var store = new RunningStore(Engine.Sqlite, s_places);
        store.Import(Register.Csv([Raised("007", "2025-03-05") with { Days = "x" }]));
        var file = store.FileNamed("mend.csv");
        using (var session = store.Store.Open(writable: false)) ExportInbox.Run(session, file, p => p.Code);
        var text = File.ReadAllText(file).Replace(",x,", ",30,", StringComparison.Ordinal);
        File.WriteAllText(file, text.Replace(",007,", ",7,", StringComparison.Ordinal));
        Assert.Equal("capture.mend.zeros", TryMend(store, file).Problems.Single().Code);
        File.WriteAllText(file, text.Replace("\n1,", "\n9,", StringComparison.Ordinal));
        Assert.Equal("capture.mend.number", TryMend(store, file).Problems.Single().Code);
        File.WriteAllText(file, Register.Csv([Raised("a", "2025-03-05")]));
        Assert.Equal("capture.mend.columns", TryMend(store, file).Problems.Single().Code);
        Assert.Single(store.Inbox());
    }

    [Fact]
    public void Rows_of_different_layouts_go_to_files_of_their_own()
    {
        using var store = new RunningStore(Engine.Sqlite, s_places);
        store.Import(Register.Csv([Raised("a", "2025-03-05") with { Days = "x" }]));
        store.Import("patient_id;facility_code;visit_date;dispensed_days\nb;F1;2025-03-05;y\n", source: "pharmacy");
        var file = store.FileNamed("mend.csv");
        using var session = store.Store.Open(writable: false);
        Assert.Equal([(file, 1), (store.FileNamed("mend-2.csv"), 1)], ExportInbox.Run(session, file, p => p.Code));
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_mended_extract_settles_what_waited_and_nothing_else(Engine engine)
    {
        using var store = new RunningStore(engine, s_places);
        // Two rows of one day, the second unreadable; one whose day cannot be read; one at a place that is misspelt; one that stays as it is.
        Visit[] visits = [Raised("a", "2025-03-05"), Raised("a", "2025-03-05") with { Days = "x" }, Raised("b", "5 March"), Raised("c", "2025-03-07") with { Facility = "F9" }, Raised("d", "2025-03-08") with { Sex = "?" }];
        Assert.Equal((1, 3, 1, 4L), (store.Import(Register.Csv(visits)) is var first ? first.Taken : 0, first.Refused, first.Waiting, first.StillWaiting));
        var unmended = store.Import(Register.Csv(visits));
        Assert.Equal((0, 4L, 4), (unmended.Settled, unmended.StillWaiting, store.Inbox().Count));
        // The row of that day which was readable says nothing of the one that was not.
        Assert.Equal((0, 4L), (store.Import(Register.Csv([visits[0]])) is var good ? good.Settled : -1, good.StillWaiting));
        Visit[] mended = [visits[0], visits[1] with { Days = "60" }, Raised("b", "2025-03-15"), visits[3] with { Facility = "F2" }, visits[4] with { Sex = "??" }];
        var report = store.Import(Register.Csv(mended));
        Assert.Equal((3, 1, 1, 3, 1L), (report.Taken, report.Duplicate, report.Refused, report.Settled, report.StillWaiting));
        Assert.Equal("d", Assert.Single(store.Inbox()).Person);
        store.AssertSound();
    }

    [Fact]
    public void A_line_about_somebody_else_settles_nothing()
    {
        using var store = new RunningStore(Engine.Sqlite, s_places);
        store.Import(Register.Csv([Raised("a", "never")]));
        Assert.Equal(0, store.Import(Register.Csv([Raised("b", "2025-03-05")])).Settled);
        Assert.Equal(0, store.TryImport(Register.Csv([Raised("a", "2025-03-05")]), source: "other").Value[0].Settled);
        Assert.Equal(1, store.Import(Register.Csv([Raised("a", "2025-03-05")]), source: "register").Settled);
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_row_that_is_given_up_stays_in_the_ledger_and_erasure_reaches_it(Engine engine)
    {
        using var store = new RunningStore(engine, s_places);
        store.Import(Register.Csv([Raised("a", "2025-03-05"), Raised("a", "2025-03-06") with { Days = "x" }, Raised("z", "never"), Raised("", "2025-03-07")]));
        var numbers = store.Inbox().Select(r => r.Number).ToArray();
        Assert.Equal("capture.discard.reason", DiscardRows.Run(store.Store, store.Writer, store.Programme, numbers, " ", null, store.Clock).Problems.Single().Code);
        Assert.Equal("capture.discard.number", DiscardRows.Run(store.Store, store.Writer, store.Programme, [99], "why", null, store.Clock).Problems.Single().Code);
        Assert.Equal(3, DiscardRows.Run(store.Store, store.Writer, store.Programme, numbers, "page torn", "clerk", store.Clock).Value);
        Assert.Empty(store.Inbox());
        var entries = store.Entries(EntryKinds.Discard);
        Assert.All(entries, e => Assert.Equal(("page torn", "clerk"), (e.Entry.Origin.Reason, e.Entry.Origin.Author)));
        Assert.Equal("z,F1,never", Encoding.UTF8.GetString(entries[1].Entry.Body)[..10]);
        Assert.Null(entries[2].Entry.Subject);
        Assert.Equal((1, 1, 0), store.Seen("F1", "2025-03"));
        store.AssertSound();
        // Somebody who never had a row that could be read.
        Assert.Equal(1, ErasePerson.Run(store.Store, store.Writer, store.Programme, "z", "asked", null, store.Clock).Value.Bodies);
        Assert.Equal(2, ErasePerson.Run(store.Store, store.Writer, store.Programme, "a", "asked", null, store.Clock).Value.Bodies);
        store.AssertSound();
        Assert.Null(Rebuild.Run(store.Store, store.Writer, store.Programme, [], null, null, default));
        store.AssertSound();
        // A number is never given again: somebody may have it on paper.
        store.Import(Register.Csv([Raised("q", "never")]));
        Assert.True(store.Inbox().Single().Number > numbers.Max());
    }

    [Theory, MemberData(nameof(Engines))]
    public void Who_stands_in_the_inbox_alone_can_be_erased_and_stays_so_after_a_restore(Engine engine)
    {
        using var store = new RunningStore(engine, s_places);
        store.Import(Register.Csv([Raised("a", "2025-03-05"), Raised("z", "never"), Raised("y", "never")]));
        var folder = Directory.CreateTempSubdirectory("escala-backup-");
        var file = Path.Combine(folder.FullName, "backup");
        Assert.True(Backup.Take(store.Store, file, null, default).IsOk);
        var erased = ErasePerson.Run(store.Store, store.Writer, store.Programme, "z", "asked", null, store.Clock).Value;
        Assert.Equal((0, 0L, 1), (erased.People.Count, erased.Bodies, erased.InboxRows));
        Assert.Equal("y", Assert.Single(store.Inbox()).Person);
        Assert.Equal("registry.person.unknown", ErasePerson.Run(store.Store, store.Writer, store.Programme, "z", "asked", null, store.Clock).Problems.Single().Code);
        var erasure = Assert.Single(store.Entries(EntryKinds.Erasure)).Entry;
        Assert.DoesNotContain("\"z\"", Encoding.UTF8.GetString(erasure.Body), StringComparison.Ordinal);
        store.AssertSound();
        using var place = AnyStore.New(engine);
        using var restored = Store.At(place.Location);
        Assert.True(Backup.Restore(file, restored, store.Clock, null, default).IsOk);
        using (var writer = new LedgerWriter(restored.TakeLease().Value, new LiveDerivation().Hook, store.Clock))
        {
            Rebuild.Run(restored, writer, store.Programme, [], null, null, default);
            ErasePerson.Replay(writer, store.Programme, [erasure]);
            writer.Run(Backup.Finish);
        }

        using var session = restored.Read().Value;
        Assert.Equal("y", Assert.Single(InboxTable.Read(session)).Person);
        folder.Delete(recursive: true);
    }

    private static EnteredRows Mend(RunningStore store, string file)
    {
        var mended = TryMend(store, file);
        Assert.True(mended.IsOk, string.Join("; ", mended.Problems));
        return mended.Value;
    }

    private static Result<EnteredRows> TryMend(RunningStore store, string file) =>
        MendInbox.Run(store.Store, store.Writer, store.Programme, file, new ImportOptions { OnChange = (_, _) => OnChange.Stop, Author = "clerk" }, store.Clock, StandingTallies.Of);
}
