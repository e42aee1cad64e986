using System.Text.Json;
using Escala.Numerics.Comparison;

namespace Escala.Numerics.Tests.Comparison;

/// <summary>Every test of two groups against base R (tests/reference/comparison/comparison.R).</summary>
public sealed class ComparisonReferenceTests
{
    private static readonly JsonElement s_r = JsonDocument.Parse(File.ReadAllText(Reference.Path("comparison", "comparison.json"))).RootElement;

    private static double[] Values(JsonElement list) => [.. list.EnumerateArray().Select(v => v.ValueKind == JsonValueKind.Null ? double.NaN : v.GetDouble())];

    private static double Number(JsonElement from, string name) => from.GetProperty(name) is { ValueKind: JsonValueKind.Number } n ? n.GetDouble() : double.NaN;

    private static void Near(double expected, double actual, double relative = 1e-10) => Assert.Equal(expected, actual, Math.Max(1e-300, Math.Abs(expected) * relative));

    private static readonly double[] s_pre = Values(s_r.GetProperty("pre")), s_post = Values(s_r.GetProperty("post"));

    private static double[] Change(string group) =>
        [.. s_pre.Zip(s_post, (a, b) => b - a).Where((_, i) => s_r.GetProperty("group")[i].GetString() == group)];

    public static TheoryData<string> StudentTests => ["paired", "welch", "pooled", "welch90"];

    [Theory, MemberData(nameof(StudentTests))]
    public void Student_tests(string name)
    {
        var expected = s_r.GetProperty("tests").GetProperty(name);
        var actual = name switch
        {
            "paired" => StudentTest.Paired(s_pre, s_post),
            "pooled" => StudentTest.Pooled(Change("A"), Change("B")),
            "welch90" => StudentTest.Welch(Change("A"), Change("B"), 0.9),
            _ => StudentTest.Welch(Change("A"), Change("B")),
        };
        Near(Number(expected, "estimate"), actual.Estimate);
        Near(Number(expected, "se"), actual.StandardError);
        Near(Number(expected, "statistic"), actual.Statistic);
        Near(Number(expected, "df"), actual.Df);
        Near(Number(expected, "p"), actual.PValue);
        Near(Number(expected, "lower"), actual.Lower);
        Near(Number(expected, "upper"), actual.Upper);
        Assert.Equal(2, actual.Missing);
    }

    [Fact]
    public void Rank_tests()
    {
        var expected = s_r.GetProperty("ranks");
        double[] tied = Values(s_r.GetProperty("tied")), tied2 = Values(s_r.GetProperty("tied2"));
        double[] u1 = Values(s_r.GetProperty("u1")), u2 = Values(s_r.GetProperty("u2"));
        void Same(string name, HypothesisTest actual)
        {
            Near(Number(expected.GetProperty(name), "p"), actual.PValue);
            if (expected.GetProperty(name).TryGetProperty("statistic", out var statistic))
            {
                Near(statistic.GetDouble(), actual.Statistic);
            }
        }
        Same("signed_normal", RankTest.SignedRank(s_pre, s_post));
        Same("mw_normal", RankTest.MannWhitney(Change("A"), Change("B"), RankReference.Normal));
        Same("mw_exact", RankTest.MannWhitney(u1, u2));
        Same("signed_exact", RankTest.SignedRank(u2, [.. u1.Take(6)]));
        Same("mw_exact_ties", RankTest.MannWhitney(tied, tied2, RankReference.Exact));
        Same("signed_exact_ties", RankTest.SignedRank([.. tied.Take(10)], tied2, RankReference.Exact));
    }

    [Fact]
    public void Two_by_two_tables()
    {
        foreach (var expected in s_r.GetProperty("tables").EnumerateArray())
        {
            long[] n = [.. expected.GetProperty("cells").EnumerateArray().Select(v => (long)v.GetDouble())];
            var table = new TwoByTwoTable(n[0], n[1], n[2], n[3]);
            Near(Number(expected, "x2"), table.ChiSquare().Statistic, 1e-9);
            Near(Number(expected, "p"), table.ChiSquare().PValue, 1e-9);
            Near(Number(expected, "p_yates"), table.ChiSquare(YatesCorrection.Applied).PValue, 1e-9);
            var fisher = table.Fisher();
            Near(Number(expected, "fisher"), fisher.PValue, 1e-8);
            // R finds the conditional estimate and its limits to about 1e-4 relative only.
            Loose("or", fisher.OddsRatio.Value);
            Loose("lower", fisher.OddsRatio.Lower);
            Loose("upper", fisher.OddsRatio.Upper);

            // JSON has no infinity: R wrote null.
            void Loose(string name, double actual) => Assert.True(Number(expected, name) is var number && double.IsNaN(number)
                ? double.IsPositiveInfinity(actual)
                : Math.Abs(number - actual) < 1e-3 * Math.Max(1, number), $"{name} {actual} for {number}");
        }
    }

    [Fact]
    public void Tables_of_other_shapes_strata_and_trends()
    {
        var chi = ContingencyTable.ChiSquare(new double[,] { { 12, 7, 3 }, { 20, 18, 9 } });
        Near(Number(s_r.GetProperty("chisq_2x3"), "x2"), chi.Statistic);
        Near(Number(s_r.GetProperty("chisq_2x3"), "p"), chi.PValue);
        var expected = s_r.GetProperty("mantel_haenszel");
        TwoByTwoTable[] strata = [.. expected.GetProperty("strata").EnumerateArray().Select(s => Values(s)).Select(v => new TwoByTwoTable((long)v[0], (long)v[1], (long)v[2], (long)v[3]))];
        var result = MantelHaenszel.Test(strata);
        Near(Number(expected, "x2"), result.Test.Statistic);
        Near(Number(expected, "p"), result.Test.PValue);
        Near(Number(expected, "p_corrected"), MantelHaenszel.Test(strata, YatesCorrection.Applied).Test.PValue);
        Near(Number(expected, "or"), result.OddsRatio.Value);
        Near(Number(expected, "lower"), result.OddsRatio.Lower);
        Near(Number(expected, "upper"), result.OddsRatio.Upper);
        var trend = TrendTest.CochranArmitage([9, 14, 27, 31], [55, 60, 62, 57]);
        Near(Number(s_r.GetProperty("trend"), "x2"), trend.Statistic);
        Near(Number(s_r.GetProperty("trend"), "p"), trend.PValue);
        Near(Number(s_r.GetProperty("trend"), "p_scores"), TrendTest.CochranArmitage([9, 14, 27, 31], [55, 60, 62, 57], [0, 1, 2, 5]).PValue);
    }

    [Fact]
    public void Quantiles_of_all_nine_types()
    {
        var expected = s_r.GetProperty("quantiles");
        double[] values = Values(expected.GetProperty("values")), probabilities = Values(expected.GetProperty("probabilities"));
        for (int type = 1; type <= 9; type++)
        {
            double[] row = Values(expected.GetProperty("by_type")[type - 1]);
            for (int k = 0; k < row.Length; k++)
            {
                Assert.True(Math.Abs(row[k] - Quantile.Of(values, probabilities[k], type)) < 1e-12, $"type {type} at {probabilities[k]}");
            }
        }
    }

    [Fact]
    public void Tails_keep_their_relative_accuracy_far_out()
    {
        var tails = s_r.GetProperty("tails");
        void Each(string name, Func<JsonElement, int, double> actual, string answer = "p")
        {
            double[] expected = Values(tails.GetProperty(name).GetProperty(answer));
            for (int k = 0; k < expected.Length; k++)
            {
                double value = actual(tails.GetProperty(name), k);
                Assert.True(Math.Abs((value / expected[k]) - 1) < 5e-9, $"{name} {k}: {value} for {expected[k]}");
            }
        }
        static double At(JsonElement e, string name, int k) => e.GetProperty(name)[k].GetDouble();
        Each("normal", (e, k) => Tail.NormalTwoSided(At(e, "x", k)));
        Each("t", (e, k) => Tail.StudentTwoSided(At(e, "x", k), At(e, "df", k)));
        Each("chisq", (e, k) => Tail.ChiSquareUpper(At(e, "x", k), At(e, "df", k)));
        Each("f", (e, k) => Tail.FisherUpper(At(e, "x", k), At(e, "df1", k), At(e, "df2", k)));
        Each("qt", (e, k) => Tail.StudentQuantile(At(e, "p", k), At(e, "df", k)), "x");
        Each("qbeta", (e, k) => Tail.BetaQuantile(At(e, "a", k), At(e, "b", k), At(e, "p", k)), "x");
    }
}
