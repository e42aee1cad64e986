using Escala.Programmes.Facts;
using Escala.Programmes.Measures;

namespace Escala.Programmes.Packages;

/// <summary>Reads conditions and days: the primitives of docs/methods/measures.md.</summary>
internal sealed class ConditionReader(
    NodeReader reader, FactTable facts, Unfolding unfolding, Definitions named, ValueReader values, bool hasBirthDate)
{
    private const int MostYears = 150;
    private const int MostDays = 36_600;

    private static readonly IReadOnlyList<string> s_rows = ["at", "in", "within-years", "after", "from", "before", "to"];

    public static readonly IReadOnlyList<Shape> Primitives =
    [
        new("all", ["all"], []),
        new("some", ["some"], []),
        new("not", ["not"], []),
        new("any", ["any"], ["is", .. s_rows]),
        new("first", ["first"], ["where", "is", "plus-days", .. s_rows]),
        new("latest", ["latest"], ["where", "is", "plus-days", .. s_rows]),
        new("nearest", ["nearest", "day"], ["where", "is", "plus-days", .. s_rows]),
        new("stands", ["stands"], []),
        new("supply-reaches", ["supply-reaches"], []),
        new("supply-share", ["supply-share", "from", "days", "above"], []),
        new("precedes", ["precedes"], []),
        new("age", ["age"], []),
    ];

    public static readonly Shape YearsBefore = new("years-before-window-end", ["years-before-window-end"], []);

    public static readonly IReadOnlyList<string> DayWords = ["window-start", "window-end"];

    public static readonly Choice<bool> Windows = new("in", ("window", true));

    private static readonly FactType[] s_recorded =
        [FactType.Flag, FactType.Number, FactType.Pair, FactType.Supply, FactType.Quantity, FactType.Date, FactType.Category];

    private static readonly string[] s_picks = ["first", "latest", "nearest"];

    /// <summary>A day rather than a condition: only days are moved.</summary>
    public static bool IsDay(YamlNode node) => node is YamlMap map && (map.Has("plus-days") || map.Has(YearsBefore.Name));

    public Condition? Read(YamlNode node)
    {
        if (!unfolding.Add(node)) return null;
        if (node is YamlText name) return named.Read(name, Read);
        if (Primitive(node) is not var (fields, primitive)) return null;
        if (s_picks.Contains(primitive) && fields["plus-days"] is { } moved) reader.Refuse(moved, "plus-days-in-condition", "plus-days");
        return primitive switch
        {
            "all" => ReadMany(fields.Items("all")) is { } all ? new Condition.All(all) : null,
            "some" => ReadMany(fields.Items("some")) is { } some ? new Condition.Some(some) : null,
            "not" => fields["not"] is { } of && Read(of) is { } not ? new Condition.Not(not) : null,
            "any" => ReadRows(fields, "any", "is") is { } rows ? new Condition.Any(rows) : null,
            "stands" => Fact(fields, FactType.Flag) is { } flag ? new Condition.Stands(flag) : null,
            "supply-reaches" => Fact(fields, FactType.Supply) is { } supply ? new Condition.SupplyReaches(supply) : null,
            "supply-share" => ReadShare(fields),
            "precedes" => ReadPrecedes(fields),
            "age" => ReadAge(fields),
            _ => ReadPicked(fields, primitive),
        };

        FactDefinition? Fact(Fields of, FactType type) => of[primitive] is { } fact ? facts.Named(reader, fact, type) : null;
    }

    /// <summary>A day of the window, or the day of a row.</summary>
    public DayRef? ReadDay(YamlNode node)
    {
        if (!unfolding.Add(node)) return null;
        if (node is YamlText word)
        {
            return word.Value switch
            {
                "window-start" => new DayRef.WindowStart(),
                "window-end" => new DayRef.WindowEnd(),
                _ => named.Read(word, ReadDay),
            };
        }

        if (node is YamlMap map && map.Has(YearsBefore.Name))
            return reader.Fields(map, YearsBefore)?.Integer(YearsBefore.Name, 1, MostYears) is { } years ? new DayRef.YearsBeforeWindowEnd(years) : null;
        if (Primitive(node) is not var (fields, primitive)) return null;
        if (!s_picks.Contains(primitive))
        {
            reader.Refuse(node, "day-expected", primitive);
            return null;
        }

        if (fields["is"] is { } asked) reader.Refuse(asked, "is-in-day", "is");
        var plus = fields["plus-days"] is null ? 0 : fields.Integer("plus-days", -MostDays, MostDays);
        return ReadPick(fields, primitive) is { } pick && plus is { } days ? new DayRef.OfRow(pick, days) : null;
    }

    /// <summary>Where and when a person counts.</summary>
    public Anchor? ReadAnchor(YamlNode node, Shape each, Shape first)
    {
        if (reader.Map(node) is not { } map) return null;
        if (map.Has("first"))
        {
            if (reader.Fields(map, first) is not { } fields) return null;
            var days = fields["plus-days"] is null ? 0 : fields.Integer("plus-days", 0, MostDays);
            return facts.Named(reader, fields["first"]!, s_recorded) is { } fact && days is { } plus ? new Anchor.FirstRow(fact, plus) : null;
        }

        if (reader.Fields(map, each)?["each"] is not { } what) return null;
        if (what is YamlText { Value: "visit" }) return new Anchor.EachVisit();
        return facts.Named(reader, what, FactType.Date) is { } date ? new Anchor.EachDate(date) : null;
    }

    /// <summary>The one primitive that the mapping is.</summary>
    private (Fields Fields, string Primitive)? Primitive(YamlNode node)
    {
        if (reader.Map(node) is not { } map) return null;
        var found = Primitives.Where(p => map.Has(p.Name)).ToList();
        if (found.Count == 1) return reader.Fields(map, found[0]) is { } fields ? (fields, found[0].Name) : null;
        if (found.Count > 1) reader.Refuse(map, "two-primitives", string.Join(", ", found.Select(f => f.Name)));
        else if (map.Entries.Count == 0) reader.Refuse(map, "one-key-expected");
        else reader.RefuseUnknown(map.Entries[0].Key, "primitive-unknown", map.Entries[0].Key.Value, Primitives.Select(p => p.Name));
        return null;
    }

    private List<Condition>? ReadMany(IReadOnlyList<YamlNode> items)
    {
        var conditions = items.Select(Read).ToList();
        return conditions.Count == 0 || conditions.Contains(null) ? null : [.. conditions.OfType<Condition>()];
    }

    private Condition.Picked? ReadPicked(Fields fields, string primitive)
    {
        var pick = ReadPick(fields, primitive);
        var test = fields["is"] is { } node ? values.Read(node) : null;
        return pick is null || (fields["is"] is not null && test is null) ? null : new Condition.Picked(pick, test);
    }

    private RowPick? ReadPick(Fields fields, string primitive)
    {
        var rows = ReadRows(fields, primitive, "where");
        if (primitive != "nearest") return rows is null ? null : primitive == "first" ? new RowPick.First(rows) : new RowPick.Latest(rows);
        return fields["day"] is { } node && ReadDay(node) is { } day && rows is not null ? new RowPick.Nearest(rows, day) : null;
    }

    private Rows? ReadRows(Fields fields, string primitive, string testKey)
    {
        var visit = fields[primitive] is YamlText { Value: "visit" };
        var fact = visit || fields[primitive] is not { } named ? null : facts.Named(reader, named, s_recorded);
        var test = fields[testKey] is { } node ? values.Read(node) : null;
        var here = fields.Word("at", ValueReader.Places) ?? false;
        var periodRead = TryReadPeriod(fields, out var from, out var to);
        var read = (visit || fact is not null) && (fields[testKey] is null || test is not null) && periodRead;
        return read ? new Rows(fact, test, here, from, to) : null;
    }

    private bool TryReadPeriod(Fields fields, out DayBound? from, out DayBound? to)
    {
        (from, to) = (null, null);
        var lower = OneOf(fields, "in", "within-years", "after", "from");
        var upper = OneOf(fields, "in", "before", "to");
        var read = true;
        if (lower is "in") read = fields.Word("in", Windows) is not null;
        if (lower is "within-years") read = fields.Integer("within-years", 1, MostYears) is not null;
        from = lower switch
        {
            "in" => new DayBound(new DayRef.WindowStart(), true),
            "within-years" when read => new DayBound(new DayRef.YearsBeforeWindowEnd(fields.Integer("within-years", 1, MostYears)!.Value), false),
            "after" or "from" => Bound(fields[lower]!, lower == "from"),
            _ => null,
        };
        to = upper switch
        {
            // "before: window" is before its first day; without an upper bound a period ends with the window.
            "before" when fields["before"] is YamlText { Value: "window" } => new DayBound(new DayRef.WindowStart(), false),
            "before" or "to" => Bound(fields[upper]!, upper == "to"),
            _ => null,
        };
        return read && (lower is null || from is not null) && (upper is null or "in" || to is not null);
    }

    private DayBound? Bound(YamlNode node, bool inclusive) => ReadDay(node) is { } day ? new DayBound(day, inclusive) : null;

    private string? OneOf(Fields fields, params string[] keys)
    {
        var given = keys.Where(k => fields[k] is not null).ToList();
        if (given.Count > 1) reader.Refuse(fields[given[1]]!, "bounds-clash", given[1], ("other", given[0]));
        return given.FirstOrDefault();
    }

    private Condition.SupplyShare? ReadShare(Fields fields)
    {
        var supply = fields["supply-share"] is { } fact ? facts.Named(reader, fact, FactType.Supply) : null;
        var from = fields["from"] is { } day ? ReadDay(day) : null;
        var days = fields.Integer("days", 1, MostDays);
        var above = fields.Number("above");
        if (above is < 0 or >= 1) reader.Refuse(fields["above"]!, "proportion-expected", "above");
        return supply is not null && from is not null && days is { } n && above is { } share ? new Condition.SupplyShare(supply, from, n, share) : null;
    }

    private Condition.Precedes? ReadPrecedes(Fields fields)
    {
        if (fields["precedes"] is not { } node || reader.List(node, 2) is not { } days) return null;
        if (days.Count > 2) reader.Refuse(days[2], "two-expected");
        var (earlier, later) = (ReadDay(days[0]), ReadDay(days[1]));
        return earlier is null || later is null ? null : new Condition.Precedes(earlier, later);
    }

    private Condition.Age? ReadAge(Fields fields)
    {
        if (!hasBirthDate) reader.Refuse(fields.Map, "birth-date-needed", "age");
        if (values.ReadComparison(fields["age"]!) is not var (comparison, years)) return null;
        if (years is >= 0 and <= MostYears && years == decimal.Truncate(years)) return new Condition.Age(comparison, (int)years);
        reader.Refuse(fields["age"]!, "age-invalid", "age", ("most", MostYears));
        return null;
    }
}
