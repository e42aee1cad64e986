using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Escala.Capture.Forms.Definitions;
using Escala.Capture.Forms.Expressions;
using Escala.Capture.Forms.Sessions;

namespace Escala.Chapters.Tests.Forms;

/// <summary>The server compiles and evaluates as the shared file says; field/src/forms/conformance.test.ts holds the app to the same file.</summary>
public sealed class ConformanceTests
{
    private const double Near = 1e-12;

    public static TheoryData<string> Expressions => [.. ConformanceFile.Ids("expressions")];

    public static TheoryData<string> Scripts => [.. ConformanceFile.Ids("scripts")];

    public static TheoryData<string> Forms => [.. ConformanceFile.Root["forms"]!.AsObject().Select(f => f.Key)];

    public static TheoryData<int> Refusals => [.. Enumerable.Range(0, ConformanceFile.Root["faults"]!.AsArray().Count)];

    [Theory, MemberData(nameof(Expressions))]
    public void An_expression_gives_what_the_standard_says(string id)
    {
        var told = ConformanceFile.Case("expressions", id);
        var code = Compile(told);
        Assert.Equal(told["code"]!.ToJsonString(s_plain), ExprJson.Text(code));
        var session = ConformanceFile.Answered(told["language"]?.GetValue<int>() ?? 0);
        var read = ExprJson.Read(JsonSerializer.SerializeToElement(told["code"], s_plain));
        AssertValue(told["value"]!, session.Evaluate(read, told["at"]!.GetValue<string>()), told["near"] is not null, told["expr"]!.GetValue<string>());
    }

    [Theory, MemberData(nameof(Refusals))]
    public void What_is_no_expression_is_refused_at_its_character(int index)
    {
        var told = ConformanceFile.Root["faults"]![index]!;
        var (form, tree) = ConformanceFile.Form("visit");
        var fault = Assert.Throws<ExpressionFault>(() => ExpressionCompiler.Compile(told["expr"]!.GetValue<string>(), tree, new ExpressionPlace(ConformanceFile.Item(form, "outside"))));
        Assert.Equal((told["reason"]!.GetValue<string>(), told["place"]!.GetValue<int>()), (fault.Reason, fault.At));
    }

    [Theory, MemberData(nameof(Forms))]
    public void A_form_compiles_to_the_definition_of_the_file_and_is_read_back(string name)
    {
        var bytes = FormJson.Write(ConformanceFile.Form(name).Form);
        Assert.Equal(ConformanceFile.Root["forms"]![name]!["compiled"]!.ToJsonString(s_plain), JsonNode.Parse(bytes, documentOptions: new JsonDocumentOptions { MaxDepth = ExprJson.MostDepth })!.ToJsonString(s_plain));
        Assert.Equal(bytes, FormJson.Write(FormJson.Read("form.json", bytes).Value));
    }

    [Theory, MemberData(nameof(Scripts))]
    public void A_form_that_is_filled_goes_through_the_states_of_the_script(string id)
    {
        var script = ConformanceFile.Case("scripts", id);
        var form = FormJson.Read("form.json", FormJson.Write(ConformanceFile.Form(script["form"]!.GetValue<string>()).Form)).Value;
        var environment = ConformanceFile.Environment(script["language"]?.GetValue<int>() ?? 0);
        var session = FormSession.Begin(form, environment);
        foreach (var (index, step) in script["steps"]!.AsArray().Index())
        {
            var (what, told) = step!.AsObject().Single();
            var place = $"step {index} {step.ToJsonString(s_plain)}";
            switch (what)
            {
                case "set":
                    session.Set(told![0]!.GetValue<string>(), told[1]!.GetValue<string>());
                    break;
                case "add":
                    session.Add(told!.GetValue<string>());
                    break;
                case "remove":
                    session.Remove(told!.GetValue<string>());
                    break;
                case "finish":
                    session.Finish(told!.GetValue<string>());
                    break;
                case "resume":
                    session = FormSession.Resume(form, environment, JsonSerializer.SerializeToElement(told));
                    break;
                default:
                    AssertState(session, what, told!, place);
                    break;
            }
        }
    }

    /// <summary>Run it alone after cases.py: what the compiler gives is looked at in the difference before it is committed.</summary>
    [Fact(Explicit = true)]
    public void Write_the_compiled_code()
    {
        var made = new Dictionary<string, JsonNode>(StringComparer.Ordinal);
        foreach (var told in ConformanceFile.Root["expressions"]!.AsArray())
        {
            told!["code"] = JsonNode.Parse(ExprJson.Text(Compile(told)));
            made[$"{{\"id\":\"{told["id"]!.GetValue<string>()}\","] = told;
        }

        foreach (var (name, told) in ConformanceFile.Root["forms"]!.AsObject())
        {
            told!["compiled"] = JsonNode.Parse(FormJson.Write(ConformanceFile.Form(name).Form));
            made[$"\"{name}\": "] = told;
        }

        File.WriteAllLines(ConformanceFile.Path, File.ReadAllLines(ConformanceFile.Path).Select(line =>
            made.FirstOrDefault(m => line.StartsWith(m.Key, StringComparison.Ordinal)) is { Value: { } told } found
                ? (found.Key[0] == '{' ? "" : found.Key) + told.ToJsonString(s_plain) + (line.EndsWith(',') ? "," : "")
                : line));
    }

    private static readonly JsonSerializerOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = ExprJson.MostDepth };

    private static Expr Compile(JsonNode told)
    {
        var (form, tree) = ConformanceFile.Form("visit");
        return ExpressionCompiler.Compile(told["expr"]!.GetValue<string>(), tree, new ExpressionPlace(ConformanceFile.Item(form, told["at"]!.GetValue<string>()))).Code;
    }

    private static void AssertValue(JsonNode told, object value, bool near, string expression)
    {
        switch (value)
        {
            case double number:
                var wanted = told is JsonObject special ? double.Parse(special["number"]!.GetValue<string>(), CultureInfo.InvariantCulture) : told.GetValue<double>();
                Assert.True(wanted.Equals(number) || wanted == number || (near && Math.Abs(number - wanted) <= Near * Math.Abs(wanted)), $"{expression}: {number:R} for {wanted:R}");
                break;
            case bool truth:
                Assert.True(told.GetValueKind() is JsonValueKind.True or JsonValueKind.False && told.GetValue<bool>() == truth, $"{expression}: {truth}");
                break;
            case string text:
                Assert.Equal(told.GetValue<string>(), text);
                break;
            case List<string> nodes when told is JsonObject wantedNodes:
                Assert.Equal(wantedNodes["nodes"]!.AsArray().Select(n => n!.GetValue<string>()), nodes);
                break;
            default:
                Assert.Fail($"{expression}: {value}");
                break;
        }
    }

    private static void AssertState(FormSession session, string what, JsonNode told, string place)
    {
        switch (what)
        {
            case "shown":
                Assert.Equal(told.AsArray().Select(p => p!.GetValue<string>()), session.State().Select(s => s.Path));
                break;
            case "choices":
                Assert.Equal(told[1]!.AsArray().Select(c => c!.GetValue<string>()), session.Choices(told[0]!.GetValue<string>()).Select(c => c.Name));
                break;
            case "answers":
                Assert.True(JsonNode.DeepEquals(told, JsonNode.Parse(session.Answers())), $"{place}: {session.Answers()}");
                break;
            case "valid":
                Assert.True(told.GetValue<bool>() == session.IsValid, place);
                break;
            case "faults":
                Assert.Equal(told.AsArray().Select(f => f!.GetValue<string>()), session.Faults);
                break;
            case "name":
                Assert.Equal(told.GetValue<string>(), session.Name);
                break;
            case "state":
                foreach (var (path, wanted) in told.AsObject()) AssertItem(session.State().FirstOrDefault(s => s.Path == path), wanted!.AsObject(), $"{place}: {path}");
                break;
            default:
                Assert.Fail("no such step: " + what);
                break;
        }
    }

    private static void AssertItem(FormState? state, JsonObject wanted, string place)
    {
        Assert.True(state is not null, place + " is not shown");
        foreach (var (name, value) in wanted)
        {
            object got = name switch
            {
                "value" => state.Value,
                "label" => state.Label,
                "message" => state.Message,
                "isRequired" => state.IsRequired,
                "isReadOnly" => state.IsReadOnly,
                "problem" => state.Problem.ToString().ToLowerInvariant(),
                _ => name,
            };
            Assert.True(value!.ToJsonString(s_plain) == JsonSerializer.Serialize(got, s_plain), $"{place} {name}: {got}");
        }
    }
}
