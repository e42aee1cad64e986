namespace Escala.Numerics.StateTransition;

/// <summary>Which rows of the trace (0 to n for n cycles) count, and how much, for the time that a cohort spends in its states.</summary>
public enum WithinCycleMethod
{
    /// <summary>Every row counts one whole cycle, both ends included: n + 1 cycles' worth for n cycles.</summary>
    None,

    /// <summary>Occupancy at the start of each cycle: rows 0 to n - 1.</summary>
    Start,

    /// <summary>Occupancy at the end of each cycle: rows 1 to n.</summary>
    End,

    /// <summary>Half-cycle correction: half of rows 0 and n, all of the others, each discounted at its own time.</summary>
    Trapezoid,

    /// <summary>Mean of a cycle's two rows, discounted as of the start of the cycle (life-table method of heemod).</summary>
    LifeTable,

    /// <summary>Simpson's 1/3 rule: 1/3, 4/3, 2/3, …, 4/3, 1/3. Exists for an even number of cycles alone.</summary>
    Simpson,

    /// <summary>
    /// The weights of the published cohort tutorials of the DARTH group (Alarid-Escudero et al., Med Decis Making 2023;43:3-20):
    /// 1/3, 2/3, 4/3, …, 1/3 for any number of cycles. Not Simpson's rule, about 1.6 % low: for reproducing those papers only.
    /// </summary>
    TutorialSimpson,
}

/// <summary>When in its cycle a transition happens, for discounting what it costs once.</summary>
public enum TransitionTiming
{
    /// <summary>At the start of the cycle.</summary>
    Start,

    /// <summary>In the middle of the cycle.</summary>
    Middle,

    /// <summary>At the end of the cycle.</summary>
    End,

    /// <summary>At the row of arrival and with that row's within-cycle weight, as the DARTH time-dependent tutorial does: for reproducing it.</summary>
    ArrivalRow,
}

/// <summary>What a unit of occupancy or of flow is worth: within-cycle weight × discount factor.</summary>
/// <param name="Rows">n + 1 weights in years, one per row of the trace, for values per year in a state.</param>
/// <param name="Flows">n weights, one per cycle, for values once per transition.</param>
public sealed record CycleWeights(double[] Rows, double[] Flows)
{
    /// <summary>Weights of a horizon of <paramref name="cycles"/> cycles.</summary>
    /// <param name="cycles">Number of cycles n, at least 1.</param>
    /// <param name="cycleLength">Length of a cycle in years, above 0.</param>
    /// <param name="method">Within-cycle method.</param>
    /// <param name="timing">When transitions happen.</param>
    /// <param name="convention">Discount convention.</param>
    /// <param name="rate">Yearly discount rate, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number or length of cycles is not positive, or the rate is negative.</exception>
    /// <exception cref="ArgumentException">Simpson's rule is asked for with an odd number of cycles.</exception>
    public static CycleWeights Create(int cycles, double cycleLength, WithinCycleMethod method, TransitionTiming timing, DiscountConvention convention, double rate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cycles, 1);
        if (method == WithinCycleMethod.Simpson && cycles % 2 != 0)
            throw new ArgumentException($"Simpson's rule needs an even number of cycles; there are {cycles}. Lengthen the horizon by a cycle or use the trapezoid.", nameof(method));
        double Discount(double row) => Discounting.Factor(convention, rate, row * cycleLength, cycleLength);
        var rows = new double[cycles + 1];
        for (var k = 0; k <= cycles; k++)
        {
            rows[k] = cycleLength * (method == WithinCycleMethod.LifeTable
                ? (k < cycles ? 0.5 * Discount(k) : 0) + (k > 0 ? 0.5 * Discount(k - 1) : 0)
                : RowWeight(method, k, cycles) * Discount(k));
        }
        var flows = new double[cycles];
        for (var k = 0; k < cycles; k++)
        {
            flows[k] = timing switch
            {
                TransitionTiming.Start => Discount(k),
                TransitionTiming.Middle => Discount(k + 0.5),
                TransitionTiming.End => Discount(k + 1),
                TransitionTiming.ArrivalRow => rows[k + 1] / cycleLength,
                _ => throw new ArgumentOutOfRangeException(nameof(timing), timing, "Unknown timing."),
            };
        }
        return new CycleWeights(rows, flows);
    }

    /// <summary>The same weights within one span of cycles and nothing outside, for results by year.</summary>
    /// <param name="firstCycle">First cycle of the span.</param>
    /// <param name="afterLastCycle">First cycle beyond the span.</param>
    /// <param name="method">The within-cycle method with which the weights were made; decides to which cycle a row belongs.</param>
    public CycleWeights Within(int firstCycle, int afterLastCycle, WithinCycleMethod method)
    {
        // A row ends one cycle and starts the next; the method decides to which of the two its weight belongs.
        double Share(int row)
        {
            var starting = row == Flows.Length ? 0 : row == 0 ? 1 : method switch
            {
                WithinCycleMethod.None or WithinCycleMethod.Start => 1,
                WithinCycleMethod.End => 0,
                _ => 0.5,
            };
            return (Spans(row) ? starting : 0) + (Spans(row - 1) ? 1 - starting : 0);
        }
        bool Spans(int cycle) => cycle >= firstCycle && cycle < afterLastCycle;
        return new CycleWeights(
            [.. Rows.Select((w, row) => w * Share(row))],
            [.. Flows.Select((w, cycle) => Spans(cycle) ? w : 0)]);
    }

    private static double RowWeight(WithinCycleMethod method, int row, int cycles)
    {
        var end = row == 0 || row == cycles;
        return method switch
        {
            WithinCycleMethod.None => 1,
            WithinCycleMethod.Start => row < cycles ? 1 : 0,
            WithinCycleMethod.End => row > 0 ? 1 : 0,
            WithinCycleMethod.Trapezoid => end ? 0.5 : 1,
            WithinCycleMethod.Simpson => end ? 1.0 / 3 : row % 2 == 1 ? 4.0 / 3 : 2.0 / 3,
            WithinCycleMethod.TutorialSimpson => end ? 1.0 / 3 : row % 2 == 1 ? 2.0 / 3 : 4.0 / 3,
            _ => throw new ArgumentOutOfRangeException(nameof(method), method, "Unknown method."),
        };
    }
}
