using Escala.Capture.Forms.Expressions;

namespace Escala.Capture.Forms.Definitions;

/// <summary>A form as app and server carry it out: what <c>escala form compile</c> writes (<c>programmes/form.schema.json</c>).</summary>
public sealed record FormDefinition
{
    public required string Id { get; init; }

    public string? Version { get; init; }

    public required FormText Title { get; init; }

    /// <summary>As the form names them, <c>Português (pt)</c>; one without a name where the form has none. Texts follow this order.</summary>
    public required IReadOnlyList<string> Languages { get; init; }

    public required int DefaultLanguage { get; init; }

    /// <summary>Questions, groups and repeats in the order of the sheet: a parent stands before its children.</summary>
    public required IReadOnlyList<FormItem> Items { get; init; }

    public required IReadOnlyDictionary<string, ChoiceList> Lists { get; init; }

    /// <summary>What follows from other answers, each after what it follows from.</summary>
    public required IReadOnlyList<FormRule> Order { get; init; }

    /// <summary>The name of a filled form.</summary>
    public Expr? InstanceName { get; init; }

    public string? Style { get; init; }
}

/// <summary>A rule of an item that changes the state of others: its relevance or its calculation.</summary>
public readonly record struct FormRule(bool IsRelevance, int Item);

/// <summary>A row of the survey sheet. Types are those of <see cref="FormTypes"/>.</summary>
public sealed record FormItem
{
    public required string Type { get; init; }

    public required string Name { get; init; }

    /// <summary>The group or repeat it stands in; -1 at the top.</summary>
    public required int Parent { get; init; }

    public FormText? Label { get; init; }

    public FormText? Hint { get; init; }

    public FormText? Guidance { get; init; }

    public Expr? Required { get; init; }

    public FormText? RequiredMessage { get; init; }

    public Expr? Relevant { get; init; }

    public Expr? Constraint { get; init; }

    public FormText? ConstraintMessage { get; init; }

    public Expr? Calculation { get; init; }

    /// <summary>Items whose change makes the calculation anew; without any it always holds.</summary>
    public IReadOnlyList<int> Trigger { get; init; } = [];

    /// <summary>A text as it stands, or an expression evaluated once.</summary>
    public Expr? Default { get; init; }

    public Expr? ReadOnly { get; init; }

    public IReadOnlyList<string> Appearance { get; init; } = [];

    /// <summary>start, end and step of a range, for example.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>The choices' list.</summary>
    public string? List { get; init; }

    /// <summary>The question within a repeat whose answers are the choices.</summary>
    public int? ChoicesFrom { get; init; }

    public Expr? ChoiceFilter { get; init; }

    /// <summary>Instances of a repeat; without it the user adds them.</summary>
    public Expr? Count { get; init; }

    /// <summary>Shown to a person, rather than computed or filled by the device: what is computed and has no text is not shown.</summary>
    public bool IsAsked => FormTypes.IsAsked(Type) && (Label is not null || Hint is not null || (Calculation is null && Trigger.Count == 0));
}

/// <summary>Choices in their order. Beside name and label a row may have further columns, which filters and look-ups read.</summary>
public sealed record ChoiceList(IReadOnlyList<string> Columns, IReadOnlyList<Choice> Choices);

/// <param name="Values">In the order of the list's columns.</param>
public sealed record Choice(string Name, FormText? Label, IReadOnlyList<string> Values);

/// <summary>A text in the languages of the form; null where a language has none. A text has parts: literals, and expressions shown within it.</summary>
public sealed record FormText(IReadOnlyList<IReadOnlyList<Expr>?> Languages)
{
    /// <summary>In the language, else in the first that has it.</summary>
    public IReadOnlyList<Expr> In(int language) => (language < Languages.Count ? Languages[language] : null) ?? Languages.FirstOrDefault(l => l is not null) ?? [];
}
