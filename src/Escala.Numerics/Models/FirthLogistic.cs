using Escala.Numerics.Algebra;
using Escala.Numerics.Distributions;
using MathNet.Numerics.Distributions;

namespace Escala.Numerics.Models;

/// <summary>
/// Logistic regression with the Jeffreys penalty ½ log |X′WX| (Firth 1993, Biometrika 80:27). Tests and intervals are by penalised likelihood
/// ratio (Heinze and Schemper 2002, Stat Med 21:2409), since Wald's are poor exactly where the penalty is needed.
/// </summary>
internal static class FirthLogistic
{
    private sealed record Penalised(double[] Coefficients, double[,]? Covariance, double Value, int Iterations, bool Converged);

    public static ModelFit Fit(PreparedModel model)
    {
        var (columns, offset) = (model.Design.Working, model.Data.Offset);
        var fit = Maximise(columns, offset, model.Data.Responses, new double[columns.Length]);
        var coefficients = model.Design.ToOriginal(fit.Coefficients);
        var covariance = fit.Covariance is null ? null : model.Design.ToOriginal(fit.Covariance);
        var (wald, table) = FitReport.Effects(model, coefficients, covariance);
        if (!fit.Converged) model.Warnings.Add(new ModelWarning("not-converged", new Sentence("numerics.warning.not-settled", "The fit did not settle; do not use these figures.")));
        var names = model.Design.Kept.Select(k => k.Name).ToList();
        return new ModelFit(model.Specification)
        {
            Method = EstimationMethod.Firth,
            Converged = fit.Converged,
            LogLikelihood = fit.Value + model.Design.LogDeterminantAsPenalty + model.All.LogConstant,
            LogLikelihoodKernel = fit.Value + model.Design.LogDeterminantAsPenalty,
            Parameters = names.Count,
            Observations = model.Frame.UsedRows.Length,
            Cells = model.All.Cells,
            Fixed = [.. wald.Select(w => ByLikelihoodRatio(model, fit, w, names.IndexOf(w.Term)))],
            Covariance = table,
            Dropped = FitReport.Dropped(model),
            Warnings = model.Warnings,
            Iterations = fit.Iterations,
            State = new FittedState(model, coefficients, covariance),
        };
    }

    private static FixedEffect ByLikelihoodRatio(PreparedModel model, Penalised fit, FixedEffect wald, int j)
    {
        if (!(wald.StandardError > 0)) return wald;
        // Other columns are free to take any basis, so the profile is over the original column's coefficient.
        var others = model.Design.Kept.Select(k => k.Values).Where((_, k) => k != j).ToArray();
        var column = model.Design.Kept[j].Values;
        var shift = model.Design.LogDeterminantAsPenalty;
        double Deviance(double value)
        {
            double[] offset = [.. model.Data.Offset.Select((o, i) => o + column[i] * value)];
            return 2 * (fit.Value + shift - Maximise(others, offset, model.Data.Responses, new double[others.Length], column).Value);
        }
        var limit = ChiSquared.InvCDF(1, model.Specification.Confidence);
        var p = ChiSquared.CDF(1, Math.Max(0, Deviance(0)));
        return wald with
        {
            P = 1 - p,
            Lower = ProfileRoot.Find(v => Deviance(v) - limit, wald.Estimate, -wald.StandardError),
            Upper = ProfileRoot.Find(v => Deviance(v) - limit, wald.Estimate, wald.StandardError),
        };
    }

    /// <summary>Maximum over the coefficients of <paramref name="columns"/>; the penalty counts <paramref name="held"/> too, whose coefficient is in the offset.</summary>
    private static Penalised Maximise(double[][] columns, double[] offset, CellResponses responses, double[] start, double[]? held = null)
    {
        double[][] all = held is null ? columns : [.. columns, held];
        var (p, n) = (columns.Length, offset.Length);
        var (beta, previous) = ((double[])start.Clone(), (double[])start.Clone());
        var (eta, hat) = (new double[n], new double[n]);
        double[,]? inverse = null;
        var value = double.NegativeInfinity;
        for (var (iteration, halvings) = (1, 0); iteration <= 500; iteration++)
        {
            var next = Value(all, columns, offset, responses, beta, eta, out var full);
            if (!(next >= value - 1e-12 * (1 + Math.Abs(value))))
            {
                if (++halvings > 40) return new Penalised(previous, inverse, value, iteration, false);
                for (var j = 0; j < p; j++) beta[j] = previous[j] + 0.5 * (beta[j] - previous[j]);
                continue;
            }
            (value, halvings) = (next, 0);
            if (full is null) return new Penalised(beta, null, value, iteration, false);
            Hats(all, responses, eta, full, hat);
            var score = new double[p];
            for (var i = 0; i < n; i++)
            {
                var pi = ResponseKernel.Logistic(eta[i]);
                var residual = responses.Outcome[i] - responses.Trials[i] * pi + hat[i] * (0.5 - pi);
                for (var j = 0; j < p; j++) score[j] += columns[j][i] * residual;
            }
            inverse = held is null ? full : SymmetricMatrix.Inverse(Information(columns, responses, eta));
            double decrement = 0;
            for (var i = 0; i < p; i++)
            {
                previous[i] = beta[i];
                double step = 0;
                for (var j = 0; j < p; j++) step += inverse![i, j] * score[j];
                decrement += step * score[i];
                beta[i] += step;
            }
            if (decrement < 1e-22 || p == 0) return new Penalised(previous, inverse, value, iteration, true);
        }
        return new Penalised(beta, inverse, value, 500, false);
    }

    private static double Value(double[][] all, double[][] columns, double[] offset, CellResponses responses, double[] beta, double[] eta, out double[,]? inverse)
    {
        double sum = 0;
        for (var i = 0; i < eta.Length; i++)
        {
            eta[i] = offset[i];
            for (var j = 0; j < columns.Length; j++) eta[i] += columns[j][i] * beta[j];
            sum += responses.Outcome[i] * eta[i] - responses.Trials[i] * (Math.Max(eta[i], 0) + Math.Log(1 + Math.Exp(-Math.Abs(eta[i]))));
        }
        inverse = null;
        if (SymmetricMatrix.Cholesky(Information(all, responses, eta)) is not { } l) return double.NegativeInfinity;
        inverse = SymmetricMatrix.Inverse(Information(all, responses, eta));
        return sum + 0.5 * SymmetricMatrix.LogDeterminant(l);
    }

    private static double Weight(CellResponses responses, double[] eta, int i) => responses.Trials[i] * ResponseKernel.Logistic(eta[i]) * ResponseKernel.Logistic(-eta[i]);

    private static double[,] Information(double[][] columns, CellResponses responses, double[] eta)
    {
        var p = columns.Length;
        var information = new double[p, p];
        for (var i = 0; i < eta.Length; i++)
        {
            var w = Weight(responses, eta, i);
            for (var j = 0; j < p; j++) for (var k = 0; k < p; k++) information[j, k] += w * columns[j][i] * columns[k][i];
        }
        return information;
    }

    private static void Hats(double[][] all, CellResponses responses, double[] eta, double[,] inverse, double[] hat)
    {
        var row = new double[all.Length];
        for (var i = 0; i < eta.Length; i++)
        {
            for (var j = 0; j < row.Length; j++) row[j] = all[j][i];
            hat[i] = Weight(responses, eta, i) * SymmetricMatrix.Form(row, inverse, row);
        }
    }
}
