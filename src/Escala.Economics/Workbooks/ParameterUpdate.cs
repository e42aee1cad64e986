using System.Globalization;
using Escala.Economics.Models;

namespace Escala.Economics.Workbooks;

/// <summary>
/// Puts numbers that were changed in a workbook into the model file, character for character where they stand; comments, order and everything else
/// stay as they are. What a workbook cannot change (formulas, what distributions give) is refused with the place where it can.
/// </summary>
internal sealed class ParameterUpdate
{
    private readonly string _text;
    private readonly ModelDefinition _model;
    private readonly Dictionary<string, YamlValue> _entries;
    private readonly List<(int Start, int End, string With)> _edits = [];
    private readonly List<ModelProblem> _problems = [];

    private ParameterUpdate(string text)
    {
        _text = text;
        _model = ModelReader.Read(text);
        _entries = YamlTree.Read(text).Entries.Where(e => e.Key.Text == "parameters").SelectMany(e => ((YamlMap)e.Value).Entries).ToDictionary(e => e.Key.Text, e => e.Value);
    }

    /// <summary>The file with the workbook's numbers, and what was changed in words.</summary>
    /// <exception cref="ModelException">A change cannot be taken back; every such cell is named.</exception>
    public static (string Text, IReadOnlyList<string> Changes) Apply(string text, IReadOnlyList<WorkbookParameter> rows)
    {
        var update = new ParameterUpdate(text);
        List<string> changes = [];
        foreach (var row in rows) changes.AddRange(update.Take(row));
        foreach (var missing in update._model.Parameters.Where(p => rows.All(r => r.Name != p.Name)))
            update.Refuse(0, $"The row of parameter {missing.Name} is gone from {ParameterSheet.Name}. Parameters are removed in the file.");
        if (update._problems.Count > 0) throw new ModelException(update._problems);
        foreach (var (start, end, with) in update._edits.OrderByDescending(e => e.Start)) text = text[..start] + with + text[end..];
        ModelReader.Read(text);
        return (text, changes);
    }

    private List<string> Take(WorkbookParameter row)
    {
        List<string> changes = [];
        if (_model.Parameters.FirstOrDefault(p => p.Name == row.Name) is not { } parameter)
        {
            Refuse(row.Row, $"'{row.Name}' is not a parameter of the model. Parameters are added in the file.");
            return changes;
        }
        if (parameter.Formula is null) Take(row, parameter, "value", parameter.Value, row.Value, ["value", "expression", "estimate", "mean"], changes);
        else if (row.Value is not string text || text.Trim() != "follows: " + parameter.FormulaText.Trim())
            Refuse(row.Row, $"{row.Name} follows from other parameters; its formula is changed in the file (line {parameter.At.Line}).");
        Take(row, parameter, "low", parameter.Low, row.Low, ["low"], changes);
        Take(row, parameter, "high", parameter.High, row.High, ["high"], changes);
        return changes;
    }

    private void Take(WorkbookParameter row, ParameterDefinition parameter, string what, double? before, object? cell, string[] fields, List<string> changes)
    {
        double? after = cell switch { double number => number, int number => number, _ => null };
        if (cell is not null && !(after is { } finite && double.IsFinite(finite)))
        {
            Refuse(row.Row, $"{what} of {row.Name} is not a number.");
            return;
        }
        // A spreadsheet keeps fifteen to seventeen digits.
        if (before == after || (before is { } b && after is { } a && Math.Abs(a - b) <= 1e-14 * Math.Abs(b))) return;
        if (after is null) Refuse(row.Row, $"{what} of {row.Name} is empty. To remove it, change the file (line {parameter.At.Line}).");
        else if (parameter.Share is { } share) Refuse(row.Row, $"{row.Name} is a share of {share.Group}: change its alpha in the file (line {parameter.At.Line}).");
        else if (Place(parameter, fields) is { } place)
        {
            _edits.Add((place.Start, place.End, Text(after.Value)));
            changes.Add($"{row.Name}: {what} {(before is { } old ? Text(old) : "none")} → {Text(after.Value)}");
        }
        else if (before is null || what == "value")
        {
            Insert(parameter, what, after.Value);
            changes.Add($"{row.Name}: {what} {(before is { } old ? Text(old) : "none")} → {Text(after.Value)}");
        }
        else Refuse(row.Row, $"{what} of {row.Name} comes from its interval or distribution: change that in the file (line {parameter.At.Line}).");
    }

    private (int Start, int End)? Place(ParameterDefinition parameter, string[] fields) => _entries[parameter.Name] switch
    {
        YamlScalar scalar when fields[0] == "value" => scalar.Span,
        YamlMap map => fields.Select(f => map.Entries.FirstOrDefault(e => e.Key.Text == f).Value).OfType<YamlScalar>().FirstOrDefault()?.Span,
        _ => null,
    };

    private void Insert(ParameterDefinition parameter, string field, double value)
    {
        if (_entries[parameter.Name] is not YamlMap { Entries.Count: > 0 } map)
        {
            Refuse(0, $"{parameter.Name} has no place for {field}: write it as a mapping in the file (line {parameter.At.Line}).");
            return;
        }
        var first = map.Entries[0].Key.Span.Start;
        var lineStart = _text.LastIndexOf('\n', first - 1) + 1;
        var isBlock = _text[lineStart..first].All(c => c == ' ');
        _edits.Add((first, first, isBlock ? $"{field}: {Text(value)}\n{new string(' ', first - lineStart)}" : $"{field}: {Text(value)}, "));
    }

    private void Refuse(int row, string message) =>
        _problems.Add(new ModelProblem(0, 0, "model.workbook.change", (row > 0 ? FormattableString.Invariant($"{ParameterSheet.Name}, row {row}: ") : "") + message));

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
