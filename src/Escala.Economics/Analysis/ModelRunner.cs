using System.Globalization;
using Escala.Economics.Models;
using Escala.Numerics.StateTransition;

namespace Escala.Economics.Analysis;

/// <summary>Outcomes of many runs of a model: per strategy and column, one number per run.</summary>
internal sealed record RunResult(IReadOnlyList<OutcomeColumn> Columns, double[][][] Values)
{
    /// <summary>Sum of the columns of an outcome.</summary>
    public double Outcome(int strategy, string outcome, int run) => Sum(strategy, run, c => c.Outcome == outcome);

    public double Sum(int strategy, int run, Func<OutcomeColumn, bool> counts)
    {
        var sum = 0.0;
        for (var c = 0; c < Columns.Count; c++)
        {
            if (counts(Columns[c])) sum += Values[strategy][c][run];
        }
        return sum;
    }
}

/// <summary>Runs a model for any number of parameter sets at once: the base case, a tornado, a probabilistic sample are the same thing to it.</summary>
internal sealed class ModelRunner
{
    private const int Lanes = 64;
    private const double MaximumSteps = 5e11;

    private readonly CompiledStrategy[][] _compiled;

    /// <exception cref="ModelException">The model cannot be computed.</exception>
    public ModelRunner(ModelDefinition model)
    {
        Model = model;
        _compiled = [.. model.Groups.Select(g => model.Strategies.Select(s => CompiledStrategy.Create(model, s, g)).ToArray())];
    }

    public ModelDefinition Model { get; }

    public IReadOnlyList<OutcomeColumn> Columns => OutcomeColumn.Of(Model);

    /// <summary>The base-case value of every parameter, once per run.</summary>
    public double[][] BaseInputs(int runs) => [.. Model.Parameters.Select(p => Enumerable.Repeat(p.Value, runs).ToArray())];

    /// <param name="inputs">Per parameter of the model, one value per run.</param>
    /// <param name="plan">How outcomes are weighted over time.</param>
    /// <exception cref="ModelException">A run meets what cannot be, with the place in the file, the cycle and the strategy.</exception>
    public RunResult Run(double[][] inputs, WeightPlan plan)
    {
        var runs = inputs.Length == 0 ? 1 : inputs[0].Length;
        CheckSize(runs);
        var columns = Columns;
        var values = Model.Strategies.Select(_ => columns.Select(_ => new double[runs]).ToArray()).ToArray();
        var lanes = Math.Min(Lanes, (runs + 7) / 8 * 8);
        var blocks = (runs + lanes - 1) / lanes;
        var failures = new ModelException?[blocks];
        Parallel.For(0, blocks, () => Workspaces(plan, lanes), (block, _, workspaces) =>
        {
            try
            {
                RunBlock(workspaces, inputs, block * lanes, Math.Min(lanes, runs - block * lanes), values);
            }
            catch (ModelException failure)
            {
                failures[block] = failure;
            }
            return workspaces;
        }, _ => { });
        // The first failing draw is the same whatever the threads were doing.
        return failures.FirstOrDefault(f => f is not null) is { } first ? throw first : new RunResult(columns, values);
    }

    /// <summary>The base case with its trace.</summary>
    public BaseRun RunBase()
    {
        var plan = WeightPlan.Discounted(Model);
        var columns = Columns;
        var values = Model.Strategies.Select(_ => columns.Select(_ => new double[1]).ToArray()).ToArray();
        var trace = Model.Strategies.Select(_ => Model.States.Select(_ => new double[Model.Settings.Cycles + 1]).ToArray()).ToArray();
        var inputs = BaseInputs(1);
        long outOfRange = 0, evaluations = 0;
        for (var g = 0; g < _compiled.Length; g++)
        {
            var weight = Model.Groups[g].Weight;
            for (var s = 0; s < _compiled[g].Length; s++)
            {
                var rows = trace[s];
                var block = new CohortBlock(_compiled[g][s], Model, plan, 1) { Watch = (row, simulation, compiled) => AddRow(rows, row, simulation, compiled, weight) };
                block.Run(inputs, 0, 1);
                Add(values[s], block, weight, 0, 1);
                outOfRange += block.RiskCounts.OutOfRange;
                evaluations += block.RiskCounts.Evaluations;
            }
        }
        return new BaseRun(new RunResult(columns, values), trace, outOfRange, evaluations);
    }

    /// <summary>Value of a formula at the start of the base case, under the reference strategy; for what stands outside the cohort.</summary>
    public double Evaluate(Expressions.Expression formula)
    {
        var program = new Expressions.VectorProgram(Model.Settings.CycleLength, Model.Settings.Cycles, 0);
        var register = new Expressions.ExpressionCompiler(program, Model, Model.Reference, Model.Groups[0]).Compile(formula);
        var block = new Expressions.ProgramBlock(program, 1);
        foreach (var (target, parameter) in block.Inputs) block.Register(target)[0] = Model.Parameters[parameter].Value;
        block.StartDraws();
        block.StartCycle(0, Model.Settings.StartAge, Model.Settings.StartYear);
        return block.Register(register)[0];
    }

    private CohortBlock[][] Workspaces(WeightPlan plan, int lanes) => [.. _compiled.Select(g => g.Select(c => new CohortBlock(c, Model, plan, lanes)).ToArray())];

    private void RunBlock(CohortBlock[][] workspaces, double[][] inputs, int first, int count, double[][][] values)
    {
        for (var g = 0; g < workspaces.Length; g++)
        {
            for (var s = 0; s < workspaces[g].Length; s++)
            {
                workspaces[g][s].Run(inputs, first, count);
                Add(values[s], workspaces[g][s], Model.Groups[g].Weight, first, count);
            }
        }
    }

    private static void Add(double[][] values, CohortBlock block, double weight, int first, int count)
    {
        for (var c = 0; c < values.Length; c++)
        {
            var column = block.Column(c);
            for (var lane = 0; lane < count; lane++) values[c][first + lane] += weight * column[lane];
        }
    }

    private static void AddRow(double[][] trace, int row, CohortSimulation simulation, CompiledStrategy compiled, double weight)
    {
        for (var state = 0; state < trace.Length; state++)
        {
            var (first, count) = compiled.SubStates[state];
            for (var sub = first; sub < first + count; sub++) trace[state][row] += weight * simulation.Occupancy(sub)[0];
        }
    }

    private void CheckSize(int runs)
    {
        var steps = (double)runs * Model.Settings.Cycles * _compiled.Sum(g => g.Sum(c => (double)c.Structure.Transitions.Count + c.Structure.StateCount + c.Program.Instructions.Count));
        if (steps > MaximumSteps)
            throw new ModelException(default, "economics.size.steps", ("steps", steps.ToString("G3", CultureInfo.InvariantCulture)), ("maximum", MaximumSteps.ToString("G3", CultureInfo.InvariantCulture)));
    }
}

/// <summary>The base case: outcomes, and per strategy and state the share of the cohort at each row 0 to n.</summary>
internal sealed record BaseRun(RunResult Result, double[][][] Trace, long RiskOutOfRange, long RiskEvaluations);
