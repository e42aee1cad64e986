using System.Diagnostics;
using System.Globalization;
using Escala.Numerics.Data;
using Escala.Numerics.Models;

// escala-bench FOLDER: fits each case of cases.csv (name, file, formula, repetitions) in the folder and prints name, median seconds,
// log-likelihood, convergence, seconds of reading, and mean processor seconds (steadier on a busy machine, but with compilation in it).
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
    for (var k = 0; k < repetitions; k++)
    {
        // Columns keep their coding once made; a fresh frame makes every repetition pay for it.
        var fresh = new DataFrame(data.Columns.Select(Column (c) => c is NumericColumn n ? new NumericColumn(n.Name, Enumerable.Range(0, n.Count).Select(i => n[i])) : c));
        var clock = Stopwatch.StartNew();
        fit = Regression.Fit(fresh, specification);
        times.Add(clock.Elapsed.TotalSeconds);
    }
    processor = (Environment.CpuUsage.TotalTime - processor) / repetitions;
    times.Sort();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}\t{times[times.Count / 2]:R}\t{fit!.LogLikelihoodKernel:R}\t{fit.Converged}\t{reading:0.00}\t{processor.TotalSeconds:R}"));
}
