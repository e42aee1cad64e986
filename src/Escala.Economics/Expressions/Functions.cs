using Escala.Economics.Packs;
using Escala.Numerics.Risk;

namespace Escala.Economics.Expressions;

/// <summary>A function on a risk score: the probability of an endpoint, or the yearly hazard of an ageing cohort that adds up to it.</summary>
internal sealed record RiskFunction(RiskScore Score, RiskEndpoint? Endpoint, bool IsRate)
{
    public double Pick(EndpointRisks risks) => Endpoint is null ? risks.Total : Endpoint.Of(risks);
}

/// <summary>The functions that a formula can call, beside the model's own tables.</summary>
internal static class Functions
{
    private static readonly Lazy<IReadOnlyDictionary<string, RiskFunction>> s_risk = new(() => RiskScores.All.SelectMany(Of).ToDictionary());

    /// <summary>Number of arguments of each; -1 for one or more.</summary>
    public static IReadOnlyDictionary<string, int> Arity { get; } = new Dictionary<string, int>
    {
        ["min"] = -1,
        ["max"] = -1,
        ["exp"] = 1,
        ["ln"] = 1,
        ["sqrt"] = 1,
        ["abs"] = 1,
        ["floor"] = 1,
        ["normal_quantile"] = 1,
        ["probability"] = 1,
        ["rate"] = 2,
        ["present_years"] = 1,
        ["age_weighted_years"] = 2,
        ["annuity"] = 3,
        ["other_cause"] = 3,
        ["inflate"] = 3,
        ["exchange"] = 2,
        ["purchasing_power"] = 3,
    };

    public static IReadOnlyDictionary<string, RiskFunction> Risk => s_risk.Value;

    /// <summary>Variables of the clock.</summary>
    public static IReadOnlyList<string> Time { get; } = ["cycle", "time", "age", "year"];

    private static IEnumerable<KeyValuePair<string, RiskFunction>> Of(RiskScore score)
    {
        foreach (var endpoint in score.Endpoints.Prepend(null))
        {
            var name = endpoint is null ? score.Function : $"{score.Function}_{endpoint.Name}";
            yield return new(name, new RiskFunction(score, endpoint, false));
            yield return new(name + "_rate", new RiskFunction(score, endpoint, true));
        }
    }
}
