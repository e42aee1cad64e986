using System.Text;
using System.Text.RegularExpressions;
using Escala.Platform.Problems;
using Escala.Platform.Texts;
using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Programmes.Measures;
using Escala.Programmes.Packages;

namespace Escala.Chapters.Tests.Programmes;

public sealed class PackageReaderTests
{
    private static Programme Shipped { get; } = PackageReader.Read(Repository.PathTo("programmes", "saia-htn")).Value;

    private static FactDefinition Fact(string name) => Shipped.Register.Facts.Single(f => f.Name == name);

    private static Measure Measure(string id) => Shipped.Measures.Find(id)!;

    [Fact]
    public void Facts_lie_one_after_the_other_in_a_decoded_row()
    {
        var next = 0;
        foreach (var fact in Shipped.Register.Facts)
        {
            Assert.Equal(fact.Type == FactType.Text ? -1 : next, fact.Slot);
            next += fact.SlotCount;
        }

        Assert.Equal(["sbp_1", "dbp_1", "sbp_2", "dbp_2", "sbp_3", "dbp_3"], Fact("blood_pressure").Columns);
        Assert.Equal([new PlausibleRange(60, 280), new PlausibleRange(30, 180)], Fact("blood_pressure").Plausible);
        Assert.True(Fact("blood_pressure").FirstAboveSecond);
        Assert.Equal("withdrawn", Fact("diagnosis").ClearedBy);
        Assert.Equal(1000, Fact("viral_load").ReadableAt);
        Assert.Equal(["female", "male"], Fact("sex").Categories.Select(c => c.Name));
    }

    [Fact]
    public void A_threshold_reads_the_part_of_the_pair_that_it_names()
    {
        var controlled = Assert.IsType<Condition.Picked>(Measure("controlled").Numerator);
        var both = Assert.IsType<ValueTest.All>(controlled.Is);
        var slot = Fact("blood_pressure").Slot;
        Assert.Equal([new ValueTest.Compare(slot, null, Comparison.Below, 140), new ValueTest.Compare(slot + 1, null, Comparison.Below, 90)], both.Of);
        Assert.Equal(new Rows(Fact("blood_pressure"), null, true, new DayBound(new DayRef.WindowStart(), true), null), controlled.Pick.Rows);
    }

    [Fact]
    public void A_named_row_serves_as_condition_and_as_day()
    {
        var all = Assert.IsType<Condition.All>(Measure("controlled").Denominator);
        var precedes = Assert.IsType<Condition.Precedes>(all.Of[2]);
        var earlier = Assert.IsType<DayRef.OfRow>(precedes.Earlier);
        Assert.Equal(new RowPick.First(new Rows(Fact("dispensing"), null, false, null, null)), earlier.Pick);
        Assert.IsType<RowPick.Latest>(Assert.IsType<DayRef.OfRow>(precedes.Later).Pick);
    }

    [Fact]
    public void Periods_and_anchors_mean_what_their_words_say()
    {
        var latest = Assert.IsType<Condition.Picked>(Measure("in-care").Denominator);
        Assert.Equal(new DayBound(new DayRef.WindowStart(), false), latest.Pick.Rows.To);
        Assert.Null(latest.Pick.Rows.From);
        Assert.Equal(new Anchor.EachDate(Fact("next_visit")), Measure("in-care").Anchor);
        Assert.Equal(new Anchor.FirstRow(Fact("prescription"), 120), Measure("controlled-3m").Anchor);
        Assert.Equal(new Anchor.EachVisit(), Measure("screened").Anchor);
        var nearest = Assert.IsType<RowPick.Nearest>(Assert.IsType<Condition.Picked>(Measure("controlled-3m").Numerator).Pick);
        Assert.Equal(90, Assert.IsType<DayRef.OfRow>(nearest.To).PlusDays);
        Assert.Equal(120, Assert.IsType<DayRef.OfRow>(nearest.Rows.To!.Day).PlusDays);
        var undetectable = Assert.IsType<Condition.Picked>(Measure("undetectable").Numerator);
        Assert.Equal(new DayBound(new DayRef.YearsBeforeWindowEnd(1), false), undetectable.Pick.Rows.From);
        Assert.Equal(new ValueTest.NotDetected(Fact("viral_load").Slot + 1), undetectable.Is);
        Assert.Equal(0.90m, Assert.IsType<Condition.SupplyShare>(Measure("adherent-3m").Numerator).Above);
    }

    [Fact]
    public void A_name_is_the_same_object_wherever_it_stands()
    {
        var denominator = Assert.IsType<Condition.All>(Measure("treated").Denominator);
        Assert.Same(denominator.Of[1], Measure("diagnosed").Numerator);
        Assert.Same(denominator.Of[0], Assert.IsType<Condition.All>(Measure("picked-up").Denominator).Of[0]);
    }

    [Fact]
    public void A_measure_carries_all_that_fixes_its_figures()
    {
        Assert.Equal("saia-htn/controlled@1", Measure("controlled").Definition);
        var source = Measure("controlled").Source;
        Assert.StartsWith("controlled:\n  version: 1\n", source, StringComparison.Ordinal);
        Assert.Contains("last-reading-here: {latest: blood_pressure, at: here, in: window}\n", source, StringComparison.Ordinal);
        Assert.Contains("controlled: {all: [{systolic: \"< 140\"}, {diastolic: \"< 90\"}]}\n", source, StringComparison.Ordinal);
        Assert.DoesNotContain("raised", source, StringComparison.Ordinal);
    }

    [Fact]
    public void The_cascade_shows_the_measures_in_order()
    {
        Assert.Equal(["screened", "raised-or-known", "diagnosed", "treated", "picked-up", "controlled"], Shipped.Cascade.Steps.Select(s => s.Measure.Id));
        Assert.Equal(StepKind.Yield, Shipped.Cascade.Steps[1].Kind);
        Assert.Equal(("picked-up", "controlled"), (Shipped.Cascade.End.Id, Shipped.Cascade.Beside!.Id));
        Assert.Null(Shipped.Cascade.Target);
        Assert.Equal("in-care", Assert.Single(Shipped.Cascade.Above).Id);
    }

    [Fact]
    public void The_hash_is_of_names_and_bytes()
    {
        var files = Files();
        Assert.Equal(Shipped.Hash, PackageReader.Read(files).Value.Hash);
        files["register.yaml"] = [.. files["register.yaml"], (byte)'\n'];
        Assert.NotEqual(Shipped.Hash, PackageReader.Read(files).Value.Hash);
    }

    [Theory]
    [InlineData("measures.yaml", "any: visit, at: here", "any: visit, where: here", "key-unknown", 13, 22, "where")]
    [InlineData("measures.yaml", "{stands: diagnosis}", "{stands: diagnosos}", "fact-unknown", 15, 23, "diagnosos")]
    [InlineData("measures.yaml", "{stands: diagnosis}", "{stands: dispensing}", "fact-type", 15, 23, "dispensing")]
    [InlineData("measures.yaml", "numerator: measured", "numerator: measurd", "condition-unknown", 30, 16, "measurd")]
    [InlineData("measures.yaml", "{systolic: \">= 140\"}", "{systolic: 140}", "comparison-expected", 4, 30, "140")]
    [InlineData("measures.yaml", "end: picked-up", "end: in-care", "step-unknown", 170, 8, "in-care")]
    [InlineData("register.yaml", "type: quantity ", "type: quantiti ", "word-unknown", 26, 11, "quantiti")]
    [InlineData("register.yaml", "column: smoker", "column: visit_date", "column-twice", 36, 32, "visit_date")]
    [InlineData("programme.yaml", "zone: Africa/Maputo", "zone: Africa/Maputu", "zone-unknown", 13, 7, "Africa/Maputu")]
    [InlineData("programme.yaml", "ends: 2026-07-31", "ends: 31/07/2026", "date-expected", 28, 9, "31/07/2026")]
    [InlineData("programme.yaml", "  pt: SCALE SAIA-HTN\n", "", "key-missing", 5, 3, "pt")]
    [InlineData("programme.yaml", "places: [D3, D4]", "places: [D3, D2]", "place-in-two-waves", 35, 20, "D2")]
    public void A_mistake_is_told_with_its_place_name_and_remedy(string file, string right, string wrong, string code, int line, int column, string name)
    {
        var problem = Assert.Single(Broken(file, right, wrong));
        Assert.Equal("programmes.package." + code, problem.Code);
        Assert.Equal((file, line.ToString(), column.ToString(), name), (problem.Details["file"], problem.Details["line"], problem.Details["column"], problem.Details["name"]));
        AssertSentences(problem);
    }

    [Theory]
    [InlineData("programme.yaml", "example: true", "exampel: true", "example")]
    [InlineData("programme.yaml", "window: month", "window: monthly", "month")]
    [InlineData("measures.yaml", "{any: blood_pressure, at: here, in: window}\n", "{anny: blood_pressure}\n", "any")]
    [InlineData("measures.yaml", "known: {latest", "known: {last", "latest")]
    public void The_nearest_known_name_is_suggested(string file, string right, string wrong, string nearest)
    {
        Assert.Equal(nearest, Broken(file, right, wrong).First(p => p.Details.ContainsKey("nearest")).Details["nearest"]);
    }

    [Fact]
    public void Every_mistake_of_a_package_is_told_at_once_and_a_broken_fact_only_once()
    {
        var files = Files();
        Replace(files, "register.yaml", "type: pair", "type: pear");
        Replace(files, "programme.yaml", "example: true", "example: yes");
        Replace(files, "programme.yaml", "window: month", "window: year");
        var problems = PackageReader.Read(files).Problems;
        Assert.Equal(["programme.yaml", "programme.yaml", "register.yaml"], problems.Select(p => p.Details["file"]).Where(f => f != "measures.yaml"));
        Assert.DoesNotContain(problems, p => p.Code == "programmes.package.fact-unknown");
    }

    [Theory]
    [InlineData("a: &x [1]\nb: *x\n", "anchor")]
    [InlineData("a: !!binary aGk=\n", "tag")]
    [InlineData("", "empty")]
    [InlineData("- 1\n", "mapping-expected")]
    [InlineData("a: [1, 2\nb: 3", "not-yaml")]
    [InlineData("{a: 1}\n---\n{b: 2}\n", "second-document")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", "too-deep")]
    public void What_is_not_a_plain_small_file_is_refused(string text, string code)
    {
        var files = Files();
        files["measures.yaml"] = Encoding.UTF8.GetBytes(text);
        var problem = Assert.Single(PackageReader.Read(files).Problems);
        Assert.Equal("programmes.package." + code, problem.Code);
        AssertSentences(problem);
    }

    [Fact]
    public void Names_that_unfold_without_end_are_refused()
    {
        var doubling = string.Concat(Enumerable.Range(0, 15).Select(i => $"  n{i}: {{all: [n{i + 1}, n{i + 1}]}}\n")) + "  n15: {any: visit}\n  circle: {not: circle}\n";
        var codes = Broken("measures.yaml", "conditions:\n", "conditions:\n" + doubling).Select(p => p.Code).ToList();
        Assert.Contains("programmes.package.unfolds-too-far", codes);
        Assert.Contains("programmes.package.circular", Broken("measures.yaml", "conditions:\n", "conditions:\n  circle: {not: circle}\n").Select(p => p.Code));
    }

    [Fact]
    public void A_register_has_no_more_values_than_a_stored_row_can_hold()
    {
        var free = 64 - Shipped.Register.SlotCount;
        string Facts(int count) => "facts:\n" + string.Concat(Enumerable.Range(1, count).Select(i => $"  n{i}: {{type: number, column: n{i}}}\n"));
        Assert.Empty(Broken("register.yaml", "facts:\n", Facts(free)));
        Assert.Equal("programmes.package.too-many-facts", Assert.Single(Broken("register.yaml", "facts:\n", Facts(free + 1))).Code);
    }

    [Fact]
    public void Every_problem_of_the_chapter_has_its_sentences()
    {
        var texts = ProblemTexts.From(typeof(Programme).Assembly);
        var codes = Directory.EnumerateFiles(Repository.PathTo("src", "Escala.Programmes"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(f => Regex.Matches(File.ReadAllText(f), "\"(programmes\\.[a-z]+\\.[a-z-]+)\"").Select(m => m.Groups[1].Value)).Distinct();
        Assert.All(codes, code => Assert.True(texts.Knows(code), code));
    }

    [Fact]
    public void A_file_of_a_strange_or_missing_name_is_told()
    {
        var files = Files();
        files["place.csv"] = [];
        files.Remove("register.yaml");
        Assert.Equal(["programmes.package.file-unknown", "programmes.package.file-missing"], PackageReader.Read(files).Problems.Select(p => p.Code));
        Assert.Equal("programmes.package.folder-missing", PackageReader.Read("/no/such/folder").Problems.Single().Code);
    }

    [Fact]
    public void Sundays_are_closed_where_the_package_names_no_days()
    {
        Assert.Equal([DayOfWeek.Sunday], Shipped.Field!.ClosedDays);
        Assert.Equal([DayOfWeek.Saturday, DayOfWeek.Sunday], Closed("[saturday, sunday, saturday]"));
        Assert.Empty(Closed("[]"));

        static IReadOnlyList<DayOfWeek> Closed(string days)
        {
            var files = Files();
            Replace(files, "field.yaml", "clerks: true", $"closed-days: {days}\nclerks: true");
            return PackageReader.Read(files).Value.Field!.ClosedDays;
        }
    }

    private static Dictionary<string, byte[]> Files() => new(PackageFiles.In(Repository.PathTo("programmes", "saia-htn")).Value.Bytes);

    private static IReadOnlyList<Problem> Broken(string file, string right, string wrong)
    {
        var files = Files();
        Replace(files, file, right, wrong);
        return PackageReader.Read(files).Problems;
    }

    private static void Replace(Dictionary<string, byte[]> files, string file, string right, string wrong)
    {
        var text = Encoding.UTF8.GetString(files[file]);
        var at = text.IndexOf(right, StringComparison.Ordinal);
        Assert.True(at >= 0, $"{file} does not contain {right}");
        files[file] = Encoding.UTF8.GetBytes(text.Remove(at, right.Length).Insert(at, wrong));
    }

    internal static void AssertSentences(Problem problem)
    {
        var texts = ProblemTexts.From(typeof(Programme).Assembly);
        Assert.True(texts.Knows(problem.Code), problem.Code);
        foreach (var language in Enum.GetValues<Language>()) Assert.DoesNotMatch(@"\{[a-z]+\}", texts.Sentence(problem, language));
    }
}
