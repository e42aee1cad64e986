using System.Globalization;
using Escala.Cascades.Sheets;
using Escala.Platform.Problems;

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

    /// <summary>The target is none of the list's.</summary>
    public bool IsTyped => Sheet!.Target is TargetChoice.Share share && !Shares.Contains(share.Value);

    /// <summary>The same figures as JSON: the query of <c>/api/cascade</c>.</summary>
    public QueryString Query => QueryString.Create(Sheet!.Place.IsSum ? "district" : "facility", Sheet.Place.Code).Add("month", Sheet.Window.ToString())
        .Add("end", Sheet.EndStep.Id).Add("target", Sheet.Target is TargetChoice.Share share ? share.Value.ToString(CultureInfo.InvariantCulture) : SheetRequest.BestQuarter);

    public IEnumerable<SheetIndicator> Above => Sheet!.Indicators.Where(i => Programme.Cascade.Above.Any(m => m.Id == i.Measure.Id));

    public IEnumerable<SheetIndicator> Beside => Sheet!.Indicators.Except(Above);

    public void OnGet(string code, string? end, string? target, string? own)
    {
        if (Problems.Count > 0 || Window is not { } window) return;
        var choice = Choice(Blank(end), Blank(target), Blank(own));
        var read = choice.IsOk ? Reader.Sheet(code, window, choice.Value) : Result<CascadeSheet>.Refused(choice.Problems);
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

    /// <summary>A target typed in per cents speaks louder than the list it stands beside, and is answered in per cents.</summary>
    private static Result<SheetChoice> Choice(string? end, string? target, string? own)
    {
        if (own is null) return new SheetRequest(null, null, All: false, null, null, null, end, target).Choice();
        const NumberStyles Style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowTrailingWhite | NumberStyles.AllowLeadingSign;
        return decimal.TryParse(own.TrimEnd('%').Replace(',', '.'), Style, CultureInfo.InvariantCulture, out var percent) && percent is > 0 and <= 100
            ? new SheetChoice(end, new TargetChoice.Share((double)(percent / 100)))
            : Problem.Of("web.sheet.own-target", ("typed", own));
    }

    private IEnumerable<(string Heading, StrataSplit Split, Func<int, string> Label)> Split(CascadeSheet sheet)
    {
        if (Programme.Population.Sex is not null) yield return ("sheet.bySex", StrataSplit.BySex(Reader, sheet), s => Words.Sex(Programme, s));
        if (Programme.Population.BirthDate is not null && Programme.Strata.AgeBands.Count > 0)
        {
            yield return ("sheet.byAge", StrataSplit.ByAgeBand(Reader, sheet), b => Words.AgeBand(Programme, b));
        }
    }
}
