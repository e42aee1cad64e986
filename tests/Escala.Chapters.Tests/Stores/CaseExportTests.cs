using System.Text;
using Escala.Capture.Imports;
using Escala.Capture.Inbox;
using Escala.Cascades.Derivations;
using Escala.Programmes.Packages;
using Escala.Registry;
using Escala.Registry.People;

namespace Escala.Chapters.Tests.Stores;

/// <summary>A case export has one row a case, with its latest state: facts stand on days of their own, and a later export corrects.</summary>
public sealed class CaseExportTests
{
    private const string Cases = """
        mapping: cases
        version: 1
        name: {en: Cases, pt: Casos, es: Casos}
        recognise: [caseid, closed, last_modified]
        person: {column: caseid, system: commcare-case}
        facility: {column: us}
        row-id: {column: caseid, changed: last_modified}
        missing: ["---"]
        leave-out:
          - {column: owner_name, words: [training]}
        facts:
          sex: {column: sexo}
          birth_date: {column: dob}
          diagnosis: {columns: [htn], yes: ["yes"], no: ["no"], on: htn_date}
          blood_pressure: {columns: [[sbp, dbp]], on: bp_date}
        """;

    private const string Header = "caseid,name,us,sexo,dob,htn,htn_date,sbp,dbp,bp_date,phone,owner_name,closed,last_modified\n";

    public static IEnumerable<TheoryDataRow<Engine>> Engines => AnyStore.Engines;

    [Theory, MemberData(nameof(Engines))]
    public void Each_fact_stands_on_its_own_day_and_what_is_not_said_makes_no_visit(Engine engine)
    {
        using var store = Open(engine, Cases);
        var reports = Import(store, Header
            + "c1,Ana,F1,F,1970-05-01,yes,2025-01-10,150,95,2025-03-04,84,f1,False,2025-03-31T10:00:00Z\n"
            + "c2,Rui,F1,M,1980-05-01,---,---,120,80,2025-03-05,84,f1,True,2025-03-31T10:00:00Z\n"
            + "c3,Eva,F1,F,1990-05-01,yes,---,---,---,---,84,f1,False,2025-03-31T10:00:00Z\n"
            + "c4,Ivo,F1,M,1960-05-01,yes,2025-02-10,---,---,---,84,training,False,2025-03-31T10:00:00Z\n");
        Assert.Equal(["bp_date", "htn_date"], reports.Select(r => r.Layout.Part));
        Assert.Equal([(2, 0, 1, 1), (1, 1, 1, 1)], reports.Select(r => ((int)r.Taken, (int)r.Refused, (int)r.Silent, (int)r.LeftOut)));
        // Somebody is said to be diagnosed on no day.
        Assert.Equal(("programmes.register.empty", "htn_date"), store.Inbox().Select(r => (r.Problems.Single().Code, r.Problems.Single().Details["column"])).Single());
        Assert.Equal((1, 1), (store.Seen("F1", "2025-01").Rows, store.Seen("F1", "2025-01").People));
        Assert.Equal((2, 2), (store.Seen("F1", "2025-03").Rows, store.Seen("F1", "2025-03").People));
        Assert.Equal((2, 2, 0), store.Count("screened", "F1", "2025-03"));
        Assert.Equal(1, store.Count("diagnosed", "F1", "2025-03").Numerator);
        store.AssertSound();
        Assert.Null(Rebuild.Run(store.Store, store.Writer, store.Programme, [], null, null, default));
        store.AssertSound();
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_row_refused_for_two_days_keeps_both_reasons(Engine engine)
    {
        using var store = Open(engine, Cases);
        const string Wrong = Header + "c1,Ana,F1,F,1970-05-01,maybe,2025-01-10,high,95,2025-03-04,84,f1,False,2025-03-31T10:00:00Z\n";
        var reports = Import(store, Wrong);
        Assert.Equal([1, 1], reports.Select(r => (int)r.Refused));
        string[] columns = ["htn", "sbp"];
        Assert.Equal(columns, store.Inbox().Select(r => r.Problems.Single().Details["column"]).Order());
        var lines = File.ReadAllLines(reports[0].ProblemFile!);
        Assert.Equal(3, lines.Length);
        Assert.All(columns, c => Assert.Contains(lines[1..], l => l.Contains(c, StringComparison.Ordinal)));
        // However often it is imported it waits once for each, and leaves when it can be read.
        Import(store, Wrong);
        Assert.Equal(2, store.Inbox().Count);
        Import(store, Wrong.Replace("maybe", "yes", StringComparison.Ordinal).Replace("high", "150", StringComparison.Ordinal));
        Assert.Empty(store.Inbox());
        store.AssertSound();
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_later_export_corrects_without_asking_and_an_earlier_one_changes_nothing(Engine engine)
    {
        using var store = Open(engine, Cases);
        const string March = Header + "c1,Ana,F1,F,1970-05-01,yes,2025-01-10,150,95,2025-03-04,84,f1,False,2025-03-31T10:00:00Z\n";
        const string April = Header + "c1,Ana,F1,F,1970-05-01,yes,2025-01-10,130,80,2025-04-08,85,f1,True,2025-04-30T10:00:00Z\n";
        Import(store, March);
        var later = Import(store, April);
        // Her diagnosis is what it was, though her telephone is another; her latest pressure takes the place of the one before.
        Assert.Equal([(0, 1), (1, 0)], later.Select(r => ((int)r.Duplicate, (int)r.Corrected)));
        Assert.Equal((0, 1), (store.Seen("F1", "2025-03").Rows, store.Seen("F1", "2025-04").Rows));
        var earlier = Import(store, March);
        Assert.Equal([(0, 1), (1, 0)], earlier.Select(r => ((int)r.Duplicate, (int)r.Older)));
        Assert.Equal((0, 1), (store.Seen("F1", "2025-03").Rows, store.Seen("F1", "2025-04").Rows));
        store.AssertSound();
        // A change that its source does not date is asked about.
        Assert.Equal("capture.import.changes", Try(store, April.Replace("130", "131", StringComparison.Ordinal)).Problems.Single().Code);
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_waiting_row_that_the_mapping_wants_no_more_says_so(Engine engine)
    {
        using var store = Open(engine, Cases);
        Import(store, Header + "c1,Ana,F9,F,1970-05-01,---,---,150,95,2025-03-04,84,f1,False,2025-03-31T10:00:00Z\n");
        Assert.Equal("capture.row.unknown-place", store.Inbox().Single(r => r.WaitsFor is not null).Problems.Single().Code);
        var mapping = store.Programme.Mappings.Single();
        var programme = store.Programme with { Mappings = [mapping with { LeftOut = [.. mapping.LeftOut, ("owner_name", ["f1"])] }] };
        Assert.Equal(0, RetryInbox.Run(store.Store, store.Writer, programme, store.Clock, StandingTallies.Of));
        Assert.All(store.Inbox(), r => Assert.Equal("capture.row.not-wanted", Assert.Single(r.Problems).Code));
        Assert.NotEmpty(store.Inbox());
    }

    [Theory, MemberData(nameof(Engines))]
    public void Months_of_exports_add_up_where_each_day_is_a_row(Engine engine)
    {
        using var store = Open(engine, Cases.Replace("changed: last_modified}", "changed: last_modified, each: day}", StringComparison.Ordinal));
        Import(store, Header + "c1,Ana,F1,F,1970-05-01,yes,2025-01-10,150,95,2025-03-04,84,f1,False,2025-03-31T10:00:00Z\n");
        Import(store, Header + "c1,Ana,F1,F,1970-05-01,yes,2025-01-10,130,80,2025-04-08,85,f1,False,2025-04-30T10:00:00Z\n");
        Assert.Equal((1, 1), (store.Seen("F1", "2025-03").Rows, store.Seen("F1", "2025-04").Rows));
        store.AssertSound();
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_visit_that_is_a_case_of_its_own_is_about_its_parent(Engine engine)
    {
        using var store = Open(engine, """
            mapping: visit-cases
            version: 1
            name: {en: Visits, pt: Consultas, es: Consultas}
            recognise: [caseid, indices.patient, visit_date]
            person: {column: indices.patient, system: commcare-case}
            facility: {column: us}
            date: {column: visit_date}
            row-id: {column: caseid, changed: last_modified}
            facts:
              blood_pressure: {columns: [[sbp, dbp]]}
            """);
        Import(store, "caseid,indices.patient,us,visit_date,sbp,dbp,last_modified\nv1,c1,F1,2025-03-04,150,95,2025-03-04T10:00:00Z\nv2,c1,F1,2025-04-04,140,90,2025-04-04T10:00:00Z\n");
        using var session = store.Store.Open(writable: false);
        var tables = new RegistryTables(RegistryTables.Current(session));
        Assert.NotNull(new PersonTable(session, tables.Person, tables.Identifier).Find("commcare-case", "c1"));
        Assert.Null(new PersonTable(session, tables.Person, tables.Identifier).Find("commcare-case", "v1"));
        Assert.Equal((1, 1), (store.Seen("F1", "2025-03").Rows, store.Seen("F1", "2025-04").Rows));
        store.AssertSound();
    }

    [Theory]
    [InlineData("row-id: {column: caseid, changed: last_modified}", "", "row-id")]
    [InlineData(", on: htn_date}", "}", null)]
    [InlineData("on: htn_date", "on: bp_date", null)]
    public void Facts_on_days_of_their_own_need_to_know_their_rows_again(string right, string wrong, string? missing)
    {
        var read = PackageReader.Read(Package(Cases.Replace(right, wrong, StringComparison.Ordinal)).Bytes);
        Assert.Equal(missing, read.Problems.SingleOrDefault()?.Details["name"]);
    }

    private static PackageFiles Package(string mapping)
    {
        var bytes = MappingTests.Package().Bytes.Where(f => !f.Key.StartsWith(PackageFiles.MappingsFolder, StringComparison.Ordinal)).ToDictionary(f => f.Key, f => f.Value);
        bytes["mappings/one.yaml"] = Encoding.UTF8.GetBytes(mapping);
        return new PackageFiles(bytes);
    }

    private static RunningStore Open(Engine engine, string mapping) => new(engine, Package(mapping));

    private static Platform.Problems.Result<IReadOnlyList<ImportReport>> Try(RunningStore store, string csv)
    {
        var file = store.FileNamed("cases.csv");
        File.WriteAllText(file, csv);
        return store.TryImportFiles([file]);
    }

    private static IReadOnlyList<ImportReport> Import(RunningStore store, string csv)
    {
        var result = Try(store, csv);
        Assert.True(result.IsOk, string.Join("; ", result.Problems));
        return result.Value;
    }
}
