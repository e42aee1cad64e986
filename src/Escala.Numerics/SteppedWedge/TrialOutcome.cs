namespace Escala.Numerics.SteppedWedge;

/// <summary>The mean at which the variance of a binary or count outcome is taken.</summary>
public enum VarianceReading
{
    /// <summary>At the baseline mean, as a detectable-difference calculation does.</summary>
    Baseline,

    /// <summary>At the average of the baseline and the intervention mean.</summary>
    Mean,
}

/// <summary>What one person's outcome is.</summary>
public enum OutcomeKind
{
    /// <summary>A measurement, normally distributed.</summary>
    Measurement,

    /// <summary>Yes or no.</summary>
    Proportion,

    /// <summary>A number of events.</summary>
    Count,
}

/// <summary>What is compared: a difference of means on the outcome's own scale, and the total variance of one person's outcome.</summary>
/// <param name="Difference">Intervention minus baseline; any non-zero size, in the unit of the outcome (a proportion for a binary one).</param>
/// <param name="TotalVariance">Variance of one person's outcome, between and within clusters, above 0.</param>
public readonly record struct TrialOutcome(double Difference, double TotalVariance)
{
    /// <summary>What it is; a measurement unless made as another kind.</summary>
    public OutcomeKind Kind { get; private init; }

    /// <summary>Mean without the intervention; 0 when only a difference was given.</summary>
    public double Baseline { get; private init; }

    /// <summary>The same difference and variance of a normally distributed outcome: what a closed form stands on.</summary>
    /// <returns>The outcome as a measurement.</returns>
    public TrialOutcome AsMeasurement() => this with { Kind = OutcomeKind.Measurement };

    /// <summary>A yes-or-no outcome; the variance is p(1 − p).</summary>
    /// <param name="baseline">Proportion without the intervention, above 0 and below 1.</param>
    /// <param name="intervention">Proportion with it, above 0 and below 1.</param>
    /// <param name="reading">Where the variance is taken.</param>
    /// <returns>The difference of proportions and the variance.</returns>
    /// <exception cref="UnfitInputException">A proportion is not inside 0 and 1.</exception>
    public static TrialOutcome Binary(double baseline, double intervention, VarianceReading reading = VarianceReading.Baseline)
    {
        CheckProportion(baseline, nameof(baseline));
        CheckProportion(intervention, nameof(intervention));
        double p = At(baseline, intervention, reading);
        return new(intervention - baseline, p * (1 - p)) { Kind = OutcomeKind.Proportion, Baseline = baseline };
    }

    /// <summary>A continuous outcome.</summary>
    /// <param name="baseline">Mean without the intervention, in the unit of the outcome.</param>
    /// <param name="intervention">Mean with it.</param>
    /// <param name="standardDeviation">Total standard deviation of one person's outcome, above 0.</param>
    /// <returns>The difference of means and the variance.</returns>
    /// <exception cref="UnfitInputException">The standard deviation is not above 0.</exception>
    public static TrialOutcome Gaussian(double baseline, double intervention, double standardDeviation)
    {
        UnfitInputException.ThrowIfNegativeOrZero(standardDeviation);
        return new(intervention - baseline, standardDeviation * standardDeviation) { Baseline = baseline };
    }

    /// <summary>A count of events a person; the variance is the mean (Poisson).</summary>
    /// <param name="baseline">Events a person without the intervention, above 0.</param>
    /// <param name="intervention">Events a person with it, above 0.</param>
    /// <param name="reading">Where the variance is taken.</param>
    /// <returns>The difference of rates and the variance.</returns>
    /// <exception cref="UnfitInputException">A rate is not above 0.</exception>
    public static TrialOutcome Count(double baseline, double intervention, VarianceReading reading = VarianceReading.Baseline)
    {
        UnfitInputException.ThrowIfNegativeOrZero(baseline);
        UnfitInputException.ThrowIfNegativeOrZero(intervention);
        return new(intervention - baseline, At(baseline, intervention, reading)) { Kind = OutcomeKind.Count, Baseline = baseline };
    }

    private static double At(double baseline, double intervention, VarianceReading reading) =>
        reading == VarianceReading.Baseline ? baseline : (baseline + intervention) / 2;

    private static void CheckProportion(double value, string name)
    {
        if (!(value > 0 && value < 1))
        {
            throw new UnfitInputException("numerics.design.proportion", "{parameter} is a proportion between 0 and 1, both excluded (write 23.4 % as 0.234).", ("parameter", name));
        }
    }
}
