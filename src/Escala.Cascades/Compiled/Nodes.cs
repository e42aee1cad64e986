using Escala.Programmes.Facts;
using Escala.Programmes.Measures;

namespace Escala.Cascades.Compiled;

/// <summary>A condition ready to be asked; the answer to one question is kept until the next.</summary>
internal abstract class Node
{
    private long _asked = -1;
    private bool _answer;

    public bool Ask(Question question)
    {
        if (_asked == question.Number) return _answer;
        _asked = question.Number;
        return _answer = Answer(question);
    }

    protected abstract bool Answer(Question question);
}

internal sealed class AllNode(Node[] of) : Node
{
    protected override bool Answer(Question question)
    {
        foreach (var node in of)
        {
            if (!node.Ask(question)) return false;
        }

        return true;
    }
}

internal sealed class SomeNode(Node[] of) : Node
{
    protected override bool Answer(Question question)
    {
        foreach (var node in of)
        {
            if (node.Ask(question)) return true;
        }

        return false;
    }
}

internal sealed class NotNode(Node of) : Node
{
    protected override bool Answer(Question question) => !of.Ask(question);
}

internal sealed class AnyNode(RowFilter rows) : Node
{
    protected override bool Answer(Question question) => rows.Last(question) >= 0;
}

internal sealed class PickedNode(PickNode pick, Test? test) : Node
{
    protected override bool Answer(Question question)
    {
        var row = pick.Row(question);
        return row >= 0 && (test is null || test.Fits(question, row));
    }
}

internal sealed class StandsNode(int slot) : Node
{
    protected override bool Answer(Question question)
    {
        for (var row = question.End - 1; row >= question.First; row--)
        {
            var value = question.Timeline.Slot(row, slot);
            if (value == 1) return true;
            if (value == -1) return false;
        }

        return false;
    }
}

internal sealed class SupplyReachesNode(int slot) : Node
{
    protected override bool Answer(Question question)
    {
        var heads = question.Timeline.Heads;
        for (var row = question.End - 1; row >= question.First; row--)
        {
            var days = question.Timeline.Slot(row, slot);
            if (days > 0 && heads[row].Day + days > question.WindowLastDay) return true;
        }

        return false;
    }
}

internal sealed class SupplyShareNode(int slot, DayNode from, int days, decimal above) : Node
{
    protected override bool Answer(Question question)
    {
        if (from.Day(question) is not { } start) return false;
        var heads = question.Timeline.Heads;
        decimal supplied = 0;
        for (var row = question.First; row < heads.Length; row++)
        {
            var day = heads[row].Day;
            if (day < start) continue;
            if (day >= start + days) break;
            var given = question.Timeline.Slot(row, slot);
            if (given > 0) supplied += Math.Min((decimal)given, start + days - day);
        }

        return supplied > above * days;
    }
}

internal sealed class PrecedesNode(DayNode earlier, DayNode later) : Node
{
    protected override bool Answer(Question question) => earlier.Day(question) is { } a && later.Day(question) is { } b && a < b;
}

internal sealed class AgeNode(Comparison comparison, int years) : Node
{
    protected override bool Answer(Question question)
    {
        if (double.IsNaN(question.BirthDay)) return false;
        var age = Ages.Years((int)question.BirthDay, question.WindowLastDay);
        return Comparisons.Holds(age, comparison, years);
    }
}

internal static class Ages
{
    /// <summary>Whole years on a day; a birthday on 29 February falls on the 28th in other years.</summary>
    public static int Years(int birthDay, int onDay)
    {
        var birth = DateOnly.FromDayNumber(birthDay);
        var on = DateOnly.FromDayNumber(onDay);
        var years = on.Year - birth.Year;
        return on < birth.AddYears(years) ? years - 1 : years;
    }
}

internal static class Comparisons
{
    public static bool Holds(double value, Comparison comparison, double than) => comparison switch
    {
        Comparison.Below => value < than,
        Comparison.AtMost => value <= than,
        Comparison.Above => value > than,
        Comparison.AtLeast => value >= than,
        _ => value == than,
    };

    /// <summary>Whether a censored quantity compares so for certain.</summary>
    public static bool Certain(double value, Qualifier qualifier, Comparison comparison, double than) => (qualifier, comparison) switch
    {
        (Qualifier.NotDetected, Comparison.Below or Comparison.AtMost) => true,
        (Qualifier.NotDetected, _) => false,
        (Qualifier.Below, Comparison.Below or Comparison.AtMost) => value <= than,
        (Qualifier.Above, Comparison.Above or Comparison.AtLeast) => value >= than,
        (Qualifier.Exact, _) => Holds(value, comparison, than),
        _ => false,
    };
}
