using Escala.Cascades.Sheets;
using FsCheck;
using FsCheck.Fluent;

namespace Escala.Chapters.Tests.Cascades;

/// <summary>A margin must not reveal a cell.</summary>
public sealed class SuppressionTests
{
    [Fact]
    public void A_small_group_takes_the_next_smallest_with_it() => Assert.Equal([true, false, true], Suppression.Hide([3, 60, 40], 5));

    [Fact]
    public void Nothing_is_hidden_when_no_group_is_small() => Assert.Equal([false, false, false], Suppression.Hide([0, 5, 40], 5));

    [Fact]
    public void Two_small_groups_of_fewer_than_five_together_take_a_third() => Assert.Equal([true, true, true], Suppression.Hide([1, 2, 40], 5));

    [Fact]
    public void When_all_people_are_few_the_empty_groups_are_hidden_too() => Assert.Equal([true, true, true], Suppression.Hide([0, 3, 0], 5));

    [Fact]
    public void Whatever_the_counts_the_hidden_groups_together_are_at_least_two_and_not_small() =>
        Prop.ForAll(Gen.Choose(0, 12).ListOf(6).ToArbitrary(), people =>
        {
            var hidden = Suppression.Hide(people, 5);
            var group = Enumerable.Range(0, people.Count).Where(i => hidden[i]).ToList();
            return people.Select((n, i) => n is 0 or >= 5 || hidden[i]).All(x => x)
                && (group.Count == 0 || group.Count == people.Count || (group.Count >= 2 && group.Sum(i => people[i]) >= 5));
        }).QuickCheckThrowOnFailure();

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
