using System.Globalization;

namespace Escala.Numerics.Formulas;

/// <summary>A node of a formula's syntax tree; <see cref="Position"/> is the 0-based character where it starts, its text R's spelling.</summary>
internal abstract class Syntax(int position)
{
    public int Position { get; } = position;
}

internal sealed class NumberSyntax(int position, double value) : Syntax(position)
{
    public double Value { get; } = value;
    public override string ToString() => Value.ToString("R", CultureInfo.InvariantCulture);
}

internal sealed class TextSyntax(int position, string value) : Syntax(position)
{
    public string Value { get; } = value;
    public override string ToString() => $"\"{Value}\"";
}

internal sealed class NameSyntax(int position, string name) : Syntax(position)
{
    public string Name { get; } = name;
    public override string ToString() => Name;
}

internal sealed record Argument(string? Name, Syntax Value)
{
    public override string ToString() => Name is null ? Value.ToString()! : $"{Name} = {Value}";
}

internal sealed class CallSyntax(int position, string function, IReadOnlyList<Argument> arguments) : Syntax(position)
{
    public string Function { get; } = function;
    public IReadOnlyList<Argument> Arguments { get; } = arguments;
    public override string ToString() => $"{Function}({string.Join(", ", Arguments)})";
}

internal sealed class BinarySyntax(int position, string operation, Syntax left, Syntax right) : Syntax(position)
{
    public string Operator { get; } = operation;
    public Syntax Left { get; } = left;
    public Syntax Right { get; } = right;
    public override string ToString() => Operator is ":" or "^" ? $"{Left}{Operator}{Right}" : $"{Left} {Operator} {Right}";
}

internal sealed class NegativeSyntax(int position, Syntax operand) : Syntax(position)
{
    public Syntax Operand { get; } = operand;
    public override string ToString() => $"-{Operand}";
}

internal sealed class ParenthesisSyntax(int position, Syntax inner) : Syntax(position)
{
    public Syntax Inner { get; } = inner;
    public override string ToString() => $"({Inner})";
}
