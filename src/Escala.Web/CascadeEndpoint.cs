using Escala.Cascades.Sheets;

namespace Escala.Web;

/// <summary>GET /api/cascade: the JSON of <c>escala cascade --json</c>.</summary>
public static class CascadeEndpoint
{
    public static IResult Read(HttpContext context, SheetReader reader, string? facility, string? district, bool? all, string? month, string? from, string? to, string? end, string? target)
    {
        var language = ReaderLanguage.Of(context);
        var request = new SheetRequest(facility, district, all ?? false, month, from, to, end, target);
        var sheets = request.Read(reader);
        if (sheets.IsOk)
        {
            return TypedResults.Text(
                sheets.Value is [var only] && !request.IsSeveral ? CascadeJson.Write(only, language) : CascadeJson.Write(sheets.Value, language), "application/json");
        }

        var unknown = sheets.Problems.Any(p => p.Code == "cascades.sheet.unknown-place");
        return TypedResults.Problem(
            title: SiteTexts.Problems.Sentence(sheets.Problems[0], language), type: sheets.Problems[0].Code,
            statusCode: unknown ? StatusCodes.Status404NotFound : StatusCodes.Status400BadRequest);
    }
}
