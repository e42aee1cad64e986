using Escala.Programmes.Facts;

namespace Escala.Programmes.Simulation;

/// <summary>
/// Two numbers read together. Their means follow the person's state; of people treated, a step decides first on which side of the
/// threshold the visit's value lies, and readings on the wrong side are mirrored across it.
/// </summary>
internal sealed class PairDraw(PairPlan plan, StepDraw measured, StepDraw below) : FactDraw
{
    private const int NotWritten = -1;
    private readonly double[] _readings = Cumulative(plan.Readings);
    private readonly double _independent = Math.Sqrt(1 - (plan.Correlation * plan.Correlation));
    private readonly PlausibleRange[] _plausible = [.. plan.Fact.Plausible];
    private readonly int[] _values = new int[plan.Fact.Columns.Count];
    private FlagDraw? _flag;
    private SupplyDraw? _supply;
    private bool _affected;
    private PairValue _person = new(0, 0);

    /// <summary>A complete reading was taken at the visit, and its value lies at or above the threshold.</summary>
    public bool IsAbove { get; private set; }

    /// <summary>Names who is treated; these facts may stand below the pair and depend on it.</summary>
    public void TreatedBy(FlagDraw flag, SupplyDraw supply) => (_flag, _supply) = (flag, supply);

    public override void Begin(in SimulatedPerson person, RandomStream chance)
    {
        _affected = person.Affected;
        _person = Correlated(plan.PersonSpread, ref chance);
    }

    public override void Visit(in SimulatedVisit visit, RandomStream chance)
    {
        Array.Fill(_values, NotWritten);
        IsAbove = false;
        var complete = measured.Passes(visit, ref chance);
        if (!complete && !chance.Chance(plan.FirstPartOnly)) return;
        var readings = complete ? plan.Readings[chance.Choice(_readings)].Value : 1;
        var treated = _flag!.Stands && _supply!.GivenBefore(visit.Day);
        var grid = chance.Chance(plan.Rounded) ? plan.RoundedTo : 1;
        Read(readings, grid, treated ? plan.Treated : _affected ? plan.Affected : plan.Usual, ref chance);
        if (!complete)
        {
            _values[1] = NotWritten;
            return;
        }

        if (treated) PutBelow(below.Passes(visit, ref chance), readings, grid);
        IsAbove = Above(readings);
        for (var i = 0; i < 2 * readings; i++) MistypeSome(ref _values[i], ref chance);
    }

    public override void Write(RowBuffer row)
    {
        for (var i = 0; i < _values.Length; i++)
        {
            if (i > 0) row.Comma();
            if (_values[i] != NotWritten) row.Number(_values[i]);
        }
    }

    private PairValue Correlated(PairValue spread, ref RandomStream chance)
    {
        var first = chance.Normal();
        return new(spread.First * first, spread.Second * ((plan.Correlation * first) + (_independent * chance.Normal())));
    }

    private void Read(int readings, int grid, PairValue mean, ref RandomStream chance)
    {
        var visit = Correlated(plan.VisitSpread, ref chance);
        for (var i = 0; i < readings; i++)
        {
            var first = OnGrid(mean.First + _person.First + visit.First + (plan.ReadingSpread.First * chance.Normal()), grid, 0);
            var second = OnGrid(mean.Second + _person.Second + visit.Second + (plan.ReadingSpread.Second * chance.Normal()), grid, 1);
            (_values[2 * i], _values[(2 * i) + 1]) = (first, Math.Min(second, first - plan.Gap));
        }
    }

    // Only typing errors may be implausible.
    private int OnGrid(double value, int grid, int part)
    {
        var rounded = (int)Math.Floor((value / grid) + 0.5) * grid;
        if (part >= _plausible.Length) return rounded;
        return Math.Clamp(rounded, (int)_plausible[part].Lowest + (part == 0 ? plan.Gap : 0), (int)_plausible[part].Highest);
    }

    private void PutBelow(bool isBelow, int readings, int grid)
    {
        if (isBelow)
        {
            for (var i = 0; i < 2 * readings; i++)
            {
                if (_values[i] >= Threshold(i % 2)) _values[i] = Across(_values[i], i % 2, grid);
            }
        }
        else if (!Above(readings))
        {
            for (var i = 0; i < 2 * readings; i += 2)
            {
                if (_values[i] < Threshold(0)) _values[i] = Across(_values[i], 0, grid);
            }
        }
    }

    // As far on the other side, but never farther than two standard deviations between visits.
    private int Across(int value, int part, int grid)
    {
        var threshold = Threshold(part);
        var spread = part == 0 ? plan.VisitSpread.First : plan.VisitSpread.Second;
        var farthest = grid * (1 + (int)(2 * spread / grid));
        return value >= threshold ? threshold - grid - ((value - threshold) % farthest) : threshold + ((threshold - grid - value) % farthest);
    }

    private int Threshold(int part) => (int)(part == 0 ? plan.Threshold.First : plan.Threshold.Second);

    private bool Above(int readings) => Value(0, readings) >= Threshold(0) || Value(1, readings) >= Threshold(1);

    private double Value(int part, int readings)
    {
        var first = plan.Fact.Reading switch { ReadingRule.MeanOfAll => 0, ReadingRule.Last => readings - 1, _ => Math.Max(0, readings - 2) };
        var sum = 0.0;
        for (var i = first; i < readings; i++) sum += _values[(2 * i) + part];
        return sum / (readings - first);
    }

    private void MistypeSome(ref int value, ref RandomStream chance)
    {
        if (!chance.Chance(plan.TypingErrors)) return;
        value = chance.Chance(0.5) ? (value * 10) + chance.Below(10) : value / 10;
    }
}
