using Escala.Programmes.Facts;

namespace Escala.Programmes.Simulation;

/// <summary>How the columns of one fact are filled.</summary>
public abstract record FactPlan
{
    public required FactDefinition Fact { get; init; }
}

/// <summary>A fact of the person, alike in all rows; unknown of some people.</summary>
public abstract record PersonFactPlan : FactPlan
{
    public required double Unknown { get; init; }

    /// <summary>Share of rows in which it is left empty although known.</summary>
    public required double Empty { get; init; }
}

/// <summary>One category a person.</summary>
public sealed record CategoryPlan : PersonFactPlan
{
    public required IReadOnlyList<Weighted<Category>> Shares { get; init; }
}

/// <summary>Done at a visit by a step until it finds the person affected.</summary>
public sealed record TestPlan : FactPlan
{
    public required StepPlan Step { get; init; }

    public required Category Affected { get; init; }

    public required Category Usual { get; init; }

    public required Category Unclear { get; init; }

    /// <summary>Share of tests that conclude nothing.</summary>
    public required double UnclearShare { get; init; }
}

/// <summary>The date of birth.</summary>
public sealed record BirthPlan : PersonFactPlan;

/// <summary>A date that lies before the first visit by exponentially distributed days.</summary>
public sealed record DateBeforePlan : PersonFactPlan
{
    public required double MeanDaysInCare { get; init; }

    public required double MeanDaysNew { get; init; }
}

/// <summary>Two numbers read together, one to several times a visit.</summary>
public sealed record PairPlan : FactPlan
{
    public required StepPlan Measured { get; init; }

    public required IReadOnlyList<Weighted<int>> Readings { get; init; }

    public required PairValue Usual { get; init; }

    public required PairValue Affected { get; init; }

    public required PairValue Treated { get; init; }

    public required PairValue PersonSpread { get; init; }

    public required PairValue VisitSpread { get; init; }

    public required PairValue ReadingSpread { get; init; }

    /// <summary>Correlation of the two parts, between people and between visits.</summary>
    public required double Correlation { get; init; }

    /// <summary>At or above either part is "above".</summary>
    public required PairValue Threshold { get; init; }

    /// <summary>The first part exceeds the second by at least this much, but for typing errors.</summary>
    public required int Gap { get; init; }

    /// <summary>Share of visits whose values are rounded to <see cref="RoundedTo"/>: terminal digit preference.</summary>
    public required double Rounded { get; init; }

    public required int RoundedTo { get; init; }

    /// <summary>Share of the visits without a reading at which the first part alone is written.</summary>
    public required double FirstPartOnly { get; init; }

    /// <summary>Share of numbers with a digit too many or too few.</summary>
    public required double TypingErrors { get; init; }

    /// <summary>Decides whether the visit's value is below the threshold, for people treated.</summary>
    public required StepPlan Below { get; init; }

    /// <summary>Treated: this stands…</summary>
    public required FactDefinition Stands { get; init; }

    /// <summary>… and this was given on an earlier day.</summary>
    public required FactDefinition Given { get; init; }
}

public sealed record PairValue(double First, double Second);

/// <summary>Set for the first time at an eligible visit by a step; then written again from visit to visit.</summary>
public sealed record FlagPlan : FactPlan
{
    public required StepPlan Step { get; init; }

    /// <summary>Share of those eligible and in care at the start for whom it stood already.</summary>
    public required double Already { get; init; }

    /// <summary>Eligible: this pair is above its threshold at the visit (and, at the start, the person is affected)…</summary>
    public FactDefinition? Above { get; init; }

    /// <summary>… this test has found the person affected (at the start: the person is affected)…</summary>
    public FactDefinition? Found { get; init; }

    /// <summary>… and this flag stands.</summary>
    public FactDefinition? Stands { get; init; }

    /// <summary>Share of the visits at which a standing flag is written again.</summary>
    public required double Again { get; init; }

    /// <summary>Share of the visits without it at which 0 is written.</summary>
    public required double No { get; init; }

    /// <summary>Share of visits at which a standing flag is cleared.</summary>
    public required double Cleared { get; init; }
}

/// <summary>Days supplied, by a step, while a flag stands.</summary>
public sealed record SupplyPlan : FactPlan
{
    public required StepPlan Step { get; init; }

    public required FactDefinition Stands { get; init; }

    public required IReadOnlyList<Weighted<int>> Days { get; init; }

    /// <summary>Share of supplies that reach the next appointment, in the smallest of <see cref="Days"/> that does; the others follow their shares.</summary>
    public required double ToNextVisit { get; init; }

    /// <summary>Share of the refused or missed supplies at which 0 is written.</summary>
    public required double No { get; init; }
}

/// <summary>A laboratory's number, every so many days; a step decides whether it is low.</summary>
public sealed record QuantityPlan : FactPlan
{
    /// <summary>Only while this flag stands; null: of everybody.</summary>
    public FactDefinition? Stands { get; init; }

    public required int EveryDays { get; init; }

    /// <summary>Share of visits, once the days are over, at which it is done.</summary>
    public required double Done { get; init; }

    public required StepPlan Step { get; init; }

    /// <summary>Of low results: share of "not detected", shares of &lt;n, and for the others a number from 1 to <see cref="LowTo"/>.</summary>
    public required double NotDetected { get; init; }

    public required IReadOnlyList<Weighted<int>> BelowLimit { get; init; }

    public required int LowTo { get; init; }

    /// <summary>Of high results: above <see cref="LowTo"/> by log-normal amounts with this median and standard deviation of the logarithm.</summary>
    public required double HighMedian { get; init; }

    public required double HighSpread { get; init; }

    /// <summary>High results above this are written &gt;n.</summary>
    public required int HighTo { get; init; }
}

/// <summary>The next appointment.</summary>
public sealed record NextVisitPlan : FactPlan
{
    /// <summary>Share of visits at which it is not written.</summary>
    public required double Empty { get; init; }
}
