using System.Diagnostics;
using System.Globalization;
using Escala.Economics;
using Escala.Numerics.StateTransition;

// Medians of repeated runs after warming up, wall and processor time; the machine's cores are all used. Compare with plain-r.R on the same machine.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var text = File.ReadAllText(args.Length > 0 ? args[0] : "bench/economics/psa.yaml");
var model = DecisionModel.Load(text);
// Twenty thresholds and twelve parameters with a range, as in the figures to beat.
var twenty = DecisionModel.Load(text.Replace("points: 61", "points: 20", StringComparison.Ordinal));
var twelve = DecisionModel.Load(text.Replace("c_mi: {value: 400, dist: gamma, sd: 100}", "c_mi: 400", StringComparison.Ordinal)
    .Replace("c_stroke: {value: 500, dist: gamma, sd: 120}", "c_stroke: 500", StringComparison.Ordinal).Replace("c_after: {value: 80, dist: gamma, sd: 20}", "c_after: 80", StringComparison.Ordinal));

Console.WriteLine($"{Environment.ProcessorCount} cores");
Measure("kernel, 10,000 draws x 3 strategies x 120 cycles x 4 states, one thread", 30, () => Kernel.Run(parallel: false));
Measure("kernel, all cores", 30, () => Kernel.Run(parallel: true));
Measure("whole PSA: sampling, kernel, CEAC and EVPI at 61 thresholds", 20, () => model.Psa(10_000, 1));
Measure("the same and EVPPI of 15 parameters at 20 thresholds", 5, () => twenty.Evppi(10_000, 1));
Measure("tornado of 12 parameters", 100, () => twelve.Tornado(1000));

static void Measure(string what, int times, Action action)
{
    for (var i = 0; i < Math.Max(3, times / 3); i++) action();
    List<double> wall = [], processor = [];
    using var process = Process.GetCurrentProcess();
    for (var i = 0; i < times; i++)
    {
        process.Refresh();
        var before = process.TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        action();
        wall.Add(watch.Elapsed.TotalMilliseconds);
        process.Refresh();
        processor.Add((process.TotalProcessorTime - before).TotalMilliseconds);
    }
    wall.Sort();
    processor.Sort();
    Console.WriteLine($"{what}: {wall[times / 2]:0.0} ms (fastest {wall[0]:0.0}), processor {processor[times / 2]:0} ms");
}

internal static class Kernel
{
    private const int Draws = 10_000, Lanes = 64;

    private static readonly CohortStructure s_structure = new(4, [new(0, 1), new(0, 2), new(0, 3), new(1, 2), new(1, 3), new(2, 3)]);
    private static readonly CycleWeights s_weights = CycleWeights.Create(120, 1.0 / 12, WithinCycleMethod.Trapezoid, TransitionTiming.Middle, DiscountConvention.YearlyStep, 0.03);

    public static void Run(bool parallel)
    {
        const int Blocks = 3 * ((Draws + Lanes - 1) / Lanes);
        if (!parallel)
        {
            var simulation = Create();
            for (var block = 0; block < Blocks; block++) Run(simulation, block);
            return;
        }
        Parallel.For(0, Blocks, Create, (block, _, simulation) =>
        {
            Run(simulation, block);
            return simulation;
        }, _ => { });
    }

    private static CohortSimulation Create() => new(s_structure, Lanes, [s_weights], []);

    private static void Run(CohortSimulation simulation, int block)
    {
        for (var state = 0; state < 4; state++) simulation.Occupancy(state).Fill(state == 0 ? 1 : 0);
        for (var t = 0; t < 6; t++)
        {
            var p = simulation.Probability(t);
            for (var lane = 0; lane < Lanes; lane++) p[lane] = 0.0005 * (t + 1) * (1 + lane * 0.001) + block * 1e-9;
        }
        if (simulation.Complete() is not null) throw new InvalidOperationException("The benchmark's probabilities are impossible.");
        simulation.Run(null);
    }
}
