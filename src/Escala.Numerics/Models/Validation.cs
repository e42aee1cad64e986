using System.Text.Json;
using Escala.Numerics.Data;
using Escala.Numerics.Distributions;

namespace Escala.Numerics.Models;

/// <summary>One figure of a reference fit beside ours.</summary>
/// <param name="Case">What was fitted.</param>
/// <param name="Figure">Which figure: logLik, or a coefficient's estimate, standard error, degrees of freedom or limit, or a standard deviation.</param>
/// <param name="Computed">Our value.</param>
/// <param name="Reference">The reference's value.</param>
/// <param name="Tolerance">Difference allowed, relative to the reference where that is above 1.</param>
/// <param name="Source">Program and version that made the reference, and how.</param>
public sealed record ValidationFigure(string Case, string Figure, double Computed, double Reference, double Tolerance, string Source)
{
    /// <summary>Difference, relative to the reference where that is above 1.</summary>
    public double Difference => Math.Abs(Computed - Reference) / Math.Max(1, Math.Abs(Reference));

    /// <summary>Whether the difference is allowed.</summary>
    public bool Passed => Difference <= Tolerance;
}

/// <summary>Fits the reference cases that are shipped inside this assembly (tests/reference/models) on the machine it runs on.</summary>
public static class Validation
{
    private const double EstimateTolerance = 1e-6, ErrorTolerance = 1e-5;

    /// <summary>Every figure of every case, in the order of the file.</summary>
    public static IReadOnlyList<ValidationFigure> Run()
    {
        using var document = JsonDocument.Parse(Open("expected.json"));
        return [.. document.RootElement.GetProperty("cases").EnumerateArray().SelectMany(Compare)];
    }

    private static Stream Open(string file) => typeof(Validation).Assembly.GetManifestResourceStream("reference/" + file)
        ?? throw new InvalidOperationException($"The reference file {file} is not in the assembly.");

    private static List<ValidationFigure> Compare(JsonElement reference)
    {
        string Text(string name) => reference.GetProperty(name).GetString()!;
        using var reader = new StreamReader(Open(Text("data")));
        var fit = Regression.Fit(DataFrame.ReadCsv(reader), Specification(reference));
        var figures = new List<ValidationFigure>();
        // R writes what a case does not have as null, or as an empty object.
        bool Has(string name, out JsonElement value) => reference.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null
            && (value.ValueKind != JsonValueKind.Object || value.EnumerateObject().Any());
        void Add(string figure, double computed, JsonElement expected, double tolerance) =>
            figures.Add(new ValidationFigure(Text("name"), figure, computed, expected.GetDouble(), Tolerance(reference, tolerance), Text("source")));
        void Table(string name, Func<FixedEffect, double> value, double tolerance)
        {
            if (!Has(name, out var table)) return;
            // R names a factor by its variable, which our formulas write as factor(period).
            foreach (var (entry, effect) in table.EnumerateObject().Zip(fit.Fixed)) Add($"{effect.Term}, {name}", value(effect), entry.Value, tolerance);
        }
        if (Has("logLik", out var logLik)) Add("logLik", fit.LogLikelihood, logLik, EstimateTolerance);
        Table("estimate", f => f.Estimate, EstimateTolerance);
        Table("se", f => f.StandardError, ErrorTolerance);
        Table("degrees", f => f.DegreesOfFreedom ?? double.NaN, DegreesTolerance);
        Table("lower", f => f.Lower, ErrorTolerance);
        Table("upper", f => f.Upper, ErrorTolerance);
        if (Has("sd", out var sd)) Deviations(fit, sd, Add);
        if (Has("dispersion", out var dispersion)) Add("dispersion", fit.Dispersion, dispersion, ErrorTolerance);
        if (Has("alpha", out var alpha)) Add("working correlation", fit.WorkingCorrelation, alpha, EstimateTolerance);
        return figures;
    }

    /// <summary>lmerTest differentiates numerically, so its degrees of freedom are good to fewer digits.</summary>
    private const double DegreesTolerance = 1e-4;

    /// <summary>The programs list variances in orders of their own, so they are compared sorted.</summary>
    private static void Deviations(ModelFit fit, JsonElement expected, Action<string, double, JsonElement, double> add)
    {
        var reference = expected.ValueKind == JsonValueKind.Array ? expected.EnumerateArray().OrderBy(e => e.GetDouble()).ToList() : [expected];
        foreach (var (value, ours) in reference.Zip(fit.Random.OrderBy(r => r.StandardDeviation)))
            add($"{ours.Group} {ours.Term}, sd".Replace("  ", " ", StringComparison.Ordinal), ours.StandardDeviation, value, ErrorTolerance);
    }

    private static double Tolerance(JsonElement reference, double standard) =>
        reference.TryGetProperty("tolerance", out var stated) ? Math.Max(standard, stated.GetDouble()) : standard;

    private static ModelSpecification Specification(JsonElement reference)
    {
        string? Option(string name) => reference.TryGetProperty(name, out var value) ? value.GetString() : null;
        return new ModelSpecification(Option("formula")!)
        {
            Family = Option("family") switch
            {
                "poisson" => Family.Poisson,
                "negative-binomial" => Family.NegativeBinomial,
                "beta-binomial" => Family.BetaBinomial,
                "quasi-binomial" => Family.QuasiBinomial,
                "gaussian" => Family.Gaussian,
                _ => Family.Binomial,
            },
            Link = Option("link") switch { "log" => Link.Log, "identity" => Link.Identity, "logit" => Link.Logit, _ => null },
            Method = Option("method") switch
            {
                "laplace" => EstimationMethod.Laplace,
                "quadrature" => EstimationMethod.Quadrature,
                "ml" => EstimationMethod.MaximumLikelihood,
                "reml" => EstimationMethod.Reml,
                "glm" => EstimationMethod.Glm,
                "firth" => EstimationMethod.Firth,
                "gee" => EstimationMethod.Gee,
                _ => EstimationMethod.Automatic,
            },
            DegreesOfFreedom = Option("df") switch { "satterthwaite" => DegreesOfFreedom.Satterthwaite, "kenward-roger" => DegreesOfFreedom.KenwardRoger, _ => DegreesOfFreedom.Infinite },
            Cluster = Option("cluster"),
            Correlation = Option("correlation") == "independence" ? WorkingCorrelation.Independence : WorkingCorrelation.Exchangeable,
            Correction = Option("correction") switch
            {
                "cr2" => SandwichCorrection.BellMcCaffrey,
                "kc" => SandwichCorrection.KauermannCarroll,
                "md" => SandwichCorrection.ManclDeRouen,
                "fg" => SandwichCorrection.FayGraubard,
                _ => SandwichCorrection.None,
            },
        };
    }
}
