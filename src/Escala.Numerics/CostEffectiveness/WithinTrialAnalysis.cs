using Escala.Numerics.Data;
using Escala.Numerics.Distributions;
using Escala.Numerics.Models;
using Escala.Numerics.Simulation;
using MathNet.Numerics.Distributions;

namespace Escala.Numerics.CostEffectiveness;

/// <summary>Where the figures of a within-trial analysis stand in its data.</summary>
/// <param name="Cost">Column of costs per person (or person-period).</param>
/// <param name="Effect">Column of the effect: a measurement, or 0 and 1.</param>
/// <param name="EffectIsHarm">True where less is better (blood pressure): the effect is then the fall.</param>
/// <param name="Cluster">Column of the randomised clusters.</param>
/// <param name="Period">Column of the trial's periods.</param>
/// <param name="Treated">Column that is 1 in exposed cluster-periods and 0 in others.</param>
public sealed record WithinTrialColumns(string Cost, string Effect, bool EffectIsHarm, string Cluster, string Period, string Treated)
{
    /// <summary>Column of facilities within clusters; null where there are none.</summary>
    public string? Facility { get; init; }

    /// <summary>Column that identifies patients, for the descriptive change before and after; null where there is none.</summary>
    public string? Patient { get; init; }
}

/// <summary>A difference of exposed and unexposed with period effects taken out.</summary>
/// <param name="Estimate">Estimate; of an effect that is harm, what is averted.</param>
/// <param name="StandardError">Standard error by Kenward and Roger.</param>
/// <param name="DegreesOfFreedom">Degrees of freedom of the t distribution; infinite where they could not be computed.</param>
/// <param name="Lower">Lower limit.</param>
/// <param name="Upper">Upper limit.</param>
public sealed record TrialContrast(double Estimate, double StandardError, double DegreesOfFreedom, double Lower, double Upper);

/// <summary>Change of the same patients from before to after. Descriptive: it holds regression to the mean and whatever else time brought.</summary>
/// <param name="Patients">Patients seen in both conditions.</param>
/// <param name="MeanCost">Mean change of cost.</param>
/// <param name="MeanEffect">Mean change of effect; of harm, the fall.</param>
public sealed record BeforeAfter(int Patients, double MeanCost, double MeanEffect);

/// <summary>Clusters drawn anew with replacement, within their sequences where a sequence has several.</summary>
/// <param name="IsReliable">False below <see cref="JointEstimate.SmallestBootstrap"/> clusters.</param>
/// <param name="Replicates">Replicates that could be computed.</param>
/// <param name="Failed">Replicates in which no difference could be estimated (all exposed, or periods missing).</param>
/// <param name="Quadrants">Shares of replicates: dearer and better, dearer and worse, cheaper and worse, cheaper and better.</param>
/// <param name="RatioLower">Percentile of the ratio; NaN where the replicates lie in more than one quadrant, for ratios of unlike signs mean unlike things.</param>
/// <param name="RatioUpper">The same, upper.</param>
/// <param name="Sample">Costs and effects of no programme (zeros) and of the programme.</param>
public sealed record ClusterBootstrap(bool IsReliable, int Replicates, int Failed, IReadOnlyList<double> Quadrants, double RatioLower, double RatioUpper, ProbabilisticAnalysis Sample);

/// <summary>Cost per unit of effect within a stepped-wedge trial.</summary>
/// <param name="Clusters">Number of clusters.</param>
/// <param name="Rows">Rows used.</param>
/// <param name="RowsLeftOut">Rows without cost, effect, cluster, period or exposure.</param>
/// <param name="Cost">Difference of costs.</param>
/// <param name="Effect">Difference of effects, more being better.</param>
/// <param name="Joint">Both with their correlation.</param>
/// <param name="Fieller">Set of ratios by Fieller's theorem, t distribution.</param>
/// <param name="Delta">Interval by the delta method, for comparison.</param>
/// <param name="Drift">The same with drift allowed within clusters.</param>
/// <param name="Primary">The sample behind acceptability: model-based joint draws below twenty clusters, the bootstrap from there.</param>
/// <param name="IsBootstrapPrimary">Whether <paramref name="Primary"/> is the bootstrap.</param>
/// <param name="Bootstrap">The cluster bootstrap.</param>
/// <param name="BeforeAfter">Change of the same patients, or null.</param>
/// <param name="NotConverged">Columns whose model did not converge.</param>
/// <param name="Warnings">What the models of the columns say of the data.</param>
public sealed record WithinTrialResult(
    int Clusters, int Rows, int RowsLeftOut, TrialContrast Cost, TrialContrast Effect, JointEstimate Joint, RatioInterval Fieller, RatioInterval Delta, TrialDrift Drift,
    ProbabilisticAnalysis Primary, bool IsBootstrapPrimary, ClusterBootstrap Bootstrap, BeforeAfter? BeforeAfter, IReadOnlyList<string> NotConverged, IReadOnlyList<TrialWarning> Warnings);

/// <summary>
/// The same differences with a random effect of each cluster-period too: where results drift from period to period within a cluster, the model
/// without it gives intervals that are too narrow (Kasza and Forbes 2019, Stat Methods Med Res 28:703).
/// </summary>
/// <param name="Cost">Difference of costs.</param>
/// <param name="Effect">Difference of effects, more being better.</param>
/// <param name="Fieller">Set of ratios by Fieller's theorem.</param>
/// <param name="Converged">Whether both models converged.</param>
/// <param name="IsMaterial">Whether an interval widens by more than a tenth, excludes zero otherwise than before, or the set of ratios is of another kind.</param>
public sealed record TrialDrift(TrialContrast Cost, TrialContrast Effect, RatioInterval Fieller, bool Converged, bool IsMaterial);

/// <summary>What a model within a trial says of its data.</summary>
/// <param name="Column">Column that the model explains.</param>
/// <param name="Warning">Its code and sentence.</param>
public sealed record TrialWarning(string Column, ModelWarning Warning);

/// <summary>
/// Cost-effectiveness within a stepped-wedge trial. Cost and effect are each regressed on exposure with fixed period effects and random effects of
/// clusters (and facilities); their correlation comes from the same model fitted to the sum and the difference of the standardised two:
/// cov = (Var(sum) - Var(difference)) / 4. A binary effect is fitted on its own scale, so that its difference is one of risks.
/// </summary>
public static class WithinTrialAnalysis
{
    private const double Confidence = 0.95;

    /// <summary>Runs the analysis.</summary>
    /// <param name="data">One row per person and period.</param>
    /// <param name="columns">Where the figures stand.</param>
    /// <param name="draws">Draws and bootstrap replicates, 100 to 1,000,000.</param>
    /// <param name="seed">Seed.</param>
    /// <exception cref="ArgumentException">A column is missing or not of its kind, or the data cannot tell exposure from periods.</exception>
    public static WithinTrialResult Evaluate(DataFrame data, WithinTrialColumns columns, int draws, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(columns);
        if (draws is < 100 or > 1_000_000) throw new ArgumentException("The number of draws must lie between 100 and 1,000,000.", nameof(draws));
        var trial = TrialData.Read(data, columns);
        double costScale = Spread(trial.Cost, columns.Cost), effectScale = Spread(trial.Effect, columns.Effect);
        double[] cost = [.. trial.Cost.Select(x => x / costScale)], effect = [.. trial.Effect.Select(x => x / effectScale)];
        var (costFit, effectFit, costs, effects, joint, freedom) = Estimate(trial, (cost, costScale), (effect, effectScale), "");
        var critical = Critical(freedom);
        var drift = Drift(trial, (cost, costScale), (effect, effectScale), (costs, effects, joint.Fieller(critical)));
        var bootstrap = BootstrapClusters(trial, costFit, effectFit, (costScale, effectScale), draws, seed);
        (string Name, ModelFit Fit)[] fits = [(columns.Cost, costFit), (columns.Effect, effectFit)];
        return new WithinTrialResult(
            trial.ClusterCount, trial.Rows, trial.LeftOut, costs, effects, joint, joint.Fieller(critical), joint.Delta(critical), drift,
            bootstrap.IsReliable ? bootstrap.Sample : joint.Draw(draws, seed, freedom), bootstrap.IsReliable, bootstrap, Compare(trial),
            [.. fits.Where(f => !f.Fit.Converged).Select(f => f.Name)], [.. fits.SelectMany(f => f.Fit.Warnings.Where(w => w.Code != "separation").Select(w => new TrialWarning(f.Name, w)))]);
    }

    private static (ModelFit CostFit, ModelFit EffectFit, TrialContrast Cost, TrialContrast Effect, JointEstimate Joint, double Freedom) Estimate(
        TrialData trial, (double[] Values, double Scale) cost, (double[] Values, double Scale) effect, string further)
    {
        var (costFit, effectFit) = (Fit(trial, cost.Values, further), Fit(trial, effect.Values, further));
        double sum = Variance(Fit(trial, [.. cost.Values.Zip(effect.Values, (c, e) => c + e)], further)), difference = Variance(Fit(trial, [.. cost.Values.Zip(effect.Values, (c, e) => c - e)], further));
        var correlation = Math.Clamp((sum - difference) / 4 / Math.Sqrt(Variance(costFit) * Variance(effectFit)), -1, 1);
        TrialContrast costs = Contrast(costFit, cost.Scale), effects = Contrast(effectFit, effect.Scale);
        var joint = new JointEstimate(costs.Estimate, costs.StandardError, effects.Estimate, effects.StandardError, correlation);
        return (costFit, effectFit, costs, effects, joint, Math.Min(costs.DegreesOfFreedom, effects.DegreesOfFreedom));
    }

    private static TrialDrift Drift(TrialData trial, (double[] Values, double Scale) cost, (double[] Values, double Scale) effect, (TrialContrast Cost, TrialContrast Effect, RatioInterval Fieller) plain)
    {
        var (costFit, effectFit, costs, effects, joint, freedom) = Estimate(trial, cost, effect, " + (1 | cluster:period)");
        var fieller = joint.Fieller(Critical(freedom));
        return new TrialDrift(costs, effects, fieller, costFit.Converged && effectFit.Converged,
            Differs(plain.Cost, costs) || Differs(plain.Effect, effects) || plain.Fieller.Kind != fieller.Kind);
    }

    private static bool Differs(TrialContrast plain, TrialContrast wide) =>
        wide.Upper - wide.Lower > 1.1 * (plain.Upper - plain.Lower) || plain.Lower > 0 != wide.Lower > 0 || plain.Upper < 0 != wide.Upper < 0;

    private static double Spread(double[] x, string name)
    {
        var mean = x.Average();
        var spread = Math.Sqrt(x.Sum(v => (v - mean) * (v - mean)) / x.Length);
        return spread > 0 ? spread : throw new ArgumentException($"Column {name} is the same in every row: there is nothing to compare.");
    }

    private static ModelFit Fit(TrialData trial, double[] outcome, string further)
    {
        var frame = new DataFrame(
            new NumericColumn("y", outcome), new NumericColumn("treated", trial.Treated), new FactorColumn("period", trial.PeriodLabels.Select(p => (string?)p)),
            new FactorColumn("cluster", trial.ClusterLabels.Select(c => (string?)c)), new FactorColumn("facility", trial.FacilityLabels.Select(f => (string?)f)));
        var fit = Regression.Fit(frame, new ModelSpecification((trial.HasFacilities ? "y ~ period + treated + (1 | cluster/facility)" : "y ~ period + treated + (1 | cluster)") + further)
        {
            Family = Family.Gaussian,
            Method = EstimationMethod.Reml,
            DegreesOfFreedom = DegreesOfFreedom.KenwardRoger,
        });
        return fit.Fixed.Any(f => f.Term == "treated" && double.IsFinite(f.Estimate) && f.StandardError > 0) ? fit
            : throw new ArgumentException("The data cannot tell exposure from periods and clusters: some periods need clusters of both conditions.");
    }

    private static FixedEffect Treated(ModelFit fit) => fit.Fixed.First(f => f.Term == "treated");

    private static double Variance(ModelFit fit) => Treated(fit).StandardError * Treated(fit).StandardError;

    private static double Critical(double freedom) => double.IsInfinity(freedom) ? StandardNormal.Quantile(0.5 + Confidence / 2) : StudentT.InvCDF(0, 1, freedom, 0.5 + Confidence / 2);

    private static TrialContrast Contrast(ModelFit fit, double scale)
    {
        var effect = Treated(fit);
        var freedom = effect.DegreesOfFreedom is { } df && df > 0 ? df : double.PositiveInfinity;
        double estimate = effect.Estimate * scale, error = effect.StandardError * scale, half = Critical(freedom) * error;
        return new TrialContrast(estimate, error, freedom, estimate - half, estimate + half);
    }

    private static BeforeAfter? Compare(TrialData trial)
    {
        if (trial.Patients is not { } patients) return null;
        List<(double Cost, double Effect)> changes = [];
        foreach (var rows in Enumerable.Range(0, trial.Rows).Where(i => patients[i].Length > 0).GroupBy(i => patients[i]))
        {
            List<int> before = [.. rows.Where(i => trial.Treated[i] == 0)], after = [.. rows.Where(i => trial.Treated[i] == 1)];
            if (before.Count == 0 || after.Count == 0) continue;
            changes.Add((after.Average(i => trial.Cost[i]) - before.Average(i => trial.Cost[i]), after.Average(i => trial.Effect[i]) - before.Average(i => trial.Effect[i])));
        }
        return changes.Count == 0 ? null : new BeforeAfter(changes.Count, changes.Average(c => c.Cost), changes.Average(c => c.Effect));
    }

    private static ClusterBootstrap BootstrapClusters(TrialData trial, ModelFit costFit, ModelFit effectFit, (double Cost, double Effect) scale, int draws, ulong seed)
    {
        var cost = ClusterSums.Of(trial, trial.Cost, ClusterSums.Ratios(costFit, trial.HasFacilities));
        var effect = ClusterSums.Of(trial, trial.Effect, ClusterSums.Ratios(effectFit, trial.HasFacilities));
        var strata = trial.Sequences.All(s => s.Count > 1) ? trial.Sequences : [[.. Enumerable.Range(0, trial.ClusterCount)]];
        var id = CounterStream.StreamOf("cluster bootstrap");
        double[] costs = new double[draws], effects = new double[draws];
        SideBySide.Run(draws, d =>
        {
            var numbers = new CounterStream(seed, id, (uint)d);
            List<int> drawn = [];
            foreach (var stratum in strata)
            {
                for (var i = 0; i < stratum.Count; i++) drawn.Add(stratum[numbers.NextInteger(stratum.Count)]);
            }
            costs[d] = ClusterSums.Treatment(cost, drawn);
            effects[d] = ClusterSums.Treatment(effect, drawn);
        });
        List<int> good = [.. Enumerable.Range(0, draws).Where(d => double.IsFinite(costs[d]) && double.IsFinite(effects[d]))];
        if (good.Count < 2) throw new ArgumentException("No replicate of the cluster bootstrap could be computed: the trial has too few clusters of both conditions.");
        double[] c = [.. good.Select(d => costs[d])], e = [.. good.Select(d => effects[d])];
        int Where(bool dearer, bool better) => Enumerable.Range(0, c.Length).Count(i => c[i] >= 0 == dearer && e[i] >= 0 == better);
        int[] counts = [Where(true, true), Where(true, false), Where(false, false), Where(false, true)];
        var ratios = c.Zip(e, (x, y) => x / y).Order().ToArray();
        var isOneQuadrant = counts.Max() == c.Length && e.All(y => y != 0);
        return new ClusterBootstrap(
            trial.ClusterCount >= JointEstimate.SmallestBootstrap, c.Length, draws - c.Length, [.. counts.Select(n => (double)n / c.Length)],
            isOneQuadrant ? ratios[(int)(0.025 * (ratios.Length - 1))] : double.NaN, isOneQuadrant ? ratios[(int)Math.Ceiling(0.975 * (ratios.Length - 1))] : double.NaN,
            new ProbabilisticAnalysis([new double[c.Length], c], [new double[e.Length], e]));
    }
}
