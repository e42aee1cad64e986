using System.Globalization;
using Escala.Economics.Models;

namespace Escala.Economics.Expressions;

/// <summary>Recursive descent over one line of formula, bounded in length and depth.</summary>
internal sealed class ExpressionParser
{
    private const int MaximumLength = 4000, MaximumDepth = 60;

    private readonly string _text;
    private readonly Position _start;
    private readonly List<Token> _tokens;
    private int _next, _depth;

    // A bracket that was read before it was known to be the start of a condition; never read twice, or nested ones would double the work each.
    private Expression? _pending;

    private ExpressionParser(string text, Position start)
    {
        _text = text;
        _start = start;
        _tokens = Tokens();
    }

    private enum Kind
    {
        Number, Name, Text, Symbol, End,
    }

    private Token Current => _tokens[_next];

    /// <exception cref="ModelException">The text is not a formula; the place is that of the character at fault.</exception>
    public static Expression Parse(string text, Position start)
    {
        if (text.Length > MaximumLength) throw new ModelException(start, "economics.expression.length", ("maximum", MaximumLength));
        var parser = new ExpressionParser(text, start);
        var expression = parser.Or();
        if (parser.Current.Kind != Kind.End) throw new ModelException(parser.Current.At, "economics.expression.operator", ("formula", text), ("found", parser.Current.Text));
        return expression;
    }

    private Expression Or() => Chain(And, "or");

    private Expression And() => Chain(Comparison, "and");

    private Expression Comparison()
    {
        var left = Sum();
        if (Current.Kind != Kind.Symbol || Current.Text is not ("<" or "<=" or ">" or ">=" or "==" or "=" or "!=")) return left;
        var symbol = Advance();
        return new Operation(symbol.At, symbol.Text == "=" ? "==" : symbol.Text, [left, Sum()]);
    }

    private Expression Sum() => Chain(Product, "+", "-");

    private Expression Product() => Chain(Unary, "*", "/");

    private Expression Chain(Func<Expression> part, params ReadOnlySpan<string> operators)
    {
        var left = part();
        while (Current.Kind is Kind.Symbol or Kind.Name && operators.Contains(Current.Text))
        {
            var symbol = Advance();
            left = new Operation(symbol.At, symbol.Text, [left, part()]);
        }
        return left;
    }

    private Expression Unary()
    {
        if (++_depth > MaximumDepth) throw new ModelException(Current.At, "economics.expression.depth", ("maximum", MaximumDepth));
        try
        {
            if (_pending is null && Current is ({ Kind: Kind.Symbol, Text: "-" } or { Kind: Kind.Name, Text: "not" }))
            {
                var symbol = Advance();
                return new Operation(symbol.At, symbol.Text == "-" ? "negate" : "not", [Unary()]);
            }
            var operand = _pending ?? Primary();
            _pending = null;
            // Powers bind tighter than a minus on their left and associate to the right.
            return Current is { Kind: Kind.Symbol, Text: "^" } ? new Operation(Advance().At, "^", [operand, Unary()]) : operand;
        }
        finally
        {
            _depth--;
        }
    }

    private Expression Primary()
    {
        var token = Current;
        switch (token.Kind)
        {
            case Kind.Number:
                Advance();
                return new NumberLiteral(token.At, token.Number);
            case Kind.Text:
                Advance();
                return new TextLiteral(token.At, token.Text);
            case Kind.Name when token.Text == "if":
                return If();
            case Kind.Name when token.Text is not ("and" or "or" or "then" or "else"):
                Advance();
                return Current is { Kind: Kind.Symbol, Text: "(" } ? new Call(token.At, token.Text, Arguments()) : new NameReference(token.At, token.Text);
            case Kind.Symbol when token.Text == "(":
                Advance();
                var inner = Or();
                Expect(")");
                return inner;
            default:
                throw Unexpected("economics.expression.operand", "economics.expression.operand-end");
        }
    }

    private Conditional If()
    {
        var at = Advance().At;
        // "if (a) then b else c" and "if(a, b, c)" differ only after the first operand of the bracket.
        if (Current is { Kind: Kind.Symbol, Text: "(" })
        {
            Advance();
            var first = Or();
            if (Current is { Kind: Kind.Symbol, Text: "," })
            {
                Advance();
                var whenTrue = Or();
                Expect(",");
                var whenFalse = Or();
                Expect(")");
                return new Conditional(at, first, whenTrue, whenFalse);
            }
            Expect(")");
            _pending = first;
        }
        var condition = Or();
        Expect("then");
        var then = Or();
        Expect("else");
        return new Conditional(at, condition, then, Or());
    }

    private List<(string?, Expression)> Arguments()
    {
        Expect("(");
        List<(string?, Expression)> arguments = [];
        if (Current is { Kind: Kind.Symbol, Text: ")" })
        {
            Advance();
            return arguments;
        }
        while (true)
        {
            string? name = null;
            if (Current.Kind == Kind.Name && _tokens[_next + 1] is { Kind: Kind.Symbol, Text: "=" })
            {
                name = Advance().Text;
                Advance();
            }
            arguments.Add((name, Or()));
            if (Current is not { Kind: Kind.Symbol, Text: "," }) break;
            Advance();
        }
        Expect(")");
        return arguments;
    }

    private Token Advance() => _tokens[_next++];

    private void Expect(string text)
    {
        if (Current.Kind is not (Kind.Symbol or Kind.Name) || Current.Text != text) throw Unexpected("economics.expression.expected", "economics.expression.expected-end", ("wanted", text));
        Advance();
    }

    private ModelException Unexpected(string code, string atEnd, params (string, object?)[] details) => Current.Kind == Kind.End
        ? new(Current.At, atEnd, [("formula", _text), .. details])
        : new(Current.At, code, [("formula", _text), ("found", Current.Text), .. details]);

    private List<Token> Tokens()
    {
        List<Token> tokens = [];
        var i = 0;
        while (i < _text.Length)
        {
            var c = _text[i];
            var at = _start.Right(i);
            if (char.IsWhiteSpace(c))
            {
                i++;
            }
            else if (char.IsAsciiDigit(c) || (c == '.' && i + 1 < _text.Length && char.IsAsciiDigit(_text[i + 1])))
            {
                tokens.Add(Number(ref i, at));
            }
            else if (char.IsAsciiLetter(c) || c == '_')
            {
                var from = i;
                while (i < _text.Length && (char.IsAsciiLetterOrDigit(_text[i]) || _text[i] is '_' or '.')) i++;
                tokens.Add(new Token(Kind.Name, at, _text[from..i], 0));
            }
            else if (c is '"' or '\'')
            {
                var end = _text.IndexOf(c, i + 1);
                if (end < 0) throw new ModelException(at, "economics.expression.quotation", ("formula", _text));
                tokens.Add(new Token(Kind.Text, at, _text[(i + 1)..end], 0));
                i = end + 1;
            }
            else
            {
                var two = i + 1 < _text.Length ? _text.Substring(i, 2) : "";
                var symbol = two is "<=" or ">=" or "==" or "!=" ? two : c.ToString();
                if (symbol.Length == 1 && !"+-*/^()<>=,".Contains(c, StringComparison.Ordinal))
                    throw new ModelException(at, "economics.expression.character", ("character", c));
                tokens.Add(new Token(Kind.Symbol, at, symbol, 0));
                i += symbol.Length;
            }
        }
        tokens.Add(new Token(Kind.End, _start.Right(_text.Length), "", 0));
        return tokens;
    }

    private Token Number(ref int i, Position at)
    {
        var from = i;
        while (i < _text.Length && (char.IsAsciiDigit(_text[i]) || _text[i] == '.')) i++;
        if (i < _text.Length && _text[i] is 'e' or 'E')
        {
            var exponent = i + 1 < _text.Length && _text[i + 1] is '+' or '-' ? i + 2 : i + 1;
            if (exponent < _text.Length && char.IsAsciiDigit(_text[exponent]))
            {
                i = exponent;
                while (i < _text.Length && char.IsAsciiDigit(_text[i])) i++;
            }
        }
        if (!double.TryParse(_text.AsSpan(from, i - from), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
            throw new ModelException(at, "economics.expression.number", ("text", _text[from..i]));
        if (i < _text.Length && _text[i] == '%')
        {
            i++;
            number /= 100;
        }
        return new Token(Kind.Number, at, _text[from..i], number);
    }

    private readonly record struct Token(Kind Kind, Position At, string Text, double Number);
}
