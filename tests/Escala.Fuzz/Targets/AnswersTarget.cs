using System.Text.Json;
using System.Text.Json.Nodes;
using Escala.Capture.Forms.Definitions;
using Escala.Capture.Forms.Sessions;
using Escala.Fuzz.Mutation;

namespace Escala.Fuzz.Targets;

/// <summary>A filled form as a tablet sends it, looked at by the form that it says it is of.</summary>
internal sealed class AnswersTarget : Target
{
    private readonly FormDefinition _form;

    public AnswersTarget()
    {
        var cases = JsonNode.Parse(File.ReadAllText(Repository.PathTo("tests", "reference", "forms", "conformance.json")), documentOptions: new() { MaxDepth = 512 })!;
        _form = FormJson.Read("visit.json", Bytes(cases["forms"]!["visit"]!["compiled"]!.ToJsonString(new JsonSerializerOptions { MaxDepth = 512 }))).Value;
    }

    public override string Name => "answers";

    public override int Share => 6;

    public override Structure Structure => Structure.Words;

    public override int MostBytes => 2048;

    public override IEnumerable<byte[]> Seeds => [Bytes("""{"t":"a","age":"41","sex":"f","signs":"cough fever","g":{"inner":"in"},"person":[{"pname":"Ana","page":"34","drug":[{"dname":"A","dose":"10"},{"dose":"20"}]},{"pname":"Rui"}],"outside":"x"}""")];

    public override void Try(byte[] input)
    {
        // What comes over the net was a text before it was bytes.
        if (!System.Text.Unicode.Utf8.IsValid(input)) return;
        JsonDocument answers;
        try
        {
            answers = JsonDocument.Parse(input);
        }
        catch (JsonException)
        {
            return;
        }

        using (answers)
        {
            if (answers.RootElement.ValueKind != JsonValueKind.Object) return;
            var session = FormSession.Resume(_form, FormTarget.Environment(), answers.RootElement);
            session.State();
            using var said = JsonDocument.Parse(session.Answers());
            Hold(FormSession.Resume(_form, FormTarget.Environment(), said.RootElement).Answers() == session.Answers(), "answers are others when they are resumed");
        }
    }
}
