using System.Globalization;
using Escala.Platform.Problems;
using Escala.Programmes.Facts;

namespace Escala.Programmes.Packages;

/// <summary>
/// Reads typed values from the nodes of one file. What cannot be read becomes a problem with its place, and null: reading goes on, so that
/// all problems of a file are told at once.
/// </summary>
internal sealed class NodeReader(string file)
{
    private const string CodePrefix = "programmes.package.";

    private readonly List<Problem> _problems = [];
    private readonly HashSet<(string, int, int, string)> _told = [];

    public string File => file;

    /// <summary>Texts of the file may be questions that were left open: they are refused until somebody has answered.</summary>
    public bool AsksQuestions { get; init; }

    /// <summary>In the order of the file's lines.</summary>
    public IEnumerable<Problem> Problems => _problems
        .OrderBy(p => int.Parse(p.Details["line"], CultureInfo.InvariantCulture))
        .ThenBy(p => int.Parse(p.Details["column"], CultureInfo.InvariantCulture));

    public void Refuse(YamlNode at, string code, string name = "", params (string Key, object? Value)[] details) =>
        RefuseAt(at.Line, at.Column, code, name, details);

    /// <summary>A place is told once for each reason: a named condition is read wherever it is used.</summary>
    public void RefuseAt(int line, int column, string code, string name = "", params (string Key, object? Value)[] details)
    {
        if (!_told.Add((code, line, column, name))) return;
        _problems.Add(Problem.Of(CodePrefix + code, [("file", file), ("line", line), ("column", column), ("name", name), .. details]));
    }

    /// <summary>A name that is not among those known.</summary>
    public void RefuseUnknown(YamlNode at, string code, string name, IEnumerable<string> known)
    {
        var names = known.ToList();
        Refuse(at, code, name, ("nearest", Nearest.To(name, names)), ("known", names.Count == 0 ? "—" : string.Join(", ", names)));
    }

    public YamlMap? Map(YamlNode node)
    {
        if (node is YamlMap map) return map;
        Refuse(node, "mapping-expected", (node as YamlText)?.Value ?? "");
        return null;
    }

    /// <summary>A mapping with these keys; those missing and those unknown are told.</summary>
    public Fields? Fields(YamlNode node, Shape shape)
    {
        if (Map(node) is not { } map) return null;
        foreach (var (key, _) in map.Entries.Where(e => !shape.Keys.Contains(e.Key.Value)))
            RefuseUnknown(key, "key-unknown", key.Value, shape.Keys);
        foreach (var key in shape.Required.Where(k => !map.Has(k))) Refuse(map, "key-missing", key);
        return new Fields(this, map, shape);
    }

    public IReadOnlyList<YamlNode>? List(YamlNode node, int least = 1)
    {
        if (node is YamlList list && list.Items.Count >= least) return list.Items;
        Refuse(node, "list-expected", (node as YamlText)?.Value ?? "", ("least", least));
        return null;
    }

    public string? Text(YamlNode node)
    {
        if (RefuseQuestion(node)) return null;
        if (node is YamlText { Value: var text } && !string.IsNullOrWhiteSpace(text)) return text.Trim();
        Refuse(node, "text-expected");
        return null;
    }

    /// <summary>A name that stands in addresses and file names.</summary>
    public string? Id(YamlNode node)
    {
        if (Text(node) is not { } text) return null;
        if (IsId(text)) return text;
        Refuse(node, "id-invalid", text);
        return null;
    }

    public int? Integer(YamlNode node, int least, int most)
    {
        if (RefuseQuestion(node)) return null;
        if (node is YamlText { Value: var text } && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= least && value <= most) return value;
        Refuse(node, "integer-expected", (node as YamlText)?.Value ?? "", ("least", least), ("most", most));
        return null;
    }

    /// <summary>A decimal number with a point, of so few characters that a double gives it back as written.</summary>
    public decimal? Number(YamlNode node)
    {
        const int MostCharacters = 16;
        if (node is YamlText { Value: { Length: <= MostCharacters } text }
            && decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)) return value;
        Refuse(node, "number-expected", (node as YamlText)?.Value ?? "");
        return null;
    }

    public DateOnly? Date(YamlNode node)
    {
        if (node is YamlText { Value: var text }
            && DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)) return date;
        Refuse(node, "date-expected", (node as YamlText)?.Value ?? "");
        return null;
    }

    public T? Word<T>(YamlNode node, Choice<T> choice)
        where T : struct
    {
        if (Text(node) is not { } text) return null;
        if (choice.TryGet(text, out var meaning)) return meaning;
        RefuseUnknown(node, "word-unknown", text, choice.Words);
        return null;
    }

    private bool RefuseQuestion(YamlNode node)
    {
        if (node is not YamlText { Value: var asked } || !AsksQuestions || !asked.StartsWith(Mapping.OpenQuestion, StringComparison.Ordinal)) return false;
        Refuse(node, "question", asked[Mapping.OpenQuestion.Length..].Trim());
        return true;
    }

    private static bool IsId(string text)
    {
        const int MostCharacters = 64;
        return text.Length <= MostCharacters && char.IsAsciiLetterLower(text[0]) && char.IsAsciiLetterOrDigit(text[^1])
            && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_')
            && !text.Zip(text.Skip(1)).Any(pair => !char.IsAsciiLetterOrDigit(pair.First) && !char.IsAsciiLetterOrDigit(pair.Second));
    }
}
