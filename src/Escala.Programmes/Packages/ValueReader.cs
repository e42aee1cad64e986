using Escala.Programmes.Facts;
using Escala.Programmes.Measures;

namespace Escala.Programmes.Packages;

/// <summary>Reads what is asked of one row: <c>{weight: ">= 40"}</c>, <c>{all: […]}</c>, the name of a value.</summary>
internal sealed class ValueReader(NodeReader reader, FactTable facts, Unfolding unfolding, Definitions named)
{
    /// <summary>The words beside the names of facts.</summary>
    public static readonly IReadOnlyList<string> Words = ["all", "some", "not", "at"];

    public static readonly Choice<bool> Places = new("at", ("here", true), ("anywhere", false));

    public const string NotDetected = "not-detected";
    public const string InWindow = "in-window";

    private static readonly Dictionary<string, Comparison> s_operators = new(StringComparer.Ordinal)
    {
        ["<"] = Comparison.Below,
        ["<="] = Comparison.AtMost,
        ["="] = Comparison.Equal,
        [">="] = Comparison.AtLeast,
        [">"] = Comparison.Above,
    };

    public ValueTest? Read(YamlNode node)
    {
        if (!unfolding.Add(node)) return null;
        if (node is YamlText name) return named.Read(name, Read);
        if (reader.Map(node) is not { } map) return null;
        if (map.Entries.Count != 1)
        {
            reader.Refuse(map, "one-key-expected");
            return null;
        }

        var (key, value) = map.Entries[0];
        return key.Value switch
        {
            "all" => ReadMany(value) is { } all ? new ValueTest.All(all) : null,
            "some" => ReadMany(value) is { } some ? new ValueTest.Some(some) : null,
            "not" => Read(value) is { } not ? new ValueTest.Not(not) : null,
            "at" => ReadPlace(value),
            _ => ReadFact(key, value),
        };
    }

    /// <summary>An operator and a number.</summary>
    public (Comparison Comparison, decimal Than)? ReadComparison(YamlNode node)
    {
        if (reader.Text(node) is not { } text) return null;
        var sign = s_operators.Keys.Where(o => text.StartsWith(o, StringComparison.Ordinal)).MaxBy(o => o.Length);
        if (sign is null)
        {
            reader.Refuse(node, "comparison-expected", text);
            return null;
        }

        var number = new YamlText(node.Line, node.Column, node.LastLine, text[sign.Length..].Trim());
        return reader.Number(number) is { } than ? (s_operators[sign], than) : null;
    }

    private List<ValueTest>? ReadMany(YamlNode node)
    {
        if (reader.List(node) is not { } items) return null;
        var tests = items.Select(Read).ToList();
        return tests.Contains(null) ? null : [.. tests.OfType<ValueTest>()];
    }

    private ValueTest.AtHere? ReadPlace(YamlNode node)
    {
        if (reader.Word(node, Places) is not { } here) return null;
        if (here) return new ValueTest.AtHere();
        reader.RefuseUnknown(node, "word-unknown", "anywhere", ["here"]);
        return null;
    }

    private ValueTest? ReadFact(YamlText key, YamlNode value)
    {
        if (facts.Slot(key.Value) is not { } read)
        {
            if (!facts.Knows(key.Value)) reader.RefuseUnknown(key, "value-key-unknown", key.Value, facts.Readable.Concat(Words));
            return null;
        }

        var (fact, slot) = read;
        switch (fact.Type)
        {
            case FactType.Date:
                if (value is YamlText { Value: InWindow }) return new ValueTest.DateInWindow(slot);
                reader.RefuseUnknown(value, "word-unknown", (value as YamlText)?.Value ?? "", [InWindow]);
                return null;
            case FactType.Category:
                return ReadCategory(fact, value);
            case FactType.Quantity when value is YamlText { Value: NotDetected }:
                return new ValueTest.NotDetected(slot + 1);
            case FactType.Text or FactType.Flag:
            case FactType.Pair when key.Value == fact.Name:
                reader.RefuseUnknown(key, "fact-has-no-value", key.Value, facts.Readable);
                return null;
            default:
                return ReadComparison(value) is var (comparison, than)
                    ? new ValueTest.Compare(slot, fact.Type == FactType.Quantity ? slot + 1 : null, comparison, (double)than)
                    : null;
        }
    }

    private ValueTest.InCategory? ReadCategory(FactDefinition fact, YamlNode value)
    {
        if (reader.Text(value) is not { } name) return null;
        foreach (var (index, category) in fact.Categories.Index())
        {
            if (category.Name == name) return new ValueTest.InCategory(fact.Slot, index);
        }

        reader.RefuseUnknown(value, "category-unknown", name, fact.Categories.Select(c => c.Name));
        return null;
    }
}
