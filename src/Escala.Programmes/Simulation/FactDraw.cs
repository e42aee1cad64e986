namespace Escala.Programmes.Simulation;

/// <summary>Somebody simulated. Days are counted from the first day of the simulation.</summary>
internal readonly record struct SimulatedPerson(RandomStream Chance, int FirstDay, bool InCareAtStart, int BirthDay, bool Affected);

internal readonly record struct SimulatedVisit(int Day, int Window, SimulatedFacility Facility, int NextDay)
{
    public bool Exposed => Facility.ExposedOn(Day);
}

/// <summary>Fills the columns of one fact, visit after visit of one person at a time.</summary>
internal abstract class FactDraw
{
    public abstract void Begin(in SimulatedPerson person, RandomStream chance);

    public abstract void Visit(in SimulatedVisit visit, RandomStream chance);

    /// <summary>Writes the cells of the visit, with the commas between them.</summary>
    public abstract void Write(RowBuffer row);

    protected static double[] Cumulative<T>(IEnumerable<Weighted<T>> choices)
    {
        var sum = 0.0;
        return [.. choices.Select(c => sum += c.Share)];
    }
}

/// <summary>A step as one person passes it.</summary>
internal sealed class StepDraw(StepOdds odds)
{
    private double _deviation;

    public void Begin(RandomStream chance) => _deviation = odds.Step.Person == 0 ? 0 : odds.Step.Person * chance.Normal();

    public bool Passes(in SimulatedVisit visit, ref RandomStream chance) =>
        chance.Chance(odds.Probability(visit.Facility, visit.Window, visit.Exposed, _deviation));
}

internal sealed class CategoryDraw(CategoryPlan plan) : FactDraw
{
    private readonly double[] _shares = Cumulative(plan.Shares);
    private readonly byte[][] _words = [.. plan.Shares.Select(s => CsvCell.Of(s.Value.Words[0]))];
    private int _category;
    private bool _written;

    public override void Begin(in SimulatedPerson person, RandomStream chance) => _category = chance.Chance(plan.Unknown) ? -1 : chance.Choice(_shares);

    public override void Visit(in SimulatedVisit visit, RandomStream chance) => _written = _category >= 0 && !chance.Chance(plan.Empty);

    public override void Write(RowBuffer row)
    {
        if (_written) row.Bytes(_words[_category]);
    }
}

internal sealed class TestDraw(TestPlan plan, StepDraw step) : FactDraw
{
    private readonly byte[] _affected = CsvCell.Of(plan.Affected.Words[0]);
    private readonly byte[] _usual = CsvCell.Of(plan.Usual.Words[0]);
    private readonly byte[] _unclear = CsvCell.Of(plan.Unclear.Words[0]);
    private bool _isAffected;
    private byte[] _written = [];

    public bool Found { get; private set; }

    public override void Begin(in SimulatedPerson person, RandomStream chance) => (_isAffected, Found) = (person.Affected, false);

    public override void Visit(in SimulatedVisit visit, RandomStream chance)
    {
        _written = [];
        if (Found || !step.Passes(visit, ref chance)) return;
        if (chance.Chance(plan.UnclearShare)) _written = _unclear;
        else (_written, Found) = _isAffected ? (_affected, true) : (_usual, false);
    }

    public override void Write(RowBuffer row) => row.Bytes(_written);
}

/// <summary>A date of the person: of birth, or some time before the first visit.</summary>
internal sealed class PersonDateDraw(PersonFactPlan plan, int firstDay) : FactDraw
{
    private int _date;
    private bool _known;
    private bool _written;

    public override void Begin(in SimulatedPerson person, RandomStream chance)
    {
        _known = !chance.Chance(plan.Unknown);
        _date = firstDay + (plan is DateBeforePlan before
            ? person.FirstDay - (int)Math.Min(chance.Exponential(person.InCareAtStart ? before.MeanDaysInCare : before.MeanDaysNew), person.FirstDay - person.BirthDay)
            : person.BirthDay);
    }

    public override void Visit(in SimulatedVisit visit, RandomStream chance) => _written = _known && !chance.Chance(plan.Empty);

    public override void Write(RowBuffer row)
    {
        if (_written) row.Date(_date);
    }
}

internal sealed class FlagDraw(FlagPlan plan, StepDraw step, PairDraw? above, TestDraw? found, FlagDraw? needed) : FactDraw
{
    private readonly byte[] _cleared = CsvCell.Of(plan.Fact.ClearedBy ?? "");
    private byte[] _written = [];

    public bool Stands { get; private set; }

    private bool Eligible => above is not { IsAbove: false } && found is not { Found: false } && needed is not { Stands: false };

    public override void Begin(in SimulatedPerson person, RandomStream chance) =>
        Stands = person.InCareAtStart && ((above, found) is (null, null) || person.Affected) && needed is not { Stands: false } && chance.Chance(plan.Already);

    public override void Visit(in SimulatedVisit visit, RandomStream chance)
    {
        if (Stands) Repeat(ref chance);
        else if (Eligible && step.Passes(visit, ref chance)) (Stands, _written) = (true, CsvCell.One);
        else _written = chance.Chance(plan.No) ? CsvCell.Zero : [];
    }

    public override void Write(RowBuffer row) => row.Bytes(_written);

    private void Repeat(ref RandomStream chance)
    {
        if (chance.Chance(plan.Cleared)) (Stands, _written) = (false, _cleared);
        else _written = chance.Chance(plan.Again) ? CsvCell.One : [];
    }
}

internal sealed class SupplyDraw(SupplyPlan plan, StepDraw step, FlagDraw flag) : FactDraw
{
    private readonly double[] _shares = Cumulative(plan.Days);
    private readonly int[] _ascending = [.. plan.Days.Select(d => d.Value).Order()];
    private int? _firstDay;
    private int? _days;

    public bool GivenBefore(int day) => _firstDay < day;

    public override void Begin(in SimulatedPerson person, RandomStream chance) => _firstDay = null;

    public override void Visit(in SimulatedVisit visit, RandomStream chance)
    {
        _days = null;
        if (!flag.Stands) return;
        if (step.Passes(visit, ref chance))
        {
            _days = chance.Chance(plan.ToNextVisit) ? Reaching(visit.NextDay - visit.Day) : plan.Days[chance.Choice(_shares)].Value;
            _firstDay ??= visit.Day;
        }
        else if (chance.Chance(plan.No)) _days = 0;
    }

    public override void Write(RowBuffer row)
    {
        if (_days is { } days) row.Number(days);
    }

    private int Reaching(int days)
    {
        foreach (var supply in _ascending)
        {
            if (supply >= days) return supply;
        }

        return _ascending[^1];
    }
}

internal sealed class QuantityDraw(QuantityPlan plan, StepDraw step, FlagDraw? needed) : FactDraw
{
    private readonly double[] _low = Cumulative([new Weighted<int>(0, plan.NotDetected), .. plan.BelowLimit]);
    private readonly double _lnMedian = PortableMath.Log(plan.HighMedian);
    private int _due;
    private byte[] _word = [];
    private int? _number;

    public override void Begin(in SimulatedPerson person, RandomStream chance) => _due = person.FirstDay + chance.Below(plan.EveryDays);

    public override void Visit(in SimulatedVisit visit, RandomStream chance)
    {
        (_word, _number) = ([], null);
        if (visit.Day < _due || needed is { Stands: false } || !chance.Chance(plan.Done)) return;
        _due = visit.Day + plan.EveryDays;
        if (step.Passes(visit, ref chance)) DrawLow(ref chance);
        else DrawHigh(ref chance);
    }

    public override void Write(RowBuffer row)
    {
        row.Bytes(_word);
        if (_number is { } number) row.Number(number);
    }

    private void DrawLow(ref RandomStream chance)
    {
        var u = chance.Uniform();
        var kind = _low.AsSpan().IndexOfAnyInRange(u, double.MaxValue);
        if (kind < 0) _number = chance.Between(1, plan.LowTo);
        else if (kind == 0) _word = CsvCell.NotDetected;
        else (_word, _number) = (CsvCell.Below, plan.BelowLimit[kind - 1].Value);
    }

    private void DrawHigh(ref RandomStream chance)
    {
        var value = plan.LowTo + 1 + PortableMath.Exp(_lnMedian + (plan.HighSpread * chance.Normal()));
        (_word, _number) = value <= plan.HighTo ? ([], (int)value) : (CsvCell.Above, plan.HighTo);
    }
}

internal sealed class NextVisitDraw(NextVisitPlan plan, int firstDay) : FactDraw
{
    private int? _date;

    public override void Begin(in SimulatedPerson person, RandomStream chance)
    {
    }

    public override void Visit(in SimulatedVisit visit, RandomStream chance) => _date = chance.Chance(plan.Empty) ? null : firstDay + visit.NextDay;

    public override void Write(RowBuffer row)
    {
        if (_date is { } date) row.Date(date);
    }
}
