using Escala.Capture.Forms.Definitions;
using Escala.Capture.Forms.Expressions;

namespace Escala.Capture.Forms.Sessions;

/// <summary>An answer, a group, an instance of a repeat; or a row or cell of a list.</summary>
internal sealed class TreeNode
{
    private readonly Dictionary<string, List<TreeNode>> _named = new(StringComparer.Ordinal);

    public TreeNode(string name, int item, TreeNode? parent) => (Name, Item, Parent) = (name, item, parent);

    public string Name { get; }

    /// <summary>Index of the definition; -1 for the root and in lists.</summary>
    public int Item { get; }

    public TreeNode? Parent { get; }

    public string Value { get; set; } = "";

    /// <summary>What its own rule says.</summary>
    public bool Wanted { get; set; } = true;

    /// <summary>An instance more than a repeat now has: kept, for the number may rise again, and hidden.</summary>
    public bool Beyond { get; set; }

    /// <summary>Whether a child may stand below it.</summary>
    public bool IsContainer { get; init; }

    public bool IsRelevant
    {
        get
        {
            for (var node = this; node is not null; node = node.Parent)
            {
                if (!node.Wanted || node.Beyond) return false;
            }

            return true;
        }
    }

    public IReadOnlyList<TreeNode> Children(string name) => _named.TryGetValue(name, out var children) ? children : [];

    public TreeNode Add(TreeNode child)
    {
        if (!_named.TryGetValue(child.Name, out var same)) _named[child.Name] = same = [];
        same.Add(child);
        return child;
    }

    public void Remove(TreeNode child) => _named[child.Name].Remove(child);

    /// <summary>The instance of an item that this node is or stands in.</summary>
    public TreeNode? Enclosing(int item)
    {
        for (var node = this; node is not null; node = node.Parent)
        {
            if (node.Item == item) return node;
        }

        return null;
    }

    /// <summary>The rows of a list, as ODK shows them to expressions: a root with an item for each, and in it the columns.</summary>
    public static TreeNode Of(ChoiceList list, int language)
    {
        var document = new TreeNode("", -1, null) { IsContainer = true };
        var root = document.Add(new TreeNode("root", -1, document) { IsContainer = true });
        foreach (var choice in list.Choices)
        {
            var item = root.Add(new TreeNode("item", -1, root) { IsContainer = true });
            item.Add(new TreeNode("name", -1, item) { Value = choice.Name });
            item.Add(new TreeNode("label", -1, item) { Value = string.Concat((choice.Label?.In(language) ?? []).OfType<TextLiteral>().Select(t => t.Value)) });
            for (var i = 0; i < list.Columns.Count; i++) item.Add(new TreeNode(list.Columns[i], -1, item) { Value = choice.Values[i] });
        }

        return document;
    }
}
