using System.Globalization;

namespace Escala.Capture.Forms.Expressions;

/// <summary>Recursive descent over the grammar of XPath 1.0 as far as ODK uses it, bounded in length and depth. Total: a tree or a fault.</summary>
internal sealed class ExpressionParser
{
    /// <summary>Brackets, calls and minus signs within each other; hand-written scores nest a few dozen times.</summary>
    public const int MostDepth = 120;

    private static readonly string[][] s_levels = [["or"], ["and"], ["=", "!="], ["<", "<=", ">", ">="], ["+", "-"], ["*", "div", "mod"]];
    private static readonly string[] s_associative = ["or", "and", "+", "*"];

    private readonly List<Token> _tokens;
    private int _next;
    private int _open;

    private ExpressionParser(string text) => _tokens = ExpressionLexer.Tokens(text);

    private Token Current => _tokens[_next];

    /// <exception cref="ExpressionFault">The text is not an expression.</exception>
    public static Syntax Parse(string text)
    {
        var parser = new ExpressionParser(text);
        if (parser.Current.Kind == TokenKind.End) throw new ExpressionFault("expression-empty", 1);
        var syntax = parser.Level(0);
        return parser.Current.Kind == TokenKind.End ? syntax : throw parser.Unexpected();
    }

    private Syntax Level(int level)
    {
        if (level == s_levels.Length) return Unary();
        var left = Level(level + 1);
        while (IsOperator(s_levels[level]))
        {
            var at = Current.At;
            var sign = Take().Text;
            var right = Level(level + 1);
            left = left is OperatorSyntax { Operator: var known, Operands: var operands } chain && known == sign && s_associative.Contains(sign)
                ? Operator(chain.At, sign, [.. operands, right])
                : Operator(at, sign, [left, right]);
        }

        return left;
    }

    private Syntax Unary()
    {
        if (!IsSymbol("-")) return Union();
        var at = Take().At;
        Enter(at);
        var operand = Unary();
        _open--;
        return Operator(at, "neg", [operand]);
    }

    private Syntax Union()
    {
        var left = Path();
        if (!IsSymbol("|")) return left;
        throw new ExpressionFault("union", Current.At);
    }

    private Syntax Path()
    {
        var at = Current.At;
        if (IsSymbol("//")) throw new ExpressionFault("path-anywhere", at);
        if (IsSymbol("/"))
        {
            Take();
            if (!StartsStep()) throw new ExpressionFault("path-root", at);
            return MakePath(at, null, absolute: true, Steps());
        }

        if (StartsStep()) return Simplify(at, Steps());
        var start = Primary();
        var predicates = Predicates();
        if (predicates.Count > 0) start = new FilterSyntax(at, start, predicates, Checked(at, [start, .. predicates]));
        if (IsSymbol("//")) throw new ExpressionFault("path-anywhere", Current.At);
        if (!IsSymbol("/")) return start;
        Take();
        return MakePath(at, start, absolute: false, Steps());
    }

    // "." alone is the node itself.
    private static PathSyntax Simplify(int at, List<StepSyntax> steps) => MakePath(at, null, absolute: false, steps is [{ Name: ".", Predicates.Count: 0 }, ..] ? steps[1..] : steps);

    private List<StepSyntax> Steps()
    {
        var steps = new List<StepSyntax>();
        while (true)
        {
            if (!StartsStep()) throw Unexpected();
            var token = Take();
            if (token.Text is "*" or "@") throw new ExpressionFault("path-step", token.At, ("step", token.Text));
            if (IsSymbol("::")) throw new ExpressionFault("path-step", token.At, ("step", token.Text + "::"));
            steps.Add(new StepSyntax(token.At, token.Text, Predicates()));
            if (IsSymbol("//")) throw new ExpressionFault("path-anywhere", Current.At);
            if (!IsSymbol("/")) return steps;
            Take();
        }
    }

    private bool StartsStep() => Current switch
    {
        { Kind: TokenKind.Symbol, Text: "." or ".." or "@" or "*" } => true,
        { Kind: TokenKind.Name } => _tokens[_next + 1] is not { Kind: TokenKind.Symbol, Text: "(" },
        _ => false,
    };

    private List<Syntax> Predicates()
    {
        var predicates = new List<Syntax>();
        while (IsSymbol("["))
        {
            Enter(Take().At);
            predicates.Add(Level(0));
            Expect("]");
            _open--;
        }

        return predicates;
    }

    private Syntax Primary()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Number:
                Take();
                var number = double.Parse(token.Text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
                return double.IsFinite(number) ? new NumberSyntax(token.At, number) : throw new ExpressionFault("number-too-large", token.At);
            case TokenKind.Text:
                Take();
                return new TextSyntax(token.At, token.Text);
            case TokenKind.Reference:
                Take();
                return new ReferenceSyntax(token.At, token.Text);
            case TokenKind.Name:
                return Call();
            case TokenKind.Symbol when token.Text == "(":
                Enter(Take().At);
                var inner = Level(0);
                Expect(")");
                _open--;
                return inner;
            default:
                throw Unexpected();
        }
    }

    private CallSyntax Call()
    {
        var name = Take();
        Enter(Take().At);
        var arguments = new List<Syntax>();
        while (!IsSymbol(")"))
        {
            if (arguments.Count > 0) Expect(",");
            arguments.Add(Level(0));
        }

        Take();
        _open--;
        return new CallSyntax(name.At, name.Text, arguments, Checked(name.At, arguments));
    }

    private static PathSyntax MakePath(int at, Syntax? start, bool absolute, List<StepSyntax> steps) =>
        new(at, start, absolute, steps, Checked(at, [.. steps.SelectMany(s => s.Predicates), .. start is null ? [] : new[] { start }]));

    private static OperatorSyntax Operator(int at, string sign, IReadOnlyList<Syntax> operands) => new(at, sign, operands, Checked(at, operands));

    private static int Checked(int at, IReadOnlyList<Syntax> parts)
    {
        var depth = parts.Count == 0 ? 1 : 1 + parts.Max(p => p.Depth);
        return depth <= MostDepth ? depth : throw new ExpressionFault("expression-too-deep", at, ("most", MostDepth));
    }

    private void Enter(int at)
    {
        if (++_open > MostDepth) throw new ExpressionFault("expression-too-deep", at, ("most", MostDepth));
    }

    private bool IsOperator(string[] signs) => Current.Kind is TokenKind.Symbol or TokenKind.Name && signs.Contains(Current.Text);

    private bool IsSymbol(string symbol) => Current.Kind == TokenKind.Symbol && Current.Text == symbol;

    private void Expect(string symbol)
    {
        if (!IsSymbol(symbol)) throw Current.Kind == TokenKind.End ? new ExpressionFault("bracket-open", Current.At, ("bracket", symbol)) : Unexpected();
        Take();
    }

    private Token Take() => _tokens[_next++];

    private ExpressionFault Unexpected() => Current.Kind == TokenKind.End
        ? new ExpressionFault("expression-ends", Current.At)
        : new ExpressionFault("unexpected", Current.At, ("found", Current.Text));
}
