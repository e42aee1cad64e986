using Escala.Capture.Forms.Definitions;

namespace Escala.Capture.Forms.Expressions;

/// <summary>What expressions refer to: items by name and place, and lists by their columns.</summary>
internal sealed class FormTree
{
    private readonly List<(string Name, string Type, int Parent, string? List)> _items = [];
    private readonly Dictionary<string, List<int>> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<(int, string), int> _children = [];

    /// <summary>Columns of each list; names of its choices.</summary>
    public Dictionary<string, (HashSet<string> Columns, HashSet<string> Names)> Lists { get; } = new(StringComparer.Ordinal);

    public IEnumerable<string> Names => _byName.Keys;

    public int Count => _items.Count;

    /// <summary>False where the parent already has a child of that name.</summary>
    public bool Add(string name, string type, int parent, string? list)
    {
        var index = _items.Count;
        _items.Add((name, type, parent, list));
        if (!_children.TryAdd((parent, name), index)) return false;
        if (!_byName.TryGetValue(name, out var same)) _byName[name] = same = [];
        same.Add(index);
        return true;
    }

    public IReadOnlyList<int> Named(string name) => _byName.TryGetValue(name, out var found) ? found : [];

    public int? Child(int parent, string name) => _children.TryGetValue((parent, name), out var found) ? found : null;

    public int Parent(int item) => _items[item].Parent;

    public string Name(int item) => _items[item].Name;

    public bool IsRepeat(int item) => _items[item].Type == FormTypes.Repeat;

    public bool IsSelect(int item) => FormTypes.IsSelect(_items[item].Type);

    public string? List(int item) => _items[item].List;

    /// <summary>Whether the item stands in the container, at any depth.</summary>
    public bool IsWithin(int item, int container)
    {
        for (var at = Parent(item); at >= 0; at = Parent(at))
        {
            if (at == container) return true;
        }

        return false;
    }
}
