using Escala.Numerics.Data;
using Escala.Numerics.Distributions;
using Escala.Numerics.Formulas;

namespace Escala.Numerics.Models;

/// <summary>
/// Data that vary no more than Poisson or binomial counts: the likelihood of a negative-binomial or beta-binomial model rises for ever with its
/// dispersion parameter, towards that of the simpler family, which is then the maximum.
/// </summary>
internal static class DispersionLimit
{
    internal const double Suspicious = 1000, Indistinguishable = 1e-6;

    /// <summary>The family that an overdispersed one tends to; null for the others.</summary>
    internal static Family? SimplerFamily(Family family) => family switch
    {
        Family.NegativeBinomial => Family.Poisson,
        Family.BetaBinomial => Family.Binomial,
        _ => null,
    };

    /// <summary>The fit itself, or, when the simpler family does as well, that family's fit with the dispersion at its limit.</summary>
    public static ModelFit Resolve(ModelFit fit, DataFrame data, ModelFormula formula)
    {
        var specification = fit.Specification;
        if (SimplerFamily(specification.Family) is not { } family || !(fit.Dispersion > Suspicious)) return fit;
        var name = family == Family.Poisson ? "Poisson" : "binomial";
        var simple = Regression.Fit(data, specification with { Family = family, Link = specification.LinkOrDefault }, formula);
        if (!simple.Converged || fit.LogLikelihood > simple.LogLikelihood + Indistinguishable) return fit;
        return new ModelFit(specification)
        {
            Method = simple.Method,
            Points = simple.Points,
            Converged = true,
            LogLikelihood = simple.LogLikelihood,
            LogLikelihoodKernel = simple.LogLikelihoodKernel,
            Parameters = simple.Parameters + 1,
            Observations = fit.Observations,
            Cells = fit.Cells,
            Groups = fit.Groups,
            Fixed = simple.Fixed,
            Covariance = simple.Covariance,
            Random = simple.Random,
            Dropped = simple.Dropped,
            Warnings = [new ModelWarning("no-overdispersion", new Sentence("numerics.warning.no-overdispersion", "The data vary no more than {family} counts do, so the dispersion ran to its limit and the estimates are those of the {family} family. Use that family.", ("family", name))), .. simple.Warnings],
            Iterations = fit.Iterations,
            Dispersion = double.PositiveInfinity,
            State = simple.State,
        };
    }
}
