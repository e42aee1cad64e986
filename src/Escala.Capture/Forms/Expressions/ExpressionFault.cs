namespace Escala.Capture.Forms.Expressions;

/// <summary>
/// Why an expression cannot be read; caught where sheet, row and column are known. <paramref name="reason"/> completes the code
/// <c>capture.form.</c>, <paramref name="at"/> is the character from 1.
/// </summary>
internal sealed class ExpressionFault(string reason, int at, params (string Key, object? Value)[] details) : Exception(reason)
{
    public string Reason { get; } = reason;

    public int At { get; } = at;

    public IReadOnlyList<(string Key, object? Value)> Details { get; } = details;
}
