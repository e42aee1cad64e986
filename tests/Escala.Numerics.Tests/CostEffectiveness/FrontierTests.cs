using System.Text.Json;
using Escala.Numerics.CostEffectiveness;
using FsCheck;
using FsCheck.Fluent;

namespace Escala.Numerics.Tests.CostEffectiveness;

public sealed class FrontierTests
{
    private static readonly Dictionary<FrontierStatus, string> s_codes = new()
    {
        [FrontierStatus.NotDominated] = "ND",
        [FrontierStatus.ExtendedlyDominated] = "ED",
        [FrontierStatus.Dominated] = "D",
    };

    [Fact]
    public void Tables_of_the_reference_are_met_row_by_row()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Reference.Path("cost-effectiveness", "frontier.json")));
        foreach (var example in file.RootElement.EnumerateArray())
        {
            var ids = example.GetProperty("strategies").EnumerateArray().Select(s => s.GetString()!).ToList();
            var cost = example.GetProperty("cost").EnumerateArray().Select(s => s.GetDouble()).ToList();
            var effect = example.GetProperty("effect").EnumerateArray().Select(s => s.GetDouble()).ToList();
            var table = Frontier.Compare([.. ids.Select((id, i) => new StrategyOutcome(id, cost[i], effect[i]))]);
            var expected = example.GetProperty("dampack").EnumerateArray().ToList();
            Assert.Equal(expected.Select(r => r.GetProperty("Strategy").GetString()), table.Select(r => r.Id));
            Assert.Equal(expected.Select(r => r.GetProperty("Status").GetString()), table.Select(r => s_codes[r.Status]));
            foreach (var (there, here) in expected.Zip(table))
            {
                if (there.GetProperty("ICER").ValueKind == JsonValueKind.Number) Assert.Equal(1, here.Icer / there.GetProperty("ICER").GetDouble(), 1e-9);
                else Assert.True(double.IsNaN(here.Icer));
            }
        }
    }

    [Fact]
    public void Ratios_rise_along_the_frontier_and_the_best_at_any_price_is_on_it()
    {
        Prop.ForAll(
            Gen.Choose(-40, 40).Two().ListOf(6).Resize(8).ToArbitrary(),
            points =>
            {
                if (points.Count == 0) return true;
                var strategies = points.Select((p, i) => new StrategyOutcome($"s{i}", p.Item1, p.Item2)).ToList();
                var table = Frontier.Compare(strategies);
                var frontier = table.Where(r => r.Status == FrontierStatus.NotDominated).ToList();
                var rising = frontier.Skip(1).Zip(frontier.Skip(2)).All(pair => pair.Second.Icer >= pair.First.Icer - 1e-9);
                var best = new[] { 0.0, 0.3, 1, 5, 100 }.All(price =>
                    frontier.Max(r => price * r.Effect - r.Cost) >= strategies.Max(s => price * s.Effect - s.Cost) - 1e-9);
                return rising && best && table.Count == strategies.Count;
            }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Of_two_equals_the_later_is_dominated() =>
        Assert.Equal(FrontierStatus.Dominated, Frontier.Compare([new("a", 1, 1), new("b", 1, 1)])[1].Status);

    [Fact]
    public void Numbers_that_are_none_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Frontier.Compare([new("a", double.NaN, 1)]));
        Assert.Throws<ArgumentException>(() => Frontier.Compare([new("a", 1, 1), new("a", 2, 1)]));
        Assert.Throws<ArgumentException>(() => Frontier.Compare([]));
    }
}
