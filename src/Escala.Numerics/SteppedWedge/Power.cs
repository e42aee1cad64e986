using Escala.Numerics.Comparison;

namespace Escala.Numerics.SteppedWedge;

/// <summary>
/// Power and detectable difference of a two-sided test of an estimate with a known standard error: normal with infinite degrees of freedom,
/// otherwise Student's t, shifted by the effect (as the peers compute it).
/// </summary>
public static class Power
{
    /// <summary>Probability that the test rejects, in either direction.</summary>
    /// <param name="difference">True effect, in the unit of the estimate.</param>
    /// <param name="standardError">Standard error of the estimate, above 0; NaN gives NaN.</param>
    /// <param name="alpha">Two-sided level, above 0 and below 1.</param>
    /// <param name="df">Degrees of freedom, above 0; infinity for the normal test.</param>
    /// <returns>Power, <paramref name="alpha"/> to 1.</returns>
    /// <exception cref="UnfitInputException">The level is not inside 0 and 1, or the degrees of freedom are not above 0.</exception>
    public static double Of(double difference, double standardError, double alpha = 0.05, double df = double.PositiveInfinity)
    {
        double critical = Critical(alpha, df), shift = Math.Abs(difference) / standardError;
        return Tail.StudentUpper(critical - shift, df) + Tail.StudentUpper(critical + shift, df);
    }

    /// <summary>The smallest effect that the test finds with the stated power; the wrong direction is left out, as is usual.</summary>
    /// <param name="power">Wanted power, above 0 and below 1.</param>
    /// <param name="standardError">Standard error of the estimate, above 0; NaN gives NaN.</param>
    /// <param name="alpha">Two-sided level, above 0 and below 1.</param>
    /// <param name="df">Degrees of freedom, above 0; infinity for the normal test.</param>
    /// <returns>The difference, in the unit of the estimate.</returns>
    /// <exception cref="UnfitInputException">A probability is not inside 0 and 1, or the degrees of freedom are not above 0.</exception>
    public static double DetectableDifference(double power, double standardError, double alpha = 0.05, double df = double.PositiveInfinity)
    {
        Tail.CheckConfidence(power);
        return (Critical(alpha, df) + Tail.StudentQuantile(power, df)) * standardError;
    }

    /// <summary>How often a true null hypothesis is rejected when the analysis reports another variance than its estimate has.</summary>
    /// <param name="reportedOverTrue">Reported variance over true variance, above 0.</param>
    /// <param name="alpha">Nominal two-sided level, above 0 and below 1.</param>
    /// <param name="df">Degrees of freedom of the critical value; infinity for the normal test.</param>
    /// <returns>The false-positive rate, 0 to 1.</returns>
    public static double FalsePositiveRate(double reportedOverTrue, double alpha = 0.05, double df = double.PositiveInfinity) =>
        Tail.NormalTwoSided(Critical(alpha, df) * Math.Sqrt(reportedOverTrue));

    private static double Critical(double alpha, double df)
    {
        Tail.CheckConfidence(alpha);
        if (!(df > 0))
        {
            throw new UnfitInputException("numerics.design.df", "Degrees of freedom are above 0: there are too few clusters for a t test.");
        }
        return Tail.StudentQuantile(1 - (alpha / 2), df);
    }
}
