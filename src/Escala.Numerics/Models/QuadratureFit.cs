using Escala.Numerics.Formulas;
using Escala.Numerics.Optimisation;

namespace Escala.Numerics.Models;

/// <summary>Maximum likelihood by adaptive quadrature, with as many points as the log-likelihood needs.</summary>
internal static class QuadratureFit
{
    /// <summary>Far below the 1e-6 of the log-likelihood that is promised, because a flat likelihood moves its maximum much more than its value.</summary>
    private const double Stable = 1e-9;

    /// <summary>A change of the log-likelihood that readers are warned of when no more points are left to take.</summary>
    private const double Promised = 1e-6;

    /// <summary>Points tried a level; a second level multiplies them, so there the finest rules are out of reach.</summary>
    private static readonly int[] s_nested = [5, 7, 9, 13, 19, 27, 39, 55, 75, 100], s_oneLevel = [.. s_nested, 140, 200, 280, ModelSpecification.MostPoints];

    /// <summary>Why quadrature does not apply; null when it does.</summary>
    public static Sentence? Obstacle(MixedModelProblem problem) => QuadratureObjective.Obstacle(problem);

    public static ModelFit Fit(PreparedModel model, MixedModelProblem problem, MarginalFit laplace)
    {
        if (Obstacle(problem) is { } reason) throw new FormulaException(model.Frame.Formula.Text, model.Frame.Formula.Random[0].Position, reason);
        var start = (double[])laplace.Psi.Clone();
        for (var i = 0; i < start.Length; i++) if (laplace.AtZero[i]) start[i] = 0.2;
        if (model.Specification.Points is { } points) return MarginalReport.Report(model, problem, Maximise(problem, start, points), EstimationMethod.Quadrature, points);
        var steps = problem.Blocks.Length > 1 ? s_nested : s_oneLevel;
        for (var at = FirstStable(problem, start, steps, 0); ; at = FirstStable(problem, start, steps, at + 1))
        {
            var fit = Maximise(problem, start, steps[at]);
            start = fit.Psi;
            var last = at == steps.Length - 1;
            if (!last && !(Math.Abs(fit.Value - Value(problem, start, steps[at + 1])) < Stable)) continue;
            if (last && !(Math.Abs(fit.Value - Value(problem, start, steps[at - 1])) < Promised)) model.Warnings.Add(new ModelWarning("quadrature-unstable", new Sentence("numerics.warning.quadrature-unstable", "The log-likelihood still moves with {points} quadrature points a level: the clusters differ too much for this method.", ("points", steps[at]))));
            return MarginalReport.Report(model, problem, fit, EstimationMethod.Quadrature, steps[at]);
        }
    }

    private static int FirstStable(MixedModelProblem problem, double[] psi, int[] steps, int from)
    {
        for (var at = from; at < steps.Length - 1; at++)
            if (Math.Abs(Value(problem, psi, steps[at]) - Value(problem, psi, steps[at + 1])) < Stable) return at;
        return steps.Length - 1;
    }

    private static double Value(MixedModelProblem problem, double[] psi, int points) => new QuadratureObjective(problem, points).Evaluate(psi, []);

    public static MarginalFit Maximise(MixedModelProblem problem, double[] start, int points) => MarginalFit.Maximise(
        problem, () => new QuadratureObjective(problem, points).Evaluate, start, MarginalFit.FirstInverseHessian(problem, start),
        () => Differenced(new QuadratureObjective(problem, points).Evaluate));

    /// <summary>
    /// The same objective with the gradient of its own value, by differences of fourth order: with few points the gradient of the exact integral
    /// vanishes a little beside the maximum of the rule's value.
    /// </summary>
    private static Objective Differenced(Objective objective) => (x, gradient) =>
    {
        var point = x.ToArray();
        for (var i = 0; i < gradient.Length; i++)
        {
            const double h = 1e-3;
            double At(double shift)
            {
                point[i] += shift;
                var value = objective(point, []);
                point[i] -= shift;
                return value;
            }
            var xi = point[i];
            gradient[i] = (8 * (At(h) - At(-h)) - (At(2 * h) - At(-2 * h))) / (12 * h);
            point[i] = xi;
        }
        return objective(point, []);
    };
}
