using Escala.Numerics.Algebra;
using Escala.Numerics.Distributions;

namespace Escala.Numerics.Models;

/// <summary>A generalised linear model's fit in working columns; the covariance is that of the Fisher information at dispersion 1.</summary>
internal sealed record LinearFit(double[] Coefficients, double[,]? Covariance, double LogKernel, double[] LastStep, double[] Eta, int Iterations, bool Converged);

/// <summary>Fisher scoring with step halving (McCullagh and Nelder 1989, section 2.5).</summary>
internal static class IterativelyReweighted
{
    public static LinearFit Fit(MixedModelProblem problem, double logDispersion = 0, double tolerance = 1e-22)
    {
        var p = problem.Columns;
        var into = new CellDerivatives(problem.Cells, problem.Kernel.HasDispersion);
        var eta = new double[problem.Cells];
        var beta = Start(problem);
        var (previous, step) = ((double[])beta.Clone(), new double[p]);
        double[,]? inverse = null;
        var value = double.NegativeInfinity;
        var (iterations, halvings, converged) = (0, 0, false);
        while (iterations < 100)
        {
            Predict(problem, beta, eta);
            var next = problem.Kernel.Evaluate(problem.Responses, eta, logDispersion, into);
            if (!(next >= value - 1e-10 * (1 + Math.Abs(value))) && !(double.IsNegativeInfinity(value) && double.IsFinite(next)))
            {
                if (++halvings > 50) break;
                for (var j = 0; j < p; j++) beta[j] = previous[j] + 0.5 * (beta[j] - previous[j]);
                continue;
            }
            (value, halvings) = (next, 0);
            if (converged) break;
            iterations++;
            var score = new double[p];
            var information = Information(problem, eta, logDispersion, into.First, score);
            inverse = SymmetricMatrix.Inverse(information);
            if (inverse is null) break;
            double decrement = 0;
            for (var i = 0; i < p; i++)
            {
                previous[i] = beta[i];
                step[i] = 0;
                for (var j = 0; j < p; j++) step[i] += inverse[i, j] * score[j];
                beta[i] += step[i];
                decrement += step[i] * score[i];
            }
            // Quadratic convergence: the step just taken leaves an error of the order of this decrement. Noncanonical links converge linearly.
            converged = decrement < tolerance * (1 + Math.Abs(value)) || (decrement < 1e-14 && iterations > 50);
        }
        if (inverse is not null) inverse = SymmetricMatrix.Inverse(Information(problem, eta, logDispersion, into.First, new double[p])) ?? inverse;
        return new LinearFit(beta, inverse, value, step, eta, iterations, converged);
    }

    /// <summary>Coefficients whose predictor is nearest to the link of the overall mean.</summary>
    private static double[] Start(MixedModelProblem problem)
    {
        var mean = (problem.Responses.Outcome.Sum() + 1e-9) / (problem.Responses.Trials.Sum() + 2e-9);
        double low = -40, high = 40;
        // Every link here is increasing; bisect rather than carry its inverse. The identity link has no bounds.
        if (problem.Kernel.MeanSlope(0) == problem.Kernel.MeanSlope(1)) (low, high) = (mean, mean);
        for (var k = 0; k < 60 && high > low; k++)
        {
            var middle = 0.5 * (low + high);
            if (problem.Kernel.Mean(middle) < mean) low = middle;
            else high = middle;
        }
        var p = problem.Columns;
        var (cross, right) = (new double[p, p], new double[p]);
        for (var i = 0; i < problem.Cells; i++) AddRow(problem, i, 1, 0.5 * (low + high) - problem.Offset[i], cross, right);
        if (SymmetricMatrix.Cholesky(cross) is { } l) SymmetricMatrix.Solve(l, right);
        return right;
    }

    public static void Predict(MixedModelProblem problem, ReadOnlySpan<double> beta, double[] eta)
    {
        for (var i = 0; i < eta.Length; i++)
        {
            var sum = problem.Offset[i];
            for (var e = problem.RowStart[i]; e < problem.RowStart[i + 1]; e++) sum += problem.ValueAt[e] * beta[problem.ColumnAt[e]];
            eta[i] = sum;
        }
    }

    /// <summary>X′WX with Fisher weights; adds X′ of the first derivatives to the score.</summary>
    public static double[,] Information(MixedModelProblem problem, double[] eta, double logDispersion, double[] first, double[] score)
    {
        var information = new double[problem.Columns, problem.Columns];
        for (var i = 0; i < problem.Cells; i++) AddRow(problem, i, FisherWeight(problem, i, eta[i], logDispersion), first[i], information, score, scoreWeighted: false);
        return information;
    }

    public static double FisherWeight(MixedModelProblem problem, int cell, double eta, double logDispersion)
    {
        var rows = problem.Responses.Rows[cell];
        var trials = problem.Responses.Trials[cell] / rows;
        var slope = trials * problem.Kernel.MeanSlope(eta);
        var variance = problem.Kernel.Variance(problem.Kernel.Mean(eta), trials, logDispersion);
        return slope == 0 ? 0 : rows * slope * slope / variance;
    }

    private static void AddRow(MixedModelProblem problem, int i, double weight, double response, double[,] cross, double[] right, bool scoreWeighted = true)
    {
        for (var e = problem.RowStart[i]; e < problem.RowStart[i + 1]; e++)
        {
            var (j, v) = (problem.ColumnAt[e], problem.ValueAt[e]);
            right[j] += v * (scoreWeighted ? weight * response : response);
            for (var f = problem.RowStart[i]; f < problem.RowStart[i + 1]; f++) cross[j, problem.ColumnAt[f]] += weight * v * problem.ValueAt[f];
        }
    }
}
