namespace Escala.Capture.Forms.Sessions;

/// <summary>What stands in the way of an answer.</summary>
public enum AnswerProblem
{
    None,

    /// <summary>It is required and not given.</summary>
    Required,

    /// <summary>It is no integer, date … as its type asks.</summary>
    Type,

    /// <summary>It is none of the choices that are now offered.</summary>
    Choice,

    /// <summary>The form's own constraint does not hold.</summary>
    Constraint,

    /// <summary>An expression of the question cannot be evaluated.</summary>
    Fault,
}

/// <summary>A question, group or instance of a repeat that is to be shown.</summary>
/// <param name="Path"><c>household/member[2]/age</c>: names, and the instance of each repeat from 1.</param>
/// <param name="Item">Index of its definition.</param>
public sealed record FormState(string Path, int Item, string Value, string Label, bool IsRequired, bool IsReadOnly, AnswerProblem Problem, string Message);

/// <summary>A choice that is offered.</summary>
public sealed record OfferedChoice(string Name, string Label);
