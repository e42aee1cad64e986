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
        string test = answer.Df is { } df ? Vocabulary.Say("power.t", ("df", Vocabulary.Number(df, "0.####"))) : Vocabulary.Say("power.z");
        Say(0, "power.head", ("clusters", answer.Clusters), ("sequences", answer.Sequences), ("periods", answer.Periods), ("layout", answer.Layout), ("test", test), ("level", Number(question.Alpha, "0.####")));
        if (answer.Reason is { } reason)
        {
            Console.WriteLine("  " + Vocabulary.Say(reason));
            return;
        }
        string target = Number(question.Target, "0.####");
        Say(2, "power.power", ("power", Number(answer.Power, "0.0000")), ("difference", Number(answer.Difference, "0.####")), ("error", Number(answer.Se, "0.000000")), ("method", Vocabulary.Term(answer.Method)));
        Say(2, "power.detectable", ("difference", Number(answer.DetectableDifference, "0.0000")), ("target", target));
        Say(2, "power.clusters", ("target", target), ("clusters", Found(answer.SampleSize.ClustersPerSequence)));
        Say(2, "power.persons", ("target", target), ("persons", Found(answer.SampleSize.SizePerCell)));
        WriteTables(answer);
        if (answer.SmallSample is { } study) WriteSmallSample(study, answer.SmallSampleOfOutcome);
        if (answer.Simulated is { } m)
        {
            Console.WriteLine();
            Say(0, "power.simulated", ("formula", m.Formula), ("replicates", m.Replicates), ("seed", m.Seed), ("size", Number(m.FalsePositive, "0.000")), ("power", Number(m.Power, "0.000")));
            Say(2, "power.estimates", ("truth", Number(m.TrueEffect, "0.000")), ("mean", Number(m.MeanEstimate, "0.000")), ("deviation", Number(m.EstimateDeviation, "0.000")), ("error", Number(m.MeanStandardError, "0.000")),
                ("none", m.NullWithoutEstimate), ("noneWithEffect", m.EffectWithoutEstimate));
        }
        foreach (var note in answer.Notes)
        {
            Console.WriteLine();
            Say(0, "note", ("note", Vocabulary.Say(note)));
        }
    }

    private static void WriteTables(PowerAnswer answer)
    {
        if (answer.Readings is { } readings)
        {
            Console.WriteLine();
            Say(0, "power.readings");
            Row(Vocabulary.Say("head.periods"), Vocabulary.Say("head.variance"), Vocabulary.Say("head.power"), Vocabulary.Say("head.detectable"));
            foreach (var r in readings) Row(r.Periods.ToString(Vocabulary.Culture), Vocabulary.Term(r.Variance), Number(r.Power, "0.0000"), Number(r.DetectableDifference, "0.0000"));
        }
        if (answer.Sensitivity.Count == 0) return;
        Console.WriteLine();
        Say(0, "power.sensitivity");
        Row(Vocabulary.Say("head.autocorrelation"), Vocabulary.Say("head.power"), Vocabulary.Say("head.detectable"), Vocabulary.Say("head.size"));
        foreach (var s in answer.Sensitivity) Row(Number(s.Cac, "0.00"), Number(s.Power, "0.000"), Number(s.DetectableDifference, "0.0000"), s.FalsePositive is { } size ? Number(size, "0.000") : "");
    }

    private static void WriteSmallSample(SmallSampleTable table, SmallSampleTable? own)
    {
        Console.WriteLine();
        Say(0, "power.smallSample", ("replicates", table.Replicates), ("seed", table.Seed));
        Say(2, own is null ? "power.only" : "power.left", ("simulated", Vocabulary.Say(table.Simulated)));
        if (own is not null) Say(2, "power.right", ("simulated", Vocabulary.Say(own.Simulated)));
        foreach (var (k, row) in table.Rows.Index())
        {
            Say(2, "power.autocorrelation", ("cac", Number(row.Cac, "0.00")));
            foreach (var (m, method) in row.Methods.Index())
            {
                string right = own?.Rows[k].Methods[m] is { } other ? $"    {Number(other.FalsePositive, "0.000"),6} / {Number(other.Power, "0.000")}" : "";
                Console.WriteLine($"    {Vocabulary.Term(method.Name),-64} {Number(method.FalsePositive, "0.000"),6} / {Number(method.Power, "0.000")}{right}");
            }
        }
        Say(2, table.AllAllocations ? "power.allocations" : "power.allocationsSampled", ("allocations", table.Allocations), ("level", Number(table.AttainableLevel, "0.0000")));
    }

    private static string Number(double value, string format) => Vocabulary.Number(value, format);

    private static string Found(int? value) => value is { } n ? n.ToString(Vocabulary.Culture) : Vocabulary.Say("power.noNumber");

    private static void Row(params ReadOnlySpan<string> cells)
    {
        foreach (var cell in cells) Console.Write($"  {cell,18}");
        Console.WriteLine();
    }

    private static void Say(int indent, string key, params ReadOnlySpan<(string Gap, object? Value)> gaps) => Console.WriteLine(new string(' ', indent) + Vocabulary.Say(key, gaps));
}
