using MathNet.Numerics.Distributions;

namespace Escala.Numerics.Models;

/// <summary>Likelihood-ratio test of nested models.</summary>
/// <param name="ChiSquare">Twice the difference of the log-likelihoods, at least 0.</param>
/// <param name="DegreesOfFreedom">Difference of the numbers of parameters.</param>
/// <param name="P">Its p value.</param>
/// <param name="OnBoundary">Whether the larger model adds one variance, 0 under the null: half χ²(0) and half χ²(1) (Self and Liang 1987).</param>
public sealed record LikelihoodRatioTest(double ChiSquare, int DegreesOfFreedom, double P, bool OnBoundary)
{
    /// <summary>Tests <paramref name="smaller"/> against <paramref name="larger"/>.</summary>
    /// <exception cref="ArgumentException">They are not fits of the same rows by comparable likelihoods, or not in this order.</exception>
    public static LikelihoodRatioTest Compare(ModelFit smaller, ModelFit larger)
    {
        ArgumentNullException.ThrowIfNull(smaller);
        ArgumentNullException.ThrowIfNull(larger);
        if (double.IsNaN(smaller.LogLikelihood) || double.IsNaN(larger.LogLikelihood)) throw new UnfitInputException("numerics.model.no-likelihood", "Quasi and GEE fits have no likelihood to compare.");
        if (smaller.Observations != larger.Observations) throw new UnfitInputException("numerics.model.different-rows", "The fits use different rows ({first} and {second}); fit both to the rows that are complete for both.", ("first", smaller.Observations), ("second", larger.Observations));
        if (smaller.Family != larger.Family) throw new UnfitInputException("numerics.model.different-families", "The fits are of different families.");
        var df = larger.Parameters - smaller.Parameters;
        if (df < 1) throw new UnfitInputException("numerics.model.not-larger", "The second model must have more parameters than the first.");
        var sameFixed = smaller.Fixed.Select(f => f.Term).Order(StringComparer.Ordinal).SequenceEqual(larger.Fixed.Select(f => f.Term).Order(StringComparer.Ordinal));
        if ((smaller.Method == EstimationMethod.Reml || larger.Method == EstimationMethod.Reml) && (!sameFixed || smaller.Method != larger.Method))
            throw new UnfitInputException("numerics.model.reml-compare", "Restricted likelihoods compare only between models with the same fixed effects; use ml.");
        if (smaller.Points is not null != larger.Points is not null && smaller.Random.Count > 0) throw new UnfitInputException("numerics.model.different-methods", "One fit is by quadrature and the other is not; use one method for both.");
        var chiSquare = Math.Max(0, 2 * (larger.LogLikelihood - smaller.LogLikelihood));
        var boundary = df == 1 && sameFixed;
        var p = 1 - ChiSquared.CDF(df, chiSquare);
        return new LikelihoodRatioTest(chiSquare, df, boundary ? 0.5 * p : p, boundary);
    }
}
