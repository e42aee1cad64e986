using MathNet.Numerics.LinearAlgebra;

namespace Escala.Numerics.SteppedWedge;

/// <summary>Which effect of exposure is estimated.</summary>
public enum EffectModel
{
    /// <summary>One effect from the first exposed period on.</summary>
    Constant,

    /// <summary>A separate effect for each period since cross-over; what is reported is their plain average (Kenny et al. 2022).</summary>
    ExposureTimeAverage,
}

/// <summary>
/// Variance of the estimated treatment effect of a trial with fixed period effects, for a total outcome variance of 1. A design in which the
/// effect cannot be told from time has variance NaN and a reason.
/// </summary>
public sealed record TreatmentVariance
{
    /// <summary>"closed form" or "generalised least squares".</summary>
    public required string Method { get; init; }

    /// <summary>Variance of the estimate in units of the total variance; multiply by it. NaN when the effect is not estimable.</summary>
    public required double Value { get; init; }

    /// <summary>Why there is no variance; null when there is one.</summary>
    public Sentence? Reason { get; init; }

    /// <summary>
    /// Share of the information that a wrong working model believes it has: variance reported by an analysis with exchangeable correlation,
    /// over the true variance of its estimate. Null unless asked for.
    /// </summary>
    public double? ReportedOverTrue { get; init; }

    private const string ClosedFormName = "closed form";
    private const string GlsName = "generalised least squares";
    private static readonly Sentence s_notEstimable = new(
        "numerics.design.not-estimable", "The effect cannot be told from the period effects: in no period are both exposed and unexposed clusters observed in a way that separates them.");

    /// <summary>The closed form where there is one, generalised least squares otherwise.</summary>
    /// <param name="layout">The design.</param>
    /// <param name="correlation">The correlation the analysis also assumes.</param>
    /// <param name="effect">The effect that is estimated.</param>
    /// <returns>The variance.</returns>
    public static TreatmentVariance Of(TrialLayout layout, CorrelationStructure correlation, EffectModel effect = EffectModel.Constant)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(correlation);
        return effect == EffectModel.Constant && layout.IsBalanced && correlation.IsExchangeable
            ? ClosedForm(layout, correlation)
            : GeneralisedLeastSquares(layout, correlation, effect);
    }

    /// <summary>
    /// Hussey and Hughes (2007), formula 8, on cell means; nested and block exchangeable correlation reduce to it (Hooper et al. 2016).
    /// </summary>
    /// <param name="layout">A design with every cell observed and of one size.</param>
    /// <param name="correlation">Exchangeable correlation, without decay or random treatment.</param>
    /// <returns>The variance.</returns>
    /// <exception cref="ArgumentException">The design or correlation has no closed form.</exception>
    public static TreatmentVariance ClosedForm(TrialLayout layout, CorrelationStructure correlation)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(correlation);
        if (!layout.IsBalanced || !correlation.IsExchangeable)
        {
            throw new UnfitInputException("numerics.design.closed-form", "The closed form needs complete cells of one size, no decay and no random treatment effect.");
        }
        double clusters = layout.Clusters, periods = layout.Periods;
        double within = correlation.Covariance(layout, 0, 0, 0);
        double between = layout.Periods > 1 ? (correlation.Icc * correlation.Autocorrelation(1)) + PersonCovariance(layout, correlation) : 0;
        double s2 = within - between, tau2 = between;
        var (u, w, v) = Sums(layout);
        double denominator = (((clusters * u) - w) * s2) + (((u * u) + (clusters * periods * u) - (periods * w) - (clusters * v)) * tau2);
        double numerator = clusters * s2 * (s2 + (periods * tau2));
        return denominator > 1e-12 * clusters * clusters * periods * (s2 + tau2)
            ? new TreatmentVariance { Method = ClosedFormName, Value = numerator / denominator }
            : new TreatmentVariance { Method = ClosedFormName, Value = double.NaN, Reason = s_notEstimable };
    }

    /// <summary>Generalised least squares on cell means: any layout, sizes and correlation.</summary>
    /// <param name="layout">The design.</param>
    /// <param name="correlation">The correlation the analysis also assumes.</param>
    /// <param name="effect">The effect that is estimated.</param>
    /// <returns>The variance.</returns>
    public static TreatmentVariance GeneralisedLeastSquares(TrialLayout layout, CorrelationStructure correlation, EffectModel effect = EffectModel.Constant)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(correlation);
        var design = EffectDesign.Create(layout, effect);
        return design.InformationInverse(correlation) is { } inverse
            ? new TreatmentVariance { Method = GlsName, Value = design.Contrast.DotProduct(inverse * design.Contrast) }
            : new TreatmentVariance { Method = GlsName, Value = double.NaN, Reason = s_notEstimable };
    }

    /// <summary>
    /// True variance of the estimate of an analysis that assumes one correlation while another holds, and how much the analysis believes it
    /// knows (the sandwich of both).
    /// </summary>
    /// <param name="layout">The design.</param>
    /// <param name="assumed">The correlation of the fitted model, with its variances held at these values.</param>
    /// <param name="truth">The correlation of the data.</param>
    /// <param name="effect">The effect that is estimated.</param>
    /// <returns>The true variance, and <see cref="ReportedOverTrue"/>.</returns>
    public static TreatmentVariance Misspecified(
        TrialLayout layout, CorrelationStructure assumed, CorrelationStructure truth, EffectModel effect = EffectModel.Constant)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(assumed);
        ArgumentNullException.ThrowIfNull(truth);
        var design = EffectDesign.Create(layout, effect);
        if (design.InformationInverse(assumed) is not { } inverse)
        {
            return new TreatmentVariance { Method = GlsName, Value = double.NaN, Reason = s_notEstimable };
        }
        Vector<double> direction = inverse * design.Contrast;
        double variance = 0;
        foreach (var (rows, cluster) in design.Clusters)
        {
            Vector<double> weights = design.Covariance(assumed, cluster).Cholesky().Solve(rows * direction);
            variance += weights.DotProduct(design.Covariance(truth, cluster) * weights);
        }
        return new TreatmentVariance { Method = GlsName, Value = variance, ReportedOverTrue = design.Contrast.DotProduct(direction) / variance };
    }

    private static double PersonCovariance(TrialLayout layout, CorrelationStructure correlation) =>
        (1 - correlation.Icc) * correlation.IndividualAutocorrelation / layout.Size(0, 0);

    private static (double U, double W, double V) Sums(TrialLayout layout)
    {
        double u = 0, w = 0, v = 0;
        for (int t = 0; t < layout.Periods; t++)
        {
            double column = Enumerable.Range(0, layout.Clusters).Sum(i => layout.Exposure(i, t));
            u += column;
            w += column * column;
        }
        for (int i = 0; i < layout.Clusters; i++)
        {
            double row = Enumerable.Range(0, layout.Periods).Sum(t => layout.Exposure(i, t));
            v += row * row;
        }
        return (u, w, v);
    }
}
