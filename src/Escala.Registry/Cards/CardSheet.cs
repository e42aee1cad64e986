using System.Net;
using System.Text;
using QRCoder;

namespace Escala.Registry.Cards;

/// <summary>Cards to print, ten on a sheet of A4, in black and white. They name nobody until one is given to a person.</summary>
public static class CardSheet
{
    private const int CardsOnSheet = 10;

    /// <summary>A page that stands by itself: no other file, no script.</summary>
    public static string Write(string programme, string facility, IReadOnlyList<PersonCard> cards)
    {
        var html = new StringBuilder(
            """
            <!DOCTYPE html>
            <html lang="pt"><head><meta charset="utf-8"><title>Escala</title><style>
            @page { size: A4; margin: 10mm }
            body { margin: 0; font: 9pt sans-serif; color: #000; background: #fff }
            .sheet { display: grid; grid-template-columns: 90mm 90mm; grid-auto-rows: 54mm; gap: 1mm 2mm; break-after: page }
            .card { border: 0.3mm dashed #000; padding: 3mm; display: grid; grid-template-columns: 36mm 1fr; gap: 3mm; align-items: center; break-inside: avoid }
            .card svg { width: 36mm; height: 36mm }
            .code { font: bold 13pt monospace; white-space: nowrap }
            p { margin: 0 0 1.5mm }
            </style></head><body>

            """);
        foreach (var sheet in cards.Chunk(CardsOnSheet))
        {
            html.Append("<div class=\"sheet\">\n");
            foreach (var card in sheet) Card(html, programme, facility, card);
            html.Append("</div>\n");
        }

        return html.Append("</body></html>\n").ToString();
    }

    private static void Card(StringBuilder html, string programme, string facility, PersonCard card)
    {
        html.Append("<div class=\"card\">").Append(Picture(card)).Append("<div><p><b>").Append(WebUtility.HtmlEncode(programme)).Append("</b><br>").Append(WebUtility.HtmlEncode(facility)).Append("</p><p class=\"code\">")
            .Append(card.Code.AsSpan(0, 4)).Append(' ').Append(card.Code.AsSpan(4)).Append("</p><p>Traga este cartão a cada consulta.</p><p lang=\"es\">Traiga esta tarjeta a cada consulta.</p><p lang=\"en\">Bring this card to every visit.</p></div></div>\n");
    }

    private static string Picture(PersonCard card)
    {
        using var data = QRCodeGenerator.GenerateQrCode(card.Payload, QRCodeGenerator.ECCLevel.M);
        using var svg = new SvgQRCode(data);
        return svg.GetGraphic(4, "#000000", "#ffffff", drawQuietZones: true, SvgQRCode.SizingMode.ViewBoxAttribute);
    }
}
