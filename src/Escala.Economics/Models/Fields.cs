using System.Globalization;

namespace Escala.Economics.Models;

/// <summary>
/// Takes the fields of one mapping by name and writes down what is wrong instead of stopping at the first mistake; fields that nobody took
/// are refused at the end, so that a misspelt one cannot be overlooked. Keys that start with <c>.comment</c> are the author's own.
/// </summary>
internal sealed class Fields
{
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

    public string What { get; }

    public Position At { get; }

    public bool Has(string name) => _values.ContainsKey(name);

    public Position Of(string name) => _values.TryGetValue(name, out var value) ? value.At : At;

    public void Add(Position at, string code, string message) => _problems.Add(new ModelProblem(at.Line, at.Column, code, message));

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
        Add(value.At, "model.field.kind", $"{name} of {What} must be a single value, not a list or a mapping.");
        return null;
    }

    public string Text(string name, string absent = "") => Scalar(name)?.Text.Trim() ?? absent;

    public string Required(string name)
    {
        var text = Scalar(name)?.Text.Trim();
        if (!string.IsNullOrEmpty(text)) return text;
        Add(Of(name), "model.field.missing", $"{What} needs {name}.");
        return "";
    }

    public bool Flag(string name)
    {
        var text = Text(name);
        if (text is "" or "false" or "no") return false;
        if (text is "true" or "yes") return true;
        Add(Of(name), "model.field.flag", $"{name} of {What} is '{text}'; write true or false.");
        return false;
    }

    public double? Number(string name)
    {
        if (Scalar(name) is not { } scalar) return null;
        if (TryNumber(scalar.Text, out var number)) return number;
        Add(scalar.At, "model.field.number", $"{name} of {What} is '{scalar.Text}', which is not a finite number. Write it with a decimal point, without thousands separators; a percent sign is understood.");
        return null;
    }

    public IReadOnlyList<double> Numbers(string name)
    {
        if (Take(name) is not { } value) return [];
        if (value is not YamlList list)
        {
            Add(value.At, "model.field.list", $"{name} of {What} must be a list of numbers, such as [1, 2].");
            return [];
        }
        List<double> numbers = [];
        foreach (var item in list.Items)
        {
            if (item is YamlScalar scalar && TryNumber(scalar.Text, out var number)) numbers.Add(number);
            else Add(item.At, "model.field.number", $"{name} of {What} holds something that is not a finite number.");
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
                Add(other.At, "model.field.list", $"{name} of {What} must be a word or a list of words.");
                return [];
        }
    }

    public T Choice<T>(string name, T absent, IReadOnlyDictionary<string, T> choices)
    {
        var text = Text(name);
        if (text.Length == 0) return absent;
        if (choices.TryGetValue(text, out var choice)) return choice;
        Add(Of(name), "model.field.choice", $"{name} of {What} is '{text}'. It is one of: {string.Join(", ", choices.Keys)}.");
        return absent;
    }

    public Fields Nested(YamlMap map, string what) => new(map, what, _problems);

    public Fields? Map(string name)
    {
        var value = Take(name);
        if (value is null) return null;
        if (value is YamlMap map) return new Fields(map, $"{name} of {What}", _problems);
        Add(value.At, "model.field.map", $"{name} of {What} must be a mapping (name: value).");
        return null;
    }

    /// <summary>Entries of a mapping whose keys are names chosen by the author.</summary>
    public IReadOnlyList<(YamlScalar Key, YamlValue Value)> Named(string name)
    {
        var value = Take(name);
        if (value is null) return [];
        if (value is YamlMap map) return [.. map.Entries.Where(e => !e.Key.Text.StartsWith(".comment", StringComparison.Ordinal))];
        Add(value.At, "model.field.map", $"{name} of {What} must be a mapping (name: value).");
        return [];
    }

    public IReadOnlyList<Fields> Rows(string name)
    {
        var value = Take(name);
        if (value is null) return [];
        if (value is not YamlList list)
        {
            Add(value.At, "model.field.list", $"{name} of {What} must be a list, each entry starting with a dash.");
            return [];
        }
        List<Fields> rows = [];
        foreach (var item in list.Items)
        {
            if (item is YamlMap map) rows.Add(new Fields(map, $"an entry of {name}", _problems));
            else Add(item.At, "model.field.map", $"An entry of {name} must be a mapping (from: …, to: …).");
        }
        return rows;
    }

    /// <summary>Refuses what nobody took.</summary>
    public void Close()
    {
        foreach (var (name, at) in _left)
            Add(at, "model.field.unknown", $"{What} has no field '{name}'; it has {string.Join(", ", _known.Distinct())}. For a remark of your own start the name with .comment.");
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
