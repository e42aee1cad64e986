using Escala.Cascades.Counters;
using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Programmes.Measures;
using Escala.Registry.Timelines;

namespace Escala.Cascades.Compiled;

/// <summary>What one person adds to the counts: the patient-months, as increments.</summary>
internal interface ICountSink
{
    void Measure(int facility, int window, int cell);

    void Row(int facility, int window, int dayOfWindow, int daysOfWindow);

    void Person(int facility, int window, bool queried, bool birthDateUnknown);
}

/// <summary>
/// The pure function from a person's timeline to the counts that the person makes, under one programme version. One per thread.
/// </summary>
internal sealed class PersonCounting
{
    private readonly Programme _programme;
    private readonly AskedMeasure[] _eachVisit;
    private readonly AskedMeasure[] _anchored;
    private readonly WindowCalendar _calendar;
    private readonly Question _question;
    private readonly HashSet<(int Facility, int Window)> _asked = [];
    private readonly bool _someLookAhead;
    private readonly int _birth;
    private readonly int _sex;

    public PersonCounting(Programme programme)
    {
        _programme = programme;
        Timeline = new Timeline(programme.Register.SlotCount);
        _question = new Question(Timeline);
        _calendar = new WindowCalendar(programme.Window);
        _birth = programme.Population.BirthDate?.Slot ?? -1;
        _sex = programme.Population.Sex?.Slot ?? -1;
        Shape = ShapeOf(programme);
        var compiler = new Compiler();
        var measures = programme.Measures.Measures.Select((m, i) => new AskedMeasure(
            i, m.Anchor, m.Denominator is { } d ? compiler.Compile(d) : null, m.Known is { } k ? compiler.Compile(k) : null, compiler.Compile(m.Numerator), Ahead.Looks(m))).ToArray();
        _eachVisit = [.. measures.Where(m => m.Anchor is Anchor.EachVisit)];
        _anchored = [.. measures.Where(m => m.Anchor is not Anchor.EachVisit)];
        _someLookAhead = _eachVisit.Any(m => m.LooksAhead);
    }

    private sealed record AskedMeasure(int Index, Anchor Anchor, Node? Denominator, Node? Known, Node Numerator, bool LooksAhead);

    /// <summary>The person's rows, sorted; filled by the caller.</summary>
    public Timeline Timeline { get; }

    public CountsShape Shape { get; }

    public static CountsShape ShapeOf(Programme programme) =>
        new(programme.Measures.Measures.Count, 1 + (programme.Population.Sex?.Categories.Count ?? 0), 2 + programme.Strata.AgeBands.Count);

    /// <summary>Birth day and sex as the rows say, by which all of the person's windows are counted.</summary>
    public (double Birth, int Sex) Who => Person();

    /// <summary>Counts the person.</summary>
    /// <param name="sink">Gets the increments.</param>
    /// <param name="from">
    /// The day of the first row that differs from another timeline of the same person, with the same birth day and sex: what is counted of both
    /// alike because it lies before may be left out. The first of all days counts everything.
    /// </param>
    public void Count<TSink>(ref TSink sink, int from = int.MinValue)
        where TSink : struct, ICountSink
    {
        var heads = Timeline.Heads;
        if (heads.Length == 0) return;
        for (var row = 0; row < heads.Length; row++)
        {
            if (heads[row].Day < from) continue;
            var window = _calendar.Holding(heads[row].Day);
            sink.Row(heads[row].Facility, window, heads[row].Day - _calendar.FirstDay(window), _calendar.LastDay(window) - _calendar.FirstDay(window) + 1);
        }

        var (birth, sex) = Person();
        _question.NextPerson();
        _question.BirthDay = birth;
        _question.First = FirstOfPopulation(birth);
        CountVisits(ref sink, birth, sex, from);
        foreach (var measure in _anchored) CountAnchored(ref sink, measure, birth, sex, from);
    }

    private void CountVisits<TSink>(ref TSink sink, double birth, int sex, int from)
        where TSink : struct, ICountSink
    {
        var heads = Timeline.Heads;
        _asked.Clear();
        for (var row = _question.First; row < heads.Length; row++)
        {
            var facility = heads[row].Facility;
            var window = _calendar.Holding(heads[row].Day);
            if (!_asked.Add((facility, window))) continue;
            var before = _calendar.LastDay(window) < from;
            if (before && !_someLookAhead) continue;
            _question.Move(facility, _calendar.FirstDay(window), _calendar.LastDay(window));
            var queried = false;
            for (var i = _question.Start; i < _question.End && !queried; i++) queried = heads[i].Queried && heads[i].Facility == facility;
            if (!before) sink.Person(facility, window, queried, double.IsNaN(birth));
            var stratum = Stratum(sex, birth, _question.WindowLastDay);
            foreach (var measure in _eachVisit)
            {
                if (!before || measure.LooksAhead) Ask(ref sink, measure, facility, window, stratum);
            }
        }
    }

    private void CountAnchored<TSink>(ref TSink sink, AskedMeasure measure, double birth, int sex, int from)
        where TSink : struct, ICountSink
    {
        var heads = Timeline.Heads;
        _asked.Clear();
        for (var row = _question.First; row < heads.Length; row++)
        {
            int day;
            if (measure.Anchor is Anchor.EachDate each)
            {
                var date = Timeline.Slot(row, each.Date.Slot);
                if (double.IsNaN(date)) continue;
                day = (int)date;
            }
            else
            {
                var first = (Anchor.FirstRow)measure.Anchor;
                var value = Timeline.Slot(row, first.Fact.Slot);
                if (double.IsNaN(value) || (first.Fact.Type is FactType.Flag or FactType.Supply && value <= 0)) continue;
                day = heads[row].Day + first.PlusDays;
            }

            var window = _calendar.Holding(day);
            var facility = heads[row].Facility;
            // A row that both timelines have asks in both, or in neither.
            if (_asked.Add((facility, window)) && (measure.LooksAhead || heads[row].Day >= from || _calendar.LastDay(window) >= from))
            {
                _question.Move(facility, _calendar.FirstDay(window), _calendar.LastDay(window));
                Ask(ref sink, measure, facility, window, Stratum(sex, birth, _question.WindowLastDay));
            }

            if (measure.Anchor is Anchor.FirstRow) return;
        }
    }

    private void Ask<TSink>(ref TSink sink, AskedMeasure measure, int facility, int window, int stratum)
        where TSink : struct, ICountSink
    {
        var (index, _, denominator, known, numerator, _) = measure;
        if (denominator is not null && !denominator.Ask(_question)) return;
        if (known is not null && !known.Ask(_question))
        {
            sink.Measure(facility, window, Shape.Cell(index, CountKind.Missing, stratum));
            return;
        }

        sink.Measure(facility, window, Shape.Cell(index, CountKind.Denominator, stratum));
        if (numerator.Ask(_question)) sink.Measure(facility, window, Shape.Cell(index, CountKind.Numerator, stratum));
    }

    /// <summary>The latest that was recorded of birth date and sex; sex 0 is not recorded.</summary>
    private (double Birth, int Sex) Person()
    {
        var birth = double.NaN;
        var sex = 0;
        for (var row = Timeline.Count - 1; row >= 0 && (double.IsNaN(birth) || sex == 0); row--)
        {
            if (_birth >= 0 && double.IsNaN(birth)) birth = Timeline.Slot(row, _birth);
            if (_sex >= 0 && sex == 0 && !double.IsNaN(Timeline.Slot(row, _sex))) sex = 1 + (int)Timeline.Slot(row, _sex);
            if (_birth < 0 && _sex < 0) break;
        }

        return (birth, sex);
    }

    private int FirstOfPopulation(double birth)
    {
        if (_programme.Population.AgeFrom is not { } age || double.IsNaN(birth)) return 0;
        var from = DateOnly.FromDayNumber((int)birth).AddYears(age).DayNumber;
        var heads = Timeline.Heads;
        var row = 0;
        while (row < heads.Length && heads[row].Day < from) row++;
        return row;
    }

    private int Stratum(int sex, double birth, int onDay)
    {
        var band = 0;
        if (!double.IsNaN(birth))
        {
            var age = Ages.Years((int)birth, onDay);
            band = 1;
            foreach (var bound in _programme.Strata.AgeBands)
            {
                if (age >= bound) band++;
            }
        }

        return (sex * Shape.AgeBands) + band;
    }
}
