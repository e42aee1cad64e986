using System.Globalization;
using Escala.Economics.Analysis;

namespace Escala.Cli.Economics;

/// <summary>Answers as comma-separated files for other programs.</summary>
internal static class ModelFiles
{
    public static void Run(RunAnswer answer, string folder)
    {
        Write(folder, "comparison.csv", "strategy,cost,effect,incremental_cost,incremental_effect,icer,status", answer.Comparison.Select(r => (FormattableString)
            $"{r.Id},{r.Cost:R},{r.Effect:R},{r.IncrementalCost:R},{r.IncrementalEffect:R},{r.Icer:R},{r.Status}"));
        if (answer.Strategies.Any(s => s.Trace is not null))
        {
            Write(folder, "trace.csv", "strategy,cycle,state,share", answer.Strategies.Where(s => s.Trace is not null).SelectMany(s =>
                s.Trace!.SelectMany(state => state.Value.Select((share, cycle) => (FormattableString)$"{s.Id},{cycle},{state.Key},{share:R}"))));
        }
        if (answer.Psa is not { } psa) return;
        Write(folder, "acceptability.csv", "threshold,strategy,probability,expected_loss", psa.Ceac.Zip(psa.ExpectedLoss).SelectMany(p =>
            p.First.Probability.Select(s => (FormattableString)$"{p.First.Threshold:R},{s.Key},{s.Value:R},{p.Second.Loss[s.Key]:R}")));
    }

    private static void Write(string folder, string name, string heading, IEnumerable<FormattableString> rows) =>
        File.WriteAllLines(Path.Combine(folder, name), rows.Select(r => r.ToString(CultureInfo.InvariantCulture)).Prepend(heading));
}
