using System.Text;
using Escala.Economics.Expressions;
using Escala.Economics.Models;
using Escala.Fuzz.Mutation;

namespace Escala.Fuzz.Targets;

/// <summary>A formula of a decision model.</summary>
internal sealed class FormulaTarget : Target
{
    public override string Name => "formula";

    public override int Share => 24;

    public override Structure Structure => Structure.Words;

    public override int MostBytes => 512;

    public override IEnumerable<byte[]> Seeds => [Bytes("if strategy == a then p_sick * 1.5 else 1 - exp(-0.02 * cycle_length)"), Bytes("if(x > 2, min(a, b), -c ^ 2 ^ 0.5)"), Bytes("table.col(age) + 3e-2 / (a - b) * 12%"), Bytes("not (a and b) or c <= 1 != 'x'"), Bytes("cvd(age=40, sex=\"female\", sbp=140)")];

    public override void Try(byte[] input)
    {
        try
        {
            ExpressionParser.Parse(Encoding.UTF8.GetString(input), default);
        }
        catch (ModelException e)
        {
            HoldProblems(e.Problems.Select(p => p.Problem));
        }
    }
}
