using Escala.Numerics.Data;
using Escala.Numerics.Distributions;
using Escala.Numerics.Formulas;

namespace Escala.Numerics.Models;

/// <summary>Fits linear, generalised linear and mixed models from a formula; docs/methods has the derivations.</summary>
public static class Regression
{
    /// <summary>
    /// Fits a model. Difficulties of the data (separation, a variance of zero, an empty cell) are in the result's warnings, and estimates that do
    /// not exist are infinite or NaN.
    /// </summary>
    /// <param name="data">Data; rows with a missing value in a variable of the model are left out and counted.</param>
    /// <param name="specification">Model and method.</param>
    /// <exception cref="FormulaException">The formula cannot be read, or does not fit the data; the character is named.</exception>
    /// <exception cref="ArgumentException">The options contradict one another.</exception>
    public static ModelFit Fit(DataFrame data, ModelSpecification specification)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(specification);
        specification.Validate();
        var formula = ModelFormula.Parse(specification.Formula);
        return Fit(data, specification, formula);
    }

    internal static ModelFit Fit(DataFrame data, ModelSpecification specification, ModelFormula formula)
    {
        var method = MethodFor(specification, formula);
        string[] clusters = specification.Cluster is { } c ? [c] : [];
        foreach (var name in clusters) _ = data[name];
        var collapse = specification.Family is Family.NegativeBinomial or Family.BetaBinomial ? Collapse.Identical : Collapse.Sum;
        var frame = ModelFrame.Build(formula, data, collapse, clusters);
        DataChecks.Outcome(frame, specification);
        var warnings = new List<ModelWarning>();
        DataChecks.Rows(frame, warnings);
        var cells = ModelData.From(frame, specification.Family, clusters);
        if (DataChecks.Constant(frame, specification) is { } constant)
        {
            warnings.Add(constant);
            return FitReport.Nothing(specification, method, frame, cells, warnings);
        }
        var estimable = DataChecks.Groupings(frame, cells, specification, warnings);
        var model = Prepare(specification, frame, cells, cells with { Random = estimable }, warnings);
        if (model.Data.Cells == 0) return FitReport.Nothing(specification, method, frame, cells, warnings, model.Separated);
        var fit = method switch
        {
            EstimationMethod.Firth => FirthLogistic.Fit(model),
            EstimationMethod.Gee => EstimatingEquations.Fit(model),
            EstimationMethod.Glm => GeneralizedLinear.Fit(model),
            _ when estimable.Length == 0 => GeneralizedLinear.Fit(model),
            _ => GeneralizedLinearMixed.Fit(model, method),
        };
        return DispersionLimit.Resolve(fit, data, formula);
    }

    private static EstimationMethod MethodFor(ModelSpecification specification, ModelFormula formula)
    {
        var mixed = formula.Random.Count > 0;
        var method = specification.Method;
        if (method == EstimationMethod.Automatic)
            return !mixed ? EstimationMethod.Glm : specification.Family == Family.Gaussian ? EstimationMethod.Reml : EstimationMethod.Automatic;
        var needsRandom = method is EstimationMethod.Laplace or EstimationMethod.Quadrature or EstimationMethod.Reml or EstimationMethod.MaximumLikelihood;
        if (mixed && !needsRandom)
            throw new FormulaException(formula.Text, formula.Random[0].Position, method == EstimationMethod.Gee
                ? new Sentence("numerics.formula.gee-bar", "the method {method} has no random effects; take the term out and name the cluster column", ("method", method))
                : new Sentence("numerics.formula.method-bar", "the method {method} has no random effects; take the term out", ("method", method)));
        if (!mixed && needsRandom) throw new FormulaException(formula.Text, formula.Text.Length, "numerics.formula.method-needs-bar", "the method {method} needs a random effect such as (1 | cluster)", ("method", method));
        if (mixed && specification.Family == Family.QuasiBinomial)
            throw new FormulaException(formula.Text, formula.Random[0].Position, "numerics.formula.quasi-bar", "the quasi-binomial family has no likelihood to put random effects in; use beta-binomial, or an effect of each row");
        return method == EstimationMethod.Laplace && specification.Family == Family.Gaussian ? EstimationMethod.MaximumLikelihood : method;
    }

    /// <summary>Drops what cannot be estimated and takes separating directions out, one after another.</summary>
    private static PreparedModel Prepare(ModelSpecification specification, ModelFrame frame, ModelData all, ModelData data, List<ModelWarning> warnings)
    {
        var scale = 1.0;
        if (specification is { Family: Family.Gaussian, LinkOrDefault: Link.Identity }) (data, scale) = Standardise(data);
        var design = FixedDesign.Build(data.Columns);
        DataChecks.Dropped(design, warnings);
        var separated = new Dictionary<string, int>(StringComparer.Ordinal);
        int[] kept = [.. Enumerable.Range(0, data.Cells)];
        var model = new PreparedModel(specification, frame, all, data, design)
        {
            Kernel = ResponseKernel.Of(specification.Family, specification.LinkOrDefault),
            ResponseScale = scale,
            Separated = separated,
            CellsKept = kept,
            Warnings = warnings,
        };
        if (specification.Method == EstimationMethod.Firth || specification.LinkOrDefault == Link.Identity) return model;
        while (model.Data.Cells > 0)
        {
            var problem = GeneralizedLinear.StartProblem(model);
            if (Separation.Find(problem, IterativelyReweighted.Fit(problem), specification.Family) is not { } found) break;
            foreach (var (name, sign) in Separation.Columns(model.Design, found.Direction)) separated.TryAdd(name, sign);
            int[] rest = [.. Enumerable.Range(0, problem.Cells).Where(i => Math.Abs(found.Slopes[i]) <= 1e-3).Select(i => problem.CellOrder[i]).Order()];
            var informative = model.Data.Subset(rest) with { Columns = Separation.AffectedLast(model.Data.Subset(rest).Columns, separated.Keys) };
            informative = informative with { Columns = [.. informative.Columns.Where(c => model.Design.Kept.Any(k => k.Name == c.Name))] };
            model = model with { Data = informative, CellsKept = [.. rest.Select(i => model.CellsKept[i])], Design = FixedDesign.Build(informative.Columns) };
        }
        if (separated.Count > 0) warnings.Insert(0, FitReport.SeparationWarning(model, all.Cells));
        return model;
    }

    private static (ModelData Data, double Scale) Standardise(ModelData data)
    {
        var responses = data.Responses;
        var n = responses.Rows.Sum();
        var mean = responses.Outcome.Sum() / n;
        double squares = 0;
        for (var i = 0; i < data.Cells; i++) squares += responses.WithinSquares[i] + responses.Rows[i] * Math.Pow(responses.Outcome[i] / responses.Rows[i] - mean, 2);
        var scale = Math.Sqrt(squares / n);
        double[] Divide(double[] v, double by) => [.. v.Select(x => x / by)];
        return (data with
        {
            Offset = Divide(data.Offset, scale),
            Responses = responses with { Outcome = Divide(responses.Outcome, scale), WithinSquares = Divide(responses.WithinSquares, scale * scale) },
        }, scale);
    }
}
