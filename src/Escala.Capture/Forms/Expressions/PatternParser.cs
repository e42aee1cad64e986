using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Escala.Capture.Forms.Expressions;

/// <summary>
/// Reads the regular expressions that forms use: characters, classes, groups, alternatives, repetitions, <c>\d \w \s \p{…}</c>, <c>^</c> and
/// <c>$</c>. What needs a machine that backtracks is refused by name.
/// </summary>
internal sealed class PatternParser
{
    private const int MostDepth = 50;
    private const int LastCodePoint = 0x10FFFF;

    private static readonly FrozenDictionary<UnicodeCategory, string> s_categories = new Dictionary<UnicodeCategory, string>
    {
        [UnicodeCategory.UppercaseLetter] = "Lu",
        [UnicodeCategory.LowercaseLetter] = "Ll",
        [UnicodeCategory.TitlecaseLetter] = "Lt",
        [UnicodeCategory.ModifierLetter] = "Lm",
        [UnicodeCategory.OtherLetter] = "Lo",
        [UnicodeCategory.NonSpacingMark] = "Mn",
        [UnicodeCategory.SpacingCombiningMark] = "Mc",
        [UnicodeCategory.EnclosingMark] = "Me",
        [UnicodeCategory.DecimalDigitNumber] = "Nd",
        [UnicodeCategory.LetterNumber] = "Nl",
        [UnicodeCategory.OtherNumber] = "No",
        [UnicodeCategory.SpaceSeparator] = "Zs",
        [UnicodeCategory.LineSeparator] = "Zl",
        [UnicodeCategory.ParagraphSeparator] = "Zp",
        [UnicodeCategory.Control] = "Cc",
        [UnicodeCategory.Format] = "Cf",
        [UnicodeCategory.Surrogate] = "Cs",
        [UnicodeCategory.PrivateUse] = "Co",
        [UnicodeCategory.ConnectorPunctuation] = "Pc",
        [UnicodeCategory.DashPunctuation] = "Pd",
        [UnicodeCategory.OpenPunctuation] = "Ps",
        [UnicodeCategory.ClosePunctuation] = "Pe",
        [UnicodeCategory.InitialQuotePunctuation] = "Pi",
        [UnicodeCategory.FinalQuotePunctuation] = "Pf",
        [UnicodeCategory.OtherPunctuation] = "Po",
        [UnicodeCategory.MathSymbol] = "Sm",
        [UnicodeCategory.CurrencySymbol] = "Sc",
        [UnicodeCategory.ModifierSymbol] = "Sk",
        [UnicodeCategory.OtherSymbol] = "So",
        [UnicodeCategory.OtherNotAssigned] = "Cn",
    }.ToFrozenDictionary();

    private static readonly (int, int)[] s_digits = [('0', '9')];
    private static readonly (int, int)[] s_word = [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];
    private static readonly (int, int)[] s_space = [('\t', '\r'), (' ', ' ')];

    private readonly List<Rune> _text;
    private readonly int _at;
    /// <summary>Parts written out, those included that make no step.</summary>
    private const int MostEmitted = 20 * Pattern.MostSteps;

    private readonly List<PatternStep> _steps = [];
    private int _emitted;
    private int _next;
    private int _depth;

    private PatternParser(string text, int at) => (_text, _at) = ([.. text.EnumerateRunes()], at);

    private abstract record Node;

    private sealed record Read(CharacterSet Set) : Node;

    private sealed record Edge(PatternAction Action) : Node;

    private sealed record Sequence(IReadOnlyList<Node> Parts) : Node;

    private sealed record Either(IReadOnlyList<Node> Options) : Node;

    private sealed record Repeated(Node Part, int Least, int? Most) : Node;

    private char Current => _next < _text.Count && _text[_next].IsBmp ? (char)_text[_next].Value : _next < _text.Count ? '\uFFFD' : '\0';

    public static string CategoryName(UnicodeCategory category) => s_categories[category];

    public static bool IsCategory(string name) => name.Length is 1 or 2 && s_categories.Values.Any(c => c.StartsWith(name, StringComparison.Ordinal));

    /// <exception cref="ExpressionFault">The expression is not one, or needs what is not supported; the place is that of its text.</exception>
    public static Pattern Parse(string text, int at)
    {
        var parser = new PatternParser(text, at);
        var node = parser.Alternatives();
        if (parser._next < parser._text.Count) throw parser.Fault("pattern-invalid");
        parser.Emit(node);
        parser.Add(new PatternStep(PatternAction.Match));
        return new Pattern(parser._steps);
    }

    private Node Alternatives()
    {
        if (++_depth > MostDepth) throw Fault("pattern-too-large");
        var options = new List<Node> { Concatenation() };
        while (Current == '|')
        {
            _next++;
            options.Add(Concatenation());
        }

        _depth--;
        return options.Count == 1 ? options[0] : new Either(options);
    }

    private Sequence Concatenation()
    {
        var parts = new List<Node>();
        while (_next < _text.Count && Current is not ('|' or ')')) parts.Add(Quantified(Atom()));
        return new Sequence(parts);
    }

    private Node Quantified(Node part)
    {
        while (true)
        {
            (int Least, int? Most)? times = Current switch
            {
                '*' => (0, null),
                '+' => (1, null),
                '?' => (0, 1),
                '{' => Bounds(),
                _ => null,
            };
            if (times is null) return part;
            if (part is Edge) throw Fault("pattern-invalid");
            if (Current != '{') _next++;
            else _next = _text.IndexOf(new Rune('}'), _next) + 1;
            // A lazy repetition takes other characters first, but the whole matches or not all the same.
            if (Current == '?') _next++;
            else if (Current == '+') throw Unsupported("++");
            part = new Repeated(part, times.Value.Least, times.Value.Most);
        }
    }

    private (int Least, int? Most) Bounds()
    {
        var end = _text.IndexOf(new Rune('}'), _next);
        var parts = end < 0 ? [] : string.Concat(_text[(_next + 1)..end]).Split(',');
        if (parts.Length is 1 or 2 && Count(parts[0]) is { } least)
        {
            if (parts.Length == 1) return (least, least);
            if (parts[1].Length == 0) return (least, null);
            if (Count(parts[1]) is { } most && most >= least) return (least, most);
        }

        throw Fault("pattern-invalid");

        static int? Count(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n <= Pattern.MostSteps ? n : null;
    }

    private Node Atom()
    {
        var c = Current;
        var rune = _text[_next++];
        switch (c)
        {
            case '.':
                return new Read(new CharacterSet(true, [('\n', '\n'), ('\r', '\r')], []));
            case '^':
                return new Edge(PatternAction.AtStart);
            case '$':
                return new Edge(PatternAction.AtEnd);
            case '(':
                return Group();
            case '[':
                return new Read(Class());
            case '\\':
                return Escaped();
            case '*' or '+' or '?' or '{' or ')':
                _next--;
                throw Fault("pattern-invalid");
            default:
                return new Read(One(rune.Value));
        }
    }

    private Node Group()
    {
        if (Current == '?')
        {
            _next++;
            if (Current != ':') throw Unsupported("(?" + Current);
            _next++;
        }

        var node = Alternatives();
        if (Current != ')') throw Fault("pattern-invalid");
        _next++;
        return node;
    }

    private Read Escaped()
    {
        if (_next == _text.Count) throw Fault("pattern-invalid");
        var c = Current;
        if (c is 'b' or 'B' or 'A' or 'Z' or 'z' or 'G' or 'k' or 'Q' or 'R' or 'X' || (char.IsAsciiDigit(c) && c != '0')) throw Unsupported("\\" + c);
        var (ranges, categories) = Escape();
        return new Read(new CharacterSet(false, ranges, categories));
    }

    private (List<(int, int)> Ranges, List<string> Categories) Escape()
    {
        var c = Current;
        var rune = _text[_next++];
        switch (c)
        {
            case 'd':
                return ([.. s_digits], []);
            case 'w':
                return ([.. s_word], []);
            case 's':
                return ([.. s_space], []);
            case 'D':
                return (Others(s_digits), []);
            case 'W':
                return (Others(s_word), []);
            case 'S':
                return (Others(s_space), []);
            case 'p' or 'P':
                return ([], [(c == 'P' ? "^" : "") + Category()]);
            case 't':
                return ([('\t', '\t')], []);
            case 'n':
                return ([('\n', '\n')], []);
            case 'r':
                return ([('\r', '\r')], []);
            case 'u':
                return ([Hexadecimal(4)], []);
            case 'x':
                return ([Hexadecimal(2)], []);
            default:
                if (char.IsAsciiLetterOrDigit(c)) throw Unsupported("\\" + c);
                return ([(rune.Value, rune.Value)], []);
        }
    }

    private string Category()
    {
        var end = Current == '{' ? _text.IndexOf(new Rune('}'), _next) : -1;
        var name = end < 0 ? "" : string.Concat(_text[(_next + 1)..end]);
        if (!IsCategory(name)) throw Unsupported("\\p{" + name + "}");
        _next = end + 1;
        return name;
    }

    private (int, int) Hexadecimal(int digits)
    {
        var text = _next + digits <= _text.Count ? string.Concat(_text[_next..(_next + digits)]) : "";
        if (!int.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)) throw Fault("pattern-invalid");
        _next += digits;
        return (value, value);
    }

    private CharacterSet Class()
    {
        var negated = Current == '^';
        if (negated) _next++;
        var ranges = new List<(int, int)>();
        var categories = new List<string>();
        var first = true;
        while (Current != ']' || first)
        {
            if (_next >= _text.Count) throw Fault("pattern-invalid");
            if (Current == '[' || (Current == '&' && _next + 1 < _text.Count && _text[_next + 1].Value == '&')) throw Unsupported("[" + Current);
            first = false;
            var (from, more) = Item();
            categories.AddRange(more);
            if (from.Count != 1 || from[0].Item1 != from[0].Item2 || Current != '-' || _next + 1 >= _text.Count || _text[_next + 1].Value == ']')
            {
                ranges.AddRange(from);
                continue;
            }

            _next++;
            var (to, _) = Item();
            if (to.Count != 1 || to[0].Item1 != to[0].Item2 || to[0].Item1 < from[0].Item1) throw Fault("pattern-invalid");
            ranges.Add((from[0].Item1, to[0].Item1));
        }

        _next++;
        return new CharacterSet(negated, ranges, categories);
    }

    private (List<(int, int)> Ranges, List<string> Categories) Item()
    {
        var rune = _text[_next++];
        if (rune.Value != '\\') return ([(rune.Value, rune.Value)], []);
        return _next < _text.Count ? Escape() : throw Fault("pattern-invalid");
    }

    private static CharacterSet One(int value) => new(false, [(value, value)], []);

    private static List<(int, int)> Others((int From, int To)[] ranges)
    {
        var others = new List<(int, int)>();
        var next = 0;
        foreach (var (from, to) in ranges)
        {
            if (from > next) others.Add((next, from - 1));
            next = to + 1;
        }

        others.Add((next, LastCodePoint));
        return others;
    }

    // What repeats nothing makes no step, and may be repeated a thousand times a thousand times: its parts are counted too.
    private void Emit(Node node)
    {
        if (++_emitted > MostEmitted) throw Fault("pattern-too-large");
        switch (node)
        {
            case Read read:
                Add(new PatternStep(PatternAction.Read, read.Set));
                break;
            case Edge edge:
                Add(new PatternStep(edge.Action));
                break;
            case Sequence sequence:
                foreach (var part in sequence.Parts) Emit(part);
                break;
            case Either either:
                EmitOptions(either.Options);
                break;
            case Repeated repeated:
                EmitRepeated(repeated);
                break;
        }
    }

    private void EmitOptions(IReadOnlyList<Node> options)
    {
        var jumps = new List<int>();
        for (var i = 0; i < options.Count - 1; i++)
        {
            var split = Add(default);
            Emit(options[i]);
            jumps.Add(Add(default));
            _steps[split] = new PatternStep(PatternAction.Split, null, split + 1, _steps.Count);
        }

        Emit(options[^1]);
        foreach (var jump in jumps) _steps[jump] = new PatternStep(PatternAction.Jump, null, _steps.Count);
    }

    private void EmitRepeated(Repeated repeated)
    {
        for (var i = 0; i < repeated.Least; i++) Emit(repeated.Part);
        if (repeated.Most is not { } most)
        {
            var split = Add(default);
            Emit(repeated.Part);
            Add(new PatternStep(PatternAction.Jump, null, split));
            _steps[split] = new PatternStep(PatternAction.Split, null, split + 1, _steps.Count);
            return;
        }

        var splits = new List<int>();
        for (var i = repeated.Least; i < most; i++)
        {
            splits.Add(Add(default));
            Emit(repeated.Part);
        }

        foreach (var split in splits) _steps[split] = new PatternStep(PatternAction.Split, null, split + 1, _steps.Count);
    }

    private int Add(PatternStep step)
    {
        if (_steps.Count == Pattern.MostSteps) throw Fault("pattern-too-large");
        _steps.Add(step);
        return _steps.Count - 1;
    }

    private ExpressionFault Fault(string reason) => new(reason, _at, ("place", Math.Min(_next, _text.Count) + 1), ("most", Pattern.MostSteps));

    private ExpressionFault Unsupported(string what) => new("pattern-unsupported", _at, ("what", what), ("place", Math.Min(_next, _text.Count) + 1));
}
