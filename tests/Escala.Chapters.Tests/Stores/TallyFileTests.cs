using System.Text;
using Escala.Capture.Imports;
using Escala.Capture.Inbox;
using Escala.Capture.Registers;
using Escala.Cascades.Derivations;
using Escala.Cascades.Sheets;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Programmes;
using Escala.Programmes.Packages;
using Escala.Registry;

namespace Escala.Chapters.Tests.Stores;

/// <summary>Counts of facilities by file: the same sheet as a tablet's tallies, marked, beside rows and never among them.</summary>
public sealed class TallyFileTests
{
    private const string Long = "facility_code,month,step,numerator,denominator,source_register\n";

    private static readonly Window s_march = Window.Holding(WindowKind.Month, new DateOnly(2025, 3, 1).DayNumber);

    public static IEnumerable<TheoryDataRow<Engine>> Engines => AnyStore.Engines;

    [Theory, MemberData(nameof(Engines))]
    public void A_long_file_fills_the_sheet_and_a_later_one_corrects_it(Engine engine)
    {
        using var store = Open(engine);
        var report = Import(store, Long
            + "F1,2025-03,screened,40,50,TARV 3\nF1,202503,Diagnosticados,10,12,\nf1,03/2025,treated,9,10,\nF1,2025-03,raised-or-known,12.0,40,\nF1,2025-03,picked-up,5,9,\nF1,2025-03,controlled,3,5,\n"
            + "F2,2025-03,screened,40,50,\nF2,2025-03,screened,41,50,\nF1,2025-13,screened,1,2,\nF1,2025-04,cured,1,2,\nF1,2025-04,treated,12,2,\nF1,2025-04,controlled,x,2,\nF1,2025-04,controlled,,2,\nF9,2025-03,screened,1,2,\n");
        Assert.Equal((14, 6, 7, 1), (report.Read, report.Taken, report.Refused, report.Waiting));
        Assert.Equal(
            ["capture.tally.twice", "capture.tally.twice", "programmes.tally.window", "programmes.tally.step", "programmes.tally.more", "programmes.tally.count", "programmes.register.empty", "capture.row.unknown-place"],
            store.Inbox().Select(r => r.Problems.Single().Code));
        var sheet = Sheet(store, "F1");
        Assert.Equal((40, 50), (sheet.Steps[0].Figure.Numerator!.Value, sheet.Steps[0].Figure.Denominator!.Value));
        Assert.Equal(["F1"], sheet.Tallied);
        Assert.Equal("TARV 3", store.Entries(EntryKinds.Tally).Select(e => System.Text.Json.JsonDocument.Parse(e.Entry.Body).RootElement).First().GetProperty("register").GetString());
        store.AssertSound();

        // The same says nothing more; a later file's number takes the place of the earlier.
        report = Import(store, Long + "F1,2025-03,screened,42,50,TARV 3\nF1,2025-03,diagnosed,10,12,\n");
        Assert.Equal((0, 1, 1), (report.Taken, report.Same, report.Corrected));
        Assert.Equal(42, Sheet(store, "F1").Steps[0].Figure.Numerator!.Value);

        // What waited for its place goes in when the place has come.
        store.Apply(MappingTests.Places + "F9,New,facility,D\n");
        Assert.Equal(1, RetryInbox.Run(store.Store, store.Writer, store.Programme, store.Clock, StandingTallies.Of));
        Assert.Contains("F9", Sheet(store, "F9").Tallied);
        Assert.Null(Rebuild.Run(store.Store, store.Writer, store.Programme, [], null, null, default));
        Assert.Equal(42, Sheet(store, "F1").Steps[0].Figure.Numerator!.Value);
        store.AssertSound();
    }

    [Theory, MemberData(nameof(Engines))]
    public void What_waits_is_settled_by_its_own_month_and_place_and_not_by_the_next_file_of_its_name(Engine engine)
    {
        using var store = Open(engine);
        Import(store, Long + "F1,2025-03,screened,x,50,\nF9,2025-03,screened,1,2,\nF1,2025-03,treated,x,50,\n");
        Import(store, Long + "F1,2025-04,screened,40,50,\nF2,2025-03,screened,1,2,\nF1,2025-03,controlled,4,5,\n");
        Assert.Equal([2, 3, 4], store.Inbox().Select(r => r.Line));
        Import(store, Long + "f1,202503,screened,40,50,\n\n\n");
        Assert.Equal([3, 4], store.Inbox().Select(r => r.Line));
        store.AssertSound();
    }

    [Theory, MemberData(nameof(Engines))]
    public void What_waited_for_its_place_never_replaces_a_count_that_came_since(Engine engine)
    {
        using var store = Open(engine);
        Import(store, Long + "F9,2025-03,screened,5,10,\nF9,2025-03,diagnosed,2,3,\n");
        store.Apply(MappingTests.Places + "F9,New,facility,D\n");
        Import(store, Long + "F9,2025-03,screened,6,10,\n", "corrected.csv");
        Assert.Equal(1, RetryInbox.Run(store.Store, store.Writer, store.Programme, store.Clock, StandingTallies.Of));
        Assert.Equal(6, Sheet(store, "F9").Steps[0].Figure.Numerator!.Value);
        Assert.Equal("capture.tally.contradicts", Assert.Single(Assert.Single(store.Inbox()).Problems).Code);
        Assert.Equal(0, RetryInbox.Run(store.Store, store.Writer, store.Programme, store.Clock, StandingTallies.Of));
        // Once its own line is read again with the right number, it is settled.
        Import(store, Long + "F9,2025-03,screened,6,10,\n");
        Assert.Empty(store.Inbox());
        store.AssertSound();
    }

    [Theory, MemberData(nameof(Engines))]
    public void Of_two_counts_that_waited_and_differ_none_is_taken_unasked(Engine engine)
    {
        using var store = Open(engine);
        // In one file both are refused at once, as those of a known place are.
        var report = Import(store, Long + "F9,2025-03,screened,5,10,\nf9,2025-03,screened,6,10,\nF9,2025-03,treated,1,2,\n");
        Assert.Equal((2, 1), (report.Refused, report.Waiting));
        Assert.All(store.Inbox().Where(r => r.WaitsFor is null), r => Assert.Equal("capture.tally.twice", r.Problems.Single().Code));
        Import(store, Long + "F9,2025-03,screened,7,10,\nF9,2025-03,treated,1,2,\n", "corrected.csv");
        store.Apply(MappingTests.Places + "F9,New,facility,D\n");
        Assert.Equal(2, RetryInbox.Run(store.Store, store.Writer, store.Programme, store.Clock, StandingTallies.Of));
        Assert.Equal(["capture.tally.twice", "capture.tally.twice", "capture.tally.contradicts"], store.Inbox().Select(r => r.Problems.Single().Code));
        Assert.Single(store.Entries(EntryKinds.Tally));
        store.AssertSound();
    }

    [Theory, MemberData(nameof(Engines))]
    public void An_older_file_sets_nothing_back_unasked(Engine engine)
    {
        using var store = Open(engine);
        const string First = Long + "F1,2025-03,screened,40,50,\nF1,2025-03,treated,9,10,\n";
        Import(store, First, "march.csv");
        Import(store, Long + "F1,2025-03,screened,42,50,\n", "corrected.csv");
        var (head, asked) = (store.Writer.Head, new List<SetBack>());
        OnChange Ask(IReadOnlyList<SetBack> some, long total, OnChange answer)
        {
            Assert.Equal(some.Count, total);
            asked.AddRange(some);
            return answer;
        }

        // With a count that is new, and one that cannot be read: of a file that stops nothing is written.
        var again = First + "F1,2025-04,screened,5,6,\nF1,2025-04,treated,x,6,\n";
        var stopped = TryRun(store, again, (some, total) => Ask(some, total, OnChange.Stop), name: "march.csv");
        Assert.Equal(("capture.tally.set-back", "march.csv", "2"), (stopped.Problems.Single().Code, stopped.Problems.Single().Details["file"], stopped.Problems.Single().Details["line"]));
        Assert.Equal((head, 0), (store.Writer.Head, store.Inbox().Count));
        var one = Assert.Single(asked);
        Assert.Equal(("F1", "2025-03", "screened", 42, 40, "corrected.csv", 2), (one.Facility, one.Window.ToString(), one.Step, one.Stands.Numerator, one.Now.Numerator, one.StandingFile, one.StandingLine));
        var preview = Run(store, again, isPreview: true);
        Assert.Equal((1, 1, 0, 1), (preview.SetBack, preview.Taken, preview.Corrected, preview.Same));
        Assert.Equal(head, store.Writer.Head);

        var kept = TryRun(store, again, (some, total) => Ask(some, total, OnChange.Keep), name: "march.csv").Value;
        Assert.Equal((1, 1, 0, 1, 1), (kept.Kept, kept.Taken, kept.Corrected, kept.Same, kept.Refused));
        Assert.Equal((42, 50), Screened(store));
        Assert.Equal(1, TryRun(store, First, (some, total) => Ask(some, total, OnChange.Replace), name: "march.csv").Value.Corrected);
        Assert.Equal((40, 50), Screened(store));
        store.AssertSound();
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_file_never_replaces_unasked_what_a_person_entered(Engine engine)
    {
        using var store = Open(engine);
        Enter(store, 41);
        var stopped = TryRun(store, Long + "F1,2025-03,screened,40,50,\n", (some, _) => some.Single().StandingFile is null ? OnChange.Stop : OnChange.Replace);
        Assert.Equal("capture.tally.set-back", stopped.Problems.Single().Code);
        Assert.Equal((41, 50), Screened(store));
        // The same is no contradiction, and nothing is written.
        Assert.Equal((1, 0), (Import(store, Long + "F1,2025-03,screened,41,50,\n") is var same ? (same.Same, same.Taken) : default));
        // A file's numbers stand after somebody chose them, until a person says otherwise again.
        Assert.True(TryRun(store, Long + "F1,2025-03,screened,40,50,\n", (_, _) => OnChange.Replace).IsOk);
        Enter(store, 43);
        Assert.False(TryRun(store, Long + "F1,2025-03,screened,40,50,\n", (_, _) => OnChange.Stop).IsOk);
        store.AssertSound();
    }

    [Theory, MemberData(nameof(Engines))]
    public void Counts_of_months_to_come_or_of_a_facility_that_was_shut_are_refused(Engine engine)
    {
        const string Head = "code,name,level,parent_code,opened,closed\nP,Province,province,,,\nD,District,district,P,,\n";
        using var store = Open(engine);
        store.Apply(Head + "F1,One,facility,D,2025-02-15,\nF2,Two,facility,D,,2025-03-10\n");
        // The clock stands in January 2026.
        var report = Import(store, Long + "F1,2025-01,screened,1,2,\nF1,2025-02,screened,1,2,\nF2,2025-03,screened,1,2,\nF2,2025-04,screened,1,2,\nF1,2026-01,screened,1,2,\nF1,2026-02,screened,1,2,\nF9,2026-02,screened,1,2,\n");
        Assert.Equal((3, 4, 0), (report.Taken, report.Refused, report.Waiting));
        Assert.Equal(
            [(2, "capture.tally.before-opening", "2025-02-15"), (5, "capture.tally.after-closing", "2025-03-10"), (7, "capture.tally.ahead", ""), (8, "capture.tally.ahead", "")],
            store.Inbox().Select(r => (r.Line, r.Problems.Single().Code, r.Problems.Single().Details.GetValueOrDefault("day", ""))));
        Assert.All(store.Inbox(), r => Assert.Equal("month", r.Problems.Single().Details["column"]));
        // The list of places was wrong: tried again, the row goes in.
        store.Apply(Head + "F1,One,facility,D,2024-12-01,\nF2,Two,facility,D,,2025-03-10\n");
        Assert.Equal(1, RetryInbox.Run(store.Store, store.Writer, store.Programme, store.Clock, StandingTallies.Of));
        Assert.Equal([5, 7, 8], store.Inbox().Select(r => r.Line));
        store.AssertSound();
    }

    [Theory, MemberData(nameof(Engines))]
    public void Refused_rows_of_counts_are_mended_in_a_spreadsheet_as_rows_of_a_register_are(Engine engine)
    {
        using var store = Open(engine);
        Import(store, Long + "F1,2025-03,screened,40,50,\nF1,2025-03,treated,x,10,\nF1,2025-13,controlled,3,5,\nF1,2025-04,screened,7,6,\n");
        Assert.Equal([("facility_code", "F1"), ("month", "2025-03"), ("step", "treated"), ("numerator", "x"), ("denominator", "10")], ExportInbox.Filled(store.Inbox()[0]));
        var file = Export(store, "treated,x,10", "treated,9,10");
        File.WriteAllText(file, File.ReadAllText(file).Replace("2025-13", "2025-02", StringComparison.Ordinal).Replace(',', ';'));
        var mended = Mend(store, file);
        Assert.Equal((2, 0, 1), (mended.Taken, mended.Corrected, mended.Staying.Count));
        Assert.Equal(("programmes.tally.more", 4), (mended.Staying[0].Problems.Single().Code, mended.Staying[0].Line));
        Assert.Equal(5, Assert.Single(store.Inbox()).Line);
        Assert.Equal("clerk", store.Entries(EntryKinds.Tally)[^1].Entry.Origin.Author);
        Assert.Equal(9, Sheet(store, "F1").Steps[3].Figure.Numerator);
        store.AssertSound();
        // The same spreadsheet once more says which of its rows have gone in, though the first of them has.
        var again = MendInbox.Run(store.Store, store.Writer, store.Programme, file, new ImportOptions { OnChange = (_, _) => OnChange.Stop }, store.Clock, StandingTallies.Of);
        Assert.Equal([("capture.mend.number", "2"), ("capture.mend.number", "3")], again.Problems.Select(p => (p.Code, p.Details["line"])));
        // What is the same as stands leaves; what stands otherwise is asked about.
        Import(store, Long + "F1,2025-04,screened,5,6,\n", "april.csv");
        Assert.Equal(1, Mend(store, Export(store, "7;6", "5;6")).Duplicate);
        Assert.Empty(store.Inbox());
        store.AssertSound();
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_mended_count_takes_the_place_of_one_that_stands_only_when_asked_to(Engine engine)
    {
        using var store = Open(engine);
        Import(store, Long + "F1,2025-03,screened,40,50,\n");
        Import(store, Long + "F1,2025-03,screened,x,50,\n", "other.csv");
        var file = Export(store, "x,50", "42,50");
        Assert.Equal("capture.tally.contradicts", Mend(store, file).Staying.Single().Problems.Single().Code);
        Assert.Equal((40, 50), Screened(store));
        Assert.Equal(1, Mend(store, file, OnChange.Replace).Corrected);
        Assert.Equal((42, 50), Screened(store));
        Assert.Empty(store.Inbox());
        // No file takes the place of what a person mended unasked.
        Assert.Equal(1, Run(store, Long + "F1,2025-03,screened,43,50,\n", isPreview: true, "later.csv").SetBack);
        Import(store, Long + "F1,2025-03,screened,y,50,\n", "again.csv");
        Assert.Equal(1, Mend(store, Export(store, "y,50", "44,50"), OnChange.Keep).Kept);
        Assert.Equal((42, 50), Screened(store));
        Assert.Empty(store.Inbox());
        store.AssertSound();
    }

    [Theory, MemberData(nameof(Engines))]
    public void What_is_taken_and_what_is_refused_of_a_file_come_together_or_not_at_all(Engine engine)
    {
        using var store = Open(engine);
        var file = store.FileNamed("counts.csv");
        File.WriteAllText(file, Long + "F1,2025-03,screened,40,50,\nF1,2025-03,treated,x,10,\n");
        var (head, mapping) = (store.Writer.Head, ImportTallies.MappingOf(file, store.Programme, new Told())!);
        var options = new ImportOptions { OnChange = (_, _) => OnChange.Stop };
        // It fails once the entries are appended, when the refused row is to go in.
        Assert.Throws<IOException>(() => new ImportTallies(store.Store, store.Writer, store.Programme, new StoppingClock(store.Clock), StandingTallies.Of).Run(file, mapping, options, default));
        Assert.Equal((head, 0, 0), (store.Writer.Head, store.Entries(EntryKinds.Tally).Count, store.Inbox().Count));
        store.AssertSound();
        Assert.Equal((1, 1), new ImportTallies(store.Store, store.Writer, store.Programme, store.Clock, StandingTallies.Of).Run(file, mapping, options, default).Value is var report ? (report.Taken, report.Refused) : default);
        Assert.Single(store.Inbox());
        store.AssertSound();
    }

    [Fact]
    public void A_row_of_counts_that_is_given_up_is_kept_under_what_it_was_read_by()
    {
        using var store = Open(Engine.Sqlite);
        Import(store, Long + "F1,2025-03,screened,x,50,\n");
        Assert.Equal(1, DiscardRows.Run(store.Store, store.Writer, store.Programme, [store.Inbox()[0].Number], "page torn", null, store.Clock).Value);
        var origin = store.Entries(EntryKinds.Discard).Single().Entry.Origin;
        Assert.Equal(("monthly-counts@1", EntryClasses.Delivery), (origin.Form, origin.Class));
        store.AssertSound();
    }

    [Fact]
    public void Thousands_are_never_read_for_decimals()
    {
        using var store = Open(Engine.Sqlite);
        var report = Import(store, Long + "F1,2025-01,screened,\"1,000\",\"2,000\",\nF1,2025-02,screened,5,12.000,\nF1,2025-03,screened,5.00,\"12,0\",\n");
        Assert.Equal((1, 2), (report.Taken, report.Refused));
        Assert.Equal([("numerator", 2), ("denominator", 1)], store.Inbox().Select(r => (r.Problems[0].Details["column"], r.Problems.Count(p => p.Code == "programmes.tally.count"))));
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_wide_row_is_settled_whichever_of_its_steps_was_wrong(Engine engine)
    {
        const string Head = "facility_code;month;seen;screened;raised_or_known;diagnosed;treated;picked_up;measured_treated;controlled\n";
        using var store = Open(engine);
        Import(store, Head + "F1;2025-03;50;40;12;x;9;5;5;3\n");
        Import(store, Head + "F1;2025-04;50;40;12;10;9;5;5;3\n");
        Assert.Single(store.Inbox());
        Import(store, Head + "F1;2025-03;50;40;12;10;9;5;5;3\n");
        Assert.Empty(store.Inbox());
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_wide_file_says_what_it_has_columns_for_and_rows_put_it_aside(Engine engine)
    {
        using var store = Open(engine);
        var report = Import(store, "facility_code;month;seen;screened;raised_or_known;diagnosed;treated;picked_up;measured_treated;controlled\nF1;2025-03-15;50;40;12;10;9;5;5;3\nF2;2025-03;30;20;;;;;;\nF2;2025-04;30;20;;4;;;;\n");
        Assert.Equal((3, 6, 2), (report.Read, report.Taken, report.Refused));
        Assert.Equal("raised_or_known", store.Inbox()[0].Problems[0].Details["column"]);
        Assert.Equal((3, 5), (Sheet(store, "F1").Steps[^1].Figure.Numerator!.Value, Sheet(store, "F1").Steps[^1].Figure.Denominator!.Value));
        store.Import(Register.Csv([new Visit("1", "F1", "2025-03-07") { Born = "1970-05-01", Pressure = "150/95" }]));
        var sheet = Sheet(store, "F1");
        Assert.Equal((1, 1), (sheet.Steps[0].Figure.Numerator!.Value, sheet.Steps[0].Figure.Denominator!.Value));
        Assert.Equal(["F1"], sheet.TalliesAside);
        store.AssertSound();
    }

    [Fact]
    public void Counts_behind_a_sheet_of_instructions_and_below_titles_are_found_but_never_before_rows()
    {
        using var store = Open(Engine.Sqlite);
        var counts = ("Contagens", "Ministério da Saúde\nDistrito|D\n" + (Long + "F1,2025-03,screened,40,50,\nF1,2025-03,treated,x,10,\n").Replace(',', '|'));
        using var book = new Forms.Workbook("contagens.xlsx").Write(("Leia-me", "Preencher uma linha por passo"), counts);
        var mapping = ImportTallies.MappingOf(book.File, store.Programme, new Told());
        Assert.NotNull(mapping);
        var options = new ImportOptions { OnChange = (_, _) => OnChange.Stop };
        var report = new ImportTallies(store.Store, store.Writer, store.Programme, store.Clock, StandingTallies.Of).Run(book.File, mapping, options, default).Value;
        Assert.Equal((2, 1, 1), (report.Read, report.Taken, report.Refused));
        Assert.Equal(5, Assert.Single(store.Inbox()).Line);
        using var rows = new Forms.Workbook("livro.xlsx").Write(("Livro", Register.Csv([new Visit("1", "F1", "2025-03-07")]).Replace(',', '|')), counts);
        Assert.Null(ImportTallies.MappingOf(rows.File, store.Programme, new Told()));
    }

    [Fact]
    public void A_preview_writes_nothing()
    {
        using var store = Open(Engine.Sqlite);
        var head = store.Writer.Head;
        var report = Run(store, Long + "F1,2025-03,screened,40,50,\nF9,2025-03,screened,40,50,\n", isPreview: true);
        Assert.Equal((1, 1, 1), (report.Taken, report.Waiting, report.First.Count));
        Assert.Equal(head, store.Writer.Head);
        Assert.Empty(store.Inbox());
    }

    [Fact]
    public void What_no_step_or_shape_of_the_programme_is_is_refused_with_its_place()
    {
        var bytes = Package().Bytes.ToDictionary(f => f.Key, f => f.Value);
        var text = Encoding.UTF8.GetString(bytes["tallies/monthly-sheet.yaml"]);
        bytes["tallies/monthly-sheet.yaml"] = Encoding.UTF8.GetBytes(text.Replace("  treated:", "  treatd:", StringComparison.Ordinal));
        Assert.Equal([("programmes.package.step-unknown", "tallies/monthly-sheet.yaml")], PackageReader.Read(bytes).Problems.Select(p => (p.Code, p.Details["file"])));
        bytes["tallies/monthly-sheet.yaml"] = Encoding.UTF8.GetBytes(text[..text.IndexOf("wide:", StringComparison.Ordinal)]);
        Assert.Equal(["programmes.package.tally-shape"], PackageReader.Read(bytes).Problems.Select(p => p.Code));
    }

    [Fact]
    public void Counts_are_taken_at_the_command_line_as_any_file_is()
    {
        using var store = new Forms.Workbook();
        File.WriteAllText(Path.Combine(store.Folder, "counts.csv"), Long + "F101,2025-03,screened,40,50,\nF101,2025-03,rastreados,x,50,\nF101,2025-03,treated,9,10,\n");
        Assert.Equal(0, EscalaProcess.RunIn(store.Folder, ["init", "--programme", "saia-htn"]).Code);
        var looked = EscalaProcess.RunIn(store.Folder, ["import", "counts.csv", "--dry-run"]);
        Assert.Equal(1, looked.Code);
        Assert.Contains("line 2: F101, 2025-03, screened: 40 of 50", looked.Output, StringComparison.Ordinal);
        var taken = EscalaProcess.RunIn(store.Folder, ["import", "counts.csv"]);
        Assert.Equal(1, taken.Code);
        Assert.Contains("2  tallies taken", taken.Output, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(store.Folder, "later.csv"), Long + "F101,2025-03,treated,8,10,\n");
        Assert.Equal(0, EscalaProcess.RunIn(store.Folder, ["import", "later.csv"]).Code);
        var stopped = EscalaProcess.RunIn(store.Folder, ["import", "counts.csv"]);
        Assert.Equal(2, stopped.Code);
        Assert.Contains("line 4: F101, 2025-03, treated: 8 of 10 (later.csv, line 2) → 9 of 10", stopped.Error, StringComparison.Ordinal);
        Assert.Contains("--on-change keep", stopped.Error, StringComparison.Ordinal);
        Assert.Equal(1, EscalaProcess.RunIn(store.Folder, ["import", "counts.csv", "--on-change", "keep"]).Code);
        Assert.Contains("COUNTED BY HAND", EscalaProcess.RunIn(store.Folder, ["cascade", "--facility", "F101", "--month", "2025-03"]).Output, StringComparison.Ordinal);
        Assert.Equal(0, EscalaProcess.RunIn(store.Folder, ["verify"]).Code);
    }

    private static PackageFiles Package()
    {
        var bytes = MappingTests.Package().Bytes.ToDictionary(f => f.Key, f => f.Value);
        foreach (var (name, content) in PackageFiles.In(Repository.PathTo("programmes", "saia-htn")).Value.Bytes.Where(f => f.Key.StartsWith(PackageFiles.TalliesFolder, StringComparison.Ordinal))) bytes[name] = content;
        return new PackageFiles(bytes);
    }

    private static RunningStore Open(Engine engine) => new(engine, Package());

    private static TallyReport Import(RunningStore store, string csv, string name = "counts.csv") => Run(store, csv, isPreview: false, name);

    private static TallyReport Run(RunningStore store, string csv, bool isPreview, string name = "counts.csv")
    {
        var report = TryRun(store, csv, (_, _) => OnChange.Stop, isPreview, name);
        Assert.True(report.IsOk, string.Join("; ", report.Problems));
        return report.Value;
    }

    private static Result<TallyReport> TryRun(RunningStore store, string csv, Func<IReadOnlyList<SetBack>, long, OnChange> onSetBack, bool isPreview = false, string name = "counts.csv")
    {
        store.Clock.Move();
        var file = store.FileNamed(name);
        File.WriteAllText(file, csv);
        var mapping = ImportTallies.MappingOf(file, store.Programme, new Told());
        Assert.NotNull(mapping);
        var options = new ImportOptions { OnChange = (_, _) => OnChange.Stop, OnSetBack = onSetBack };
        return new ImportTallies(store.Store, isPreview ? null : store.Writer, store.Programme, store.Clock, StandingTallies.Of).Run(file, mapping, options, default);
    }

    private static EnteredRows Mend(RunningStore store, string file, OnChange onSetBack = OnChange.Stop)
    {
        store.Clock.Move();
        var mended = MendInbox.Run(store.Store, store.Writer, store.Programme, file, new ImportOptions { OnChange = (_, _) => OnChange.Stop, OnSetBack = (_, _) => onSetBack, Author = "clerk" }, store.Clock, StandingTallies.Of);
        Assert.True(mended.IsOk, string.Join("; ", mended.Problems));
        return mended.Value;
    }

    private static string Export(RunningStore store, string from, string to)
    {
        var file = store.FileNamed("mend.csv");
        using (var session = store.Store.Open(writable: false)) Assert.Single(ExportInbox.Run(session, file, p => p.Code));
        var text = File.ReadAllText(file);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(file, text.Replace(from, to, StringComparison.Ordinal));
        return file;
    }

    private static (int, int) Screened(RunningStore store) => (Sheet(store, "F1").Steps[0].Figure.Numerator!.Value, Sheet(store, "F1").Steps[0].Figure.Denominator!.Value);

    /// <summary>As a person enters a count on a tablet.</summary>
    private static void Enter(RunningStore store, int numerator)
    {
        store.Clock.Move();
        var origin = new Origin { Kind = EntryKinds.Tally, Class = EntryClasses.Delivery, Zone = store.Programme.Zone, Device = "tablet" };
        var receipt = store.Writer.Commit([new Entry
        {
            Id = Guid.CreateVersion7(store.Clock.GetUtcNow()), Origin = origin, Facility = "F1", EventDay = s_march.LastDay, RecordedAt = store.Clock.Microseconds(),
            Body = new TallyBody("2025-03", "screened", numerator, 50).ToBytes(),
        }]).Result.Single();
        Assert.Equal(ReceiptStatus.Accepted, receipt.Status);
    }

    private static CascadeSheet Sheet(RunningStore store, string place)
    {
        using var reader = new SheetReader(SheetSource.Open(store.Store, store.Clock).Value);
        return reader.Sheet(place, s_march, new SheetChoice()).Value;
    }

    /// <summary>A clock that breaks in the transaction.</summary>
    private sealed class StoppingClock(TimeProvider clock) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Thread.CurrentThread.Name == "ledger writer" ? throw new IOException("The disk is full") : clock.GetUtcNow();
    }
}
