using System.Globalization;
using Escala.Economics.Expressions;

namespace Escala.Economics.Models;

/// <summary>What a careful reader of a model would ask about; none of it stops a run.</summary>
internal static class ModelRemarks
{
    public const string WithoutSource = "economics.remark.source";

    public static IReadOnlyList<ModelProblem> Of(ModelDefinition model) =>
    [
        .. model.Parameters.Where(p => p.Formula is null && p.Source.Length == 0 && !p.IsAssumption)
            .Select(p => new ModelProblem(p.At, WithoutSource, ("name", p.Name))),
        .. model.Parameters.Where(p => p.Distribution is not null && Math.Abs(p.Distribution.Mean - p.Value) > 0.1 * Math.Abs(p.Value) + 1e-12)
            .Select(p => new ModelProblem(p.At, "economics.remark.mean", ("name", p.Name), ("value", p.Value), ("mean", p.Distribution!.Mean.ToString("G4", CultureInfo.InvariantCulture)))),
        .. Assumptions(model),
        .. RepeatedNumbers(model),
        .. Unused(model).Select(p => new ModelProblem(p.At, "economics.remark.unused", ("name", p.Name))),
    ];

    /// <summary>Numbers that stand in formulas, so that nothing says where they come from: all but the conversions that everybody knows.</summary>
    public static IReadOnlyList<(double Number, int Line)> NumbersInFormulas(ModelDefinition model) =>
        [.. Formulas(model).SelectMany(e => e.All).OfType<NumberLiteral>().Where(n => n.Value is not (0 or 1 or 2 or 10 or 12 or 100 or 1000)).Select(n => (n.Value, n.At.Line)).Distinct().OrderBy(n => n.Line)];

    private static IEnumerable<ModelProblem> Assumptions(ModelDefinition model)
    {
        var open = model.Parameters.Where(p => p.IsAssumption).ToList();
        if (open.Count > 0) yield return new ModelProblem(default, "economics.remark.assumption", ("n", open.Count), ("names", string.Join(", ", open.Select(p => p.Name))));
    }

    /// <summary>A number that stands in two formulas is a parameter in disguise; changing one of them breaks the model quietly.</summary>
    private static IEnumerable<ModelProblem> RepeatedNumbers(ModelDefinition model) =>
        Formulas(model).SelectMany(e => e.All).OfType<NumberLiteral>().Where(n => n.Value is not (0 or 1 or 2 or 10 or 12 or 100 or 1000))
            .GroupBy(n => n.Value).Where(g => g.Select(n => n.At.Line).Distinct().Count() > 1)
            .Select(g => new ModelProblem(g.Last().At, "economics.remark.number", ("number", g.Key), ("lines", string.Join(", ", g.Select(n => n.At.Line).Distinct()))));

    private static IEnumerable<ParameterDefinition> Unused(ModelDefinition model)
    {
        var used = Formulas(model).SelectMany(e => e.All).OfType<NameReference>().Select(n => n.Name).ToHashSet();
        return model.Parameters.Where(p => !used.Contains(p.Name) && p.Share is null);
    }

    private static IEnumerable<Expression> Formulas(ModelDefinition model) =>
        model.Parameters.Where(p => p.Formula is not null).Select(p => p.Formula!)
            .Concat(model.Transitions.Where(t => t.Formula is not null).Select(t => t.Formula!))
            .Concat(model.Values.Select(v => v.Formula))
            .Concat(model.States.SelectMany(s => s.Start.Values))
            .Concat(model.Checks.Select(c => c.That))
            .Concat(model.Budget is null ? [] : model.Budget.OneOff.Concat(model.Budget.Recurrent).Select(c => c.PerDistrict).Append(model.Budget.Population));
}
