using Escala.Registry.Timelines;

namespace Escala.Cascades.Compiled;

/// <summary>
/// What a measure is asked about: one person's rows (those of the population, in order) at one facility in one window. Moved from
/// place to place without allocation; <see cref="Number"/> tells nodes when their memory is of another question.
/// </summary>
internal sealed class Question(Timeline timeline)
{
    public Timeline Timeline { get; } = timeline;

    /// <summary>Rows that count: those of the population.</summary>
    public int First { get; set; }

    public int Facility { get; private set; }

    public int WindowFirstDay { get; private set; }

    public int WindowLastDay { get; private set; }

    /// <summary>Rows up to the window's last day, exclusive end.</summary>
    public int End { get; private set; }

    /// <summary>First row in the window.</summary>
    public int Start { get; private set; }

    public long Number { get; private set; }

    public long PersonNumber { get; private set; }

    /// <summary>NaN when the birth date is unknown.</summary>
    public double BirthDay { get; set; }

    public void NextPerson() => PersonNumber++;

    public void Move(int facility, int firstDay, int lastDay)
    {
        Number++;
        Facility = facility;
        WindowFirstDay = firstDay;
        WindowLastDay = lastDay;
        var heads = Timeline.Heads;
        Start = First;
        while (Start < heads.Length && heads[Start].Day < firstDay) Start++;
        End = Start;
        while (End < heads.Length && heads[End].Day <= lastDay) End++;
    }
}
