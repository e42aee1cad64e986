using System.Globalization;

namespace Escala.Numerics.Formulas;

/// <summary>Recursive descent over R's operator precedence: ~, |, + −, * /, :, unary −, ^.</summary>
internal sealed class FormulaParser
{
    private readonly string _text;
    private int _at;

    private FormulaParser(string text) => _text = text;

    public static (Syntax Response, Syntax Right) Parse(string text)
    {
        var parser = new FormulaParser(text);
        var response = parser.Sum();
        parser.Expect('~', new Sentence("numerics.formula.tilde", "a formula is 'outcome ~ predictors'; '~' is expected here"));
        var right = parser.Sum();
        parser.Space();
        if (parser._at < text.Length) throw parser.Error(parser._at, parser.Unexpected());
        return (response, right);
    }

    private FormulaException Error(int position, Sentence reason) => new(_text, position, reason);

    private Sentence Unexpected() => _text[_at] switch
    {
        ')' => new Sentence("numerics.formula.close", "this ')' closes nothing; remove it or add '('"),
        '~' => new Sentence("numerics.formula.tilde-twice", "a formula has one '~'"),
        '|' => new Sentence("numerics.formula.bar-parentheses", "a random effect needs parentheses: (1 | cluster)"),
        '%' => new Sentence("numerics.formula.percent", "the operator %in% is not known; write a:b or a/b"),
        '<' or '>' or '=' or '!' or '&' => new Sentence("numerics.formula.comparison", "comparisons are not computed here; make the variable in the data"),
        _ => new Sentence("numerics.formula.operator-expected", "an operator (+ - * : ^ /) is expected between two terms"),
    };

    private void Space()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at])) _at++;
    }

    private bool Take(char c)
    {
        Space();
        if (_at >= _text.Length || _text[_at] != c) return false;
        _at++;
        return true;
    }

    private void Expect(char c, Sentence reason)
    {
        if (!Take(c)) throw Error(_at, reason);
    }

    private Syntax Bar()
    {
        var left = Sum();
        Space();
        var position = _at;
        if (!Take('|')) return left;
        var operation = _at < _text.Length && _text[_at] == '|' ? "||" : "|";
        if (operation == "||") _at++;
        return new BinarySyntax(position, operation, left, Sum());
    }

    private Syntax Sum() => LeftAssociative(Product, '+', '-');

    private Syntax Product() => LeftAssociative(Interaction, '*', '/');

    private Syntax Interaction() => LeftAssociative(Unary, ':');

    private Syntax LeftAssociative(Func<Syntax> operand, params ReadOnlySpan<char> operators)
    {
        Space();
        // A sign before the first term (~ -1 + x) is read by Unary.
        var left = operand();
        while (true)
        {
            Space();
            if (_at >= _text.Length || operators.IndexOf(_text[_at]) < 0) return left;
            var position = _at;
            var operation = _text[_at++].ToString();
            left = new BinarySyntax(position, operation, left, operand());
        }
    }

    private Syntax Unary()
    {
        Space();
        var position = _at;
        if (Take('-')) return new NegativeSyntax(position, Unary());
        if (Take('+')) return Unary();
        return Power();
    }

    private Syntax Power()
    {
        var left = Primary();
        Space();
        var position = _at;
        return Take('^') ? new BinarySyntax(position, "^", left, Unary()) : left;
    }

    private Syntax Primary()
    {
        Space();
        if (_at >= _text.Length) throw Error(_at, new Sentence("numerics.formula.early-end", "a variable, number or '(' is expected; the formula ends too early"));
        var (position, c) = (_at, _text[_at]);
        if (c == '(')
        {
            _at++;
            var inner = Bar();
            Expect(')', new Sentence("numerics.formula.parenthesis-open", "the '(' of character {character} is not closed; ')' is expected here", ("character", position + 1)));
            return new ParenthesisSyntax(position, inner);
        }
        if (c == '`') return new NameSyntax(position, Quoted('`'));
        if (c is '"' or '\'') return new TextSyntax(position, Quoted(c));
        if (char.IsAsciiDigit(c) || (c == '.' && _at + 1 < _text.Length && char.IsAsciiDigit(_text[_at + 1]))) return Number();
        if (char.IsLetter(c) || c is '.' or '_') return NameOrCall();
        throw Error(position, c is '+' or '*' or ':' or '^' or '/' ? new Sentence("numerics.formula.variable-before", "'{operator}' needs a variable before it", ("operator", c)) : c == ')' ? new Sentence("numerics.formula.variable-expected", "a variable is expected before ')'") : new Sentence("numerics.formula.misplaced", "'{character}' cannot stand here; a variable, number or '(' is expected", ("character", c)));
    }

    private string Quoted(char mark)
    {
        var start = _at++;
        var end = _text.IndexOf(mark, _at);
        if (end < 0) throw Error(start, new Sentence("numerics.formula.mark-open", "this {mark} is not closed", ("mark", mark)));
        var inner = _text[_at..end];
        _at = end + 1;
        return inner;
    }

    private NumberSyntax Number()
    {
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiDigit(_text[_at]) || _text[_at] == '.')) _at++;
        if (_at < _text.Length && _text[_at] is 'e' or 'E')
        {
            var mark = _at++;
            if (_at < _text.Length && _text[_at] is '+' or '-') _at++;
            if (_at >= _text.Length || !char.IsAsciiDigit(_text[_at])) _at = mark;
            while (_at < _text.Length && char.IsAsciiDigit(_text[_at])) _at++;
        }
        return double.TryParse(_text.AsSpan(start, _at - start), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? new NumberSyntax(start, value) : throw Error(start, new Sentence("numerics.formula.number", "this cannot be read as a number"));
    }

    private Syntax NameOrCall()
    {
        var start = _at;
        while (_at < _text.Length && (char.IsLetterOrDigit(_text[_at]) || _text[_at] is '.' or '_')) _at++;
        var name = _text[start.._at];
        return Take('(') ? new CallSyntax(start, name, Arguments(start)) : new NameSyntax(start, name);
    }

    private List<Argument> Arguments(int start)
    {
        var arguments = new List<Argument>();
        if (Take(')')) return arguments;
        do
        {
            var value = Sum();
            arguments.Add(value is NameSyntax name && Take('=') ? new Argument(name.Name, Sum()) : new Argument(null, value));
        }
        while (Take(','));
        Expect(')', new Sentence("numerics.formula.call-open", "the call of character {character} is not closed; ')' or ',' is expected here", ("character", start + 1)));
        return arguments;
    }
}
