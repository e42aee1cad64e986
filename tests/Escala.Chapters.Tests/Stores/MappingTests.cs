using System.Text;
using Escala.Capture.Imports;
using Escala.Cascades.Derivations;
using Escala.Programmes.Packages;
using Escala.Registry;
using Escala.Registry.People;

namespace Escala.Chapters.Tests.Stores;

/// <summary>Files of other systems, read through the package's mappings.</summary>
public sealed class MappingTests
{
    internal const string Places = "code,name,level,parent_code\nP,Province,province,\nD,District,district,P\nF1,Health Centre One,facility,D\nF2,Health Centre Two,facility,D\n";

    private const string LineList = "Patient ID,First Name,Last Name,Gender,Date of Birth,Facility,Visit Time,Systolic,Diastolic,Diagnosis 1,Diagnosis 2\n";

    private const string Submissions = "formid,form.case.@case_id,form.nid,form.patient_id,form.facility_code,form.sex,form.bp.sbp_1,form.bp.dbp_1,form.hypertension_diagnosed,completed_time\n";

    public static IEnumerable<TheoryDataRow<Engine>> Engines => AnyStore.Engines;

    [Fact]
    public void A_line_list_behind_instructions_and_below_titles_is_known_and_its_rows_keep_their_numbers()
    {
        using var store = Open(Engine.Sqlite);
        using var book = new Forms.Workbook("hearts.xlsx").Write(
            ("Read me", "HEARTS360\nHow to use|See the manual"),
            ("Line list", "HEARTS360 line list\nDistrict|D\n" + (LineList + "12,Ana,Exemplo,Female,1970-05-01,Health Centre One,2025-03-05 09:15,150,95,I10,\n13,Rui,Exemplo,Male,1970-05-01,Health Centre One,2025-03-05,x,95,I10,\n").Replace(',', '|')),
            ("Facilities", "name|code\nHealth Centre One|F1"));
        var report = store.TryImportFile(book.File, source: null).Value.Single();
        Assert.Equal(("hearts360@1", 1, 1), (report.Form, report.Taken, report.Refused));
        Assert.Equal(5, Assert.Single(store.Inbox()).Line);
        Assert.Equal(["Read me", "Facilities"], report.OtherSheets);
        store.AssertSound();
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_line_list_counts_by_the_same_definitions_and_its_numbers_are_the_facilitys_own(Engine engine)
    {
        using var store = Open(engine);
        var report = Import(store, LineList
            + "12,Ana,Exemplo,Female,1970-05-01,Health Centre One,2025-03-05 09:15,150,95,I10,\n"
            + "12,Eva,Outra,Female,1971-05-01,health centre two,2025-03-06 08:00,120,80,E11,\n"
            + "13,Rui,Exemplo,Male,1980-05-01,Health Centre One,2025-03-07 08:00,128,,,\n"
            + "14,Rui,Exemplo,Male,1980-05-01,Nowhere,2025-03-07 08:00,128,80,,\n"
            + "15,Rui,Exemplo,?,1980-05-01,Health Centre One,2025-03-07 08:00,128,80,,\n");
        Assert.Equal(("hearts360@1", 3, 1, 1), (report.Form, report.Taken, report.Waiting, report.Refused));
        Assert.Equal((2, 1, 0), store.Count("screened", "F1", "2025-03"));
        Assert.Equal((1, 1, 0), store.Count("diagnosed", "F1", "2025-03"));
        Assert.Equal((1, 1, 0), store.Count("screened", "F2", "2025-03"));
        Assert.NotEqual(Who(store, "hearts360", "F1/12"), Who(store, "hearts360", "F2/12"));
        store.AssertSound();
        // What waited for its place is tried again; nobody is counted twice.
        store.Apply(Places + "F3,Nowhere,facility,D\n");
        Assert.Equal(1, Escala.Capture.Inbox.RetryInbox.Run(store.Store, store.Writer, store.Programme, store.Clock, StandingTallies.Of));
        Assert.Equal((1, 1, 0), store.Count("screened", "F3", "2025-03"));
        Assert.Equal(1, Import(store, LineList + "12,Ana,Exemplo,Female,1970-05-01,Health Centre One,2025-03-05 09:15,150,95,I10,\n").Duplicate);
        store.AssertSound();
        Assert.Null(Rebuild.Run(store.Store, store.Writer, store.Programme, [], null, null, default));
        store.AssertSound();
    }

    [Theory, MemberData(nameof(Engines))]
    public void One_person_is_found_by_any_identifier_in_any_source(Engine engine)
    {
        using var store = Open(engine);
        store.Import(Register.Csv([new Visit("77", "F1", "2025-01-10") { Pressure = "150/95", Diagnosed = "1" }]));
        var report = Import(store, Submissions
            + "f1,c1,11040701/19/00001,---,F1,F,145,92,---,2025-03-10T08:00:00Z\n"
            + "f2,c1,---,77,F1,F,135,85,no,2025-03-11T08:00:00Z\n"
            + "f3,c2,11040701 19 00001,---,F1,F,---,---,no,2025-03-12T08:00:00Z\n");
        // The second names a case that is somebody and a number that is somebody else.
        Assert.Equal((2, 1), (report.Taken, report.Refused));
        var two = Assert.Single(store.Inbox());
        Assert.Equal("capture.row.two-people", two.Problems.Single().Code);
        Assert.Equal(Who(store, "commcare-case", "c1"), Who(store, "commcare-case", "c2"));
        Assert.Equal(Who(store, "commcare-case", "c1"), Who(store, "nid-tarv", "11040701/19/00001"));
        Assert.NotEqual(Who(store, "commcare-case", "c1"), Who(store, "register-number", "77"));
        // Once somebody has said that they are one, the row goes in, and her diagnosis of January stands.
        Assert.True(MergePeople.Merge(store.Store, store.Writer, store.Programme, "77", "c1", "same", null, store.Clock).IsOk);
        Assert.Equal((2, 1), (Import(store, Submissions
            + "f1,c1,11040701/19/00001,---,F1,F,145,92,---,2025-03-10T08:00:00Z\n"
            + "f2,c1,---,77,F1,F,135,85,no,2025-03-11T08:00:00Z\n"
            + "f3,c2,11040701 19 00001,---,F1,F,---,---,no,2025-03-12T08:00:00Z\n") is var again ? again.Duplicate : 0, again.Taken));
        Assert.Empty(store.Inbox());
        Assert.Equal((1, 1, 0), store.Count("diagnosed", "F1", "2025-03"));
        Assert.Equal((3, 1), (store.Seen("F1", "2025-03").Rows, store.Seen("F1", "2025-03").People));
        store.AssertSound();
    }

    [Theory, MemberData(nameof(Engines))]
    public void Erasing_somebody_reaches_her_rows_in_the_inbox_and_nobody_elses(Engine engine)
    {
        using var store = Open(engine);
        var csv = LineList
            + "12,Ana,Exemplo,Female,1970-05-01,Health Centre One,2025-03-05 09:15,150,95,I10,\n"
            + "12,Ana,Exemplo,?,1970-05-01,Health Centre One,2025-04-05 09:15,150,95,I10,\n"
            + "12,Eva,Outra,?,1971-05-01,Health Centre Two,2025-03-06 08:00,120,80,,\n";
        Assert.Equal((1, 2), (Import(store, csv) is var report ? report.Taken : 0, report.Refused));
        store.Import(Register.Csv([new Visit("12", "F1", "2025-03-05") { Days = "x" }]));
        var erased = ErasePerson.Run(store.Store, store.Writer, store.Programme, "F1/12", "asked", null, store.Clock).Value;
        Assert.Equal((1, 1), (erased.People.Count, erased.InboxRows));
        // The other centre's 12 and the register's 12 are other people.
        Assert.Equal(2, store.Inbox().Count);
        var again = Import(store, csv);
        Assert.Equal((0, 2, 1), (again.Taken, again.OfErased, again.Refused));
        Assert.Equal(2, store.Inbox().Count);
        store.AssertSound();
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_moment_has_its_day_where_the_programme_is(Engine engine)
    {
        using var store = Open(engine);
        Import(store, Submissions + "f1,c1,---,---,F1,F,145,92,yes,2025-03-31 23:30:00\n" + "f2,c2,---,---,F1,F,145,92,yes,2025-03-31T23:30:00+02:00\n");
        Assert.Equal((1, 1), (store.Seen("F1", "2025-03").Rows, store.Seen("F1", "2025-04").Rows));
        store.AssertSound();
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_source_says_in_its_own_words_that_a_treatment_is_stopped_and_a_no_clears_nothing(Engine engine)
    {
        var bytes = Package().Bytes.ToDictionary(f => f.Key, f => f.Value);
        bytes["mappings/livro.yaml"] = Encoding.UTF8.GetBytes("""
            mapping: livro
            version: 1
            name: {en: Book, pt: Livro, es: Libro}
            recognise: [numero, us, dia]
            person: {column: numero, system: livro}
            facility: {column: us}
            date: {column: dia}
            facts:
              blood_pressure: {columns: [[tas, tad]]}
              diagnosis: {columns: [hta], yes: ["sim"], no: ["não"], stopped: [retirada]}
              prescription: {columns: [ieca, bcc], yes: [sim], stopped: [Suspenso, "não faz mais"], no: ["*"]}
            """);
        using var store = new RunningStore(engine, new PackageFiles(bytes));
        const string Header = "numero,us,dia,tas,tad,hta,ieca,bcc\n";
        string[] people = ["a", "b", "c", "d", "e"];
        Import(store, Header + string.Concat(people.Select(p => $"{p},F1,2025-03-05,150,95,sim,sim,\n")));
        Assert.Equal((5, 5, 0), store.Count("treated", "F1", "2025-03"));
        var report = Import(store, Header
            + "a,F1,2025-03-12,150,95,,suspenso,não\n"        // stopped, whatever the other column does not say
            + "b,F1,2025-03-12,150,95,,não,\n"                // a no clears nothing
            + "c,F1,2025-03-12,150,95,,NÃO FAZ MAIS,sim\n"    // the other one goes on
            + "d,F1,2025-03-12,150,95,retirada,,\n");
        Assert.Equal([("diagnosis", 1), ("prescription", 1)], report.Cleared.Select(c => (c.Key, (int)c.Value)).Order());
        Assert.Equal((4, 3, 0), store.Count("treated", "F1", "2025-03"));
        store.AssertSound();
        Assert.Null(Rebuild.Run(store.Store, store.Writer, store.Programme, [], null, null, default));
        store.AssertSound();
    }

    [Fact]
    public void A_preview_says_what_an_import_would_do_and_writes_nothing()
    {
        using var store = Open(Engine.Sqlite);
        var head = store.Writer.Head;
        var file = Write(store, LineList + "12,Ana,Exemplo,Female,1970-05-01,Health Centre One,2025-03-05 09:15,150,95,I10,\n15,Rui,Exemplo,?,,Health Centre One,2025-03-07 08:00,128,80,,\n");
        var preview = PreviewImport.Run(store.Store, store.Programme, [file], new ImportOptions { OnChange = (_, _) => OnChange.Stop }, store.Clock, default).Value.Single();
        Assert.Equal((1, 1, "hearts360@1"), (preview.New, preview.Refused, preview.Form));
        Assert.Contains(("blood_pressure", "150/95"), preview.First.Single().Facts);
        Assert.Equal("programmes.register.not-a-category", preview.Reasons.Values.Single().Problem.Code);
        Assert.Contains("Phone Number", preview.Absent);
        Assert.Equal(head, store.Writer.Head);
        Assert.Empty(store.Inbox());
    }

    [Fact]
    public void A_mapping_that_names_an_unknown_fact_or_word_is_refused_with_its_place()
    {
        var package = Package();
        var bytes = package.Bytes.ToDictionary(f => f.Key, f => f.Value);
        var text = Encoding.UTF8.GetString(bytes["mappings/hearts360.yaml"]);
        bytes["mappings/hearts360.yaml"] = Encoding.UTF8.GetBytes(text.Replace("blood_pressure:", "blood_presure:", StringComparison.Ordinal).Replace("of: facility", "of: faciliti", StringComparison.Ordinal));
        var problems = PackageReader.Read(bytes).Problems;
        Assert.Equal([("programmes.package.word-unknown", "mappings/hearts360.yaml"), ("programmes.package.fact-unknown", "mappings/hearts360.yaml")], problems.Select(p => (p.Code, p.Details["file"])));
    }

    internal static PackageFiles Package()
    {
        var shipped = PackageFiles.In(Repository.PathTo("programmes", "saia-htn")).Value.Bytes;
        var bytes = RunningStore.Package().Bytes.ToDictionary(f => f.Key, f => f.Value);
        bytes[PackageFiles.Places] = Encoding.UTF8.GetBytes(Places);
        foreach (var (name, content) in shipped.Where(f => f.Key == "field.yaml" || f.Key.StartsWith(PackageFiles.MappingsFolder, StringComparison.Ordinal))) bytes[name] = content;
        return new PackageFiles(bytes);
    }

    private static RunningStore Open(Engine engine) => new(engine, Package());

    private static string Write(RunningStore store, string csv)
    {
        var file = store.FileNamed("source.csv");
        File.WriteAllText(file, csv);
        return file;
    }

    private static ImportReport Import(RunningStore store, string csv)
    {
        var result = store.TryImportFile(Write(store, csv), source: null);
        Assert.True(result.IsOk, string.Join("; ", result.Problems));
        return result.Value[0];
    }

    private static Guid? Who(RunningStore store, string system, string value)
    {
        using var session = store.Store.Open(writable: false);
        var tables = new RegistryTables(RegistryTables.Current(session));
        return new PersonTable(session, tables.Person, tables.Identifier).Find(system, value);
    }
}
