using System.Globalization;
using System.Text.Json;
using Escala.Chapters.Tests.Stores;

namespace Escala.Chapters.Tests.Statistics;

/// <summary>Each kind of difficult data at the command line: a code for the script and a sentence for the supervisor.</summary>
public sealed class DifficultDataCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("escala-difficult-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private const string Wedge = "cbind(y, n - y) ~ factor(period) + treat + (1 | cluster)";

    /// <summary>Twelve clusters that cross over one after another, four periods.</summary>
    private static IEnumerable<string> WedgeRows(Func<int, int, int> successes, Func<int, int, string>? last = null) =>
        from c in Enumerable.Range(0, 12)
        from t in Enumerable.Range(0, 4)
        select string.Create(CultureInfo.InvariantCulture, $"c{c:00},{t},{(t > c % 3 ? 1 : 0)},{successes(c, t)},40{last?.Invoke(c, t)}");

    private static int Varied(int c, int t) => 12 + (c * 7 + t * 5) % 11;

    private static int Often(int i, int part, int of) => i * 7919 % 101 * of < 101 * part ? 1 : 0;

    private string Data(string kind)
    {
        const string Cells = "cluster,period,treat,y,n";
        string Number(int i) => string.Create(CultureInfo.InvariantCulture, $"{3e7 + 1e6 * (i % 7)}");
        string[] lines = kind switch
        {
            "arms separated" => ["y,arm,age,site", .. Enumerable.Range(0, 120).Select(i => $"{i / 60},{i / 60},{30 + i % 7},s{i / 10}")],
            "rare feature separated" => ["y,arm,rare,site", .. Enumerable.Range(0, 180).Select(i => $"{(i % 17 == 0 ? 1 : Often(i, 2, 5))},{i % 2},{(i % 17 == 0 ? 1 : 0)},s{i / 15}")],
            "rare outcome" => ["y,arm,site", .. Enumerable.Range(0, 400).Select(i => $"{(i is 5 or 77 ? 1 : 0)},{i % 2},s{i / 20}")],
            "clusters alike" => [Cells, .. WedgeRows((_, t) => 10 + t)],
            "clusters of all and of none" => [Cells, .. WedgeRows((c, t) => c == 0 ? 0 : c == 1 ? 40 : Varied(c, t))],
            "combination empty" => ["y,n,arm,site", "6,20,a,s", "8,20,a,t", "9,20,b,s", "7,20,a,s"],
            "covariate in tens of millions" => [Cells + ",x", .. WedgeRows(Varied, (c, t) => "," + Number(c * 5 + t * 3))],
            "collinear" => [Cells + ",x,x2", .. WedgeRows(Varied, (c, t) => $",{(c * 5 + t * 3) % 7},{2 * ((c * 5 + t * 3) % 7) + 1}")],
            "missing" => ["y,age,bp,site", .. Enumerable.Range(0, 180).Select(i => $"{Often(i, 2, 5)},{(i % 20 == 0 ? "" : 30 + i % 40)},{(i % 15 == 7 ? "NA" : 100 + i % 90)},s{i / 15}")],
            "one observation a cluster" => ["y,x,g", .. Enumerable.Range(0, 60).Select(i => $"{Often(i, 2, 5)},{i % 6},g{i}")],
            "two clusters" => ["y,treat,g", .. Enumerable.Range(0, 160).Select(i => $"{Often(i, 2, 5)},{i % 2},g{i / 80}")],
            "one treated cluster" => ["y,n,arm,g", .. Enumerable.Range(0, 16).Select(i => $"{3 + i * 7 % 11},20,{(i / 2 == 3 ? 1 : 0)},g{i / 2}")],
            "outcome never" => [Cells, .. WedgeRows((_, _) => 0)],
            "clusters differ hugely" => ["y,x,g", .. from g in Enumerable.Range(0, 40) from v in Enumerable.Range(0, 6) select $"{((g * 13 % 40 + v) % 8 == 3 ? 1 - g / 20 : g / 20)},{v},g{g}"],
            _ => ["y,treat,g", .. Enumerable.Range(0, 60).Select(i => $"{Often(i, 2, 5)},{i % 2},only")],
        };
        var path = Path.Combine(_folder, "data.csv");
        File.WriteAllLines(path, lines);
        return path;
    }

    [Theory]
    [InlineData("arms separated", "y ~ arm + age + (1 | site)", "separation", "arm predicts which")]
    [InlineData("rare feature separated", "y ~ arm + rare + (1 | site)", "quasi-separation", "rare predicts which: its effect has no finite estimate")]
    [InlineData("rare feature separated", "y ~ arm + rare", "quasi-separation", "The other coefficients stay valid")]
    [InlineData("rare outcome", "y ~ arm + (1 | site)", "quasi-separation", "arm predicts which")]
    [InlineData("clusters alike", Wedge, "zero-variance", "No variation between groups of cluster was detected")]
    [InlineData("clusters of all and of none", Wedge, "laplace-replaced", "quadrature was used instead")]
    [InlineData("combination empty", "cbind(y, n - y) ~ arm * site", "empty-cell", "armb, sitet")]
    [InlineData("collinear", "cbind(y, n - y) ~ treat + x + x2 + (1 | cluster)", "collinear", "x2 can be computed from the columns before it")]
    [InlineData("missing", "y ~ age + bp + (1 | site)", "missing-values", "(age 9, bp 12); the analysis is of the 159 complete rows")]
    [InlineData("one observation a cluster", "y ~ x + (1 | g)", "one-observation-per-group", "not estimable")]
    [InlineData("two clusters", "y ~ treat + (1 | g)", "two-clusters", "rests on 2 groups")]
    [InlineData("one treated cluster", "cbind(y, n - y) ~ arm + (1 | g)", "one-treated-cluster", "Only one group of g, g3, has arm")]
    [InlineData("outcome never", Wedge, "constant-outcome", "at most 0.0019")]
    [InlineData("clusters differ hugely", "y ~ x + (1 | g)", "laplace-replaced", "quadrature was used instead")]
    public void Difficult_data_give_a_code_and_a_sentence(string kind, string formula, string code, string said)
    {
        using var fit = JsonDocument.Parse(EscalaProcess.Does("fit", "--data", Data(kind), "--formula", formula, "--json"));
        var warning = fit.RootElement.GetProperty("warnings").EnumerateArray().First(w => w.GetProperty("code").GetString() == code);
        Assert.Contains(said, warning.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_covariate_in_tens_of_millions_fits_without_a_word_and_keeps_its_digits()
    {
        var (data, formula) = (Data("covariate in tens of millions"), "cbind(y, n - y) ~ factor(period) + treat + x + (1 | cluster)");
        using var fit = JsonDocument.Parse(EscalaProcess.Does("fit", "--data", data, "--formula", formula, "--json"));
        Assert.True(fit.RootElement.GetProperty("converged").GetBoolean());
        Assert.DoesNotContain(fit.RootElement.GetProperty("warnings").EnumerateArray(), w => w.GetProperty("code").GetString() is not "few-clusters" and not "zero-variance");
        Assert.Matches("(?m)^x +-?[0-9][.][0-9]{3}e-[0-9]", EscalaProcess.Does("fit", "--data", data, "--formula", formula));
    }

    [Fact]
    public void One_cluster_is_refused_under_the_character_at_fault()
    {
        var (code, _, said) = EscalaProcess.Run(["fit", "--data", Data("one cluster"), "--formula", "y ~ treat + (1 | g)"]);
        Assert.Equal(2, code);
        Assert.Contains("a variance between groups needs several", said, StringComparison.Ordinal);
        Assert.EndsWith("\n    y ~ treat + (1 | g)\n                   ^\n", said.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }
}
