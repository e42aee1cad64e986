using MathNet.Numerics.LinearAlgebra;

namespace Escala.Numerics.Quadrature;

/// <summary>
/// Gauss-Hermite rule: ∫ f(x) dx ≈ Σ W_k f(x_k) with W_k = w_k exp(x_k²), for f near exp(−x²) times a polynomial of degree below 2n. Nodes are
/// the eigenvalues of the Jacobi matrix (Golub and Welsch 1969), the weights 1 / Σ_j ψ_j(x_k)² over the Hermite functions below n.
/// </summary>
internal sealed class GaussHermite
{
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<int, GaussHermite> s_rules = new();

    private GaussHermite(double[] nodes, double[] logWeights) => (Nodes, LogWeights) = (nodes, logWeights);

    public double[] Nodes { get; }

    /// <summary>log W_k.</summary>
    public double[] LogWeights { get; }

    public static GaussHermite Of(int points) => s_rules.GetOrAdd(points, Compute);

    private static GaussHermite Compute(int n)
    {
        var jacobi = Matrix<double>.Build.Dense(n, n, (i, j) => Math.Abs(i - j) == 1 ? Math.Sqrt(Math.Max(i, j) / 2.0) : 0);
        double[] nodes = [.. jacobi.Evd(Symmetricity.Symmetric).EigenValues.Select(v => v.Real).Order()];
        // The rule is symmetric; let it be so to the last bit.
        for (var k = 0; k < n / 2; k++) (nodes[k], nodes[n - 1 - k]) = (-0.5 * (nodes[n - 1 - k] - nodes[k]), 0.5 * (nodes[n - 1 - k] - nodes[k]));
        if (n % 2 == 1) nodes[n / 2] = 0;
        return new GaussHermite(nodes, [.. nodes.Select(x => LogWeight(n, x))]);
    }

    private static double LogWeight(int n, double x)
    {
        var (previous, current) = (0.0, Math.Pow(Math.PI, -0.25) * Math.Exp(-0.5 * x * x));
        double sum = 0;
        for (var j = 0; j < n; j++)
        {
            sum += current * current;
            (previous, current) = (current, x * Math.Sqrt(2.0 / (j + 1)) * current - Math.Sqrt(j / (j + 1.0)) * previous);
        }
        return -Math.Log(sum);
    }
}
