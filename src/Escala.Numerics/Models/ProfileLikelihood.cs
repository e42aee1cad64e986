using Escala.Numerics.Distributions;
using MathNet.Numerics.Distributions;

namespace Escala.Numerics.Models;

/// <summary>Profile likelihood interval of one coefficient and the likelihood-ratio test that it is zero.</summary>
/// <param name="Term">Coefficient.</param>
/// <param name="Lower">Lower limit on the scale of the link; −∞ where the likelihood stays flat.</param>
/// <param name="Upper">Upper limit.</param>
/// <param name="ChiSquare">Twice the fall of the log-likelihood when the coefficient is 0.</param>
/// <param name="P">P(χ² on 1 degree of freedom above it).</param>
public sealed record ProfileInterval(string Term, double Lower, double Upper, double ChiSquare, double P);

/// <summary>
/// Profile likelihood (Venzon and Moolgavkar 1988, Appl Stat 37:87): the coefficient is held at a value by an offset and everything else fitted
/// again, by the method of the fit; REML fits are profiled by ML, whose likelihoods compare.
/// </summary>
public static class ProfileLikelihood
{
    /// <summary>Interval of <paramref name="term"/> with the coverage of the fit's specification.</summary>
    /// <exception cref="ArgumentException">The model has no such coefficient, the coefficient is separated, or the method has no likelihood.</exception>
    public static ProfileInterval Interval(ModelFit fit, string term)
    {
        ArgumentNullException.ThrowIfNull(fit);
        var effect = fit[term];
        if (fit.State is not { } state || double.IsNaN(effect.StandardError)) throw new UnfitInputException("numerics.model.no-maximum", "{term} has no finite maximum to profile around; use Firth's method.", ("term", term));
        if (fit.Method is EstimationMethod.Gee or EstimationMethod.Firth || fit.Family == Family.QuasiBinomial)
            throw new UnfitInputException(fit.Method == EstimationMethod.Firth ? new Sentence("numerics.model.firth-profile", "Firth fits have profile intervals already.") : new Sentence("numerics.model.no-profile", "GEE and quasi families have no likelihood to profile."));
        var model = state.Model;
        var column = Array.FindIndex(model.Design.Kept, c => c.Name == term);
        var best = Value(model, fit);
        double Deviance(double value) => 2 * (Value(Without(model, column, value), fit) - best);
        var limit = ChiSquared.InvCDF(1, model.Specification.Confidence);
        // Around the estimate of ML: that of REML has the same coefficients up to the change in variances.
        var chiSquare = Math.Max(0, Deviance(0));
        return new ProfileInterval(term,
            ProfileRoot.Find(v => Deviance(v) - limit, effect.Estimate, -effect.StandardError),
            ProfileRoot.Find(v => Deviance(v) - limit, effect.Estimate, effect.StandardError),
            chiSquare, FitReport.TwoSided(Math.Sqrt(chiSquare), null));
    }

    /// <summary>The model with one coefficient held at a value: its column moves into the offset.</summary>
    internal static PreparedModel Without(PreparedModel model, int column, double value)
    {
        var held = model.Design.Kept[column].Values;
        var rest = model.Design.Kept.Where((_, j) => j != column).ToArray();
        return model with
        {
            Design = FixedDesign.Build(rest),
            Data = model.Data with { Columns = rest, Offset = [.. model.Data.Offset.Select((o, i) => o + held[i] * value / model.ResponseScale)] },
        };
    }

    /// <summary>Minimum of −log L, up to a constant of the data.</summary>
    private static double Value(PreparedModel model, ModelFit fit)
    {
        var problem = model.Problem(withRandom: true);
        if (problem.Blocks.Length == 0 && !problem.Kernel.HasDispersion) return -IterativelyReweighted.Fit(problem).LogKernel;
        var laplace = GeneralizedLinearMixed.Maximise(model, problem);
        return fit.Points is { } points ? QuadratureFit.Maximise(problem, laplace.Psi, points).Value : laplace.Value;
    }
}
