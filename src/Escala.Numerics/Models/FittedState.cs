using Escala.Numerics.Distributions;
using Escala.Numerics.Formulas;

namespace Escala.Numerics.Models;

/// <summary>
/// A model laid out for estimation: the frame, the cells that inform it (those a separating direction predicts perfectly are left out), the
/// columns that can be estimated and the directions in which the likelihood rises for ever.
/// </summary>
internal sealed record PreparedModel(ModelSpecification Specification, ModelFrame Frame, ModelData All, ModelData Data, FixedDesign Design)
{
    public required ResponseKernel Kernel { get; init; }

    /// <summary>The outcome was divided by this (Gaussian only), so that steps and tolerances have one scale.</summary>
    public required double ResponseScale { get; init; }

    /// <summary>Sign of infinity of each separated column, by name.</summary>
    public required IReadOnlyDictionary<string, int> Separated { get; init; }

    /// <summary>Cells of <see cref="Frame"/> in <see cref="Data"/>.</summary>
    public required int[] CellsKept { get; init; }

    public required List<ModelWarning> Warnings { get; init; }

    public MixedModelProblem Problem(bool withRandom, bool integrateFixed = false) =>
        MixedModelProblem.Build(Kernel, Data.Responses, Data.Offset, Design.Working, withRandom ? Data.Random : [], integrateFixed);
}

/// <summary>What a fit keeps for what comes after it: prediction, profiles, influence.</summary>
internal sealed record FittedState(PreparedModel Model, double[] Coefficients, double[,]? Covariance)
{
    /// <summary>The mixed model and its maximum; null without random effects.</summary>
    public MixedModelProblem? Problem { get; init; }

    public MarginalFit? Marginal { get; init; }
}
