using Escala.Cascades.Sheets;
using Escala.Platform.Texts;
using Escala.Programmes;

namespace Escala.Chapters.Tests.Cascades;

public sealed class SheetWordsTests
{
    [Fact]
    public void Every_text_exists_in_three_languages_with_the_same_gaps()
    {
        Assert.All(SheetWords.Catalogue.Texts, t => TextAssert.Whole(t.Key, t.Value));
    }

    [Theory, InlineData(0.0, "0"), InlineData(0.003, "<1"), InlineData(0.125, "13"), InlineData(0.9975, ">99"), InlineData(1.0, "100")]
    public void Nearly_nothing_and_nearly_everything_never_read_as_nothing_and_everything(double proportion, string shown) =>
        Assert.Equal(shown + "\u00a0%", new SheetWords(Language.En).Percent(proportion));

    [Theory]
    [InlineData(WindowKind.Month, "2025-03"), InlineData(WindowKind.Month, "2024-12"), InlineData(WindowKind.Quarter, "2025-Q4"), InlineData(WindowKind.Week, "2020-W53")]
    public void A_window_reads_as_it_is_written(WindowKind kind, string text) => Assert.Equal(text, WindowText.Parse(kind, text).Value.ToString());

    [Theory]
    [InlineData(WindowKind.Month, "2025-13"), InlineData(WindowKind.Month, "2025-Q1"), InlineData(WindowKind.Month, "March"), InlineData(WindowKind.Quarter, "2025-Q5")]
    [InlineData(WindowKind.Week, "2025-W53"), InlineData(WindowKind.Month, "0000-01")]
    public void What_is_not_a_window_is_refused_with_an_example(WindowKind kind, string text) =>
        Assert.Equal(WindowText.Example(kind), Assert.Single(WindowText.Parse(kind, text).Problems).Details["example"]);

    [Fact]
    public void A_month_is_said_in_the_readers_language()
    {
        var march = SheetFixture.March;
        Assert.Equal(["março de 2025", "marzo de 2025", "March 2025"],
            ((Language[])[Language.Pt, Language.Es, Language.En]).Select(l => new SheetWords(l).Window(march)));
    }
}
