using System.Text.Json;
using Escala.Capture.Forms.Definitions;
using Escala.Capture.Forms.Expressions;

namespace Escala.Capture.Forms.Sessions;

/// <summary>
/// A form that is being filled: answers go in; what is shown, offered, computed, required and wrong comes out. Answers of what is hidden are
/// kept until the end and count for nothing. Pure but for its environment; <c>field/src/forms/session.ts</c> is the same for the app.
/// </summary>
public sealed class FormSession
{
    /// <summary>Instances of one repeat within its parent.</summary>
    public const int MostInstances = 1000;

    // A repeat's number may follow from its own instances; each round adds what the last one asked for.
    private const int MostRounds = 50;

    private readonly FormDefinition _form;
    private readonly FormEnvironment _environment;
    private readonly TreeNode _root;
    private readonly Evaluator _evaluator;
    private readonly List<int>[] _children;
    private readonly HashSet<string> _faults = new(StringComparer.Ordinal);

    private FormSession(FormDefinition form, FormEnvironment environment)
    {
        _form = form;
        _environment = environment;
        _root = new TreeNode("", -1, null) { IsContainer = true };
        _evaluator = new Evaluator(form, _root, environment);
        _children = [.. Enumerable.Range(0, form.Items.Count + 1).Select(_ => new List<int>())];
        for (var i = 0; i < form.Items.Count; i++) _children[form.Items[i].Parent + 1].Add(i);
    }

    /// <summary>Paths whose expressions could not be evaluated, each with the reason: <c>fuel</c>, <c>rounds</c>, <c>length</c>, <c>instances</c>.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    /// <summary>The filled form's name, as the settings say.</summary>
    public string Name => _form.InstanceName is { } name ? Guarded(_root, "", () => _evaluator.Say(name, _root)) : _evaluator.Say(_form.Title, _environment.Language, _root);

    /// <summary>A form that nobody has filled yet: defaults are set.</summary>
    public static FormSession Begin(FormDefinition form, FormEnvironment environment)
    {
        var session = new FormSession(form, environment);
        session.Fill(session._root);
        session.ApplyRules();
        session.EvaluateDefaults(session._root);
        session.Recompute();
        return session;
    }

    /// <summary>Goes on with answers that <see cref="Answers"/> gave. What the form does not know of them is passed over.</summary>
    public static FormSession Resume(FormDefinition form, FormEnvironment environment, JsonElement answers)
    {
        var session = new FormSession(form, environment);
        session.Load(session._root, answers);
        session.Recompute();
        return session;
    }

    /// <summary>Gives an answer; the empty text takes it back.</summary>
    /// <exception cref="ArgumentException">There is no such question.</exception>
    public void Set(string path, string value)
    {
        var node = Find(path);
        if (node.IsContainer || node.Item < 0) throw new ArgumentException("no question at " + path, nameof(path));
        if (node.Value == value) return;
        var before = Watched();
        node.Value = value;
        Recompute();
        Trigger(before);
    }

    /// <summary>Adds an instance to a repeat, and returns its path.</summary>
    /// <exception cref="ArgumentException">There is no such repeat, or its number is fixed by the form.</exception>
    public string Add(string path)
    {
        var (parent, item) = FindRepeat(path);
        var count = parent.Children(_form.Items[item].Name).Count;
        if (count >= MostInstances) throw new ArgumentException("no more instances of " + path, nameof(path));
        Instance(parent, item);
        Recompute();
        return PathOf(parent.Children(_form.Items[item].Name)[count]);
    }

    /// <exception cref="ArgumentException">There is no such instance, or the number is fixed by the form.</exception>
    public void Remove(string path)
    {
        var node = Find(path);
        if (node.Item < 0 || _form.Items[node.Item] is not { Type: FormTypes.Repeat, Count: null }) throw new ArgumentException("no instance to remove at " + path, nameof(path));
        node.Parent!.Remove(node);
        Recompute();
    }

    /// <summary>Writes the end into metadata that asks for it; before the answers are saved.</summary>
    public void Finish(string now)
    {
        foreach (var node in Everywhere(_root).Where(n => n.Item >= 0 && _form.Items[n.Item].Type == "end")) node.Value = now;
        Recompute();
    }

    /// <summary>All that is relevant, in the order of the form. Metadata and hidden values are included, for they are answers too.</summary>
    public IReadOnlyList<FormState> State() => [.. Everywhere(_root).Where(n => n.Item >= 0 && n.IsRelevant).Select(StateOf)];

    /// <summary>Whether nothing stands in the way of saving.</summary>
    public bool IsValid => Everywhere(_root).Where(n => n.Item >= 0 && !n.IsContainer && n.IsRelevant).All(n => ProblemOf(n) == AnswerProblem.None) && _faults.Count == 0;

    /// <summary>What a select offers now.</summary>
    public IReadOnlyList<OfferedChoice> Choices(string path) => Offered(Find(path));

    /// <summary>The relevant answers: groups are objects, repeats arrays, answers texts; what was not answered is left out.</summary>
    public string Answers()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, ExprJson.Writing)) Write(writer, _root);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>The value of an expression of the form as it would be at a path: a number, a text, a truth, or the values of nodes.</summary>
    internal object Evaluate(Expr expression, string path) =>
        _evaluator.Evaluate(expression, Find(path)) is var value && value is List<TreeNode> nodes ? nodes.ConvertAll(n => n.Value) : value;

    private void Fill(TreeNode parent)
    {
        foreach (var item in _children[parent.Item + 1])
        {
            var definition = _form.Items[item];
            if (definition.Type == FormTypes.Repeat)
            {
                if (definition.Count is null) Fill(New(parent, item));
                continue;
            }

            var node = New(parent, item);
            if (definition.Type == FormTypes.Group) Fill(node);
            else node.Value = Given(definition);
        }
    }

    private TreeNode New(TreeNode parent, int item) =>
        parent.Add(new TreeNode(_form.Items[item].Name, item, parent) { IsContainer = FormTypes.IsContainer(_form.Items[item].Type) });

    private void Instance(TreeNode parent, int item)
    {
        var node = New(parent, item);
        Fill(node);
        EvaluateDefaults(node);
    }

    private string Given(FormItem item) => item.Type switch
    {
        "start" => _environment.Now,
        "today" => _environment.Now[..10],
        "username" or "deviceid" or "phonenumber" or "email" or "start-geopoint" => _environment.Metadata.GetValueOrDefault(item.Type, ""),
        _ => item.Default is TextLiteral text ? text.Value : "",
    };

    private void EvaluateDefaults(TreeNode within)
    {
        foreach (var node in Everywhere(within).ToList())
        {
            if (node.Item < 0 || _form.Items[node.Item].Default is not { } given || given is TextLiteral) continue;
            Compute(node, given);
        }
    }

    private void Recompute()
    {
        for (var round = 0; round < MostRounds; round++)
        {
            ApplyRules();
            if (!AdjustCounts()) return;
        }

        _faults.Add("rounds");
    }

    private void ApplyRules()
    {
        _faults.Clear();
        foreach (var (isRelevance, item) in _form.Order)
        {
            foreach (var node in Instances(item))
            {
                if (isRelevance) node.Wanted = Guarded(node, true, () => _evaluator.IsTrue(_form.Items[item].Relevant!, node));
                else if (node.IsRelevant) Compute(node, _form.Items[item].Calculation!);
            }
        }
    }

    private void Compute(TreeNode node, Expr expression)
    {
        var answer = Guarded(node, "", () => AnswerChecks.Answer(_form.Items[node.Item], _evaluator.Evaluate(expression, node), _evaluator.Offset));
        if (answer.Length > AnswerChecks.MostCharacters)
        {
            _faults.Add(PathOf(node) + " length");
            answer = "";
        }

        node.Value = answer;
    }

    private bool AdjustCounts()
    {
        var changed = false;
        for (var item = 0; item < _form.Items.Count; item++)
        {
            if (_form.Items[item].Count is not { } count) continue;
            foreach (var parent in Instances(_form.Items[item].Parent)) changed |= Adjust(parent, item, count);
        }

        return changed;
    }

    private bool Adjust(TreeNode parent, int item, Expr count)
    {
        // The number is asked where the repeat stands, outside its instances.
        var asked = Guarded(parent, 0.0, () => _evaluator.Number(_evaluator.Evaluate(count, new TreeNode(_form.Items[item].Name, item, parent))));
        var wanted = double.IsNaN(asked) ? 0 : (int)Math.Clamp(Math.Truncate(asked), 0, MostInstances);
        if (asked > MostInstances) _faults.Add(PathOf(parent) + "/" + _form.Items[item].Name + " instances");
        var existing = parent.Children(_form.Items[item].Name);
        var changed = false;
        for (var i = 0; i < existing.Count; i++)
        {
            var beyond = i >= wanted;
            changed |= existing[i].Beyond != beyond;
            existing[i].Beyond = beyond;
        }

        for (var i = existing.Count; i < wanted; i++)
        {
            Instance(parent, item);
            changed = true;
        }

        return changed;
    }

    /// <summary>The answers that trigger calculations, as they are.</summary>
    private Dictionary<TreeNode, string> Watched()
    {
        var sources = _form.Items.SelectMany(i => i.Trigger).ToHashSet();
        return sources.SelectMany(Instances).ToDictionary(n => n, n => n.Value);
    }

    private void Trigger(Dictionary<TreeNode, string> before)
    {
        for (var round = 0; before.Count > 0 && round < MostRounds; round++)
        {
            var changed = before.Where(b => b.Key.Value != b.Value).Select(b => b.Key).ToList();
            if (changed.Count == 0) return;
            before = Watched();
            for (var item = 0; item < _form.Items.Count; item++)
            {
                foreach (var source in changed.Where(c => _form.Items[item].Trigger.Contains(c.Item)))
                {
                    foreach (var target in Targets(item, source))
                    {
                        if (_form.Items[item].Calculation is { } calculation) Compute(target, calculation);
                        else target.Value = "";
                    }
                }
            }

            Recompute();
        }
    }

    // In the same instances of the repeats that hold both.
    private IEnumerable<TreeNode> Targets(int item, TreeNode source) => Instances(item).Where(target =>
    {
        for (var node = target.Parent; node is not null && node.Item >= 0; node = node.Parent)
        {
            if (source.Enclosing(node.Item) is { } same && same != node) return false;
        }

        return true;
    });

    private IEnumerable<TreeNode> Instances(int item)
    {
        if (item < 0) return [_root];
        var name = _form.Items[item].Name;
        return Instances(_form.Items[item].Parent).SelectMany(p => p.Children(name)).ToList();
    }

    private IEnumerable<TreeNode> Everywhere(TreeNode node)
    {
        yield return node;
        foreach (var item in _children[node.Item + 1])
        {
            foreach (var child in node.Children(_form.Items[item].Name))
            {
                if (!child.IsContainer)
                {
                    yield return child;
                    continue;
                }

                foreach (var within in Everywhere(child)) yield return within;
            }
        }
    }

    private FormState StateOf(TreeNode node)
    {
        var item = _form.Items[node.Item];
        var path = PathOf(node);
        var problem = node.IsContainer ? AnswerProblem.None : ProblemOf(node);
        var message = problem switch { AnswerProblem.Required => item.RequiredMessage, AnswerProblem.Constraint => item.ConstraintMessage, _ => null };
        return new FormState(
            path,
            node.Item,
            node.Value,
            Guarded(node, "", () => _evaluator.Say(item.Label, _environment.Language, node)),
            IsTrue(item.Required, node),
            item.Type == FormTypes.Note || IsTrue(item.ReadOnly, node),
            problem,
            Guarded(node, "", () => _evaluator.Say(message, _environment.Language, node)));
    }

    private bool IsTrue(Expr? rule, TreeNode node) => rule is not null && Guarded(node, false, () => _evaluator.IsTrue(rule, node));

    private AnswerProblem ProblemOf(TreeNode node)
    {
        var item = _form.Items[node.Item];
        if (_faults.Count > 0 && _faults.Any(f => f.StartsWith(PathOf(node) + " ", StringComparison.Ordinal))) return AnswerProblem.Fault;
        if (node.Value.Length == 0) return IsTrue(item.Required, node) ? AnswerProblem.Required : AnswerProblem.None;
        if (!AnswerChecks.Fits(item, node.Value)) return AnswerProblem.Type;
        if (FormTypes.IsSelect(item.Type) && !AreOffered(item, node)) return AnswerProblem.Choice;
        return item.Constraint is { } constraint && !Guarded(node, false, () => _evaluator.IsTrue(constraint, node)) ? AnswerProblem.Constraint : AnswerProblem.None;
    }

    private bool AreOffered(FormItem item, TreeNode node)
    {
        var offered = Offered(node).Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        return item.Type == FormTypes.SelectOne ? offered.Contains(node.Value) : Evaluator.Words(node.Value).All(offered.Contains);
    }

    private List<OfferedChoice> Offered(TreeNode node)
    {
        var item = _form.Items[node.Item];
        if (item.ChoicesFrom is { } source) return FromRepeat(item, source, node);
        if (item.List is not { } name || !_form.Lists.TryGetValue(name, out var list)) return [];
        var rows = item.ChoiceFilter is null ? null : _evaluator.List(name).Children("root")[0].Children("item");
        var offered = new List<OfferedChoice>();
        for (var i = 0; i < list.Choices.Count; i++)
        {
            var row = i;
            if (rows is not null && !Guarded(node, false, () => _evaluator.Passes(item.ChoiceFilter!, rows[row], row + 1, rows.Count, node))) continue;
            offered.Add(new OfferedChoice(list.Choices[i].Name, Guarded(node, "", () => _evaluator.Say(list.Choices[row].Label, _environment.Language, node))));
        }

        return offered;
    }

    private List<OfferedChoice> FromRepeat(FormItem item, int source, TreeNode node)
    {
        var answers = Instances(source).Where(n => n.IsRelevant && n.Value.Length > 0).ToList();
        var offered = new List<OfferedChoice>();
        for (var i = 0; i < answers.Count; i++)
        {
            var place = i + 1;
            var instance = answers[i];
            while (instance.Item >= 0 && _form.Items[instance.Item].Type != FormTypes.Repeat) instance = instance.Parent!;
            if (item.ChoiceFilter is { } filter && !Guarded(node, false, () => _evaluator.Passes(filter, instance, place, answers.Count, node))) continue;
            offered.Add(new OfferedChoice(answers[i].Value, answers[i].Value));
        }

        return offered;
    }

    private T Guarded<T>(TreeNode node, T otherwise, Func<T> evaluate)
    {
        try
        {
            return evaluate();
        }
        catch (EvaluationFault fault)
        {
            _faults.Add(PathOf(node) + " " + fault.Reason);
            return otherwise;
        }
    }

    private string PathOf(TreeNode node)
    {
        if (node.Item < 0) return "";
        var above = PathOf(node.Parent!);
        var place = _form.Items[node.Item].Type == FormTypes.Repeat
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"[{node.Parent!.Children(node.Name).ToList().IndexOf(node) + 1}]")
            : "";
        return (above.Length == 0 ? "" : above + "/") + node.Name + place;
    }

    private TreeNode Find(string path)
    {
        var node = _root;
        foreach (var step in path.Split('/'))
        {
            var bracket = step.IndexOf('[', StringComparison.Ordinal);
            var place = bracket < 0 ? 1 : int.TryParse(step.AsSpan(bracket + 1).TrimEnd(']'), System.Globalization.CultureInfo.InvariantCulture, out var n) ? n : 0;
            var children = node.Children(bracket < 0 ? step : step[..bracket]);
            if (place < 1 || place > children.Count) throw new ArgumentException("nothing at " + path, nameof(path));
            node = children[place - 1];
        }

        return node;
    }

    private (TreeNode Parent, int Item) FindRepeat(string path)
    {
        var last = path.LastIndexOf('/');
        var parent = last < 0 ? _root : Find(path[..last]);
        foreach (var item in _children[parent.Item + 1])
        {
            if (_form.Items[item] is { Type: FormTypes.Repeat, Count: null } repeat && repeat.Name == path[(last + 1)..]) return (parent, item);
        }

        throw new ArgumentException("no repeat to add to at " + path, nameof(path));
    }

    private void Load(TreeNode parent, JsonElement answers)
    {
        foreach (var item in _children[parent.Item + 1])
        {
            var definition = _form.Items[item];
            JsonElement given = default;
            var has = answers.ValueKind == JsonValueKind.Object && answers.TryGetProperty(definition.Name, out given);
            if (definition.Type == FormTypes.Repeat)
            {
                if (!has || given.ValueKind != JsonValueKind.Array) continue;
                foreach (var instance in given.EnumerateArray().Take(MostInstances)) Load(New(parent, item), instance);
                continue;
            }

            var node = New(parent, item);
            if (node.IsContainer) Load(node, given);
            else if (has && given.ValueKind == JsonValueKind.String) node.Value = AnswerText.Of(given);
        }
    }

    private void Write(Utf8JsonWriter writer, TreeNode parent)
    {
        writer.WriteStartObject();
        foreach (var item in _children[parent.Item + 1])
        {
            var definition = _form.Items[item];
            var shown = parent.Children(definition.Name).Where(n => n.IsRelevant).ToList();
            if (shown.Count == 0 || (!shown[0].IsContainer && shown[0].Value.Length == 0)) continue;
            writer.WritePropertyName(definition.Name);
            if (definition.Type == FormTypes.Repeat)
            {
                writer.WriteStartArray();
                foreach (var instance in shown) Write(writer, instance);
                writer.WriteEndArray();
            }
            else if (shown[0].IsContainer)
            {
                Write(writer, shown[0]);
            }
            else
            {
                writer.WriteStringValue(shown[0].Value);
            }
        }

        writer.WriteEndObject();
    }
}
