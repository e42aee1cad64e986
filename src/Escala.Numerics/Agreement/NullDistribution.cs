namespace Escala.Numerics.Agreement;

/// <summary>Answers without any agreement on a scale of A options: what within-group agreement is measured against.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Options">Answer options, A, at least 2.</param>
/// <param name="Variance">Variance of such answers, above 0.</param>
public sealed record NullDistribution(string Name, int Options, double Variance)
{
    /// <summary>Every option equally likely: (A² − 1) / 12.</summary>
    /// <param name="options">Answer options, at least 2.</param>
    /// <returns>The distribution.</returns>
    /// <exception cref="UnfitInputException">There are fewer than two options.</exception>
    public static NullDistribution Uniform(int options)
    {
        UnfitInputException.ThrowIfLessThan(options, 2);
        return new("uniform", options, ((options * options) - 1) / 12.0);
    }

    /// <summary>Any distribution over the options 1, 2, …, A.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="probabilities">Probability of each option; at least two, none negative, summing to 1.</param>
    /// <returns>The distribution.</returns>
    /// <exception cref="ArgumentException">The probabilities are no distribution, or all on one option.</exception>
    public static NullDistribution Of(string name, IReadOnlyList<double> probabilities)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        if (probabilities.Count < 2 || probabilities.Any(p => !(p >= 0)) || Math.Abs(probabilities.Sum() - 1) > 1e-9)
        {
            throw new UnfitInputException("numerics.agreement.null-probabilities", "Probabilities are at least two, none negative, and sum to 1.");
        }
        double mean = probabilities.Select((p, k) => p * (k + 1)).Sum(), variance = probabilities.Select((p, k) => p * Math.Pow(k + 1 - mean, 2)).Sum();
        return variance > 0
            ? new(name, probabilities.Count, variance)
            : throw new UnfitInputException("numerics.agreement.null-variance", "All probability is on one option: there is no variance to compare with.");
    }

    /// <summary>Five options, slightly skewed towards agreement: variance 1.34 (James, Demaree and Wolf 1984).</summary>
    public static NullDistribution SlightlySkewed5 { get; } = Of("slight skew", [0.05, 0.15, 0.20, 0.35, 0.25]);

    /// <summary>Five options, moderately skewed: variance 0.90.</summary>
    public static NullDistribution ModeratelySkewed5 { get; } = Of("moderate skew", [0, 0.10, 0.15, 0.40, 0.35]);

    /// <summary>Five options, heavily skewed: variance 0.44.</summary>
    public static NullDistribution HeavilySkewed5 { get; } = Of("heavy skew", [0, 0, 0.10, 0.40, 0.50]);
}
