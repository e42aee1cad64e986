using System.Text.RegularExpressions;
using Escala.Platform.Texts;
using Escala.Programmes.Facts;

namespace Escala.Programmes;

/// <summary>How the field app draws a programme: field.yaml. A programme without one can be imported and counted, but has no visit screen.</summary>
public sealed record FieldPlan
{
    /// <summary>Minutes that <see cref="LockMinutes"/> may be at most.</summary>
    public const int LongestLock = 120;

    /// <summary>Minutes without a touch after which the app asks for the PIN, where the office sets nothing for the place.</summary>
    public required int LockMinutes { get; init; }

    /// <summary>Days behind the agreed date from which somebody is overdue.</summary>
    public required int OverdueAfter { get; init; }

    /// <summary>Days of the week on which nobody is seen.</summary>
    public required IReadOnlyList<DayOfWeek> ClosedDays { get; init; }

    /// <summary>Registers are typed at the facilities; otherwise monthly tallies are.</summary>
    public required bool HasClerks { get; init; }

    /// <summary>What a fact, or a part of a pair, is called on the screen.</summary>
    public required IReadOnlyDictionary<string, LocalText> Labels { get; init; }

    /// <summary>The visit screen from top to bottom.</summary>
    public required IReadOnlyList<VisitItem> Visit { get; init; }

    public required IReadOnlyList<PersonField> PersonFields { get; init; }

    public required IReadOnlyList<IdentifierSystem> Identifiers { get; init; }

    public required IReadOnlyList<ConsentText> Consents { get; init; }

    /// <summary>Forms that are filled about a person. Any other form of the package is about the facility.</summary>
    public required IReadOnlyList<PersonForm> PersonForms { get; init; }

    /// <summary>What group sessions go through; null where the programme has none.</summary>
    public required Curriculum? Curriculum { get; init; }

    /// <summary>The scope whose consent a form needs before its answers are stored; null where it needs none.</summary>
    public string? ConsentFor(string form) =>
        PersonForms.FirstOrDefault(f => f.Form == form)?.Scope is { } scope && Consents.Any(c => c.Scope == scope && c.IsRequired) ? scope : null;
}

public enum Widget
{
    /// <summary>Up to three readings with focus that moves by itself.</summary>
    Pairs,
    Flag,

    /// <summary>The same medicines again, and for how many days.</summary>
    Refill,
    Quantity,
    Number,

    /// <summary>The next date, by days from today.</summary>
    Next,
    Category,
    Date,
    Text,
}

/// <param name="With">Facts that a refill repeats beside the days.</param>
/// <param name="Choices">Days offered with one touch.</param>
/// <param name="IsMore">Folded away until it is asked for.</param>
public sealed record VisitItem(FactDefinition Fact, Widget Widget, IReadOnlyList<FactDefinition> With, IReadOnlyList<int> Choices, bool IsMore);

public enum PersonFieldType
{
    Text,
    Sex,

    /// <summary>A birth date, or an age, from which the year is estimated.</summary>
    Birth,
    Phone,
}

public sealed record PersonField(string Name, PersonFieldType Type, bool IsRequired, LocalText Label);

/// <param name="Pattern">Regular expression that the whole identifier fits; null for any.</param>
/// <param name="Format">How it is written, as a hint.</param>
/// <param name="IsSensitive">Tells what somebody is treated for: never in an address, a log or a preview. Files of rows that were not taken have it as their rows do.</param>
public sealed record IdentifierSystem(string System, LocalText Label, string? Pattern, string? Format, bool IsSensitive)
{
    private readonly Regex? _whole = Pattern is null ? null : new Regex($"^(?:{Pattern})$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));

    public bool Fits(string value) => _whole?.IsMatch(value) ?? true;

    /// <summary>Written as the format has it, whatever stands between the parts: 11040701 19 00123 and 110407011900123 are 11040701/19/00123.</summary>
    public string Normal(string value)
    {
        var trimmed = value.Trim();
        if (Format is null || Fits(trimmed)) return trimmed;
        var letters = trimmed.Where(char.IsLetterOrDigit).ToArray();
        if (letters.Length != Format.Count(char.IsLetterOrDigit)) return trimmed;
        var next = 0;
        var normal = string.Concat(Format.Select(c => char.IsLetterOrDigit(c) ? letters[next++] : c));
        return Fits(normal) ? normal : trimmed;
    }
}

/// <param name="Form">The form's id.</param>
/// <param name="Scope">Of the consent under which its answers stand; null where none is asked.</param>
public sealed record PersonForm(string Form, string? Scope);

/// <summary>A course of sessions for groups of people.</summary>
/// <param name="Sessions">Names in order; the first is session 1.</param>
/// <param name="Activities">What belongs to each session: the checklist.</param>
/// <param name="Minutes">How long a session is planned to take.</param>
/// <param name="Least">Sessions that somebody must have attended to have completed the course, those of <paramref name="Including"/> among them.</param>
/// <param name="Measures">Facts of the register that are measured at sessions.</param>
public sealed record Curriculum(
    IReadOnlyList<LocalText> Sessions, IReadOnlyList<CurriculumActivity> Activities, int Minutes, int Least, IReadOnlyList<int> Including, IReadOnlyList<FactDefinition> Measures);

public sealed record CurriculumActivity(string Id, LocalText Name);

/// <summary>A text that is read to somebody who agrees or does not. Another wording is another version.</summary>
/// <param name="IsRequired">Answers of the scope are not stored without it.</param>
public sealed record ConsentText(string Id, int Version, string Scope, bool IsRequired, LocalText Title, LocalText Body);
