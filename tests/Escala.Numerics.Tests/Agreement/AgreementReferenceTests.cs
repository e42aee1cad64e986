using System.Text.Json;
using Escala.Numerics.Agreement;

namespace Escala.Numerics.Tests.Agreement;

/// <summary>Reliability and aggregation against psych and multilevel (tests/reference/agreement/agreement.R).</summary>
public sealed class AgreementReferenceTests
{
    private static readonly JsonElement s_r = JsonDocument.Parse(File.ReadAllText(Reference.Path("agreement", "agreement.json"))).RootElement;

    private static double[] Values(JsonElement list) => [.. list.EnumerateArray().Select(v => v.ValueKind == JsonValueKind.Number ? v.GetDouble() : double.NaN)];

    private static double[,] Matrix(string name)
    {
        double[][] rows = [.. s_r.GetProperty(name).EnumerateArray().Select(Values)];
        double[,] matrix = new double[rows.Length, rows[0].Length];
        for (int i = 0; i < rows.Length; i++)
        {
            for (int j = 0; j < rows[0].Length; j++)
            {
                matrix[i, j] = rows[i][j];
            }
        }
        return matrix;
    }

    private static List<double[,]> Groups(double[,] answers)
    {
        int[] group = [.. Values(s_r.GetProperty("group")).Select(g => (int)g)];
        return
        [
            .. group.Distinct().Select(g =>
            {
                int[] rows = [.. Enumerable.Range(0, group.Length).Where(i => group[i] == g)];
                double[,] own = new double[rows.Length, answers.GetLength(1)];
                for (int i = 0; i < rows.Length; i++)
                {
                    for (int j = 0; j < answers.GetLength(1); j++)
                    {
                        own[i, j] = answers[rows[i], j];
                    }
                }
                return own;
            }),
        ];
    }

    private static double[,] FirstItem(double[,] answers)
    {
        double[,] item = new double[answers.GetLength(0), 1];
        for (int i = 0; i < answers.GetLength(0); i++)
        {
            item[i, 0] = answers[i, 0];
        }
        return item;
    }

    private static void Same(double[] expected, IEnumerable<double> actual) => Assert.All(expected.Zip(actual), p => Assert.Equal(p.First, p.Second, 1e-10));

    [Fact]
    public void Six_intraclass_correlations_with_tests_and_intervals()
    {
        var expected = s_r.GetProperty("icc");
        var actual = IntraclassCorrelation.Of(Matrix("ratings")).Estimates;
        Same(Values(expected.GetProperty("icc")), actual.Select(e => e.Value));
        Same(Values(expected.GetProperty("f")), actual.Select(e => e.F));
        Same(Values(expected.GetProperty("df2")), actual.Select(e => e.Df2));
        Same(Values(expected.GetProperty("p")), actual.Select(e => e.PValue));
        Same(Values(expected.GetProperty("lower")), actual.Select(e => e.Lower));
        Same(Values(expected.GetProperty("upper")), actual.Select(e => e.Upper));
    }

    [Fact]
    public void A_unit_with_a_missing_rating_is_left_out_and_counted() =>
        Assert.Equal((27, 3), (IntraclassCorrelation.Of(Matrix("ratings_missing")).Units, IntraclassCorrelation.Of(Matrix("ratings_missing")).Incomplete));

    [Theory]
    [InlineData("kappa", AgreementWeights.Identity)]
    [InlineData("kappa_linear", AgreementWeights.Linear)]
    [InlineData("kappa_quadratic", AgreementWeights.Quadratic)]
    public void Kappa_of_every_weighting_with_its_error(string name, AgreementWeights weights)
    {
        double[,] counts = Matrix("table");
        long[,] whole = new long[6, 6];
        for (int i = 0; i < 36; i++)
        {
            whole[i / 6, i % 6] = (long)counts[i / 6, i % 6];
        }
        var kappa = CohenKappa.Of(RatingTable.FromCrossTable(whole), weights);
        Assert.Equal(s_r.GetProperty(name).GetProperty("kappa").GetDouble(), kappa.Value, 1e-10);
        Assert.Equal(s_r.GetProperty(name).GetProperty("se").GetDouble(), kappa.StandardError, 1e-7);
    }

    [Fact]
    public void Agreement_within_groups()
    {
        double[,] answers = Matrix("answers");
        WithinGroupAgreement[] groups = [.. Groups(answers).Select(WithinGroupAgreement.Of)];
        Same(Values(s_r.GetProperty("rwgj")), groups.Select(g => g.Rwg(NullDistribution.Uniform(5))));
        Same(Values(s_r.GetProperty("rwgj_slight")), groups.Select(g => g.Rwg(NullDistribution.SlightlySkewed5)));
        Same(Values(s_r.GetProperty("rwg1")), Groups(FirstItem(answers)).Select(g => WithinGroupAgreement.Of(g).Rwg(NullDistribution.Uniform(5))));
        Same(Values(s_r.GetProperty("ad_mean")), groups.Select(g => g.DeviationFromMean));
        Same(Values(s_r.GetProperty("ad_median")), groups.Select(g => g.DeviationFromMedian));
    }

    [Fact]
    public void Reliability_of_persons_and_group_means()
    {
        double[,] answers = Matrix("answers");
        var reliability = GroupReliability.Of(Groups(answers).Select(g => (IReadOnlyList<double>)[.. Enumerable.Range(0, g.GetLength(0))
            .Select(i => Enumerable.Range(0, g.GetLength(1)).Average(j => g[i, j]))]));
        Assert.Equal(s_r.GetProperty("icc1").GetDouble(), reliability.Icc1, 1e-10);
        Assert.Equal(s_r.GetProperty("icc2").GetDouble(), reliability.Icc2, 1e-10);
        Assert.Equal(s_r.GetProperty("msb").GetDouble(), reliability.MeanSquareBetween, 1e-10);
        Assert.Equal(s_r.GetProperty("p").GetDouble(), reliability.Test.PValue, 1e-12);
    }

    [Fact]
    public void Alpha_with_and_without_missing_answers()
    {
        var expected = s_r.GetProperty("alpha");
        var alpha = CronbachAlpha.Of(Matrix("answers"));
        Assert.Equal(expected.GetProperty("raw").GetDouble(), alpha.Raw, 1e-10);
        Assert.Equal(expected.GetProperty("std").GetDouble(), alpha.Standardised, 1e-10);
        Assert.Equal(expected.GetProperty("r").GetDouble(), alpha.MeanCorrelation, 1e-10);
        Same(Values(expected.GetProperty("dropped")), alpha.WithoutItem);
        Same(Values(expected.GetProperty("feldt")), [alpha.Lower, alpha.Upper]);
        var missing = CronbachAlpha.Of(Matrix("answers_missing"));
        Assert.Equal(s_r.GetProperty("alpha_missing").GetProperty("raw").GetDouble(), missing.Raw, 1e-10);
        Same(Values(s_r.GetProperty("alpha_missing").GetProperty("dropped")), missing.WithoutItem);
    }
}
