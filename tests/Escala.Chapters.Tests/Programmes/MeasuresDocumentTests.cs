using System.Text;
using System.Text.RegularExpressions;
using Escala.Cascades.Compiled;
using Escala.Cascades.Counters;
using Escala.Programmes;
using Escala.Programmes.Packages;
using Escala.Registry.Timelines;

namespace Escala.Chapters.Tests.Programmes;

/// <summary>docs/methods/measures.md says what the reader knows, and the engine answers every worked row as the document does.</summary>
public sealed class MeasuresDocumentTests
{
    private static readonly MeasuresDocument s_document = MeasuresDocument.Read();
    private static readonly Programme s_programme = WithExamples();

    public static TheoryData<string, string, string> Conditions => new(s_document.Rows.Where(r => !IsAnchor(r.Asked)).Select(r => (NameOf(r.Asked), r.Rows, r.Answer)));

    public static TheoryData<string, string, string> Anchors => new(s_document.Rows.Where(r => IsAnchor(r.Asked)).Select(r => (r.Asked, r.Rows, r.Answer)));

    [Fact]
    public void The_keys_of_the_document_are_those_of_the_reader()
    {
        var known = SchemaTests.Shapes(MeasuresFile.Name).SelectMany(s => s.Keys).Distinct();
        Assert.Equal(known.Order(), s_document.Keys.Order());
    }

    [Fact]
    public void The_words_of_the_reader_stand_in_the_document()
    {
        string[] words =
        [
            .. ValueReader.Places.Words, .. ConditionReader.Windows.Words, .. MeasuresFile.Kinds.Words, .. ConditionReader.DayWords, MeasuresFile.BestQuarter, "visit",
        ];
        Assert.All(words, word => Assert.Contains($"`{word}`", s_document.Text, StringComparison.Ordinal));
        Assert.Contains(": " + ValueReader.NotDetected + "}`", s_document.Text, StringComparison.Ordinal);
        Assert.Contains(": " + ValueReader.InWindow + "}`", s_document.Text, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Conditions))]
    public void A_worked_row_answers_as_written(string condition, string rows, string answer)
    {
        Assert.Equal(answer.StartsWith("yes", StringComparison.Ordinal), Holds(condition, rows));

        // "no: …, and `other` does not hold either", "no; but `other` holds".
        foreach (Match other in Regex.Matches(answer, "`(?<name>[a-z-]+)` (?<answer>holds|does not hold)"))
            Assert.Equal(other.Groups["answer"].Value == "holds", Holds(other.Groups["name"].Value, rows));
    }

    [Theory, MemberData(nameof(Anchors))]
    public void An_anchor_asks_where_and_when_it_is_written(string anchor, string rows, string asked)
    {
        var programme = Package("measures:\n" + Probe("probe", anchor, "{any: visit}"), "measures:\n");
        var places = WrittenRows.Count(programme, rows).Where(c => c is { Measure: "probe", Kind: CountKind.Denominator }).Select(c => $"F{c.Facility} {c.Window}").ToList();
        Assert.Equal(asked, places.Count == 0 ? "nowhere" : string.Join(", ", places));
    }

    private static bool Holds(string condition, string rows)
    {
        var timeline = new Timeline(s_programme.Register.SlotCount);
        WrittenRows.Fill(timeline, s_programme.Register, rows);
        var question = new Question(timeline) { BirthDay = timeline.Slot(timeline.Count - 1, s_programme.Population.BirthDate!.Slot) };
        question.NextPerson();
        question.Move(101, new DateOnly(2025, 3, 1).DayNumber, new DateOnly(2025, 3, 31).DayNumber);
        return new Compiler().Compile(s_programme.Measures.Find("asks-" + condition)!.Numerator).Ask(question);
    }

    private static Programme WithExamples()
    {
        var examples = s_document.Examples.Where(e => !IsAnchor(e)).ToList();
        var measures = string.Concat(examples.Select(NameOf).Select(n => Probe("asks-" + n, "anchor: {each: visit}", n)));
        return Package("conditions:\n" + string.Concat(examples.Select(e => $"  {e}\n")), "conditions:\n", "measures:\n" + measures, "measures:\n");
    }

    private static Programme Package(string first, string firstAt, string second = "", string secondAt = "")
    {
        var files = new Dictionary<string, byte[]>(PackageFiles.In(Repository.PathTo("programmes", "saia-htn")).Value.Bytes);
        var text = Encoding.UTF8.GetString(files[MeasuresFile.Name]).Replace("\n" + firstAt, "\n" + first, StringComparison.Ordinal);
        if (second.Length > 0) text = text.Replace("\n" + secondAt, "\n" + second, StringComparison.Ordinal);
        files[MeasuresFile.Name] = Encoding.UTF8.GetBytes(text);
        return PackageReader.Read(files).Value;
    }

    private static string Probe(string id, string anchor, string numerator) =>
        $"  {id}:\n    version: 1\n    name: {{en: x, pt: x, es: x}}\n    text: {{en: x, pt: x, es: x}}\n    {anchor}\n    numerator: {numerator}\n";

    private static bool IsAnchor(string example) => example.StartsWith("anchor:", StringComparison.Ordinal);

    private static string NameOf(string example) => example.Split(':')[0];
}
