using System.Globalization;
using Escala.Capture.Forms;
using Escala.Capture.Forms.Definitions;
using Escala.Cascades.Sheets;
using Escala.Platform.Problems;
using Escala.Web.Field;

namespace Escala.Web.Pages;

/// <summary>What pages of filled forms share: the forms in force, and the choice of facility and days.</summary>
public abstract class FormOfficePage(SheetReader reader, IEnumerable<FieldServer> fields) : OfficePage(reader, fields)
{
    private IReadOnlyDictionary<string, FormDefinition>? _definitions;

    public IReadOnlyDictionary<string, FormDefinition> Definitions => _definitions ??= PackageForms.InForce(Programme);

    /// <summary>As chosen, for the form of the page and its links.</summary>
    public string? Facility { get; private set; }

    public string? FirstDay { get; private set; }

    public string? LastDay { get; private set; }

    /// <summary>What was chosen, for an address.</summary>
    public QueryString Asked => QueryString.Create(new Dictionary<string, string?> { ["facility"] = Facility, ["from"] = FirstDay, ["to"] = LastDay }.Where(c => c.Value is not null));

    public string TitleOf(string form) => Definitions.TryGetValue(form, out var definition) ? ReadableAnswers.TitleOf(definition, Language) : form;

    public string ShortDay(int day) => Words.ShortDay(DateOnly.FromDayNumber(day));

    /// <summary>Null when a day cannot be read; the page then shows why.</summary>
    protected FormFilter? Ask(string? facility, string? from, string? to)
    {
        (Facility, FirstDay, LastDay) = (Blank(facility), Blank(from), Blank(to));
        if (FilterOf(Scope(Facility), FirstDay, LastDay).TryGet(out var filter)) return filter;
        Refuse(StatusCodes.Status400BadRequest, FilterOf(null, FirstDay, LastDay).Problems);
        return null;
    }

    internal static Result<FormFilter> FilterOf(IReadOnlySet<string>? facilities, string? from, string? to)
    {
        foreach (var typed in (ReadOnlySpan<string?>)[from, to])
        {
            if (typed is not null && DayOf(typed) is null) return Problem.Of("web.forms.day", ("typed", typed));
        }

        return new FormFilter(facilities, DayOf(from), DayOf(to));
    }

    private static int? DayOf(string? typed) => DateOnly.TryParseExact(typed, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day.DayNumber : null;

    private static string? Blank(string? typed) => string.IsNullOrWhiteSpace(typed) ? null : typed.Trim();
}
