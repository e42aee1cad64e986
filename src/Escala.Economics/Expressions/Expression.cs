using Escala.Economics.Models;

namespace Escala.Economics.Expressions;

/// <summary>A formula of a model file as written. It can compute and choose; it cannot loop, assign or reach anything outside.</summary>
internal abstract record Expression(Position At)
{
    /// <summary>This expression and all within it.</summary>
    public IEnumerable<Expression> All => Parts.SelectMany(p => p.All).Prepend(this);

    protected abstract IEnumerable<Expression> Parts { get; }
}

internal sealed record NumberLiteral(Position At, double Value) : Expression(At)
{
    protected override IEnumerable<Expression> Parts => [];
}

internal sealed record TextLiteral(Position At, string Value) : Expression(At)
{
    protected override IEnumerable<Expression> Parts => [];
}

internal sealed record NameReference(Position At, string Name) : Expression(At)
{
    protected override IEnumerable<Expression> Parts => [];
}

/// <summary>An operator: + - * / ^ &lt; &lt;= &gt; &gt;= == != and or not, and negation.</summary>
internal sealed record Operation(Position At, string Operator, IReadOnlyList<Expression> Operands) : Expression(At)
{
    protected override IEnumerable<Expression> Parts => Operands;
}

/// <summary>if(condition, then, else) or if condition then a else b.</summary>
internal sealed record Conditional(Position At, Expression Condition, Expression Then, Expression Else) : Expression(At)
{
    protected override IEnumerable<Expression> Parts => [Condition, Then, Else];
}

/// <summary>A call; arguments may be named.</summary>
internal sealed record Call(Position At, string Function, IReadOnlyList<(string? Name, Expression Value)> Arguments) : Expression(At)
{
    protected override IEnumerable<Expression> Parts => Arguments.Select(a => a.Value);
}
