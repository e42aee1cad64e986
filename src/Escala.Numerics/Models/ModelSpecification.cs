using Escala.Numerics.Distributions;

namespace Escala.Numerics.Models;

/// <summary>How a model is estimated.</summary>
public enum EstimationMethod
{
    /// <summary>What fits the formula: REML for Gaussian mixed models, Laplace (quadrature where Laplace is known to be off) for others, else GLM.</summary>
    Automatic,

    /// <summary>Maximum likelihood with random effects integrated by the Laplace approximation (Breslow and Clayton 1993; exact if Gaussian).</summary>
    Laplace,

    /// <summary>Maximum likelihood with random intercepts integrated by adaptive Gauss-Hermite quadrature (Pinheiro and Bates 1995), nested levels too.</summary>
    Quadrature,

    /// <summary>Maximum likelihood of a Gaussian mixed model.</summary>
    MaximumLikelihood,

    /// <summary>Restricted maximum likelihood of a Gaussian mixed model (Patterson and Thompson 1971).</summary>
    Reml,

    /// <summary>Generalised linear model by Fisher scoring (McCullagh and Nelder 1989).</summary>
    Glm,

    /// <summary>Logistic regression with Firth's penalty (Firth 1993; Heinze and Schemper 2002): finite under separation.</summary>
    Firth,

    /// <summary>Generalised estimating equations (Liang and Zeger 1986).</summary>
    Gee,
}

/// <summary>Working correlation among the individuals of a cluster.</summary>
public enum WorkingCorrelation
{
    /// <summary>One correlation for every pair.</summary>
    Exchangeable,

    /// <summary>None.</summary>
    Independence,
}

/// <summary>Small-sample correction of a sandwich variance.</summary>
public enum SandwichCorrection
{
    /// <summary>None: CR0.</summary>
    None,

    /// <summary>Kauermann and Carroll 2001, with the principal root of I − H.</summary>
    KauermannCarroll,

    /// <summary>Mancl and DeRouen 2001: (I − H)⁻¹.</summary>
    ManclDeRouen,

    /// <summary>Fay and Graubard 2001, with bound 0.75.</summary>
    FayGraubard,

    /// <summary>CR2 with Satterthwaite degrees of freedom (Bell and McCaffrey 2002; Pustejovsky and Tipton 2018), for a GLM.</summary>
    BellMcCaffrey,
}

/// <summary>Degrees of freedom of the t tests of a Gaussian mixed model.</summary>
public enum DegreesOfFreedom
{
    /// <summary>Normal distribution.</summary>
    Infinite,

    /// <summary>Satterthwaite 1946, as Giesbrecht and Burns 1985.</summary>
    Satterthwaite,

    /// <summary>Kenward and Roger 1997, which widens the standard errors too.</summary>
    KenwardRoger,
}

/// <summary>What is to be fitted. The same specification on the same data gives the same bits.</summary>
/// <param name="Formula">Model in R's formula language; see <see cref="Formulas.ModelFormula"/>.</param>
public sealed record ModelSpecification(string Formula)
{
    /// <summary>Distribution of the outcome; binomial by default.</summary>
    public Family Family { get; init; } = Family.Binomial;

    /// <summary>Scale of the predictor; by default the canonical one, and log for negative binomial.</summary>
    public Link? Link { get; init; }

    /// <summary>Estimation method.</summary>
    public EstimationMethod Method { get; init; }

    /// <summary>Most quadrature points a level.</summary>
    public const int MostPoints = 400;

    /// <summary>Quadrature points a level (1 to <see cref="MostPoints"/>); by default raised until the log-likelihood moves by less than 1e-6.</summary>
    public int? Points { get; init; }

    /// <summary>Working correlation of GEE.</summary>
    public WorkingCorrelation Correlation { get; init; }

    /// <summary>Column that names the clusters of GEE, or of a robust variance of a GLM.</summary>
    public string? Cluster { get; init; }

    /// <summary>Small-sample correction of the sandwich; only with <see cref="Cluster"/>.</summary>
    public SandwichCorrection Correction { get; init; }

    /// <summary>Degrees of freedom of a Gaussian mixed model's tests.</summary>
    public DegreesOfFreedom DegreesOfFreedom { get; init; }

    /// <summary>Coverage of the intervals, 0 to 1.</summary>
    public double Confidence { get; init; } = 0.95;

    internal Link LinkOrDefault => Link ?? Family switch
    {
        Family.Gaussian => Distributions.Link.Identity,
        Family.Poisson or Family.NegativeBinomial => Distributions.Link.Log,
        _ => Distributions.Link.Logit,
    };

    internal bool IsBinomial => Family is Family.Binomial or Family.QuasiBinomial or Family.BetaBinomial;

    internal void Validate()
    {
        if (Confidence is not (> 0 and < 1)) throw new UnfitInputException("numerics.model.confidence", "Confidence lies between 0 and 1.");
        if (Points is < 1 or > MostPoints) throw new UnfitInputException("numerics.model.points", "Quadrature takes 1 to {most} points a level.", ("most", MostPoints));
        if (LinkOrDefault == Distributions.Link.Logit && !IsBinomial) throw new UnfitInputException("numerics.model.logit", "The logit link is for proportions, not for the {family} family; use log or identity.", ("family", Family));
        if (Method == EstimationMethod.Firth && (Family != Family.Binomial || LinkOrDefault != Distributions.Link.Logit))
            throw new UnfitInputException("numerics.model.firth", "Firth's penalty is implemented for logistic regression: family binomial, link logit.");
        if (Method == EstimationMethod.Gee && Cluster is null) throw new UnfitInputException("numerics.model.gee-cluster", "GEE needs the column that names the clusters (--cluster).");
        if (Method == EstimationMethod.Gee && Family is Family.NegativeBinomial or Family.BetaBinomial) throw new UnfitInputException("numerics.model.gee-family", "GEE estimates its own dispersion; use the binomial, Poisson or Gaussian family.");
        if (Method is EstimationMethod.MaximumLikelihood or EstimationMethod.Reml && Family != Family.Gaussian)
            throw new UnfitInputException("numerics.model.ml-family", "ml and reml are for the Gaussian family; for {family} use laplace or quadrature.", ("family", Family));
        if (Method == EstimationMethod.Quadrature && Family == Family.Gaussian) throw new UnfitInputException("numerics.model.gaussian-quadrature", "A Gaussian outcome needs no quadrature; use ml or reml.");
        if (DegreesOfFreedom != DegreesOfFreedom.Infinite && (Family != Family.Gaussian || Method is not (EstimationMethod.Automatic or EstimationMethod.Reml)))
            throw new UnfitInputException("numerics.model.df-reml", "Satterthwaite and Kenward-Roger degrees of freedom belong to Gaussian mixed models fitted by REML.");
        if (Cluster is not null && Method is not (EstimationMethod.Gee or EstimationMethod.Glm or EstimationMethod.Automatic))
            throw new UnfitInputException("numerics.model.cluster-mixed", "A cluster column is for GEE and for the robust variance of a GLM; in a mixed model the clusters stand in the formula.");
        if (Cluster is not null && Family is Family.NegativeBinomial or Family.BetaBinomial) throw new UnfitInputException("numerics.model.robust-family", "Robust variances are for families without a dispersion parameter in the likelihood; use the binomial, Poisson, quasi-binomial or Gaussian family.");
        if (Correction == SandwichCorrection.BellMcCaffrey && Method == EstimationMethod.Gee) throw new UnfitInputException("numerics.model.bell-mccaffrey-gee", "CR2 belongs to generalised linear models (--method glm); for GEE its counterpart is kc.");
        if (Correction != SandwichCorrection.None && Cluster is null) throw new UnfitInputException("numerics.model.correction-cluster", "A small-sample correction needs the column that names the clusters (--cluster).");
    }
}
