using System.Globalization;
using System.Text.Json;
using Escala.Capture.Forms.Definitions;
using Escala.Capture.Forms.Sessions;
using Escala.Capture.Inbox;
using Escala.Capture.Registers;
using Escala.Platform.Ledger;
using Escala.Platform.Storage;
using Escala.Registry;

namespace Escala.Capture.Forms;

/// <summary>A filled form as it stands: not corrected since, and not erased.</summary>
/// <param name="Answers">By path, <c>household/member[2]/age</c>, in the order of the form.</param>
/// <param name="Problems">Paths of answers that the form's own rules do not take when they are asked again here; null where it was filled by another version.</param>
public sealed record FilledForm(LedgerEntry Entry, IReadOnlyList<(string Path, string Value)> Answers, IReadOnlyList<string>? Problems);

/// <summary>The answers of one form at the office: a row each, a column for each path that anybody answered.</summary>
public static class ExportAnswers
{
    private static readonly string[] s_about = ["id", "day", "facility", "person", "author", "version", "problems"];

    /// <summary>In the order of the ledger.</summary>
    /// <param name="form">Its definition in force; null for a form that the programme has no more.</param>
    public static IReadOnlyList<FilledForm> Read(Session session, string id, FormDefinition? form)
    {
        var origins = LedgerReader.Origins(session);
        var ofForm = origins.Where(o => o.Value.Origin.Kind == EntryKinds.Form && o.Value.Origin.Form?.Split('@')[0] == id).Select(o => o.Key);
        var filled = new List<FilledForm>();
        foreach (var position in ofForm.SelectMany(o => PositionsOf(session, o)).Order().ToList())
        {
            var entry = LedgerReader.Entries(session, position, position, origins).Single();
            if (entry.Entry.Body.Length > 0) filled.Add(Of(entry, form));
        }

        // A form about one person corrects none about another.
        var replaced = filled.Select(f => (f.Entry.Entry.Replaces, f.Entry.Entry.Subject)).ToHashSet();
        return [.. filled.Where(f => !replaced.Contains((f.Entry.Entry.Id, f.Entry.Entry.Subject)))];
    }

    /// <summary>CSV in UTF-8: what stands about an entry, then the answers. A cell that a spreadsheet would compute is written as text.</summary>
    public static void Write(TextWriter writer, IReadOnlyList<FilledForm> filled)
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
                entry.Origin.Form!.Split('@')[^1], form.Problems is { } problems ? string.Join(' ', problems) : "?",
            ];
            writer.Write(string.Join(',', about.Concat(paths.Select(p => answers.GetValueOrDefault(p, ""))).Select(Cell)) + "\n");
        }
    }

    private static List<long> PositionsOf(Session session, long origin)
    {
        var positions = new List<long>();
        using var rows = session.Query("SELECT position FROM entry WHERE origin = $1", origin);
        while (rows.Read()) positions.Add(rows.Int(0));
        return positions;
    }

    private static FilledForm Of(LedgerEntry entry, FormDefinition? form)
    {
        using var body = JsonDocument.Parse(entry.Entry.Body);
        var answers = new List<(string, string)>();
        Flatten(answers, "", body.RootElement);
        var isSame = form is not null && entry.Entry.Origin.Form!.Split('@')[^1] == (form.Version ?? "1");
        return new FilledForm(entry, answers, isSame ? ProblemsOf(form!, entry.Entry, body.RootElement) : null);
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

    /// <summary>Asked at the instant at which the device says that it was filled.</summary>
    private static List<string> ProblemsOf(FormDefinition form, Entry entry, JsonElement answers)
    {
        var offset = TimeSpan.FromMinutes(entry.Origin.RecordedOffset);
        var now = DateTimeOffset.FromUnixTimeMilliseconds(entry.RecordedAt / 1000).ToOffset(offset).ToString("yyyy-MM-dd'T'HH:mm:ss.fffzzz", CultureInfo.InvariantCulture);
        var session = FormSession.Resume(form, new FormEnvironment(now, () => 0, () => entry.Id.ToString()), answers);
        return [.. session.State().Where(s => s.Problem != AnswerProblem.None).Select(s => s.Path), .. session.Faults];
    }

    private static string Cell(string text) => ExportInbox.Quoted(SpreadsheetText.Harmless(text), ',');
}
