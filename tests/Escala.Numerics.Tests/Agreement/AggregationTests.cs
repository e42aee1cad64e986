using Escala.Numerics.Agreement;

namespace Escala.Numerics.Tests.Agreement;

/// <summary>The worked fixture of three facilities, six respondents and four commitment items.</summary>
public sealed class AggregationTests
{
    private static readonly string[][] s_facilities =
    [
        ["4454", "4444", "5454", "4344", "5554", "4443"],
        ["3323", "2332", "3334", "2233", "4333", "3223"],
        ["1212", "5545", "3333", "5455", "2121", "4434"],
    ];

    private static double[,] Answers(IEnumerable<string> rows)
    {
        string[] all = [.. rows];
        double[,] answers = new double[all.Length, 4];
        for (int i = 0; i < 4 * all.Length; i++)
        {
            answers[i / 4, i % 4] = all[i / 4][i % 4] - '0';
        }
        return answers;
    }

    private static GroupReliability Reliability(IEnumerable<IEnumerable<string>> facilities, GroupSize size = GroupSize.Mean) =>
        GroupReliability.Of(facilities.Select(f => (IReadOnlyList<double>)[.. f.Select(row => row.Average(c => c - '0'))]), size);

    [Theory]
    [InlineData(0, .9604, .9372, .8970, .6886, .3889, .3333)]
    [InlineData(1, .9455, .9115, .8485, .4094, .4444, .3750)]
    [InlineData(2, 0, 0, 0, 0, 1.2083, 1.2083)]
    public void Agreement_of_each_facility(int facility, double uniform, double slight, double moderate, double heavy, double fromMean, double fromMedian)
    {
        var group = WithinGroupAgreement.Of(Answers(s_facilities[facility]));
        Assert.Equal(uniform, group.Rwg(NullDistribution.Uniform(5)), 4);
        Assert.Equal(slight, group.Rwg(NullDistribution.SlightlySkewed5), 4);
        Assert.Equal(moderate, group.Rwg(NullDistribution.ModeratelySkewed5), 4);
        Assert.Equal(heavy, group.Rwg(NullDistribution.HeavilySkewed5), 4);
        Assert.Equal(fromMean, group.DeviationFromMean, 4);
        Assert.Equal(fromMedian, group.DeviationFromMedian, 4);
    }

    [Fact]
    public void Reliability_of_the_set()
    {
        var set = Reliability(s_facilities);
        Assert.Equal(2.9826, set.MeanSquareBetween, 4);
        Assert.Equal(0.8292, set.MeanSquareWithin, 4);
        Assert.Equal(3.597, set.Test.Statistic, 3);
        Assert.Equal(0.053, set.Test.PValue, 3);
        Assert.Equal(0.3021, set.Icc1, 4);
        Assert.Equal(0.7220, set.Icc2, 4);
        Assert.Equal(0.9409, CronbachAlpha.Of(Answers(s_facilities.SelectMany(f => f))).Raw, 4);
    }

    [Fact]
    public void Unequal_groups_by_either_size()
    {
        IEnumerable<string>[] fewer = [s_facilities[0].Take(5), s_facilities[1], s_facilities[2].Take(5)];
        Assert.Equal(0.3113, Reliability(fewer).Icc1, 4);
        Assert.Equal(0.3121, Reliability(fewer, GroupSize.Adjusted).Icc1, 4);
        Assert.Equal(5.3125, Reliability(fewer, GroupSize.Adjusted).Size, 4);
        Assert.Equal(0.7068, Reliability(fewer).Icc2, 4);
    }

    [Theory]
    [InlineData(5, 2.00)]
    [InlineData(4, 1.25)]
    [InlineData(7, 4.00)]
    public void Uniform_variance(int options, double variance) => Assert.Equal(variance, NullDistribution.Uniform(options).Variance, 12);

    [Fact]
    public void Skewed_variances() => Assert.Equal([1.34, 0.90, 0.44],
        new[] { NullDistribution.SlightlySkewed5, NullDistribution.ModeratelySkewed5, NullDistribution.HeavilySkewed5 }.Select(d => Math.Round(d.Variance, 10)));

    [Fact]
    public void Edges_say_what_is_wrong()
    {
        Assert.Contains("two persons", WithinGroupAgreement.Of(Answers(["4444"])).Reason);
        Assert.True(double.IsNaN(WithinGroupAgreement.Of(Answers(["4444"])).Rwg(NullDistribution.Uniform(5))));
        Assert.Contains("unstable", WithinGroupAgreement.Of(Answers(["4444", "4544"])).Reason);
        Assert.Equal(1, WithinGroupAgreement.Of(Answers(["4444", "4444", "4444", "4444"])).Rwg(NullDistribution.Uniform(5)));
        Assert.Contains("one group", Reliability([s_facilities[0]]).Reason);
        Assert.Equal(1, Reliability([["1111", "1111"], ["2222", "2222"]]).Icc1);
        Assert.Contains("same", Reliability([["2222", "2222"], ["2222", "2222"]]).Reason);
        Assert.Contains("Item 2", CronbachAlpha.Of(Answers(["1311", "2322", "3334"])).Reason);
    }
}
