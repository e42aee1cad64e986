using Escala.Numerics.Quadrature;

namespace Escala.Numerics.Models;

/// <summary>What the random effects are when risks are standardised.</summary>
public enum RandomEffectsAt
{
    /// <summary>Zero: a cluster in the middle.</summary>
    Zero,

    /// <summary>Integrated over their distribution: the average over clusters.</summary>
    Integrated,
}

/// <summary>
/// Mean risk of all observed rows if everybody were exposed, if nobody were, and their difference (g-computation; Localio, Margolis and Berlin
/// 2007), with standard errors by the delta method for the coefficients, the variances held at their estimates.
/// </summary>
/// <param name="Term">The 0/1 exposure.</param>
/// <param name="RandomEffects">What the random effects are: a label that belongs beside the figures.</param>
/// <param name="Exposed">Mean risk if everybody were exposed.</param>
/// <param name="Unexposed">Mean risk if nobody were.</param>
/// <param name="Difference">Their difference.</param>
/// <param name="StandardError">Its standard error.</param>
/// <param name="Lower">Lower limit of its Wald interval.</param>
/// <param name="Upper">Upper limit.</param>
public sealed record StandardisedRisk(string Term, RandomEffectsAt RandomEffects, double Exposed, double Unexposed, double Difference, double StandardError, double Lower, double Upper)
{
    /// <summary>Standardises a fit over its own rows. Interactions of the exposure move with it.</summary>
    /// <exception cref="ArgumentException">The term is not a 0/1 column of the model, or effects cannot be integrated (random slopes).</exception>
    public static StandardisedRisk Of(ModelFit fit, string term, RandomEffectsAt at)
    {
        ArgumentNullException.ThrowIfNull(fit);
        _ = fit[term];
        if (fit.State is not { } state || state.Covariance is null) throw new UnfitInputException("numerics.model.no-covariance", "The fit has no covariance to take a standard error from.");
        var columns = state.Model.Design.Kept;
        var exposure = columns.First(c => c.Name == term);
        if (!Array.TrueForAll(exposure.Values, v => v is 0 or 1)) throw new UnfitInputException("numerics.model.not-exposure", "{term} is not a 0/1 exposure.", ("term", term));
        if (at == RandomEffectsAt.Integrated && fit.Random.Any(r => r.Group != "Residual" && r.Term != "(Intercept)"))
            throw new UnfitInputException("numerics.model.random-slopes", "Random slopes are not integrated here; set the random effects to zero.");
        var deviation = at == RandomEffectsAt.Zero ? 0 : Math.Sqrt(fit.Random.Where(r => r.Group != "Residual" && !double.IsNaN(r.Variance)).Sum(r => r.Variance));
        var (exposed, exposedSlope) = Mean(state, exposure.Name, 1, deviation);
        var (unexposed, unexposedSlope) = Mean(state, exposure.Name, 0, deviation);
        double[] slope = [.. exposedSlope.Zip(unexposedSlope, (a, b) => a - b)];
        var se = Math.Sqrt(Algebra.SymmetricMatrix.Form(slope, state.Covariance, slope));
        var z = FitReport.Quantile(fit.Specification.Confidence, null);
        var difference = exposed - unexposed;
        return new StandardisedRisk(term, at, exposed, unexposed, difference, se, difference - z * se, difference + z * se);
    }

    private static (double Mean, double[] Slope) Mean(FittedState state, string exposure, double value, double deviation)
    {
        var model = state.Model;
        var columns = model.Design.Kept;
        var set = columns.Select(c => Set(c, columns, exposure, value)).ToArray();
        var rule = GaussHermite.Of(31);
        var slope = new double[columns.Length];
        double mean = 0, total = 0;
        for (var i = 0; i < model.Data.Cells; i++)
        {
            var eta = model.Data.Offset[i] * model.ResponseScale;
            for (var j = 0; j < columns.Length; j++) eta += set[j][i] * state.Coefficients[j];
            var weight = model.Data.Responses.Trials[i];
            double mu = 0, derivative = 0;
            for (var k = 0; k < rule.Nodes.Length; k++)
            {
                var x = rule.Nodes[k];
                var w = Math.Exp(rule.LogWeights[k] - x * x) / Math.Sqrt(Math.PI);
                mu += w * model.Kernel.Mean(eta + Math.Sqrt(2) * deviation * x);
                derivative += w * model.Kernel.MeanSlope(eta + Math.Sqrt(2) * deviation * x);
            }
            mean += weight * mu;
            total += weight;
            for (var j = 0; j < columns.Length; j++) slope[j] += weight * derivative * set[j][i];
        }
        return (mean / total, [.. slope.Select(s => s / total)]);
    }

    private static double[] Set(Formulas.DesignColumn column, Formulas.DesignColumn[] columns, string exposure, double value)
    {
        if (column.Name == exposure) return [.. column.Values.Select(_ => value)];
        var parts = column.Name.Split(':');
        if (!parts.Contains(exposure)) return column.Values;
        double[] product = [.. column.Values.Select(_ => value)];
        foreach (var part in parts.Where(p => p != exposure))
        {
            var factor = columns.FirstOrDefault(c => c.Name == part)
                ?? throw new UnfitInputException("numerics.model.no-own-column", "{term} cannot be standardised: the model has no column {column} of its own.", ("term", column.Name), ("column", part));
            for (var i = 0; i < product.Length; i++) product[i] *= factor.Values[i];
        }
        return product;
    }
}
