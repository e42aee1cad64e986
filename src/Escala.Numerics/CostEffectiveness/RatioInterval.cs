namespace Escala.Numerics.CostEffectiveness;

/// <summary>Shape of the set of ratios that the data do not exclude.</summary>
public enum RatioSetKind
{
    /// <summary>Between the two limits.</summary>
    Bounded,

    /// <summary>Below the lower limit or above the upper: two rays. The effect may be zero, and the ratio may have either sign.</summary>
    TwoRays,

    /// <summary>Every ratio: neither cost nor effect differs clearly from zero.</summary>
    Everything,
}

/// <summary>A set of ratios that the data do not exclude.</summary>
/// <param name="Ratio">Estimate: cost difference / effect difference; NaN where the effect difference is 0.</param>
/// <param name="Kind">Shape of the set.</param>
/// <param name="Lower">The smaller of the two limits; NaN where the set is everything.</param>
/// <param name="Upper">The larger of the two limits; NaN where the set is everything.</param>
public sealed record RatioInterval(double Ratio, RatioSetKind Kind, double Lower, double Upper);

/// <summary>Estimates of a cost and an effect difference from the same people, with their joint uncertainty.</summary>
/// <param name="Cost">Cost difference, e.g. from the stepped-wedge model with period effects.</param>
/// <param name="CostError">Its standard error, at least 0.</param>
/// <param name="Effect">Effect difference; more is better.</param>
/// <param name="EffectError">Its standard error, at least 0.</param>
/// <param name="Correlation">Correlation of the two estimates, -1 to 1.</param>
public sealed record JointEstimate(double Cost, double CostError, double Effect, double EffectError, double Correlation)
{
    /// <summary>Fieller's set (Fieller 1954; Willan and O'Brien, Health Econ 1996;5:297-305): exact when both estimates are normal.</summary>
    /// <param name="criticalValue">Quantile of the normal or t distribution, e.g. 1.96; above 0. With few clusters use t.</param>
    /// <exception cref="ArgumentException">An error is negative, the correlation lies outside -1 to 1, or the quantile is not positive.</exception>
    public RatioInterval Fieller(double criticalValue)
    {
        Check();
        if (!(criticalValue > 0)) throw new ArgumentException("The critical value must be positive.", nameof(criticalValue));
        var squared = criticalValue * criticalValue;
        // Ratios R with (Cost - R Effect)² <= z² Var(Cost - R Effect): a quadratic a R² - 2 b R + c <= 0.
        var a = Effect * Effect - squared * EffectError * EffectError;
        var b = Cost * Effect - squared * Correlation * CostError * EffectError;
        var c = Cost * Cost - squared * CostError * CostError;
        var discriminant = b * b - a * c;
        if (discriminant < 0 || a == 0) return new RatioInterval(Ratio, RatioSetKind.Everything, double.NaN, double.NaN);
        var root = Math.Sqrt(discriminant);
        double first = (b - root) / a, second = (b + root) / a;
        return new RatioInterval(Ratio, a > 0 ? RatioSetKind.Bounded : RatioSetKind.TwoRays, Math.Min(first, second), Math.Max(first, second));
    }

    /// <summary>Symmetric interval by the delta method: too short, or meaningless, unless the effect is far from zero.</summary>
    /// <param name="criticalValue">Quantile of the normal or t distribution, above 0.</param>
    /// <exception cref="ArgumentException">An error is negative, the correlation lies outside -1 to 1, or the quantile is not positive.</exception>
    public RatioInterval Delta(double criticalValue)
    {
        Check();
        if (!(criticalValue > 0)) throw new ArgumentException("The critical value must be positive.", nameof(criticalValue));
        var variance = CostError * CostError - 2 * Ratio * Correlation * CostError * EffectError + Ratio * Ratio * EffectError * EffectError;
        var half = criticalValue * Math.Sqrt(Math.Max(0, variance)) / Math.Abs(Effect);
        return new RatioInterval(Ratio, RatioSetKind.Bounded, Ratio - half, Ratio + half);
    }

    /// <summary>
    /// Draws of both differences from their joint normal (or t) distribution, for acceptability curves: the primary way where there are fewer than
    /// <see cref="SmallestBootstrap"/> clusters.
    /// </summary>
    /// <param name="draws">Number of draws, at least 1.</param>
    /// <param name="seed">Seed.</param>
    /// <returns>Costs and effects of no programme (zeros) and of the programme.</returns>
    /// <param name="degreesOfFreedom">Of a bivariate t distribution, above 0; infinite for the normal. With few clusters use t.</param>
    /// <exception cref="ArgumentException">An error is negative or the correlation lies outside -1 to 1.</exception>
    public ProbabilisticAnalysis Draw(int draws, ulong seed, double degreesOfFreedom = double.PositiveInfinity)
    {
        Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(draws, 1);
        if (!(degreesOfFreedom > 0)) throw new ArgumentOutOfRangeException(nameof(degreesOfFreedom), degreesOfFreedom, "Degrees of freedom must be positive.");
        var chiSquare = double.IsInfinity(degreesOfFreedom) ? null : new GammaDistribution(degreesOfFreedom / 2, 2);
        double[] cost = new double[draws], effect = new double[draws];
        var id = CounterStream.StreamOf("joint estimate");
        for (var i = 0; i < draws; i++)
        {
            var stream = new CounterStream(seed, id, (uint)i);
            double z = stream.NextNormal(), w = stream.NextNormal();
            if (chiSquare is not null)
            {
                var wider = Math.Sqrt(degreesOfFreedom / chiSquare.Sample(ref stream));
                (z, w) = (z * wider, w * wider);
            }
            effect[i] = Effect + EffectError * z;
            cost[i] = Cost + CostError * (Correlation * z + Math.Sqrt(1 - Correlation * Correlation) * w);
        }
        return new ProbabilisticAnalysis([new double[draws], cost], [new double[draws], effect]);
    }

    /// <summary>Below this number of clusters a cluster bootstrap is unreliable and is labelled so.</summary>
    public const int SmallestBootstrap = 20;

    private double Ratio => Effect == 0 ? double.NaN : Cost / Effect;

    private void Check()
    {
        if (!(CostError >= 0 && EffectError >= 0 && Correlation >= -1 && Correlation <= 1) || !double.IsFinite(Cost) || !double.IsFinite(Effect))
            throw new ArgumentException("A joint estimate needs finite differences, errors of at least 0 and a correlation between -1 and 1.");
    }
}
