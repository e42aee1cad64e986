using Escala.Programmes.Facts;

namespace Escala.Programmes.Measures;

/// <summary>
/// What is asked of one person's rows at one facility ("here") in one window. The primitives a package composes its measures of;
/// meaning in docs/methods/measures.md.
/// </summary>
public abstract record Condition
{
    public sealed record All(IReadOnlyList<Condition> Of) : Condition;

    public sealed record Some(IReadOnlyList<Condition> Of) : Condition;

    public sealed record Not(Condition Of) : Condition;

    /// <summary>At least one row fits.</summary>
    public sealed record Any(Rows Rows) : Condition;

    /// <summary>The one row that <see cref="Pick"/> finds exists and, where given, has the value.</summary>
    public sealed record Picked(RowPick Pick, ValueTest? Is) : Condition;

    /// <summary>Up to the window's end the flag was set and no later row cleared it.</summary>
    public sealed record Stands(FactDefinition Flag) : Condition;

    /// <summary>Some supply given up to the window's end reaches past its last day: day + days supplied &gt; last day, each alone.</summary>
    public sealed record SupplyReaches(FactDefinition Supply) : Condition;

    /// <summary>Days supplied in [from, from + days), each supply cut at the end, over days, exceed the share.</summary>
    public sealed record SupplyShare(FactDefinition Supply, DayRef From, int Days, decimal Above) : Condition;

    /// <summary>The first day is strictly before the second; false where either is missing.</summary>
    public sealed record Precedes(DayRef Earlier, DayRef Later) : Condition;

    /// <summary>Age in whole years on the window's last day; false where the birth date is unknown.</summary>
    public sealed record Age(Comparison Comparison, int Years) : Condition;
}

/// <summary>
/// Rows of the person: those in which <see cref="Fact"/> is recorded (null: any visit), with the value, here or anywhere, in the period.
/// A flag is recorded where it was set, a supply where its days are above 0, a pair where complete.
/// Without a lower bound the period begins with the first row, without an upper bound it ends with the window.
/// </summary>
public sealed record Rows(FactDefinition? Fact, ValueTest? Is, bool Here, DayBound? From, DayBound? To);

/// <summary>A bound of a period; the day itself belongs to it when <see cref="Inclusive"/>.</summary>
public sealed record DayBound(DayRef Day, bool Inclusive);

/// <summary>One row among <see cref="Rows"/>.</summary>
public abstract record RowPick(Rows Rows)
{
    public sealed record First(Rows Rows) : RowPick(Rows);

    public sealed record Latest(Rows Rows) : RowPick(Rows);

    /// <summary>The day nearest to <see cref="To"/>, the earlier on a tie; of that day the last row.</summary>
    public sealed record Nearest(Rows Rows, DayRef To) : RowPick(Rows);
}

/// <summary>A day of the window or of one of the person's rows.</summary>
public abstract record DayRef
{
    public sealed record WindowStart : DayRef;

    public sealed record WindowEnd : DayRef;

    /// <summary>The same day so many years before the window's last day (28 February for 29).</summary>
    public sealed record YearsBeforeWindowEnd(int Years) : DayRef;

    /// <summary>The day of a row, moved; missing where there is no such row.</summary>
    public sealed record OfRow(RowPick Pick, int PlusDays) : DayRef;
}

public enum Comparison
{
    Below,
    AtMost,
    Above,
    AtLeast,
    Equal,
}

/// <summary>What is asked of one row.</summary>
public abstract record ValueTest
{
    public sealed record All(IReadOnlyList<ValueTest> Of) : ValueTest;

    public sealed record Some(IReadOnlyList<ValueTest> Of) : ValueTest;

    public sealed record Not(ValueTest Of) : ValueTest;

    /// <summary>
    /// The value in <see cref="Slot"/> compares so for certain: of a censored quantity &lt;n is at most n and below or equal to whatever n is,
    /// &gt;n above or equal to whatever n is; ND is below everything.
    /// </summary>
    public sealed record Compare(int Slot, int? QualifierSlot, Comparison Comparison, double Than) : ValueTest;

    /// <summary>The laboratory wrote "not detected".</summary>
    public sealed record NotDetected(int QualifierSlot) : ValueTest;

    public sealed record InCategory(int Slot, int Category) : ValueTest;

    /// <summary>The row was written at the sheet's facility.</summary>
    public sealed record AtHere : ValueTest;

    /// <summary>The date in the slot lies in the window.</summary>
    public sealed record DateInWindow(int Slot) : ValueTest;
}
