using Escala.Numerics.Distributions;
using Escala.Numerics.Formulas;

namespace Escala.Numerics.Models;

/// <summary>
/// Directions of recession of a likelihood (Albert and Anderson 1984): coefficients along which some cells' outcomes become certain and no
/// cell's less likely. Scoring runs off along such a direction by about one unit an iteration while everything else settles, so its last
/// step is the direction, and the definition is then checked on every cell.
/// </summary>
internal static class Separation
{
    private const double Tolerance = 1e-3;

    /// <summary>Direction in working columns with its slope at each cell of the problem, or null when there is none.</summary>
    public static (double[] Direction, double[] Slopes)? Find(MixedModelProblem problem, LinearFit fit, Family family)
    {
        if (family is Family.Gaussian || problem.Columns == 0 || fit.Covariance is null && fit.Iterations == 0) return null;
        var slopes = new double[problem.Cells];
        for (var i = 0; i < slopes.Length; i++)
            for (var e = problem.RowStart[i]; e < problem.RowStart[i + 1]; e++) slopes[i] += problem.ValueAt[e] * fit.LastStep[problem.ColumnAt[e]];
        var largest = 0.0;
        foreach (var s in slopes) largest = Math.Max(largest, Math.Abs(s));
        if (largest < 0.1) return null;
        var counts = family is Family.Poisson or Family.NegativeBinomial;
        for (var i = 0; i < slopes.Length; i++)
        {
            var (y, m, s) = (problem.Responses.Outcome[i], problem.Responses.Trials[i], slopes[i] / largest);
            if (m == 0) continue;
            var certain = y == 0 ? s <= Tolerance : !counts && y == m ? s >= -Tolerance : Math.Abs(s) <= Tolerance;
            if (!certain) return null;
        }
        return ((double[])fit.LastStep.Clone(), [.. slopes.Select(s => s / largest)]);
    }

    /// <summary>The columns of the original design that a direction moves, with the sign of their coefficient.</summary>
    public static IEnumerable<(string Name, int Sign)> Columns(FixedDesign design, double[] direction)
    {
        var original = design.ToOriginal(direction);
        var effects = design.Kept.Select((c, j) => Math.Abs(original[j]) * c.Values.Max(Math.Abs)).ToArray();
        var largest = effects.Max();
        for (var j = 0; j < effects.Length; j++)
            if (effects[j] > Tolerance * largest) yield return (design.Kept[j].Name, Math.Sign(original[j]));
    }

    /// <summary>The columns with those named last, so that they are the ones dropped when the remaining cells cannot tell them apart.</summary>
    public static DesignColumn[] AffectedLast(DesignColumn[] columns, ICollection<string> affected) => [.. columns.OrderBy(c => affected.Contains(c.Name) ? 1 : 0)];
}
