using Escala.Cascades.Sheets;

namespace Escala.Chapters.Tests.Cascades;

public sealed class TargetTests
{
    private static StepTarget? Best(params (string Facility, int D, int X)[] facilities) =>
        StepTarget.BestQuarter(facilities.Select(f => (f.Facility, Figure.Of(f.X, f.D, false))), 5);

    [Fact]
    public void The_best_quarter_of_five_facilities_is_two_of_them_pooled()
    {
        var target = Best(("A", 10, 9), ("B", 40, 32), ("C", 20, 10), ("D", 20, 9), ("E", 20, 8))!;
        Assert.Equal(41.0 / 50, target.Proportion);
        Assert.Equal(["A", "B"], target.Facilities);
    }

    [Fact]
    public void Everybody_who_ties_with_the_last_of_the_quarter_is_in_it()
    {
        var target = Best(("C", 10, 8), ("B", 20, 16), ("A", 30, 15))!;
        Assert.Equal(0.8, target.Proportion);
        Assert.Equal(["B", "C"], target.Facilities);
    }

    [Fact]
    public void A_facility_with_fewer_than_five_people_does_not_set_the_target() => Assert.Equal(0.5, Best(("A", 4, 4), ("B", 20, 10))!.Proportion);

    [Fact]
    public void Without_a_facility_of_five_people_there_is_no_target() => Assert.Null(Best(("A", 4, 4), ("B", 0, 0)));

    [Fact]
    public void A_facility_whose_figure_is_inconsistent_does_not_set_the_target() => Assert.Equal(0.5, Best(("A", 10, 11), ("B", 20, 10))!.Proportion);
}
