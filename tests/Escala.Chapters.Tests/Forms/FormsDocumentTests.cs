using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Escala.Capture.Forms.Definitions;
using Escala.Capture.Forms.Expressions;

namespace Escala.Chapters.Tests.Forms;

/// <summary>docs/methods/forms.md and programmes/form.schema.json say what the code does, no more and no less.</summary>
public sealed partial class FormsDocumentTests
{
    private static readonly string[] s_lines = File.ReadAllLines(Repository.PathTo("docs", "methods", "forms.md"));

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Word { get; }

    [Fact]
    public void The_types_are_those_of_the_reader()
    {
        Assert.Equal(FormTypes.Questions.Concat([FormTypes.SelectOne, FormTypes.SelectMultiple, FormTypes.Rank, FormTypes.Group, FormTypes.Repeat]).Except(["audit"]).Order(), Row("carried out").Order());
        Assert.Equal(["audit"], Row("left out"));
        Assert.Equal(FormTypes.Unsupported.Order(), Row("refused").Order());
    }

    [Fact]
    public void The_functions_are_those_of_the_compiler() => Assert.Equal(Functions.Known.Keys.Order(), Section("Functions").Where(l => l.StartsWith('|')).SelectMany(Words).Order());

    [Fact]
    public void The_schema_has_the_types_of_the_reader_and_the_keys_of_what_is_written()
    {
        var schema = JsonNode.Parse(File.ReadAllText(Repository.PathTo("programmes", "form.schema.json")))!;
        var item = schema["definitions"]!["item"]!["properties"]!.AsObject();
        Assert.Equal(
            FormTypes.Questions.Concat([FormTypes.SelectOne, FormTypes.SelectMultiple, FormTypes.Rank, FormTypes.Group, FormTypes.Repeat]).Order(),
            item["type"]!["enum"]!.AsArray().Select(t => t!.GetValue<string>()).Order());
        var known = item.Select(p => p.Key).ToHashSet();
        var used = new HashSet<string>();
        foreach (var form in ConformanceFile.Root["forms"]!.AsObject().Select(f => f.Value!["compiled"]!))
        {
            Assert.All(form.AsObject(), p => Assert.True(schema["properties"]!.AsObject().ContainsKey(p.Key), p.Key));
            Assert.All(schema["required"]!.AsArray(), r => Assert.NotNull(form[r!.GetValue<string>()]));
            used.UnionWith(form["items"]!.AsArray().SelectMany(i => i!.AsObject()).Select(p => p.Key));
        }

        Assert.Equal(known.Order(), used.Order());
    }

    private static IEnumerable<string> Row(string name) => Words(Section("Types").Single(l => l.StartsWith($"| {name} |", StringComparison.Ordinal)));

    private static IEnumerable<string> Words(string line) => Word.Matches(line).Select(m => m.Groups[1].Value);

    private static IEnumerable<string> Section(string name) =>
        s_lines.SkipWhile(l => l != "## " + name).Skip(1).TakeWhile(l => !l.StartsWith("## ", StringComparison.Ordinal));
}
