namespace Escala.Platform.Problems;

/// <summary>
/// Something a person did or a file contained that cannot be taken as it is. Codes read <c>chapter.area.reason</c>; the sentence, in the
/// reader's language, is looked up at the edge (<see cref="Texts.ProblemTexts"/>). Details fill its gaps and never hold a patient's value.
/// </summary>
public sealed record Problem(string Code, IReadOnlyDictionary<string, string> Details)
{
    public static Problem Of(string code, params (string Key, object? Value)[] details) =>
        new(code, details.ToDictionary(d => d.Key, d => Convert.ToString(d.Value, System.Globalization.CultureInfo.InvariantCulture) ?? ""));

    public override string ToString() => Code + (Details.Count == 0 ? "" : " {" + string.Join(", ", Details.Select(d => $"{d.Key}={d.Value}")) + "}");
}
