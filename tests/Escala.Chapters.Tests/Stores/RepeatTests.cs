using System.Text;
using Escala.Capture.Imports;
using Escala.Cascades.Derivations;
using Escala.Chapters.Tests.Forms;
using Escala.Programmes.Packages;

namespace Escala.Chapters.Tests.Stores;

/// <summary>Rows of a repeat on a sheet or in a file of their own: joined to their row, and kept when they have none.</summary>
public sealed class RepeatTests
{
    private const string OfWorkbook = """
        mapping: visits
        version: 1
        name: {en: Visits, pt: Consultas, es: Consultas}
        recognise: [formid, form.us, completed_time]
        sheet: Forms
        person: {column: caseid, system: commcare-case}
        facility: {column: form.us}
        date: {column: completed_time, zone: UTC}
        row-id: {column: formid}
        missing: ["---"]
        repeats:
          - {name: bp, sheet: Repeat- bp, key: number__0, of: number, order: number__1, most: 3}
          - {name: med, sheet: Repeat- med, key: formid, of: formid}
        facts:
          blood_pressure: {repeat: bp, columns: [[form.bp.sbp, form.bp.dbp]]}
          prescription: {repeat: med, columns: [form.med.class], separator: " ", yes: [ace, ccb], no: ["*"]}
          dispensing: {column: med.1.days}
        """;

    private const string OfFiles = """
        mapping: odk
        version: 1
        name: {en: ODK, pt: ODK, es: ODK}
        recognise: [KEY, paciente, us, dia]
        person: {column: paciente, system: register-number}
        facility: {column: us}
        date: {column: dia}
        row-id: {column: KEY}
        repeats:
          - {name: bp, file: "*-bp.csv", key: PARENT_KEY, of: KEY, most: 3}
        facts:
          blood_pressure: {repeat: bp, columns: [[sbp, dbp]]}
        """;

    private const string Forms = "number|formid|caseid|form.us|completed_time\n0|f0|c0|F1|2025-03-03T08:00:00Z\n1|f1|c1|F1|2025-03-04T08:00:00Z\n2|f2|c2|F1|2025-03-05T08:00:00Z";
    private const string Pressures = "number|number__0|number__1|form.bp.sbp|form.bp.dbp\n0.1|0|1|150|95\n0.0|0|0|190|120\n0.2|0|2|154|97\n2.0|2|0|120|80";
    private const string Medicines = "formid|form.med.class|days\nf0|diuretic ccb|30\nf1|diuretic|---";

    public static IEnumerable<TheoryDataRow<Engine>> Engines => AnyStore.Engines;

    [Theory, MemberData(nameof(Engines))]
    public void Readings_and_medicines_of_further_sheets_fill_the_facts_of_their_visit(Engine engine)
    {
        using var store = Open(engine, OfWorkbook);
        using var book = new Workbook("visits.xlsx").Write(("Info", "made|by\nHQ|x"), ("Forms", Forms), ("Repeat- bp", Pressures), ("Repeat- med", Medicines));
        var report = Import(store, book.File, "visits");
        Assert.Equal((3, 3, 0), (report.Read, report.Taken, report.Refused));
        Assert.Equal(["Info"], report.OtherSheets);
        Assert.DoesNotContain(report.Absent, c => c.StartsWith("bp.", StringComparison.Ordinal));
        // The mean of the last two of three readings in their own order, and who has none has none.
        var preview = PreviewImport.Run(store.Store, store.Programme, [book.File], new ImportOptions { OnChange = (_, _) => OnChange.Stop, Told = new Capture.Registers.Told(Mapping: "visits") }, store.Clock, default).Value.Single();
        Assert.Equal(3, preview.Duplicate);
        Assert.Equal([("blood_pressure", "152/96"), ("prescription", "1"), ("dispensing", "30")], preview.First[0].Facts);
        Assert.Equal([("prescription", "0")], preview.First[1].Facts);
        Assert.Equal([("blood_pressure", "120/80")], preview.First[2].Facts);
        Assert.Equal((3, 2, 0), store.Count("screened", "F1", "2025-03"));
        store.AssertSound();
        Assert.Null(Rebuild.Run(store.Store, store.Writer, store.Programme, [], null, null, default));
        store.AssertSound();
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_reading_without_its_visit_waits_with_its_sheet_and_row_until_the_visit_comes(Engine engine)
    {
        using var store = Open(engine, OfWorkbook);
        using var book = new Workbook("visits.xlsx").Write(("Forms", Forms), ("Repeat- bp", Pressures + "\n7.0|7|0|140|90"), ("Repeat- med", Medicines + "\nf9|ace|30"));
        var report = Import(store, book.File, "visits");
        Assert.Equal((5, 3, 2), (report.Read, report.Taken, report.Refused));
        Assert.Equal([("capture.row.orphan", "Repeat- bp", "6"), ("capture.row.orphan", "Repeat- med", "4")], store.Inbox().Select(r => (r.Problems.Single().Code, r.Problems.Single().Details["source"], r.Problems.Single().Details["row"])));
        // The same file again brings nothing more.
        Assert.Equal((0, 3), (Import(store, book.File, "visits") is var again ? again.Taken : 0, again.Duplicate));
        Assert.Equal(2, store.Inbox().Count);
        using var later = new Workbook("visits.xlsx").Write(("Forms", Forms + "\n3|f9|c9|F1|2025-03-06T08:00:00Z"), ("Repeat- bp", Pressures), ("Repeat- med", Medicines + "\nf9|ace|30"));
        report = Import(store, later.File, "visits");
        Assert.Equal((1, 1), (report.Taken, report.Settled));
        Assert.Equal("Repeat- bp", Assert.Single(store.Inbox()).Problems.Single().Details["source"]);
        store.AssertSound();
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_corrected_reading_in_the_second_file_corrects_the_visit(Engine engine)
    {
        using var store = Open(engine, OfFiles);
        var main = Write(store, "visita.csv", "KEY,paciente,us,dia\nuuid:a,1,F1,2025-03-03\nuuid:b,2,F1,2025-03-04\n");
        var second = Write(store, "visita-bp.csv", "sbp,dbp,PARENT_KEY,KEY\n150,95,uuid:a,uuid:a/bp[1]\n146,93,uuid:a,uuid:a/bp[2]\n120,80,uuid:b,uuid:b/bp[1]\n");
        // Whoever names both files means one export.
        var report = store.TryImportFiles([main, second]).Value.Single();
        Assert.Equal((2, 0), (report.Taken, report.Refused));
        Assert.Equal((2, 2, 0), store.Count("screened", "F1", "2025-03"));
        Write(store, "visita-bp.csv", "sbp,dbp,PARENT_KEY,KEY\n150,95,uuid:a,uuid:a/bp[1]\n120,80,uuid:b,uuid:b/bp[1]\n");
        Assert.Equal("capture.import.changes", store.TryImportFile(main, source: null).Problems.Single().Code);
        Assert.Equal((1, 1), (store.TryImportFile(main, OnChange.Replace, source: null).Value[0] is var changed ? changed.Corrected : 0, changed.Duplicate));
        store.AssertSound();
        File.Delete(second);
        Assert.Equal("capture.file.missing", store.TryImportFile(main, source: null).Problems.Single().Code);
        Write(store, "visita-bp.csv", "sbp,dbp,PARENT,KEY\n150,95,uuid:a,uuid:a/bp[1]\n");
        Assert.Equal("capture.repeat.key", store.TryImportFile(main, source: null).Problems.Single().Code);
        Write(store, "visita-bp.csv", "sbp,dbp,PARENT_KEY,KEY\n150,95,\"uuid:a,uuid:a/bp[1]\n");
        Assert.Equal("capture.repeat.unsplit", store.TryImportFile(main, source: null).Problems.Single().Code);
    }

    [Fact]
    public void Lines_stay_those_of_the_file_whatever_stands_in_them()
    {
        using var store = Open(Engine.Sqlite, OfFiles);
        var main = Write(store, "visita.csv", "KEY,paciente,us,dia,nota\nuuid:a,1,F1,2025-03-03,\"two\nlines\"\n\nuuid:b,2,F1,x,\nuuid:c,3,F1,2025-03-05,\"never closed\nuuid:d,4,F1,2025-03-06,,,,\nuuid:e,5,F1,2025-03-07,a,b\n");
        Write(store, "visita-bp.csv", "sbp,dbp,PARENT_KEY,KEY\n150,95,uuid:a,uuid:a/bp[1]\n");
        var report = store.TryImportFile(main, source: null).Value[0];
        Assert.Equal((5, 2, 3), (report.Read, report.Taken, report.Refused));
        Assert.Equal([(5, "programmes.register.not-a-date"), (6, "capture.row.quotes"), (8, "programmes.register.too-many-fields")], store.Inbox().Select(r => (r.Line, r.Problems[0].Code)));
    }

    [Fact]
    public void What_is_too_wide_when_joined_is_told_with_its_row_and_not_by_the_first_line()
    {
        using var store = Open(Engine.Sqlite, OfFiles);
        var main = Write(store, "visita.csv", "KEY,paciente,us,dia\nuuid:a,1,F1,2025-03-03\n");
        var wide = string.Join(",", Enumerable.Range(0, 20).Select(i => "c" + i));
        string Second(string key, int rows) => $"sbp,dbp,PARENT_KEY,{wide}\n120,80,uuid:z\n" + string.Concat(Enumerable.Repeat($"150,95,{key}\n", rows));
        Write(store, "visita-bp.csv", Second("uuid:a", 100));
        var problem = store.TryImportFile(main, source: null).Problems.Single();
        Assert.Equal(("capture.repeat.too-wide", "3", "100"), (problem.Code, problem.Details["row"], problem.Details["rows"]));
        Write(store, "visita-bp.csv", Second("uuid:a", 201));
        Assert.Equal(("capture.repeat.too-many", "3"), (store.TryImportFile(main, source: null).Problems.Single() is var many ? many.Code : "", many.Details["row"]));
        // Rows without a key belong to nobody, each by itself.
        Write(store, "visita-bp.csv", Second("", 201));
        Assert.Equal((1, 202), (store.TryImportFile(main, source: null).Value[0] is var report ? report.Taken : 0, report.Refused));
        Write(store, "visita-bp.csv", "sbp,dbp,PARENT_KEY\n" + string.Concat(Enumerable.Repeat("150,95,uuid:a\n", 200)));
        Assert.Equal(1, store.TryImportFile(main, OnChange.Replace, source: null).Value[0].Corrected);
    }

    [Fact]
    public void Lines_stay_those_of_the_file_though_a_joined_text_or_a_damaged_row_has_several()
    {
        using var store = Open(Engine.Sqlite, OfFiles);
        var main = Write(store, "visita.csv", "KEY,paciente,us,dia,nota\nuuid:a,1,F1,2025-03-03,\nuuid:b,2,F1,x,\nuuid:c,3,F1,2025-03-05,\"a\0\nb\nc\"\nuuid:d,4,F1,x,\n");
        Write(store, "visita-bp.csv", "sbp,dbp,PARENT_KEY,nota\n150,95,uuid:a,\"two\nlines\"\n");
        Assert.Equal(1, store.TryImportFile(main, source: null).Value[0].Taken);
        Assert.Equal([(3, "programmes.register.not-a-date"), (4, "capture.row.nul"), (7, "programmes.register.not-a-date")], store.Inbox().Select(r => (r.Line, r.Problems[0].Code)));
    }

    [Fact]
    public void No_row_stays_in_the_temporary_folder_when_another_file_cannot_be_read()
    {
        using var store = Open(Engine.Sqlite, OfFiles);
        var mark = Guid.NewGuid().ToString();
        using var book = new Workbook("visita.xlsx").Write(("visita", $"KEY|paciente|us|dia\n{mark}|1|F1|2025-03-03"));
        var second = Path.Combine(book.Folder, "visita-bp.csv");
        File.WriteAllText(second, $"sbp,dbp,PARENT_KEY\n150,95,{mark}\n");
        var closed = Write(store, "closed.csv", "KEY,paciente,us,dia\n");
        using (new FileStream(closed, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            Assert.Throws<IOException>(() => Capture.Registers.RegisterFile.OpenAll([book.File, closed], store.Programme, new Capture.Registers.Told()));
        }

        Assert.DoesNotContain(LeftBehind(), t => t.Contains(mark, StringComparison.Ordinal));
        using (new FileStream(second, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            Assert.Throws<IOException>(() => Capture.Registers.RegisterFile.OpenAll([book.File], store.Programme, new Capture.Registers.Told()));
        }

        Assert.DoesNotContain(LeftBehind(), t => t.Contains(mark, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("sheet: Repeat- bp", "shet: Repeat- bp", "programmes.package.key-unknown")]
    [InlineData("sheet: Repeat- bp, ", "", "programmes.package.repeat-source")]
    [InlineData("sheet: Repeat- bp", "file: ../bp.csv", "programmes.package.repeat-file")]
    [InlineData("repeat: bp", "repeat: pb", "programmes.package.repeat-unknown")]
    [InlineData("separator: \" \"", "separator: \"; \"", "programmes.package.separator")]
    public void What_a_mapping_gets_wrong_about_repeats_is_told(string right, string wrong, string code)
    {
        var package = Package(OfWorkbook.Replace(right, wrong, StringComparison.Ordinal));
        Assert.Contains(PackageReader.Read(package.Bytes).Problems, p => p.Code == code);
    }

    /// <summary>Texts made of workbooks; those of other tests come and go.</summary>
    private static IEnumerable<string> LeftBehind() => Directory.EnumerateFiles(Path.GetTempPath(), "escala-*").Select(file =>
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return "";
        }
    });

    private static PackageFiles Package(string mapping)
    {
        var bytes = MappingTests.Package().Bytes.Where(f => !f.Key.StartsWith(PackageFiles.MappingsFolder, StringComparison.Ordinal)).ToDictionary(f => f.Key, f => f.Value);
        bytes["mappings/one.yaml"] = Encoding.UTF8.GetBytes(mapping);
        return new PackageFiles(bytes);
    }

    private static RunningStore Open(Engine engine, string mapping) => new(engine, Package(mapping));

    private static ImportReport Import(RunningStore store, string file, string mapping)
    {
        var result = store.TryImportFiles([file], mapping: mapping);
        Assert.True(result.IsOk, string.Join("; ", result.Problems));
        return result.Value[0];
    }

    private static string Write(RunningStore store, string name, string csv)
    {
        var file = store.FileNamed(name);
        File.WriteAllText(file, csv);
        return file;
    }
}
