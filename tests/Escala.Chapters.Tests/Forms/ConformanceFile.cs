using System.Text.Json;
using System.Text.Json.Nodes;
using Escala.Capture.Forms.Definitions;
using Escala.Capture.Forms.Expressions;
using Escala.Capture.Forms.Sessions;
using Escala.Capture.Forms.Sheets;

namespace Escala.Chapters.Tests.Forms;

/// <summary>tests/reference/forms/conformance.json: the cases that app and server are held to.</summary>
internal static class ConformanceFile
{
    private static readonly JsonDocumentOptions s_deep = new() { MaxDepth = ExprJson.MostDepth };

    private static readonly Dictionary<string, (FormDefinition Form, FormTree Tree)> s_compiled = [];

    public static string Path { get; } = System.IO.Path.Combine(Repository.Root, "tests", "reference", "forms", "conformance.json");

    public static JsonNode Root { get; } = JsonNode.Parse(File.ReadAllText(Path), documentOptions: s_deep)!;

    public static IEnumerable<string> Ids(string section) => Root[section]!.AsArray().Select(c => c!["id"]!.GetValue<string>());

    public static JsonNode Case(string section, string id) => Root[section]!.AsArray().First(c => c!["id"]!.GetValue<string>() == id)!;

    /// <summary>A form of the file, compiled from its sheets.</summary>
    public static (FormDefinition Form, FormTree Tree) Form(string name)
    {
        lock (s_compiled)
        {
            if (s_compiled.TryGetValue(name, out var known)) return known;
            var sheets = Root["forms"]![name]!["sheets"]!.AsObject().Select(s =>
                new FormSheet(s.Key, [.. s.Value!.AsArray().Select(r => (IReadOnlyList<string>)[.. r!.AsArray().Select(c => c!.GetValue<string>())])])).ToList();
            var reader = new FormReader(name + ".xlsx", sheets, _ => null);
            var report = reader.Read();
            Assert.True(report.Definition is not null, name + ": " + string.Join("; ", report.Findings.Select(f => f.Problem)));
            return s_compiled[name] = (report.Definition!, reader.Tree);
        }
    }

    public static FormEnvironment Environment(int language)
    {
        var told = Root["environment"]!;
        return new FormEnvironment(told["now"]!.GetValue<string>(), () => told["random"]!.GetValue<double>(), () => told["uuid"]!.GetValue<string>())
        {
            Language = language,
            Metadata = told["metadata"]!.AsObject().ToDictionary(m => m.Key, m => m.Value!.GetValue<string>()),
        };
    }

    /// <summary>The form of the expressions, answered.</summary>
    public static FormSession Answered(int language)
    {
        var session = FormSession.Begin(Form("visit").Form, Environment(language));
        foreach (var answer in Root["answers"]!.AsArray())
        {
            var (what, value) = (answer![0]!.GetValue<string>(), answer[1]!.GetValue<string>());
            if (what == "add") session.Add(value);
            else session.Set(what, value);
        }

        return session;
    }

    /// <summary>The item at a path: household/member[2]/age.</summary>
    public static int Item(FormDefinition form, string path)
    {
        var item = -1;
        foreach (var step in path.Split('/').Select(s => s.Split('[')[0]))
            item = form.Items.Index().First(i => i.Item.Parent == item && i.Item.Name == step).Index;
        return item;
    }
}
