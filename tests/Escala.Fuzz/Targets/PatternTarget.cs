using System.Text;
using Escala.Capture.Forms.Expressions;
using Escala.Fuzz.Mutation;

namespace Escala.Fuzz.Targets;

/// <summary>A pattern of a form's regex(), and a text to match, behind a line break.</summary>
internal sealed class PatternTarget : Target
{
    public override string Name => "pattern";

    public override int Share => 24;

    public override Structure Structure => Structure.None;

    public override int MostBytes => 256;

    public override IReadOnlyList<string> Words => ["{2,5}", "{1000}", "\\p{L}", "\\P{Lu}", "\\d", "\\w", "\\s", "[^", "(?:", "(?=", "*?", "(a*)*", "(a|a)*", "[a-z]", "\\u0041", "\\x41"];

    public override IEnumerable<byte[]> Seeds => [Bytes("^[A-Z]{2}[0-9]+$\nAB123"), Bytes("(a|b)*c?\nabab"), Bytes("\\d{3}-\\d{2,}\n123-45"), Bytes("[^\\s,]+(,[^\\s,]+)*\na,b,c"), Bytes("\\p{Lu}\\p{Ll}+\nÁna")];

    public override void Try(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        try
        {
            PatternParser.Parse(end < 0 ? text : text[..end], 1).Matches(end < 0 ? "" : text[(end + 1)..], new Fuel(Fuel.PerExpression));
        }
        catch (Exception e) when (e is ExpressionFault or EvaluationFault)
        {
            // It is told where it stands, or its fuel is spent.
        }
    }
}
