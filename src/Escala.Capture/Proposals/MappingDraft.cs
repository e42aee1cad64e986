using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Escala.Programmes.Facts;

namespace Escala.Capture.Proposals;

/// <summary>The text of a mapping as it comes about: each line says on what it rests, and what nobody knows yet stands there as a question.</summary>
internal sealed class MappingDraft
{
    private static readonly JsonSerializerOptions s_readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly StringBuilder _text = new();

    public void Line(string line, string? ground = null)
    {
        _text.Append(line);
        if (ground is not null) _text.Append("   # ").Append(ground.ReplaceLineEndings(" "));
        _text.Append('\n');
    }

    public override string ToString() => _text.ToString();

    /// <summary>A text as YAML reads it back, whatever stands in it.</summary>
    public static string Quoted(string text) =>
        text.Length > 0 && char.IsAsciiLetter(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_') && !IsWordOfYaml(text) ? text : JsonSerializer.Serialize(text, s_readable);

    public static string List(IEnumerable<string> texts) => "[" + string.Join(", ", texts.Select(Quoted)) + "]";

    /// <summary>The answer to a question, or the question where there is none.</summary>
    public static string Value(string? answer, Question question) => answer is null ? Open(question) : Quoted(answer);

    /// <summary>In place of a value that nobody knows.</summary>
    public static string Open(Question question) =>
        Quoted(Mapping.OpenQuestion + question.Sentence + (question.Choices.Count > 0 ? " (" + string.Join(", ", question.Choices) + ")" : ""));

    /// <summary>Other readers of YAML take these for something else than text.</summary>
    private static bool IsWordOfYaml(string text) => text.ToUpperInvariant() is "YES" or "NO" or "Y" or "N" or "TRUE" or "FALSE" or "NULL" or "ON" or "OFF";
}
