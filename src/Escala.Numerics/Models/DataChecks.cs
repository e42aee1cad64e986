using System.Globalization;
using Escala.Numerics.Distributions;
using Escala.Numerics.Formulas;

namespace Escala.Numerics.Models;

/// <summary>What can be said about the data before fitting: each check adds a warning, or refuses with the reason.</summary>
internal static class DataChecks
{
    public const int FewClusters = 30;

    public static void Outcome(ModelFrame frame, ModelSpecification specification)
    {
        var (text, at) = (frame.Formula.Text, frame.Formula.Response.Position);
        if (frame.Outcome.Length == 0) throw new FormulaException(text, at, "numerics.formula.no-rows", "no row of the data has every variable of the model; missing are {missing}", ("missing", Missing(frame)));
        var counts = specification.Family is Family.Poisson or Family.NegativeBinomial;
        if (frame.IsCbind && !specification.IsBinomial) throw new FormulaException(text, at, "numerics.formula.cbind-family", "cbind(successes, failures) is for binomial families, not {family}", ("family", specification.Family));
        if (specification.Family == Family.Gaussian) return;
        for (var k = 0; k < frame.Outcome.Length; k++)
        {
            var y = frame.Outcome[k];
            if (counts && (y < 0 || y != Math.Floor(y))) throw new FormulaException(text, at, "numerics.formula.counts", "counts are whole numbers of 0 or more; data row {row} has {value}", ("row", frame.UsedRows[k] + 1), ("value", Variables.Text(y)));
            if (!counts && !frame.IsCbind && y is not (0 or 1))
                throw new FormulaException(text, at, "numerics.formula.binomial", "a binomial outcome is 0 or 1, or cbind(successes, failures); data row {row} has {value}", ("row", frame.UsedRows[k] + 1), ("value", Variables.Text(y)));
        }
    }

    public static void Rows(ModelFrame frame, List<ModelWarning> warnings)
    {
        if (frame.MissingByVariable.Count == 0) return;
        var dropped = frame.Data.Rows - frame.UsedRows.Length;
        warnings.Add(new ModelWarning("missing-values", new Sentence("numerics.warning.missing-values", "{dropped} of {rows} rows were left out because a value is missing ({missing}); the analysis is of the {complete} complete rows.", ("dropped", dropped), ("rows", frame.Data.Rows), ("missing", Missing(frame)), ("complete", frame.UsedRows.Length))));
    }

    private static string Missing(ModelFrame frame) => string.Join(", ", frame.MissingByVariable.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Key} {p.Value}")));

    public static void Dropped(FixedDesign design, List<ModelWarning> warnings)
    {
        foreach (var column in design.Dropped)
            warnings.Add(column.IsEmpty
                ? new ModelWarning("empty-cell", new Sentence("numerics.warning.empty-cell", "No row of the data has all of {parts}: that combination is empty, so {column} cannot be estimated and was left out.", ("parts", string.Join(", ", column.Name.Split(':'))), ("column", column.Name)))
                : new ModelWarning("collinear", new Sentence("numerics.warning.collinear", "{column} can be computed from the columns before it; it was left out, and their coefficients stand for it too.", ("column", column.Name))));
    }

    /// <summary>Refuses crossed groupings and a grouping with one group; warns of few. Returns the terms that can be estimated.</summary>
    public static RandomDesign[] Groupings(ModelFrame frame, ModelData data, ModelSpecification specification, List<ModelWarning> warnings)
    {
        var text = frame.Formula.Text;
        if (data.Random.Length == 0) return [];
        foreach (var random in data.Random)
            if (random.Labels.Length == 1)
                throw new FormulaException(text, random.Term.Position, "numerics.formula.one-group", "'{group}' has one group ({label}); a variance between groups needs several, so take the term out or name another grouping", ("group", random.Group), ("label", random.Labels[0]));
        RefuseCrossed(frame, data);
        var estimable = new List<RandomDesign>();
        foreach (var random in data.Random)
        {
            if (OneUnitEach(data, random, specification.Family))
                warnings.Add(new ModelWarning("one-observation-per-group", new Sentence("numerics.warning.one-observation-per-group", "Every group of {group} holds one observation, so variation between groups cannot be told from chance; its variance is not estimable and the model was fitted without it.", ("group", random.Group))));
            else estimable.Add(random);
        }
        var outermost = data.Random.MinBy(r => r.Labels.Length)!;
        if (outermost.Labels.Length == 2) warnings.Add(new ModelWarning("two-clusters", new Sentence("numerics.warning.two-clusters", "The variance between groups of {group} rests on 2 groups; it is hardly known, and so are the standard errors that use it.", ("group", outermost.Group))));
        else if (outermost.Labels.Length < FewClusters && specification.DegreesOfFreedom == DegreesOfFreedom.Infinite)
            warnings.Add(new ModelWarning("few-clusters", new Sentence("numerics.warning.few-clusters", "{group} has only {groups} groups: intervals and p values from the normal distribution are too optimistic. Put t, randomisation or profile figures beside them.", ("group", outermost.Group), ("groups", outermost.Labels.Length))));
        OneTreatedCluster(data, outermost, warnings);
        return [.. estimable];
    }

    private static bool OneUnitEach(ModelData data, RandomDesign random, Family family)
    {
        if (family is Family.Poisson or Family.NegativeBinomial) return false;
        var units = new double[random.Labels.Length];
        for (var i = 0; i < data.Cells; i++) units[random.Codes[i]] += family == Family.Gaussian ? data.Responses.Rows[i] : data.Responses.Trials[i];
        return Array.TrueForAll(units, u => u <= 1);
    }

    /// <summary>Groupings are crossed when some lie inside no other and still hang together: no factor holds all of them.</summary>
    private static void RefuseCrossed(ModelFrame frame, ModelData data)
    {
        var outermost = data.Random.MinBy(r => r.Labels.Length)!;
        foreach (var random in data.Random)
        {
            if (Inside(random, outermost)) continue;
            throw new FormulaException(frame.Formula.Text, random.Term.Position,
                "numerics.formula.crossed", "'{group}' and '{outer}' are crossed: a group of one holds rows of several of the other. Only nested groupings are fitted; use {group} as a fixed effect, or ({effect} | {outer}:{group})",
                ("group", random.Group), ("outer", outermost.Group), ("effect", random.Term.Effects.Intercept ? "1" : "0"));
        }
    }

    private static bool Inside(RandomDesign inner, RandomDesign outer)
    {
        var parent = new int[inner.Labels.Length];
        Array.Fill(parent, -1);
        for (var i = 0; i < inner.Codes.Length; i++)
        {
            ref var p = ref parent[inner.Codes[i]];
            if (p >= 0 && p != outer.Codes[i]) return false;
            p = outer.Codes[i];
        }
        return true;
    }

    private static void OneTreatedCluster(ModelData data, RandomDesign clusters, List<ModelWarning> warnings)
    {
        foreach (var column in data.Columns)
        {
            if (column.Term < 0 || !Array.TrueForAll(column.Values, v => v is 0 or 1)) continue;
            foreach (var value in new[] { 1.0, 0.0 })
            {
                var holders = Enumerable.Range(0, data.Cells).Where(i => column.Values[i] == value).Select(i => clusters.Codes[i]).Distinct().Take(2).ToList();
                if (holders.Count != 1) continue;
                (string, object?)[] gaps = [("group", clusters.Group), ("label", clusters.Labels[holders[0]]), ("column", column.Name)];
                warnings.Add(new ModelWarning("one-treated-cluster", value == 1
                    ? new Sentence("numerics.warning.one-treated-cluster", "Only one group of {group}, {label}, has {column}: its effect rests on 1 cluster and cannot be told from what is peculiar to it.", gaps)
                    : new Sentence("numerics.warning.one-untreated-cluster", "Only one group of {group}, {label}, is without {column}: the comparison rests on 1 cluster and cannot be told from what is peculiar to it.", gaps)));
            }
        }
    }

    /// <summary>A sentence for an outcome without any variation, with the exact limit of its proportion; null when it varies.</summary>
    public static ModelWarning? Constant(ModelFrame frame, ModelSpecification specification)
    {
        var first = frame.Outcome[0] / Math.Max(frame.Trials[0], 1);
        if (specification.IsBinomial)
        {
            var (y, m) = (frame.Outcome.Sum(), frame.Trials.Sum());
            if (m > 0 && y > 0 && y < m) return null;
            if (m == 0) return new ModelWarning("constant-outcome", new Sentence("numerics.warning.no-trials", "There are no trials in the data: nothing can be estimated."));
            // Clopper and Pearson 1934 at 0 or m of m: 1 − (α/2)^(1/m).
            var limit = 1 - Math.Pow((1 - specification.Confidence) / 2, 1 / m);
            return new ModelWarning("constant-outcome", y == 0
                ? new Sentence("numerics.warning.nobody", "None of {n} had the outcome, so there is nothing to compare: no effect can be estimated. The proportion is at most {limit} (exact {confidence} limit).", ("n", m), ("limit", new Figure(limit, "0.####")), ("confidence", new Figure(specification.Confidence, "P0")))
                : new Sentence("numerics.warning.everybody", "All of {n} had the outcome, so there is nothing to compare: no effect can be estimated. The proportion is at least {limit} (exact {confidence} limit).", ("n", m), ("limit", new Figure(1 - limit, "0.####")), ("confidence", new Figure(specification.Confidence, "P0"))));
        }
        var counts = specification.Family is Family.Poisson or Family.NegativeBinomial;
        if (frame.Outcome.Any(y => counts ? y != 0 : y != first)) return null;
        return new ModelWarning("constant-outcome", counts ? new Sentence("numerics.warning.zero-counts", "Every count is 0, so there is nothing to compare: no effect can be estimated.")
            : new Sentence("numerics.warning.same-outcome", "Every outcome is {value}, so there is nothing to explain: no effect can be estimated.", ("value", Variables.Text(first))));
    }
}
