using Escala.Numerics.Algebra;

namespace Escala.Numerics.Models;

/// <summary>
/// Generalised estimating equations (Liang and Zeger 1986, Biometrika 73:13) over individuals: each trial of a count of successes is one, so
/// that cells need not be written out. With exchangeable correlation α the inverse is closed, and a cluster costs as much as its cells.
/// φ = Σr²/N and α = Σ_{j&lt;k} r_j r_k / (φ Σ n(n−1)/2), with no degrees of freedom taken off.
/// </summary>
internal static class EstimatingEquations
{
    public static ModelFit Fit(PreparedModel model)
    {
        var problem = model.Problem(withRandom: false);
        var specification = model.Specification;
        int[] codes = Codes(model, problem, specification.Cluster!, out var clusters);
        var start = IterativelyReweighted.Fit(problem);
        var (beta, eta) = ((double[])start.Coefficients.Clone(), (double[])start.Eta.Clone());
        double alpha = 0, phi = 1;
        double[,]? bread = null;
        List<ClusterContribution> contributions = [];
        var (iterations, converged) = (0, false);
        while (iterations < 200 && !converged)
        {
            iterations++;
            IterativelyReweighted.Predict(problem, beta, eta);
            (phi, alpha) = Moments(problem, eta, codes, clusters, specification.Correlation);
            contributions = Contributions(problem, eta, codes, clusters, alpha);
            var information = new double[problem.Columns, problem.Columns];
            var score = new double[problem.Columns];
            foreach (var c in contributions)
                for (var i = 0; i < score.Length; i++)
                {
                    score[i] += c.Score[i];
                    for (var j = 0; j < score.Length; j++) information[i, j] += c.Information[i, j];
                }
            if ((bread = SymmetricMatrix.Inverse(information)) is null) break;
            double largest = 0;
            for (var i = 0; i < beta.Length; i++)
            {
                double step = 0;
                for (var j = 0; j < score.Length; j++) step += bread[i, j] * score[j];
                beta[i] += step;
                largest = Math.Max(largest, Math.Abs(step));
            }
            converged = largest < 1e-12;
        }
        return Report(model, beta, bread, contributions, clusters, alpha, phi, iterations, converged);
    }

    private static ModelFit Report(PreparedModel model, double[] beta, double[,]? bread, List<ClusterContribution> contributions, int clusters, double alpha, double phi, int iterations, bool converged)
    {
        var specification = model.Specification;
        if (!converged) model.Warnings.Add(new ModelWarning("not-converged", new Sentence("numerics.warning.equations-not-converged", "The estimating equations did not settle; do not use these figures.")));
        WarnFewClusters(model, clusters);
        double[,]? covariance = null;
        if (bread is not null)
        {
            covariance = Sandwich.Covariance(bread, contributions, specification.Correction, model.Design, out var saturated);
            Scale(covariance, model.ResponseScale);
            WarnSaturated(model, saturated);
        }
        var coefficients = model.Design.ToOriginal(beta).Select(v => v * model.ResponseScale).ToArray();
        var (effects, table) = FitReport.Effects(model, coefficients, covariance);
        return new ModelFit(specification)
        {
            Method = EstimationMethod.Gee,
            Converged = converged,
            Parameters = coefficients.Length,
            Observations = model.Frame.UsedRows.Length,
            Cells = model.All.Cells,
            Groups = [new GroupCount(specification.Cluster!, clusters)],
            Fixed = effects,
            Covariance = table,
            Dropped = FitReport.Dropped(model),
            Warnings = model.Warnings,
            Iterations = iterations,
            Dispersion = phi * model.ResponseScale * model.ResponseScale,
            WorkingCorrelation = specification.Correlation == Models.WorkingCorrelation.Exchangeable ? alpha : double.NaN,
            State = new FittedState(model, coefficients, covariance),
        };
    }

    /// <summary>Cluster-robust covariance of a generalised linear model in original columns, with degrees of freedom where the correction (CR2) has them.</summary>
    public static (double[,]? Covariance, Func<int, double?>? Degrees) RobustCovariance(PreparedModel model, MixedModelProblem problem, LinearFit fit)
    {
        if (fit.Covariance is null) return (null, null);
        var codes = Codes(model, problem, model.Specification.Cluster!, out var clusters);
        WarnFewClusters(model, clusters);
        if (model.Specification.Correction == SandwichCorrection.BellMcCaffrey)
        {
            var reduced = BellMcCaffrey.Of(model, problem, fit, codes);
            WarnSaturated(model, reduced.IsSaturated);
            var original = model.Design.ToOriginal(reduced.Covariance);
            Scale(original, model.ResponseScale);
            return (original, j => reduced.Degrees(model.Design.FormToWorking([.. Enumerable.Range(0, model.Design.Count).Select(k => k == j ? 1.0 : 0.0)])));
        }
        var contributions = Contributions(problem, fit.Eta, codes, clusters, 0);
        var covariance = Sandwich.Covariance(fit.Covariance, contributions, model.Specification.Correction, model.Design, out var saturated);
        WarnSaturated(model, saturated);
        Scale(covariance, model.ResponseScale);
        return (covariance, null);
    }

    private static void Scale(double[,] covariance, double scale)
    {
        for (var i = 0; i < covariance.GetLength(0); i++) for (var j = 0; j < covariance.GetLength(1); j++) covariance[i, j] *= scale * scale;
    }

    private static void WarnFewClusters(PreparedModel model, int clusters)
    {
        if (clusters >= DataChecks.FewClusters) return;
        var choices = model.Specification.Method == EstimationMethod.Gee ? "kc, md, fg" : "cr2, kc, md, fg";
        Sentence? corrected = model.Specification.Correction == SandwichCorrection.None ? new Sentence("numerics.warning.correction", " Use a small-sample correction ({choices}).", ("choices", choices)) : null;
        Sentence? unreliable = clusters < 10 ? new Sentence("numerics.warning.sandwich", " With fewer than about 10 no sandwich can be relied on: see the randomisation test.") : null;
        model.Warnings.Add(new ModelWarning("few-clusters", new Sentence("numerics.warning.few-clusters-robust", "{cluster} has only {clusters} clusters: robust standard errors are too small and normal p values too optimistic.{corrected}{unreliable}",
            ("cluster", model.Specification.Cluster), ("clusters", clusters), ("corrected", corrected), ("unreliable", unreliable))));
    }

    private static void WarnSaturated(PreparedModel model, bool saturated)
    {
        if (saturated) model.Warnings.Add(new ModelWarning("one-treated-cluster", new Sentence("numerics.warning.saturated-cluster", "One cluster alone determines a coefficient, so its residuals say nothing about that coefficient's error; the standard error is too small.")));
    }

    private static int[] Codes(PreparedModel model, MixedModelProblem problem, string cluster, out int count)
    {
        var all = model.Data.Clusters[cluster];
        var present = all.Distinct().Order().ToArray();
        count = present.Length;
        return [.. problem.CellOrder.Select(i => Array.BinarySearch(present, all[i]))];
    }

    /// <summary>Individuals of a cell: trials of a binomial, rows of others; rows weigh trials, so both are the sum of trials.</summary>
    private static double Individuals(MixedModelProblem problem, int i) => problem.Responses.Trials[i];

    private static (double Phi, double Alpha) Moments(MixedModelProblem problem, double[] eta, int[] codes, int clusters, WorkingCorrelation correlation)
    {
        var (sum, squares, size) = (new double[clusters], new double[clusters], new double[clusters]);
        for (var i = 0; i < eta.Length; i++)
        {
            var (m, mu) = (Individuals(problem, i), problem.Kernel.Mean(eta[i]));
            if (m == 0) continue;
            var variance = problem.Kernel.Variance(mu, 1, 0);
            var error = problem.Responses.Outcome[i] - m * mu;
            sum[codes[i]] += error / Math.Sqrt(variance);
            squares[codes[i]] += (problem.Responses.WithinSquares[i] + error * error / m) / variance;
            size[codes[i]] += m;
        }
        var phi = squares.Sum() / size.Sum();
        if (correlation == Models.WorkingCorrelation.Independence) return (phi, 0);
        double products = 0, pairs = 0;
        for (var c = 0; c < clusters; c++)
        {
            products += 0.5 * (sum[c] * sum[c] - squares[c]);
            pairs += 0.5 * size[c] * (size[c] - 1);
        }
        return (phi, pairs == 0 ? 0 : products / (phi * pairs));
    }

    private static List<ClusterContribution> Contributions(MixedModelProblem problem, double[] eta, int[] codes, int clusters, double alpha)
    {
        var p = problem.Columns;
        var (list, total, residual, size) = (new List<ClusterContribution>(), new double[clusters, p], new double[clusters], new double[clusters]);
        for (var c = 0; c < clusters; c++) list.Add(new ClusterContribution(new double[p], new double[p, p]));
        for (var i = 0; i < eta.Length; i++)
        {
            var (c, m, mu) = (codes[i], Individuals(problem, i), problem.Kernel.Mean(eta[i]));
            if (m == 0) continue;
            var root = Math.Sqrt(problem.Kernel.Variance(mu, 1, 0));
            var slope = problem.Kernel.MeanSlope(eta[i]) / root;
            var r = (problem.Responses.Outcome[i] - m * mu) / root;
            residual[c] += r;
            size[c] += m;
            for (var e = problem.RowStart[i]; e < problem.RowStart[i + 1]; e++)
            {
                var (j, x) = (problem.ColumnAt[e], problem.ValueAt[e] * slope);
                list[c].Score[j] += x * r;
                total[c, j] += m * x;
                for (var f = problem.RowStart[i]; f < problem.RowStart[i + 1]; f++) list[c].Information[j, problem.ColumnAt[f]] += m * x * problem.ValueAt[f] * slope;
            }
        }
        for (var c = 0; c < clusters; c++)
        {
            var (a, b) = (1 / (1 - alpha), alpha / (1 + (size[c] - 1) * alpha));
            for (var j = 0; j < p; j++)
            {
                list[c].Score[j] = a * (list[c].Score[j] - b * total[c, j] * residual[c]);
                for (var k = 0; k < p; k++) list[c].Information[j, k] = a * (list[c].Information[j, k] - b * total[c, j] * total[c, k]);
            }
        }
        return list;
    }
}
