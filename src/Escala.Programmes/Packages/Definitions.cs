namespace Escala.Programmes.Packages;

/// <summary>
/// The named values or conditions of measures.yaml. A name is read once for each kind of thing it can be and gives the same object
/// wherever it stands, so that the engine asks it once. Circles are refused.
/// </summary>
internal sealed class Definitions(NodeReader reader, Unfolding unfolding, string section, IReadOnlyList<YamlEntry> entries)
{
    /// <summary>Names within names. Beyond this a definition is a puzzle.</summary>
    private const int MostDepth = 16;

    private readonly Dictionary<string, YamlEntry> _byName = entries.ToDictionary(e => e.Key.Value, StringComparer.Ordinal);
    private readonly Dictionary<(string, Type), (object? Result, Unfolding.Extent Extent)> _read = [];
    private readonly List<string> _open = [];

    public IReadOnlyList<YamlEntry> Entries => entries;

    public T? Read<T>(YamlText name, Func<YamlNode, T?> read)
        where T : class
    {
        if (_read.TryGetValue((name.Value, typeof(T)), out var known))
        {
            unfolding.Add(known.Extent, name);
            return (T?)known.Result;
        }

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

        _open.Add(name.Value);
        unfolding.Begin();
        var result = read(entry.Value);
        var extent = unfolding.End();
        _open.RemoveAt(_open.Count - 1);
        extent.Names.Add(entry);
        unfolding.Add(extent, name);
        _read[(name.Value, typeof(T))] = (result, extent);
        return result;
    }
}

/// <summary>How far expressions reach with their names written out, and which names they rest on.</summary>
internal sealed class Unfolding(NodeReader reader)
{
    /// <summary>In one file: a few names that each stand twice in the next are soon more than any programme asks.</summary>
    private const int MostParts = 20_000;

    private readonly Stack<Extent> _open = new([new Extent()]);

    public void Begin() => _open.Push(new Extent());

    public Extent End() => _open.Pop();

    /// <summary>Starts anew for the next measure and gives what the last one rests on.</summary>
    public Extent Restart()
    {
        var last = _open.Pop();
        _open.Push(new Extent());
        return last;
    }

    /// <summary>False when there is too much; then reading stops.</summary>
    public bool Add(YamlNode at)
    {
        _open.Peek().Parts++;
        return Allowed(at);
    }

    public void Add(Extent extent, YamlNode at)
    {
        _open.Peek().Parts += extent.Parts;
        _open.Peek().Names.UnionWith(extent.Names);
        Allowed(at);
    }

    private bool Allowed(YamlNode at)
    {
        if (_open.Peek().Parts <= MostParts) return true;
        reader.Refuse(at, "unfolds-too-far", "", ("most", MostParts));
        return false;
    }

    internal sealed class Extent
    {
        public int Parts { get; set; }

        public HashSet<YamlEntry> Names { get; } = [];
    }
}
