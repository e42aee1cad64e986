using System.Globalization;
using Escala.Cascades.Sheets;

namespace Escala.Web.Pages;

/// <summary>The cascade sheet of a facility or a sum of facilities: the page of the monthly meeting, and one sheet of paper.</summary>
public sealed class SheetPage(SheetReader reader) : SitePage(reader)
{
    public static IReadOnlyList<double> Shares { get; } = [0.8, 0.9, 0.95, 1];

    public CascadeSheet? Sheet { get; private set; }

    /// <summary>Whose best quarter makes the target.</summary>
    public SheetPlace? Neighbours { get; private set; }

    /// <summary>Empty for sums, which are not compared.</summary>
    public IReadOnlyList<Trend> Trends { get; private set; } = [];

    public IReadOnlyList<(string Heading, StrataSplit Split, Func<int, string> Label)> Splits { get; private set; } = [];

    public IEnumerable<SheetIndicator> Above => Sheet!.Indicators.Where(i => Programme.Cascade.Above.Any(m => m.Id == i.Measure.Id));

    public IEnumerable<SheetIndicator> Beside => Sheet!.Indicators.Except(Above);

    public void OnGet(string code, string? end, string? target, string? own)
    {
        if (Problems.Count > 0 || Window is not { } window) return;
        // A share typed in per cents speaks louder than the list it stands beside.
        var request = new SheetRequest(code, null, All: false, window.ToString(), null, null, Blank(end), Blank(own) is { } typed ? Share(typed) : Blank(target));
        var choice = request.Choice();
        var read = choice.IsOk ? Reader.Sheet(code, window, choice.Value) : Platform.Problems.Result<CascadeSheet>.Refused(choice.Problems);
        if (!read.TryGet(out var sheet))
        {
            var missing = read.Problems.Any(p => p.Code == "cascades.sheet.unknown-place");
            Refuse(missing ? StatusCodes.Status404NotFound : StatusCodes.Status400BadRequest, read.Problems);
            return;
        }

        Sheet = sheet;
        Neighbours = Reader.Neighbours(sheet.Place, window);
        if (!sheet.Place.IsSum) Trends = Trend.Read(Reader, sheet.Place, window, sheet.Steps.Select(s => s.Step.Measure));
        if (Reader.MayBeSplit(sheet.Place, window)) Splits = [.. Split(sheet)];
    }

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static string Share(string percent) => decimal.TryParse(percent.Replace(',', '.'), NumberStyles.Number, CultureInfo.InvariantCulture, out var number)
        ? (number / 100).ToString(CultureInfo.InvariantCulture)
        : percent;

    private IEnumerable<(string Heading, StrataSplit Split, Func<int, string> Label)> Split(CascadeSheet sheet)
    {
        if (Programme.Population.Sex is not null) yield return ("sheet.bySex", StrataSplit.BySex(Reader, sheet), s => Words.Sex(Programme, s));
        if (Programme.Population.BirthDate is not null && Programme.Strata.AgeBands.Count > 0)
        {
            yield return ("sheet.byAge", StrataSplit.ByAgeBand(Reader, sheet), b => Words.AgeBand(Programme, b));
        }
    }
}
