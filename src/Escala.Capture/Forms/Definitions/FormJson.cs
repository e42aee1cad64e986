using System.Text.Json;
using Escala.Capture.Forms.Expressions;
using Escala.Platform.Problems;

namespace Escala.Capture.Forms.Definitions;

/// <summary>
/// A definition as JSON (<c>programmes/form.schema.json</c>): the same form gives the same bytes. What is read was perhaps not written here, so
/// that every index, list and operator is checked before anything is evaluated.
/// </summary>
public static class FormJson
{
    public const int LayoutVersion = 1;

    private const int MostBytes = 30_000_000;

    public static byte[] Write(FormDefinition form)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, ExprJson.Writing))
        {
            json.WriteStartObject();
            json.WriteNumber("escalaForm", LayoutVersion);
            json.WriteString("id", form.Id);
            Text(json, "version", form.Version);
            Write(json, "title", form.Title);
            Texts(json, "languages", form.Languages);
            json.WriteNumber("defaultLanguage", form.DefaultLanguage);
            Text(json, "style", form.Style);
            Write(json, "instanceName", form.InstanceName);
            json.WriteStartArray("items");
            foreach (var item in form.Items) Write(json, item);
            json.WriteEndArray();
            json.WriteStartObject("lists");
            foreach (var (name, list) in form.Lists.OrderBy(l => l.Key, StringComparer.Ordinal)) Write(json, name, list);
            json.WriteEndObject();
            json.WriteStartArray("order");
            foreach (var rule in form.Order)
            {
                json.WriteStartArray();
                json.WriteStringValue(rule.IsRelevance ? "relevant" : "calculation");
                json.WriteNumberValue(rule.Item);
                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>The form of a file; a problem where it is none, or one of a later Escala.</summary>
    public static Result<FormDefinition> Read(string file, byte[] bytes)
    {
        if (bytes.Length > MostBytes) return Problem.Of("capture.form.file-too-large", ("file", file), ("most", MostBytes));
        try
        {
            using var json = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = ExprJson.MostDepth });
            return Checked(new Reading(json.RootElement).Form());
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException or IndexOutOfRangeException or InvalidCastException or ArgumentException or OverflowException)
        {
            return Problem.Of("capture.form.not-compiled", ("file", file));
        }
    }

    private static FormDefinition Checked(FormDefinition form)
    {
        var fits = form.Languages.Count > 0 && form.DefaultLanguage >= 0 && form.DefaultLanguage < form.Languages.Count
            && form.Items.Index().All(i => i.Item.Parent >= -1 && i.Item.Parent < i.Index && (i.Item.Parent < 0 || FormTypes.IsContainer(form.Items[i.Item.Parent].Type)))
            && form.Items.All(i => (i.List is null || form.Lists.ContainsKey(i.List)) && i.Trigger.Append(i.ChoicesFrom ?? 0).All(t => t >= 0 && t < form.Items.Count))
            && form.Order.All(r => r.Item >= 0 && r.Item < form.Items.Count && (r.IsRelevance ? form.Items[r.Item].Relevant : form.Items[r.Item].Calculation) is not null)
            && form.Lists.Values.All(l => l.Choices.All(c => c.Values.Count == l.Columns.Count))
            && form.Items.SelectMany(Sheets.FormReader.Expressions).Append(form.InstanceName).OfType<Expr>().All(e => ExpressionShape.IsSound(e, form));
        return fits ? form : throw new FormatException("no form");
    }

    private static void Write(Utf8JsonWriter json, FormItem item)
    {
        json.WriteStartObject();
        json.WriteString("type", item.Type);
        json.WriteString("name", item.Name);
        if (item.Parent >= 0) json.WriteNumber("in", item.Parent);
        Write(json, "label", item.Label);
        Write(json, "hint", item.Hint);
        Write(json, "guidance", item.Guidance);
        Write(json, "required", item.Required);
        Write(json, "requiredMessage", item.RequiredMessage);
        Write(json, "relevant", item.Relevant);
        Write(json, "constraint", item.Constraint);
        Write(json, "constraintMessage", item.ConstraintMessage);
        Write(json, "calculation", item.Calculation);
        if (item.Trigger.Count > 0)
        {
            json.WriteStartArray("trigger");
            foreach (var source in item.Trigger) json.WriteNumberValue(source);
            json.WriteEndArray();
        }

        Write(json, "default", item.Default);
        Write(json, "readOnly", item.ReadOnly);
        if (item.Appearance.Count > 0) Texts(json, "appearance", item.Appearance);
        if (item.Parameters.Count > 0)
        {
            json.WriteStartObject("parameters");
            foreach (var (name, value) in item.Parameters.OrderBy(p => p.Key, StringComparer.Ordinal)) json.WriteString(name, value);
            json.WriteEndObject();
        }

        Text(json, "list", item.List);
        if (item.ChoicesFrom is { } answers) json.WriteNumber("choicesFrom", answers);
        Write(json, "choiceFilter", item.ChoiceFilter);
        Write(json, "count", item.Count);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, ChoiceList list)
    {
        json.WriteStartObject(name);
        Texts(json, "columns", list.Columns);
        json.WriteStartArray("choices");
        foreach (var choice in list.Choices)
        {
            json.WriteStartArray();
            json.WriteStringValue(choice.Name);
            if (choice.Label is null) json.WriteNullValue();
            else Write(json, choice.Label);
            foreach (var value in choice.Values) json.WriteStringValue(value);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, FormText? text)
    {
        if (text is null) return;
        json.WritePropertyName(name);
        Write(json, text);
    }

    // In each language a text, null, or an array of parts.
    private static void Write(Utf8JsonWriter json, FormText text)
    {
        json.WriteStartArray();
        foreach (var parts in text.Languages)
        {
            if (parts is null)
            {
                json.WriteNullValue();
            }
            else if (parts is [TextLiteral only])
            {
                json.WriteStringValue(only.Value);
            }
            else
            {
                json.WriteStartArray();
                foreach (var part in parts) ExprJson.Write(json, part);
                json.WriteEndArray();
            }
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, Expr? expression)
    {
        if (expression is null) return;
        json.WritePropertyName(name);
        ExprJson.Write(json, expression);
    }

    private static void Text(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null) json.WriteString(name, text);
    }

    private static void Texts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private readonly struct Reading(JsonElement json)
    {
        private readonly JsonElement _json = json;

        public FormDefinition Form()
        {
            if (_json.GetProperty("escalaForm").GetInt32() != LayoutVersion) throw new FormatException("another layout");
            return new FormDefinition
            {
                Id = Said(_json.GetProperty("id")),
                Version = Text("version"),
                Title = LocalText(_json.GetProperty("title")),
                Languages = Texts("languages"),
                DefaultLanguage = _json.GetProperty("defaultLanguage").GetInt32(),
                Style = Text("style"),
                InstanceName = Expression("instanceName"),
                Items = [.. _json.GetProperty("items").EnumerateArray().Select(i => new Reading(i).Item())],
                Lists = _json.GetProperty("lists").EnumerateObject().ToDictionary(l => l.Name, l => new Reading(l.Value).List(), StringComparer.Ordinal),
                Order = [.. _json.GetProperty("order").EnumerateArray().Select(r => new FormRule(r[0].GetString() == "relevant", r[1].GetInt32()))],
            };
        }

        private FormItem Item() => new()
        {
            Type = Said(_json.GetProperty("type")),
            Name = Said(_json.GetProperty("name")),
            Parent = Integer("in") ?? -1,
            Label = LocalText("label"),
            Hint = LocalText("hint"),
            Guidance = LocalText("guidance"),
            Required = Expression("required"),
            RequiredMessage = LocalText("requiredMessage"),
            Relevant = Expression("relevant"),
            Constraint = Expression("constraint"),
            ConstraintMessage = LocalText("constraintMessage"),
            Calculation = Expression("calculation"),
            Trigger = _json.TryGetProperty("trigger", out var trigger) ? [.. trigger.EnumerateArray().Select(t => t.GetInt32())] : [],
            Default = Expression("default"),
            ReadOnly = Expression("readOnly"),
            Appearance = _json.TryGetProperty("appearance", out _) ? Texts("appearance") : [],
            Parameters = _json.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateObject().ToDictionary(p => p.Name, p => Said(p.Value)) : [],
            List = Text("list"),
            ChoicesFrom = Integer("choicesFrom"),
            ChoiceFilter = Expression("choiceFilter"),
            Count = Expression("count"),
        };

        private ChoiceList List() => new(
            Texts("columns"),
            [.. _json.GetProperty("choices").EnumerateArray().Select(c => new Choice(Said(c[0]), c[1].ValueKind == JsonValueKind.Null ? null : LocalText(c[1]), [.. c.EnumerateArray().Skip(2).Select(v => Said(v))]))]);

        private static string Said(JsonElement json) => json.GetString() ?? throw new FormatException("no text");

        private string? Text(string name) => _json.TryGetProperty(name, out var text) ? Said(text) : null;

        private int? Integer(string name) => _json.TryGetProperty(name, out var number) ? number.GetInt32() : null;

        private List<string> Texts(string name) => [.. _json.GetProperty(name).EnumerateArray().Select(t => Said(t))];

        private Expr? Expression(string name) => _json.TryGetProperty(name, out var expression) ? ExprJson.Read(expression) : null;

        private FormText? LocalText(string name) => _json.TryGetProperty(name, out var text) ? LocalText(text) : null;

        private static FormText LocalText(JsonElement json) => new(
        [
            .. json.EnumerateArray().Select(language => language.ValueKind switch
            {
                JsonValueKind.Null => null,
                JsonValueKind.String => (IReadOnlyList<Expr>?)[new TextLiteral(Said(language))],
                _ => [.. language.EnumerateArray().Select(ExprJson.Read)],
            }),
        ]);
    }
}
