using Escala.Programmes.Facts;

namespace Escala.Programmes.Packages;

/// <summary>
/// The facts of the register by name. A fact that has a problem of its own is known and has no definition, so that it is told once
/// and not again wherever a measure reads it.
/// </summary>
internal sealed class FactTable
{
    private readonly Dictionary<string, FactDefinition?> _facts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (FactDefinition Fact, int Slot)> _parts = new(StringComparer.Ordinal);

    /// <summary>False where the register could not be read: then no name is refused for being unknown.</summary>
    public bool Complete { get; set; } = true;

    public IEnumerable<string> Names => _facts.Keys;

    /// <summary>What a value can be asked of: facts of one value, and the parts of pairs.</summary>
    public IEnumerable<string> Readable =>
        _facts.Where(f => f.Value is { Type: not (FactType.Text or FactType.Pair or FactType.Flag) }).Select(f => f.Key).Concat(_parts.Keys);

    public void Add(string name, FactDefinition? fact)
    {
        _facts[name] = fact;
        for (var i = 0; i < (fact?.Parts.Count ?? 0); i++) _parts[fact!.Parts[i]] = (fact, fact.Slot + i);
    }

    public bool Knows(string name) => !Complete || _facts.ContainsKey(name) || _parts.ContainsKey(name);

    public FactDefinition? Find(string name) => _facts.GetValueOrDefault(name);

    /// <summary>The fact and slot that a value is read from.</summary>
    public (FactDefinition Fact, int Slot)? Slot(string name)
    {
        if (_parts.TryGetValue(name, out var part)) return part;
        return Find(name) is { } fact ? (fact, fact.Slot) : null;
    }

    /// <summary>The fact that a node names, of one of these types (all when none is given).</summary>
    public FactDefinition? Named(NodeReader reader, YamlNode node, params IReadOnlyList<FactType> types)
    {
        if (reader.Text(node) is not { } name) return null;
        if (Find(name) is { } fact)
        {
            if (types.Count == 0 || types.Contains(fact.Type)) return fact;
            reader.Refuse(node, "fact-type", name, ("type", RegisterFile.TypeWord(fact.Type)), ("expected", string.Join(", ", types.Select(RegisterFile.TypeWord))));
        }
        else if (Complete && !_facts.ContainsKey(name))
        {
            reader.RefuseUnknown(node, "fact-unknown", name, _facts.Where(f => f.Value is null || types.Count == 0 || types.Contains(f.Value.Type)).Select(f => f.Key));
        }

        return null;
    }
}
