using Escala.Programmes.Facts;

namespace Escala.Programmes.Simulation;

/// <summary>Lives one person after another and writes their rows. Holds the state of the person at hand: one a thread.</summary>
internal sealed class PersonSimulator
{
    private readonly SimulationPlan _plan;
    private readonly SimulatedPeriod _period;
    private readonly RandomStream _people;
    private readonly byte[] _idPrefix;
    private readonly int _idDigits;
    private readonly double _affected;
    private readonly double[] _ages;
    private readonly double[] _intervals;
    private readonly double[] _runningIntervals;
    private readonly byte[][] _codes;
    private readonly StepDraw[] _steps;
    private readonly FactDraw[] _facts;
    private readonly FactDraw[] _columns;

    public PersonSimulator(SimulatedWorld world, Register register)
    {
        _plan = world.Plan;
        _period = world.Period;
        _people = world.People;
        _idPrefix = System.Text.Encoding.UTF8.GetBytes(_plan.People.IdPrefix);
        _idDigits = world.IdDigits;
        _affected = PortableMath.LogOdds(_plan.People.Affected.Share);
        _ages = Cumulative(_plan.People.Ages.Select(a => a.Share));
        _intervals = Cumulative(_plan.Visits.IntervalMonths.Select(i => i.Share));
        _runningIntervals = Cumulative(LengthBiased(_plan.Visits.IntervalMonths));
        _codes = [.. world.Facilities.Select(f => CsvCell.Of(f.Code))];
        var facts = new FactDraws(world);
        _steps = facts.Steps;
        _facts = [.. _plan.Facts.Select(f => facts.Of(f.Fact))];
        _columns = [.. register.Facts.Where(f => _plan.Facts.Any(p => p.Fact == f)).Select(facts.Of)];
    }

    public void Live(int number, SimulatedFacility home, RowBuffer rows)
    {
        var chance = _people.Of(number);
        var person = Draw(chance, chance.Of(0));
        for (var i = 0; i < _steps.Length; i++) _steps[i].Begin(chance.Of(1).Of(i));
        for (var i = 0; i < _facts.Length; i++) _facts[i].Begin(person, chance.Of(2).Of(i));

        var facility = home;
        var day = _period.OpenDay(person.FirstDay);
        for (var n = 0; day < _period.Days; n++)
        {
            var coming = chance.Of(3).Of(n);
            var appointment = _period.OpenDay(day + MonthsInDays(_plan.Visits.IntervalMonths[coming.Choice(_intervals)].Value));
            if (facility.OpenOn(day)) Visit(new SimulatedVisit(day, _period.WindowOf(day), facility, appointment), number, coming, rows);
            if (coming.Chance(_plan.Visits.Lost)) return;
            if (coming.Chance(_plan.Visits.Transfer)) facility = Another(facility, ref coming);
            day = Math.Max(_period.OpenDay(day + 1), _period.OpenDay(appointment + Shift(ref coming)));
        }
    }

    private void Visit(in SimulatedVisit visit, int number, RandomStream chance, RowBuffer rows)
    {
        for (var i = 0; i < _facts.Length; i++) _facts[i].Visit(visit, chance.Of(i));
        rows.BeginRow(visit.Day, visit.Facility.Place);
        rows.Bytes(_idPrefix);
        rows.Number(number + 1, _idDigits);
        rows.Comma();
        rows.Bytes(_codes[visit.Facility.Index]);
        rows.Comma();
        rows.Date(_period.FirstDay + visit.Day);
        foreach (var column in _columns)
        {
            rows.Comma();
            column.Write(rows);
        }

        rows.EndRow();
    }

    private SimulatedPerson Draw(RandomStream chance, RandomStream own)
    {
        var inCare = own.Chance(_plan.People.InCareAtStart);
        var first = inCare ? own.Below(MonthsInDays(_plan.Visits.IntervalMonths[own.Choice(_runningIntervals)].Value)) : own.Below(_period.Days);
        var band = _plan.People.Ages[own.Choice(_ages)];
        var age = band.From + ((band.To - band.From) * own.Uniform());
        var affected = _plan.People.Affected;
        var isAffected = own.Chance(PortableMath.Logistic(_affected + (affected.LogOddsPerDecade * (age - affected.AtAge) / 10)));
        return new SimulatedPerson(chance, first, inCare, first - (int)(age * 365.25), isAffected);
    }

    private int Shift(ref RandomStream coming)
    {
        var visits = _plan.Visits;
        if (coming.Chance(visits.Missed)) return coming.Between(visits.LateFrom, visits.LateTo);
        return coming.Chance(visits.OnTheDay) ? 0 : coming.Between(-visits.DaysAround, visits.DaysAround);
    }

    private static SimulatedFacility Another(SimulatedFacility facility, ref RandomStream coming)
    {
        var all = facility.District.Facilities;
        return all.Count == 1 ? facility : all[(facility.Place + 1 + coming.Below(all.Count - 1)) % all.Count];
    }

    // A mean month is 30.4375 days.
    private static int MonthsInDays(int months) => months * 487 / 16;

    // An interval that runs on a given day is a long one more often than a short one.
    private static IEnumerable<double> LengthBiased(IReadOnlyList<Weighted<int>> intervals)
    {
        var mean = intervals.Sum(i => i.Value * i.Share);
        return intervals.Select(i => i.Value * i.Share / mean);
    }

    private static double[] Cumulative(IEnumerable<double> shares)
    {
        var sum = 0.0;
        return [.. shares.Select(s => sum += s)];
    }
}

/// <summary>The draws of all facts of a plan, tied to one another as it says.</summary>
internal sealed class FactDraws
{
    private readonly Dictionary<FactDefinition, FactDraw> _draws = [];
    private readonly Dictionary<string, StepDraw> _steps;

    public FactDraws(SimulatedWorld world)
    {
        _steps = world.Steps.ToDictionary(s => s.Step.Id, s => new StepDraw(s), StringComparer.Ordinal);
        Steps = [.. world.Steps.Select(s => _steps[s.Step.Id])];
        foreach (var plan in world.Plan.Facts) _draws.Add(plan.Fact, Draw(plan, world.Period.FirstDay));
        foreach (var pair in world.Plan.Facts.OfType<PairPlan>())
            ((PairDraw)_draws[pair.Fact]).TreatedBy((FlagDraw)_draws[pair.Stands], (SupplyDraw)_draws[pair.Given]);
    }

    public StepDraw[] Steps { get; }

    public FactDraw Of(FactDefinition fact) => _draws[fact];

    private TDraw? Of<TDraw>(FactDefinition? fact)
        where TDraw : FactDraw => fact is null ? null : (TDraw)_draws[fact];

    private FactDraw Draw(FactPlan plan, int firstDay) => plan switch
    {
        CategoryPlan p => new CategoryDraw(p),
        PersonFactPlan p => new PersonDateDraw(p, firstDay),
        PairPlan p => new PairDraw(p, _steps[p.Measured.Id], _steps[p.Below.Id]),
        TestPlan p => new TestDraw(p, _steps[p.Step.Id]),
        FlagPlan p => new FlagDraw(p, _steps[p.Step.Id], Of<PairDraw>(p.Above), Of<TestDraw>(p.Found), Of<FlagDraw>(p.Stands)),
        SupplyPlan p => new SupplyDraw(p, _steps[p.Step.Id], (FlagDraw)_draws[p.Stands]),
        QuantityPlan p => new QuantityDraw(p, _steps[p.Step.Id], Of<FlagDraw>(p.Stands)),
        NextVisitPlan p => new NextVisitDraw(p, firstDay),
        _ => throw new InvalidOperationException("No draw for " + plan.GetType().Name),
    };
}
