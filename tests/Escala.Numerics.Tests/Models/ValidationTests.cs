using Escala.Numerics.Models;

namespace Escala.Numerics.Tests.Models;

/// <summary>Every estimator against figures of other programs (tests/reference/models): the same check that <c>escala validate</c> runs.</summary>
public sealed class ValidationTests
{
    private static readonly IReadOnlyList<ValidationFigure> s_figures = Validation.Run();

    public static TheoryData<string> Cases => new(s_figures.Select(f => f.Case).Distinct());

    [Theory, MemberData(nameof(Cases))]
    public void Every_figure_of_the_reference_is_met(string name)
    {
        var off = s_figures.Where(f => f.Case == name && !f.Passed).Select(f => $"{f.Figure}: {f.Computed:R} against {f.Reference:R} (off by {f.Difference:0.0e+00})");
        Assert.True(!off.Any(), string.Join("; ", off));
    }
}
