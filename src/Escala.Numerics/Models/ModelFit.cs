using Escala.Numerics.Distributions;

namespace Escala.Numerics.Models;

/// <summary>One coefficient on the scale of the link.</summary>
/// <param name="Term">Name as R spells it.</param>
/// <param name="Estimate">Estimate; infinite where the data separate, NaN where there is nothing to estimate it from.</param>
/// <param name="StandardError">Standard error; NaN if there is none.</param>
/// <param name="Statistic">Estimate over standard error: z, or t with <paramref name="DegreesOfFreedom"/>.</param>
/// <param name="P">Two-sided p value of the hypothesis that it is zero.</param>
/// <param name="Lower">Lower limit of the Wald interval.</param>
/// <param name="Upper">Upper limit of the Wald interval.</param>
/// <param name="DegreesOfFreedom">Degrees of freedom of the t distribution; null for the normal.</param>
public sealed record FixedEffect(string Term, double Estimate, double StandardError, double Statistic, double P, double Lower, double Upper, double? DegreesOfFreedom)
{
    /// <summary>exp(estimate): an odds ratio (logit) or a ratio (log).</summary>
    public double Ratio => Math.Exp(Estimate);

    /// <summary>Lower limit of the ratio.</summary>
    public double RatioLower => Math.Exp(Lower);

    /// <summary>Upper limit of the ratio.</summary>
    public double RatioUpper => Math.Exp(Upper);
}

/// <summary>One variance of the random effects.</summary>
/// <param name="Group">Grouping, or Residual.</param>
/// <param name="Term">Effect that varies between its groups; empty for Residual.</param>
/// <param name="Variance">Variance; 0 on the boundary, NaN where it cannot be estimated.</param>
/// <param name="StandardDeviation">Its root.</param>
/// <param name="Correlations">Correlations with the effects before it in the same term; empty for the first.</param>
public sealed record RandomEffect(string Group, string Term, double Variance, double StandardDeviation, IReadOnlyList<double> Correlations);

/// <summary>Something a reader must know before using a figure.</summary>
/// <param name="Code">Stable code, as <c>separation</c>.</param>
/// <param name="Message">A sentence for whoever reads the table.</param>
public sealed record ModelWarning(string Code, Sentence Message);

/// <summary>Groups of one grouping factor.</summary>
/// <param name="Name">Name of the grouping.</param>
/// <param name="Count">Groups with data.</param>
public sealed record GroupCount(string Name, int Count);

/// <summary>A fitted model. Immutable.</summary>
public sealed class ModelFit
{
    internal ModelFit(ModelSpecification specification) => Specification = specification;

    /// <summary>What was asked for.</summary>
    public ModelSpecification Specification { get; }

    /// <summary>The formula as written.</summary>
    public string Formula => Specification.Formula;

    /// <summary>Distribution of the outcome.</summary>
    public Family Family => Specification.Family;

    /// <summary>Scale of the coefficients.</summary>
    public Link Link => Specification.LinkOrDefault;

    /// <summary>The method that was used, never <see cref="EstimationMethod.Automatic"/>.</summary>
    public EstimationMethod Method { get; internal init; }

    /// <summary>Quadrature points a level; null for other methods.</summary>
    public int? Points { get; internal init; }

    /// <summary>Whether the estimates are a maximum: positive definite information, and no fall of 1e-10 left.</summary>
    public bool Converged { get; internal init; }

    /// <summary>Log-likelihood with every constant (restricted under REML, penalised under Firth); NaN where there is none (GEE, quasi).</summary>
    public double LogLikelihood { get; internal init; } = double.NaN;

    /// <summary>Log-likelihood without the terms that depend on the data alone (binomial coefficients, −log y!).</summary>
    public double LogLikelihoodKernel { get; internal init; } = double.NaN;

    /// <summary>Number of estimated parameters.</summary>
    public int Parameters { get; internal init; }

    /// <summary>Akaike's criterion, 2k − 2 log L.</summary>
    public double Aic => 2.0 * Parameters - 2 * LogLikelihood;

    /// <summary>Schwarz's criterion, k log(observations) − 2 log L.</summary>
    public double Bic => Parameters * Math.Log(Observations) - 2 * LogLikelihood;

    /// <summary>Rows of data used.</summary>
    public int Observations { get; internal init; }

    /// <summary>Distinct rows of the design that they collapse to.</summary>
    public int Cells { get; internal init; }

    /// <summary>Groupings with their number of groups, as in the formula.</summary>
    public IReadOnlyList<GroupCount> Groups { get; internal init; } = [];

    /// <summary>Coefficients in R's order.</summary>
    public IReadOnlyList<FixedEffect> Fixed { get; internal init; } = [];

    /// <summary>Covariance matrix of <see cref="Fixed"/>, same order; NaN in rows without a standard error.</summary>
    public IReadOnlyList<IReadOnlyList<double>> Covariance { get; internal init; } = [];

    /// <summary>Variances of the random effects, and the residual variance.</summary>
    public IReadOnlyList<RandomEffect> Random { get; internal init; } = [];

    /// <summary>Columns left out because the data cannot tell them from the others.</summary>
    public IReadOnlyList<string> Dropped { get; internal init; } = [];

    /// <summary>What a reader must know.</summary>
    public IReadOnlyList<ModelWarning> Warnings { get; internal init; } = [];

    /// <summary>Iterations of the optimiser.</summary>
    public int Iterations { get; internal init; }

    /// <summary>Dispersion: σ² (Gaussian), φ (quasi-binomial, GEE, beta-binomial), θ (negative binomial); 1 otherwise.</summary>
    public double Dispersion { get; internal init; } = 1;

    /// <summary>Working correlation of GEE; NaN otherwise.</summary>
    public double WorkingCorrelation { get; internal init; } = double.NaN;

    /// <summary>The coefficient called <paramref name="term"/>.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public FixedEffect this[string term] => Fixed.FirstOrDefault(f => f.Term == term)
        ?? throw new UnfitInputException("numerics.model.coefficient", "The model has no coefficient '{term}'; it has {terms}.", ("term", term), ("terms", string.Join(", ", Fixed.Select(f => f.Term))));

    /// <summary>A linear combination of coefficients with its standard error, tested on the normal distribution.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="weights">Weight of each coefficient; those not named have 0.</param>
    /// <exception cref="ArgumentException">A coefficient is not in the model.</exception>
    public FixedEffect Combine(string name, IReadOnlyDictionary<string, double> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var (estimate, variance) = (0.0, 0.0);
        var terms = Fixed.Select(f => f.Term).ToList();
        foreach (var (term, weight) in weights)
        {
            estimate += weight * this[term].Estimate;
            foreach (var (other, otherWeight) in weights) variance += weight * otherWeight * Covariance[terms.IndexOf(term)][terms.IndexOf(other)];
        }
        return FitReport.Effect(name, estimate, variance, Specification.Confidence, null);
    }

    internal FittedState? State { get; init; }
}
