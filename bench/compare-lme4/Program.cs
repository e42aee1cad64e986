using System.Diagnostics;
using System.Globalization;
using Escala.Numerics.Data;
using Escala.Numerics.Models;
using Escala.Numerics.SteppedWedge;

// escala-bench FOLDER: fits each case of cases.csv (name, file, formula, repetitions) in the folder and prints name, median seconds,
// log-likelihood, convergence, seconds of reading, mean processor seconds (steadier on a busy machine, but with compilation in them), and the least
// seconds by the clock and of processor of one repetition, which is what a fit costs once warm. Then power, which has no file.
var folder = args[0];
foreach (var line in File.ReadLines(Path.Combine(folder, "cases.tsv")))
{
    var parts = line.Split('\t');
    var (name, file, formula, repetitions) = (parts[0], parts[1], parts[2], int.Parse(parts[3], CultureInfo.InvariantCulture));
    var read = Stopwatch.StartNew();
    var data = DataFrame.ReadCsv(Path.Combine(folder, file));
    var reading = read.Elapsed.TotalSeconds;
    var specification = new ModelSpecification(formula) { Method = EstimationMethod.Laplace };
    var times = new List<double>();
    ModelFit? fit = null;
    var processor = Environment.CpuUsage.TotalTime;
    var least = TimeSpan.MaxValue;
    for (var k = 0; k < repetitions; k++)
    {
        // Columns keep their coding once made; a fresh frame makes every repetition pay for it.
        var fresh = new DataFrame(data.Columns.Select(Column (c) => c is NumericColumn n ? new NumericColumn(n.Name, Enumerable.Range(0, n.Count).Select(i => n[i])) : c));
        var (clock, used) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        fit = Regression.Fit(fresh, specification);
        times.Add(clock.Elapsed.TotalSeconds);
        used = Environment.CpuUsage.TotalTime - used;
        if (used < least) least = used;
    }
    processor = (Environment.CpuUsage.TotalTime - processor) / repetitions;
    times.Sort();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}\t{times[times.Count / 2]:R}\t{fit!.LogLikelihoodKernel:R}\t{fit.Converged}\t{reading:0.00}\t{processor.TotalSeconds:R}\t{times[0]:R}\t{least.TotalSeconds:R}"));
}

var layout = TrialLayout.SteppedWedge(3, 2, 4, 140);
var correlation = new CorrelationStructure { Icc = 0.2 };
var model = new ModelSpecification("cbind(y, n - y) ~ factor(period) + treat + (1 | cluster)") { Method = EstimationMethod.Laplace };
Repeat("1,000 simulated trials, each fitted with and without its effect", 5, 1, () => SimulatedPower.Run(layout, correlation, 0.234, 0.303, model, replicates: 1000));
Repeat("a closed-form power", 20, 100_000, () => Power.Of(0.069, Math.Sqrt(TreatmentVariance.Of(layout, correlation, EffectModel.Constant).Value * 0.179244), 0.05, double.PositiveInfinity));

static void Repeat(string name, int rounds, int times, Action once)
{
    var (clock, processor) = (double.PositiveInfinity, double.PositiveInfinity);
    for (var round = 0; round < rounds; round++)
    {
        var (watch, used) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        for (var k = 0; k < times; k++) once();
        clock = Math.Min(clock, watch.Elapsed.TotalSeconds / times);
        processor = Math.Min(processor, (Environment.CpuUsage.TotalTime - used).TotalSeconds / times);
    }
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: at least {clock:0.#######} s by the clock, {processor:0.#######} s of processor"));
}
