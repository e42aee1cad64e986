using Escala.Cli.Stores;
using Escala.Numerics;
using Escala.Numerics.SteppedWedge;
using SampleSearch = Escala.Numerics.SteppedWedge.SampleSize;
using TestPower = Escala.Numerics.SteppedWedge.Power;

namespace Escala.Cli.Statistics;

internal sealed record PowerReading(int Periods, string Variance, double Power, double DetectableDifference);

internal sealed record PowerSensitivity(double Cac, double Power, double DetectableDifference, double? FalsePositive);

internal sealed record PowerSampleSize(double TargetPower, int? ClustersPerSequence, int? SizePerCell);

internal sealed record SmallSampleRow(double Cac, IReadOnlyList<SmallSampleMethod> Methods);

internal sealed record SmallSampleTable(
    int Replicates, ulong Seed, Sentence Simulated, int Allocations, bool AllAllocations, double AttainableLevel, IReadOnlyList<SmallSampleRow> Rows);

/// <summary>What the fitted model itself found in simulated trials; effects are on the scale of the link: log odds ratios, log rate ratios or differences.</summary>
internal sealed record ModelPower(
    string Formula, int Replicates, ulong Seed, double FalsePositive, double Power, double TrueEffect, double MeanEstimate, double EstimateDeviation, double MeanStandardError,
    int NullWithoutEstimate, int EffectWithoutEstimate)
{
    public static ModelPower Of(SimulatedPower p) => new(
        p.Formula, p.Replicates, p.Seed, p.FalsePositive, p.Power, p.TrueEffect, p.MeanEstimate, p.EstimateDeviation, p.MeanStandardError, p.WithoutEstimate.Null, p.WithoutEstimate.Effect);
}

/// <summary>What <c>escala power --json</c> prints.</summary>
internal sealed record PowerAnswer
{
    public required string Method { get; init; }

    public required int Clusters { get; init; }

    public required int Sequences { get; init; }

    public required int Periods { get; init; }

    public required string Layout { get; init; }

    /// <summary>Variance of the estimated effect.</summary>
    public required double Variance { get; init; }

    public required double Se { get; init; }

    public required double Difference { get; init; }

    public required double TotalVariance { get; init; }

    public required double Power { get; init; }

    public required double DetectableDifference { get; init; }

    public required string Test { get; init; }

    public required double? Df { get; init; }

    public required Sentence? Reason { get; init; }

    public required PowerSampleSize SampleSize { get; init; }

    public required IReadOnlyList<PowerReading>? Readings { get; init; }

    public required IReadOnlyList<PowerSensitivity> Sensitivity { get; init; }

    /// <summary>Of normal cell means, which the closed form stands on.</summary>
    public required SmallSampleTable? SmallSample { get; init; }

    /// <summary>Of the outcome itself when it is not normal.</summary>
    public required SmallSampleTable? SmallSampleOfOutcome { get; init; }

    public required ModelPower? Simulated { get; init; }

    public required IReadOnlyList<Sentence> Notes { get; init; }

    public static PowerAnswer To(PowerQuestion q, IReadOnlyList<double> autocorrelations)
    {
        var outcome = q.Outcome(q.Reading);
        var result = TreatmentVariance.Of(q.Layout, q.Correlation, q.Effect);
        double variance = result.Value * outcome.TotalVariance, se = Math.Sqrt(variance), df = q.Df(q.Layout.Clusters);
        double[] cacs = [.. autocorrelations.Append(q.Correlation.ClusterAutocorrelation).Distinct().OrderDescending()];
        List<Sentence> notes = [.. NotesOn(q)];
        return new PowerAnswer
        {
            Method = result.Method,
            Clusters = q.Layout.Clusters,
            Sequences = q.Layout.Sequences,
            Periods = q.Layout.Periods,
            Layout = q.Layout.ToString(),
            Variance = variance,
            Se = se,
            Difference = outcome.Difference,
            TotalVariance = outcome.TotalVariance,
            Power = TestPower.Of(outcome.Difference, se, q.Alpha, df),
            DetectableDifference = TestPower.DetectableDifference(q.Target, se, q.Alpha, df),
            Test = double.IsPositiveInfinity(df) ? "z" : "t",
            Df = double.IsPositiveInfinity(df) ? null : df,
            Reason = result.Reason,
            SampleSize = SampleSizeFor(q, outcome),
            Readings = q.HasReadings ? [.. ReadingsOf(q)] : null,
            // One period has no correlation between periods.
            Sensitivity = q.Layout.Periods == 1 ? [] : [.. cacs.Select(cac => SensitivityTo(q, outcome, cac))],
            SmallSample = result.Reason is null ? SmallSampleOf(q, outcome.AsMeasurement(), cacs, notes) : null,
            SmallSampleOfOutcome = result.Reason is null && outcome.Kind != OutcomeKind.Measurement ? SmallSampleOf(q, outcome, cacs, notes) : null,
            Simulated = q.Simulation is { } simulate ? ModelPower.Of(simulate(q)) : null,
            Notes = notes,
        };
    }

    private static (double Power, double Detectable) Compute(PowerQuestion q, TrialLayout layout, CorrelationStructure correlation, TrialOutcome outcome)
    {
        double se = Math.Sqrt(TreatmentVariance.Of(layout, correlation, q.Effect).Value * outcome.TotalVariance), df = q.Df(layout.Clusters);
        return (TestPower.Of(outcome.Difference, se, q.Alpha, df),
            TestPower.DetectableDifference(q.Target, se, q.Alpha, df));
    }

    private static IEnumerable<PowerReading> ReadingsOf(PowerQuestion q)
    {
        TrialLayout[] layouts = q.Longer is null ? [q.Layout] : [q.Layout, q.Longer];
        foreach (var layout in layouts)
        {
            foreach (var reading in Enum.GetValues<VarianceReading>())
            {
                var (power, detectable) = Compute(q, layout, q.Correlation, q.Outcome(reading));
                yield return new(layout.Periods, reading == VarianceReading.Baseline ? "baseline" : "mean", power, detectable);
            }
        }
    }

    private static PowerSensitivity SensitivityTo(PowerQuestion q, TrialOutcome outcome, double cac)
    {
        var truth = q.Correlation with { ClusterAutocorrelation = cac };
        var (power, detectable) = Compute(q, q.Layout, truth, outcome);
        var assumed = new CorrelationStructure { Icc = truth.Icc, IndividualAutocorrelation = truth.IndividualAutocorrelation };
        var wrong = TreatmentVariance.Misspecified(q.Layout, assumed, truth, q.Effect);
        return new(cac, power, detectable,
            wrong.ReportedOverTrue is { } ratio ? TestPower.FalsePositiveRate(ratio, q.Alpha, q.Df(q.Layout.Clusters)) : null);
    }

    private static PowerSampleSize SampleSizeFor(PowerQuestion q, TrialOutcome outcome)
    {
        // A t test needs at least one degree of freedom before there is any power to speak of.
        double PowerOf(TrialLayout layout) => q.Df(layout.Clusters) < 1 ? 0 : Compute(q, layout, q.Correlation, outcome).Power;
        const int MostClusters = 4096;
        string words = q.Layout.ToString();
        double size = q.Layout.Size(0, 0);
        return new(q.Target,
            q.EqualSizes ? SampleSearch.Smallest(k => k > MostClusters ? double.NaN : PowerOf(TrialLayout.Parse(words, k, size)), q.Target) : null,
            q.EqualSizes ? SampleSearch.Smallest(n => PowerOf(q.Layout.WithCellSize(n)), q.Target) : null);
    }

    private static SmallSampleTable? SmallSampleOf(PowerQuestion q, TrialOutcome outcome, double[] cacs, List<Sentence> notes)
    {
        if (q.Replicates == 0 || q.Effect != EffectModel.Constant) return null;
        using var bar = new ProgressBar(Vocabulary.Say("progress.trials"));
        try
        {
            SmallSampleStudy[] studies = [.. cacs.Select(cac => SmallSampleStudy.Run(
                q.Layout, q.Correlation with { ClusterAutocorrelation = cac }, outcome, q.Alpha, q.Replicates, q.Seed, bar))];
            return new(q.Replicates, q.Seed, studies[0].Simulated, studies[0].Allocations, studies[0].AllAllocations, studies[0].AttainableLevel,
                [.. cacs.Zip(studies, (cac, study) => new SmallSampleRow(cac, study.Methods))]);
        }
        catch (UnfitInputException problem)
        {
            notes.Add(outcome.Kind == OutcomeKind.Measurement
                ? new Sentence("numerics.note.no-study", "No simulated size and power: {reason}", ("reason", problem.Sentence))
                : new Sentence("numerics.note.no-study-of-outcome", "No simulated size and power of the outcome itself: {reason}", ("reason", problem.Sentence)));
            return null;
        }
    }

    private static IEnumerable<Sentence> NotesOn(PowerQuestion q)
    {
        var cells = from cluster in Enumerable.Range(0, q.Layout.Clusters)
                    from period in Enumerable.Range(0, q.Layout.Periods)
                    where q.Layout.Exposure(cluster, period) == 1
                    select period;
        int exposed = cells.Count();
        int compared = cells.Count(t => Enumerable.Range(0, q.Layout.Clusters).Any(i => q.Layout.Exposure(i, t) == 0));
        if (compared < exposed) yield return new Sentence("numerics.note.comparators", "{compared} of {exposed} exposed cluster-periods have an unexposed cluster in the same period; the others inform the effect only through the model.", ("compared", compared), ("exposed", exposed));
        if (!q.EqualSizes) yield return new Sentence("numerics.note.equal-sizes", "The sample size is sought for equal clusters only.");
        if (q.Effect != EffectModel.Constant && q.Replicates > 0) yield return new Sentence("numerics.note.exposure-time", "No simulated size and power for the average over exposure time: the small-sample methods of the table test one constant effect. --simulate with a --formula of your own does.");
        if (q.Layout.Clusters < 10) yield return new Sentence("numerics.note.few-clusters", "{clusters} clusters are few: read the simulated size and power, not the normal test alone.", ("clusters", q.Layout.Clusters));
    }
}
