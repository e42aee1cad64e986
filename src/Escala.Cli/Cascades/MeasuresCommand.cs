using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Escala.Cli.Stores;
using Escala.Platform.Problems;
using Escala.Platform.Texts;
using Escala.Programmes;

namespace Escala.Cli.Cascades;

/// <summary><c>escala measures</c>: every definition of the programme with its text and its parameters as the package has them.</summary>
public static class MeasuresCommand
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="open">The programme of the store of that name (null: the default one).</param>
    public static Command Create(Func<string?, Result<Programme>> open)
    {
        var json = new Option<bool>("--json") { Description = "As JSON" };
        var command = new Command("measures", "List every definition with its text and parameters.") { json, Terminal.Lang };
        command.SetAction(parsed => Terminal.Guard(() =>
        {
            var spoken = parsed.GetValue(Terminal.Lang) is { } told ? Languages.Parse(told) : Terminal.Language;
            var programme = spoken is null
                ? Problem.Of("cascades.sheet.language", ("language", parsed.GetValue(Terminal.Lang)))
                : open(parsed.GetValue(Terminal.Store));
            var output = parsed.InvocationConfiguration;
            if (programme.TryGet(out var read))
            {
                output.Output.WriteLine(parsed.GetValue(json) ? Json(read, spoken!.Value) : Text(read, spoken!.Value));
                return 0;
            }

            foreach (var problem in programme.Problems) output.Error.WriteLine("escala: " + Terminal.Problems.Sentence(problem, spoken ?? Language.En));
            return 2;
        }));
        return command;
    }

    public static string Json(Programme programme, Language language) => JsonSerializer.Serialize(
        new
        {
            Programme = programme.Id,
            programme.Version,
            programme.Hash,
            Measures = programme.Measures.Measures.Select(m => new { m.Id, m.Version, m.Definition, Name = m.Name.In(language), Text = m.Text.In(language), m.Source }),
        },
        s_options);

    public static string Text(Programme programme, Language language) => string.Join(Environment.NewLine + Environment.NewLine,
        programme.Measures.Measures.Select(m => string.Join(Environment.NewLine,
            [$"{m.Definition} · {m.Name.In(language)}", m.Text.In(language), .. m.Source.TrimEnd().Split('\n').Select(line => "    " + line.TrimEnd())])));
}
