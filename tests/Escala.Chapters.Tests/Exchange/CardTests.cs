using Escala.Registry.Cards;

namespace Escala.Chapters.Tests.Exchange;

public sealed class CardTests
{
    /// <summary>
    /// The app computes the same from the same UUID and notices what is misread (field/src/scan/payload.ts); base32, CRC-8 and Damm's digit worked by hand in
    /// Python's base64 and loops.
    /// </summary>
    [Theory]
    [InlineData("0197f3a2-5b1c-7d3e-8f40-123456789abc", "ESC1:AGL7HIS3DR6T5D2ACI2FM6E2XSFQ", "83438684"),
     InlineData("00000000-0000-0000-0000-000000000000", "ESC1:AAAAAAAAAAAAAAAAAAAAAAAAAAAA", "00000000"),
     InlineData("ffffffff-ffff-ffff-ffff-ffffffffffff", "ESC1:777777777777777777777777775A", "67106559"),
     InlineData("0199aaaa-0001-7002-8003-000000989680", "ESC1:AGM2VKQAAFYAFAADAAAABGEWQAEA", "00000000")]
    public void A_card_says_in_its_code_and_in_digits_which_it_is(string id, string payload, string code)
    {
        var card = new PersonCard(Guid.Parse(id));
        Assert.Equal((payload, code), (card.Payload, card.Code));
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
