namespace Escala.Programmes.Trials;

public enum ExposureKind
{
    /// <summary>The trial did not allocate the place's cluster.</summary>
    NotEnrolled,

    /// <summary>Wholly before initiation.</summary>
    Unexposed,

    /// <summary>A window into which initiation falls, though not on its first day: partly unexposed, partly exposed.</summary>
    Transition,
    Exposed,
}

/// <summary>
/// What a place is to the trial. <see cref="Month"/> is 1 in the calendar month of initiation and counts on; <see cref="Phase"/> is the
/// phase of that month. Both only where exposed.
/// </summary>
public readonly record struct Exposure(ExposureKind Kind, string? Phase = null, int? Month = null)
{
    /// <summary>The word in data: unexposed, transition, notEnrolled, or the id of the phase.</summary>
    public string Word => Kind switch
    {
        ExposureKind.Unexposed => "unexposed",
        ExposureKind.Transition => "transition",
        ExposureKind.Exposed => Phase!,
        _ => "notEnrolled",
    };
}
