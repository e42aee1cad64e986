using Escala.Cascades.Sheets;
using FsCheck;
using FsCheck.Fluent;

namespace Escala.Chapters.Tests.Cascades;

/// <summary>A margin must not reveal a cell.</summary>
public sealed class SuppressionTests
{
    /// <summary>Groups of whom everybody passed.</summary>
    private static bool[] Hide(params int[] people) => Suppression.Hide([.. people.Select(n => new GroupCount(n, n))], 5);

    [Fact]
    public void A_small_group_takes_the_next_smallest_with_it() => Assert.Equal([true, false, true], Hide(3, 60, 40));

    [Fact]
    public void Nothing_is_hidden_when_no_group_is_small() => Assert.Equal([false, false, false], Hide(0, 5, 40));

    [Fact]
    public void Two_small_groups_of_fewer_than_five_together_take_a_third() => Assert.Equal([true, true, true], Hide(1, 2, 40));

    [Fact]
    public void When_all_people_are_few_the_empty_groups_are_hidden_too() => Assert.Equal([true, true, true], Hide(0, 3, 0));

    [Fact]
    public void A_group_of_whom_few_passed_is_hidden_like_a_small_one() =>
        Assert.Equal([true, false, true], Suppression.Hide([new(40, 3), new(60, 30), new(50, 20)], 5));

    [Fact]
    public void What_need_not_be_hidden_beside_a_better_choice_is_shown()
    {
        // The three and the none who passed would be three again: the group of 50 hides them alone, and that of 12 may be seen.
        Assert.Equal([true, false, true, false], Suppression.Hide([new(10, 3), new(12, 0), new(50, 20), new(60, 30)], 5));
    }

    [Fact]
    public void Whatever_the_counts_the_hidden_groups_together_are_at_least_two_and_not_small() =>
        Prop.ForAll((from asked in Gen.Choose(0, 12) from passed in Gen.Choose(0, asked) select new GroupCount(asked, passed)).ListOf(6).ToArbitrary(), groups =>
        {
            var hidden = Suppression.Hide([.. groups], 5);
            var together = groups.Where((_, i) => hidden[i]).ToList();
            return groups.Select((g, i) => !g.IsSmall(5) || hidden[i]).All(x => x)
                && (together.Count == 0 || together.Count == groups.Count || (together.Count(g => g.Asked > 0) >= 2 && !Suppression.Sum(together).IsSmall(5)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void One_person_without_a_recorded_sex_leaves_the_hidden_groups_readable_together()
    {
        var march = SheetFixture.March;
        var reader = new SheetFixture().Set("F101", march, "screened", 1, 4, 60, 50).Set("F101", march, "screened", 2, 4, 40, 30).Set("F101", march, "screened", 0, 4, 1, 1).Reader;
        var split = StrataSplit.BySex(reader, reader.Sheet("F101", march, new()).Value);
        Assert.Equal([true, false, true], split.Figures.Select(g => g[0].Status == FigureStatus.Suppressed));
        Assert.Equal((31, 41), (split.Together[0]!.Numerator!.Value, split.Together[0]!.Denominator!.Value));
        Assert.Null(split.Together[1]);
    }

    [Fact]
    public void A_district_less_its_other_facilities_does_not_reveal_the_hidden_group_of_one()
    {
        var march = SheetFixture.March;
        var fixture = new SheetFixture()
            .Set("F101", march, "screened", 1, 4, 40, 30).Set("F101", march, "screened", 2, 4, 3, 1)
            .Set("F102", march, "screened", 1, 4, 50, 30).Set("F102", march, "screened", 2, 4, 20, 10)
            .Set("F103", march, "screened", 1, 4, 50, 30).Set("F103", march, "screened", 2, 4, 20, 10);
        var reader = fixture.Reader;
        FigureStatus[] Screened(string place) =>
            [.. StrataSplit.BySex(reader, reader.Sheet(place, march, new()).Value).Figures.Select(g => g[0].Status)];
        Assert.Equal([FigureStatus.NoDenominator, FigureStatus.Suppressed, FigureStatus.Suppressed], Screened("F101"));
        Assert.Equal([FigureStatus.NoDenominator, FigureStatus.Ok, FigureStatus.Ok], Screened("F102"));
        Assert.Equal([FigureStatus.NoDenominator, FigureStatus.Suppressed, FigureStatus.Suppressed], Screened("D1"));
    }

    [Fact]
    public void A_step_does_not_show_what_the_step_before_hides()
    {
        // Those asked at the second step are those who passed the first: three men there are three men here.
        var march = SheetFixture.March;
        var reader = new SheetFixture()
            .Set("F101", march, "screened", 1, 4, 60, 40).Set("F101", march, "screened", 2, 4, 30, 3).Set("F101", march, "screened", 0, 4, 50, 20)
            .Set("F101", march, "raised-or-known", 1, 4, 40, 10).Set("F101", march, "raised-or-known", 2, 4, 3, 1).Set("F101", march, "raised-or-known", 0, 4, 20, 9).Reader;
        var split = StrataSplit.BySex(reader, reader.Sheet("F101", march, new()).Value);
        Assert.Equal([true, false, true], split.Figures.Select(g => g[1].Status == FigureStatus.Suppressed));
        Assert.Equal([true, false, true], split.Figures.Select(g => g[0].Status == FigureStatus.Suppressed));
    }

    [Fact]
    public void A_hidden_figure_carries_no_number()
    {
        var march = SheetFixture.March;
        var reader = new SheetFixture().Set("F101", march, "screened", 1, 4, 40, 30).Set("F101", march, "screened", 2, 7, 3, 1).Reader;
        var split = StrataSplit.ByAgeBand(reader, reader.Sheet("F101", march, new()).Value);
        Assert.DoesNotContain(1, split.Groups); // below 18: empty by definition
        Assert.Equal((null, null, null), (split.Figures[^1][0].Numerator, split.Figures[^1][0].Denominator, split.Figures[^1][0].Proportion));
    }
}
