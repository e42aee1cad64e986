using System.Text;
using System.Text.Json.Nodes;
using Escala.Capture.Forms;
using Escala.Capture.Forms.Definitions;
using Escala.Capture.Forms.Sessions;
using Escala.Capture.Forms.Sheets;
using Escala.Fuzz.Mutation;

namespace Escala.Fuzz.Targets;

/// <summary>The sheets of an XLSForm, cells between bars: what is compiled can be written, read again and filled.</summary>
internal sealed class FormTarget : Target
{
    public override string Name => "form";

    public override int Share => 3;

    public override Structure Structure => Structure.Parts;

    public override int MostBytes => 6000;

    public override IReadOnlyList<string> Words => ["begin_repeat", "end_repeat", "begin group", "end group", "select_multiple", "select_one", "or_other", "calculate", "repeat_count", "choice_filter", "constraint", "pulldata('fruits', 'a', 'b', ${x})", "instance('l')/root/item[name=${q}]/label", "once(random())", "indexed-repeat(${a}, ${r}, 1)", "regex(., '^[a-z]+$')", "jr:choice-name(${a}, '${a}')", "position(..)", "${a} + 1", "rank", "range", "start=1 end=10 step=2"];

    public override IEnumerable<byte[]> Seeds => JsonNode.Parse(File.ReadAllText(Repository.PathTo("tests", "reference", "forms", "conformance.json")), documentOptions: new() { MaxDepth = 512 })!["forms"]!.AsObject()
        .Select(f => Parts.Write(f.Value!["sheets"]!.AsObject().Select(s => (s.Key, Bytes(string.Join('\n', s.Value!.AsArray().Select(r => string.Join('|', r!.AsArray().Select(c => c!.GetValue<string>())))))))));

    public override void Try(byte[] input)
    {
        List<FormSheet> sheets = [.. Parts.Read(input).Select(p => new FormSheet(p.Name, [.. Encoding.UTF8.GetString(p.Content).Split('\n').Select(l => (IReadOnlyList<string>)[.. l.Split('|')])]))];
        Hold(XlsForm.Read("form.xlsx", sheets, _ => null) is { } report && HoldReport(report), "no report");
    }

    internal static bool HoldReport(FormReport report)
    {
        HoldProblems(report.Findings.Select(f => f.Problem));
        if (report.Definition is not { } form)
        {
            Hold(report.Findings.Any(f => f.Level == FindingLevel.Refused), "no form and no reason");
            return true;
        }

        var bytes = FormJson.Write(form);
        var read = FormJson.Read("form.json", bytes);
        Hold(read.IsOk, "a compiled form is refused");
        Hold(FormJson.Write(read.Value).AsSpan().SequenceEqual(bytes), "a compiled form is another when it is written again");
        Fill(read.Value);
        return true;
    }

    /// <summary>Begins the form and answers each question once.</summary>
    internal static void Fill(FormDefinition form)
    {
        const int MostAnswered = 40;
        var session = FormSession.Begin(form, Environment());
        foreach (var state in session.State().Take(MostAnswered))
        {
            if (FormTypes.IsSelect(form.Items[state.Item].Type)) session.Choices(state.Path);
        }

        session.Finish("2026-03-01T08:40:00.000+02:00");
        var answers = session.Answers();
        using var json = System.Text.Json.JsonDocument.Parse(answers, new() { MaxDepth = 512 });
        FormSession.Resume(form, Environment(), json.RootElement).Answers();
    }

    internal static FormEnvironment Environment() => new("2026-03-01T08:30:00.000+02:00", () => 0.25, () => "0193b2c4-1111-7abc-8def-0123456789ab");
}
