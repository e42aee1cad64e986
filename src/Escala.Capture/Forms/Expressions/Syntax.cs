namespace Escala.Capture.Forms.Expressions;

/// <summary>An expression as written, with the place of each part (a character, from 1).</summary>
internal abstract record Syntax(int At, int Depth);

internal sealed record NumberSyntax(int At, double Value) : Syntax(At, 1);

internal sealed record TextSyntax(int At, string Value) : Syntax(At, 1);

/// <summary><c>${name}</c>.</summary>
internal sealed record ReferenceSyntax(int At, string Name) : Syntax(At, 1);

internal sealed record CallSyntax(int At, string Name, IReadOnlyList<Syntax> Arguments, int Depth) : Syntax(At, Depth);

/// <summary>An operator; <c>neg</c> has one operand, the associative ones two or more.</summary>
internal sealed record OperatorSyntax(int At, string Operator, IReadOnlyList<Syntax> Operands, int Depth) : Syntax(At, Depth);

/// <summary>Steps from a start: null is the context node, or the root where the path is absolute.</summary>
internal sealed record PathSyntax(int At, Syntax? Start, bool Absolute, IReadOnlyList<StepSyntax> Steps, int Depth) : Syntax(At, Depth);

/// <summary>A nodeset with predicates.</summary>
internal sealed record FilterSyntax(int At, Syntax Start, IReadOnlyList<Syntax> Predicates, int Depth) : Syntax(At, Depth);

/// <summary>A child's name, <c>.</c> or <c>..</c>, with predicates.</summary>
internal sealed record StepSyntax(int At, string Name, IReadOnlyList<Syntax> Predicates);
