using Escala.Numerics.CostEffectiveness;
using Escala.Platform.Problems;
using Escala.Platform.Texts;

namespace Escala.Economics.Analysis;

/// <summary>A set of ratios: kind is bounded, two rays (below lower and above upper) or everything.</summary>
public sealed record RatioAnswer(string Kind, double? Lower, double? Upper)
{
    public static RatioAnswer Of(RatioInterval set) => set.Kind switch
    {
        RatioSetKind.Bounded => new RatioAnswer("bounded", set.Lower, set.Upper),
        RatioSetKind.TwoRays => new RatioAnswer("two rays", set.Lower, set.Upper),
        _ => new RatioAnswer("everything", null, null),
    };
}

/// <summary>The same with a random effect of each cluster-period, and whether that changes an interval by more than a tenth, its side of zero, or the kind of the set.</summary>
public sealed record TrialDriftAnswer(bool IsMaterial, bool Converged, TrialContrast CostDifference, TrialContrast EffectDifference, RatioAnswer Fieller);

/// <summary>Net benefit at a threshold, its percentiles, and the share of draws in which it is positive.</summary>
public sealed record NetBenefitAnswer(double Threshold, double NetBenefit, double Lower, double Upper, double Probability);

/// <summary>The cluster bootstrap; percentiles of the ratio are null where replicates lie in several quadrants.</summary>
public sealed record BootstrapAnswer(
    bool Reliable, int Replicates, int Failed, double DearerBetter, double DearerWorse, double CheaperWorse, double CheaperBetter, double? RatioLower, double? RatioUpper);

/// <summary>Cost per unit of one effect within a trial.</summary>
public sealed record TrialAnswer(
    string Effect, bool EffectIsHarm, int Clusters, int Rows, TrialContrast CostDifference, TrialContrast EffectDifference, double Correlation, double? Ratio,
    RatioAnswer Fieller, RatioAnswer Delta, TrialDriftAnswer Drift, string Primary, ulong Seed, IReadOnlyList<NetBenefitAnswer> Acceptability, BootstrapAnswer Bootstrap, BeforeAfter? BeforeAfter,
    IReadOnlyList<string> Warnings)
{
    public static TrialAnswer Of(string effect, bool isHarm, WithinTrialResult result, IReadOnlyList<double> thresholds, ulong seed, Language language)
    {
        double? Known(double value) => double.IsNaN(value) ? null : value;
        var b = result.Bootstrap;
        return new TrialAnswer(
            effect, isHarm, result.Clusters, result.Rows, result.Cost, result.Effect, result.Joint.Correlation, Known(result.Fieller.Ratio), RatioAnswer.Of(result.Fieller),
            RatioAnswer.Of(result.Delta), new TrialDriftAnswer(result.Drift.IsMaterial, result.Drift.Converged, result.Drift.Cost, result.Drift.Effect, RatioAnswer.Of(result.Drift.Fieller)), result.IsBootstrapPrimary ? "cluster bootstrap" : "joint draws from the model", seed, [.. thresholds.Select(t => Benefit(result, t))],
            new BootstrapAnswer(b.IsReliable, b.Replicates, b.Failed, b.Quadrants[0], b.Quadrants[1], b.Quadrants[2], b.Quadrants[3], Known(b.RatioLower), Known(b.RatioUpper)),
            result.BeforeAfter, Sentences(result, language));
    }

    private static List<string> Sentences(WithinTrialResult result, Language language)
    {
        List<string> warnings = [];
        void Add(string code, params (string, object?)[] details) => warnings.Add(EconomicTexts.Problems.Sentence(Problem.Of(code, details), language));
        if (!result.Bootstrap.IsReliable) Add("economics.warning.clusters", ("n", result.Clusters), ("smallest", JointEstimate.SmallestBootstrap));
        foreach (var column in result.NotConverged) Add("economics.warning.converged", ("column", column));
        if (result.RowsLeftOut > 0) Add("economics.warning.rows", ("n", result.RowsLeftOut));
        foreach (var (column, warning) in result.Warnings)
        {
            // What has no sentence here is told as the model tells it.
            var code = "economics.trial-model." + warning.Code;
            if (EconomicTexts.Problems.Knows(code)) Add(code, ("column", column));
            else warnings.Add($"{column}: {warning.Message}");
        }
        return warnings;
    }

    private static NetBenefitAnswer Benefit(WithinTrialResult result, double threshold)
    {
        double[] costs = result.Primary.Costs(1).ToArray(), effects = result.Primary.Effects(1).ToArray();
        double[] benefits = [.. costs.Zip(effects, (c, e) => threshold * e - c).Order()];
        return new NetBenefitAnswer(
            threshold, threshold * result.Effect.Estimate - result.Cost.Estimate, SampleAnalysis.Percentile(benefits, 0.025), SampleAnalysis.Percentile(benefits, 0.975),
            (double)benefits.Count(b => b > 0) / benefits.Length);
    }
}
