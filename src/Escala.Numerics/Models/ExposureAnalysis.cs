using Escala.Numerics.Data;

namespace Escala.Numerics.Models;

/// <summary>The effect in one phase of exposure.</summary>
/// <param name="Phase">Name of the phase.</param>
/// <param name="Effect">Its effect against no exposure.</param>
/// <param name="Concurrent">Exposed cluster-periods of the phase with an unexposed cluster in the same period: those with a concurrent comparator.</param>
/// <param name="Exposed">All cluster-periods of the phase.</param>
public sealed record PhaseEffect(string Phase, FixedEffect Effect, int Concurrent, int Exposed);

/// <summary>
/// How the effect of a stepped wedge changes with time since exposure (Kenny et al. 2022, Stat Med 41:4311): a linear trend, phases, and one
/// effect for each period since exposure with their average, which the constant-effect model does not estimate when they differ.
/// </summary>
/// <param name="Start">Effect in the first exposed period under the linear trend.</param>
/// <param name="Trend">Change of the effect with each further period.</param>
/// <param name="Phases">Effects of the intensive phase and, if reached, of sustainment.</param>
/// <param name="Difference">Sustainment less intensive; null when only one phase was reached.</param>
/// <param name="ByPeriod">Effect in each period since exposure, from the first; those the data cannot tell apart are absent.</param>
/// <param name="Average">Their plain average; null when one cannot be estimated.</param>
public sealed record ExposureAnalysis(FixedEffect Start, FixedEffect Trend, IReadOnlyList<PhaseEffect> Phases, FixedEffect? Difference, IReadOnlyList<FixedEffect> ByPeriod, FixedEffect? Average)
{
    /// <summary>Analyses a stepped-wedge fit with an intensive phase of the given number of periods (1 or more).</summary>
    /// <exception cref="ArgumentException">The fit is not of a stepped wedge.</exception>
    public static ExposureAnalysis Of(ModelFit fit, int intensivePeriods)
    {
        ArgumentNullException.ThrowIfNull(fit);
        UnfitInputException.ThrowIfLessThan(intensivePeriods, 1);
        var wedge = SteppedWedgeStructure.Find(fit) ?? throw new UnfitInputException("numerics.model.not-wedge", "The model is not a stepped wedge: it needs a random effect of the clusters, periods as a factor and a 0/1 exposure that begins once in each cluster.");
        var time = ExposureTime(fit, wedge);
        ModelFit With(params IEnumerable<(string Name, Func<double, double> Of)> columns) => Refit(fit, wedge, time, [.. columns]);

        var trend = With(("exposed", e => e > 0 ? 1 : 0), ("periodsSince", e => Math.Max(0, e - 1)));
        var phases = With(("intensive", e => e >= 1 && e <= intensivePeriods ? 1 : 0), ("sustainment", e => e > intensivePeriods ? 1 : 0));
        var longest = (int)time.Where(e => !double.IsNaN(e)).Max();
        var each = With(Enumerable.Range(1, longest).Select(k => ($"exposedPeriod{k}", (Func<double, double>)(e => e == k ? 1 : 0))));
        var effects = each.Fixed.Where(f => f.Term.StartsWith("exposedPeriod", StringComparison.Ordinal)).ToList();
        var reached = phases.Fixed.Where(f => f.Term is "intensive" or "sustainment").ToList();
        return new ExposureAnalysis(trend["exposed"], trend.Fixed.FirstOrDefault(f => f.Term == "periodsSince") ?? Absent("periodsSince"),
            [.. reached.Select(f => Phase(wedge, f, f.Term == "intensive" ? 1 : intensivePeriods + 1, f.Term == "intensive" ? intensivePeriods : int.MaxValue))],
            reached.Count == 2 ? phases.Combine("sustainment - intensive", new Dictionary<string, double>(StringComparer.Ordinal) { ["sustainment"] = 1, ["intensive"] = -1 }) : null,
            effects,
            effects.Count == longest ? each.Combine("average over periods since exposure", effects.ToDictionary(f => f.Term, _ => 1.0 / longest, StringComparer.Ordinal)) : null);
    }

    private static FixedEffect Absent(string term) => FitReport.Effect(term, double.NaN, double.NaN, 0.95, null);

    /// <summary>Periods since exposure of each data row: 0 before, 1 in the first; NaN in rows that the fit did not use.</summary>
    private static double[] ExposureTime(ModelFit fit, SteppedWedgeStructure wedge)
    {
        var model = fit.State!.Model;
        var byCell = new double[model.Frame.Cells];
        Array.Fill(byCell, double.NaN);
        for (var i = 0; i < wedge.ClusterOf.Length; i++)
        {
            var (c, t) = (wedge.ClusterOf[i], wedge.PeriodOf[i]);
            var first = Enumerable.Range(0, wedge.Periods).FirstOrDefault(s => wedge.Exposure[c, s] == 1, wedge.Periods);
            byCell[model.CellsKept[i]] = wedge.Exposure[c, t] == 1 ? t - first + 1 : 0;
        }
        var time = new double[model.Frame.Data.Rows];
        Array.Fill(time, double.NaN);
        for (var k = 0; k < model.Frame.CellOf.Length; k++) time[model.Frame.UsedRows[k]] = byCell[model.Frame.CellOf[k]];
        return time;
    }

    private static ModelFit Refit(ModelFit fit, SteppedWedgeStructure wedge, double[] time, List<(string Name, Func<double, double> Of)> columns)
    {
        var frame = fit.State!.Model.Frame;
        DataFrame data = frame.Data;
        foreach (var (name, of) in columns) data = data.With(new NumericColumn(name, time.Select(e => double.IsNaN(e) ? double.NaN : of(e))));
        var formula = frame.Formula.WithFixed([.. frame.Formula.FixedTerms.Where(t => t != wedge.Term), .. columns.Select(c => c.Name)]);
        return Regression.Fit(data, fit.Specification with { Formula = formula.Text, Method = fit.Method, Points = fit.Points }, formula);
    }

    private static PhaseEffect Phase(SteppedWedgeStructure wedge, FixedEffect effect, int from, int to)
    {
        var (concurrent, all) = (0, 0);
        for (var c = 0; c < wedge.Clusters; c++)
        {
            var first = Enumerable.Range(0, wedge.Periods).FirstOrDefault(s => wedge.Exposure[c, s] == 1, wedge.Periods);
            for (var t = first; t < wedge.Periods; t++)
            {
                if (wedge.Exposure[c, t] != 1 || t - first + 1 < from || t - first + 1 > to) continue;
                all++;
                if (Enumerable.Range(0, wedge.Clusters).Any(o => wedge.Exposure[o, t] == 0)) concurrent++;
            }
        }
        return new PhaseEffect(effect.Term, effect, concurrent, all);
    }
}
