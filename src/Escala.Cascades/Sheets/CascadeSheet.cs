using Escala.Programmes;
using Escala.Programmes.Measures;

namespace Escala.Cascades.Sheets;

/// <summary>A facility, or a wider place whose figures are the sums of its facilities as they were placed on the window's last day.</summary>
public sealed record SheetPlace(string Code, string Name, string Level, IReadOnlyList<PlacedFacility> Facilities, bool IsSum);

public sealed record PlacedFacility(string Code, string Name);

/// <summary>What the reader of a sheet chose: where gains are counted, and to what a step is raised. Null: as the package says.</summary>
public sealed record SheetChoice(string? EndStep = null, TargetChoice? Target = null);

/// <summary>One step of a sheet.</summary>
/// <param name="Gain">At the chosen end step.</param>
/// <param name="GainBeside">At the second end step; null where the package has none.</param>
/// <param name="Rises">More people were asked at this step than passed the one before: steps are not prerequisites of each other.</param>
public sealed record SheetStep(CascadeStep Step, Figure Figure, StepTarget? Target, Gain Gain, Gain? GainBeside, bool Rises);

/// <param name="Missing">People who were asked and are not known; null where everybody is.</param>
public sealed record SheetIndicator(Measure Measure, Figure Figure, int? Missing);

/// <summary>The cascade of one place in one window.</summary>
public sealed record CascadeSheet
{
    public required Programme Programme { get; init; }

    public required SheetPlace Place { get; init; }

    public required Window Window { get; init; }

    /// <summary>unexposed, transition, a phase of the trial, notEnrolled; null where the place's facilities differ.</summary>
    public required string? Exposure { get; init; }

    public required Measure EndStep { get; init; }

    /// <summary>The second end step; null where the package has none, or it is the chosen one.</summary>
    public required Measure? Beside { get; init; }

    public required TargetChoice Target { get; init; }

    public required Completeness Completeness { get; init; }

    public required IReadOnlyList<SheetStep> Steps { get; init; }

    public required IReadOnlyList<SheetIndicator> Indicators { get; init; }

    /// <summary>Facilities whose steps were counted by hand in the window, and have no rows in it.</summary>
    public required IReadOnlyList<string> Tallied { get; init; }

    /// <summary>Facilities of which there are rows and tallies: the rows stand, the tallies are in no figure.</summary>
    public required IReadOnlyList<string> TalliesAside { get; init; }

    public required int People { get; init; }

    /// <summary>Of <see cref="People"/>, those with an open query on a row of the window; all of them where the facility was not open.</summary>
    public required int Queried { get; init; }

    public required int UnknownBirthDate { get; init; }

    /// <summary>Where the ledger stood.</summary>
    public required long Position { get; init; }

    /// <summary>The best quarter at a step is this facility alone: its target is its own figure, and a gain of 0 says nothing.</summary>
    public bool SetsTarget(SheetStep step) => Place.Facilities is [var own] && step.Target?.Facilities is [var only] && only == own.Code;

    /// <summary>Steps with a gain above 0, the greatest first, the earlier on a tie.</summary>
    public IEnumerable<SheetStep> ByGain => Steps.Where(s => s.Gain.Persons > 0).OrderByDescending(s => s.Gain.Persons);
}
