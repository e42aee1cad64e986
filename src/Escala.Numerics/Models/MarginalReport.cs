using Escala.Numerics.Distributions;

namespace Escala.Numerics.Models;

/// <summary>Turns the maximum of a marginal likelihood into a <see cref="ModelFit"/>.</summary>
internal static class MarginalReport
{
    public static ModelFit Report(PreparedModel model, MixedModelProblem problem, MarginalFit fit, EstimationMethod method, int? points)
    {
        var (p, scale) = (model.Design.Count, model.ResponseScale);
        var restricted = problem.Columns == 0 && p > 0;
        var (working, covariance) = Coefficients(p, problem, fit);
        Func<int, double?>? degrees = null;
        if (restricted && model.Specification.DegreesOfFreedom != DegreesOfFreedom.Infinite) (covariance, degrees) = WithDegrees(model, problem, fit, working, covariance!);
        var coefficients = model.Design.ToOriginal(working).Select(b => b * scale).ToArray();
        var original = covariance is null ? null : model.Design.ToOriginal(covariance);
        for (var i = 0; original is not null && i < p; i++) for (var j = 0; j < p; j++) original[i, j] *= scale * scale;
        var (effects, table) = FitReport.Effects(model, coefficients, original, degrees);
        var random = RandomEffects(model, problem, fit);
        Warn(model, problem, fit, random);
        var rows = model.Frame.UsedRows.Length;
        var logKernel = -fit.Value - (restricted ? rows - p : rows) * Math.Log(scale) + (restricted ? model.Design.LogDeterminant : 0);
        return new ModelFit(model.Specification)
        {
            Method = method,
            Points = points,
            Converged = fit.Converged,
            LogLikelihood = logKernel + model.All.LogConstant,
            LogLikelihoodKernel = logKernel,
            Parameters = p + problem.ThetaCount + (problem.Kernel.HasDispersion ? 1 : 0),
            Observations = rows,
            Cells = model.All.Cells,
            Groups = FitReport.Groups(model.All),
            Fixed = effects,
            Covariance = table,
            Random = random,
            Dropped = FitReport.Dropped(model),
            Warnings = model.Warnings,
            Iterations = fit.Iterations,
            Dispersion = problem.Kernel.HasDispersion ? Math.Exp(fit.Psi[^1]) * scale * scale : 1,
            State = new FittedState(model, coefficients, original) { Problem = problem, Marginal = fit },
        };
    }

    /// <summary>The <paramref name="p"/> working coefficients and their covariance; null where the information is not positive definite.</summary>
    internal static (double[] Working, double[,]? Covariance) Coefficients(int p, MixedModelProblem problem, MarginalFit fit)
    {
        if (problem.Columns == 0 && p > 0) return Integrated(problem, fit, p);
        return (fit.Psi[..p], fit.Covariance is not null && problem.Kernel is GaussianIdentity ? GivenVariances(problem, fit) : Leading(fit.Covariance, p));
    }

    private static (double[,] Covariance, Func<int, double?>? Degrees) WithDegrees(PreparedModel model, MixedModelProblem problem, MarginalFit fit, double[] working, double[,] covariance)
    {
        if (RestrictedInference.Compute(problem, fit, model.Design.Working, working, model.Specification.DegreesOfFreedom) is not { } found)
        {
            model.Warnings.Add(new ModelWarning("df-not-available", new Sentence("numerics.warning.df-not-available", "A cluster has too many random effects for Satterthwaite or Kenward-Roger degrees of freedom; the normal distribution was used.")));
            return (covariance, null);
        }
        return (found.Covariance, j => found.Degrees(model.Design.FormToWorking([.. Enumerable.Range(0, model.Design.Count).Select(k => k == j ? 1.0 : 0.0)])));
    }

    /// <summary>(X′V⁻¹X)⁻¹, the convention of linear mixed models: the variances count as known.</summary>
    private static double[,]? GivenVariances(MixedModelProblem problem, MarginalFit fit)
    {
        var objective = new LaplaceObjective(problem);
        objective.Evaluate(fit.Psi, []);
        return Algebra.SymmetricMatrix.Inverse(MarginalFit.CoefficientInformation(problem, objective));
    }

    private static double[,]? Leading(double[,]? covariance, int p)
    {
        if (covariance is null) return null;
        var block = new double[p, p];
        for (var i = 0; i < p; i++) for (var j = 0; j < p; j++) block[i, j] = covariance[i, j];
        return block;
    }

    /// <summary>Coefficients integrated under a flat prior: their mode, and their block of H⁻¹, (X′V⁻¹X)⁻¹.</summary>
    private static (double[] Working, double[,] Covariance) Integrated(MixedModelProblem problem, MarginalFit fit, int p)
    {
        var objective = new LaplaceObjective(problem);
        objective.Evaluate(fit.Psi, []);
        var first = problem.Blocks[^1].Base;
        var covariance = new double[p, p];
        var unit = new double[objective.Factor.Size];
        for (var j = 0; j < p; j++)
        {
            Array.Clear(unit);
            unit[first + j] = 1;
            objective.Factor.Solve(unit);
            for (var i = 0; i < p; i++) covariance[i, j] = unit[first + i];
        }
        return (objective.Mode.Slice(first, p).ToArray(), covariance);
    }

    /// <summary>Λ of one term on the scale of the outcome.</summary>
    public static double[,] Lambda(PreparedModel model, MixedModelProblem problem, EffectBlock block, double[] psi)
    {
        var lambda = new double[block.Effects, block.Effects];
        for (var k = 0; k < block.Effects; k++)
            for (var r = k; r < block.Effects; r++) lambda[r, k] = psi[problem.Columns + block.ThetaAt(r, k)] * model.ResponseScale;
        return lambda;
    }

    private static List<RandomEffect> RandomEffects(PreparedModel model, MixedModelProblem problem, MarginalFit fit)
    {
        var rows = new List<RandomEffect>(GeneralizedLinear.NotEstimable(model));
        foreach (var block in problem.Blocks.Where(b => !b.IsFlat).OrderBy(b => b.Term))
        {
            var lambda = Lambda(model, problem, block, fit.Psi);
            var design = model.Data.Random[block.Term];
            double Product(int a, int b) => Enumerable.Range(0, block.Effects).Sum(k => lambda[a, k] * lambda[b, k]);
            for (var r = 0; r < block.Effects; r++)
            {
                var variance = Product(r, r);
                double[] correlations = [.. Enumerable.Range(0, r).Select(c => Product(r, c) / Math.Sqrt(variance * Product(c, c)))];
                rows.Add(new RandomEffect(design.Group, design.Effects[r].Name, variance, Math.Sqrt(variance), correlations));
            }
        }
        if (model.Specification.Family == Family.Gaussian && problem.Blocks.Length > 0)
        {
            var residual = Math.Exp(fit.Psi[^1]) * model.ResponseScale * model.ResponseScale;
            rows.Add(new RandomEffect("Residual", "", residual, Math.Sqrt(residual), []));
        }
        return rows;
    }

    private static void Warn(PreparedModel model, MixedModelProblem problem, MarginalFit fit, List<RandomEffect> random)
    {
        foreach (var block in problem.Blocks.Where(b => !b.IsFlat))
        {
            var design = model.Data.Random[block.Term];
            for (var k = 0; k < block.Effects; k++)
            {
                if (!fit.AtZero[problem.Columns + block.ThetaAt(k, k)]) continue;
                model.Warnings.Add(block.Effects == 1
                    ? new ModelWarning("zero-variance", ZeroVariance(design.Group, design.Effects[k].Term < 0 ? null : design.Effects[k].Name))
                    : new ModelWarning("singular", new Sentence("numerics.warning.singular", "The covariance of ({effects} | {group}) lies on its boundary: one of its variances is 0 or a correlation is ±1. A simpler random term fits as well.", ("effects", string.Join(", ", design.Effects.Select(e => e.Name))), ("group", design.Group))));
            }
        }
        if (random.Any(r => r.Correlations.Any(c => Math.Abs(c) > 0.9999)) && !model.Warnings.Any(w => w.Code == "singular"))
            model.Warnings.Add(new ModelWarning("singular", new Sentence("numerics.warning.singular-correlation", "A correlation of the random effects is ±1, on its boundary. A simpler random term fits as well.")));
        if (!fit.Converged) model.Warnings.Add(new ModelWarning("not-converged", new Sentence("numerics.warning.not-converged", "The optimiser found no maximum at which the information is positive definite; do not use these figures. A simpler model may be all that the data support.")));
    }

    private static Sentence ZeroVariance(string group, string? effect) => effect is null
        ? new("numerics.warning.zero-variance", "No variation between groups of {group} was detected beyond chance; its variance is estimated as 0, on the boundary. The test of it halves the p value of a chi-square on 1 degree of freedom (here 1/2 × P(χ² ≥ 0) = 0.5).", ("group", group))
        : new("numerics.warning.zero-slope-variance", "No variation between groups of {group} in {effect} was detected beyond chance; its variance is estimated as 0, on the boundary. The test of it halves the p value of a chi-square on 1 degree of freedom.", ("group", group), ("effect", effect));
}
