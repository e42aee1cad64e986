using System.Globalization;
using System.Text.Json;
using Escala.Capture.Forms.Definitions;
using Escala.Capture.Forms.Sessions;
using Escala.Capture.Inbox;
using Escala.Capture.Registers;
using Escala.Platform.Ledger;
using Escala.Platform.Storage;

namespace Escala.Capture.Forms;

/// <summary>A filled form as it stands: not corrected since, and not erased.</summary>
/// <param name="Answers">By path, <c>household/member[2]/age</c>, in the order of the form.</param>
/// <param name="Problems">Paths of answers that the form's own rules do not take when they are asked again here; null where it was filled by another version.</param>
public sealed record FilledForm(LedgerEntry Entry, IReadOnlyList<(string Path, string Value)> Answers, IReadOnlyList<string>? Problems);

/// <summary>The answers of one form at the office: a row each, a column for each path that anybody answered.</summary>
public static class ExportAnswers
{
    private static readonly string[] s_about = ["id", "day", "facility", "person", "author", "author_name", "version", "problems"];

    /// <summary>In the order of the ledger.</summary>
    /// <param name="form">Its definition in force; null for a form that the programme has no more.</param>
    /// <param name="filter">Null for all.</param>
    public static IReadOnlyList<FilledForm> Read(Session session, string id, FormDefinition? form, FormFilter? filter = null)
    {
        var origins = LedgerReader.Origins(session);
        return [.. StandingForms.Read(session, filter ?? new FormFilter()).Where(f => f.Form == id).Select(f => Of(LedgerReader.Entries(session, f.Position, f.Position, origins).Single(), form))];
    }

    /// <summary>One filled form with its answers.</summary>
    public static FilledForm One(Session session, StandingForm filled, FormDefinition? form) => Of(LedgerReader.Entries(session, filled.Position, filled.Position).Single(), form);

    /// <summary>CSV in UTF-8: what stands about an entry, then the answers. A cell that a spreadsheet would compute is written as text.</summary>
    /// <param name="names">Of accounts, by id.</param>
    public static void Write(TextWriter writer, IReadOnlyList<FilledForm> filled, IReadOnlyDictionary<Guid, string> names)
    {
        List<string> paths = [.. filled.SelectMany(f => f.Answers.Select(a => a.Path)).Distinct(StringComparer.Ordinal)];
        writer.Write(string.Join(',', s_about.Concat(paths).Select(Cell)) + "\n");
        foreach (var form in filled)
        {
            var entry = form.Entry.Entry;
            var answers = form.Answers.ToDictionary(StringComparer.Ordinal);
            string[] about =
            [
                entry.Id.ToString(), DateOnly.FromDayNumber(entry.EventDay).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), entry.Facility ?? "", entry.Subject?.ToString() ?? "", entry.Origin.Author ?? "",
                Guid.TryParse(entry.Origin.Author, out var author) ? names.GetValueOrDefault(author, "") : "", StandingForms.Parts(entry.Origin.Form!).Version, form.Problems is { } problems ? string.Join(' ', problems) : "?",
            ];
            writer.Write(string.Join(',', about.Concat(paths.Select(p => answers.GetValueOrDefault(p, ""))).Select(Cell)) + "\n");
        }
    }

    private static FilledForm Of(LedgerEntry entry, FormDefinition? form)
    {
        using var body = JsonDocument.Parse(entry.Entry.Body);
        var answers = new List<(string, string)>();
        Flatten(answers, "", body.RootElement);
        var isSame = form is not null && StandingForms.Parts(entry.Entry.Origin.Form!).Version == (form.Version ?? "1");
        return new FilledForm(entry, answers, isSame ? ProblemsOf(form!, entry.Entry) : null);
    }

    private static void Flatten(List<(string, string)> answers, string path, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var one in value.EnumerateObject()) Flatten(answers, path.Length == 0 ? AnswerText.NameOf(one) : path + "/" + AnswerText.NameOf(one), one.Value);
                break;
            case JsonValueKind.Array:
                foreach (var (at, one) in value.EnumerateArray().Index()) Flatten(answers, string.Create(CultureInfo.InvariantCulture, $"{path}[{at + 1}]"), one);
                break;
            default:
                answers.Add((path, AnswerText.Of(value)));
                break;
        }
    }

    private static List<string> ProblemsOf(FormDefinition form, Entry entry)
    {
        var session = Resume(form, entry, form.DefaultLanguage);
        return [.. session.State().Where(s => s.Problem != AnswerProblem.None).Select(s => s.Path), .. session.Faults];
    }

    /// <summary>The form as it stood when it was saved, asked at the instant at which the device says that it was filled.</summary>
    internal static FormSession Resume(FormDefinition form, Entry entry, int language)
    {
        using var body = JsonDocument.Parse(entry.Body);
        var offset = TimeSpan.FromMinutes(entry.Origin.RecordedOffset);
        var now = DateTimeOffset.FromUnixTimeMilliseconds(entry.RecordedAt / 1000).ToOffset(offset).ToString("yyyy-MM-dd'T'HH:mm:ss.fffzzz", CultureInfo.InvariantCulture);
        return FormSession.Resume(form, new FormEnvironment(now, () => 0, () => entry.Id.ToString()) { Language = language }, body.RootElement);
    }

    private static string Cell(string text) => ExportInbox.Quoted(SpreadsheetText.Harmless(text), ',');
}
