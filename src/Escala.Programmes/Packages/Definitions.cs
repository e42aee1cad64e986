namespace Escala.Programmes.Packages;

/// <summary>
/// The named values or conditions of measures.yaml. A name is read anew wherever it is used; circles are refused, and so is what would
/// unfold into very much.
/// </summary>
internal sealed class Definitions(NodeReader reader, string section, IReadOnlyList<YamlEntry> entries)
{
    /// <summary>Names within names. Beyond this a definition is a puzzle.</summary>
    private const int MostDepth = 16;

    private readonly Dictionary<string, YamlEntry> _byName = entries.ToDictionary(e => e.Key.Value, StringComparer.Ordinal);
    private readonly List<string> _open = [];
    private readonly SortedSet<int> _used = [];

    public IReadOnlyList<YamlEntry> Entries => entries;

    public string Section => section;

    /// <summary>Definitions that were read since the last call, in the order of the file.</summary>
    public IReadOnlyList<YamlEntry> TakeUsed()
    {
        var used = _used.Select(i => entries[i]).ToList();
        _used.Clear();
        return used;
    }

    public T? Read<T>(YamlText name, Func<YamlNode, T?> read)
        where T : class
    {
        if (!_byName.TryGetValue(name.Value, out var entry))
        {
            reader.RefuseUnknown(name, section + "-unknown", name.Value, _byName.Keys);
            return null;
        }

        if (_open.Contains(name.Value) || _open.Count == MostDepth)
        {
            reader.Refuse(name, _open.Contains(name.Value) ? "circular" : "names-too-deep", name.Value, ("most", MostDepth));
            return null;
        }

        _used.Add(entries.Index().First(e => e.Item.Key == entry.Key).Index);
        _open.Add(name.Value);
        var result = read(entry.Value);
        _open.RemoveAt(_open.Count - 1);
        return result;
    }
}
