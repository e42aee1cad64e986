using Escala.Economics.Expressions;
using Escala.Economics.Packs;
using Escala.Numerics.Risk;

namespace Escala.Economics.Models;

/// <summary>Finds names that mean nothing and formulas that go round in a circle, before anything is computed.</summary>
internal static class NameCheck
{
    private static readonly string[] s_words = ["if", "then", "else", "and", "or", "not", "strategy", "group", "time_in_state", "cycle_length", "start_age", "alive", "all", "rest"];

    public static bool IsReserved(string name) =>
        s_words.Contains(name) || Functions.Time.Contains(name) || Functions.Arity.ContainsKey(name) || Functions.Risk.ContainsKey(name) || ModelReader.Constants.ContainsKey(name);

    public static IEnumerable<ModelProblem> Problems(ModelDefinition model)
    {
        var parameters = model.Parameters.ToDictionary(p => p.Name);
        foreach (var twice in model.Parameters.Select(p => (p.Name, p.At)).Concat(model.Tables.Select(t => (t.Name, t.At))).GroupBy(n => n.Name).Where(g => g.Count() > 1))
            yield return new ModelProblem(twice.Last().At, "economics.name.twice", ("name", twice.Key));
        foreach (var (expression, isState) in Expressions(model))
        {
            foreach (var problem in expression.All.SelectMany(e => Problems(e, model, parameters))) yield return problem;
            if (!isState && Uses(expression, "time_in_state", parameters, []) is { } at)
                yield return new ModelProblem(at, "economics.name.time-in-state");
        }
        if (double.IsNaN(model.Settings.StartAge) && model.Groups.Any(g => !g.Set.ContainsKey("start_age")))
        {
            foreach (var at in Expressions(model).SelectMany(e => e.Expression.All).OfType<NameReference>().Where(n => n.Name is "age" or "start_age").Take(1))
                yield return new ModelProblem(at.At, "economics.name.age");
        }
        foreach (var problem in Circles(model.Parameters, parameters)) yield return problem;
    }

    private static IEnumerable<(Expression Expression, bool IsState)> Expressions(ModelDefinition model) =>
        model.Parameters.Where(p => p.Formula is not null).Select(p => (p.Formula!, true))
            .Concat(model.States.SelectMany(s => s.Start.Values).Select(e => (e, false)))
            .Concat(model.Transitions.Where(t => t.Formula is not null).Select(t => (t.Formula!, true)))
            .Concat(model.Values.Select(v => (v.Formula, v.Kind == ValueKind.PerYear)))
            .Concat(model.Checks.Select(c => (c.That, false)))
            .Concat(model.Budget is null ? [] : model.Budget.OneOff.Concat(model.Budget.Recurrent).Select(c => (c.PerDistrict, false)).Append((model.Budget.Population, false)));

    /// <summary>Where an expression uses a name, itself or through parameters; null where it does not.</summary>
    public static Position? Uses(Expression expression, string name, IReadOnlyDictionary<string, ParameterDefinition> parameters, HashSet<string> seen)
    {
        foreach (var reference in expression.All.OfType<NameReference>())
        {
            if (reference.Name == name) return reference.At;
            if (parameters.TryGetValue(reference.Name, out var parameter) && parameter.Formula is not null && seen.Add(reference.Name)
                && Uses(parameter.Formula, name, parameters, seen) is not null) return reference.At;
        }
        return null;
    }

    private static IEnumerable<ModelProblem> Problems(Expression expression, ModelDefinition model, Dictionary<string, ParameterDefinition> parameters)
    {
        switch (expression)
        {
            case NameReference name when !parameters.ContainsKey(name.Name) && !IsVariable(name.Name) && model.Strategies.All(s => s.Name != name.Name) && model.Groups.All(g => g.Name != name.Name):
                yield return Unknown(name.At, ("economics.name.unknown", "economics.name.unknown-near"), name.Name, parameters.Keys);
                break;
            case Call call when Functions.Arity.TryGetValue(call.Function, out var arity):
                if (call.Arguments.Any(a => a.Name is not null)) yield return new ModelProblem(call.At, "economics.expression.named", ("function", call.Function));
                else if (arity < 0 ? call.Arguments.Count == 0 : call.Arguments.Count != arity)
                    yield return new ModelProblem(call.At, "economics.expression.arguments", ("function", call.Function), ("wanted", Math.Abs(arity)), ("given", call.Arguments.Count));
                break;
            case Call call when Functions.Risk.TryGetValue(call.Function, out var risk):
                foreach (var problem in RiskProblems(call, risk)) yield return problem;
                break;
            case Call call:
                foreach (var problem in TableProblems(call, model)) yield return problem;
                break;
        }
    }

    private static IEnumerable<ModelProblem> RiskProblems(Call call, RiskFunction function)
    {
        if (call.Arguments.Any(a => a.Name is null))
        {
            yield return new ModelProblem(call.At, "economics.expression.by-name", ("function", call.Function), ("inputs", string.Join(", ", function.Score.Covariates.Select(c => c.Name + " = …"))));
            yield break;
        }
        ModelProblem? refused = null;
        try
        {
            var equation = function.Score.Choose([.. call.Arguments.Select(a => a.Name!)]);
            foreach (var (name, value) in call.Arguments)
            {
                var covariate = equation.Covariates[equation.IndexOf(name!)];
                if (value is TextLiteral text && !covariate.Levels.Contains(text.Value, StringComparer.OrdinalIgnoreCase))
                    refused = new ModelProblem(text.At, "economics.risk.level", ("input", covariate.Name), ("text", text.Value), ("known", string.Join(", ", covariate.Levels)));
            }
        }
        catch (RiskInputException unfit)
        {
            refused = RiskScores.ProblemOf(unfit, call.At);
        }
        if (refused is not null) yield return refused;
    }

    private static IEnumerable<ModelProblem> TableProblems(Call call, ModelDefinition model)
    {
        var (name, column) = Split(call.Function);
        if (model.Tables.FirstOrDefault(t => t.Name == name) is not { } table)
        {
            yield return Unknown(call.At, ("economics.name.function", "economics.name.function-near"), name, model.Tables.Select(t => t.Name).Concat(Functions.Arity.Keys).Concat(Functions.Risk.Keys));
            yield break;
        }
        if (call.Arguments.Count != 1 || call.Arguments[0].Name is not null) yield return new ModelProblem(call.At, "economics.expression.table", ("table", name));
        if (column is null ? table.Columns.Count != 1 : !table.Columns.Contains(column))
            yield return new ModelProblem(call.At, "economics.table.column", ("table", name), ("columns", string.Join(", ", table.Columns.Select(c => $"{name}.{c}(…)"))));
    }

    public static (string Table, string? Column) Split(string function)
    {
        var dot = function.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? (function, null) : (function[..dot], function[(dot + 1)..]);
    }

    private static bool IsVariable(string name) =>
        Functions.Time.Contains(name) || name is "time_in_state" or "cycle_length" or "start_age" or "strategy" or "group" || ModelReader.Constants.ContainsKey(name);

    /// <summary>Depth-first search with an explicit stack: a chain of ten thousand parameters must not end the process.</summary>
    private static IEnumerable<ModelProblem> Circles(IReadOnlyList<ParameterDefinition> all, Dictionary<string, ParameterDefinition> parameters)
    {
        HashSet<string> done = [];
        foreach (var start in all)
        {
            List<(ParameterDefinition Parameter, Queue<string> Left)> path = [(start, Dependencies(start, parameters))];
            while (path.Count > 0)
            {
                var (parameter, left) = path[^1];
                if (done.Contains(parameter.Name) || left.Count == 0)
                {
                    done.Add(parameter.Name);
                    path.RemoveAt(path.Count - 1);
                    continue;
                }
                var next = left.Dequeue();
                var at = path.FindIndex(p => p.Parameter.Name == next);
                if (at >= 0)
                {
                    yield return new ModelProblem(parameter.At, "economics.parameter.circle", ("circle", string.Join(" → ", path.Skip(at).Select(p => p.Parameter.Name).Append(next))));
                    yield break;
                }
                path.Add((parameters[next], Dependencies(parameters[next], parameters)));
            }
        }
    }

    private static Queue<string> Dependencies(ParameterDefinition parameter, Dictionary<string, ParameterDefinition> parameters) =>
        new(parameter.Formula is null ? [] : parameter.Formula.All.OfType<NameReference>().Select(n => n.Name).Where(parameters.ContainsKey).Distinct());

    private static ModelProblem Unknown(Position at, (string Alone, string Near) code, string name, IEnumerable<string> known)
    {
        var near = known.Where(k => string.Equals(k, name, StringComparison.OrdinalIgnoreCase) || (name.Length > 3 && (k.StartsWith(name[..3], StringComparison.OrdinalIgnoreCase) || k.EndsWith(name[^3..], StringComparison.OrdinalIgnoreCase)))).Take(5).ToList();
        return near.Count > 0 ? new ModelProblem(at, code.Near, ("name", name), ("near", string.Join(", ", near))) : new ModelProblem(at, code.Alone, ("name", name));
    }
}
