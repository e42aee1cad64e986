using Escala.Programmes.Facts;
using Escala.Programmes.Measures;

namespace Escala.Cascades.Compiled;

/// <summary>A period within which rows are looked for, as rows [from, end) of the question and days.</summary>
internal sealed class Period(DayNode? from, bool fromInclusive, DayNode? to, bool toInclusive, bool window)
{
    /// <summary>False when a bound is missing: then no row fits.</summary>
    public bool Bounds(Question question, out int first, out int last)
    {
        (first, last) = (int.MinValue, question.WindowLastDay);
        if (window)
        {
            first = question.WindowFirstDay;
            return true;
        }

        if (from is not null)
        {
            if (from.Day(question) is not { } day) return false;
            first = fromInclusive ? day : day + 1;
        }

        if (to is not null)
        {
            if (to.Day(question) is not { } day) return false;
            last = toInclusive ? day : day - 1;
        }

        return true;
    }
}

/// <summary>Rows in which a fact is recorded, with a value, here or anywhere, in a period.</summary>
internal sealed class RowFilter(FactDefinition? fact, Test? test, bool here, Period period)
{
    private readonly int _slot = fact?.Slot ?? -1;
    private readonly bool _positive = fact?.Type is FactType.Flag or FactType.Supply;

    public int Last(Question question)
    {
        if (!period.Bounds(question, out var from, out var to)) return -1;
        var heads = question.Timeline.Heads;
        // Rows behind the window only matter where the period reaches there.
        var row = to <= question.WindowLastDay ? question.End - 1 : heads.Length - 1;
        for (; row >= question.First; row--)
        {
            var day = heads[row].Day;
            if (day > to) continue;
            if (day < from) return -1;
            if (Fits(question, row)) return row;
        }

        return -1;
    }

    public int First(Question question)
    {
        if (!period.Bounds(question, out var from, out var to)) return -1;
        var heads = question.Timeline.Heads;
        for (var row = question.First; row < heads.Length; row++)
        {
            var day = heads[row].Day;
            if (day > to) return -1;
            if (day >= from && Fits(question, row)) return row;
        }

        return -1;
    }

    public int Nearest(Question question, int target)
    {
        if (!period.Bounds(question, out var from, out var to)) return -1;
        var heads = question.Timeline.Heads;
        int best = -1, distance = int.MaxValue;
        for (var row = question.First; row < heads.Length; row++)
        {
            var day = heads[row].Day;
            if (day > to) break;
            if (day < from || !Fits(question, row)) continue;
            var away = Math.Abs(day - target);
            // The earlier day wins a tie; of one day the last row.
            if (away > distance || (away == distance && day != heads[best].Day)) continue;
            (best, distance) = (row, away);
        }

        return best;
    }

    private bool Fits(Question question, int row)
    {
        if (here && question.Timeline.Heads[row].Facility != question.Facility) return false;
        if (_slot >= 0)
        {
            var value = question.Timeline.Slot(row, _slot);
            if (double.IsNaN(value) || (_positive && value <= 0)) return false;
        }

        return test is null || test.Fits(question, row);
    }
}

/// <summary>One row among those of a filter; −1 when there is none.</summary>
internal abstract class PickNode
{
    private long _asked = -1;
    private int _row;

    public int Row(Question question)
    {
        if (_asked == question.Number) return _row;
        _asked = question.Number;
        return _row = Find(question);
    }

    protected abstract int Find(Question question);
}

internal sealed class FirstPick(RowFilter rows) : PickNode
{
    protected override int Find(Question question) => rows.First(question);
}

internal sealed class LatestPick(RowFilter rows) : PickNode
{
    protected override int Find(Question question) => rows.Last(question);
}

internal sealed class NearestPick(RowFilter rows, DayNode to) : PickNode
{
    protected override int Find(Question question) => to.Day(question) is { } day ? rows.Nearest(question, day) : -1;
}

/// <summary>A day, or null where there is none.</summary>
internal abstract class DayNode
{
    public abstract int? Day(Question question);
}

internal sealed class WindowStartDay : DayNode
{
    public override int? Day(Question question) => question.WindowFirstDay;
}

internal sealed class WindowEndDay : DayNode
{
    public override int? Day(Question question) => question.WindowLastDay;
}

internal sealed class YearsBeforeDay(int years) : DayNode
{
    public override int? Day(Question question) => DateOnly.FromDayNumber(question.WindowLastDay).AddYears(-years).DayNumber;
}

internal sealed class RowDay(PickNode pick, int plusDays) : DayNode
{
    public override int? Day(Question question)
    {
        var row = pick.Row(question);
        return row < 0 ? null : question.Timeline.Heads[row].Day + plusDays;
    }
}

/// <summary>What is asked of one row.</summary>
internal abstract class Test
{
    public abstract bool Fits(Question question, int row);
}

internal sealed class AllTest(Test[] of) : Test
{
    public override bool Fits(Question question, int row)
    {
        foreach (var test in of)
        {
            if (!test.Fits(question, row)) return false;
        }

        return true;
    }
}

internal sealed class SomeTest(Test[] of) : Test
{
    public override bool Fits(Question question, int row)
    {
        foreach (var test in of)
        {
            if (test.Fits(question, row)) return true;
        }

        return false;
    }
}

internal sealed class NotTest(Test of) : Test
{
    public override bool Fits(Question question, int row) => !of.Fits(question, row);
}

internal sealed class CompareTest(int slot, int? qualifierSlot, Comparison comparison, double than) : Test
{
    public override bool Fits(Question question, int row)
    {
        var value = question.Timeline.Slot(row, slot);
        if (double.IsNaN(value)) return false;
        return qualifierSlot is { } qualifier
            ? Comparisons.Certain(value, (Qualifier)(int)question.Timeline.Slot(row, qualifier), comparison, than)
            : Comparisons.Holds(value, comparison, than);
    }
}

internal sealed class NotDetectedTest(int qualifierSlot) : Test
{
    public override bool Fits(Question question, int row) => question.Timeline.Slot(row, qualifierSlot) == (double)Qualifier.NotDetected;
}

internal sealed class CategoryTest(int slot, int category) : Test
{
    public override bool Fits(Question question, int row) => question.Timeline.Slot(row, slot) == category;
}

internal sealed class AtHereTest : Test
{
    public override bool Fits(Question question, int row) => question.Timeline.Heads[row].Facility == question.Facility;
}

internal sealed class DateInWindowTest(int slot) : Test
{
    public override bool Fits(Question question, int row)
    {
        var day = question.Timeline.Slot(row, slot);
        return day >= question.WindowFirstDay && day <= question.WindowLastDay;
    }
}
