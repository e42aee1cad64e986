using Escala.Capture.Forms;
using Escala.Cascades.Sheets;
using Escala.Web.Field;
using Microsoft.AspNetCore.Mvc;

namespace Escala.Web.Pages;

/// <summary>A form with how many filled ones stand, of those that are asked for.</summary>
public sealed record FormCount(string Id, string Title, int Filled, int LatestDay);

/// <summary>The programme's forms, and how many of each were filled at the places and in the days asked for.</summary>
public sealed class FormsPage(SheetReader reader, IEnumerable<FieldServer> fields) : FormOfficePage(reader, fields)
{
    public IReadOnlyList<FormCount> Forms { get; private set; } = [];

    public IActionResult OnGet(string? facility, string? from, string? to)
    {
        if (Field is null) return NotFound();
        if (Ask(facility, from, to) is not { } filter) return Page();
        var filled = Read(session => StandingForms.Read(session, filter)).ToLookup(f => f.Form, StringComparer.Ordinal);
        var ids = Definitions.Keys.Concat(filled.Select(f => f.Key)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        Forms = [.. ids.Select(id => new FormCount(id, TitleOf(id), filled[id].Count(), filled[id].Select(f => f.Day).DefaultIfEmpty(0).Max()))];
        return Page();
    }
}
