using Escala.Numerics.Distributions;

namespace Escala.Numerics.Models;

/// <summary>Generalised linear models; families with a dispersion of their own by maximum likelihood in both.</summary>
internal static class GeneralizedLinear
{
    /// <summary>The problem whose fit starts all others: the same columns, with the family's simpler sister where it has a dispersion.</summary>
    public static MixedModelProblem StartProblem(PreparedModel model)
    {
        var simple = model.Specification.Family switch
        {
            Family.NegativeBinomial => Family.Poisson,
            Family.BetaBinomial => Family.Binomial,
            var f => f,
        };
        return MixedModelProblem.Build(ResponseKernel.Of(simple, model.Specification.LinkOrDefault), model.Data.Responses, model.Data.Offset, model.Design.Working, [], false);
    }

    /// <summary>Coefficients of the model without random effects, and a first guess of the log dispersion.</summary>
    public static (LinearFit Fit, double LogDispersion) Start(PreparedModel model)
    {
        var problem = StartProblem(model);
        var fit = IterativelyReweighted.Fit(problem);
        var guess = model.Specification.Family switch
        {
            Family.Gaussian => Math.Log(Math.Max(ResidualSquares(problem, fit) / problem.Responses.Rows.Sum(), 1e-12)),
            Family.BetaBinomial => Math.Log(10),
            _ => 0,
        };
        return (fit, guess);
    }

    private static double ResidualSquares(MixedModelProblem problem, LinearFit fit)
    {
        double sum = 0;
        for (var i = 0; i < problem.Cells; i++)
        {
            var rows = problem.Responses.Rows[i];
            sum += problem.Responses.WithinSquares[i] + rows * Math.Pow(problem.Responses.Outcome[i] / rows - fit.Eta[i], 2);
        }
        return sum;
    }

    public static ModelFit Fit(PreparedModel model) => model.Specification.Family is Family.NegativeBinomial or Family.BetaBinomial ? WithDispersion(model) : Plain(model);

    private static ModelFit WithDispersion(PreparedModel model)
    {
        var problem = model.Problem(withRandom: false);
        var (start, dispersion) = Start(model);
        var psi = MarginalFit.Start(problem, start.Coefficients, dispersion);
        var fit = MarginalFit.Maximise(problem, () => new LaplaceObjective(problem).Evaluate, psi, MarginalFit.FirstInverseHessian(problem, psi));
        return MarginalReport.Report(model, problem, fit, EstimationMethod.Glm, null);
    }

    private static ModelFit Plain(PreparedModel model)
    {
        var (specification, problem) = (model.Specification, model.Problem(withRandom: false));
        var fit = IterativelyReweighted.Fit(problem);
        var (n, p) = (model.Frame.UsedRows.Length, model.Design.Count);
        var (dispersion, logKernel) = (1.0, fit.LogKernel);
        if (specification.Family == Family.Gaussian)
        {
            var squares = ResidualSquares(problem, fit) * model.ResponseScale * model.ResponseScale;
            dispersion = n > p ? squares / (n - p) : double.NaN;
            logKernel = -0.5 * n * (Math.Log(2 * Math.PI * squares / n) + 1);
        }
        if (specification.Family == Family.QuasiBinomial) dispersion = n > p ? PearsonSquares(model, problem, fit) / (n - p) : double.NaN;
        var coefficients = model.Design.ToOriginal(fit.Coefficients).Select(b => b * model.ResponseScale).ToArray();
        var covariance = fit.Covariance is null ? null : model.Design.ToOriginal(fit.Covariance);
        if (covariance is not null) for (var i = 0; i < p; i++) for (var j = 0; j < p; j++) covariance[i, j] *= dispersion;
        Func<int, double?>? df = specification.Family is Family.Gaussian or Family.QuasiBinomial ? _ => n - p : null;
        if (specification.Cluster is not null) (covariance, df) = EstimatingEquations.RobustCovariance(model, problem, fit);
        var (effects, table) = FitReport.Effects(model, coefficients, covariance, df);
        if (!fit.Converged) model.Warnings.Add(new ModelWarning("not-converged", new Sentence("numerics.warning.not-settled", "The fit did not settle; do not use these figures.")));
        var quasi = specification.Family == Family.QuasiBinomial;
        return new ModelFit(specification)
        {
            Method = EstimationMethod.Glm,
            Converged = fit.Converged && covariance is not null,
            LogLikelihood = quasi ? double.NaN : logKernel + model.All.LogConstant,
            LogLikelihoodKernel = quasi ? double.NaN : logKernel,
            Parameters = p + (specification.Family is Family.Gaussian or Family.QuasiBinomial ? 1 : 0),
            Observations = n,
            Cells = model.All.Cells,
            Groups = FitReport.Groups(model.All),
            Fixed = effects,
            Covariance = table,
            Random = NotEstimable(model),
            Dropped = FitReport.Dropped(model),
            Warnings = model.Warnings,
            Iterations = fit.Iterations,
            Dispersion = dispersion,
            State = new FittedState(model, coefficients, covariance),
        };
    }

    /// <summary>Rows of the table for terms that were refused.</summary>
    public static IReadOnlyList<RandomEffect> NotEstimable(PreparedModel model) => [.. model.All.Random
        .Where(r => !model.Data.Random.Any(d => ReferenceEquals(d.Term, r.Term)))
        .SelectMany(r => r.Effects.Select(e => new RandomEffect(r.Group, e.Name, double.NaN, double.NaN, [])))];

    /// <summary>Pearson's χ² over the rows as given: collapsing them would change it.</summary>
    private static double PearsonSquares(PreparedModel model, MixedModelProblem problem, LinearFit fit)
    {
        var mean = new double[model.Frame.Cells];
        Array.Fill(mean, double.NaN);
        for (var i = 0; i < problem.Cells; i++) mean[model.CellsKept[problem.CellOrder[i]]] = problem.Kernel.Mean(fit.Eta[i]);
        double sum = 0;
        for (var k = 0; k < model.Frame.CellOf.Length; k++)
        {
            var (mu, m) = (mean[model.Frame.CellOf[k]], model.Frame.Trials[k]);
            if (double.IsNaN(mu) || m == 0) continue;
            sum += Math.Pow(model.Frame.Outcome[k] - m * mu, 2) / problem.Kernel.Variance(mu, m, 0);
        }
        return sum;
    }
}
