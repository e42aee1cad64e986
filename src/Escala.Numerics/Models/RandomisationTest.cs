using System.Numerics;
using Escala.Numerics.CostEffectiveness;
using Escala.Numerics.SteppedWedge;

namespace Escala.Numerics.Models;

/// <summary>
/// Randomisation test of the exposure of a stepped wedge (Fisher 1935; Ji et al. 2017, Stat Methods Med Res 26:1302): the score of the
/// exposure, from the model fitted without it, against its values under every way the clusters could have been allocated to the sequences.
/// </summary>
/// <param name="Treatment">The exposure.</param>
/// <param name="P">Two-sided p: share of allocations whose score is at least as far from zero.</param>
/// <param name="Allocations">Admissible allocations (rounded above 2⁵³).</param>
/// <param name="IsExact">Whether all were enumerated; else <paramref name="P"/> is from seeded draws, counting the actual one.</param>
/// <param name="AttainableLevel">Largest two-sided level of at most 5 % that the test can have.</param>
public sealed record RandomisationTest(string Treatment, double P, double Allocations, bool IsExact, double AttainableLevel)
{
    private const int MostEnumerated = 20_000, Draws = 19_999;

    /// <summary>Tests the exposure of a stepped-wedge fit.</summary>
    /// <param name="fit">The fit.</param>
    /// <param name="seed">Seed of the draws when there are too many allocations to enumerate.</param>
    /// <param name="strata">Column of the data with the stratum of each cluster; null when clusters were allocated without strata.</param>
    /// <exception cref="ArgumentException">
    /// The fit is not of a stepped wedge by (restricted) likelihood, its exposure is part of an interaction, or the strata do not describe this allocation.
    /// </exception>
    public static RandomisationTest Of(ModelFit fit, ulong seed = 1, string? strata = null)
    {
        ArgumentNullException.ThrowIfNull(fit);
        var wedge = SteppedWedgeStructure.Find(fit) ?? throw new UnfitInputException("numerics.model.not-wedge", "The model is not a stepped wedge: it needs a random effect of the clusters, periods as a factor and a 0/1 exposure that begins once in each cluster.");
        var columns = fit.State!.Model.Design.Kept;
        if (columns.Any(c => c.Name != wedge.Treatment && c.Name.Split(':').Contains(wedge.Treatment)))
            throw new UnfitInputException("numerics.model.interaction", "With an interaction of the exposure in the model no allocation has the same null hypothesis; the randomisation test is not available for it.");
        var space = new RandomisationSpace(wedge, seed, StrataOf(fit, wedge, strata));
        return space.Test(wedge.Treatment, NullScore.Fit(fit.State.Model, wedge.Treatment));
    }

    /// <summary>Stratum of each cluster, all 0 without strata.</summary>
    internal static int[] StrataOf(ModelFit fit, SteppedWedgeStructure wedge, string? column)
    {
        var strata = new int[wedge.Clusters];
        if (column is null) return strata;
        var model = fit.State!.Model;
        var (codes, labels) = model.Frame.Data[column].AsFactor();
        Array.Fill(strata, -1);
        for (var i = 0; i < wedge.ClusterOf.Length; i++)
        {
            var code = codes[model.Frame.Representatives[model.CellsKept[i]]];
            ref var known = ref strata[wedge.ClusterOf[i]];
            if (code < 0) throw new UnfitInputException("numerics.model.stratum-missing", "'{column}' is no stratum of the clusters: one {cluster} has no value.", ("column", column), ("cluster", wedge.ClusterName));
            if (known >= 0 && known != code) throw new UnfitInputException("numerics.model.stratum-two", "'{column}' is no stratum of the clusters: one {cluster} has both {first} and {second}.", ("column", column), ("cluster", wedge.ClusterName), ("first", labels[known]), ("second", labels[code]));
            known = code;
        }
        return strata;
    }

    /// <summary>The null model's score of each cell with respect to its linear predictor.</summary>
    internal static class NullScore
    {
        public static double[] Fit(PreparedModel model, string treatment)
        {
            var without = ProfileLikelihood.Without(model, Array.FindIndex(model.Design.Kept, c => c.Name == treatment), 0);
            var problem = without.Problem(withRandom: true);
            var fit = GeneralizedLinearMixed.Maximise(without, problem);
            return Of(problem, fit.Psi);
        }

        public static double[] Of(MixedModelProblem problem, double[] psi)
        {
            var objective = new LaplaceObjective(problem);
            objective.Evaluate(psi, new double[psi.Length]);
            var score = new double[problem.Cells];
            for (var i = 0; i < score.Length; i++) score[problem.CellOrder[i]] = -objective.Residuals[i];
            return score;
        }
    }

    /// <summary>The allocations of a wedge, each as a score of its own exposure.</summary>
    internal sealed class RandomisationSpace
    {
        private readonly SteppedWedgeStructure _wedge;
        private readonly int[][] _schedules;
        private readonly int[] _actual;
        private readonly List<int[]> _allocations;

        public RandomisationSpace(SteppedWedgeStructure wedge, ulong seed, int[] strata)
        {
            _wedge = wedge;
            var firsts = Enumerable.Range(0, wedge.Clusters).Select(c => Enumerable.Range(0, wedge.Periods).FirstOrDefault(t => wedge.Exposure[c, t] == 1, wedge.Periods)).ToArray();
            int[] starts = [.. firsts.Distinct().Order()];
            _schedules = [.. starts.Select(s => (int[])[.. Enumerable.Range(0, wedge.Periods).Select(t => t >= s ? 1 : 0)])];
            _actual = [.. firsts.Select(f => Array.IndexOf(starts, f))];
            var space = new AllocationSpace(strata, [.. starts.Select(s => firsts.Count(f => f == s))]);
            Count = space.Count;
            if (Count <= MostEnumerated)
            {
                _allocations = [.. space.Enumerate().Select(a => (int[])a.Clone())];
                if (!_allocations.Exists(a => a.SequenceEqual(_actual))) throw new UnfitInputException("numerics.model.strata-impossible", "The clusters' sequences could not have come from these strata: some stratum is not spread as evenly over the sequences as its size allows. State the strata that were used, or none.");
                return;
            }
            var stream = new CounterStream(seed, CounterStream.StreamOf("allocations of the randomisation test"), 0);
            _allocations = [_actual];
            for (var k = 0; k < Draws; k++) _allocations.Add(space.Draw(ref stream));
        }

        public BigInteger Count { get; }

        public RandomisationTest Test(string treatment, double[] score)
        {
            var all = Statistics(score, out var observed);
            Array.Sort(all);
            var (level, equal) = (0.0, 0);
            // Over sorted statistics the share at least as far only falls, so the first that comes to 5 % is the largest.
            foreach (var at in all)
            {
                while (all[equal] < Least(at)) equal++;
                level = (all.Length - equal) / (double)all.Length;
                if (level <= 0.05) break;
            }
            return new RandomisationTest(treatment, Share(all, observed), (double)Count, Count <= MostEnumerated, level <= 0.05 ? level : 0);
        }

        /// <summary>Two-sided p alone.</summary>
        public double P(double[] score) => Share(Statistics(score, out var observed), observed);

        private static double Share(double[] all, double observed) => all.Count(s => s >= Least(observed)) / (double)all.Length;

        /// <summary>Allocations of equal score differ by rounding; they count as equal.</summary>
        private static double Least(double statistic) => statistic * (1 - 1e-9);

        /// <summary>Distance from zero of the score of every allocation, from what each cluster would add under each schedule.</summary>
        private double[] Statistics(double[] score, out double observed)
        {
            var part = new double[_wedge.Clusters, _schedules.Length];
            for (var i = 0; i < score.Length; i++)
                for (var s = 0; s < _schedules.Length; s++)
                    if (_schedules[s][_wedge.PeriodOf[i]] == 1) part[_wedge.ClusterOf[i], s] += score[i];
            double Statistic(int[] allocation)
            {
                double sum = 0;
                for (var c = 0; c < allocation.Length; c++) sum += part[c, allocation[c]];
                return Math.Abs(sum);
            }
            observed = Statistic(_actual);
            var all = new double[_allocations.Count];
            for (var k = 0; k < all.Length; k++) all[k] = Statistic(_allocations[k]);
            return all;
        }
    }
}
