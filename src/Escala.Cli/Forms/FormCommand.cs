using System.CommandLine;
using System.Globalization;
using Escala.Capture.Forms;
using Escala.Capture.Forms.Definitions;
using Escala.Capture.Forms.Sheets;
using Escala.Cli.Stores;
using Escala.Platform.Texts;
using Escala.Registry.Accounts;

namespace Escala.Cli.Forms;

/// <summary><c>escala form check</c> and <c>escala form compile</c>: an XLSForm becomes a form of Escala, or a report says why not.</summary>
internal static class FormCommand
{
    private const int Left = 1;
    private const int Refused = 2;

    private static readonly LocalText s_refused = new("Tem de ser corrigido:", "Hay que corregirlo:", "To be mended:");
    private static readonly LocalText s_left = new("O formulário fica sem isto:", "El formulario queda sin esto:", "The form goes without this:");
    private static readonly LocalText s_advice = new("Para ver:", "Para revisar:", "To look at:");
    private static readonly LocalText s_summary = new(
        "{0}: {1} perguntas, {2} grupos, {3} repetições, {4} listas, línguas: {5}",
        "{0}: {1} preguntas, {2} grupos, {3} repeticiones, {4} listas, idiomas: {5}",
        "{0}: {1} questions, {2} groups, {3} repeats, {4} lists, languages: {5}");

    private static readonly LocalText s_counts = new("{0} a corrigir, {1} sem efeito, {2} para ver", "{0} por corregir, {1} sin efecto, {2} por revisar", "{0} to mend, {1} left out, {2} to look at");
    private static readonly LocalText s_one = new("uma, sem nome", "uno, sin nombre", "one, without a name");

    private static readonly Argument<string> s_file = new("file") { Description = "An XLSForm, .xlsx. CSV files that it names lie beside it." };
    private static readonly Option<string> s_out = new("--out") { Description = "The compiled form; in a programme's package it stands in forms/.", Required = true, HelpName = "FORM.json" };

    public static Command Create()
    {
        var check = new Command("check", "Say what of an XLSForm Escala carries out, and name the rest by sheet, row and column. Exit code 0: all of it; 1: without what is named; 2: not at all.") { s_file };
        check.SetAction(parsed => Terminal.Guard(() => Check(XlsForm.Read(parsed.GetValue(s_file)!))));
        var compile = new Command("compile", "Make the compact form that app and server carry out.") { s_file, s_out };
        compile.SetAction(parsed => Terminal.Guard(() => Compile(XlsForm.Read(parsed.GetValue(s_file)!), parsed.GetValue(s_out)!)));
        return new Command("form", "Forms from XLSForm, and their answers.") { check, compile, Answers() };
    }

    private static Command Answers()
    {
        var form = new Argument<string>("form") { Description = "The form's id." };
        var target = new Option<string?>("--out") { Description = "A file that its owner alone may read; without it the answers are printed.", HelpName = "FILE.csv" };
        var command = new Command("answers", "What was answered, as CSV: a row a filled form, corrected ones as they stand now.") { form, target };
        command.SetAction(parsed => OpenStore.Reading(parsed, (session, programme) =>
        {
            var id = parsed.GetValue(form)!;
            var filled = ExportAnswers.Read(session, id, PackageForms.InForce(programme).GetValueOrDefault(id));
            var names = AccountTable.Names(session);
            if (parsed.GetValue(target) is not { } path) ExportAnswers.Write(Console.Out, filled, names);
            else
            {
                File.Delete(path);
                var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
                if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
                using var writer = new StreamWriter(path, options);
                ExportAnswers.Write(writer, filled, names);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}: {filled.Count}"));
            }

            return 0;
        }));
        return command;
    }

    private static int Check(FormReport report)
    {
        Tell(report, Console.Out);
        return report.Definition is null ? Refused : report.Of(FindingLevel.Unsupported).Count > 0 ? Left : 0;
    }

    private static int Compile(FormReport report, string target)
    {
        Tell(report, Console.Error);
        if (report.Definition is not { } form) return Refused;
        var bytes = FormJson.Write(form);
        File.WriteAllBytes(target, bytes);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{target}: {bytes.Length} bytes"));
        return 0;
    }

    private static void Tell(FormReport report, TextWriter writer)
    {
        if (report.Definition is { } form) writer.WriteLine(Summary(form));
        foreach (var (level, heading) in ((FindingLevel, LocalText)[])[(FindingLevel.Refused, s_refused), (FindingLevel.Unsupported, s_left), (FindingLevel.Advice, s_advice)])
        {
            var problems = report.Of(level);
            if (problems.Count > 0) writer.WriteLine("\n" + heading.In(Terminal.Language));
            foreach (var problem in problems) writer.WriteLine("  " + Terminal.Problems.Sentence(problem, Terminal.Language));
        }

        if (report.Findings.Count > 0) writer.WriteLine("\n" + Say(s_counts, report.Of(FindingLevel.Refused).Count, report.Of(FindingLevel.Unsupported).Count, report.Of(FindingLevel.Advice).Count));
    }

    private static string Summary(FormDefinition form)
    {
        var groups = form.Items.Count(i => i.Type == FormTypes.Group);
        var repeats = form.Items.Count(i => i.Type == FormTypes.Repeat);
        var languages = string.Join(", ", form.Languages.Where(l => l.Length > 0));
        return Say(s_summary, form.Id, form.Items.Count - groups - repeats, groups, repeats, form.Lists.Count, languages.Length > 0 ? languages : s_one.In(Terminal.Language));
    }

    private static string Say(LocalText text, params object[] values) => string.Format(CultureInfo.InvariantCulture, text.In(Terminal.Language), values);
}
