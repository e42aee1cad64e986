using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Escala.Economics.Models;

namespace Escala.Economics.Workbooks;

/// <summary>
/// Puts values, ranges, the numbers of distributions and sources that were changed in a workbook into the model file, character for character where they
/// stand; comments, order and everything else stay as they are. What a workbook cannot change is refused with the place where it can.
/// </summary>
internal sealed class ParameterUpdate
{
    private static readonly JsonSerializerOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // The fields in which a file may give a value, the first that stands there counting.
    private static readonly string[] s_values = ["value", "expression", "estimate", "mean"];

    private readonly string _text;
    private readonly ModelDefinition _model;
    private readonly Dictionary<string, YamlValue> _entries;
    private readonly List<(int Start, int End, string With)> _edits = [];
    private readonly List<ModelProblem> _problems = [];
    private readonly List<ParameterChange> _changes = [];

    private ParameterUpdate(string text)
    {
        _text = text;
        _model = ModelReader.Read(text);
        _entries = YamlTree.Read(text).Entries.Where(e => e.Key.Text == "parameters").SelectMany(e => ((YamlMap)e.Value).Entries).ToDictionary(e => e.Key.Text, e => e.Value);
    }

    /// <summary>The file with the workbook's numbers and sources, and what was changed.</summary>
    /// <exception cref="ModelException">A change cannot be taken back; every such cell is named.</exception>
    public static (string Text, IReadOnlyList<ParameterChange> Changes) Apply(string text, IReadOnlyList<WorkbookParameter> rows)
    {
        var update = new ParameterUpdate(text);
        foreach (var row in rows) update.Take(row);
        foreach (var missing in update._model.Parameters.Where(p => rows.All(r => r.Name != p.Name))) update.Refuse("economics.workbook.row-gone", ("sheet", ParameterSheet.Name), ("name", missing.Name));
        if (update._problems.Count > 0) throw new ModelException(update._problems);
        foreach (var (start, end, with) in update._edits.OrderByDescending(e => e.Start)) text = text[..start] + with + text[end..];
        ModelReader.Read(text);
        return (text, update._changes);
    }

    private void Take(WorkbookParameter row)
    {
        if (_model.Parameters.FirstOrDefault(p => p.Name == row.Name) is not { } parameter)
        {
            Refuse(row, "economics.workbook.row-unknown");
            return;
        }
        if (parameter.Formula is null) TakeNumber(row, parameter, ParameterSheet.Value, parameter.Value);
        else if (row.Text(ParameterSheet.Value) != ParameterSheet.Follows(parameter)) Refuse(row, "economics.workbook.row-formula", ("line", parameter.At.Line));
        TakeNumber(row, parameter, ParameterSheet.Low, parameter.Low);
        TakeNumber(row, parameter, ParameterSheet.High, parameter.High);
        foreach (var field in row.Cells.Keys.Where(ParameterSheet.IsNumber)) TakeNumber(row, parameter, field, parameter.Numbers.TryGetValue(field, out var given) ? given : null);
        TakeSource(row, parameter);
        foreach (var (field, written) in new[] { (ParameterSheet.Meaning, parameter.Label), (ParameterSheet.Unit, parameter.Unit), (ParameterSheet.Distribution, parameter.DistributionText), (ParameterSheet.Note, parameter.Note) })
        {
            if (row.Text(field) != written.Trim()) Refuse(row, "economics.workbook.row-text", ("field", field), ("line", parameter.At.Line));
        }
    }

    private void TakeNumber(WorkbookParameter row, ParameterDefinition parameter, string field, double? before)
    {
        var cell = row.Cells.GetValueOrDefault(field);
        double? after = cell switch { double number => number, int number => number, _ => null };
        if (cell is not null && !(after is { } finite && double.IsFinite(finite)))
        {
            Refuse(row, "economics.workbook.row-number", ("field", field));
            return;
        }
        // A spreadsheet keeps fifteen to seventeen digits.
        if (before == after || (before is { } b && after is { } a && Math.Abs(a - b) <= 1e-14 * Math.Abs(b))) return;
        if (after is null) Refuse(row, "economics.workbook.row-empty", ("field", field), ("line", parameter.At.Line));
        else if (parameter.Share is { } share && !parameter.Numbers.ContainsKey(field)) Refuse(row, "economics.workbook.row-share", ("group", share.Group));
        else if (Place(parameter, field) is { } place) Change(row, field, before, after.Value, place, Text(after.Value));
        else if (field == ParameterSheet.Value || (before is null && !ParameterSheet.IsNumber(field))) Insert(row, parameter, field, before, after.Value);
        else Refuse(row, "economics.workbook.row-distribution", ("field", field), ("line", parameter.At.Line));
    }

    /// <summary>A source that is filled in replaces the assumption.</summary>
    private void TakeSource(WorkbookParameter row, ParameterDefinition parameter)
    {
        var after = row.Text(ParameterSheet.Source);
        if (after == ParameterSheet.SourceOf(parameter)) return;
        if (after.Length == 0 || parameter.Formula is not null || parameter.Share is not null)
        {
            Refuse(row, "economics.workbook.row-text", ("field", ParameterSheet.Source), ("line", parameter.At.Line));
            return;
        }
        var written = JsonSerializer.Serialize(after, s_plain);
        if (Place(parameter, "source") is { } place) Change(row, ParameterSheet.Source, parameter.Source, after, place, written);
        else Insert(row, parameter, ParameterSheet.Source, null, after, "source", written);
        if (parameter.IsAssumption && Place(parameter, "assumption") is { } mark) _edits.Add((mark.Start, mark.End, "false"));
    }

    private (int Start, int End)? Place(ParameterDefinition parameter, string field)
    {
        if (_entries[parameter.Share?.Group ?? parameter.Name] is not YamlMap map) return field == ParameterSheet.Value ? ((YamlScalar)_entries[parameter.Name]).Span : null;
        YamlScalar? Of(YamlMap within, string key) => within.Entries.FirstOrDefault(e => e.Key.Text == key).Value as YamlScalar;
        if (parameter.Share is not null) return (map.Entries.First(e => e.Key.Text == "alpha").Value as YamlMap) is { } shares ? Of(shares, parameter.Name[(parameter.Share.Value.Group.Length + 1)..])?.Span : null;
        if (field == ParameterSheet.Value) return s_values.Select(f => Of(map, f)).FirstOrDefault(s => s is not null)?.Span;
        if (field.Split(' ') is [var list, var end]) return map.Entries.FirstOrDefault(e => e.Key.Text == list).Value is YamlList { Items: var items } ? (items[end == "lower" ? 0 : 1] as YamlScalar)?.Span : null;
        return Of(map, ParameterSheet.FieldOf(field))?.Span;
    }

    private void Change(WorkbookParameter row, string field, object? before, object after, (int Start, int End) place, string written)
    {
        _edits.Add((place.Start, place.End, written));
        _changes.Add(new ParameterChange(row.Name, field, Shown(before), Shown(after)!));
    }

    private void Insert(WorkbookParameter row, ParameterDefinition parameter, string field, double? before, double after) =>
        Insert(row, parameter, field, before, after, ParameterSheet.FieldOf(field), Text(after));

    private void Insert(WorkbookParameter row, ParameterDefinition parameter, string field, object? before, object after, string key, string written)
    {
        if (_entries[parameter.Name] is not YamlMap { Entries.Count: > 0 } map)
        {
            Refuse(row, "economics.workbook.row-place", ("field", field), ("line", parameter.At.Line));
            return;
        }
        var first = map.Entries[0].Key.Span.Start;
        var lineStart = _text.LastIndexOf('\n', first - 1) + 1;
        var isBlock = _text[lineStart..first].All(c => c == ' ');
        Change(row, field, before, after, (first, first), isBlock ? $"{key}: {written}\n{new string(' ', first - lineStart)}" : $"{key}: {written}, ");
    }

    private void Refuse(WorkbookParameter row, string code, params (string, object?)[] details) =>
        Refuse(code, [("sheet", ParameterSheet.Name), ("row", row.Row), ("name", row.Name), .. details]);

    private void Refuse(string code, params (string, object?)[] details) => _problems.Add(new ModelProblem(default, code, details));

    private static string? Shown(object? value) => value switch { null or "" => null, double number => Text(number), var other => other.ToString() };

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
