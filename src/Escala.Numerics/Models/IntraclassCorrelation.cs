using Escala.Numerics.Distributions;

namespace Escala.Numerics.Models;

/// <summary>Share of the variance that lies between groups.</summary>
/// <param name="Group">Grouping: two units of one group correlate by <paramref name="Value"/> (outer groupings included).</param>
/// <param name="Value">Correlation, 0 to 1.</param>
/// <param name="Scale">The scale it is on: <c>latent</c> (logit, residual variance π²/3) or <c>outcome</c> (Gaussian).</param>
public sealed record IntraclassCorrelation(string Group, double Value, string Scale)
{
    /// <summary>
    /// ICC of each grouping of a model with random intercepts (Goldstein, Browne and Rasbash 2002; Eldridge et al. 2009). Empty for links
    /// without a latent scale and for random slopes, where it depends on the covariate.
    /// </summary>
    public static IReadOnlyList<IntraclassCorrelation> Of(ModelFit fit)
    {
        ArgumentNullException.ThrowIfNull(fit);
        var gaussian = fit.Family == Family.Gaussian;
        var groups = fit.Random.Where(r => r.Group != "Residual").ToList();
        if (groups.Count == 0 || groups.Any(g => g.Term != "(Intercept)" || double.IsNaN(g.Variance)) || (!gaussian && fit.Link != Link.Logit)) return [];
        var residual = gaussian ? fit.Dispersion : Math.PI * Math.PI / 3;
        var total = groups.Sum(g => g.Variance) + residual;
        var size = fit.Groups.ToDictionary(g => g.Name, g => g.Count, StringComparer.Ordinal);
        return [.. groups.Select(g => new IntraclassCorrelation(g.Group, groups.Where(o => size[o.Group] <= size[g.Group]).Sum(o => o.Variance) / total, gaussian ? "outcome" : "latent"))];
    }
}
