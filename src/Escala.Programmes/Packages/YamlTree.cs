namespace Escala.Programmes.Packages;

/// <summary>A node of a YAML file with its place: line and column from 1, and the last line it reaches.</summary>
internal abstract class YamlNode(int line, int column)
{
    public int Line { get; } = line;

    public int Column { get; } = column;

    public int LastLine { get; protected set; } = line;
}

internal sealed class YamlText : YamlNode
{
    public YamlText(int line, int column, int lastLine, string value)
        : base(line, column) => (Value, LastLine) = (value, lastLine);

    public string Value { get; }
}

internal sealed class YamlList(int line, int column) : YamlNode(line, column)
{
    private readonly List<YamlNode> _items = [];

    public IReadOnlyList<YamlNode> Items => _items;

    public void Add(YamlNode item) => _items.Add(item);

    public void End(int line) => LastLine = line;
}

internal readonly record struct YamlEntry(YamlText Key, YamlNode Value);

internal sealed class YamlMap(int line, int column) : YamlNode(line, column)
{
    private readonly Dictionary<string, YamlEntry> _byKey = new(StringComparer.Ordinal);
    private readonly List<YamlEntry> _entries = [];

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<YamlEntry> Entries => _entries;

    public YamlNode? this[string key] => _byKey.TryGetValue(key, out var entry) ? entry.Value : null;

    public bool Has(string key) => _byKey.ContainsKey(key);

    public bool TryAdd(YamlEntry entry)
    {
        if (!_byKey.TryAdd(entry.Key.Value, entry)) return false;
        _entries.Add(entry);
        return true;
    }

    public void End(int line) => LastLine = line;
}
