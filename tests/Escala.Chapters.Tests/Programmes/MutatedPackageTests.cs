using System.Globalization;
using System.Text;
using Escala.Platform.Texts;
using Escala.Programmes;
using Escala.Programmes.Packages;
using FsCheck;
using FsCheck.Fluent;

namespace Escala.Chapters.Tests.Programmes;

/// <summary>Whatever is typed into a package, the reader answers with a programme or with problems that name their place.</summary>
public sealed class MutatedPackageTests
{
    private static readonly IReadOnlyDictionary<string, byte[]> s_shipped = PackageFiles.In(Repository.PathTo("programmes", "saia-htn")).Value.Bytes;
    private static readonly ProblemTexts s_texts = ProblemTexts.From(typeof(Programme).Assembly);

    private static readonly string[] s_scraps =
    [
        "{", "}", "[", "]", ":", ": ", "- ", ",", "\"", "'", "#", "&a ", "*a", "!x ", "|", ">", "%", "@", "?", "~", "\t", "\n", "\n\n", "  ", "---\n", "...\n", "\0",
        "\uFEFF", "é", "0", "-1", "1e9", "99999999999999999999", "0.5", "true", "null", "2025-13-40", ">= 140", "all", "not", "visit", "seen", "window", ";",
    ];

    private sealed record Change(string File, int At, int Length, string Scrap)
    {
        public string Apply(string text)
        {
            var at = At % (text.Length + 1);
            return text.Remove(at, Math.Min(Length, text.Length - at)).Insert(at, Scrap);
        }
    }

    [Fact, Trait("Speed", "Slow")]
    public void A_mutated_package_is_a_programme_or_located_problems()
    {
        var words = s_shipped.Values.SelectMany(b => Encoding.UTF8.GetString(b).Split([' ', '\n', ',', '{', '}', '[', ']'], StringSplitOptions.RemoveEmptyEntries))
            .Distinct().ToArray();
        var scrap = Gen.OneOf(Gen.Constant(""), Gen.Elements(s_scraps), Gen.Elements(words), Gen.Elements(words).Select(w => w + ": "));
        var length = Gen.OneOf(Gen.Constant(0), Gen.Constant(1), Gen.Choose(1, 12), Gen.Choose(1, 400));
        var change =
            from file in Gen.Elements(s_shipped.Keys.Order().ToArray())
            from at in Gen.Choose(0, 20_000)
            from cut in length
            from put in scrap
            select new Change(file, at, cut, put);
        var changes = from count in Gen.Choose(1, 3) from list in change.ArrayOf(count) select list;
        var times = Environment.GetEnvironmentVariable("ESCALA_TEST_LONG") is null ? 2_000 : 50_000;
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(times), Prop.ForAll(changes.ToArbitrary(), AnswersWithPlaces));
    }

    [Fact]
    public void Random_bytes_are_refused_with_a_place()
    {
        var bytes = from file in Gen.Elements(s_shipped.Keys.Order().ToArray()) from noise in Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf() select (file, noise);
        Check.QuickThrowOnFailure(Prop.ForAll(bytes.ToArbitrary(), m => AnswersWithPlaces(new Dictionary<string, byte[]>(s_shipped) { [m.file] = m.noise })));
    }

    private static void AnswersWithPlaces(Change[] changes)
    {
        var files = new Dictionary<string, byte[]>(s_shipped);
        foreach (var change in changes) files[change.File] = Encoding.UTF8.GetBytes(change.Apply(Encoding.UTF8.GetString(files[change.File])));
        AnswersWithPlaces(files);
    }

    private static void AnswersWithPlaces(Dictionary<string, byte[]> files)
    {
        var result = PackageReader.Read(files);
        if (result.TryGet(out var programme))
        {
            Assert.Equal(programme.Register.Facts.Sum(f => f.SlotCount), programme.Register.Facts.Max(f => f.Slot + f.SlotCount));
            Assert.All(programme.Cascade.Steps, s => Assert.Same(s.Measure, programme.Measures.Find(s.Measure.Id)));
            return;
        }

        Assert.All(result.Problems, problem =>
        {
            var lines = Encoding.UTF8.GetString(files[problem.Details["file"]]).Count(c => c is '\n' or '\r' or '\u0085' or '\u2028' or '\u2029') + 1;
            Assert.InRange(int.Parse(problem.Details["line"], CultureInfo.InvariantCulture), 1, lines + 1);
            Assert.True(problem.Details.ContainsKey("column") && problem.Details.ContainsKey("name"));
            Assert.True(s_texts.Knows(problem.Code));
        });
    }
}
