using Escala.Capture.Imports;
using Escala.Cascades.Derivations;
using Escala.Registry.People;
using Escala.Registry.Timelines;

namespace Escala.Chapters.Tests.Stores;

/// <summary>One person in the register, a CommCare export and a line list: found by any number, and asked about where the sources differ.</summary>
public sealed class SeveralSourcesTests
{
    private const string Submissions = "formid,form.case.@case_id,form.nid,form.patient_id,form.facility_code,form.sex,form.birth_date,form.bp.sbp_1,form.bp.dbp_1,completed_time\n";

    private const string LineList = "Patient ID,First Name,Last Name,Gender,Date of Birth,Facility,Visit Time,Systolic,Diastolic,Diagnosis 1,Diagnosis 2\n";

    public static IEnumerable<TheoryDataRow<Engine>> Engines => AnyStore.Engines;

    [Theory, MemberData(nameof(Engines))]
    public void Another_sex_or_birth_date_is_taken_counted_and_listed_until_a_source_corrects_itself(Engine engine)
    {
        using var store = new RunningStore(engine, MappingTests.Package());
        store.Import(Register.Csv([new Visit("77", "F1", "2025-01-10") { Sex = "F", Born = "1970-05-01", Pressure = "150/95" }]));
        var commcare = Import(store, "visits.csv", Submissions + "f1,c1,11040701/19/00001,77,F1,M,1970-05-01,145,92,2025-02-10T08:00:00Z\nf2,c2,---,78,F1,F,1980-05-01,120,80,2025-02-11T08:00:00Z\n");
        Assert.Equal((2, 1), (commcare.Taken, commcare.Conflicting));
        // The line list knows her by a number of its own; somebody says that they are one.
        var list = Import(store, "list.csv", LineList + "12,Ana,Exemplo,Female,1971-05-01,Health Centre One,2025-03-05 09:15,130,80,,\n");
        Assert.Equal((1, 0), (list.Taken, list.Conflicting));
        Assert.True(MergePeople.Merge(store.Store, store.Writer, store.Programme, "F1/12", "77", "same", null, store.Clock).IsOk);
        Assert.Equal(
            [("visits.csv", 2L, "form.sex", "list.csv"), ("register.csv", 2L, "birth_date", "list.csv"), ("visits.csv", 2L, "form.birth_date", "list.csv")],
            Conflicts(store).Select(c => (c.File!, c.Line, c.Column, c.OtherFile!)));
        // What counts is the latest word, and nothing was overwritten.
        Assert.Equal(3, store.Seen("F1", "2025-01").Rows + store.Seen("F1", "2025-02").Rows + store.Seen("F1", "2025-03").Rows - 1);
        store.AssertSound();
        // The line list corrects itself: the others' birth date is one again.
        Assert.Equal(1, Import(store, "list.csv", LineList + "12,Ana,Exemplo,Female,1970-05-01,Health Centre One,2025-03-05 09:15,130,80,,\n", OnChange.Replace).Corrected);
        Assert.Equal([("visits.csv", "form.sex")], Conflicts(store).Select(c => (c.File!, c.Column)));
        Assert.Empty(ConflictsAt(store, "F2"));
        Assert.Null(Rebuild.Run(store.Store, store.Writer, store.Programme, [], null, null, default));
        Assert.Equal([("visits.csv", "form.sex")], Conflicts(store).Select(c => (c.File!, c.Column)));
    }

    [Theory, MemberData(nameof(Engines))]
    public void An_identifier_that_fits_two_people_waits_with_both_named_also_when_one_is_new(Engine engine)
    {
        using var store = new RunningStore(engine, MappingTests.Package());
        store.Import(Register.Csv([new Visit("77", "F1", "2025-01-10") { Sex = "F", Born = "1970-05-01", Pressure = "150/95" }]));
        var report = Import(store, "visits.csv", Submissions
            + "f1,c1,11040701/19/00001,---,F1,M,1980-05-01,145,92,2025-02-10T08:00:00Z\n"
            + "f2,c1,---,77,F1,M,1980-05-01,145,92,2025-02-11T08:00:00Z\n");
        Assert.Equal((1, 1), (report.Taken, report.Refused));
        var problem = Assert.Single(store.Inbox()).Problems.Single();
        Assert.Equal("capture.row.two-people", problem.Code);
        using var session = store.Store.Open(writable: false);
        var people = new[] { "person", "otherPerson" }.Select(k => PersonInBrief.Read(session, store.Programme, Guid.Parse(problem.Details[k]))!).ToList();
        Assert.Equal([("male", new DateOnly(1980, 5, 1), 1), ("female", new DateOnly(1970, 5, 1), 1)], people.Select(p => (p.Sex!, p.Born!.Value, p.Rows)));
        // What tells what somebody is treated for is not shown whole.
        Assert.Contains(people[0].Identifiers, i => i is { System: "nid-tarv", Value: "…001" });
        Assert.DoesNotContain("11040701", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_command_line_lists_conflicts_by_file_and_line_and_shows_who_may_be_meant()
    {
        using var folder = new Forms.Workbook();
        (int Code, string Output, string Error) Escala(params string[] arguments) => EscalaProcess.RunIn(folder.Folder, arguments);
        File.WriteAllText(Path.Combine(folder.Folder, "register.csv"), Register.Csv([new Visit("77", "F101", "2025-01-10") { Sex = "F", Born = "1970-05-01", Pressure = "150/95" }]));
        File.WriteAllText(Path.Combine(folder.Folder, "visits.csv"), Submissions
            + "f1,c1,---,77,F101,M,1970-05-01,145,92,2025-02-10T08:00:00Z\nf2,c2,11040701/19/00001,---,F101,M,1980-05-01,145,92,2025-02-10T08:00:00Z\nf3,c2,---,77,F101,M,1980-05-01,145,92,2025-02-11T08:00:00Z\n");
        Assert.Equal(0, Escala("init", "--programme", "saia-htn").Code);
        Assert.Equal(0, Escala("import", "register.csv").Code);
        Assert.Contains("another sex or birth date", Escala("import", "visits.csv").Output, StringComparison.Ordinal);
        var queries = Escala("queries").Output;
        Assert.Contains("register.csv:2\tF101\t2025-01-10\tsex: another than in visits.csv:2", queries, StringComparison.Ordinal);
        Assert.DoesNotContain("1970", queries, StringComparison.Ordinal);
        var listed = Escala("inbox", "list").Output;
        Assert.DoesNotContain("11040701", listed, StringComparison.Ordinal);
        var shown = Escala("inbox", "show", listed.Split('\t')[0]).Output;
        Assert.Contains("register-number: 77", shown, StringComparison.Ordinal);
        Assert.Contains("born 1980-05-01", shown, StringComparison.Ordinal);
        Assert.Contains("nid-tarv: …001", shown, StringComparison.Ordinal);
    }

    private static ImportReport Import(RunningStore store, string name, string csv, OnChange onChange = OnChange.Stop)
    {
        var file = store.FileNamed(name);
        File.WriteAllText(file, csv);
        var result = store.TryImportFiles([file], onChange);
        Assert.True(result.IsOk, string.Join("; ", result.Problems));
        return result.Value[0];
    }

    private static List<ConflictingRow> Conflicts(RunningStore store)
    {
        using var session = store.Store.Open(writable: false);
        return [.. ConflictingRows.Read(session, store.Programme, (_, _) => true)];
    }

    private static List<ConflictingRow> ConflictsAt(RunningStore store, string facility)
    {
        using var session = store.Store.Open(writable: false);
        return [.. ConflictingRows.Read(session, store.Programme, (at, _) => at == facility)];
    }
}
