using Escala.Numerics.Models;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;

namespace Escala.Numerics.CostEffectiveness;

/// <summary>
/// What one cluster adds to the normal equations of generalised least squares with period effects, at given ratios of the random variances to the
/// residual one. A replicate of a cluster bootstrap is a sum of these, so that no data are touched again.
/// </summary>
/// <param name="Information">X' V⁻¹ X; the last column is exposure, those before it periods.</param>
/// <param name="Score">X' V⁻¹ y.</param>
internal sealed record ClusterSums(Matrix<double> Information, Vector<double> Score)
{
    /// <summary>Variances of clusters and of facilities within them, over the residual variance.</summary>
    public static (double Cluster, double Facility) Ratios(ModelFit fit, bool hasFacilities)
    {
        double Of(Func<RandomEffect, bool> which) => fit.Random.Where(which).Select(r => r.Variance).Where(double.IsFinite).DefaultIfEmpty(0).First();
        var residual = Of(r => r.Group == "Residual");
        if (!(residual > 0)) return (0, 0);
        return (Of(r => r.Group == "cluster") / residual, hasFacilities ? Of(r => r.Group is not ("cluster" or "Residual")) / residual : 0);
    }

    public static IReadOnlyList<ClusterSums> Of(TrialData trial, double[] outcome, (double Cluster, double Facility) ratios)
    {
        var clusters = trial.Clusters;
        var periods = trial.Periods.Select((p, i) => (p, i)).ToDictionary(x => x.p, x => x.i, StringComparer.Ordinal);
        var rows = Enumerable.Range(0, trial.Rows).ToLookup(i => trial.ClusterLabels[i], StringComparer.Ordinal);
        return [.. clusters.Select(c => Of([.. rows[c]], trial, outcome, periods, ratios))];
    }

    /// <summary>The coefficient of exposure in the clusters drawn; NaN where it cannot be estimated.</summary>
    public static double Treatment(IReadOnlyList<ClusterSums> clusters, IReadOnlyList<int> drawn)
    {
        var size = clusters[0].Score.Count;
        var information = new DenseMatrix(size, size);
        Vector<double> score = new DenseVector(size);
        foreach (var c in drawn)
        {
            clusters[c].Information.Add(information, information);
            score = score.Add(clusters[c].Score);
        }
        // Gaussian elimination in order: what is left for the last column is exposure with the periods taken out.
        for (var k = 0; k < size - 1; k++)
        {
            var pivot = information[k, k];
            // A period that no drawn cluster saw has no effect to take out.
            if (pivot <= 1e-9) continue;
            for (var i = k + 1; i < size; i++)
            {
                var factor = information[i, k] / pivot;
                if (factor == 0) continue;
                for (var j = k + 1; j < size; j++) information[i, j] -= factor * information[k, j];
                score[i] -= factor * score[k];
            }
        }
        return information[size - 1, size - 1] > 1e-9 ? score[size - 1] / information[size - 1, size - 1] : double.NaN;
    }

    private static ClusterSums Of(int[] rows, TrialData trial, double[] outcome, Dictionary<string, int> periods, (double Cluster, double Facility) ratios)
    {
        var size = periods.Count + 1;
        var facilities = rows.Select(i => trial.FacilityLabels[i]).Distinct(StringComparer.Ordinal).Select((f, i) => (f, i)).ToDictionary(x => x.f, x => x.i + 1, StringComparer.Ordinal);
        var information = new DenseMatrix(size, size);
        var score = new DenseVector(size);
        var effects = facilities.Count + 1;
        DenseMatrix crossed = new(size, effects), random = new(effects, effects);
        var randomScore = new DenseVector(effects);
        foreach (var i in rows)
        {
            Span<(int Column, double Value)> x = [(periods[trial.PeriodLabels[i]], 1), (size - 1, trial.Treated[i])];
            ReadOnlySpan<int> z = [0, facilities[trial.FacilityLabels[i]]];
            foreach (var (a, v) in x)
            {
                foreach (var (b, w) in x) information[a, b] += v * w;
                foreach (var r in z) crossed[a, r] += v;
                score[a] += v * outcome[i];
            }
            foreach (var r in z)
            {
                foreach (var q in z) random[r, q] += 1;
                randomScore[r] += outcome[i];
            }
        }
        // V⁻¹ = I - Z (D⁻¹ + Z'Z)⁻¹ Z' = I - Z D (I + Z'Z D)⁻¹ Z', which also serves variances of zero.
        var d = DenseMatrix.CreateDiagonal(effects, effects, r => r == 0 ? ratios.Cluster : ratios.Facility);
        var inner = d * (DenseMatrix.CreateIdentity(effects) + random * d).Inverse();
        return new ClusterSums(information - crossed * inner * crossed.Transpose(), score - crossed * inner * randomScore);
    }
}
