using Escala.Numerics.Distributions;

namespace Escala.Numerics.Models;

/// <summary>
/// Exposed less unexposed as observed: a description, not an effect, since neither periods nor clusters are adjusted for. Rows without trials
/// count nowhere.
/// </summary>
/// <param name="Term">The exposure, as the table of coefficients names it.</param>
/// <param name="ExposedMean">Mean over exposed rows of their proportion, rate or measurement.</param>
/// <param name="UnexposedMean">The same over unexposed rows.</param>
/// <param name="Difference">Difference of those means.</param>
/// <param name="ExposedPooled">Sum of outcomes over sum of trials (or of exp(offset)) of exposed rows.</param>
/// <param name="UnexposedPooled">The same of unexposed rows.</param>
/// <param name="PooledDifference">Difference of those.</param>
/// <param name="ExposedRows">Exposed rows.</param>
/// <param name="UnexposedRows">Unexposed rows.</param>
public sealed record RawDifference(
    string Term, double ExposedMean, double UnexposedMean, double Difference, double ExposedPooled, double UnexposedPooled, double PooledDifference, int ExposedRows, int UnexposedRows)
{
    /// <summary>What the figures are, for beside them.</summary>
    public string Label { get; } = "descriptive: not adjusted for periods and clusters";

    /// <summary>Describes a fit's own rows by one of its 0/1 terms.</summary>
    /// <exception cref="ArgumentException">The term is no 0/1 column of the model.</exception>
    public static RawDifference Of(ModelFit fit, string term)
    {
        ArgumentNullException.ThrowIfNull(fit);
        _ = fit[term];
        var model = fit.State?.Model ?? throw new UnfitInputException("numerics.model.nothing-fitted", "The fit has no estimates.");
        var column = model.All.Columns.First(c => c.Name == term);
        if (!Array.TrueForAll(column.Values, v => v is 0 or 1)) throw new UnfitInputException("numerics.model.not-exposure", "{term} is not a 0/1 exposure.", ("term", term));
        return Of(fit, column.Name, 1);
    }

    private static RawDifference Of(ModelFit fit, string term, double exposedValue)
    {
        var model = fit.State!.Model;
        var column = model.All.Columns.First(c => c.Name == term);
        var isRate = fit.Family is Family.Poisson or Family.NegativeBinomial;
        var (means, outcomes, units, rows) = (new double[2], new double[2], new double[2], new int[2]);
        for (var k = 0; k < model.Frame.CellOf.Length; k++)
        {
            var cell = model.Frame.CellOf[k];
            var unit = isRate ? Math.Exp(model.All.Offset[cell]) : model.Frame.Trials[k];
            if (unit == 0) continue;
            var arm = column.Values[cell] == exposedValue ? 1 : 0;
            means[arm] += model.Frame.Outcome[k] / unit;
            outcomes[arm] += model.Frame.Outcome[k];
            units[arm] += unit;
            rows[arm]++;
        }
        var (exposed, unexposed) = (means[1] / rows[1], means[0] / rows[0]);
        var (pooled, without) = (outcomes[1] / units[1], outcomes[0] / units[0]);
        return new RawDifference(term, exposed, unexposed, exposed - unexposed, pooled, without, pooled - without, rows[1], rows[0]);
    }

    /// <summary>Describes the exposure of a stepped wedge; null when the model is of another kind.</summary>
    public static RawDifference? OfExposure(ModelFit fit) => SteppedWedgeStructure.Find(fit) is { } wedge ? Of(fit, wedge.Treatment, wedge.ExposedValue) : null;
}
