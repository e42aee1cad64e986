using Escala.Numerics.Comparison;

namespace Escala.Numerics.Agreement;

/// <summary>A chance-corrected coefficient of agreement, (p_o − p_e) / (1 − p_e).</summary>
public sealed record AgreementCoefficient
{
    /// <summary>Which coefficient.</summary>
    public required string Name { get; init; }

    /// <summary>The coefficient, at most 1; NaN with a <see cref="Reason"/> when it is not defined.</summary>
    public required double Value { get; init; }

    /// <summary>Observed agreement (weighted where weights are), 0 to 1.</summary>
    public required double Observed { get; init; }

    /// <summary>Agreement expected by chance, 0 to 1.</summary>
    public required double Expected { get; init; }

    /// <summary>Standard error with the raters held fixed; NaN when it cannot be estimated.</summary>
    public required double StandardError { get; init; }

    /// <summary>Lower confidence limit.</summary>
    public required double Lower { get; init; }

    /// <summary>Upper confidence limit, at most 1.</summary>
    public required double Upper { get; init; }

    /// <summary>Units that at least two raters rated.</summary>
    public required int Units { get; init; }

    /// <summary>Units that fewer than two rated: they carry no agreement (AC and Fleiss still use their ratings for chance).</summary>
    public required int SingleRatings { get; init; }

    /// <summary>Why there is no coefficient; null when there is one.</summary>
    public Sentence? Reason { get; init; }

    internal static AgreementCoefficient Create(string name, double observed, double expected, double error, (int Paired, int Single) units, double confidence, double df)
    {
        Tail.CheckConfidence(confidence);
        Sentence? reason = units.Paired == 0 ? new Sentence("numerics.agreement.no-pair", "No unit was rated by two raters.")
            : 1 - expected <= 1e-12 ? new Sentence("numerics.agreement.chance-complete", "Chance agreement is complete: all ratings are in one category, so agreement beyond chance has no meaning.")
            : null;
        double value = reason is null ? (observed - expected) / (1 - expected) : double.NaN;
        double half = units.Paired < 2 || !(df > 0) ? double.NaN : Tail.StudentQuantile(0.5 + (confidence / 2), df) * error;
        return new AgreementCoefficient
        {
            Name = name,
            Value = value,
            Observed = units.Paired == 0 ? double.NaN : observed,
            Expected = expected,
            StandardError = reason is null ? error : double.NaN,
            Lower = value - half,
            Upper = Math.Min(1, value + half),
            Units = units.Paired,
            SingleRatings = units.Single,
            Reason = reason,
        };
    }
}
