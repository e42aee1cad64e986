using Escala.Cli.Economics;

namespace Escala.Cli.Statistics;

/// <summary>Answers a <see cref="PowerQuestion"/> and, unasked, what becomes of the answer when correlation decays and clusters are few.</summary>
internal static class PowerReport
{
    private static readonly double[] s_autocorrelations = [1, 0.95, 0.9, 0.8, 0.5];

    public static void Write(PowerQuestion question, bool json)
    {
        var answer = PowerAnswer.To(question, s_autocorrelations);
        if (json) Output.WriteJson(answer);
        else WriteText(question, answer);
    }

    private static void WriteText(PowerQuestion question, PowerAnswer answer)
    {
        Say($"{answer.Clusters} clusters, {answer.Sequences} sequences, {answer.Periods} periods ({answer.Layout}); {answer.Test} test{(answer.Df is { } df ? $" on {df} df" : "")}, level {question.Alpha}");
        if (answer.Reason is not null)
        {
            Say($"  {answer.Reason}");
            return;
        }
        Say($"  power {answer.Power:0.0000} for a difference of {answer.Difference:0.####}; standard error {answer.Se:0.000000} ({answer.Method})");
        Say($"  detectable difference {answer.DetectableDifference:0.0000} at power {question.Target}");
        Say($"  for power {question.Target}: {Number(answer.SampleSize.ClustersPerSequence)} clusters a sequence of this size, or {Number(answer.SampleSize.SizePerCell)} persons a cell with these clusters");
        if (answer.Readings is { } readings)
        {
            Say($"\nReadings of the same statement\n  periods  variance   power   detectable");
            foreach (var r in readings) Say($"  {r.Periods,7}  {r.Variance,-8} {r.Power,7:0.0000} {r.DetectableDifference,10:0.0000}");
        }
        if (answer.Sensitivity.Count > 0) Say($"\nIf the correlation between periods is lower (false positives: analysis with a cluster intercept alone)\n  autocorrelation   power   detectable   false positives");
        foreach (var s in answer.Sensitivity) Say($"  {s.Cac,15:0.00} {s.Power,7:0.000} {s.DetectableDifference,12:0.0000} {s.FalsePositive,17:0.000}");
        if (answer.SmallSample is { } study) WriteSmallSample(study, answer.SmallSampleOfOutcome);
        if (answer.Simulated is { } m)
        {
            Say($"\n{m.Formula}, fitted in {m.Replicates} simulated trials (seed {m.Seed}): false positives {m.FalsePositive:0.000}, power {m.Power:0.000}");
            Say($"  effect on the scale of the link {m.TrueEffect:0.000}; estimates {m.MeanEstimate:0.000} ± {m.EstimateDeviation:0.000}, mean standard error {m.MeanStandardError:0.000}; without estimate {m.NullWithoutEstimate} and {m.EffectWithoutEstimate}");
        }
        foreach (string note in answer.Notes) Say($"\nNote: {note}");
    }

    private static void WriteSmallSample(SmallSampleTable table, SmallSampleTable? own)
    {
        Say($"\nWhat {table.Replicates} simulated trials a row find (seed {table.Seed}), analysed as cell means: false positives / power");
        Say($"  {(own is null ? "Simulated" : "Left")}: {table.Simulated}.");
        if (own is not null) Say($"  Right: {own.Simulated}.");
        foreach (var (k, row) in table.Rows.Index())
        {
            Say($"  autocorrelation {row.Cac:0.00}");
            foreach (var (m, method) in row.Methods.Index())
            {
                string right = own?.Rows[k].Methods[m] is { } other ? FormattableString.Invariant($"    {other.FalsePositive,6:0.000} / {other.Power:0.000}") : "";
                Say($"    {method.Name,-46} {method.FalsePositive,6:0.000} / {method.Power:0.000}{right}");
            }
        }
        Say($"  The randomisation test compares {table.Allocations} allocations{(table.AllAllocations ? "" : " (sampled)")}; attainable level {table.AttainableLevel:0.0000}. For the very model of the analysis add --simulate 1000.");
    }

    private static string Number(int? value) => value is { } n ? n.ToString(System.Globalization.CultureInfo.InvariantCulture) : "no number of";

    private static void Say(FormattableString text) => Console.WriteLine(FormattableString.Invariant(text));
}
