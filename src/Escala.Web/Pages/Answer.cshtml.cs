using Escala.Capture.Forms;
using Escala.Cascades.Sheets;
using Escala.Registry.Accounts;
using Escala.Web.Field;
using Microsoft.AspNetCore.Mvc;

namespace Escala.Web.Pages;

/// <summary>One filled form, to be read. Whoever reads it stands in the access log.</summary>
public sealed class AnswerPage(SheetReader reader, IEnumerable<FieldServer> fields) : FormOfficePage(reader, fields)
{
    public StandingForm? Filled { get; private set; }

    public string Author { get; private set; } = "";

    /// <summary>Filled by another version than the one in force, whose words are shown.</summary>
    public bool IsOfOther { get; private set; }

    public IReadOnlyList<AnswerLine> Lines { get; private set; } = [];

    public IActionResult OnGet(string id)
    {
        if (Field is null || !Guid.TryParse(id, out var wanted)) return NotFound();
        // Of a place outside the scope it is as if it were not there.
        var filled = Read(session => StandingForms.Read(session, new FormFilter(Scope(null)))).FirstOrDefault(f => f.Id == wanted);
        if (filled is null) return NotFound();
        var definition = Definitions.GetValueOrDefault(filled.Form);
        var (answers, names) = Read(session => (ExportAnswers.One(session, filled, definition), AccountTable.Names(session)));
        (Filled, Author, IsOfOther) = (filled, Guid.TryParse(filled.Author, out var author) ? names.GetValueOrDefault(author, "") : "", answers.Problems is null);
        Lines = ReadableAnswers.Read(answers, definition, Language);
        Note("answer", filled.Facility, filled.Subject, 1);
        return Page();
    }
}
