using Escala.Capture.Exchange;
using Escala.Cascades.Sheets;
using Escala.Platform.Texts;
using Escala.Programmes;
using Escala.Registry;

namespace Escala.Web;

/// <summary>What the pages say, from Texts/*.texts.json: a file for each page and one for what they share.</summary>
public static class SiteTexts
{
    public static TextCatalogue Catalogue { get; } = TextCatalogue.From(typeof(SiteTexts).Assembly, ".texts.json");

    public static ProblemTexts Problems { get; } = ProblemTexts.From(
        typeof(TextCatalogue).Assembly, typeof(Programme).Assembly, typeof(ProgrammeInForce).Assembly, typeof(PushBatch).Assembly, typeof(SheetReader).Assembly, typeof(SiteTexts).Assembly);
}
