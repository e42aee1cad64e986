using Escala.Capture.Forms.Definitions;
using Escala.Capture.Forms.Expressions;
using Escala.Capture.Forms.Sessions;
using Escala.Platform.Texts;

namespace Escala.Capture.Forms;

/// <summary>A line of a filled form: a question with its answer, or the heading of a group.</summary>
/// <param name="Value">As a reader understands it: the labels of choices. Null for a heading.</param>
/// <param name="Depth">Groups and repeats around it.</param>
/// <param name="IsProblem">The form's own rules do not take the answer.</param>
public sealed record AnswerLine(string Label, string? Value, int Depth, bool IsProblem);

/// <summary>One filled form for somebody to read, in the order and the words of the form in force. An answer that this form does not ask for comes last, by its name.</summary>
public static class ReadableAnswers
{
    public static IReadOnlyList<AnswerLine> Read(FilledForm filled, FormDefinition? form, Language language)
    {
        if (form is null) return [.. filled.Answers.Select(a => new AnswerLine(a.Path, a.Value, 0, IsProblem: false))];
        var session = ExportAnswers.Resume(form, filled.Entry.Entry, IndexOf(form, language));
        var states = session.State();
        var values = filled.Answers.ToDictionary(a => a.Path, a => a.Value, StringComparer.Ordinal);
        var shown = new HashSet<string>(StringComparer.Ordinal);
        var lines = new List<AnswerLine>();
        foreach (var state in states)
        {
            var item = form.Items[state.Item];
            var depth = state.Path.Count(c => c == '/');
            var label = state.Label.Length > 0 ? state.Label : item.Name;
            if (item.Type is FormTypes.Group or FormTypes.Repeat)
            {
                if (values.Keys.Any(p => p.StartsWith(state.Path + "/", StringComparison.Ordinal))) lines.Add(new AnswerLine(label, null, depth, IsProblem: false));
            }
            else if (values.TryGetValue(state.Path, out var value) && shown.Add(state.Path))
            {
                lines.Add(new AnswerLine(label, Words(session, state.Path, item, value), depth, state.Problem != AnswerProblem.None));
            }
        }

        lines.AddRange(filled.Answers.Where(a => !shown.Contains(a.Path)).Select(a => new AnswerLine(a.Path, a.Value, 0, IsProblem: false)));
        return lines;
    }

    /// <summary>The form's name as far as it stands written; its id where nothing does.</summary>
    public static string TitleOf(FormDefinition form, Language language)
    {
        var title = string.Concat(form.Title.In(IndexOf(form, language)).OfType<TextLiteral>().Select(t => t.Value)).Trim();
        return title.Length > 0 ? title : form.Id;
    }

    /// <summary>The index of a form's language that a reader understands: <c>Português (pt)</c>, <c>pt</c>; else the form's own choice.</summary>
    private static int IndexOf(FormDefinition form, Language language)
    {
        var code = language.Code();
        var at = form.Languages.Index().Where(l => l.Item.EndsWith($"({code})", StringComparison.OrdinalIgnoreCase) || l.Item.Equals(code, StringComparison.OrdinalIgnoreCase)).Select(l => (int?)l.Index).FirstOrDefault();
        return at ?? form.DefaultLanguage;
    }

    private static string Words(FormSession session, string path, FormItem item, string value)
    {
        if (item.Type is not (FormTypes.SelectOne or FormTypes.SelectMultiple or FormTypes.Rank)) return value;
        var labels = session.Choices(path).ToDictionary(c => c.Name, c => c.Label, StringComparer.Ordinal);
        string[] chosen = item.Type == FormTypes.SelectOne ? [value] : value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return string.Join(", ", chosen.Select(c => labels.TryGetValue(c, out var label) && label.Length > 0 ? label : c));
    }
}
