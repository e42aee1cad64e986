using Escala.Programmes.Facts;
using Escala.Programmes.Packages;

namespace Escala.Programmes.Simulation;

/// <summary>Reads the facts of simulation.yaml: each draws its values in one of a few ways.</summary>
internal sealed class FactPlanReader(NodeReader reader, PlanNumbers numbers, Programme programme, Dictionary<string, StepPlan> steps)
{
    internal static readonly Shape Category = new("category", ["draw", "shares", "unknown", "empty"], []);
    internal static readonly Shape Test = new("test", ["draw", "step", "affected", "usual", "unclear", "unclear-share"], []);
    internal static readonly Shape Birth = new("birth", ["draw", "unknown", "empty"], []);
    internal static readonly Shape DateBefore = new("date-before", ["draw", "mean-days", "unknown", "empty"], []);
    internal static readonly Shape MeanDays = new("mean-days", ["in-care", "new"], []);
    internal static readonly Shape Pair = new(
        "pair",
        [
            "draw", "measured", "readings", "usual", "affected", "treated", "person-spread", "visit-spread", "reading-spread", "correlation",
            "threshold", "below", "gap", "rounded", "rounded-to", "first-part-only", "typing-errors",
        ],
        []);

    internal static readonly Shape Below = new("below", ["step", "stands", "given"], []);
    internal static readonly Shape Flag = new("flag", ["draw", "step", "already", "again", "no", "cleared"], ["above", "found", "stands"]);
    internal static readonly Shape Supply = new("supply", ["draw", "step", "stands", "days", "to-next-visit", "no"], []);
    internal static readonly Shape Quantity = new(
        "quantity", ["draw", "every-days", "done", "step", "not-detected", "below-limit", "low-to", "high-median", "high-spread", "high-to"], ["stands"]);

    internal static readonly Shape NextVisit = new("next-visit", ["draw", "empty"], []);
    internal static readonly IReadOnlyList<Shape> Draws = [Category, Test, Birth, DateBefore, Pair, Flag, Supply, Quantity, NextVisit];

    private readonly FactTable _table = Table(programme);
    private readonly List<string> _above = [];
    private readonly HashSet<string> _tests = new(StringComparer.Ordinal);

    public IReadOnlyList<FactPlan> Read(IReadOnlyList<YamlEntry> entries)
    {
        var plans = new List<FactPlan>();
        foreach (var (key, node) in entries)
        {
            if (_table.Named(reader, key) is { } fact && Plan(fact, key, node) is { } plan) plans.Add(plan);
            _above.Add(key.Value);
            if (plans.LastOrDefault() is TestPlan test) _tests.Add(test.Fact.Name);
        }

        var planned = entries.Select(e => e.Key.Value).ToHashSet(StringComparer.Ordinal);
        foreach (var pair in plans.OfType<PairPlan>())
        {
            var node = entries.First(e => e.Key.Value == pair.Fact.Name).Key;
            foreach (var needed in new[] { pair.Stands, pair.Given }.Where(f => !planned.Contains(f.Name)))
                reader.Refuse(node, "simulation-not-drawn", needed.Name);
        }

        return plans;
    }

    private static FactTable Table(Programme programme)
    {
        var table = new FactTable();
        foreach (var fact in programme.Register.Facts) table.Add(fact.Name, fact);
        return table;
    }

    private FactPlan? Plan(FactDefinition fact, YamlText key, YamlNode node)
    {
        if (reader.Map(node) is not { } map) return null;
        if (map["draw"] is not { } draw)
        {
            reader.Refuse(map, "key-missing", "draw");
            return null;
        }

        if (reader.Text(draw) is not { } word) return null;
        if (Draws.FirstOrDefault(d => d.Name == word) is not { } shape)
        {
            reader.RefuseUnknown(draw, "word-unknown", word, Draws.Select(d => d.Name));
            return null;
        }

        if (fact.Type != TypeOf(word)) reader.Refuse(key, "simulation-draw-type", fact.Name, ("draw", word));
        return reader.Fields(node, shape) is { } fields ? Plan(fact, word, fields) : null;
    }

    private static FactType TypeOf(string draw) => draw switch
    {
        "category" or "test" => FactType.Category,
        "pair" => FactType.Pair,
        "flag" => FactType.Flag,
        "supply" => FactType.Supply,
        "quantity" => FactType.Quantity,
        _ => FactType.Date,
    };

    private FactPlan? Plan(FactDefinition fact, string draw, Fields fields) => draw switch
    {
        "category" => ReadCategory(fact, fields),
        "test" => ReadTest(fact, fields),
        "birth" => new BirthPlan { Fact = fact, Unknown = Unknown(fields), Empty = Empty(fields) },
        "date-before" => ReadDateBefore(fact, fields),
        "pair" => ReadPair(fact, fields),
        "flag" => ReadFlag(fact, fields),
        "supply" => ReadSupply(fact, fields),
        "quantity" => ReadQuantity(fact, fields),
        _ => new NextVisitPlan { Fact = fact, Empty = Empty(fields) },
    };

    private double Unknown(Fields fields) => numbers.Share(fields, "unknown");

    private double Empty(Fields fields) => numbers.Share(fields, "empty");

    private CategoryPlan ReadCategory(FactDefinition fact, Fields fields) => new()
    {
        Fact = fact,
        Shares = [.. numbers.Shares(fields, "shares", n => CategoryOf(fact, n)).Select(s => new Weighted<Category>(fact.Categories[s.Value], s.Share))],
        Unknown = Unknown(fields),
        Empty = Empty(fields),
    };

    private TestPlan? ReadTest(FactDefinition fact, Fields fields)
    {
        var (affected, usual, unclear) = (CategoryOf(fact, fields, "affected"), CategoryOf(fact, fields, "usual"), CategoryOf(fact, fields, "unclear"));
        var unclearShare = numbers.Share(fields, "unclear-share");
        return Step(fields, "step") is not { } step || affected is null || usual is null || unclear is null ? null : new TestPlan
        {
            Fact = fact,
            Step = step,
            Affected = affected,
            Usual = usual,
            Unclear = unclear,
            UnclearShare = unclearShare,
        };
    }

    private DateBeforePlan ReadDateBefore(FactDefinition fact, Fields fields)
    {
        var days = fields.Inner("mean-days", MeanDays);
        return new DateBeforePlan
        {
            Fact = fact,
            MeanDaysInCare = numbers.Between(days, "in-care", 0, 36_500),
            MeanDaysNew = numbers.Between(days, "new", 0, 36_500),
            Unknown = Unknown(fields),
            Empty = Empty(fields),
        };
    }

    private PairPlan? ReadPair(FactDefinition fact, Fields fields)
    {
        const double highest = 100_000;
        var below = fields.Inner("below", Below);
        var (measured, step) = (Step(fields, "measured"), Step(below, "step"));
        var (stands, given) = (Named(below, "stands", FactType.Flag), Named(below, "given", FactType.Supply));
        var plan = measured is null || step is null || stands is null || given is null ? null : new PairPlan
        {
            Fact = fact,
            Measured = measured,
            Readings = numbers.Shares(fields, "readings", numbers.IntegersBetween(1, fact.Columns.Count / 2)),
            Usual = numbers.Pair(fields, "usual", 0, highest),
            Affected = numbers.Pair(fields, "affected", 0, highest),
            Treated = numbers.Pair(fields, "treated", 0, highest),
            PersonSpread = numbers.Pair(fields, "person-spread", 0, highest),
            VisitSpread = numbers.Pair(fields, "visit-spread", 0, highest),
            ReadingSpread = numbers.Pair(fields, "reading-spread", 0, highest),
            Correlation = numbers.Between(fields, "correlation", -1, 1),
            Threshold = numbers.Pair(fields, "threshold", 1, highest),
            Gap = fields.Integer("gap", 0, 1000) ?? 0,
            Rounded = numbers.Share(fields, "rounded"),
            RoundedTo = fields.Integer("rounded-to", 1, 1000) ?? 1,
            FirstPartOnly = numbers.Share(fields, "first-part-only"),
            TypingErrors = numbers.Share(fields, "typing-errors"),
            Below = step,
            Stands = stands,
            Given = given,
        };
        if (plan is not null && (plan.Threshold.First % plan.RoundedTo != 0 || plan.Threshold.Second % plan.RoundedTo != 0))
            reader.Refuse(fields["threshold"]!, "simulation-threshold");
        return plan;
    }

    private FlagPlan? ReadFlag(FactDefinition fact, Fields fields)
    {
        var above = NamedAbove(fields, "above", FactType.Pair);
        var found = NamedAbove(fields, "found", FactType.Category);
        if (found is not null && !_tests.Contains(found.Name)) reader.Refuse(fields["found"]!, "simulation-no-test", found.Name);
        var stands = NamedAbove(fields, "stands", FactType.Flag);
        return Step(fields, "step") is not { } step ? null : new FlagPlan
        {
            Fact = fact,
            Step = step,
            Already = numbers.Share(fields, "already"),
            Above = above,
            Found = found,
            Stands = stands,
            Again = numbers.Share(fields, "again"),
            No = numbers.Share(fields, "no"),
            Cleared = numbers.Share(fields, "cleared"),
        };
    }

    private SupplyPlan? ReadSupply(FactDefinition fact, Fields fields)
    {
        var stands = NamedAbove(fields, "stands", FactType.Flag);
        return Step(fields, "step") is not { } step || stands is null ? null : new SupplyPlan
        {
            Fact = fact,
            Step = step,
            Stands = stands,
            Days = numbers.Shares(fields, "days", numbers.IntegersBetween(1, 3650)),
            ToNextVisit = numbers.Share(fields, "to-next-visit"),
            No = numbers.Share(fields, "no"),
        };
    }

    private QuantityPlan? ReadQuantity(FactDefinition fact, Fields fields)
    {
        const int highest = 1_000_000_000;
        var stands = NamedAbove(fields, "stands", FactType.Flag);
        var plan = Step(fields, "step") is not { } step ? null : new QuantityPlan
        {
            Fact = fact,
            Stands = stands,
            EveryDays = fields.Integer("every-days", 1, 36_500) ?? 1,
            Done = numbers.Share(fields, "done"),
            Step = step,
            NotDetected = numbers.Share(fields, "not-detected"),
            BelowLimit = numbers.SharesUpToOne(fields, "below-limit", numbers.IntegersBetween(1, highest)),
            LowTo = fields.Integer("low-to", 1, highest) ?? 1,
            HighMedian = numbers.Between(fields, "high-median", 1, highest),
            HighSpread = numbers.Spread(fields, "high-spread"),
            HighTo = fields.Integer("high-to", 1, highest) ?? 1,
        };
        if (plan is not null && plan.NotDetected + plan.BelowLimit.Sum(b => b.Share) is > 1 and var sum)
            reader.Refuse(fields["below-limit"]!, "simulation-shares", "below-limit", ("sum", sum));
        return plan;
    }

    private Category? CategoryOf(FactDefinition fact, Fields fields, string key) =>
        fields.Text(key) is null || CategoryOf(fact, (YamlText)fields[key]!) is not { } index ? null : fact.Categories[index];

    private int? CategoryOf(FactDefinition fact, YamlText node)
    {
        for (var i = 0; i < fact.Categories.Count; i++)
        {
            if (fact.Categories[i].Name == node.Value) return i;
        }

        reader.RefuseUnknown(node, "word-unknown", node.Value, fact.Categories.Select(c => c.Name));
        return null;
    }

    private StepPlan? Step(Fields? fields, string key)
    {
        if (fields?[key] is not { } node || reader.Text(node) is not { } name) return null;
        if (steps.TryGetValue(name, out var step)) return step;
        reader.RefuseUnknown(node, "word-unknown", name, steps.Keys);
        return null;
    }

    private FactDefinition? Named(Fields? fields, string key, FactType type) => fields?[key] is { } node ? _table.Named(reader, node, type) : null;

    /// <summary>A fact that a visit fills before this one.</summary>
    private FactDefinition? NamedAbove(Fields fields, string key, FactType type)
    {
        var fact = Named(fields, key, type);
        if (fact is not null && !_above.Contains(fact.Name)) reader.Refuse(fields[key]!, "simulation-order", fact.Name);
        return fact;
    }
}
