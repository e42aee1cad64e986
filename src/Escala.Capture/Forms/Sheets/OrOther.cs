using Escala.Capture.Forms.Definitions;
using Escala.Capture.Forms.Expressions;
using Escala.Platform.Texts;

namespace Escala.Capture.Forms.Sheets;

/// <summary>What <c>or_other</c> adds: a last choice, and a question that asks which.</summary>
internal static class OrOther
{
    public const string NameEnding = "_other";

    private static readonly LocalText s_other = new("Outro", "Otro", "Other");
    private static readonly LocalText s_specify = new("Especifique.", "Especifique.", "Specify other.");

    public static FormText Label(IReadOnlyList<string> languages) => In(s_other, languages);

    public static FormText Question(IReadOnlyList<string> languages) => In(s_specify, languages);

    private static FormText In(LocalText text, IReadOnlyList<string> languages) => new([.. languages.Select(l => (IReadOnlyList<Expr>?)[new TextLiteral(text.In(Sessions.Evaluator.LanguageOf(l) ?? Language.En))])]);
}
