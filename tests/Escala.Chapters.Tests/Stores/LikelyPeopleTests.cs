using Escala.Cascades.Derivations;
using Escala.Registry.People;

namespace Escala.Chapters.Tests.Stores;

/// <summary>People who are likely known twice are listed, never merged; who was said to be two is not listed again.</summary>
public sealed class LikelyPeopleTests
{
    private const string LineList = "Patient ID,First Name,Last Name,Gender,Date of Birth,Facility,Visit Time,Systolic,Diastolic,Diagnosis 1,Diagnosis 2\n";

    public static IEnumerable<TheoryDataRow<Engine>> Engines => AnyStore.Engines;

    private static Visit Row(string person, string facility, string born) => new(person, facility, "2025-03-05") { Born = born, Sex = "F" };

    [Theory, MemberData(nameof(Engines))]
    public void Numbers_that_differ_in_the_zeros_before_them_are_listed_within_their_system_and_scope(Engine engine)
    {
        using var store = new RunningStore(engine, MappingTests.Package());
        store.Import(Register.Csv([Row("12", "F1", "1970-05-01"), Row("0012", "F2", "1970-05-01"), Row("120", "F1", "1971-01-01"), Row("A12", "F1", "1972-01-01"), Row("00", "F1", "1973-01-01"), Row("0", "F1", "1973-01-01")]));
        // A number of a facility's own is another person's at another facility.
        Assert.True(store.TryImportFile(File(store, "hearts.csv", "7,,,Female,,Health Centre One,2025-03-05,150,95,,\n007,,,Female,,Health Centre One,2025-03-06,150,95,,\n07,,,Female,,Health Centre Two,2025-03-06,150,95,,\n"), source: null).IsOk);
        Assert.Equal([("12", "0012"), ("00", "0"), ("F1/7", "F1/007")], Likely(store).Select(p => (p.One.Identifiers[0].Value, p.Other.Identifiers[0].Value)));
        Assert.All(Likely(store), p => Assert.Equal(Likeness.Zeros, p.Why));
        Assert.Equal(["F1"], Likely(store).First(p => p.One.Identifiers[0].Value == "12").One.Facilities);
        store.AssertSound();
    }

    [Fact]
    public void That_more_pairs_are_there_than_are_listed_is_said()
    {
        using var store = new RunningStore(Engine.Sqlite, MappingTests.Package());
        store.Import(Register.Csv([.. Enumerable.Range(1, 7).Select(n => Row("7".PadLeft(n, '0'), "F1", $"197{n}-05-01"))]));
        // Seven ways to write a number are 21 pairs.
        (int Most, int Listed, bool IsCut)[] expected = [(500, 20, true), (20, 20, true), (5, 5, true)];
        using var session = store.Store.Open(writable: false);
        Assert.All(expected, e => Assert.Equal((e.Listed, e.IsCut), new LikelyPeople(session, store.Programme) is var likely ? (likely.Read(_ => true, e.Most).Count, likely.IsCut) : default));
        // Who was said to be two makes room for the next.
        Assert.True(KeepApart.Run(store.Store, store.Writer, store.Programme, "7", "07", "two people", null, store.Clock).IsOk);
        Assert.Equal((20, false), new LikelyPeople(session, store.Programme) is var after ? (after.Read(_ => true, 500).Count, after.IsCut) : default);
    }

    [Theory, MemberData(nameof(Engines))]
    public void One_name_and_birth_date_in_two_systems_is_listed_however_it_is_written(Engine engine)
    {
        using var store = new RunningStore(engine, MappingTests.Package());
        Assert.True(store.TryImportFile(File(store, "hearts.csv",
            "1,Helena,Souza Conceição,Female,1970-05-01,Health Centre One,2025-03-05,150,95,,\n"
            + "2,Elena,Sousa Conceicao,Female,1970-05-01,Health Centre Two,2025-03-05,150,95,,\n"
            // Another birth date, another sex, one facility that gave two numbers, and a name of one word.
            + "3,Elena,Sousa Conceicao,Female,1970-05-02,Health Centre Two,2025-03-05,150,95,,\n"
            + "4,Conceição,da Souza Helena,Male,1970-05-01,Health Centre Two,2025-03-05,150,95,,\n"
            + "5,Rui,Cossa,Male,1980-05-01,Health Centre One,2025-03-05,150,95,,\n6,Rui,Cossa,Male,1980-05-01,Health Centre One,2025-03-05,150,95,,\n"), source: null).IsOk);
        var pair = Assert.Single(Likely(store));
        Assert.Equal((Likeness.NameAndBirth, "F1/1", "F2/2"), (pair.Why, pair.One.Identifiers.Single().Value, pair.Other.Identifiers.Single().Value));
        Assert.Empty(new LikelyPeople(store.Store.Open(writable: false), store.Programme).Read(_ => false, 10));
        store.AssertSound();
    }

    [Theory, MemberData(nameof(Engines))]
    public void Who_was_merged_or_said_to_be_two_is_not_listed_again(Engine engine)
    {
        using var store = new RunningStore(engine, MappingTests.Package());
        store.Import(Register.Csv([Row("12", "F1", "1970-05-01"), Row("0012", "F2", "1970-05-01"), Row("31", "F1", "1970-05-01"), Row("031", "F2", "1970-05-01")]));
        Assert.Equal(2, Likely(store).Count);
        Assert.True(KeepApart.Run(store.Store, store.Writer, store.Programme, "0012", "12", "two people, seen together", null, store.Clock).IsOk);
        Assert.Equal(["31", "031"], Likely(store).SelectMany(p => new[] { p.One, p.Other }).Select(p => p.Identifiers[0].Value));
        Assert.True(MergePeople.Merge(store.Store, store.Writer, store.Programme, "031", "31", "one person", null, store.Clock).IsOk);
        Assert.Empty(Likely(store));
        Assert.Equal("registry.apart.same", KeepApart.Run(store.Store, store.Writer, store.Programme, "031", "31", "why", null, store.Clock).Problems.Single().Code);
        Assert.Equal("registry.person.unknown", KeepApart.Run(store.Store, store.Writer, store.Programme, "031", "77", "why", null, store.Clock).Problems.Single().Code);
        // Nobody was merged by being listed, and all of it is the same when it is counted anew.
        store.AssertSound();
        Assert.Null(Rebuild.Run(store.Store, store.Writer, store.Programme, [], null, null, default));
        Assert.Empty(Likely(store));
        store.AssertSound();
    }

    [Fact]
    public void The_command_says_who_and_how_to_settle_it()
    {
        using var place = new Forms.Workbook();
        System.IO.File.WriteAllText(Path.Combine(place.Folder, "march.csv"), Register.Csv([Row("12", "F101", "1970-05-01"), Row("0012", "F102", "1970-05-01")]));
        Assert.Equal(0, EscalaProcess.RunIn(place.Folder, ["init", "--programme", "saia-htn"]).Code);
        Assert.Equal(0, EscalaProcess.RunIn(place.Folder, ["import", "march.csv"]).Code);
        var listed = EscalaProcess.RunIn(place.Folder, ["people", "likely"]).Output;
        Assert.Contains("F102", listed, StringComparison.Ordinal);
        var apart = listed.Split('\n').Single(l => l.Contains("escala people apart", StringComparison.Ordinal)).Split("escala ")[1].Replace("…", "seen-together", StringComparison.Ordinal);
        Assert.Contains("not shown together again", EscalaProcess.RunIn(place.Folder, apart.Trim().Split(' ')).Output, StringComparison.Ordinal);
        Assert.Contains("Ninguém", EscalaProcess.RunIn(place.Folder, ["people", "likely", "--lang", "pt"]).Output, StringComparison.Ordinal);
        Assert.Equal(0, EscalaProcess.RunIn(place.Folder, ["verify"]).Code);
    }

    private static string File(RunningStore store, string name, string rows)
    {
        var file = store.FileNamed(name);
        System.IO.File.WriteAllText(file, LineList + rows);
        return file;
    }

    private static IReadOnlyList<LikelyPair> Likely(RunningStore store)
    {
        using var session = store.Store.Open(writable: false);
        return new LikelyPeople(session, store.Programme).Read(_ => true, 100);
    }
}
