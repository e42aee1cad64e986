using System.Runtime.CompilerServices;
using Escala.Programmes.Measures;

namespace Escala.Cascades.Compiled;

/// <summary>
/// Turns a package's conditions into nodes. A condition that the package names once and uses often is one node, asked once a question.
/// Nodes remember answers, so each thread compiles its own.
/// </summary>
internal sealed class Compiler
{
    private readonly Dictionary<object, object> _made = new(ReferenceEqualityComparer.Instance);

    public Node Compile(Condition condition) => Once<Node>(condition, () => condition switch
    {
        Condition.All all => new AllNode([.. all.Of.Select(Compile)]),
        Condition.Some some => new SomeNode([.. some.Of.Select(Compile)]),
        Condition.Not not => new NotNode(Compile(not.Of)),
        Condition.Any any => new AnyNode(Filter(any.Rows)),
        Condition.Picked picked => new PickedNode(Pick(picked.Pick), picked.Is is { } test ? Test(test) : null),
        Condition.Stands stands => new StandsNode(stands.Flag.Slot),
        Condition.SupplyReaches reaches => new SupplyReachesNode(reaches.Supply.Slot),
        Condition.SupplyShare share => new SupplyShareNode(share.Supply.Slot, Day(share.From), share.Days, share.Above),
        Condition.Precedes precedes => new PrecedesNode(Day(precedes.Earlier), Day(precedes.Later)),
        Condition.Age age => new AgeNode(age.Comparison, age.Years),
        _ => throw new SwitchExpressionException(condition),
    });

    private PickNode Pick(RowPick pick) => Once<PickNode>(pick, () => pick switch
    {
        RowPick.First => new FirstPick(Filter(pick.Rows)),
        RowPick.Latest => new LatestPick(Filter(pick.Rows)),
        RowPick.Nearest nearest => new NearestPick(Filter(pick.Rows), Day(nearest.To)),
        _ => throw new SwitchExpressionException(pick),
    });

    private RowFilter Filter(Rows rows)
    {
        var window = rows is { From: { Day: DayRef.WindowStart, Inclusive: true }, To: null or { Day: DayRef.WindowEnd, Inclusive: true } };
        var period = new Period(
            rows.From is { } from ? Day(from.Day) : null, rows.From?.Inclusive ?? true, rows.To is { } to ? Day(to.Day) : null, rows.To?.Inclusive ?? true, window);
        return new RowFilter(rows.Fact, rows.Is is { } test ? Test(test) : null, rows.Here, period);
    }

    private DayNode Day(DayRef day) => day switch
    {
        DayRef.WindowStart => new WindowStartDay(),
        DayRef.WindowEnd => new WindowEndDay(),
        DayRef.YearsBeforeWindowEnd years => new YearsBeforeDay(years.Years),
        DayRef.OfRow row => new RowDay(Pick(row.Pick), row.PlusDays),
        _ => throw new SwitchExpressionException(day),
    };

    private Test Test(ValueTest test) => Once<Test>(test, () => test switch
    {
        ValueTest.All all => new AllTest([.. all.Of.Select(Test)]),
        ValueTest.Some some => new SomeTest([.. some.Of.Select(Test)]),
        ValueTest.Not not => new NotTest(Test(not.Of)),
        ValueTest.Compare compare => new CompareTest(compare.Slot, compare.QualifierSlot, compare.Comparison, compare.Than),
        ValueTest.NotDetected not => new NotDetectedTest(not.QualifierSlot),
        ValueTest.InCategory category => new CategoryTest(category.Slot, category.Category),
        ValueTest.AtHere => new AtHereTest(),
        ValueTest.DateInWindow date => new DateInWindowTest(date.Slot),
        _ => throw new SwitchExpressionException(test),
    });

    private T Once<T>(object source, Func<T> make)
        where T : class
    {
        if (_made.TryGetValue(source, out var known)) return (T)known;
        var made = make();
        _made[source] = made;
        return made;
    }
}
