namespace Escala.Capture.Forms.Sheets;

/// <summary>A row of the survey sheet whose type is known; expressions are still texts.</summary>
/// <param name="Row">From 0; -1 for what <c>or_other</c> adds to the row before.</param>
internal sealed record SurveyRow(string Type, string Name, int Parent, int Row)
{
    /// <summary>As in the sheet, or by the type: a percentage has a constraint.</summary>
    public string? ImpliedConstraint { get; init; }

    public string? List { get; init; }

    /// <summary>The question within a repeat whose answers are the choices: <c>select_one ${name}</c>.</summary>
    public string? ChoicesFrom { get; init; }

    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>The select of which this is the "other".</summary>
    public int? OtherOf { get; init; }
}
