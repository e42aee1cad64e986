using Escala.Cascades.Counters;
using Escala.Programmes;
using Escala.Programmes.Measures;
using Escala.Programmes.Packages;

namespace Escala.Chapters.Tests.Programmes;

/// <summary>Children and HIV by quarter: a programme of files alone, read and counted by the code that knows neither.</summary>
public sealed class SecondProgrammeTests
{
    private static readonly Programme s_programme = PackageReader.Read(Repository.PathTo("programmes", "pediatric-hiv")).Value;

    private static readonly string[] s_children =
    [
        // Found positive, linked and treated in the first quarter; suppressed in the third.
        "2025-01-10 NA1 born=2020-05-01 sex=menina test_conclusion=P enrolled_in_care=1 on_treatment=1 arv_days=90 come_back_on=2025-04-11; " +
        "2025-04-11 NA1 arv_days=90 come_back_on=2025-07-10; 2025-07-15 NA1 arv_days=90 vl_copies=<40",
        "2025-02-01 NA1 born=2012-02-01 sex=M test_conclusion=negativo",
        "2025-02-01 NA1 born=2023-02-01 sex=M",
        "2025-02-01 NA1 born=2010-03-31 test_conclusion=P",
        "2025-02-01 NA1 test_conclusion=P",
    ];

    [Theory]
    [InlineData("tested", "2025-Q1", 3, 2)]
    [InlineData("positive", "2025-Q1", 2, 1)]
    [InlineData("linked", "2025-Q1", 1, 1)]
    [InlineData("on-treatment", "2025-Q1", 1, 1)]
    [InlineData("suppressed", "2025-Q1", 0, 0)]
    [InlineData("came-back", "2025-Q2", 1, 1)]
    [InlineData("tested", "2025-Q3", 0, 0)]
    [InlineData("on-treatment", "2025-Q3", 1, 1)]
    [InlineData("suppressed", "2025-Q3", 1, 1)]
    public void Children_are_counted_as_the_texts_say(string measure, string window, int denominator, int numerator)
    {
        var counted = WrittenRows.Count(s_programme, s_children).Where(c => c.Measure == measure && c.Window.ToString() == window).ToList();
        Assert.Equal((denominator, numerator), (counted.Count(c => c.Kind == CountKind.Denominator), counted.Count(c => c.Kind == CountKind.Numerator)));
    }

    [Fact]
    public void It_has_its_own_levels_window_columns_and_target()
    {
        Assert.Equal((WindowKind.Quarter, "clinic", "line_id"), (s_programme.Window, s_programme.Levels[^1], s_programme.Register.RowIdColumn));
        Assert.Equal(["tested", "positive", "linked", "on-treatment", "suppressed"], s_programme.Cascade.Steps.Select(s => s.Measure.Id));
        Assert.Equal(["positive"], s_programme.Cascade.Steps.Where(s => s.Kind == StepKind.Yield).Select(s => s.Measure.Id));
        Assert.Equal((0.95, 11), (s_programme.Cascade.Target, s_programme.Places.Count));
        Assert.Null(s_programme.Trial);
    }
}
