using Escala.Numerics.Algebra;
using Escala.Numerics.Optimisation;

namespace Escala.Numerics.Models;

/// <summary>
/// Maximum of a marginal likelihood in ψ = (working coefficients, θ, log dispersion). Parameters in <see cref="AtZero"/> are held at 0, the
/// boundary of their space; the covariance has zeros there.
/// </summary>
internal sealed record MarginalFit(double[] Psi, double Value, double[,]? Covariance, bool[] AtZero, double Decrement, int Iterations, bool Converged)
{
    public const double ConvergedDecrement = 1e-10;

    /// <summary>Start: the generalised linear model's coefficients, half a unit of the predictor for each standard deviation.</summary>
    public static double[] Start(MixedModelProblem problem, double[] coefficients, double logDispersion, double deviation = 0.5)
    {
        var psi = new double[problem.Parameters];
        coefficients.AsSpan(0, problem.Columns).CopyTo(psi);
        foreach (var block in problem.Blocks)
            for (var k = 0; k < block.Effects && !block.IsFlat; k++) psi[problem.Columns + block.ThetaAt(k, k)] = deviation / Spread(problem, block, k);
        if (problem.Kernel.HasDispersion) psi[^1] = logDispersion;
        return psi;
    }

    /// <summary>Root mean square of a random-effect column: the size of θ that moves the predictor by one.</summary>
    private static double Spread(MixedModelProblem problem, EffectBlock block, int effect)
    {
        double sum = 0;
        for (var p = 0; p < problem.Paths; p++) sum += Math.Pow(problem.PathValue[p * problem.Slots + block.Slot + effect], 2);
        return sum == 0 ? 1 : Math.Sqrt(sum / problem.Paths);
    }

    /// <summary>Maximises from a start; the last steps may use an objective with a more exact gradient, <paramref name="polished"/>.</summary>
    public static MarginalFit Maximise(MixedModelProblem problem, Func<Objective> fresh, double[] start, double[,] inverseHessian, Func<Objective>? polished = null)
    {
        var objective = fresh();
        var fit = Settle(objective, start, inverseHessian, new bool[start.Length]);
        var (atZero, iterations) = (new bool[start.Length], fit.Iterations);
        foreach (var block in problem.Blocks)
        {
            if (block.IsFlat) continue;
            for (var k = block.Effects - 1; k >= 0; k--)
            {
                var at = problem.Columns + block.ThetaAt(k, k);
                if (Math.Abs(fit.Point[at]) * Spread(problem, block, k) > 0.2 * Math.Max(1, Scale(problem, fit.Point))) continue;
                var trial = (bool[])atZero.Clone();
                var point = (double[])fit.Point.Clone();
                // Below a zero the column of Λ is redundant: later effects have columns of their own.
                for (var r = k; r < block.Effects; r++)
                {
                    trial[problem.Columns + block.ThetaAt(r, k)] = true;
                    if (r > k) point[problem.Columns + block.ThetaAt(r, r)] = Math.Sqrt(Math.Pow(point[problem.Columns + block.ThetaAt(r, r)], 2) + Math.Pow(point[problem.Columns + block.ThetaAt(r, k)], 2));
                    point[problem.Columns + block.ThetaAt(r, k)] = 0;
                }
                var bounded = Settle(objective, point, fit.InverseHessian, trial);
                iterations += bounded.Iterations;
                if (bounded.Value > fit.Value + 1e-9 * (1 + Math.Abs(fit.Value))) continue;
                (fit, atZero) = (bounded, trial);
            }
        }
        return Finish(problem, fresh, polished ?? fresh, fit, atZero, iterations);
    }

    /// <summary>Scale of the predictor's noise: σ for a Gaussian outcome, else 1.</summary>
    private static double Scale(MixedModelProblem problem, double[] psi) =>
        problem.Kernel is Distributions.GaussianIdentity ? Math.Exp(0.5 * psi[^1]) : 1;

    private static Minimum Settle(Objective objective, double[] start, double[,] inverseHessian, bool[] atZero)
    {
        int[] free = [.. Enumerable.Range(0, start.Length).Where(i => !atZero[i])];
        var (point, full) = ((double[])start.Clone(), new double[start.Length]);
        double Reduced(ReadOnlySpan<double> x, Span<double> gradient)
        {
            for (var k = 0; k < free.Length; k++) point[free[k]] = x[k];
            var value = objective(point, gradient.IsEmpty ? [] : full);
            for (var k = 0; k < gradient.Length; k++) gradient[k] = full[free[k]];
            return value;
        }
        var minimum = QuasiNewton.Minimise(Reduced, [.. free.Select(i => start[i])], Take(inverseHessian, free), 1e-12, 400);
        var at = (double[])start.Clone();
        for (var k = 0; k < free.Length; k++) at[free[k]] = minimum.Point[k];
        return minimum with { Point = at, InverseHessian = Put(minimum.InverseHessian, free, start.Length) };
    }

    private static MarginalFit Finish(MixedModelProblem problem, Func<Objective> fresh, Func<Objective> polished, Minimum fit, bool[] atZero, int iterations)
    {
        int[] free = [.. Enumerable.Range(0, fit.Point.Length).Where(i => !atZero[i])];
        if (free.Length == 0 || !double.IsFinite(fit.Value)) return new MarginalFit(fit.Point, fit.Value, free.Length == 0 ? new double[atZero.Length, atZero.Length] : null, atZero, fit.Decrement, iterations, free.Length == 0);
        Objective Restricted(Func<Objective> make)
        {
            var (objective, point, full) = (make(), (double[])fit.Point.Clone(), new double[fit.Point.Length]);
            return (x, gradient) =>
            {
                for (var k = 0; k < free.Length; k++) point[free[k]] = x[k];
                var at = objective(point, gradient.IsEmpty ? [] : full);
                for (var k = 0; k < gradient.Length; k++) gradient[k] = full[free[k]];
                return at;
            };
        }
        double[] x = [.. free.Select(i => fit.Point[i])];
        var scale = new double[free.Length];
        for (var k = 0; k < free.Length; k++) scale[k] = Math.Clamp(Math.Sqrt(Math.Max(0, fit.InverseHessian[free[k], free[k]])), 1e-4, 10);
        var parallel = (long)problem.Cells * free.Length > 100_000;
        var hessian = QuasiNewton.Hessian(() => Restricted(fresh), x, scale, parallel);
        var inverse = SymmetricMatrix.Inverse(hessian);
        var (value, decrement) = (fit.Value, fit.Decrement);
        if (inverse is not null)
        {
            var before = (double[])x.Clone();
            decrement = QuasiNewton.Polish(Restricted(polished), x, inverse, ref value);
            var moved = Enumerable.Range(0, x.Length).Any(k => Math.Abs(x[k] - before[k]) > 1e-3 * scale[k]);
            if (moved) inverse = SymmetricMatrix.Inverse(QuasiNewton.Hessian(() => Restricted(fresh), x, scale, parallel));
        }
        var psi = (double[])fit.Point.Clone();
        for (var k = 0; k < free.Length; k++) psi[free[k]] = x[k];
        return new MarginalFit(psi, value, inverse is null ? null : Put(inverse, free, psi.Length), atZero, decrement, iterations, inverse is not null && decrement < ConvergedDecrement);
    }

    /// <summary>
    /// A first inverse Hessian: information on the coefficients given the variances (X′WX less what the random effects take), differences of the
    /// gradient for the rest.
    /// </summary>
    public static double[,] FirstInverseHessian(MixedModelProblem problem, double[] start)
    {
        var (n, p) = (start.Length, problem.Columns);
        var objective = new LaplaceObjective(problem);
        var gradient = new double[n];
        if (!double.IsFinite(objective.Evaluate(start, gradient))) return Identity(n);
        var hessian = CoefficientInformation(problem, objective);
        var whole = new double[n, n];
        for (var i = 0; i < p; i++) for (var j = 0; j < p; j++) whole[i, j] = hessian[i, j];
        var (up, point) = (new double[n], (double[])start.Clone());
        for (var j = p; j < n; j++)
        {
            point[j] += 1e-4;
            objective.Evaluate(point, up);
            point[j] = start[j];
            for (var i = 0; i < n; i++) whole[i, j] = (up[i] - gradient[i]) / 1e-4;
        }
        for (var j = p; j < n; j++) for (var i = 0; i < j; i++) whole[i, j] = whole[j, i] = i < p ? whole[i, j] : 0.5 * (whole[i, j] + whole[j, i]);
        if (SymmetricMatrix.Inverse(whole) is { } inverse) return inverse;
        for (var j = p; j < n; j++)
        {
            var diagonal = Math.Max(Math.Abs(whole[j, j]), 1e-2);
            for (var i = 0; i < n; i++) whole[i, j] = whole[j, i] = 0;
            whole[j, j] = diagonal;
        }
        return SymmetricMatrix.Inverse(whole) ?? Identity(n);
    }

    /// <summary>X′WX − X′WA H⁻¹ A′WX at the objective's mode.</summary>
    public static double[,] CoefficientInformation(MixedModelProblem problem, LaplaceObjective objective)
    {
        var (p, effects) = (problem.Columns, objective.Factor.Size);
        var information = new double[p, p];
        var cross = new double[p][];
        for (var j = 0; j < p; j++) cross[j] = new double[effects];
        var pathSum = new double[p];
        for (var path = 0; path < problem.Paths; path++)
        {
            Array.Clear(pathSum);
            for (var i = problem.PathStart[path]; i < problem.PathStart[path + 1]; i++)
                for (var e = problem.RowStart[i]; e < problem.RowStart[i + 1]; e++)
                {
                    var weighted = problem.ValueAt[e] * objective.Derivatives.Weight[i];
                    pathSum[problem.ColumnAt[e]] += weighted;
                    for (var f = problem.RowStart[i]; f < problem.RowStart[i + 1]; f++) information[problem.ColumnAt[e], problem.ColumnAt[f]] += weighted * problem.ValueAt[f];
                }
            for (var s = path * problem.Slots; s < (path + 1) * problem.Slots; s++)
                for (var j = 0; j < p; j++) cross[j][problem.PathEffect[s]] += objective.Slopes[s] * pathSum[j];
        }
        for (var j = 0; j < p; j++)
        {
            var solved = (double[])cross[j].Clone();
            objective.Factor.Solve(solved);
            for (var i = 0; i < p; i++)
            {
                double sum = 0;
                for (var k = 0; k < effects; k++) sum += cross[i][k] * solved[k];
                information[i, j] -= sum;
            }
        }
        return information;
    }

    private static double[,] Identity(int n)
    {
        var a = new double[n, n];
        for (var i = 0; i < n; i++) a[i, i] = 1;
        return a;
    }

    private static double[,] Take(double[,] a, int[] at)
    {
        var b = new double[at.Length, at.Length];
        for (var i = 0; i < at.Length; i++) for (var j = 0; j < at.Length; j++) b[i, j] = a[at[i], at[j]];
        return b;
    }

    private static double[,] Put(double[,] a, int[] at, int n)
    {
        var b = new double[n, n];
        for (var i = 0; i < at.Length; i++) for (var j = 0; j < at.Length; j++) b[at[i], at[j]] = a[i, j];
        return b;
    }
}
