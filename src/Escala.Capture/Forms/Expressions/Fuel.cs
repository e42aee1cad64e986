namespace Escala.Capture.Forms.Expressions;

/// <summary>What one evaluation may cost. A unit is an operation, a node looked at or a state of a pattern; app and server count alike.</summary>
internal sealed class Fuel(int units)
{
    /// <summary>For one expression: about a tenth of a second on an old tablet.</summary>
    public const int PerExpression = 1_000_000;

    private int _left = units;

    public void Take(int units = 1)
    {
        if ((_left -= units) < 0) throw new EvaluationFault("fuel");
    }
}

/// <summary>An expression that cannot be carried to its end: <c>fuel</c>.</summary>
internal sealed class EvaluationFault(string reason) : Exception(reason)
{
    public string Reason { get; } = reason;
}
