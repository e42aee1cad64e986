using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Escala.Cascades.Compiled;
using Escala.Cascades.Counters;
using Escala.Programmes;
using Escala.Programmes.Facts;
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
        var counting = new PersonCounting(programme);
        Fill(counting.Timeline, programme.Register, rows);
        var sink = new Asked([], counting.Shape.Cell(0, CountKind.Denominator, 0), counting.Shape.Cell(1, CountKind.Denominator, 0));
        counting.Count(ref sink);
        Assert.Equal(asked, sink.Places.Count == 0 ? "nowhere" : string.Join(", ", sink.Places));
    }

    private static bool Holds(string condition, string rows)
    {
        var timeline = new Timeline(s_programme.Register.SlotCount);
        Fill(timeline, s_programme.Register, rows);
        var question = new Question(timeline) { BirthDay = timeline.Slot(timeline.Count - 1, s_programme.Population.BirthDate!.Slot) };
        question.NextPerson();
        question.Move(101, new DateOnly(2025, 3, 1).DayNumber, new DateOnly(2025, 3, 31).DayNumber);
        return new Compiler().Compile(s_programme.Measures.Find("asks-" + condition)!.Numerator).Ask(question);
    }

    /// <summary>Rows as the document writes them: day, facility and columns, with semicolons between rows.</summary>
    private static void Fill(Timeline timeline, Register register, string rows)
    {
        var columns = register.Facts.SelectMany(f => f.Columns).ToList();
        var layout = new Layout(',', '.', DateOrder.Iso, [register.PersonColumn, register.FacilityColumn, register.DateColumn, .. columns]);
        var reader = RowReader.For(register, layout).Value;
        foreach (var (line, row) in rows.Split("; ").Index())
        {
            var words = row.Split(' ');
            var values = words.Skip(2).Select(w => w.Split('=', 2)).ToDictionary(w => w[0], w => w[1]);
            Assert.All(values.Keys, column => Assert.Contains(column, columns));
            var record = new CsvRecord((byte)',');
            record.Fill(Encoding.UTF8.GetBytes(string.Join(',', ["1", words[1], words[0], .. columns.Select(c => values.GetValueOrDefault(c, ""))])));
            var decoded = new DecodedRow(register);
            reader.Read(record, decoded);
            Assert.Empty(decoded.Problems);
            timeline.Add(new RowHead { Day = decoded.Day, Facility = int.Parse(words[1].AsSpan(1), CultureInfo.InvariantCulture), Line = line, Position = line }, decoded.Slots);
        }
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

    /// <summary>Where the first measure counts, whatever the stratum.</summary>
    private readonly record struct Asked(List<string> Places, int FirstCell, int EndCell) : ICountSink
    {
        public void Measure(int facility, int window, int cell)
        {
            var place = $"F{facility} {new Window(WindowKind.Month, window)}";
            if (cell >= FirstCell && cell < EndCell && !Places.Contains(place)) Places.Add(place);
        }

        public void Row(int facility, int window, int dayOfWindow, int daysOfWindow)
        {
        }

        public void Person(int facility, int window, bool queried, bool birthDateUnknown)
        {
        }
    }
}
