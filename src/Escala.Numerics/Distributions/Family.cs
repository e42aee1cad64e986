namespace Escala.Numerics.Distributions;

/// <summary>Distribution of the outcome given the linear predictor.</summary>
public enum Family
{
    /// <summary>Successes of trials; variance m μ (1 − μ).</summary>
    Binomial,

    /// <summary>Binomial mean with variance φ m μ (1 − μ), φ from Pearson's χ² (Wedderburn 1974). Fixed effects only.</summary>
    QuasiBinomial,

    /// <summary>Successes whose probability varies by a beta distribution: variance m μ (1 − μ)(φ + m)/(φ + 1), φ the sum of the two beta parameters.</summary>
    BetaBinomial,

    /// <summary>Counts with variance μ.</summary>
    Poisson,

    /// <summary>Counts with variance μ + μ²/θ ("NB2", Hilbe 2011).</summary>
    NegativeBinomial,

    /// <summary>Measurements with constant variance σ².</summary>
    Gaussian,
}

/// <summary>Scale on which the predictors add up.</summary>
public enum Link
{
    /// <summary>log(μ / (1 − μ)): effects are log odds ratios.</summary>
    Logit,

    /// <summary>log μ: effects are log rate or risk ratios.</summary>
    Log,

    /// <summary>μ itself: effects are differences.</summary>
    Identity,
}
