using Escala.Numerics.Distributions;
using Escala.Numerics.Optimisation;

namespace Escala.Numerics.Models;

/// <summary>Mixed models of any family: Laplace, quadrature, ML and REML.</summary>
internal static class GeneralizedLinearMixed
{
    /// <summary>Standard deviation on the predictor's scale beyond which the Laplace approximation is not relied on.</summary>
    private const double LargeDeviation = 2;

    public static ModelFit Fit(PreparedModel model, EstimationMethod method)
    {
        var restricted = method == EstimationMethod.Reml;
        var problem = model.Problem(withRandom: true, integrateFixed: restricted);
        var laplace = Maximise(model, problem);
        if (method == EstimationMethod.Quadrature) return QuadratureFit.Fit(model, problem, laplace);
        var large = model.Specification.Family != Family.Gaussian && Enumerable.Range(problem.Columns, problem.ThetaCount).Any(t => Math.Abs(laplace.Psi[t]) > LargeDeviation);
        if (large && method == EstimationMethod.Automatic && QuadratureFit.Obstacle(problem) is null)
        {
            model.Warnings.Add(new ModelWarning("laplace-replaced", new Sentence("numerics.warning.laplace-replaced", "The clusters differ so much (standard deviation above 2) that the Laplace approximation is unreliable; quadrature was used instead.")));
            return QuadratureFit.Fit(model, problem, laplace);
        }
        if (large) model.Warnings.Add(new ModelWarning("laplace-inaccurate", new Sentence("numerics.warning.laplace-inaccurate", "The clusters differ so much (standard deviation above 2) that the Laplace approximation may be off; compare --method quadrature.")));
        var used = method == EstimationMethod.Automatic ? EstimationMethod.Laplace : method;
        return MarginalReport.Report(model, problem, laplace, used, null);
    }

    /// <summary>Maximum of the Laplace (or, for a Gaussian outcome, exact) marginal likelihood, from the model without random effects.</summary>
    public static MarginalFit Maximise(PreparedModel model, MixedModelProblem problem)
    {
        var (start, dispersion) = GeneralizedLinear.Start(model);
        var deviation = problem.Kernel is GaussianIdentity ? 0.5 * Math.Exp(0.5 * dispersion) : 0.5;
        return Maximise(problem, MarginalFit.Start(problem, start.Coefficients, problem.Kernel is GaussianIdentity ? dispersion - 0.3 : dispersion, deviation));
    }

    public static MarginalFit Maximise(MixedModelProblem problem, double[] start)
    {
        var main = new LaplaceObjective(problem);
        var first = true;
        Objective Fresh()
        {
            if (first)
            {
                first = false;
                return main.Evaluate;
            }
            var next = new LaplaceObjective(problem);
            lock (main) main.Mode.CopyTo(next.Mode);
            return next.Evaluate;
        }
        return MarginalFit.Maximise(problem, Fresh, start, MarginalFit.FirstInverseHessian(problem, start));
    }
}
