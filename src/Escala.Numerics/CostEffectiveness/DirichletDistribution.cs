namespace Escala.Numerics.CostEffectiveness;

/// <summary>Shares that add up to 1. Components with weight 0 are 0 in every draw.</summary>
public sealed record DirichletDistribution
{
    /// <summary>From its weights (counts + prior).</summary>
    /// <param name="alpha">At least two weights of at least 0, at least one above 0.</param>
    /// <exception cref="ArgumentException">There are fewer than two weights, one is negative or not finite, or all are 0.</exception>
    public DirichletDistribution(IReadOnlyList<double> alpha)
    {
        ArgumentNullException.ThrowIfNull(alpha);
        if (alpha.Count < 2 || alpha.Any(a => !(a >= 0) || double.IsInfinity(a)) || alpha.Sum() <= 0)
            throw new ArgumentException("A Dirichlet distribution needs at least two weights, none negative, not all 0.", nameof(alpha));
        Alpha = [.. alpha];
        Total = alpha.Sum();
    }

    /// <summary>The weights.</summary>
    public IReadOnlyList<double> Alpha { get; }

    /// <summary>Sum of the weights.</summary>
    public double Total { get; }

    /// <summary>From means and standard deviations; the first component's standard deviation sets the total weight.</summary>
    /// <param name="means">Means above 0 that add up to 1.</param>
    /// <param name="deviations">Standard deviations above 0, as many as means.</param>
    /// <exception cref="ArgumentException">The means do not add up to 1, or no Dirichlet distribution has these moments.</exception>
    public static DirichletDistribution FromMoments(IReadOnlyList<double> means, IReadOnlyList<double> deviations)
    {
        ArgumentNullException.ThrowIfNull(means);
        ArgumentNullException.ThrowIfNull(deviations);
        if (means.Count != deviations.Count) throw new ArgumentException("There must be as many standard deviations as means.", nameof(deviations));
        if (means.Any(m => !(m > 0)) || Math.Abs(means.Sum() - 1) > 1e-6) throw new ArgumentException("The means must lie above 0 and add up to 1.", nameof(means));
        var first = BetaDistribution.FromMoments(means[0], deviations[0]);
        return new DirichletDistribution([.. means.Select(m => m * (first.Alpha + first.Beta))]);
    }

    /// <summary>Expected share of a component.</summary>
    /// <param name="component">Index of the component.</param>
    public double Mean(int component) => Alpha[component] / Total;

    /// <summary>Marginal quantile of a component.</summary>
    /// <param name="component">Index of the component.</param>
    /// <param name="p">Share, in the open interval (0, 1).</param>
    public double Quantile(int component, double p)
    {
        var a = Alpha[component];
        return a == 0 ? 0 : a == Total ? 1 : new BetaDistribution(a, Total - a).Quantile(p);
    }

    /// <summary>One draw of all components.</summary>
    /// <param name="stream">The stream of these shares in this draw.</param>
    /// <param name="shares">Receives one share per weight.</param>
    /// <exception cref="ArgumentException">There is not room for one share per weight.</exception>
    public void Sample(ref CounterStream stream, Span<double> shares)
    {
        if (shares.Length != Alpha.Count) throw new ArgumentException($"There are {Alpha.Count} shares but room for {shares.Length}.", nameof(shares));
        var total = 0.0;
        for (var i = 0; i < shares.Length; i++) total += shares[i] = Alpha[i] == 0 ? 0 : GammaDistribution.Standard(Alpha[i], ref stream);
        foreach (ref var share in shares) share /= total;
    }
}
