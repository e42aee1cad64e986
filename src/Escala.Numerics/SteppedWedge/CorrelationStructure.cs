namespace Escala.Numerics.SteppedWedge;

/// <summary>
/// How alike the outcomes of one cluster are, within a period, between periods and within a person, in shares of the total variance of one
/// person's outcome (Hussey and Hughes 2007; Hooper et al. 2016; Kasza et al. 2019).
/// </summary>
public sealed record CorrelationStructure
{
    /// <summary>Intracluster correlation of two persons in one cluster and period, 0 to below 1.</summary>
    public double Icc
    {
        get;
        init => field = value < 1
            ? Share(value, nameof(Icc))
            : throw new UnfitInputException("numerics.design.icc", "The intracluster correlation is below 1: at 1 the persons of a cluster are one person.");
    }

    /// <summary>
    /// Cluster autocorrelation, 0 to 1: the correlation of a cluster's mean in two periods, over that in one. 1 is Hussey and Hughes' model;
    /// below 1 nested exchangeable.
    /// </summary>
    public double ClusterAutocorrelation { get; init => field = Share(value, nameof(ClusterAutocorrelation)); } = 1;

    /// <summary>
    /// Individual autocorrelation, 0 to 1: correlation of one person's two measurements beyond what the cluster explains, in a closed cohort
    /// (block exchangeable). 0 is a cross-sectional trial.
    /// </summary>
    public double IndividualAutocorrelation { get; init => field = Share(value, nameof(IndividualAutocorrelation)); }

    /// <summary>
    /// Exponential decay, 0 to 1: the between-period correlation of a cluster is multiplied by this for each further period
    /// (Kasza 2019), on top of <see cref="ClusterAutocorrelation"/>. 1 is no decay.
    /// </summary>
    public double Decay { get; init => field = Share(value, nameof(Decay)); } = 1;

    /// <summary>Variance of the treatment effect between clusters, at least 0, as a share of the total variance; independent of the cluster's level.</summary>
    public double RandomTreatment { get; init => field = Share(value, nameof(RandomTreatment)); }

    /// <summary>Cluster means are equally correlated at any distance and the effect is the same everywhere: closed forms exist.</summary>
    public bool IsExchangeable => Decay == 1 && RandomTreatment == 0;

    /// <summary>Correlation of a cluster's level in two periods, over that in one: 1 in the same period.</summary>
    /// <param name="lag">Number of periods apart, at least 0.</param>
    /// <returns>The ratio, 0 to 1.</returns>
    public double Autocorrelation(int lag) => lag == 0 ? 1 : ClusterAutocorrelation * Math.Pow(Decay, lag);

    /// <summary>Covariance of two cell means of one cluster, in units of the total variance.</summary>
    internal double Covariance(TrialLayout layout, int cluster, int first, int second)
    {
        // In a closed cohort of unequal counts the smaller group is taken to be contained in the larger one.
        double persons = Math.Max(layout.Size(cluster, first), layout.Size(cluster, second));
        double individual = (1 - Icc) * (first == second ? 1 : IndividualAutocorrelation) / persons;
        double treatment = RandomTreatment * layout.Exposure(cluster, first) * layout.Exposure(cluster, second);
        return (Icc * Autocorrelation(Math.Abs(first - second))) + individual + treatment;
    }

    private static double Share(double value, string name) => value is >= 0 and <= 1
        ? value
        : throw new UnfitInputException("numerics.design.share", "{parameter} is a share between 0 and 1.", ("parameter", name));
}
