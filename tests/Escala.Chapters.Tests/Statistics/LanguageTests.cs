using System.Text.Json;
using System.Text.RegularExpressions;
using Escala.Chapters.Tests.Stores;

namespace Escala.Chapters.Tests.Statistics;

/// <summary>
/// The statistical commands in the reader's language. No sentence is compared: Portuguese output has Portuguese words and decimal commas
/// where it was English with points, and a script reads the same JSON whatever the language of the machine.
/// </summary>
public sealed partial class LanguageTests : IDisposable
{
    private const string Model = "cbind(y, n - y) ~ factor(period) + treat + (1 | district)";

    private readonly string _folder = Directory.CreateTempSubdirectory("escala-languages-").FullName;

    public LanguageTests()
    {
        var rows = from district in Enumerable.Range(1, 6)
                   from period in Enumerable.Range(1, 4)
                   let treat = period > (district + 1) / 2 ? 1 : 0
                   select $"{district},{period},{treat},{30 + 5 * district % 11 + 3 * period + 6 * treat},140";
        File.WriteAllLines(Path.Combine(_folder, "wedge.csv"), ["district,period,treat,y,n", .. rows]);
        File.WriteAllLines(Path.Combine(_folder, "scale.csv"), ["site,unit,a,b,c", "A,u1,4,5,4", "A,u2,5,5,4", "A,u3,4,4,4", "B,u5,2,2,3", "B,u6,2,3,3", "B,u7,1,2,2"]);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [GeneratedRegex(@"(?<!-)\b(the|of|with|and|not|is|are|lower|upper|value|reason|standard|power|mean|yes|groups?|clusters?|units?)\b", RegexOptions.IgnoreCase)]
    private static partial Regex EnglishWord { get; }

    [GeneratedRegex(@"\d\.\d")]
    private static partial Regex DecimalPoint { get; }

    public static TheoryData<string> Commands =>
    [
        $"fit --data wedge.csv --formula '{Model}' --profile --phase 2 --standardise treat --influence district --effects --select n --against 'cbind(y, n - y) ~ factor(period) + (1 | district)' --small-sample 5",
        "fit --data wedge.csv --formula 'cbind(y, n - y) ~ factor(period) + treat' --method gee --cluster district",
        "power stepped-wedge --sequences 3 --clusters-per-sequence 2 --size 20 --baseline 0.3 --effect 0.5 --icc 0.05 --replicates 20",
        "power parallel --clusters-per-arm 8 --size 20 --baseline 10 --effect 12 --outcome gaussian --sd 4 --icc 0.05 --test t --replicates 0",
        "allocate --names Maputo,Gaza,Sofala,Tete --sequences 2 --seed 7",
        "design --sequences 3 --clusters-per-sequence 2",
        "test t --first 1,2,3,4 --second 2,4,4,7 --pairs",
        "test rank --first 1,2,3,4 --second 2,4,4,7",
        "test table --counts 1,2,3,2",
        "test mcnemar --counts 9,21",
        "test mantel-haenszel --strata '12,30,5,41;9,22,4,33'",
        "test trend --counts 11/60,18/61,25/58",
        "test proportion --count 33/140,58/142",
        "test quantile --values 1,2,3,9",
        "test change --mean 0.5 --se 0.5 --n 40 --min 1 --max 5",
        "test run-chart --values 1,2,3,4,5,6,7,8,9,10,11,12",
        "test xmr-chart --values 1,2,3,4,5,9",
        "test p-chart --counts 30/100,33/110 --laney",
        "test funnel --counts 30/100,83/110",
        "agree raters --data scale.csv --columns a,b,c",
        "agree table --counts '40,4;3,3'",
        "agree icc --data scale.csv --columns a,b",
        "agree within --data scale.csv --group site --items a,b,c",
        "agree alpha --data scale.csv --items a,b,c",
        "quality verify --counts 95/100,48/60,120/110",
        "quality lqas",
        "quality entry --count 9/2000",
        "quality audit-sample --data scale.csv --name-column unit --stratify site --seed 3",
        "quality corrected --unexposed 0.2 --exposed 0.3 --sensitivity 0.9 --specificity 0.95",
        "quality tipping-point --counts 33,107,58,84",
        $"quality probabilistic --data wedge.csv --outcome y --records n --exposure treat --formula '{Model}' --audit 95,5,97,3 --draws 5",
    ];

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_command_answers_in_Portuguese_with_decimal_commas(string command)
    {
        var (code, output, error) = Run(command, "--lang", "pt");
        Assert.True(code == 0, error);
        // What the user wrote stays, and a picture's coordinates are no figures.
        var words = command.StartsWith("design", StringComparison.Ordinal) ? string.Join('\n', SvgText.Matches(output).Select(m => m.Groups[1].Value)) : output;
        Assert.DoesNotMatch(EnglishWord, words);
        Assert.DoesNotMatch(DecimalPoint, words);
    }

    [GeneratedRegex("<text[^>]*>([^<]*)<")]
    private static partial Regex SvgText { get; }

    [Fact]
    public void The_monitor_s_sheet_is_told_in_Portuguese()
    {
        var (code, output, _) = Run("validate", "--lang", "pt");
        Assert.Equal(0, code);
        Assert.Contains("referência", output, StringComparison.Ordinal);
        Assert.DoesNotContain("allowed", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fit --data none.csv --formula 'y ~ x'")]
    [InlineData("fit --data wedge.csv --formula 'y ~ tret'")]
    [InlineData("fit --data wedge.csv --formula 'y ~ treat + (1 | district'")]
    [InlineData("fit --data wedge.csv --formula 'y ~ treat' --method gee")]
    [InlineData("power stepped-wedge --sequences 3 --size 10 --baseline 0.2 --effect 0.3 --icc 1.2")]
    [InlineData("power stepped-wedge --sequences 0 --size 10 --baseline 0.2 --effect 0.3 --icc 0.2")]
    [InlineData("allocate --names A,A --sequences 2 --seed 1")]
    [InlineData("design --layout 01,0x")]
    [InlineData("test proportion --count 5/3")]
    [InlineData("agree raters --data scale.csv --weights linear")]
    [InlineData("quality lqas --sample 5")]
    public void A_refusal_is_told_in_Portuguese(string command)
    {
        var (code, _, error) = Run(command, "--lang", "pt");
        Assert.Equal(2, code);
        var line = error.Split('\n')[0];
        Assert.StartsWith("escala: ", line, StringComparison.Ordinal);
        Assert.DoesNotMatch(EnglishWord, line.Replace("district", "", StringComparison.Ordinal));
        Assert.DoesNotContain("numerics.", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refusal_names_the_option_as_it_is_typed()
    {
        var (_, _, error) = Run("power stepped-wedge --sequences 3 --clusters-per-sequence 2 --size 10 --baseline 0.2 --effect 0.3 --icc 0.1 --cac 2", "--lang", "es");
        Assert.Contains("--cac", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_script_reads_the_same_JSON_on_any_machine_unless_it_asks_for_a_language()
    {
        var command = $"fit --data wedge.csv --formula '{Model}' --json";
        string[] messages = [Message("en", []), Message("pt", []), Message("en", ["--lang", "pt"])];
        Assert.Equal(messages[0], messages[1]);
        Assert.NotEqual(messages[0], messages[2]);

        string Message(string machine, string[] asked)
        {
            using var document = JsonDocument.Parse(EscalaProcess.Run(Arguments(command).Concat(asked), ("ESCALA_LANG", machine)).Output);
            Assert.Equal(-65.8437, document.RootElement.GetProperty("logLik").GetDouble(), 1e-4);
            var warning = document.RootElement.GetProperty("warnings")[0];
            Assert.Equal("few-clusters", warning.GetProperty("code").GetString());
            Assert.Equal(2, warning.EnumerateObject().Count());
            return warning.GetProperty("message").GetString()!;
        }
    }

    private (int Code, string Output, string Error) Run(string command, params string[] asked) => EscalaProcess.Run(Arguments(command).Concat(asked));

    private IEnumerable<string> Arguments(string command) =>
        Argument.Matches(command).Select(m => m.Groups[1].Success ? m.Groups[1].Value : m.Value).Select(a => a.EndsWith(".csv", StringComparison.Ordinal) ? Path.Combine(_folder, a) : a);

    [GeneratedRegex("'([^']*)'|[^ ]+")]
    private static partial Regex Argument { get; }
}
