using Escala.Capture.Forms;
using Escala.Cascades.Sheets;
using Escala.Registry.Accounts;
using Escala.Web.Field;
using Microsoft.AspNetCore.Mvc;

namespace Escala.Web.Pages;

/// <summary>The filled ones of a form, the latest first.</summary>
public sealed class FormPage(SheetReader reader, IEnumerable<FieldServer> fields) : FormOfficePage(reader, fields)
{
    /// <summary>Shown at most; the file has all.</summary>
    public const int Most = 200;

    public string Id { get; private set; } = "";

    public int Total { get; private set; }

    public IReadOnlyList<(StandingForm Form, string Author)> Filled { get; private set; } = [];

    public IActionResult OnGet(string form, string? facility, string? from, string? to)
    {
        if (Field is null) return NotFound();
        Id = form;
        if (Ask(facility, from, to) is not { } filter) return Page();
        var (filled, names) = Read(session => (StandingForms.Read(session, filter).Where(f => f.Form == form).ToList(), AccountTable.Names(session)));
        if (filled.Count == 0 && !Definitions.ContainsKey(form)) return NotFound();
        Total = filled.Count;
        Filled = [.. filled.OrderByDescending(f => f.Day).ThenByDescending(f => f.Position).Take(Most).Select(f => (f, Guid.TryParse(f.Author, out var id) ? names.GetValueOrDefault(id, "") : ""))];
        return Page();
    }
}
