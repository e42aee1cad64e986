namespace Escala.Numerics.Models;

/// <summary>What a model says of one data row, on the scale of the outcome: a proportion, a count or a measurement.</summary>
/// <param name="Row">Row of the data, from 1.</param>
/// <param name="Observed">What was observed: successes over trials, a count, or a measurement.</param>
/// <param name="AtZero">Mean with the random effects at zero: a typical cluster. Equal to <paramref name="Fitted"/> without random effects.</param>
/// <param name="Fitted">Mean given the modes of the random effects: this very cluster.</param>
/// <param name="Residual">Observed less fitted.</param>
/// <param name="Pearson">Residual over the standard deviation of the outcome given its mean.</param>
public sealed record FittedRow(int Row, double Observed, double AtZero, double Fitted, double Residual, double Pearson);

/// <summary>Mode of the random effect of one group (a best linear unbiased prediction when the outcome is Gaussian).</summary>
/// <param name="Group">Grouping.</param>
/// <param name="Level">The group, its parts joined by a colon.</param>
/// <param name="Term">Effect that varies.</param>
/// <param name="Mode">Its mode, on the scale of the link; 0 where the variance is 0.</param>
public sealed record RandomEffectMode(string Group, string Level, string Term, double Mode);

/// <summary>Predictions and residuals of a fit for its own rows; rows with a missing value, or that a separated coefficient predicts perfectly, have none.</summary>
public static class FittedValues
{
    /// <summary>One entry a data row used, in the order of the data.</summary>
    /// <exception cref="ArgumentException">The fit has no estimates.</exception>
    public static IReadOnlyList<FittedRow> Of(ModelFit fit)
    {
        ArgumentNullException.ThrowIfNull(fit);
        var state = fit.State ?? throw new UnfitInputException("numerics.model.no-estimates", "The fit has no estimates to predict from.");
        var (model, frame) = (state.Model, state.Model.Frame);
        var (atZero, fitted) = Predictors(fit, state);
        var logDispersion = model.Kernel.HasDispersion ? Math.Log(fit.Dispersion) : 0;
        var rows = new List<FittedRow>();
        for (var k = 0; k < frame.CellOf.Length; k++)
        {
            var (cell, trials) = (frame.CellOf[k], frame.Trials[k]);
            if (double.IsNaN(fitted[cell]) || trials == 0) continue;
            var (observed, mean) = (frame.Outcome[k] / trials, model.Kernel.Mean(fitted[cell]));
            var deviation = Math.Sqrt(model.Kernel.Variance(mean, trials, logDispersion)) / trials;
            rows.Add(new FittedRow(frame.UsedRows[k] + 1, observed, model.Kernel.Mean(atZero[cell]), mean, observed - mean, (observed - mean) / deviation));
        }
        return rows;
    }

    /// <summary>Modes of every random effect, in the order of the formula and of the groups; empty without random effects.</summary>
    public static IReadOnlyList<RandomEffectMode> Modes(ModelFit fit)
    {
        ArgumentNullException.ThrowIfNull(fit);
        if (fit.State is not { Problem: { } problem, Marginal: { } marginal } state) return [];
        var objective = AtMaximum(problem, marginal);
        var modes = new List<RandomEffectMode>();
        foreach (var block in problem.Blocks.Where(b => !b.IsFlat).OrderBy(b => b.Term))
        {
            var (lambda, design) = (MarginalReport.Lambda(state.Model, problem, block, marginal.Psi), state.Model.Data.Random[block.Term]);
            var present = design.Codes.Distinct().ToHashSet();
            for (var g = 0; g < block.Groups; g++)
                for (var r = 0; r < block.Effects && present.Contains(g); r++)
                {
                    double mode = 0;
                    for (var k = 0; k <= r; k++) mode += lambda[r, k] * objective.Mode[block.Base + g * block.Effects + k];
                    modes.Add(new RandomEffectMode(design.Group, design.Labels[g], design.Effects[r].Name, mode));
                }
        }
        return modes;
    }

    private static LaplaceObjective AtMaximum(MixedModelProblem problem, MarginalFit marginal)
    {
        var objective = new LaplaceObjective(problem);
        objective.Evaluate(marginal.Psi, []);
        return objective;
    }

    /// <summary>Linear predictor of each cell of the frame; NaN for cells that were left out.</summary>
    private static (double[] AtZero, double[] Fitted) Predictors(ModelFit fit, FittedState state)
    {
        var model = state.Model;
        var (atZero, fitted) = (new double[model.Frame.Cells], new double[model.Frame.Cells]);
        Array.Fill(atZero, double.NaN);
        var columns = model.Design.Kept;
        for (var i = 0; i < model.Data.Cells; i++)
        {
            var eta = model.Data.Offset[i] * model.ResponseScale;
            for (var j = 0; j < columns.Length; j++) eta += columns[j].Values[i] * state.Coefficients[j];
            atZero[model.CellsKept[i]] = eta;
        }
        atZero.CopyTo(fitted, 0);
        if (state is { Problem: { } problem, Marginal: { } marginal })
        {
            var objective = AtMaximum(problem, marginal);
            for (var i = 0; i < problem.Cells; i++) fitted[model.CellsKept[problem.CellOrder[i]]] = objective.Eta[i] * model.ResponseScale;
        }
        return (atZero, fitted);
    }
}
