using System.IO.Compression;
using System.Text;
using Escala.Capture.Imports;
using Escala.Capture.Inbox;
using Escala.Cascades.Derivations;
using Escala.Platform.Storage;
using Escala.Registry;
using Escala.Registry.People;
using Escala.Registry.Timelines;

namespace Escala.Chapters.Tests.Stores;

/// <summary>What clerks' files look like, and what becomes of each of their rows.</summary>
public sealed class ImportTests
{
    private static readonly string s_places = Register.Places(["F1", "F2"]);

    public static IEnumerable<TheoryDataRow<Engine>> Engines => AnyStore.Engines;

    private static Visit Raised(string person, string day) => new(person, "F1", day) { Born = "1970-05-01", Pressure = "150/95", Days = "30" };

    [Theory, MemberData(nameof(Engines))]
    public void The_same_file_again_is_duplicates_and_a_changed_row_stops_before_anything_is_written(Engine engine)
    {
        using var store = new RunningStore(engine, s_places);
        Visit[] visits = [Raised("a", "2025-03-05"), Raised("b", "2025-03-06")];
        Assert.Equal(2, store.Import(Register.Csv(visits)).Taken);
        Assert.Equal(2, store.Import(Register.Csv(visits)).Duplicate);
        var head = store.Writer.Head;
        var changed = Register.Csv([visits[0] with { Pressure = "120/80" }, visits[1], Raised("c", "2025-03-07")]);
        Assert.Equal("capture.import.changes", store.TryImport(changed).Problems.Single().Code);
        Assert.Equal(head, store.Writer.Head);
        Assert.Equal(1, store.Import(changed, OnChange.Keep).Kept);
        Assert.Equal((3, 3, 0), store.Count("raised-or-known", "F1", "2025-03"));
        Assert.Equal(1, store.Import(changed, OnChange.Replace).Corrected);
        Assert.Equal((3, 2, 0), store.Count("raised-or-known", "F1", "2025-03"));
        store.AssertSound();
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_row_behind_one_of_its_day_that_was_refused_is_not_taken_again(Engine engine)
    {
        // Three rows of one person, facility and day, the first of which nobody can read.
        var csv = Register.Csv([new Visit("1", "F1", "2025-03-07") { Pressure = "150/95", Days = "x" }, new Visit("1", "F1", "2025-03-07") { Pressure = "152/96" }, new Visit("1", "F1", "2025-03-07") { Pressure = "148/90" }]);
        using var store = new RunningStore(engine, Register.Places(["F1"]));
        Assert.Equal((2, 1), store.Import(csv) is var first ? (first.Taken, first.Refused) : default);
        Assert.Equal((0, 2, 1), store.Import(csv) is var again ? (again.Taken, again.Duplicate, again.Refused) : default);
        Assert.Equal(2, store.Entries(EntryKinds.Visit).Count);
        // Nor one of them that says otherwise now: it corrects.
        Assert.Equal((0, 1, 1), store.Import(csv.Replace("148,90", "149,91", StringComparison.Ordinal), OnChange.Replace) is var other ? (other.Taken, other.Corrected, other.Refused) : default);
        store.AssertSound();
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_complete_extract_withdraws_what_it_lacks_but_not_what_it_holds_unreadably(Engine engine)
    {
        using var store = new RunningStore(engine, s_places);
        Visit[] visits = [Raised("a", "2025-03-05"), Raised("b", "2025-03-06"), Raised("c", "2025-03-07"), Raised("d", "2025-04-01")];
        store.Import(Register.Csv(visits));
        var report = store.Import(Register.Csv([visits[0], visits[1] with { Days = "x" }]), OnChange.Stop, (new DateOnly(2025, 3, 1), new DateOnly(2025, 3, 31)));
        Assert.Equal((1, 1, 1), (report.Duplicate, report.Refused, report.Withdrawn));
        Assert.Equal((2, 2, 0), store.Count("raised-or-known", "F1", "2025-03"));
        Assert.Equal((1, 1, 0), store.Count("raised-or-known", "F1", "2025-04"));
        store.AssertSound();
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_complete_extract_that_lacks_rows_asks_before_anything_is_written(Engine engine)
    {
        using var store = new RunningStore(engine, s_places);
        store.Import(Register.Csv([Raised("a", "2025-03-05"), Raised("b", "2025-03-06"), Raised("c", "2025-03-07") with { Facility = "F2" }]));
        var range = (new DateOnly(2025, 3, 1), new DateOnly(2025, 4, 30));
        var other = Register.Csv([Raised("z", "2025-09-05")]);
        var head = store.Writer.Head;
        IReadOnlyList<(string, int)> asked = [];
        store.OnWithdraw = gone =>
        {
            asked = gone;
            return OnChange.Stop;
        };
        Assert.Equal("capture.import.withdrawals", store.TryImport(other, complete: range).Problems.Single().Code);
        // Of F2 the file says nothing.
        Assert.Equal([("F1", 2)], asked);
        Assert.Equal(head, store.Writer.Head);
        store.OnWithdraw = _ => OnChange.Keep;
        var kept = store.Import(other, complete: range);
        Assert.Equal((1, 0, 2), (kept.Taken, kept.Withdrawn, kept.NotWithdrawn));
        Assert.False(store.Record("F1").IsDeclared);
        store.OnWithdraw = _ => OnChange.Replace;
        var report = store.Import(other, complete: range);
        Assert.Equal(2, report.Withdrawn);
        Assert.Equal(["F1"], report.CompleteOf);
        Assert.True(store.Record("F1").IsDeclared);
        store.AssertSound();
    }

    [Theory, MemberData(nameof(Engines))]
    public void Whoever_was_erased_does_not_come_back_with_the_next_extract(Engine engine)
    {
        using var store = new RunningStore(engine, s_places);
        var csv = Register.Csv([Raised("m1", "2025-03-05"), Raised("b", "2025-03-06")]);
        store.Import(csv);
        Assert.True(ErasePerson.Run(store.Store, store.Writer, store.Programme, "m1", "consent", null, store.Clock).IsOk);
        var backup = store.FileNamed("after.backup");
        Assert.True(Backup.Take(store.Store, backup, null, default).IsOk);
        var again = store.Import(csv);
        Assert.Equal((0, 1, 1, 0), (again.Taken, again.Duplicate, again.OfErased, again.Refused));
        Assert.Null(again.ProblemFile);
        Assert.Empty(store.Inbox());
        Assert.Equal((1, 1, 0), store.Count("screened", "F1", "2025-03"));
        // Nor in a store that was restored.
        using var place = AnyStore.New(engine);
        using (var restored = Store.At(place.Location))
        {
            Assert.True(Backup.Restore(backup, restored, store.Clock, null, default).IsOk);
            using var session = restored.Open(writable: false);
            Assert.True(new ErasedNumbers(session).Holds("register-number", "m1"));
            Assert.False(new ErasedNumbers(session).Holds("register-number", "b"));
        }

        Assert.Equal((1, 0), (store.Import(csv, takeErased: true) is var taken ? taken.Taken : 0, taken.OfErased));
        Assert.Equal(2, store.Import(csv).Duplicate);
        store.AssertSound();
    }

    [Fact]
    public void One_number_written_otherwise_than_the_rest_costs_its_own_row_alone()
    {
        using var store = new RunningStore(Engine.Sqlite, s_places);
        const string Header = "patient_id,facility_code,visit_date,weight_kg,viral_load\n";
        var report = store.Import(Header + "a,F1,2025-03-04,62.5,N D\nb,F1,2025-03-04,61.5,< 40\nc,F1,2025-03-04,\"60,5\",1 000\n");
        Assert.Equal((2, 1), (report.Taken, report.Refused));
        Assert.Equal("programmes.register.not-a-number", store.Inbox().Single().Problems.Single().Code);
    }

    [Theory, MemberData(nameof(Engines))]
    public void Rows_to_be_checked_can_be_found_and_columns_that_nothing_reads_are_named(Engine engine)
    {
        using var store = new RunningStore(engine, s_places);
        var report = store.Import(Register.Csv([Raised("a", "2025-03-05") with { Pressure = "30/20" }, Raised("b", "2025-03-06") with { Born = "2026-01-01" }, Raised("c", "2025-03-07")]).Replace("viral_load", "viral load", StringComparison.Ordinal));
        Assert.Equal(2, report.Queried);
        Assert.Equal(["viral load"], report.Unread);
        Assert.Contains("viral_load", report.Absent);
        using var session = store.Store.Open(writable: false);
        var queried = QueriedRows.Read(session, store.Programme, (facility, day) => facility == "F1" && day.Month == 3).ToList();
        Assert.Equal([("register.csv", 2L, "sbp_1, dbp_1"), ("register.csv", 3L, "birth_date")], queried.Select(q => (q.File!, q.Line, string.Join(", ", q.Columns))));
        Assert.Empty(QueriedRows.Read(session, store.Programme, (facility, _) => facility == "F2"));
    }

    [Theory, MemberData(nameof(Engines))]
    public void Rows_of_unknown_places_wait_once_and_are_taken_when_the_place_is_known(Engine engine)
    {
        using var store = new RunningStore(engine, s_places);
        var csv = Register.Csv([Raised("a", "2025-03-05") with { Facility = "F9" }, Raised("b", "2025-03-06")]);
        Assert.Equal((1, 1), (store.Import(csv).Waiting, store.Import(csv).Waiting));
        using (var session = store.Store.Open(writable: false)) Assert.Equal("F9", Assert.Single(InboxTable.Read(session)).WaitsFor);
        store.Apply(Register.Places(["F1", "F2", "F9"]));
        Assert.Equal(1, RetryInbox.Run(store.Store, store.Writer, store.Programme, store.Clock, StandingTallies.Of));
        using (var session = store.Store.Open(writable: false)) Assert.Empty(InboxTable.Read(session));
        Assert.Equal((1, 1, 0), store.Count("raised-or-known", "F9", "2025-03"));
        store.AssertSound();
    }

    [Fact]
    public void A_problem_names_line_and_column_and_never_the_value()
    {
        using var store = new RunningStore(Engine.Sqlite, s_places);
        var report = store.Import(Register.Csv([Raised("a", "2025-03-05"), Raised("b", "31/31/2025"), Raised("c", "2025-03-06") with { Diagnosed = "secret" }]));
        Assert.Equal((1, 2), (report.Taken, report.Refused));
        using var session = store.Store.Open(writable: false);
        var inbox = InboxTable.Read(session);
        Assert.Equal([(3, "visit_date"), (4, "hypertension_diagnosed")], inbox.Select(r => (r.Line, r.Problems[0].Details["column"])));
        Assert.All(inbox, r => Assert.DoesNotContain("secret", string.Join(' ', r.Problems), StringComparison.Ordinal));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(report.ProblemFile!));
    }

    [Theory]
    [InlineData("semicolon", "day first")]
    [InlineData("semicolon, BOM, CRLF", "day first")]
    [InlineData("tab", "ISO")]
    [InlineData("comma", "month first")]
    public void Delimiter_mark_and_dates_are_found(string form, string dates)
    {
        using var store = new RunningStore(Engine.Sqlite, s_places);
        var delimiter = form.StartsWith("semi", StringComparison.Ordinal) ? ";" : form == "tab" ? "\t" : ",";
        string Day(string month, string day) => dates switch { "day first" => $"{day}/{month}/2025", "month first" => $"{month}/{day}/2025", _ => $"2025-{month}-{day}" };
        string[] lines =
        [
            string.Join(delimiter, ["patient_id", "facility_code", "visit_date", "birth_date", "sbp_1", "dbp_1", "weight_kg", "comorbidities"]),
            string.Join(delimiter, ["a", "F1", Day("03", "04"), "1970-05-01", "139", "89", delimiter == ";" ? "62,5" : "62.5", "\"a \"\"quoted\"\" one,\n; on two lines\""]),
            string.Join(delimiter, ["b", "F1", Day("03", "25"), "1970-05-01", "150", "95", "", ""]),
            "",
        ];
        var text = string.Join(form.Contains("CRLF", StringComparison.Ordinal) ? "\r\n" : "\n", lines);
        var file = Temporary(form.Contains("BOM", StringComparison.Ordinal) ? [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text)] : Encoding.UTF8.GetBytes(text));
        var report = store.TryImportFile(file);
        Assert.True(report.IsOk, string.Join("; ", report.Problems));
        Assert.Equal(2, report.Value[0].Taken);
        Assert.Equal((2, 1, 0), store.Count("raised-or-known", "F1", "2025-03"));
    }

    [Theory]
    [InlineData("a,F1,03/04/2025,", "capture.layout.dates-undecided")]
    [InlineData("a,F1,25/03/2025,\nb,F1,03/25/2025,", "capture.layout.dates-contradict")]
    [InlineData("a,F1,2025-03-04,\"62,5\"\nb,F1,2025-03-04,62.5", "capture.layout.decimal-mark")]
    [InlineData("a,F1,2025-03-04,\"12,500\"", "capture.layout.decimal-undecided")]
    public void What_cannot_be_found_is_asked_for(string rows, string code)
    {
        using var store = new RunningStore(Engine.Sqlite, s_places);
        var result = store.TryImport("patient_id,facility_code,visit_date,weight_kg\n" + rows + "\n");
        var problem = Assert.Single(result.Problems);
        Assert.Equal(code, problem.Code);
        Assert.Equal("2", problem.Details["line"]);
    }

    [Theory]
    [InlineData("", "capture.file.empty")]
    [InlineData("nothing\n", "capture.layout.delimiter")]
    [InlineData("patient_id,visit_date\na,2025-03-04\n", "programmes.register.column-of-another")]
    [InlineData("patient_id,facility_code,visit_date,visit_date\n", "programmes.register.column-twice")]
    public void A_file_that_is_no_register_is_refused(string text, string code)
    {
        using var store = new RunningStore(Engine.Sqlite, s_places);
        var problem = Assert.Single(store.TryImport(text).Problems);
        Assert.Equal(code, problem.Code);
        Assert.True(problem.Details.ContainsKey("file"));
    }

    [Fact]
    public void Empty_cells_beyond_the_named_columns_are_no_values_and_a_written_one_is_refused()
    {
        using var store = new RunningStore(Engine.Sqlite, s_places);
        var report = store.Import("patient_id,facility_code,visit_date,sbp_1,dbp_1,,\na,F1,2025-03-04,150,95,,\nb,F1,2025-03-04,150,95,\"\", \nc,F1,2025-03-04,150,95,,note\n");
        Assert.Equal((2, 1), (report.Taken, report.Refused));
        Assert.Equal(("programmes.register.too-many-fields", 4), store.Inbox().Select(r => (r.Problems.Single().Code, r.Line)).Single());
        Assert.Equal((2, 2, 0), store.Count("raised-or-known", "F1", "2025-03"));
        store.AssertSound();
    }

    [Fact]
    public void A_workbook_with_real_dates_is_read_by_its_row_numbers()
    {
        using var store = new RunningStore(Engine.Sqlite, s_places);
        var file = Temporary(Workbook(["patient_id", "facility_code", "visit_date", "sbp_1", "dbp_1", "weight_kg"], ["a", "F1", 45721, 150, 95, 62.5], ["b", "F1", 45722.0, 120, 80, 70], ["c", "F1", "none", 120, 80, 70]));
        var report = store.TryImportFile(file);
        Assert.True(report.IsOk, string.Join("; ", report.Problems));
        Assert.Equal((2, 1), (report.Value[0].Taken, report.Value[0].Refused));
        Assert.Equal((2, 1, 0), store.Count("raised-or-known", "F1", "2025-03"));
        using var session = store.Store.Open(writable: false);
        Assert.Equal(4, Assert.Single(InboxTable.Read(session)).Line);
    }

    [Fact]
    public void Two_files_of_one_command_know_of_each_other()
    {
        using var store = new RunningStore(Engine.Sqlite, s_places);
        Assert.Equal(1, store.Import(Register.Csv([Raised("a", "2025-03-05")])).Taken);
        Assert.Equal((1, 1), (store.Import(Register.Csv([Raised("a", "2025-03-05"), Raised("a", "2025-03-05") with { Days = "60" }])).Duplicate, store.Count("screened", "F1", "2025-03").Denominator));
        store.AssertSound();
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_facilitys_code_is_known_in_any_case_where_only_one_place_can_be_meant(Engine engine)
    {
        using var store = new RunningStore(engine, Register.Places(["F1", "F2", "g1", "G1"]));
        var report = store.Import(Register.Csv([Raised("a", "2025-03-05") with { Facility = "f1" }, Raised("b", "2025-03-06"), Raised("c", "2025-03-07") with { Facility = "\u00a0F1" }, Raised("d", "2025-03-07") with { Facility = "g1" }]));
        Assert.Equal((4, 0, 2), (report.Taken, report.Waiting, report.SpeltOtherwise));
        Assert.Equal((3, 3, 0), store.Seen("F1", "2025-03"));
        Assert.Equal((1, 1, 0), store.Seen("g1", "2025-03"));
        // Spelt in another way it is the same row; of two places that are alike none is guessed.
        Assert.Equal((1, 1), (store.Import(Register.Csv([Raised("a", "2025-03-05"), Raised("e", "2025-03-07") with { Facility = " G1 " }])) is var again ? again.Duplicate : 0, again.Taken));
        Assert.Equal((1, 1, 0), store.Seen("G1", "2025-03"));
        store.AssertSound();
        using var alike = new RunningStore(engine, Register.Places(["G1", "g1"]));
        Assert.Equal(1, alike.Import(Register.Csv([Raised("a", "2025-03-05") with { Facility = "G1\u00a0" }])).Waiting);
    }

    [Fact]
    public void A_workbook_that_unpacks_without_end_is_refused_soon_and_in_little_memory()
    {
        using var store = new RunningStore(Engine.Sqlite, s_places);
        var file = Temporary([]);
        using (var zip = ZipFile.Open(file + ".xlsx", ZipArchiveMode.Create))
        {
            using var part = zip.CreateEntry("xl/sharedStrings.xml").Open();
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 300; i++) part.Write(zeros);
        }

        Assert.True(new FileInfo(file + ".xlsx").Length < 1_000_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("capture.spreadsheet.cell-too-long", store.TryImportFile(file + ".xlsx").Problems.Single().Code);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 16 << 20);
    }

    [Fact]
    public void A_row_number_that_no_sheet_has_is_not_waited_for()
    {
        using var store = new RunningStore(Engine.Sqlite, s_places);
        var file = Temporary(Workbook(2_000_000_000, [], ["patient_id", "facility_code", "visit_date"], ["a", "F1", 45721]));
        Assert.Equal("capture.spreadsheet.too-long", store.TryImportFile(file).Problems.Single().Code);
    }

    [Fact]
    public void A_second_sheet_with_rows_is_named_and_not_read()
    {
        using var store = new RunningStore(Engine.Sqlite, s_places);
        var file = Temporary(Workbook(0, ["patient_id"], ["patient_id", "facility_code", "visit_date"], ["a", "F1", 45721]));
        var report = store.TryImportFile(file).Value[0];
        Assert.Equal((1, "two"), (report.Taken, Assert.Single(report.OtherSheets)));
    }

    private static string Temporary(byte[] bytes)
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("escala-files-").FullName, "register.csv");
        File.WriteAllBytes(file, bytes);
        return file;
    }

    /// <summary>The least workbook: inline texts, and numbers of which column C has the date format of style 1.</summary>
    private static byte[] Workbook(params object[][] rows) => Workbook(0, [], rows);

    /// <summary>With a second sheet of one row, where it has any cells; and with the last row of the first as far down as is said.</summary>
    private static byte[] Workbook(int lastRow, string[] second, params object[][] rows)
    {
        const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", Office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        var sheet = string.Concat(rows.Select((row, r) => $"<row r=\"{(r == rows.Length - 1 && lastRow > 0 ? lastRow : r + 1)}\">" + string.Concat(row.Select((cell, c) => cell is string text
            ? $"<c r=\"{(char)('A' + c)}{r + 1}\" t=\"inlineStr\"><is><t>{text}</t></is></c>"
            : FormattableString.Invariant($"<c r=\"{(char)('A' + c)}{r + 1}\"{(c == 2 ? " s=\"1\"" : "")}><v>{cell}</v></c>"))) + "</row>"));
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            void Part(string name, string content)
            {
                using var writer = new StreamWriter(zip.CreateEntry(name).Open());
                writer.Write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + content);
            }

            Part("[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/><Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/><Override PartName=\"/xl/worksheets/sheet2.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/><Override PartName=\"/xl/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml\"/></Types>");
            Part("_rels/.rels", $"<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"{Office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>");
            Part("xl/_rels/workbook.xml.rels", $"<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"{Office}/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"r3\" Type=\"{Office}/worksheet\" Target=\"worksheets/sheet2.xml\"/><Relationship Id=\"r2\" Type=\"{Office}/styles\" Target=\"styles.xml\"/></Relationships>");
            Part("xl/workbook.xml", $"<workbook xmlns=\"{Main}\" xmlns:r=\"{Office}\"><sheets><sheet name=\"one\" sheetId=\"1\" r:id=\"r1\"/><sheet name=\"two\" sheetId=\"2\" r:id=\"r3\"/></sheets></workbook>");
            Part("xl/styles.xml", $"<styleSheet xmlns=\"{Main}\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\" applyNumberFormat=\"1\"/></cellXfs></styleSheet>");
            Part("xl/worksheets/sheet2.xml", $"<worksheet xmlns=\"{Main}\"><sheetData>{(second.Length == 0 ? "" : "<row r=\"1\">" + string.Concat(second.Select((text, c) => $"<c r=\"{(char)('A' + c)}1\" t=\"inlineStr\"><is><t>{text}</t></is></c>")) + "</row>")}</sheetData></worksheet>");
            Part("xl/worksheets/sheet1.xml", $"<worksheet xmlns=\"{Main}\"><sheetData>{sheet}</sheetData></worksheet>");
        }

        return memory.ToArray();
    }
}
