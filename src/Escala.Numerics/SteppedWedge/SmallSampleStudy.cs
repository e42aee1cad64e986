using Escala.Numerics.Comparison;
using Escala.Numerics.Simulation;

namespace Escala.Numerics.SteppedWedge;

/// <summary>Simulated behaviour of one analysis in one design.</summary>
/// <param name="Name">What is fitted and which reference distribution is used.</param>
/// <param name="Df">Degrees of freedom of a t test; null for the normal and the randomisation test.</param>
/// <param name="FalsePositive">Share of trials without an effect in which the test rejects.</param>
/// <param name="Power">Share of trials with the effect in which the test rejects.</param>
public sealed record SmallSampleMethod(string Name, double? Df, double FalsePositive, double Power);

/// <summary>
/// What a trial with few clusters can really expect of each analysis: trials are simulated with the stated correlation, proportions and counts
/// as such, and their cell means analysed by each method, without and with the effect. Same seed, same bits, whatever the number of threads.
/// </summary>
public sealed record SmallSampleStudy
{
    /// <summary>Most allocations that the randomisation test enumerates; beyond it draws this many less one.</summary>
    public const int MostAllocations = 1000;

    /// <summary>Simulated trials.</summary>
    public required int Replicates { get; init; }

    /// <summary>Seed of the simulation.</summary>
    public required ulong Seed { get; init; }

    /// <summary>What was simulated, in words.</summary>
    public required Sentence Simulated { get; init; }

    /// <summary>Allocations the randomisation test compares, the actual one included.</summary>
    public required int Allocations { get; init; }

    /// <summary>Whether those are all allocations there are; otherwise a seeded sample.</summary>
    public required bool AllAllocations { get; init; }

    /// <summary>The largest level at or below the nominal one that the randomisation test can attain; 0 when it can never reject.</summary>
    public required double AttainableLevel { get; init; }

    /// <summary>One entry an analysis.</summary>
    public required IReadOnlyList<SmallSampleMethod> Methods { get; init; }

    /// <summary>Monte Carlo standard error of a share near <paramref name="rate"/>.</summary>
    /// <param name="rate">A rejection rate, 0 to 1.</param>
    /// <returns>Its standard error.</returns>
    public double MonteCarloError(double rate) => Math.Sqrt(rate * (1 - rate) / Replicates);

    /// <summary>Simulates the design.</summary>
    /// <param name="layout">The design; its effect must be estimable and at least two clusters observed.</param>
    /// <param name="truth">Correlation of the simulated data.</param>
    /// <param name="outcome">Effect and total variance.</param>
    /// <param name="alpha">Nominal two-sided level, above 0 and below 1.</param>
    /// <param name="replicates">Simulated trials, at least 1.</param>
    /// <param name="seed">Seed of the simulation.</param>
    /// <param name="progress">Told how many trials are done; null for nobody.</param>
    /// <returns>False-positive rate and power of each analysis.</returns>
    /// <exception cref="ArgumentException">The effect is not estimable, or the residual has no degrees of freedom.</exception>
    public static SmallSampleStudy Run(
        TrialLayout layout, CorrelationStructure truth, TrialOutcome outcome, double alpha = 0.05, int replicates = 2000, ulong seed = 1,
        IProgress<(long Done, long Of)>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(truth);
        Tail.CheckConfidence(alpha);
        UnfitInputException.ThrowIfLessThan(replicates, 1);
        if (TreatmentVariance.GeneralisedLeastSquares(layout, truth).Reason is { } reason)
        {
            throw new UnfitInputException(reason);
        }
        var design = EffectDesign.Create(layout, EffectModel.Constant);
        var cells = new ClusterInterceptModel(design, residualVariance: null);
        if (cells.ResidualDf < 1)
        {
            throw new UnfitInputException("numerics.design.few-cells", "Too few cells are observed to estimate a variance: nothing is left after the periods, clusters and the effect.");
        }
        var visits = new ClusterInterceptModel(design, [.. design.Clusters.SelectMany(c => VisitVariances(layout, truth, c.Cluster, outcome))]);
        var randomisation = RandomisationWeights.Create(layout, truth, seed);
        var rejections = new Rejections[replicates];
        var simulator = new CellMeanSimulator(layout, design, truth, outcome);
        SideBySide.Run(replicates, r => rejections[r] = new(Analyse(simulator.Draw(seed, (uint)r, effect: false)), Analyse(simulator.Draw(seed, (uint)r, effect: true))), progress);

        bool[] Analyse(double[] means)
        {
            var (cellEstimate, cellError) = cells.Fit(means);
            var (visitEstimate, visitError) = visits.Fit(means);
            double[] p =
            [
                Tail.NormalTwoSided(visitEstimate / visitError),
                Tail.NormalTwoSided(cellEstimate / cellError),
                Tail.StudentTwoSided(cellEstimate / cellError, Math.Max(1, layout.Clusters - 2)),
                Tail.StudentTwoSided(cellEstimate / cellError, cells.ResidualDf),
                randomisation.PValue(means),
            ];
            return [.. p.Select(v => v <= alpha)];
        }
        double Rate(Func<Rejections, bool[]> side, int method) => (double)rejections.Count(r => side(r)[method]) / replicates;
        SmallSampleMethod Method(int k, string name, double? df) => new(name, df, Rate(r => r.Null, k), Rate(r => r.Effect, k));
        return new SmallSampleStudy
        {
            Replicates = replicates,
            Seed = seed,
            Simulated = simulator.InWords,
            Allocations = randomisation.Count,
            AllAllocations = randomisation.IsComplete,
            AttainableLevel = Math.Floor((alpha * randomisation.Count) + 1e-9) / randomisation.Count,
            Methods =
            [
                Method(0, "visits, cluster intercept only, z", null),
                Method(1, "cells, cluster intercept, z", null),
                Method(2, "cells, cluster intercept, t on clusters − 2", Math.Max(1, layout.Clusters - 2)),
                Method(3, "cells, cluster intercept, t on residual df", cells.ResidualDf),
                Method(4, "randomisation test", null),
            ],
        };
    }

    private static IEnumerable<double> VisitVariances(TrialLayout layout, CorrelationStructure truth, int cluster, TrialOutcome outcome) =>
        Enumerable.Range(0, layout.Periods).Where(t => layout.IsObserved(cluster, t))
            .Select(t => outcome.TotalVariance * (1 - truth.Icc) / layout.Size(cluster, t));

    private readonly record struct Rejections(bool[] Null, bool[] Effect);
}
