using System.Text;
using Escala.Capture.Forms.Definitions;
using Escala.Capture.Forms.Expressions;
using Escala.Platform.Texts;

namespace Escala.Capture.Forms.Sessions;

/// <summary>
/// Evaluates compiled expressions over a filled form. Values are numbers, texts, truths and lists of nodes; how they turn into each other is
/// XPath 1.0, section 3 and 4, with the departures of ODK that docs/methods/forms.md lists. <c>field/src/forms</c> does the same.
/// </summary>
internal sealed class Evaluator(FormDefinition form, TreeNode root, FormEnvironment environment)
{
    private const int CharactersPerUnit = 64;

    private static readonly (string Beginning, Language Language)[] s_languages =
        [("pt", Language.Pt), ("portug", Language.Pt), ("es", Language.Es), ("spanish", Language.Es), ("en", Language.En), ("ingl", Language.En)];

    private readonly Dictionary<string, TreeNode> _lists = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, string), Dictionary<string, TreeNode>> _lookUps = [];
    private readonly int _offset = Dates.Offset(environment.Now);
    private Fuel _fuel = new(Fuel.PerExpression);

    /// <summary>The node in question, its place among those in question, and the node whose expression this is.</summary>
    private readonly record struct Context(TreeNode Node, int Position, int Size, TreeNode Origin);

    /// <summary>The language of names of months, from the form's name of the language.</summary>
    public Language Language { get; } = LanguageOf(environment.Language < form.Languages.Count ? form.Languages[environment.Language] : "") ?? Platform.Texts.Language.En;

    public int Offset => _offset;

    /// <exception cref="EvaluationFault">It costs more than it may.</exception>
    public object Evaluate(Expr expression, TreeNode origin) => Evaluate(expression, origin, origin, 1, 1);

    /// <summary>Whether a choice, or an instance whose answer is a choice, passes a filter.</summary>
    public bool Passes(Expr filter, TreeNode candidate, int position, int size, TreeNode origin) => Truth(Evaluate(filter, candidate, origin, position, size));

    public bool IsTrue(Expr expression, TreeNode origin) => Truth(Evaluate(expression, origin));

    public string Say(Expr expression, TreeNode origin) => Text(Evaluate(expression, origin));

    public string Say(FormText? text, int language, TreeNode origin) =>
        text is null ? "" : string.Concat(text.In(language).Select(part => part is TextLiteral literal ? literal.Value : Say(part, origin)));

    public TreeNode List(string name)
    {
        if (_lists.TryGetValue(name, out var known)) return known;
        var list = form.Lists.TryGetValue(name, out var found) ? found : new ChoiceList([], []);
        return _lists[name] = TreeNode.Of(list, environment.Language);
    }

    public static string Text(object value) => value switch
    {
        string text => text,
        double number => Numbers.Text(number),
        bool truth => truth ? "true" : "false",
        List<TreeNode> { Count: > 0 } nodes => nodes[0].Value,
        _ => "",
    };

    public double Number(object value) => value switch
    {
        double number => number,
        bool truth => truth ? 1 : 0,
        _ => Numbers.Of(Text(value), _offset),
    };

    /// <summary>A list of nodes is true where one has children or an answer: a question without answer is false.</summary>
    public static bool Truth(object value) => value switch
    {
        bool truth => truth,
        double number => number != 0 && !double.IsNaN(number),
        string text => text.Length > 0,
        List<TreeNode> nodes => nodes.Exists(n => n.IsContainer || n.Value.Length > 0),
        _ => false,
    };

    public static string[] Words(string text) => text.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);

    private object Evaluate(Expr expression, TreeNode node, TreeNode origin, int position, int size)
    {
        _fuel = new Fuel(Fuel.PerExpression);
        return Any(expression, new Context(node, position, size, origin));
    }

    /// <summary>The language that a form calls by a name, or by its code in brackets.</summary>
    public static Language? LanguageOf(string name)
    {
        var open = name.LastIndexOf('(');
        if (open >= 0 && name.EndsWith(')') && Languages.Parse(name[(open + 1)..^1]) is { } coded) return coded;
        foreach (var (beginning, language) in s_languages)
        {
            if (name.StartsWith(beginning, StringComparison.OrdinalIgnoreCase)) return language;
        }

        return null;
    }

    private object Any(Expr expression, in Context at)
    {
        _fuel.Take();
        return expression switch
        {
            NumberLiteral number => number.Value,
            TextLiteral text => text.Value,
            TruthLiteral truth => truth.Value,
            Operation operation => Apply(operation, at),
            _ => "",
        };
    }

    private object Apply(Operation operation, in Context at)
    {
        var arguments = operation.Arguments;
        switch (operation.Operator)
        {
            case "q":
                return Instances((int)((NumberLiteral)arguments[0]).Value, at.Origin, null);
            case ".":
                return new List<TreeNode> { at.Node };
            case "root":
                return new List<TreeNode> { root };
            case "current":
                return new List<TreeNode> { at.Origin };
            case "list":
                return new List<TreeNode> { List(((TextLiteral)arguments[0]).Value) };
            case "path":
                return Path(arguments, at);
            case "filter":
                return Filter(Nodes(arguments[0], at), arguments, at);
            case "or":
                foreach (var argument in arguments)
                {
                    if (Truth(Any(argument, at))) return true;
                }

                return false;
            case "and":
                foreach (var argument in arguments)
                {
                    if (!Truth(Any(argument, at))) return false;
                }

                return true;
            case "=" or "!=" or "<" or "<=" or ">" or ">=":
                return Compare(operation.Operator, Any(arguments[0], at), Any(arguments[1], at));
            case "+" or "*":
                return Fold(operation, at);
            case "-":
                return Number(Any(arguments[0], at)) - Number(Any(arguments[1], at));
            case "div":
                return Number(Any(arguments[0], at)) / Number(Any(arguments[1], at));
            case "mod":
                return Number(Any(arguments[0], at)) % Number(Any(arguments[1], at));
            case "neg":
                return -Number(Any(arguments[0], at));
            default:
                return Call(operation.Operator, arguments, at);
        }
    }

    private double Fold(Operation operation, in Context at)
    {
        var result = Number(Any(operation.Arguments[0], at));
        for (var i = 1; i < operation.Arguments.Count; i++)
        {
            var next = Number(Any(operation.Arguments[i], at));
            result = operation.Operator == "+" ? result + next : result * next;
        }

        return result;
    }

    private List<TreeNode> Nodes(Expr expression, in Context at) => Any(expression, at) as List<TreeNode> ?? [];

    /// <summary>
    /// The relevant instances of an item: where the expression stands in an instance of a repeat that holds the item, those of that instance
    /// alone. A repeat itself stands for all its instances.
    /// </summary>
    private List<TreeNode> Instances(int item, TreeNode origin, Dictionary<int, int>? chosen)
    {
        var road = new Stack<int>();
        for (var at = item; at >= 0; at = form.Items[at].Parent) road.Push(at);
        var found = new List<TreeNode> { root };
        foreach (var step in road)
        {
            var below = new List<TreeNode>();
            var isRepeat = step != item && form.Items[step].Type == FormTypes.Repeat;
            var own = isRepeat && chosen?.ContainsKey(step) != true ? origin.Enclosing(step) : null;
            foreach (var node in found)
            {
                var children = node.Children(form.Items[step].Name);
                _fuel.Take(1 + children.Count);
                if (chosen is not null && chosen.TryGetValue(step, out var index))
                {
                    if (index >= 0 && index < children.Count) below.Add(children[index]);
                }
                else if (own is not null && own.Parent == node)
                {
                    below.Add(own);
                }
                else
                {
                    below.AddRange(children);
                }
            }

            found = below;
        }

        found.RemoveAll(n => !n.IsRelevant);
        return found;
    }

    private List<TreeNode> Path(IReadOnlyList<Expr> arguments, in Context at)
    {
        var found = Nodes(arguments[0], at);
        for (var i = 1; i < arguments.Count; i++)
        {
            var (name, predicates) = arguments[i] is Operation step ? (((TextLiteral)step.Arguments[0]).Value, step.Arguments) : (((TextLiteral)arguments[i]).Value, null);
            var next = new List<TreeNode>();
            foreach (var node in found)
            {
                List<TreeNode> reached = name switch
                {
                    "." => [node],
                    ".." => node.Parent is { } parent && !next.Contains(parent) ? [parent] : [],
                    _ => [.. node.Children(name).Where(n => n.IsRelevant)],
                };
                _fuel.Take(1 + reached.Count);
                next.AddRange(predicates is null ? reached : Filter(reached, predicates, at));
            }

            found = next;
        }

        return found;
    }

    /// <summary>The nodes for which each predicate in turn holds; a number asks for the place.</summary>
    private List<TreeNode> Filter(List<TreeNode> nodes, IReadOnlyList<Expr> arguments, in Context at)
    {
        for (var i = 1; i < arguments.Count; i++)
        {
            var kept = new List<TreeNode>();
            for (var n = 0; n < nodes.Count; n++)
            {
                var value = Any(arguments[i], at with { Node = nodes[n], Position = n + 1, Size = nodes.Count });
                if (value is double place ? place == n + 1 : Truth(value)) kept.Add(nodes[n]);
            }

            nodes = kept;
        }

        return nodes;
    }

    // A list of nodes without any compares as the empty text: so an answer that does not exist is like one that is not given.
    private bool Compare(string sign, object left, object right)
    {
        if (left is List<TreeNode> { Count: 0 }) left = "";
        if (right is List<TreeNode> { Count: 0 }) right = "";
        if (left is bool || right is bool) return Holds(sign, left is List<TreeNode> l ? Truth(l) : left, right is List<TreeNode> r ? Truth(r) : right);
        if (left is List<TreeNode> many) return many.Exists(n => Costs() && Compare(sign, n.Value, right));
        if (right is List<TreeNode> others) return others.Exists(n => Costs() && Compare(sign, left, n.Value));
        return Holds(sign, left, right);

        bool Costs()
        {
            _fuel.Take();
            return true;
        }
    }

    private bool Holds(string sign, object left, object right)
    {
        if (sign is "=" or "!=")
        {
            bool same;
            if (left is bool || right is bool) same = Truth(left) == Truth(right);
            else if (left is double || right is double) same = Number(left) == Number(right);
            else return (string.Equals(Text(left), Text(right), StringComparison.Ordinal)) == (sign == "=");
            return same == (sign == "=");
        }

        var (a, b) = (Number(left), Number(right));
        return sign switch { "<" => a < b, "<=" => a <= b, ">" => a > b, _ => a >= b };
    }

    private object Call(string name, IReadOnlyList<Expr> arguments, in Context at)
    {
        switch (name)
        {
            case "if":
                return Any(Truth(Any(arguments[0], at)) ? arguments[1] : arguments[2], at);
            case "coalesce":
                foreach (var argument in arguments)
                {
                    if (TextOf(argument, at) is { Length: > 0 } given) return given;
                }

                return "";
            case "once":
                return at.Origin.Value.Length > 0 ? at.Origin.Value : TextOf(arguments[0], at);
            case "selected":
                return Words(TextOf(arguments[0], at)).Contains(TextOf(arguments[1], at).Trim(' ', '\t', '\r', '\n'), StringComparer.Ordinal);
            case "selected-at":
                var words = Words(TextOf(arguments[0], at));
                var index = NumberOf(arguments[1], at);
                return index >= 0 && index < words.Length ? words[(int)index] : "";
            case "count-selected":
                return (double)Words(TextOf(arguments[0], at)).Length;
            case Functions.ChoiceName:
                return ChoiceLabel((int)((NumberLiteral)arguments[1]).Value, TextOf(arguments[0], at), at);
            case "pulldata":
                return LookUp(((TextLiteral)arguments[0]).Value, ((TextLiteral)arguments[2]).Value, TextOf(arguments[3], at)) is { } row
                    ? row.Children(((TextLiteral)arguments[1]).Value) is [var cell, ..] ? cell.Value : ""
                    : "";
            case "indexed-repeat":
                return IndexedRepeat(arguments, at);
            case "position":
                return (double)(arguments.Count == 0 ? at.Position : Nodes(arguments[0], at) is [var node, ..] ? Place(node) : double.NaN);
            case "last":
                return (double)at.Size;
            case "count":
                return (double)Nodes(arguments[0], at).Count;
            case "count-non-empty":
                return (double)Nodes(arguments[0], at).Count(n => n.Value.Length > 0);
            case "sum":
                return Nodes(arguments[0], at).Aggregate(0.0, (sum, n) => sum + Number(n.Value));
            case "min" or "max":
                return Extreme(name == "max", arguments, at);
            case "join":
                return string.Join(TextOf(arguments[0], at), Texts(arguments, 1, at));
            case "concat":
                return string.Concat(Texts(arguments, 0, at));
            case "regex":
                return ((PatternLiteral)arguments[1]).Pattern.Matches(TextOf(arguments[0], at), _fuel);
            case "boolean":
                return Truth(Any(arguments[0], at));
            case "not":
                return !Truth(Any(arguments[0], at));
            case "number":
                return arguments.Count == 0 ? Number(at.Node.Value) : NumberOf(arguments[0], at);
            case "string":
                return arguments.Count == 0 ? at.Node.Value : TextOf(arguments[0], at);
            case "random":
                return environment.Random();
            case "uuid":
                return arguments.Count == 0 ? environment.Uuid() : Token(NumberOf(arguments[0], at));
            case "today":
                return environment.Now[..10];
            case "now":
                return environment.Now;
            case "pi":
                return Math.PI;
            default:
                return MathFunctions.Contains(name) ? Compute(name, arguments, at) : TextFunction(name, arguments, at);
        }
    }

    private static readonly HashSet<string> MathFunctions =
        ["int", "round", "floor", "ceiling", "abs", "pow", "sqrt", "exp", "exp10", "log", "log10", "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "string-length", "decimal-date-time", "decimal-time"];

    private string TextOf(Expr expression, in Context at) => Text(Any(expression, at));

    private double NumberOf(Expr expression, in Context at) => Number(Any(expression, at));

    private List<string> Texts(IReadOnlyList<Expr> arguments, int from, in Context at)
    {
        var texts = new List<string>();
        for (var i = from; i < arguments.Count; i++)
        {
            var value = Any(arguments[i], at);
            if (value is List<TreeNode> nodes) texts.AddRange(nodes.Select(n => n.Value));
            else texts.Add(Text(value));
        }

        _fuel.Take(texts.Sum(t => 1 + (t.Length / CharactersPerUnit)));

        return texts;
    }

    // NaN where nothing is given or one value is no number.
    private double Extreme(bool largest, IReadOnlyList<Expr> arguments, in Context at)
    {
        var numbers = Texts(arguments, 0, at).ConvertAll(t => Numbers.Of(t, _offset));
        if (numbers.Count == 0 || numbers.Exists(double.IsNaN)) return double.NaN;
        return largest ? numbers.Max() : numbers.Min();
    }

    private double Compute(string name, IReadOnlyList<Expr> arguments, in Context at)
    {
        if (name == "string-length") return (arguments.Count == 0 ? at.Node.Value : TextOf(arguments[0], at)).EnumerateRunes().Count();
        if (name == "decimal-time") return Dates.DayShare(TextOf(arguments[0], at), _offset);
        var x = NumberOf(arguments[0], at);
        var y = arguments.Count > 1 ? NumberOf(arguments[1], at) : 0;
        return name switch
        {
            "int" => Math.Truncate(x),
            "round" => Numbers.Round(x, y),
            "floor" => Math.Floor(x),
            "ceiling" => Math.Ceiling(x),
            "abs" => Math.Abs(x),
            "pow" => Math.Pow(x, y),
            "sqrt" => Math.Sqrt(x),
            "exp" => Math.Exp(x),
            "exp10" => Math.Pow(10, x),
            "log" => Math.Log(x),
            "log10" => Math.Log10(x),
            "sin" => Math.Sin(x),
            "cos" => Math.Cos(x),
            "tan" => Math.Tan(x),
            "asin" => Math.Asin(x),
            "acos" => Math.Acos(x),
            "atan" => Math.Atan(x),
            "atan2" => Math.Atan2(x, y),
            _ => x,
        };
    }

    private object TextFunction(string name, IReadOnlyList<Expr> arguments, in Context at)
    {
        var first = arguments.Count == 0 ? at.Node.Value : TextOf(arguments[0], at);
        var second = arguments.Count > 1 ? TextOf(arguments[1], at) : "";
        switch (name)
        {
            case "contains":
                return first.Contains(second, StringComparison.Ordinal);
            case "starts-with":
                return first.StartsWith(second, StringComparison.Ordinal);
            case "ends-with":
                return first.EndsWith(second, StringComparison.Ordinal);
            case "boolean-from-string":
                return first is "true" or "1";
            case "normalize-space":
                return string.Join(' ', Words(first));
            case "substring-before":
                return first.IndexOf(second, StringComparison.Ordinal) is > 0 and var before ? first[..before] : "";
            case "substring-after":
                return first.IndexOf(second, StringComparison.Ordinal) is >= 0 and var after ? first[(after + second.Length)..] : "";
            case "substr":
                return Part(first, NumberOf(arguments[1], at), arguments.Count > 2 ? NumberOf(arguments[2], at) : double.PositiveInfinity);
            case "substring":
                return Substring(first, NumberOf(arguments[1], at), arguments.Count > 2 ? NumberOf(arguments[2], at) : double.PositiveInfinity);
            case "translate":
                _fuel.Take((int)Math.Min((long)first.Length * second.Length / CharactersPerUnit, Fuel.PerExpression));
                return Translate(first, second, TextOf(arguments[2], at));
            case "date":
                return Dates.Date(Days(first));
            case "date-time":
                return Dates.DateTime(Days(first), _offset);
            case "format-date" or "format-date-time":
                return Dates.Format(Days(first), second, Language);
            default:
                throw new EvaluationFault("operator");
        }
    }

    private double Days(string text) => Numbers.Of(text, _offset);

    /// <summary>From a character (from 0) up to before another; negative ones count from the end.</summary>
    private static string Part(string text, double start, double end)
    {
        var characters = text.EnumerateRunes().ToArray();
        var from = Clamp(start);
        var to = Clamp(end);
        return from < to ? string.Concat(characters[from..to]) : "";

        int Clamp(double place) => double.IsNaN(place) ? 0 : (int)Math.Clamp(Math.Truncate(place) < 0 ? Math.Truncate(place) + characters.Length : Math.Truncate(place), 0, characters.Length);
    }

    // XPath 1.0, 4.2: characters from 1, both numbers rounded.
    private static string Substring(string text, double start, double length)
    {
        var from = Numbers.Round(start, 0);
        var to = from + Numbers.Round(length, 0);
        var part = new StringBuilder();
        var place = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            place++;
            if (place >= from && place < to) part.Append(rune);
        }

        return part.ToString();
    }

    private static string Translate(string text, string from, string to)
    {
        var (letters, others) = (from.EnumerateRunes().ToList(), to.EnumerateRunes().ToList());
        var result = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            var place = letters.IndexOf(rune);
            if (place < 0) result.Append(rune);
            else if (place < others.Count) result.Append(others[place]);
        }

        return result.ToString();
    }

    private string Token(double length)
    {
        const string Characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        const int Longest = 256;
        var token = new StringBuilder();
        for (var i = 0; i < Math.Min(length, Longest); i++) token.Append(Characters[(int)(environment.Random() * Characters.Length)]);
        return token.ToString();
    }

    private static int Place(TreeNode node)
    {
        var place = 0;
        foreach (var sibling in node.Parent?.Children(node.Name) ?? [])
        {
            place++;
            if (sibling == node) return place;
        }

        return 1;
    }

    private List<TreeNode> IndexedRepeat(IReadOnlyList<Expr> arguments, in Context at)
    {
        var chosen = new Dictionary<int, int>();
        for (var i = 1; i < arguments.Count; i += 2)
        {
            var index = NumberOf(arguments[i + 1], at);
            chosen[(int)((NumberLiteral)arguments[i]).Value] = double.IsNaN(index) || Math.Abs(index) > int.MaxValue ? -1 : (int)index - 1;
        }

        return Instances((int)((NumberLiteral)arguments[0]).Value, at.Origin, chosen);
    }

    private string ChoiceLabel(int item, string name, in Context at)
    {
        if (form.Items[item].List is not { } list) return form.Items[item].ChoicesFrom is null ? "" : name;
        if (!form.Lists.TryGetValue(list, out var known) || known.Choices.FirstOrDefault(c => c.Name == name) is not { Label: { } label }) return "";
        var text = new StringBuilder();
        foreach (var part in label.In(environment.Language)) text.Append(TextOf(part, at));
        return text.ToString();
    }

    private TreeNode? LookUp(string list, string column, string value)
    {
        if (!_lookUps.TryGetValue((list, column), out var rows))
        {
            rows = new Dictionary<string, TreeNode>(StringComparer.Ordinal);
            foreach (var row in List(list).Children("root")[0].Children("item"))
            {
                if (row.Children(column) is [var cell, ..]) rows.TryAdd(cell.Value, row);
            }

            _lookUps[(list, column)] = rows;
        }

        return rows.GetValueOrDefault(value);
    }
}
