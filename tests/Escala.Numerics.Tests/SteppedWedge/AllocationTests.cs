using System.Numerics;
using System.Xml.Linq;
using Escala.Numerics.SteppedWedge;

namespace Escala.Numerics.Tests.SteppedWedge;

public sealed class AllocationTests
{
    private static AllocationPlan Plan(int clusters, int[] sizes, Func<int, string>? stratum = null, Func<int, double>? covariate = null, double share = 1) => new()
    {
        Clusters = [.. Enumerable.Range(0, clusters).Select(i => new AllocationCluster($"D{i + 1}", stratum?.Invoke(i) ?? "", covariate is null ? [] : [covariate(i)]))],
        SequenceSizes = sizes,
        AdmissibleShare = share,
    };

    [Fact]
    public void Six_districts_in_three_waves_of_two_have_ninety_allocations()
    {
        var allocation = Plan(6, [2, 2, 2]).Draw(2024);
        Assert.Equal(90, allocation.Admissible);
        Assert.All(allocation.SequenceOf.CountBy(s => s), s => Assert.Equal(2, s.Value));
        Assert.Equal(allocation.SequenceOf, Plan(6, [2, 2, 2]).Draw(2024).SequenceOf);
    }

    [Fact]
    public void A_stratum_is_spread_over_the_waves()
    {
        // Three districts of each province: one of each in every wave, 3! × 3! ways.
        var plan = Plan(6, [2, 2, 2], i => i < 3 ? "Manica" : "Sofala");
        for (ulong seed = 0; seed < 50; seed++)
        {
            var allocation = plan.Draw(seed);
            Assert.Equal(36, allocation.Admissible);
            Assert.Equal([0, 1, 2], allocation.SequenceOf.Take(3).Order());
        }
    }

    [Fact]
    public void An_uneven_stratum_differs_by_at_most_one_between_waves()
    {
        var plan = Plan(8, [4, 4], i => i < 3 ? "a" : "b");
        for (ulong seed = 0; seed < 50; seed++)
        {
            Assert.InRange(plan.Draw(seed).SequenceOf.Take(3).Count(s => s == 0), 1, 2);
        }
        Assert.Equal(2 * 3 * 10, plan.Draw(1).Admissible);
    }

    [Fact]
    public void The_number_of_allocations_of_many_clusters_is_exact() =>
        Assert.Equal(BigInteger.Parse("137225088000"), Plan(18, [3, 3, 3, 3, 3, 3]).Draw(1).Possible);

    [Fact]
    public void Each_allocation_is_equally_likely()
    {
        var plan = Plan(4, [2, 2]);
        var counts = Enumerable.Range(0, 6000).CountBy(seed => string.Concat(plan.Draw((ulong)seed).SequenceOf)).ToDictionary();
        Assert.Equal(6, counts.Count);
        Assert.Equal(0, counts.Values.Sum(n => Math.Pow(n - 1000, 2) / 1000), 20.5); // chi-square on 5 df, 1 in 1,000
    }

    [Fact]
    public void Constrained_allocation_balances_the_covariate_and_counts_what_it_left()
    {
        var allocation = Plan(6, [2, 2, 2], covariate: i => i, share: 0.2).Draw(5);
        Assert.Equal(90, allocation.Possible);
        Assert.InRange((int)allocation.Admissible, 18, 30);
        Assert.True(allocation.Imbalance <= allocation.ImbalanceLimit + 1e-9);
    }

    [Fact]
    public void A_constraint_that_leaves_nothing_to_chance_shows_its_pairs()
    {
        var allocation = Plan(6, [2, 2, 2], covariate: i => i, share: 0.01).Draw(5);
        Assert.Equal(6, allocation.Admissible); // 0+5, 1+4, 2+3 in any order
        Assert.Equal((3, 12), allocation.Pairs);
    }

    [Fact]
    public void Sizes_that_do_not_add_up_are_named() =>
        Assert.Contains("2 + 2", Assert.Throws<UnfitInputException>(() => Plan(6, [2, 2]).Draw(1)).Message);

    [Fact]
    public void The_diagram_is_valid_and_escapes_names()
    {
        var layout = TrialLayout.SteppedWedge(3, 2, 5, 140, transitionPeriods: 1);
        var svg = XDocument.Parse(StepDiagram.ToSvg(layout, ["A", "B & C", "<D>", "E", "F", "G"]));
        Assert.Contains(svg.Descendants(), e => e.Value.Contains("B & C", StringComparison.Ordinal));
        Assert.Equal(6 * 5, svg.Root!.Elements().Count(e => e.Name.LocalName == "rect") - 1);
    }
}
