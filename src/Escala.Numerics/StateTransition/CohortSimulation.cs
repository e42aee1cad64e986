using System.Numerics;
using System.Runtime.InteropServices;

namespace Escala.Numerics.StateTransition;

/// <summary>The first row of probabilities that adds up to more than 1, or holds something that is not a probability.</summary>
/// <param name="State">Index of the state whose moves are impossible.</param>
/// <param name="Lane">Index of the draw within the block.</param>
/// <param name="Rest">What is left for the rest: negative, or NaN.</param>
public readonly record struct ImpossibleRow(int State, int Lane, double Rest);

/// <summary>
/// Carries many draws of a cohort side by side (one per lane) through the cycles, and adds up discounted time in states and discounted
/// moves as it goes; no trace is kept. Sampled parameters differ between lanes, the structure does not. Not safe for use by two threads at once.
/// </summary>
/// <remarks>Every lane is computed by the same operations in the same order: results do not depend on the number of lanes or threads.</remarks>
public sealed class CohortSimulation
{
    // Sums of probabilities that are 1 on paper may exceed it by rounding.
    private const double RestTolerance = 1e-12;

    private readonly CohortStructure _structure;
    private readonly CycleWeights[] _weights;
    private readonly int[] _from, _to, _rest, _first;
    private readonly bool[] _leaves;
    private readonly bool[] _counted;
    private double[] _occupancy, _next;
    private readonly double[] _probability, _stay, _time, _flow;

    /// <summary>Makes the workspace.</summary>
    /// <param name="structure">States and moves.</param>
    /// <param name="lanes">Draws carried side by side, at least 1. A multiple of 8 is fastest.</param>
    /// <param name="weights">One or more series of weights, all for the same number of cycles.</param>
    /// <param name="countedTransitions">Moves whose numbers are wanted; others are not added up.</param>
    /// <exception cref="ArgumentException">There are no weights, they differ in length, or a counted move does not exist.</exception>
    public CohortSimulation(CohortStructure structure, int lanes, IReadOnlyList<CycleWeights> weights, IReadOnlyList<int> countedTransitions)
    {
        ArgumentNullException.ThrowIfNull(structure);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(countedTransitions);
        ArgumentOutOfRangeException.ThrowIfLessThan(lanes, 1);
        if (weights.Count == 0) throw new ArgumentException("At least one series of weights is needed.", nameof(weights));
        Cycles = weights[0].Flows.Length;
        if (weights.Any(w => w.Flows.Length != Cycles || w.Rows.Length != Cycles + 1)) throw new ArgumentException("The series of weights differ in length.", nameof(weights));
        var transitions = structure.Transitions.Count;
        if (countedTransitions.Any(t => t < 0 || t >= transitions)) throw new ArgumentException("A counted move does not exist.", nameof(countedTransitions));
        _structure = structure;
        _weights = [.. weights];
        Lanes = lanes;
        _from = [.. structure.Transitions.Select(t => t.From)];
        _to = [.. structure.Transitions.Select(t => t.To)];
        _rest = [.. structure.Rest];
        _first = [.. structure.FirstOccupied];
        _leaves = [.. structure.Leaves];
        _counted = new bool[transitions];
        foreach (var t in countedTransitions) _counted[t] = true;
        var states = structure.StateCount;
        _occupancy = new double[states * lanes];
        _next = new double[states * lanes];
        _stay = new double[states * lanes];
        _probability = new double[transitions * lanes];
        _time = new double[weights.Count * states * lanes];
        _flow = new double[weights.Count * transitions * lanes];
    }

    /// <summary>Draws carried side by side.</summary>
    public int Lanes { get; }

    /// <summary>Number of cycles n.</summary>
    public int Cycles { get; }

    /// <summary>Shares of the cohort in a state, per lane: to be set before <see cref="Run"/>, to be read at each cycle.</summary>
    /// <param name="state">Index of the state.</param>
    public Span<double> Occupancy(int state) => Row(_occupancy, state);

    /// <summary>Probabilities of a move in this cycle, per lane: to be set before <see cref="Complete"/>.</summary>
    /// <param name="transition">Index of the move.</param>
    public Span<double> Probability(int transition) => Row(_probability, transition);

    /// <summary>Weighted time in a state (years), per lane, after <see cref="Run"/>.</summary>
    /// <param name="series">Index of the series of weights.</param>
    /// <param name="state">Index of the state.</param>
    public ReadOnlySpan<double> TimeInState(int series, int state) => Row(_time, series * _structure.StateCount + state);

    /// <summary>Weighted number of moves, per lane, after <see cref="Run"/>; zero for moves that are not counted.</summary>
    /// <param name="series">Index of the series of weights.</param>
    /// <param name="transition">Index of the move.</param>
    public ReadOnlySpan<double> Flow(int series, int transition) => Row(_flow, series * _from.Length + transition);

    /// <summary>Probability, per lane, of making none of the moves, after <see cref="Complete"/>.</summary>
    /// <param name="state">Index of the state.</param>
    public ReadOnlySpan<double> Stay(int state) => Row(_stay, state);

    /// <summary>Gives the rest of each state what its moves leave. Call after every change of the probabilities.</summary>
    /// <returns>The first impossible row, or null where all are probabilities.</returns>
    public ImpossibleRow? Complete()
    {
        _stay.AsSpan().Fill(1);
        for (var t = 0; t < _from.Length; t++)
        {
            var p = Row(_probability, t);
            var stay = Row(_stay, _from[t]);
            for (var lane = 0; lane < p.Length; lane++)
            {
                // A negative or missing probability makes the rest NaN, so that one comparison below finds every kind of nonsense.
                stay[lane] -= p[lane] >= 0 ? p[lane] : double.NaN;
            }
        }
        for (var i = 0; i < _stay.Length; i++)
        {
            if (_stay[i] >= 0) continue;
            if (!(_stay[i] >= -RestTolerance)) return new ImpossibleRow(i / Lanes, i % Lanes, _stay[i]);
            _stay[i] = 0;
        }
        return null;
    }

    /// <summary>Carries the cohort through all cycles.</summary>
    /// <param name="atRow">
    /// Called with each row 0 to n of the trace before it is added up and left; may read the occupancy and change the probabilities
    /// (then calling <see cref="Complete"/>). Null for a model whose probabilities never change.
    /// </param>
    public void Run(Action<int>? atRow)
    {
        _time.AsSpan().Clear();
        _flow.AsSpan().Clear();
        for (var row = 0; row <= Cycles; row++)
        {
            atRow?.Invoke(row);
            AddTime(row);
            if (row == Cycles) break;
            if (_counted.Contains(true)) AddFlows(row);
            Advance(row);
        }
    }

    private void AddTime(int row)
    {
        for (var series = 0; series < _weights.Length; series++)
        {
            var weight = _weights[series].Rows[row];
            if (weight == 0) continue;
            for (var state = 0; state < _first.Length; state++)
            {
                if (_first[state] <= row) AddScaled(Row(_time, series * _first.Length + state), Row(_occupancy, state), weight);
            }
        }
    }

    private void AddFlows(int row)
    {
        for (var series = 0; series < _weights.Length; series++)
        {
            var weight = _weights[series].Flows[row];
            if (weight == 0) continue;
            for (var t = 0; t < _from.Length; t++)
            {
                if (!_counted[t] || _first[_from[t]] > row) continue;
                AddProduct(Row(_flow, series * _from.Length + t), Row(_occupancy, _from[t]), Row(_probability, t), weight);
            }
        }
    }

    private void Advance(int row)
    {
        _next.AsSpan().Clear();
        for (var state = 0; state < _rest.Length; state++)
        {
            if (_first[state] > row) continue;
            if (_leaves[state]) AddProduct(Row(_next, _rest[state]), Row(_occupancy, state), Row(_stay, state), 1);
            else AddScaled(Row(_next, _rest[state]), Row(_occupancy, state), 1);
        }
        for (var t = 0; t < _from.Length; t++)
        {
            if (_first[_from[t]] <= row) AddProduct(Row(_next, _to[t]), Row(_occupancy, _from[t]), Row(_probability, t), 1);
        }
        (_occupancy, _next) = (_next, _occupancy);
    }

    private Span<double> Row(double[] block, int row) => block.AsSpan(row * Lanes, Lanes);

    private static void AddScaled(Span<double> sum, ReadOnlySpan<double> x, double weight)
    {
        var wide = MemoryMarshal.Cast<double, Vector<double>>(sum);
        var wideX = MemoryMarshal.Cast<double, Vector<double>>(x);
        for (var i = 0; i < wide.Length; i++) wide[i] += wideX[i] * weight;
        for (var i = wide.Length * Vector<double>.Count; i < sum.Length; i++) sum[i] += x[i] * weight;
    }

    private static void AddProduct(Span<double> sum, ReadOnlySpan<double> x, ReadOnlySpan<double> y, double weight)
    {
        var wide = MemoryMarshal.Cast<double, Vector<double>>(sum);
        var wideX = MemoryMarshal.Cast<double, Vector<double>>(x);
        var wideY = MemoryMarshal.Cast<double, Vector<double>>(y);
        for (var i = 0; i < wide.Length; i++) wide[i] += wideX[i] * wideY[i] * weight;
        for (var i = wide.Length * Vector<double>.Count; i < sum.Length; i++) sum[i] += x[i] * y[i] * weight;
    }
}
