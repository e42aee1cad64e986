using Escala.Numerics.Data;
using Escala.Numerics.Formulas;

namespace Escala.Numerics.Models;

/// <summary>One set of covariates tried.</summary>
/// <param name="Covariates">Candidates in the model beside the terms that are forced in.</param>
/// <param name="Fit">Its fit.</param>
public sealed record SelectionStep(IReadOnlyList<string> Covariates, ModelFit Fit);

/// <summary>
/// Selection of covariates by Akaike's criterion over all subsets of the candidates, on the rows that are complete for every candidate, with
/// every term of the primary formula (period effects among them) forced in.
/// </summary>
/// <param name="Primary">The model without selection, which stays the primary analysis.</param>
/// <param name="Steps">All subsets, best criterion first.</param>
public sealed record ModelSelection(ModelFit Primary, IReadOnlyList<SelectionStep> Steps)
{
    private const int MostCandidates = 10;

    /// <summary>Fits every subset of <paramref name="candidates"/> (at most 10) added to the specification's formula.</summary>
    /// <exception cref="ArgumentException">There are too many candidates, or one is in the formula already.</exception>
    public static ModelSelection ByAic(DataFrame data, ModelSpecification specification, IReadOnlyList<string> candidates)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(specification);
        ArgumentNullException.ThrowIfNull(candidates);
        if (candidates.Count > MostCandidates) throw new UnfitInputException("numerics.model.candidates", "All subsets of {candidates} candidates are too many; state at most {most}.", ("candidates", candidates.Count), ("most", MostCandidates));
        var primary = ModelFormula.Parse(specification.Formula);
        if (candidates.FirstOrDefault(c => primary.FixedTerms.Contains(c)) is { } twice) throw new UnfitInputException("numerics.model.candidate-twice", "'{candidate}' is in the formula already.", ("candidate", twice));
        // Restricted likelihoods of different fixed effects do not compare.
        if (specification is { Family: Distributions.Family.Gaussian, Method: EstimationMethod.Automatic or EstimationMethod.Reml } && primary.Random.Count > 0)
            specification = specification with { Method = EstimationMethod.MaximumLikelihood };
        ModelFormula With(IReadOnlyList<string> added) => primary.WithFixed([.. primary.FixedTerms, .. added]);
        var common = data.SelectRows(ModelFrame.Build(With(candidates), data, Collapse.Identical, []).UsedRows);
        var steps = new List<SelectionStep>();
        for (var mask = 0; mask < 1 << candidates.Count; mask++)
        {
            string[] added = [.. candidates.Where((_, k) => (mask >> k & 1) == 1)];
            steps.Add(new SelectionStep(added, Regression.Fit(common, specification with { Formula = With(added).Text })));
        }
        return new ModelSelection(steps[0].Fit, [.. steps.OrderBy(s => s.Fit.Aic)]);
    }
}
