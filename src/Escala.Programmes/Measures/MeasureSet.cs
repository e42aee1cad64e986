using Escala.Platform.Texts;
using Escala.Programmes.Facts;

namespace Escala.Programmes.Measures;

/// <summary>All measures of a programme, in the order of the package.</summary>
public sealed record MeasureSet(IReadOnlyList<Measure> Measures)
{
    public Measure? Find(string id) => Measures.FirstOrDefault(m => m.Id == id);
}

/// <summary>
/// Who is counted (<see cref="Denominator"/>), who of them is not known (<see cref="Known"/> false: missing, neither in numerator nor
/// denominator) and who passed (<see cref="Numerator"/>). <see cref="Definition"/> is the id and version that stand beside every figure.
/// </summary>
public sealed record Measure
{
    public required string Id { get; init; }

    public required int Version { get; init; }

    /// <summary><c>programme/measure@version</c>.</summary>
    public required string Definition { get; init; }

    public required LocalText Name { get; init; }

    public required LocalText Text { get; init; }

    /// <summary>Where and when a person counts.</summary>
    public required Anchor Anchor { get; init; }

    /// <summary>Null: everybody whom the anchor names.</summary>
    public Condition? Denominator { get; init; }

    public Condition? Known { get; init; }

    public required Condition Numerator { get; init; }

    /// <summary>The YAML of the measure and of every named condition and value it rests on, as the package has it.</summary>
    public required string Source { get; init; }
}

/// <summary>At which facility and in which window a person is asked.</summary>
public abstract record Anchor
{
    /// <summary>Wherever and whenever the person has a row.</summary>
    public sealed record EachVisit : Anchor;

    /// <summary>Once: at the facility of the first row with the fact, in the window that holds its day moved by so many days.</summary>
    public sealed record FirstRow(FactDefinition Fact, int PlusDays) : Anchor;

    /// <summary>At the facility of each row with the date, in the window that holds the date.</summary>
    public sealed record EachDate(FactDefinition Date) : Anchor;
}
