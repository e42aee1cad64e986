namespace Escala.Capture.Forms.Expressions;

/// <summary>
/// A compiled expression, as it lies in a form's definition and as app and server evaluate it. In JSON: a number, a text, true or false, or
/// an array that begins with an operator. It can compute and choose; it cannot loop, assign or reach anything outside its form.
/// </summary>
public abstract record Expr
{
    /// <summary>This expression and all within it.</summary>
    internal IEnumerable<Expr> All => this is Operation o ? o.Arguments.SelectMany(a => a.All).Prepend(this) : [this];
}

public sealed record NumberLiteral(double Value) : Expr;

public sealed record TextLiteral(string Value) : Expr;

public sealed record TruthLiteral(bool Value) : Expr;

/// <summary>An operator or function of <c>docs/methods/forms.md</c> with its arguments.</summary>
public sealed record Operation(string Operator, IReadOnlyList<Expr> Arguments) : Expr
{
    internal static Operation Of(string name, params IReadOnlyList<Expr> arguments) => new(name, arguments);
}

/// <summary>A regular expression, compiled.</summary>
public sealed record PatternLiteral(Pattern Pattern) : Expr;
