namespace Escala.Programmes.Simulation;

/// <summary>What a package's simulation.yaml says: the people, how they come, and how each column of the register is filled.</summary>
public sealed record SimulationPlan
{
    /// <summary>First day; null: the first day of the trial.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Calendar months; null: to the end of the trial.</summary>
    public int? Months { get; init; }

    public required PeoplePlan People { get; init; }

    public required VisitPlan Visits { get; init; }

    public required IReadOnlyList<StepPlan> Steps { get; init; }

    /// <summary>In the order in which a visit fills them: a fact may depend on those above it.</summary>
    public required IReadOnlyList<FactPlan> Facts { get; init; }
}

public sealed record PeoplePlan
{
    /// <summary>Mean number of people whose first facility a facility is, over the whole period.</summary>
    public required int PerFacility { get; init; }

    public required string IdPrefix { get; init; }

    public required int IdDigits { get; init; }

    /// <summary>A dated fact of places to which the facilities' sizes are proportional, where all of them have it.</summary>
    public string? SizeFact { get; init; }

    /// <summary>Elsewhere sizes are log-normal with this standard deviation of the logarithm.</summary>
    public required double SizeSpread { get; init; }

    /// <summary>Share of people who were in care before the first day; the others begin on a day of the period, each day alike.</summary>
    public required double InCareAtStart { get; init; }

    /// <summary>Age in years at the first visit: bands, uniform within.</summary>
    public required IReadOnlyList<AgeBand> Ages { get; init; }

    public required AffectedPlan Affected { get; init; }
}

/// <summary>Ages from (included) to (excluded) in years.</summary>
public sealed record AgeBand(int From, int To, double Share);

/// <summary>Who has the condition that the programme looks for, whether or not anybody knows: logistic in age.</summary>
public sealed record AffectedPlan(double Share, int AtAge, double LogOddsPerDecade);

public sealed record VisitPlan
{
    /// <summary>Months to the next appointment.</summary>
    public required IReadOnlyList<Weighted<int>> IntervalMonths { get; init; }

    /// <summary>Share of appointments kept on their very day; other kept ones fall within <see cref="DaysAround"/> days of it.</summary>
    public required double OnTheDay { get; init; }

    public required int DaysAround { get; init; }

    /// <summary>Share of appointments missed by <see cref="LateFrom"/> to <see cref="LateTo"/> days.</summary>
    public required double Missed { get; init; }

    public required int LateFrom { get; init; }

    public required int LateTo { get; init; }

    /// <summary>After a visit: never comes again.</summary>
    public required double Lost { get; init; }

    /// <summary>After a visit: comes to another facility of the district from now on.</summary>
    public required double Transfer { get; init; }

    /// <summary>Days of the week on which nobody is seen.</summary>
    public required IReadOnlyList<DayOfWeek> Closed { get; init; }
}

public sealed record Weighted<T>(T Value, double Share);

/// <summary>
/// A step that a person passes or not at an eligible visit: log-odds = base + district + facility + facility-period + person effect
/// + trend × years since the first day + effect where the facility is exposed on the visit's day.
/// </summary>
public sealed record StepPlan
{
    public required string Id { get; init; }

    /// <summary>Of somebody with no random effect, unexposed, on the first day.</summary>
    public required double Probability { get; init; }

    /// <summary>Log odds ratio of exposure.</summary>
    public required double Effect { get; init; }

    /// <summary>Change of the log-odds a year, exposed or not.</summary>
    public required double TrendPerYear { get; init; }

    /// <summary>Standard deviation of the log-odds between districts; likewise below.</summary>
    public required double District { get; init; }

    public required double Facility { get; init; }

    /// <summary>Period: the programme's window.</summary>
    public required double FacilityPeriod { get; init; }

    public required double Person { get; init; }
}
