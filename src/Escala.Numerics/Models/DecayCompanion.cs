namespace Escala.Numerics.Models;

/// <summary>
/// The same stepped-wedge model with a random effect of each cluster-period too. Without it, a correlation between periods of a cluster that
/// decays with time turns chance into effects: at a cluster autocorrelation of .95, 23 % of null trials of the protocol's design reject
/// (Kasza and Forbes 2019, Stat Methods Med Res 28:703, for the mechanism).
/// </summary>
/// <param name="Treatment">The exposure.</param>
/// <param name="Fit">Fit with the added term.</param>
/// <param name="Concurrent">Exposed cluster-periods that have an unexposed cluster in the same period.</param>
/// <param name="Exposed">All exposed cluster-periods.</param>
/// <param name="IsMaterial">Whether the interval widens by more than a tenth, or the conclusion changes.</param>
/// <param name="Message">What to say, first when material.</param>
public sealed record DecayCompanion(string Treatment, ModelFit Fit, int Concurrent, int Exposed, bool IsMaterial, Sentence Message)
{
    /// <summary>Fits the companion; null when the model is no stepped wedge, or holds a cluster-period effect already.</summary>
    public static DecayCompanion? Of(ModelFit fit)
    {
        ArgumentNullException.ThrowIfNull(fit);
        if (SteppedWedgeStructure.Find(fit) is not { } wedge) return null;
        var frame = fit.State!.Model.Frame;
        var formula = frame.Formula;
        var keys = new HashSet<string>(StringComparer.Ordinal) { wedge.Cluster.ToString()!, wedge.Period.ToString()! };
        if (formula.Random.Any(r => r.Grouping.Select(g => g.ToString()!).Intersect(keys).Count() == 2)) return null;
        var added = formula.WithRandom([.. formula.RandomTerms, $"(1 | {wedge.Cluster}:{wedge.Period})"]);
        // Groupings cross inside a cluster now, which quadrature does not integrate.
        var method = fit.Method == EstimationMethod.Quadrature ? EstimationMethod.Laplace : fit.Method;
        var companion = Regression.Fit(frame.Data, fit.Specification with { Formula = added.Text, Method = method, Points = null }, added);
        var (plain, wide) = (fit[wedge.Treatment], companion[wedge.Treatment]);
        var ratio = (wide.Upper - wide.Lower) / (plain.Upper - plain.Lower);
        var material = ratio > 1.1 || plain.Lower > 0 != wide.Lower > 0 || plain.Upper < 0 != wide.Upper < 0;
        var (concurrent, exposed) = wedge.ConcurrentComparators();
        return new DecayCompanion(wedge.Treatment, companion, concurrent, exposed, material, Say(fit, wedge, plain, wide, ratio, material, concurrent, exposed));
    }

    /// <summary>Why a model that looks like a stepped wedge has no companion; null where it has one, or does not look like one.</summary>
    public static ModelWarning? NotChecked(ModelFit fit)
    {
        ArgumentNullException.ThrowIfNull(fit);
        return SteppedWedgeStructure.NotChecked(fit);
    }

    private static Sentence Say(ModelFit fit, SteppedWedgeStructure wedge, FixedEffect plain, FixedEffect wide, double ratio, bool material, int concurrent, int exposed)
    {
        var ratios = fit.Link != Distributions.Link.Identity;
        Figure Limit(double log, double ratio) => ratios ? new(ratio, "0.000") : new(log, "0.0000");
        var comparators = new Sentence("numerics.warning.concurrent", "{concurrent} of {exposed} exposed cluster-periods have an unexposed cluster in the same period.", ("concurrent", concurrent), ("exposed", exposed));
        (string, object?)[] gaps =
        [
            ("cluster", wedge.ClusterName), ("treatment", wedge.Treatment), ("lower", Limit(wide.Lower, wide.RatioLower)), ("upper", Limit(wide.Upper, wide.RatioUpper)),
            ("plainLower", Limit(plain.Lower, plain.RatioLower)), ("plainUpper", Limit(plain.Upper, plain.RatioUpper)),
            ("grouping", $"{wedge.Cluster}:{wedge.Period}"), ("times", new Figure(ratio, "0.00")), ("comparators", comparators),
        ];
        return material
            ? new("numerics.warning.drift", "If results drift from period to period within {cluster}, the interval of {treatment} is {lower} to {upper} (with a {grouping} effect) instead of {plainLower} to {plainUpper}, {times} times as wide: report the wider one, or both. {comparators}", gaps)
            : new("numerics.warning.no-drift", "Allowing drift from period to period within {cluster} (a {grouping} effect) hardly changes the interval of {treatment}: {lower} to {upper} beside {plainLower} to {plainUpper}. {comparators}", gaps);
    }
}
