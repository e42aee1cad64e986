using System.Text.Json;
using System.Text.Json.Nodes;
using Escala.Capture.Forms.Expressions;
using Escala.Capture.Forms.Sessions;
using Escala.Capture.Forms.Sheets;
using Escala.Fuzz.Mutation;
using Escala.Platform.Problems;

namespace Escala.Fuzz.Targets;

/// <summary>An expression of a form: compiled, written, read again, and carried out within its fuel.</summary>
internal sealed class ExpressionTarget : Target
{
    private readonly JsonNode _cases = JsonNode.Parse(File.ReadAllText(Repository.PathTo("tests", "reference", "forms", "conformance.json")), documentOptions: new() { MaxDepth = ExprJson.MostDepth })!;
    private readonly FormTree _tree;
    private readonly FormSession _session;
    private readonly int _age;

    public ExpressionTarget()
    {
        var sheets = _cases["forms"]!["visit"]!["sheets"]!.AsObject().Select(s => new FormSheet(s.Key, [.. s.Value!.AsArray().Select(r => (IReadOnlyList<string>)[.. r!.AsArray().Select(c => c!.GetValue<string>())])])).ToList();
        var reader = new FormReader("visit.xlsx", sheets, _ => null);
        var form = reader.Read().Definition!;
        _tree = reader.Tree;
        _session = FormSession.Begin(form, FormTarget.Environment());
        _age = form.Items.Index().First(i => i.Item.Name == "age").Index;
    }

    public override string Name => "expression";

    public override int Share => 30;

    public override Structure Structure => Structure.Words;

    public override int MostBytes => 512;

    public override IReadOnlyList<string> Words => [.. Functions.Known.Keys.Select(f => f + "("), "div", "mod", "and", "or", "${age}", "${person}", "../", "//", "::", "'%Y-%m-%d'", "[position()=1]"];

    public override IEnumerable<byte[]> Seeds => _cases["expressions"]!.AsArray().Select(e => Bytes(e!["expr"]!.GetValue<string>()));

    public override void Try(byte[] input)
    {
        CompiledExpression compiled;
        try
        {
            compiled = ExpressionCompiler.Compile(System.Text.Encoding.UTF8.GetString(input), _tree, new ExpressionPlace(_age));
        }
        catch (ExpressionFault fault)
        {
            // As the form's reader tells it.
            HoldProblems([Problem.Of("capture.form." + fault.Reason, [("file", "f"), ("sheet", "s"), ("row", 1), ("column", "c"), (fault.Details.Any(d => d.Key == "place") ? "at" : "place", fault.At), .. fault.Details])]);
            return;
        }

        var text = ExprJson.Text(compiled.Code);
        using var json = JsonDocument.Parse(text, new() { MaxDepth = ExprJson.MostDepth });
        Hold(ExprJson.Text(ExprJson.Read(json.RootElement)) == text, "an expression is another when it is written again");
        try
        {
            _session.Evaluate(compiled.Code, "age");
        }
        catch (EvaluationFault)
        {
            // Its fuel is spent.
        }
    }
}
