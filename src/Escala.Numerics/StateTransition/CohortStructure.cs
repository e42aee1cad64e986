namespace Escala.Numerics.StateTransition;

/// <summary>One possible move between two states within a cycle.</summary>
/// <param name="From">Index of the state left.</param>
/// <param name="To">Index of the state entered; may be the same.</param>
public readonly record struct CohortTransition(int From, int To);

/// <summary>
/// The states of a cohort, the moves between them, and where the rest of each state goes. A state that remembers how long it has been
/// occupied is a chain of states, each the rest of the one before: a shift register, not a matrix.
/// </summary>
public sealed class CohortStructure
{
    /// <summary>Checks and keeps the structure.</summary>
    /// <param name="states">Number of states, at least 1.</param>
    /// <param name="transitions">Moves whose probabilities are given.</param>
    /// <param name="rest">Per state, the state to which everybody goes who makes none of the moves; commonly the state itself.</param>
    /// <param name="firstOccupied">Per state, the first row of the trace at which anybody can be in it; 0 where it may be occupied at the start.</param>
    /// <exception cref="ArgumentException">An index is outside the states, a length is wrong, or a move is given twice.</exception>
    public CohortStructure(int states, IReadOnlyList<CohortTransition> transitions, IReadOnlyList<int> rest, IReadOnlyList<int> firstOccupied)
    {
        ArgumentNullException.ThrowIfNull(transitions);
        ArgumentNullException.ThrowIfNull(rest);
        ArgumentNullException.ThrowIfNull(firstOccupied);
        ArgumentOutOfRangeException.ThrowIfLessThan(states, 1);
        if (rest.Count != states) throw new ArgumentException($"There are {states} states but {rest.Count} rests.", nameof(rest));
        if (firstOccupied.Count != states) throw new ArgumentException($"There are {states} states but {firstOccupied.Count} first rows.", nameof(firstOccupied));
        foreach (var (from, to) in transitions)
        {
            if (from < 0 || from >= states || to < 0 || to >= states) throw new ArgumentException($"A move from {from} to {to} leaves the {states} states.", nameof(transitions));
        }
        if (rest.Any(r => r < 0 || r >= states)) throw new ArgumentException($"A rest leaves the {states} states.", nameof(rest));
        if (transitions.Distinct().Count() != transitions.Count) throw new ArgumentException("A move is given twice.", nameof(transitions));
        StateCount = states;
        Transitions = [.. transitions];
        Rest = [.. rest];
        FirstOccupied = [.. firstOccupied];
        Leaves = [.. Enumerable.Range(0, states).Select(s => Transitions.Any(t => t.From == s))];
    }

    /// <summary>States without memory: everybody who makes no move stays.</summary>
    /// <param name="states">Number of states, at least 1.</param>
    /// <param name="transitions">Moves whose probabilities are given.</param>
    /// <exception cref="ArgumentException">An index is outside the states or a move is given twice.</exception>
    public CohortStructure(int states, IReadOnlyList<CohortTransition> transitions)
        : this(states, transitions, [.. Enumerable.Range(0, Math.Max(states, 0))], new int[Math.Max(states, 0)])
    {
    }

    /// <summary>Number of states.</summary>
    public int StateCount { get; }

    /// <summary>Moves, in the order in which their probabilities are given.</summary>
    public IReadOnlyList<CohortTransition> Transitions { get; }

    /// <summary>Per state, where those go who make no move.</summary>
    public IReadOnlyList<int> Rest { get; }

    /// <summary>Per state, the first row of the trace at which anybody can be in it.</summary>
    public IReadOnlyList<int> FirstOccupied { get; }

    internal IReadOnlyList<bool> Leaves { get; }
}
