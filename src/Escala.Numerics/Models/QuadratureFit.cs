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

    private static readonly int[] s_points = [5, 7, 9, 13, 19, 27, 39, 55, 75, 100];

    /// <summary>Why quadrature does not apply; null when it does.</summary>
    public static string? Obstacle(MixedModelProblem problem) => QuadratureObjective.Obstacle(problem);

    public static ModelFit Fit(PreparedModel model, MixedModelProblem problem, MarginalFit laplace)
    {
        if (Obstacle(problem) is { } reason) throw new FormulaException(model.Frame.Formula.Text, model.Frame.Formula.Random[0].Position, reason);
        var start = (double[])laplace.Psi.Clone();
        for (var i = 0; i < start.Length; i++) if (laplace.AtZero[i]) start[i] = 0.2;
        if (model.Specification.Points is { } points) return MarginalReport.Report(model, problem, Maximise(problem, start, points), EstimationMethod.Quadrature, points);
        for (var at = FirstStable(problem, start, 0); ; at = FirstStable(problem, start, at + 1))
        {
            var fit = Maximise(problem, start, s_points[at]);
            start = fit.Psi;
            var last = at == s_points.Length - 1;
            if (!last && !(Math.Abs(fit.Value - Value(problem, start, s_points[at + 1])) < Stable)) continue;
            if (last && !(Math.Abs(fit.Value - Value(problem, start, s_points[at - 1])) < Promised)) model.Warnings.Add(new ModelWarning("quadrature-unstable", "The log-likelihood still moves with 100 quadrature points a level: the clusters differ too much for this method."));
            return MarginalReport.Report(model, problem, fit, EstimationMethod.Quadrature, s_points[at]);
        }
    }

    private static int FirstStable(MixedModelProblem problem, double[] psi, int from)
    {
        for (var at = from; at < s_points.Length - 1; at++)
            if (Math.Abs(Value(problem, psi, s_points[at]) - Value(problem, psi, s_points[at + 1])) < Stable) return at;
        return s_points.Length - 1;
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
