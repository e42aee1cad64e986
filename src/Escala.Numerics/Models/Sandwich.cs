using MathNet.Numerics.LinearAlgebra;

namespace Escala.Numerics.Models;

/// <summary>What one cluster adds to the estimating equations: its score s and its information M, in working columns.</summary>
internal sealed record ClusterContribution(double[] Score, double[,] Information);

/// <summary>
/// Robust covariance B (Σ c c′) B with corrected scores c. Every correction is a function of the n × n matrix H of a cluster applied to its
/// residuals; since D′V⁻¹ f(H) = f(MB) D′V⁻¹, it is the same function of the p × p matrix MB applied to the score: (MB)-forms of
/// Kauermann and Carroll 2001 (power −½), Mancl and DeRouen 2001 (power −1) and Fay and Graubard 2001 (its diagonal).
/// </summary>
internal static class Sandwich
{
    private const double FayGraubardBound = 0.75;

    /// <summary>Covariance in original columns; <paramref name="saturated"/> when a cluster determines a coefficient by itself.</summary>
    public static double[,] Covariance(double[,] bread, IReadOnlyList<ClusterContribution> clusters, SandwichCorrection correction, FixedDesign design, out bool saturated)
    {
        var p = design.Count;
        var b = Matrix<double>.Build.DenseOfArray(bread);
        var map = Matrix<double>.Build.DenseOfArray(design.Map());
        var root = b.Cholesky().Factor;
        var meat = Matrix<double>.Build.Dense(p, p);
        saturated = false;
        foreach (var cluster in clusters)
        {
            var s = Vector<double>.Build.DenseOfArray(cluster.Score);
            var m = Matrix<double>.Build.DenseOfArray(cluster.Information);
            Vector<double> influence;
            if (correction == SandwichCorrection.None) influence = map * (b * s);
            else if (correction == SandwichCorrection.FayGraubard)
            {
                var back = map.Transpose().Inverse();
                var diagonal = (back * m * b * map.Transpose()).Diagonal();
                var scaled = back * s;
                for (var j = 0; j < p; j++) scaled[j] /= Math.Sqrt(1 - Math.Min(FayGraubardBound, diagonal[j]));
                influence = map * (b * (map.Transpose() * scaled));
            }
            else
            {
                var spectrum = (root.Transpose() * m * root).Evd(Symmetricity.Symmetric);
                var projected = spectrum.EigenVectors.TransposeThisAndMultiply(root.TransposeThisAndMultiply(s));
                for (var j = 0; j < p; j++)
                {
                    var rest = 1 - spectrum.EigenValues[j].Real;
                    if (rest < 1e-9)
                    {
                        saturated = true;
                        projected[j] = 0;
                    }
                    else projected[j] /= correction == SandwichCorrection.ManclDeRouen ? rest : Math.Sqrt(rest);
                }
                influence = map * (root * (spectrum.EigenVectors * projected));
            }
            meat += influence.OuterProduct(influence);
        }
        return meat.ToArray();
    }
}
