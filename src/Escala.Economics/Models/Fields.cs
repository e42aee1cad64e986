using System.Globalization;

namespace Escala.Economics.Models;

/// <summary>
/// Takes the fields of one mapping by name and writes down what is wrong instead of stopping at the first mistake; fields that nobody took
/// are refused at the end, so that a misspelt one cannot be overlooked. Keys that start with <c>.comment</c> are the author's own.
/// </summary>
internal sealed class Fields
{
    public const string Root = "model";

    private readonly List<ModelProblem> _problems;
    private readonly Dictionary<string, YamlValue> _values = [];
    private readonly Dictionary<string, Position> _left = [];
    private readonly List<string> _known = [];

    public Fields(YamlMap map, string what, List<ModelProblem> problems)
    {
        _problems = problems;
        What = what;
        At = map.At;
        foreach (var (key, value) in map.Entries)
        {
            if (key.Text.StartsWith(".comment", StringComparison.Ordinal)) continue;
            _values[key.Text] = value;
            _left[key.Text] = key.At;
        }
    }

    /// <summary>Path of the mapping in the file, such as parameters.cost or transitions[2]; counted from 1.</summary>
    public string What { get; }

    public Position At { get; }

    public bool Has(string name) => _values.ContainsKey(name);

    public Position Of(string name) => _values.TryGetValue(name, out var value) ? value.At : At;

    public void Add(Position at, string code, params (string Key, object? Value)[] details) => _problems.Add(new ModelProblem(at, code, details));

    /// <summary>The problem of a field, with its path in the file.</summary>
    public void AddTo(string name, Position at, string code, params (string Key, object? Value)[] details) => Add(at, code, [("field", Path(name)), .. details]);

    public void Add(ModelException refused, Position at) => _problems.AddRange(refused.At(at));

    /// <summary>Where a field stands, in the file's own words.</summary>
    public string Path(string name) => What == Root ? name : $"{What}.{name}";

    public YamlValue? Take(string name)
    {
        _known.Add(name);
        _left.Remove(name);
        return _values.GetValueOrDefault(name);
    }

    public YamlScalar? Scalar(string name)
    {
        var value = Take(name);
        if (value is null or YamlScalar) return (YamlScalar?)value;
        AddTo(name, value.At, "economics.field.kind");
        return null;
    }

    public string Text(string name, string absent = "") => Scalar(name)?.Text.Trim() ?? absent;

    public string Required(string name)
    {
        var text = Scalar(name)?.Text.Trim();
        if (!string.IsNullOrEmpty(text)) return text;
        AddTo(name, Of(name), "economics.field.missing");
        return "";
    }

    public bool Flag(string name)
    {
        var text = Text(name);
        if (text is "" or "false" or "no") return false;
        if (text is "true" or "yes") return true;
        AddTo(name, Of(name), "economics.field.flag", ("text", text));
        return false;
    }

    public double? Number(string name)
    {
        if (Scalar(name) is not { } scalar) return null;
        if (TryNumber(scalar.Text, out var number)) return number;
        AddTo(name, scalar.At, "economics.field.number", ("text", scalar.Text));
        return null;
    }

    public IReadOnlyList<double> Numbers(string name)
    {
        if (Take(name) is not { } value) return [];
        if (value is not YamlList list)
        {
            AddTo(name, value.At, "economics.field.numbers");
            return [];
        }
        List<double> numbers = [];
        foreach (var item in list.Items)
        {
            if (item is YamlScalar scalar && TryNumber(scalar.Text, out var number)) numbers.Add(number);
            else AddTo(name, item.At, "economics.field.number-inside");
        }
        return numbers;
    }

    public IReadOnlyList<YamlScalar> Words(string name)
    {
        switch (Take(name))
        {
            case null: return [];
            case YamlScalar one: return [one];
            case YamlList list when list.Items.All(i => i is YamlScalar): return [.. list.Items.Cast<YamlScalar>()];
            case var other:
                AddTo(name, other.At, "economics.field.words");
                return [];
        }
    }

    public T Choice<T>(string name, T absent, IReadOnlyDictionary<string, T> choices)
    {
        var text = Text(name);
        if (text.Length == 0) return absent;
        if (choices.TryGetValue(text, out var choice)) return choice;
        AddTo(name, Of(name), "economics.field.choice", ("text", text), ("known", string.Join(", ", choices.Keys)));
        return absent;
    }

    public Fields Nested(YamlMap map, string what) => new(map, what, _problems);

    public Fields? Map(string name)
    {
        var value = Take(name);
        if (value is null) return null;
        if (value is YamlMap map) return new Fields(map, Path(name), _problems);
        AddTo(name, value.At, "economics.field.map");
        return null;
    }

    /// <summary>Entries of a mapping whose keys are names chosen by the author.</summary>
    public IReadOnlyList<(YamlScalar Key, YamlValue Value)> Named(string name)
    {
        var value = Take(name);
        if (value is null) return [];
        if (value is YamlMap map) return [.. map.Entries.Where(e => !e.Key.Text.StartsWith(".comment", StringComparison.Ordinal))];
        AddTo(name, value.At, "economics.field.map");
        return [];
    }

    public IReadOnlyList<Fields> Rows(string name)
    {
        var value = Take(name);
        if (value is null) return [];
        if (value is not YamlList list)
        {
            AddTo(name, value.At, "economics.field.list");
            return [];
        }
        List<Fields> rows = [];
        foreach (var item in list.Items)
        {
            if (item is YamlMap map) rows.Add(new Fields(map, FormattableString.Invariant($"{Path(name)}[{rows.Count + 1}]"), _problems));
            else AddTo(name, item.At, "economics.field.row");
        }
        return rows;
    }

    /// <summary>Refuses what nobody took.</summary>
    public void Close()
    {
        foreach (var (name, at) in _left)
            Add(at, "economics.field.unknown", ("what", What), ("field", name), ("known", string.Join(", ", _known.Distinct())));
    }

    public static bool TryNumber(string text, out double number)
    {
        var trimmed = text.Trim();
        var percent = trimmed.EndsWith('%');
        var read = double.TryParse(percent ? trimmed[..^1].TrimEnd() : trimmed, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
        if (percent) number /= 100;
        return read;
    }
}
