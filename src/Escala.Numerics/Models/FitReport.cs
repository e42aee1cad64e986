using Escala.Numerics.Comparison;
using Escala.Numerics.Formulas;

namespace Escala.Numerics.Models;

/// <summary>Puts estimates into the tables of a <see cref="ModelFit"/>.</summary>
internal static class FitReport
{
    public static FixedEffect Effect(string term, double estimate, double variance, double confidence, double? df)
    {
        var se = Math.Sqrt(variance);
        var statistic = estimate / se;
        return new FixedEffect(term, estimate, se, statistic, TwoSided(statistic, df), estimate - Quantile(confidence, df) * se, estimate + Quantile(confidence, df) * se, df);
    }

    public static double TwoSided(double statistic, double? df) => df is { } d
        ? d > 0 ? Tail.StudentTwoSided(statistic, d) : double.NaN
        : Tail.NormalTwoSided(statistic);

    public static double Quantile(double confidence, double? df)
    {
        var p = 0.5 * (1 + confidence);
        return df is { } d ? (d > 0 ? Tail.StudentQuantile(p, d) : double.NaN) : Tail.NormalQuantile(p);
    }

    /// <summary>Coefficients in the order of the formula; separated ones are infinite, those dropped are absent.</summary>
    public static (IReadOnlyList<FixedEffect> Fixed, IReadOnlyList<IReadOnlyList<double>> Covariance) Effects(
        PreparedModel model, double[] coefficients, double[,]? covariance, Func<int, double?>? df = null)
    {
        var confidence = model.Specification.Confidence;
        var place = model.Design.Kept.Select((c, j) => (c.Name, j)).ToDictionary(p => p.Name, p => p.j, StringComparer.Ordinal);
        var names = model.All.Columns.Select(c => c.Name).Where(n => model.Separated.ContainsKey(n) || place.ContainsKey(n)).ToList();
        int At(string name) => model.Separated.ContainsKey(name) ? -1 : place[name];
        double Covariance(int i, int j) => i < 0 || j < 0 || covariance is null ? double.NaN : covariance[i, j];
        var effects = names.Select(name => At(name) is >= 0 and var j
            ? Effect(name, coefficients[j], Covariance(j, j), confidence, df?.Invoke(j))
            : Unknown(name, model.Separated[name] * double.PositiveInfinity)).ToList();
        return (effects, [.. names.Select(a => (IReadOnlyList<double>)[.. names.Select(b => Covariance(At(a), At(b)))])]);
    }

    private static FixedEffect Unknown(string term, double estimate) => new(term, estimate, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, null);

    public static IReadOnlyList<string> Dropped(PreparedModel model) =>
        [.. model.All.Columns.Select(c => c.Name).Where(n => !model.Separated.ContainsKey(n) && model.Design.Kept.All(k => k.Name != n))];

    public static IReadOnlyList<GroupCount> Groups(ModelData all) =>
        [.. all.Random.DistinctBy(r => r.Group).Select(r => new GroupCount(r.Group, r.Labels.Length))];

    public static ModelWarning SeparationWarning(PreparedModel model, int cells)
    {
        // The intercept only shows which way the others run.
        string[] columns = [.. model.Separated.Keys.Where(k => k != "(Intercept)" || model.Separated.Count == 1)];
        Sentence? others = model.Data.Cells == 0 ? new Sentence("numerics.warning.separation-nothing-left", " No data are left to estimate the other coefficients from.")
            : model.Design.Kept.Any(c => !model.Separated.ContainsKey(c.Name)) ? new Sentence("numerics.warning.separation-others", " The other coefficients stay valid.") : null;
        (string, object?)[] gaps = [("predicted", cells - model.Data.Cells), ("cells", cells), ("names", string.Join(", ", columns)), ("others", others)];
        return new ModelWarning(model.Data.Cells == 0 ? "separation" : "quasi-separation", columns.Length == 1
            ? new Sentence("numerics.warning.separation", "In {predicted} of {cells} cells of the data the outcome occurs always or never, and {names} predicts which: its effect has no finite estimate, so no odds ratio and no Wald interval is given.{others} For {names} use Firth's method (--method firth, without random effects), whose intervals are profile intervals, or an exact test.", gaps)
            : new Sentence("numerics.warning.separation-several", "In {predicted} of {cells} cells of the data the outcome occurs always or never, and {names} predict which: their effects have no finite estimate, so no odds ratio and no Wald interval are given.{others} For {names} use Firth's method (--method firth, without random effects), whose intervals are profile intervals, or an exact test.", gaps));
    }

    /// <summary>A result without estimates: the outcome does not vary, or everything is separated.</summary>
    public static ModelFit Nothing(ModelSpecification specification, EstimationMethod method, ModelFrame frame, ModelData cells, List<ModelWarning> warnings, IReadOnlyDictionary<string, int>? separated = null) =>
        new(specification)
        {
            Method = method == EstimationMethod.Automatic ? EstimationMethod.Laplace : method,
            Observations = frame.UsedRows.Length,
            Cells = frame.Cells,
            Groups = Groups(cells),
            Fixed = [.. cells.Columns.Select(c => Unknown(c.Name, separated?.TryGetValue(c.Name, out var sign) == true ? sign * double.PositiveInfinity : double.NaN))],
            Random = [.. cells.Random.SelectMany(r => r.Effects.Select(e => new RandomEffect(r.Group, e.Name, double.NaN, double.NaN, [])))],
            Warnings = warnings,
        };
}
