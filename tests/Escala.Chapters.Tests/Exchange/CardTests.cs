using Escala.Registry.Cards;

namespace Escala.Chapters.Tests.Exchange;

public sealed class CardTests
{
    /// <summary>The app computes the same from the same UUID (field/src/scan/payload.ts); base32 and CRC-8 worked by hand in Python's base64 and a bitwise loop.</summary>
    [Fact]
    public void A_card_is_read_back_and_misread_ones_are_noticed()
    {
        var card = new PersonCard(Guid.Parse("0197f3a2-5b1c-7d3e-8f40-123456789abc"));
        Assert.Equal(("ESC1:AGL7HIS3DR6T5D2ACI2FM6E2XSFQ", "83438684"), (card.Payload, card.Code));
        Assert.Equal(card, PersonCard.Read(card.Payload));
        for (var i = 5; i < card.Payload.Length - 1; i++)
        {
            var wrong = card.Payload[..i] + (card.Payload[i] == 'A' ? 'B' : 'A') + card.Payload[(i + 1)..];
            Assert.NotEqual(card, PersonCard.Read(wrong));
            Assert.Null(PersonCard.Read(wrong));
        }
    }

    [Fact]
    public void The_printed_code_notices_one_wrong_digit_and_two_neighbours_swapped()
    {
        foreach (var card in Enumerable.Range(0, 200).Select(i => new PersonCard(new Guid(i, 2, 3, [1, 2, (byte)i, 4, 5, 6, 7, (byte)(i * 7)]))))
        {
            Assert.True(PersonCard.IsCode(card.Code));
            for (var at = 0; at < 8; at++)
            {
                foreach (var digit in "0123456789".Where(d => d != card.Code[at])) Assert.False(PersonCard.IsCode(card.Code[..at] + digit + card.Code[(at + 1)..]));
                if (at < 7 && card.Code[at] != card.Code[at + 1]) Assert.False(PersonCard.IsCode(card.Code[..at] + card.Code[at + 1] + card.Code[at] + card.Code[(at + 2)..]));
            }
        }
    }

    [Fact]
    public void A_sheet_of_cards_stands_by_itself_and_shows_no_markup_of_a_name()
    {
        var html = CardSheet.Write("P", "<b>Sede & Sul</b>", [.. Enumerable.Range(0, 11).Select(i => new PersonCard(new Guid(i, 0, 0, new byte[8])))]);
        Assert.Contains("&lt;b&gt;Sede &amp; Sul", html, StringComparison.Ordinal);
        Assert.DoesNotContain("http", html.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal).Replace("http://www.w3.org/1999/xlink", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(2, html.Split("class=\"sheet\"").Length - 1);
        Assert.Equal(11, html.Split("<svg").Length - 1);
    }
}
